"""Captions in files, written as the show goes and whole at every moment.

growing_file    one file that only grows; a disk that fills leaves it whole
shown_entries   displays become entries with their times
entry_formats   entries as SubRip, WebVTT, plain text and JSON with words
sound_file      a recording beside them, each sound at its time
caption_files   the outlet that writes them, in a thread
current_text    the outlet that keeps a text file of the current caption, for OBS and others
broadcast       files for television (TTML, SCC), made from a caption file after the show

All times are those of `AudienceCue.moment`: the machine's clock may be set back meanwhile.
"""
