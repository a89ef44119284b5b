"""The errors of the emulator that are its user's: bad scenarios and impossible requests."""

from __future__ import annotations


class EmulatorError(ValueError):
    """The emulator was asked for something that cannot be."""


class ScenarioError(EmulatorError):
    """A scenario file is wrong.  Lines and columns count from 1."""

    def __init__(self, path: str, line: int, column: int, text: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {text}")
        self.path = path
        self.line = line
        self.column = column
        self.text = text
