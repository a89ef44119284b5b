"""`python -m tlacheck`."""

import sys

from tlacheck.cli import main

if __name__ == "__main__":
    sys.exit(main())
