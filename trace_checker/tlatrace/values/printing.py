"""Values as TLA+ text, as TLC prints them: ``<<1, 2>>``, ``{1, 2}``, ``[a |-> 1]``, ``(1 :> 2 @@ 3 :> 4)``.

Equal values have the same text. Two deviations from TLC serve that: the fields of a record stand in alphabetical
order, and an interval prints as a set does; many consecutive integers print as ``low..high`` in either case. A set
given by a rule prints its elements unless they are many, and then its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tlatrace.values.base import INT, ModelValue, Value
from tlatrace.values.combined import SelectedSet, UnionSet
from tlatrace.values.functions import FunctionValue
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.lazysets import (
    FunctionSpace,
    InfiniteSet,
    PowerSet,
    ProductSet,
    RecordSpace,
    SequenceSpace,
)
from tlatrace.values.sequences import SequenceValue
from tlatrace.values.sets import AnySet, SetValue

# More consecutive integers than these print as low..high.
RUN_LENGTH_MAX = 32

# A set given by a rule prints its rule when it has more elements than this.
LISTED_SIZE_MAX = 1_000

INDENT = 2

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*\Z")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"})


def to_text(value: Value, width: int | None = None) -> str:
    """The value in TLA+ syntax: on one line, or broken into lines that fit ``width`` where they can."""
    flat = "".join(_pieces(value))
    return flat if width is None or len(flat) <= width else "\n".join(_lines(value, width))


def to_text_cut(value: Value, length: int) -> str:
    """At most ``length`` characters of the text, then ``…``; costs no more than what is shown."""
    text, size = [], 0
    for piece in _pieces(value):
        text.append(piece)
        size += len(piece)
        if size > length:
            return "".join(text)[: length - 1] + "…"
    return "".join(text)


def quoted(text: str) -> str:
    """A string literal."""
    return f'"{text.translate(_ESCAPES)}"'


def is_identifier(text: str) -> bool:
    """Whether a string can name a field of a record; WF_ and SF_ start the names of fairness conditions."""
    return _IDENTIFIER.match(text) is not None and not text.startswith(("WF_", "SF_"))


def _pieces(value: Value) -> Iterator[str]:
    if value is True or value is False:
        yield "TRUE" if value else "FALSE"
    elif type(value) is int:
        yield str(value)
    elif type(value) is str:
        yield quoted(value)
    elif isinstance(value, ModelValue):
        yield value.name
    elif isinstance(value, SequenceValue):
        yield from _listed("<<", value, ">>")
    elif isinstance(value, FunctionValue):
        yield from _function(value)
    elif isinstance(value, LazyFunction):
        if value.is_finite():
            yield from _pieces(value.table())
        else:
            yield from ("[x \\in ", *_pieces(value.domain()), " |-> …]")
    else:
        yield from _set(value)  # type: ignore[arg-type]


def _listed(opening: str, items: Iterable[Value], closing: str) -> Iterator[str]:
    yield opening
    separator = ""
    for item in items:
        if separator:
            yield separator
        yield from _pieces(item)
        separator = ", "
    yield closing


def _function(value: FunctionValue) -> Iterator[str]:
    opening, arrow, separator, closing = _function_signs(value)
    yield opening
    for at, (key, item) in enumerate(value.items()):
        if at:
            yield separator
        yield from (key,) if separator == ", " else _pieces(key)  # type: ignore[misc]
        yield arrow
        yield from _pieces(item)
    yield closing


def _function_signs(value: FunctionValue) -> tuple[str, str, str, str]:
    """Opening, arrow, separator and closing."""
    if value.is_record() and all(is_identifier(name) for name in value.keys()):  # type: ignore[arg-type]  # noqa: SIM118
        return "[", " |-> ", ", ", "]"
    return "(", " :> ", " @@ ", ")"


def _set(value: AnySet) -> Iterator[str]:
    interval = _interval(value)
    if interval is not None:
        yield interval
    elif isinstance(value, InfiniteSet):
        yield value.text
    elif isinstance(value, SetValue) or (value.is_finite() and value.size_max() <= LISTED_SIZE_MAX):
        yield from _listed("{", value, "}")
    else:
        yield from _rule(value)


def _interval(value: AnySet) -> str | None:
    """``low..high`` for many consecutive integers."""
    if isinstance(value, IntervalSet):
        return f"{value.low}..{value.high}" if value.cardinality() > RUN_LENGTH_MAX else None
    if isinstance(value, SetValue) and value.kinds == INT and len(value) > RUN_LENGTH_MAX:
        items = value.sorted()
        if items[-1] - items[0] == len(items) - 1:  # type: ignore[operator]
            return f"{items[0]}..{items[-1]}"
    return None


def _rule(value: AnySet) -> Iterator[str]:
    if isinstance(value, PowerSet):
        yield from ("SUBSET ", *_pieces(value.base))
    elif isinstance(value, SequenceSpace):
        yield from ("Seq(", *_pieces(value.base), ")")
    elif isinstance(value, FunctionSpace):
        yield from ("[", *_pieces(value.of), " -> ", *_pieces(value.codomain), "]")
    elif isinstance(value, ProductSet):
        yield "("
        for at, part in enumerate(value.parts):
            yield from (" \\X " if at else "", *_pieces(part))
        yield ")"
    elif isinstance(value, RecordSpace):
        yield "["
        for at, (name, domain) in enumerate(value.fields.items()):
            yield from (", " if at else "", name, ": ", *_pieces(domain))
        yield "]"
    elif isinstance(value, UnionSet):
        yield "("
        for at, part in enumerate(value.parts):
            yield from (" \\cup " if at else "", *_pieces(part))
        yield ")"
    elif isinstance(value, SelectedSet):
        yield from ("(", *_pieces(value.base), " \\ " if value.is_difference else " \\cap ", *_pieces(value.other), ")")
    else:
        yield from _listed("{", value, "}")


def _lines(value: Value, width: int) -> list[str]:
    """The text of a value that does not fit on one line, one element a line."""
    if isinstance(value, SequenceValue):
        return _block("<<", [("", item) for item in value], ",", ">>", width)
    if isinstance(value, SetValue) and _interval(value) is None:
        return _block("{", [("", item) for item in value], ",", "}", width)
    if isinstance(value, FunctionValue):
        opening, arrow, separator, closing = _function_signs(value)
        is_record = separator == ", "
        labelled = [((str(key) if is_record else to_text(key)) + arrow, item) for key, item in value.items()]
        return _block(opening, labelled, separator.rstrip(), closing, width)
    return [to_text(value)]


def _block(opening: str, items: list[tuple[str, Value]], separator: str, closing: str, width: int) -> list[str]:
    lines = [opening]
    for at, (label, item) in enumerate(items):
        end = separator if at < len(items) - 1 else ""
        room = width - INDENT - len(end)
        flat = label + to_text(item)
        inner = [flat] if len(flat) <= room else _labelled(label, _lines(item, room))
        inner[-1] += end
        lines += [" " * INDENT + line for line in inner]
    lines.append(closing)
    return lines


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [label + lines[0], *lines[1:]]
