"""`python -m fishcaption` is `fishcaption`."""

import sys

from fishcaption.cli import main

if __name__ == "__main__":
    sys.exit(main())
