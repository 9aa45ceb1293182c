"""Scripts: a prepared text as a list of cues that a presenter speaks one by one."""
