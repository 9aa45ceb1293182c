"""What the program promises, measured beside its peers."""

import fishcaption  # noqa: F401  # no library may report to its maker from here either
