"""Voices, player and reader joined into one system, without a window; `say` and `app` share it."""
