"""The script in the Present workspace: `panel` has all of it; `model` is the script as a table for Qt, and
`cue_list` its view, in which cues are edited. `prepare_row` shows how far the script is made ready ahead,
`speakers_dialog` gives its speakers voices of their own, and in `text_dialog` it is edited as one text.
"""
