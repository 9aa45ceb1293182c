"""Parts of X11, Wayland, Windows and macOS that Qt does not cover.

Global keys, the window in front, keyboards with other letters, and whether windows can be seen through.
"""
