"""Scripts: a prepared text as a list of cues that a presenter speaks one by one.

model            a cue and a script, as values
cue_list         gathers cues while a script is read: headings, notes, speakers, limits
plain_text       texts of any kind, pasted or from a file; a script as text, to be edited, and back
markdown         Markdown: headings are markers, comments are notes
subtitles        SubRip and WebVTT
fountain         screenplays and plays in Fountain
editing          a script after its text was changed: cues that stay keep their ids
show             the place in a script while it is spoken
cue_times        lengths of cues, known or estimated
doubtful_words   words that a voice may say wrongly
cue_edits        a script after one of its cues was edited in a list

Text comes in without controls (`core.text.incoming.cleaned`). Files are read by `fishcaption.documents`.
"""
