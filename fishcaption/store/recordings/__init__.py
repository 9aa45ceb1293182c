"""The user's own recordings: plain files in a folder they see, with what was said and who agreed to what.

    places       the folder of all collections, and their names
    collection   one collection: its takes, its list, its consent
    take_list    the list of takes as a CSV file
    consent      whose voice it is, and that they agree, as a text file
    exchange     a collection as one file, and back

A collection is a folder with FLAC files and a list that any spreadsheet opens. The recordings are the user's:
they outlive this program, its settings and the keyring.
"""
