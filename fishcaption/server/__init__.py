"""The embedded voice behind Fish's own protocol, in a process of its own. One file an engine."""
