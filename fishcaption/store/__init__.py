"""What is kept on disk: settings, keys, the draft's journal, kept audio. Files are whole at every moment.

All stores read through `intact` (what cannot be used is kept aside and told, and never written over) and
write through `places`; what is written often, `journal.Writer` writes, which no error ends. Whatever stands
in a file, the window opens and closes: `tests/kept_files.py` tries.
"""
