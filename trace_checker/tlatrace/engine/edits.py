"""Seeded edits of a trace: a wrong value, a dropped event, two events that change places.

What is drawn depends on the seed and the trace alone. A wrong value is put where the mapping reads something: the value
that another event has there, or one that is near. Where nothing can be edited (no field is read, neighbours are equal),
another event is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from tlatrace.engine.match import Matcher
from tlatrace.engine.observation import Rule
from tlatrace.engine.trail import Stretch
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

ATTEMPTS_MAX = 20
"""So many events are drawn for one edit until one of them can be edited."""

POOL_MAX = 20
"""Of each field, so many values of other events are kept."""

UNREAD_MAX = 100

FOLLOWING_MIN = 16
"""An event is edited only if so many after it are at hand, or all that there are."""

Path = tuple[str, ...]


class EditKind(Enum):
    WRONG_VALUE = "wrong value"
    DROPPED = "dropped event"
    SWAPPED = "swapped events"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one event, ``number`` in ``stretch`` (by their places); ``event`` is what stands there instead of
    it, for a wrong value of ``field``.
    """

    kind: EditKind
    stretch: int
    number: int
    field: str = ""
    event: Event | None = None


@dataclass(slots=True)
class Fields:
    """What events have in their fields, and which of these the mapping reads."""

    pools: dict[str, list[Any]] = field(default_factory=dict)
    unread: dict[str, None] = field(default_factory=dict)
    _by_kind: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, event: Event, matcher: Matcher) -> None:
        """Take note of one event, which the mapping can read."""
        for path, value in _leaves(event.fields):
            name = _name(path)
            pool = self.pools.setdefault(name, [])
            if len(pool) < POOL_MAX and not any(_same(value, known) for known in pool):
                pool.append(value)
        rule = matcher.rule_of(event)
        for path, _ in _leaves(event.fields):
            name = _name(path)
            if (
                name not in self.unread
                and len(self.unread) < UNREAD_MAX
                and not self._is_read(event, path, rule, matcher)
            ):
                self.unread[name] = None

    def read(self, event: Event, matcher: Matcher) -> list[tuple[Path, Any]]:
        """The leaves of an event that the mapping reads."""
        rule = matcher.rule_of(event)
        return [(path, value) for path, value in _leaves(event.fields) if self._is_read(event, path, rule, matcher)]

    def _is_read(self, event: Event, path: Path, rule: Rule, matcher: Matcher) -> bool:
        if any(path[: len(item.path)] == item.path for item in rule.inputs):
            return True
        key = rule.kind, _name(path)
        if key not in self._by_kind:
            self._by_kind[key] = _tells_the_kind(event, path, rule, matcher)
        return self._by_kind[key]


def drawn(stretches: Sequence[Stretch], count: int, seed: int) -> tuple[list[Edit], tuple[str, ...]]:
    """So many edits, or fewer where there is nothing to edit, in the order of the trace; and the fields of the trace
    that the mapping does not read.
    """
    fields = Fields()
    for stretch in stretches:
        for event in stretch.events:
            fields.add(event, stretch.matcher)
    places = _places(stretches)
    random = Random(seed)
    kinds = list(EditKind)
    edits = []
    for number in range(count):
        for _ in range(ATTEMPTS_MAX):
            edit = _edit(kinds[number % len(kinds)], places, stretches, fields, random)
            if edit is not None:
                edits.append(edit)
                break
    return sorted(edits, key=lambda edit: (edit.stretch, edit.number)), tuple(fields.unread)


def edited(events: Sequence[Event], edit: Edit) -> list[Event]:
    """The events from the edited one on."""
    first, rest = events[edit.number], list(events[edit.number + 1 :])
    match edit.kind:
        case EditKind.WRONG_VALUE:
            assert edit.event is not None
            return [edit.event, *rest]
        case EditKind.DROPPED:
            return rest
        case EditKind.SWAPPED:
            return [rest[0], first, *rest[1:]]


def _places(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """The events that may be edited, by stretch and number: those after which enough follows to notice it, and all near
    the end of the trace."""
    places = []
    for s, stretch in enumerate(stretches):
        end = stretch.start + len(stretch.events)
        goes_on = s + 1 == len(stretches) or stretches[s + 1].start == end
        last = len(stretch.events) - (0 if goes_on else FOLLOWING_MIN)
        places += [(s, n) for n in range(last)]
    return places


def _edit(
    kind: EditKind, places: Sequence[tuple[int, int]], stretches: Sequence[Stretch], fields: Fields, random: Random
) -> Edit | None:
    place = _below(random, len(places))
    s, n = places[place]
    stretch = stretches[s]
    event = stretch.events[n]
    if kind is EditKind.WRONG_VALUE:
        return _wrong_value(event, s, n, stretch.matcher, fields, random)
    if place == len(places) - 1 or (kind is EditKind.SWAPPED and n == len(stretch.events) - 1):
        return None  # Without its last event, a trace is as good as before; a neighbour must be at hand.
    if kind is EditKind.SWAPPED and event.fields == stretch.events[n + 1].fields:
        return None
    return Edit(kind, s, n)


def _wrong_value(event: Event, s: int, n: int, matcher: Matcher, fields: Fields, random: Random) -> Edit | None:
    leaves = fields.read(event, matcher)
    if not leaves:
        return None
    path, value = leaves[_below(random, len(leaves))]
    name = _name(path)
    others = [other for other in fields.pools.get(name, ()) if not _same(other, value)]
    wrong = others[_below(random, len(others))] if others and _below(random, 2) else _near(value, random)
    changed = _with(event.fields, path, wrong)
    return Edit(EditKind.WRONG_VALUE, s, n, name, event._replace(fields=changed))


# ------------------------------------------------------------------------------------------------ fields of events


def _leaves(fields: Mapping[str, Any], before: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of an object, and of the objects in it; what is tagged as a value of TLA+ is one value."""
    for key, value in fields.items():
        if isinstance(value, dict) and value and not any(name.startswith("#") for name in value):
            yield from _leaves(value, (*before, key))
        else:
            yield (*before, key), value


def _name(path: Path) -> str:
    return ".".join(("event", *path))


def _tells_the_kind(event: Event, path: Path, rule: Rule, matcher: Matcher) -> bool:
    """Whether another text, or nothing, in this field makes another kind of the event, or none."""
    for wrong in ("?", None):
        try:
            if matcher.rule_of(event._replace(fields=_with(event.fields, path, wrong))).kind != rule.kind:
                return True
        except TlatraceError:
            return True
    return False


def _with(fields: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    key, *rest = path
    return {**fields, key: _with(fields[key], tuple(rest), value) if rest else value}


def _near(value: Any, random: Random) -> Any:
    """A value that differs from ``value`` a little, and looks like it."""
    match value:
        case bool():
            return not value
        case int():
            return value + (1 if _below(random, 2) else -1)
        case str():
            return f"{value}?"
        case list():
            return _near_list(value, random)
        case dict() if value:
            key = list(value)[_below(random, len(value))]
            return {**value, key: _near(value[key], random)}
        case _:
            return 0


def _near_list(items: list[Any], random: Random) -> list[Any]:
    if not items:
        return [0]
    which = _below(random, 3)
    if which == 0:
        return items[:-1]
    number = _below(random, len(items))
    if which == 1:
        return [*items, items[number]]
    return [*items[:number], _near(items[number], random), *items[number + 1 :]]


def _below(random: Random, limit: int) -> int:
    """A number from 0 on, below ``limit``; the same with every version of Python."""
    return (random.getrandbits(32) * limit) >> 32


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)
