"""Voices: which there are, whose they are, how they speak, and what they cost.

picker          the list of all voices
studio          “Make your own voice”: texts are read aloud
own_voices      “My voices”: `own_voices_create` and `own_voices_design` make one, `own_voices_details` names
                it, `own_voices_compare` has several say a sentence; `own_voices_words` has the words
presets         a command for each preset; `presets_dialog` makes them
text_speakers   the voices of the names and scripts in the text that is typed
options         how Fish Audio makes speech
keys, costs     the keys of accounts; credit, and what was spent
downloads       voices that are fetched to this computer
"""
