"""Fish Audio's live protocol without the network: what is asked for, and one conversation's frames.

requests   how a session speaks: voices, formats, pronunciations, with the limits of the service's reference
refusals   what the service's refusals mean, as errors of our own tree
frames     MessagePack maps, and bounds on what is unpacked
session    acts become bytes, bytes become events; knows the order in which they may come

Frames are MessagePack maps with the key ``event``. To the service: start, then text and flush in any number,
then stop. From the service: audio, then finish; or error, after which the socket closes. Whatever bytes the
other side sends, only errors of our tree come out.

Sockets are not here (`fish.sockets`). `core.timing.alignment` finds the words that the word times belong to;
`core.models` knows the models.
"""
