"""The account at the service: its keys in the keyring, and what was spent."""
