"""Cues: captions as an audience sees them.

    shown text ─► sentences ─► audience_text ─► captions of lines ─► cues with times ─► subtitle files

captions          a growing text as captions, and its cues once its words have times
audience_text     shown text without tags and Markdown marks, and the map between the two
layout            sentences become captions, captions become lines
breaks            how well a line may end between two words
break_words       the lists of words for that, in five languages
dense             the same for scripts without blanks, by BudouX
columns           how much room text takes in a line
timed             captions with the frames at which they are shown
reading_speed     whether a caption can be read in its time
subtitle_formats  entries of subtitle files
scc               captions of CEA-608 as a file for television
transcript_formats  lines of transcripts, and of JSON with the times of words
"""
