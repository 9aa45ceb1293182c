"""The account at the service, on disk: a ledger of what was sent to its models."""
