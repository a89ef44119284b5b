"""The errors of the command line and its files; those of the checker are :class:`tlatrace.errors.TlatraceError`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tlatrace.errors import TlatraceError
from tlatrace.location import Location


class ConformanceError(TlatraceError):
    """What a person gave us is wrong: a file, an option, a combination of both."""


class MappingError(ConformanceError):
    """A mapping file is not what a mapping must be."""


class MappingErrors(MappingError):
    """Several things are wrong with a mapping; ``errors`` holds them in the order in which they were found."""

    def __init__(self, errors: Sequence[TlatraceError]) -> None:
        first = errors[0]
        super().__init__(first.message, location=first.location, hint=first.hint)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class Collected:
    """Mistakes gathered on the way, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.errors: list[TlatraceError] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part whose mistakes do not keep the rest from being looked at."""
        try:
            yield
        except MappingErrors as several:
            self.errors.extend(several.errors)
        except TlatraceError as error:
            self.errors.append(error)

    def stop_on_errors(self) -> None:
        """Raise what was gathered, if anything was.

        Raises:
            TlatraceError: the only mistake. MappingErrors: several.
        """
        # What all rules share is looked at once for each of them.
        unique: dict[tuple[str, Location | None], TlatraceError] = {}
        for error in self.errors:
            unique.setdefault((error.message, error.location), error)
        errors = list(unique.values())
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise MappingErrors(errors)
