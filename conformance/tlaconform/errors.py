"""The errors of the command line and its files; those of the checker are :class:`tlatrace.errors.TlatraceError`."""

from __future__ import annotations

from tlatrace.errors import TlatraceError


class ConformanceError(TlatraceError):
    """What a person gave us is wrong: a file, an option, a combination of both."""


class MappingError(ConformanceError):
    """A mapping file is not what a mapping must be."""
