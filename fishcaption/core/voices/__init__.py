"""Voices as values: what a service's library tells about each, how one searches it, and what is chosen of it.

catalog        an entry of a library, what keeps it from being used, and a search
takes          what was measured in a recording, and what would make it better
reading_texts  texts to be read aloud for a recording
speaker_names  tells a speaker's name before a colon from other words
presets        a voice with all that belongs to it, under a name
cast           the parts of a text by speaker
downloads      voices that can be fetched to this computer, with sizes and checksums
cloning        a voice of one's own at a service: what it is made of, told, and how it was judged
"""
