"""The account at the service: its keys by name, and the money that is spent.

named_keys   names and ids of the keys; the keys themselves are in the keyring only
spending     what was sent, what it cost, and the user's limits
"""
