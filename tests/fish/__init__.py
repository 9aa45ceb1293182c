"""The tests of the live client and the library."""
