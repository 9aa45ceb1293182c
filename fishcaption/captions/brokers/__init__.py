"""Brokers: captions for more readers than one machine can serve. We publish, and somebody's broker delivers.

    messages    what is published
    outlet      keeps what is published at what is shown, over every break
    nats        the connection to NATS with JetStream, for pages that read over NATS' own WebSocket
    site        the page for readers of a NATS server, as one file
    mqtt        the connection to an MQTT broker, with retained messages

Two messages are kept by the broker for each channel, and both are whole: `now`, the caption with the times of
its words, and `history`, the finished captions. So a reader who comes late or was away needs the newest of
each and nothing else, and after a break we publish these two. A caption is one message, not one for each
word: readers reveal its words by their own clock (100,000 readers at five words a second would be ten cores
of delivery, at a message a caption it is one: 20 µs a delivery was measured).
"""
