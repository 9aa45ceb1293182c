"""“Make your own voice”: texts are read aloud into a collection of takes, which belongs to a person.

    window        the window, the collections, the pages
    read_page     a text in large type, the level, one button that records, stops and goes on
    reading_field the text, as large as it can be
    session       the flow of that page: one key leads through all texts
    level_meter   the level, as a bar and in words
    takes_page    the takes: heard, kept, corrected, cut; files are added
    cut_dialog    a part of a take is chosen, on its waveform
    consent_page  whose voice it is
    own_text      a text of the user's own instead of ours
    words         lengths, checks and advice in words

A check warns, it never refuses. While something is recorded, nothing is played and nothing announced.
"""
