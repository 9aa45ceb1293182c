"""fishcaption: text becomes speech and captions while it is still being written."""

__version__ = "0.1.0"
