"""The pure core: everything that can be computed without touching the world.

No I/O, no clock, no threads, no Qt, no numpy, and nothing else of ours: times come in as numbers, audio as a
count of frames. Everything here is tested with tables and Hypothesis.

Its layers, from the top. A layer imports only layers below it; parts of one layer do not import each other
(pyproject.toml, checked by import-linter):

    rehearsal       the text that a voice would be given, and when, without a voice
    script          a prepared text as a list of cues
    voices          entries of a library of voices, presets, speakers

    cues            captions as an audience sees them: their lines, their times, subtitle files

    normalization   shown text becomes spoken text, with the map between the two
    timing          when text is sent, which word sounds at which frame
    phrases         the phrase bank and its files
    vocabulary      abbreviations, and completion that learns

    text            characters, words, sentences, tags, edits
    protocol        Fish Audio's live protocol: requests, frames, a session
    account         keys by name, what was spent, and limits for it
    audience_style  the looks of captions in the audience's window, and their contrast

    audience        how captions are laid out, and where they go
    cea608          captions inside a video signal: characters and rows
    models          Fish Audio's models, their prices, and until when they are available
    bounded_json    JSON from elsewhere, within bounds
    untrusted       text from elsewhere, made fit to be shown
    secrecy         proofs of a key that do not show it
    subscribers     functions that are called when something changes
    tones           attention signals and dialling tones
    typed_number    a number as people type it

    synthesis_options  the knobs of Fish Audio's requests, and their limits

    speech          values that the reader, the voices and the sound exchange

    errors          the one tree of errors
"""
