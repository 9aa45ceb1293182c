"""Voices, player and reader joined into one system, without a window; `say` and `app` share it.

system        everything, built and joined
kept_voice    a voice that says from kept audio what is there, and keeps what it says anew
takes_voice   a voice out of the user's recordings, which is kept nowhere
"""
