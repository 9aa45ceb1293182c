"""OBS: captions in a text source of its picture, and as closed captions inside its stream.

    client     a conversation with OBS by obs-websocket 5, and what can go wrong in it
    outlet     the outlet: finds or makes the source, sends what is newest, comes back after a break

The client is ours, 100 lines on `websockets`: simpleobsws 1.4.3 writes the captions into its debug log,
starts tasks that nobody waits for, does not say that a password is wrong, and lets a request wait for 15 s
whose answer OBS's end has taken along.
"""
