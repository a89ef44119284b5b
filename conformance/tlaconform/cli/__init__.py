"""The command ``conformance``."""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line; ends the process. Ctrl-C is told quietly even while modules are being imported."""
    try:
        from tlaconform.cli import app
    except KeyboardInterrupt:
        sys.exit(130)
    app.main()
