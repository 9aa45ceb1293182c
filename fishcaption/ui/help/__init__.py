"""Help: the check of this computer, the log, and About."""
