"""fishcaption: text becomes speech and captions while it is still being written.

    text ─► pieces ─► fish.live ─► sound ─► reader (kept audio) ─► audio.player ─► ear
            core.timing.flush_policy           ▲                      │
                         core.timing.timeline ◄┴──── heard frames ◄───┘

Everything that tells where we are (the lit word, the large type, events, subtitle files) is a function of
what has been heard; no other clock says what is being spoken.

What must not wait for another thing, or may crash, has a process of its own: the program (`app` or `say`, on
one event loop), a sound engine for each open device (`audio.engine`), and one embedded voice for all programs
of a user (`server`; engines under other licences in processes of theirs), which speaks Fish Audio's own
protocol, so that there is one way to speak (`fish.live`). Only while they are needed: a recording
(`audio.recorder`), work on sound files (`audio.decoding`), the audience's page (`captions.page`), a document
that is read.

    cli           the command line; `say`: speak without a window; `doctor`: what is missing
    app           the program with a window, and the services that windows ask for
    speech        voices, player and reader joined into one system; `say` and `app` share it
    ui            windows: they draw snapshots and give commands; `ui.ports` says what they need
    reader        the engine: utterances, what is heard, Stop and Back; declares the plugs it needs
    fish          the live sockets and the library of voices: a plug
    audio         the app's side of the sound, and the engine process: a plug
    server        the embedded voices behind Fish Audio's protocol, and the process they live in
    captions      the caption track, and one file for each outlet
    documents     files of people's texts: scripts, Word, PowerPoint
    store         settings, profiles, key, draft, held texts, history, phrases, recordings, kept audio
    core          what can be computed without touching the world: text, normalization, timing, phrases
    blocking      work that may never answer, beside the event loop
    tasks         work on the event loop, in which a bug ends nothing else
    terminal      the standard streams of the command line
    logs          where it is written down that something went wrong, and what is not

Words that have one exact meaning:

    draft          text in the editor that was not given to the voice
    utterance      text given to the voice by one act: Enter, a phrase, a document, a piped stream
    segment        a sentence of an utterance, or a bounded part of one
    piece          the text between two flushes: the voice says it in one breath
    flush          the order to the voice to say what it was given, without waiting for more
    synthesis run  one conversation with one voice about an utterance's text from a place on, and its sound
    session        one start … stop/finish conversation on a socket; a socket outlives its sessions
    shown, spoken  the text as it was written, and as the voice gets it; a map joins the two
    frame          one sample of one channel; positions in audio are whole frames
    clip           a stretch of one run's sound inside the player; Back and Repeat make new clips
    heard          the frames that the sound device has played; a count that only grows
    timeline       which word sounds at which frame: exact where the voice told it, else estimated
    snapshot       a frozen picture of what the reader says and what is heard; windows draw it
    script         a prepared text as a list of cues, which a presenter speaks one by one
    cue            one part of a script; in a subtitle file, a caption with first and last frame
    caption        one to three lines of a text that an audience reads at once
    display        what the audience sees at a moment: the caption and how much of it is revealed, or black
    caption track  what is heard, word by word, presented once for everybody who shows it
    outlet         whatever shows or sends captions to others: audience's window, page, OBS, Zoom, file
    workspace      one arrangement of the window for one kind of use, such as Speak
    held text      a draft that was put aside, to be taken back later
    phrase         a text that is said often; made ready ahead, it sounds at once
    profile        settings, draft, history and phrases of their own, with a window of their own

`docs/architecture.md` follows a typed word, a caption and a changed setting through the files. Who may import
whom stands in pyproject.toml and is checked by import-linter.

Importing the package does one thing: it forbids onnxruntime to report to its maker. Every process of ours
passes here before it can load that library, and hands the environment on to those it starts.
"""

import os

__version__ = "0.1.0"

# From 1.29 on it makes a device id in the user's cache folder and uploads usage events. It reads this once,
# when it is loaded; asking it to stop afterwards is too late. (Under `CI` it does not upload.)
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
