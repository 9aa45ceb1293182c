"""The audience's page for readers of a NATS server: one file, to be put on any web server."""

from __future__ import annotations

from fishcaption.captions.page.site import page


def nats_page() -> bytes:
    """Return the page. OSError: its files cannot be read.

    Its policy stands in the page itself, so that any server of files can serve it. It connects to the server
    that its address names (``?server=wss://…&channel=main``), and shows text as text.
    """
    reader = page("reader", source="nats")
    policy = reader.policy.partition("; base-uri")[0]
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}; connect-src wss: ws:">'
    return reader.body.replace(b"<meta charset", meta.encode() + b"\n<meta charset", 1)
