"""The program with a window: what is built, how it starts and how it shuts down in order.

program     the start, the one event loop, the end; what the window asks for and cannot wait for
services    what windows ask for, by subject
sound       the player, as the settings have it
user_data   what is on disk of what was typed and said, and what of it comes back on start
instance    one window for each profile: a second start hands over what it was given
screen      Qt's application on a screen, or a sentence why there is none
"""
