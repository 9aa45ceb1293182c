"""The pure core: what can be computed without touching the world.

No I/O, no clock, no threads, no Qt, no numpy, nothing else of ours: time comes in as a number, audio as a
count of frames. Everything here is tested with tables and Hypothesis.
"""
