"""Sound files from elsewhere, decoded in a process of its own: what is wrong with one ends nothing else.

decoder   the program's side: starts the process, gives it files, bounds its time
main      the process: libsndfile and numpy; whole files in, int16 mono out
"""
