"""The program with a window: how it is composed, how it starts and how it shuts down in order.

program        the composition: start, one event loop, orderly end
event_loop     Qt's loop and asyncio's in one
crash_report   the log file; a bug is told in the window, which lives on
settings       the one owner of the settings, who tells others what they follow, and saves
lazy_reader    the speech system and its reader, built after the first paint
services       what windows ask for, by subject
sound          the player, which follows the settings of the sound
user_data      the user's texts on disk, and what of them comes back on start
unheard_texts  the file of what was given to the voice and not heard
instance       one window for each profile: a second start hands over what it was given
screen         Qt's application on a screen, or a sentence why there is none
"""
