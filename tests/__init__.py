"""The tests. `rig` is a sound card made of software, for every test and benchmark that listens."""

import fishcaption  # noqa: F401  # no library may report to its maker from here either
