"""What is wrong with the input, one mistake at a time, with all that helps to find it."""

from __future__ import annotations

from pathlib import Path

from tlaconform.errors import MappingErrors
from tlatrace.engine.verdict import Problem
from tlatrace.errors import TlatraceError
from tlatrace.semantics.errors import SemanticErrors
from tlatrace.syntax.errors import ParseError


def problems_of(error: TlatraceError) -> tuple[Problem, ...]:
    """The mistakes that ``error`` stands for: one, or all that were found in a specification or a mapping."""
    if isinstance(error, SemanticErrors | MappingErrors):
        return tuple(problem for part in error.errors for problem in problems_of(part))
    plain = TlatraceError.__str__(error)
    told = _with_source_line(error) if isinstance(error, ParseError) else str(error)
    return (
        Problem(
            message=error.message,
            location=error.location,
            hint=error.hint or "",
            context=tuple(line for line in told.removeprefix(plain).splitlines() if line),
        ),
    )


def _with_source_line(error: ParseError) -> str:
    try:
        return error.render(Path(error.location.file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return str(error)
