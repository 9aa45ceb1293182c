"""Fish Audio: the live sockets and the voices. Nothing here knows the reader, the sound or a window.

    endpoint   a service's address, key and model; the system's certificates
    sockets    the pool: a task per socket; it knows websockets, as does `bounded_connection`: a WebSocket
               that can neither fill our memory nor hold our loop
    live       the service and its voices; `utterance`: a text in one session or several, losses mended;
               `live_session`: how far one of them is; `ungrouped`: one error out of a TaskGroup as itself
    rest       one request and its bounded answer; the only one that knows httpx
    library    voices, the check of a key, the credit; `library_entries`: voices out of its answers
    downloads  covers and samples of the library's voices
    cloning    voices of the account: made of recordings, renamed, deleted; `voice_design`: designed ones

Whatever comes from the other side has a bound: size, nesting, number, time. What passes one is an error of
ours. The embedded voice is one more service behind the same protocol: it is spoken to in the same way.
"""
