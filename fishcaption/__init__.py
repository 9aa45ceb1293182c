"""fishcaption: text becomes speech and captions while it is still being written.

    text ─► pieces ─► fish.live ─► sound ─► reader (kept audio) ─► audio.player ─► ear
            core.timing.flush_policy           ▲                      │
                         core.timing.timeline ◄┴──── heard frames ◄───┘

Everything that tells where we are (the lit word, the large type, events, subtitle files) is a function of
what has been heard; no other clock says what is being spoken.

Three kinds of process, because three things must not wait for each other: the program (`app` or `say`, on one
event loop), a sound engine for each open device (`audio.engine`), and one embedded voice for all programs of
a user (`server`), which speaks Fish Audio's own protocol, so that there is one way to speak (`fish.live`).

    cli           the command line; `say`: speak without a window; `doctor`: what is missing
    app           the program with a window, and the services that windows ask for
    speech        voices, player and reader joined into one system; `say` and `app` share it
    ui            windows: they draw snapshots and give commands; `ui.ports` says what they need
    reader        the engine: utterances, what is heard, Stop and Back; declares the plugs it needs
    fish          the live sockets and the library of voices: a plug
    audio         the app's side of the sound, and the engine process: a plug
    server        the embedded voices behind Fish Audio's protocol, and the process they live in
    captions      subtitle files
    store         settings, profiles, key, draft, held texts, history, phrases, kept audio
    core          what can be computed without touching the world: text, normalization, timing, phrases
    blocking      work that may never answer, beside the event loop
    terminal      the standard streams of the command line
    logs          where it is written down that something went wrong, and what is not

Who may import whom stands in pyproject.toml and is checked by import-linter.

Importing the package does one thing: it forbids onnxruntime to report to its maker. Every process of ours
passes here before it can load that library, and hands the environment on to those it starts.
"""

import os

__version__ = "0.1.0"

# From 1.29 on it makes a device id in the user's cache folder and uploads usage events. It reads this once,
# when it is loaded; asking it to stop afterwards is too late. (Under `CI` it does not upload.)
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
