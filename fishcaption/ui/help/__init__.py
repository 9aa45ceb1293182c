"""Help: what is missing on this computer, the log, and what this program is."""
