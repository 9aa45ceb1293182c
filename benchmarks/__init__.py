"""What the program promises, measured beside its peers."""
