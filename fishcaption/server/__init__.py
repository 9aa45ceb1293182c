"""The embedded voice behind Fish's protocol, in a process of its own. `voice_registry` lists the engines."""
