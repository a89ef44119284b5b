"""From a traceback through generated code to a place in TLA+.

Each frame's position (line and column, which Python keeps for every instruction) falls into spans that the lowering
marked; the innermost tells the expression, and the spans and frames around it the chain of definitions. Nothing is
done before an error happens.
"""

from __future__ import annotations

import dis
import re
from types import CodeType
from typing import TypeAlias, cast

from tlatrace.compile.code import Assembled, Marks, Place
from tlatrace.compile.errors import Chain, ExpressionError
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import EvaluationError, Value, shown, type_name

_LOCALS = ".<locals>."

_MADE = re.compile(r"(\w+?)__\d+")
"""A local variable of generated code: the name of what it stands for, and a number."""

_METHODS = {
    "apply": "is applied to an argument, but is not a function",
    "replace": "is changed by EXCEPT, but is not a function",
}


class LineMap:
    """Knows the generated text of one program."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._spans: dict[str, dict[int, list[tuple[int, int, int]]]] = {}
        self._functions: dict[str, str] = {}

    def add(self, filename: str, assembled: Assembled) -> None:
        """Text that was compiled under ``filename``."""
        self._spans[filename] = assembled.spans

    def name_function(self, function: str, definition: str) -> None:
        """The generated ``function`` computes a definition."""
        self._functions[function] = definition

    def located(self, error: BaseException) -> BaseException:
        """``error`` with its place and chain, if it is one of evaluation; any other error is a bug of ours and
        stays what it is.
        """
        if isinstance(error, ExpressionError):
            return error
        message = _message(error)
        if message is None:
            return error
        location, chain = self._trace(error)
        hint = error.hint if isinstance(error, TlatraceError) else None
        return ExpressionError(message, location=location, chain=chain, hint=hint, bound=self._bound(error))

    def _bound(self, error: BaseException) -> tuple[tuple[str, Value], ...]:
        """The values of the names that the innermost expression reads."""
        innermost, entry = None, error.__traceback__
        while entry is not None:
            if entry.tb_frame.f_code.co_filename in self._spans:
                innermost = entry
            entry = entry.tb_next
        if innermost is None:
            return ()
        frame = innermost.tb_frame
        found: dict[str, Value] = {}
        known = frame.f_locals
        # Not by its offset: it may point into the caches behind the instruction.
        line, end_line, column, end_column = list(frame.f_code.co_positions())[innermost.tb_lasti // 2]
        if line is None or line != end_line or column is None or end_column is None:
            return ()
        for each in dis.get_instructions(frame.f_code):
            here = each.positions
            if here is None or here.lineno != line or here.col_offset is None or here.end_col_offset is None:
                continue
            is_inside = column <= here.col_offset and here.end_col_offset <= end_column
            read = (each.argval if isinstance(each.argval, tuple) else (each.argval,)) if is_inside else ()
            for name in read:
                if isinstance(name, str) and name in known and (made := _MADE.fullmatch(name)):
                    found[made[1]] = cast("Value", known[name])
        return tuple(found.items())

    def _trace(self, error: BaseException) -> tuple[Location | None, Chain]:
        location: Location | None = None
        # Linked backwards, since an endless recursion has hundreds of thousands of frames.
        chain: _Link | None = None
        # For each generated function that is running: the chain as it was when the function was entered.
        entered: dict[str, _Link | None] = {}
        for code, (line, end_line, column, end_column) in _positions(error):
            spans = self._spans.get(code.co_filename)
            if spans is None:
                continue
            definition = self._functions.get(code.co_name)
            if definition is not None:
                chain = chain if location is None else (chain, (definition, location))
            elif _LOCALS in code.co_qualname:
                # A piece of a function, perhaps run from elsewhere: what led to that function led here.
                chain = entered.get(code.co_qualname.rpartition(_LOCALS)[0], chain)
            entered[code.co_qualname] = chain
            place = self._place(spans.get(line or 0, []), column, end_column if end_line == line else None)
            if place is not None:
                for step in place.chain:
                    chain = (chain, step)
                location = place.location
        return location, _unlinked(chain)

    def _place(self, spans: list[tuple[int, int, int]], column: int | None, end: int | None) -> Place | None:
        """The innermost marked span around a position."""
        if not spans:
            return None
        last = column if end is None else end
        around = [
            span for span in spans if column is not None and span[0] <= column and last is not None and last <= span[1]
        ]
        if around:
            return self._marks.places[min(around, key=_length)[2]]
        # No columns, or a whole statement, such as the loop that asks for the next element: what it is about is its
        # largest piece.
        return self._marks.places[max(spans, key=_length)[2]]


_Link: TypeAlias = "tuple[_Link | None, tuple[str, Location]]"


def _unlinked(link: _Link | None) -> Chain:
    steps = []
    while link is not None:
        link, step = link
        steps.append(step)
    return tuple(reversed(steps))


def _length(span: tuple[int, int, int]) -> int:
    return span[1] - span[0]


def _positions(error: BaseException) -> list[tuple[CodeType, tuple[int | None, int | None, int | None, int | None]]]:
    found = []
    known: dict[CodeType, list[tuple[int | None, int | None, int | None, int | None]]] = {}
    entry = error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        # One instruction in two bytes: the position of the one that was being executed.
        positions = known.get(code)
        if positions is None:
            positions = known[code] = list(code.co_positions())
        at = entry.tb_lasti // 2
        found.append((code, positions[at] if 0 <= at < len(positions) else (entry.tb_lineno, None, None, None)))
        entry = entry.tb_next
    return found


def _message(error: BaseException) -> str | None:
    """What to tell the user of an error, None for one that is not theirs."""
    if isinstance(error, EvaluationError):
        return error.message
    if isinstance(error, RecursionError):
        return "the recursion is too deep"
    if isinstance(error, OverflowError):
        return "a number or a set is too large to be computed with"
    if isinstance(error, AttributeError) and error.name in _METHODS:
        try:
            value = cast("Value", error.obj)
            return f"the {type_name(value)} {shown(value)} {_METHODS[error.name]}"
        except EvaluationError:
            return None
    return None


__all__ = ["LineMap"]
