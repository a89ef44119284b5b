"""Standard output: whole reports, for readers who may have gone away."""

from __future__ import annotations

import os
import sys


def write_out(text: str) -> None:
    """Write ``text``. A reader that stops reading (``| head``) is no error, and does not change the exit status."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_the_rest()
    except OSError as error:
        discard_the_rest()  # It would fail once more when the program ends.
        raise OSError(error.errno, f"cannot write to standard output: {error.strerror}") from None


def discard_the_rest() -> None:
    """Nobody reads standard output any more: what is still buffered, or yet to come, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def survive_any_text() -> None:
    """Characters that the encoding of standard output lacks are written as escapes, rather than ending the program."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
