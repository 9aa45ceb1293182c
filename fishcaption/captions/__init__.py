"""Captions: one track of what is heard, and the outlets that show or send it. None of them knows the engine.

    reader ─► track ─► whoever shows words: transcript, editor, strip, large type, events of `say`
                ├────► heard_cues ─► cue_writer ─► files: subtitles
                └────► audience ─► outlets for an audience: window, page, stream, meeting

- `track` wakes when a word is heard and shows the snapshot to its subscribers.
- `at_ear` gives a subscriber of a certain size the caption to show, and the word that is lit in it.
- `heard_cues` gives one that sends or writes whole cues each cue once, with the times at which it was heard.
- `cue_writer` does in a thread what may take long: nobody waits for an outlet.
- `audience` decides what the audience sees, once for all outlets, as values of `display`.
- `revealed` is a display as lines of plain text: whole, word by word, or rolling up.
- `outlet` is the interface of an outlet for an audience.
- `held_back` gives whole captions to outlets that cannot revise, late enough to be corrected.
- `outlet_kind` is what a form asks of one, and how it is made.
- `outlet_run` runs one that is on, so that it harms no other; `delayed` shows it everything later.
- `outlets` lists them all; a new one is a class in a file of its own, and an entry there.
- `obs` is the outlet for OBS.
- `brokers` are the outlets for NATS and MQTT.
- `alarm` calls at a moment, on the event loop.
- `files` are the files of captions, and `subtitles` those of one utterance.
- `senders` send to meetings, streams and programs of others over HTTP.
- `page` is the audience's page in a browser, with its web server.

What only shows words in a window of ours subscribes to the track, or to the audience.
"""
