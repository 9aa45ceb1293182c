"""The tests of the caption outlets."""
