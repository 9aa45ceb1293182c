"""The tests of the sound."""
