"""Voices: the picker, and the dialogs of the account they are paid from."""
