"""What windows ask for and cannot wait for, by subject: phrases, calls, vocabulary."""
