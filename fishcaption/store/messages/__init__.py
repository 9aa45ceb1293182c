"""Recordings of phrases, in the person's own voice: plain FLAC in a folder that the user sees.

They are the user's: no bound, no encryption, and nothing of ours deletes one. They outlive the cache, a lost
keyring, and this program. `message_folder` finds, names and reads them.
"""
