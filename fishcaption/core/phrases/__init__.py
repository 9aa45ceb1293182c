"""Phrases: the bank, and the files that it is read from and written to.

bank           categories and phrases, to be searched and changed
files          the bank as CSV or JSON
tables         phrases as people and spreadsheets write them
foreign_files  files that hold phrases for other programs
"""
