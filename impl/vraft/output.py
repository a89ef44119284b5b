"""Standard output of the command, which may be closed, full, of an encoding that lacks characters, or gone."""

from __future__ import annotations

import io
import json
import os
import sys


class OutputError(Exception):
    """Standard output takes nothing more; what went wrong is no concern of the files that were read."""


def prepare() -> None:
    """To be called first: what cannot be written is written as an escape, and nowhere if there is no output at all."""
    if sys.stdout is None:  # Closed by whoever started us.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print a line, or several.

    Raises:
        OutputError: it cannot be written.
        BrokenPipeError: nobody reads it.
    """
    try:
        print(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from None


def finish() -> None:
    """To be called last: what was printed is written; errors as those of :func:`say`."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from None


def discard() -> None:
    """What is still to be written goes nowhere: it would fail once more when the program ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def json_text(record: object) -> str:
    """JSON in one line; with escapes where standard output cannot hold it, such as half of a surrogate pair."""
    text = json.dumps(record, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(record)
    return text
