"""The embedded voice's own process: `python -m fishcaption.server`."""

import sys

from fishcaption.server.serve import main

sys.exit(main(sys.argv[1:]))
