"""The files of the program, each whole at every moment: settings, draft, history, phrases; and the key.

All stores read through `intact`: what cannot be used is kept aside, told, and never written over. They write
through `places`; what changes often is written by `journal.Writer`, which no error ends. Whatever stands in a
file, the window opens and closes: `tests/kept_files.py` tries.
"""
