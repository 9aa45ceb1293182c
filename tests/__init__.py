"""The tests. `rig` is a sound card made of software, for every test and benchmark that listens."""
