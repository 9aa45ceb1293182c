"""The tests of what computes."""
