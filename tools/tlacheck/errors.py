"""The errors of this package: one family, so that a caller tells a missing toolchain, bad manifest and bad value apart.

What TLC finds out about a spec is never an exception; it is a result (`tlacheck.results`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class TlacheckError(Exception):
    """Base of every error that this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class FailedPlace:
    """A place where something was looked for, and why it was not had from there."""

    place: str
    reason: str


class ToolchainError(TlacheckError):
    """No usable Java, or no usable tla2tools.jar. `tried` names every place and why it failed, in the order tried."""

    def __init__(self, summary: str, *, tried: tuple[FailedPlace, ...] = (), advice: tuple[str, ...] = ()) -> None:
        self.summary = summary
        self.tried = tried
        self.advice = advice
        lines = [summary]
        lines += [f"  {number}. {failed.place}: {failed.reason}" for number, failed in enumerate(tried, 1)]
        if advice:
            lines += ["What to do:", *(f"  - {line}" for line in advice)]
        super().__init__("\n".join(lines))


class ChecksumError(ToolchainError):
    """A jar was fetched whose SHA-256 is not the pinned one. It was thrown away."""


class ProcessError(TlacheckError):
    """Java could not be started, or ended without saying anything that can be understood."""


class StoppedError(TlacheckError):
    """The run was ended from outside through its `StopSwitch`."""


class ManifestError(TlacheckError):
    """A manifest that is wrong. Lines and columns count from 1."""

    def __init__(self, message: str, *, file: Path, line: int | None = None, column: int | None = None) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place}: {message}")


class ValueSyntaxError(TlacheckError):
    """Text that is not a value as TLC prints one. `offset` counts characters from 0."""

    def __init__(self, message: str, *, text: str, offset: int) -> None:
        self.message = message
        self.text = text
        self.offset = offset
        line = text.count("\n", 0, offset) + 1
        column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        super().__init__(f"line {line}, column {column} of the value: {message}")
