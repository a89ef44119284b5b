"""Process symmetry: states that differ by a permutation which nothing that is left can tell from them are one.

**What may be exchanged.** Let p be a permutation of model values that the configuration's SYMMETRY declares. Then p of
a behavior is a behavior, and it violates the same properties: TLC believes this of a specification, and so do we. An
event with the arguments ``a`` that explains the step from s to t explains the one from p(s) to p(t) if the event's
arguments are p(a); so if p leaves ``a`` as it is, and no expression of the mapping tells p(s) from s by itself
(:mod:`tlatrace.engine.search.interchangeable`). Hence, if p leaves the arguments of *all events that are left* as they
are, whatever explains them from s explains them from p(s): silent steps included, which have the same arguments.
One of the two states will do, with the marks of both.

As the trace goes on, values are named for the last time, and more may be exchanged. An event that names a whole set of
values that may all be exchanged does not tell them apart, and does not count.

**What is known of the events.** All that are left must be known: the trace is read once more for that, when it is first
needed. Of a trace that is being written, or cannot be read twice, nothing is merged.

**What is kept.** The state that was reached first stands for the others as it is; it is not exchanged for an image. So
every state that is kept was reached, a witness is a behavior, and explanations speak of values as the trace does.
Nothing is lost with the others: a way from one of them is a permutation of a way from the state that is kept, with as
many steps. So each search that looks for ways by their length finds one, also where it leaves out other steps for being
put off (the argument of :mod:`tlatrace.engine.search.stubborn` goes by the length of a way, and has it one shorter
after each step; to go on from another state of the same kind does no harm).

Few states cost less than to find out which are the same: breadth-first, states are merged where there are many.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from tlatrace.compile.api import Evaluator
from tlatrace.engine.observation import MISSING, Rule
from tlatrace.engine.search.classes import Classes, Opaque, Permuter, is_alike, is_plain, parts_of
from tlatrace.engine.search.interchangeable import Interchangeable, interchangeable
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event, PartialOrder, Positions
from tlatrace.values import ModelValue, Value

Read: TypeAlias = Callable[[], Iterable[tuple[Event, list[Any]]] | None]
"""Every event that is to be explained, in its order, with its arguments; None where they cannot be read twice."""

ClassesBefore: TypeAlias = Callable[[int], Classes | None]
"""What may be exchanged before the event with this number; None where nothing may."""

ClassesAt: TypeAlias = Callable[[Positions], Classes | None]
"""The same at a cut."""

CLASSES_HELD: Final = 8
"""So many are held with what they remember of values; a search that goes back finds them again, or makes them anew."""

VALUES_HELD: Final = 100_000
"""Values of events of which it is remembered what they name."""


class Symmetry:
    """What may be exchanged, as one trace goes on. Nothing is looked at before it is asked for.

    ``read`` gives the events of the whole trace; the numbers of :meth:`before` are theirs. If it raises an error,
    nothing may be exchanged.
    """

    def __init__(self, evaluator: Evaluator, rules: Mapping[str, Rule], read: Read) -> None:
        self._evaluator = evaluator
        self._rules = rules
        self._read = read
        self._found: Interchangeable | None = None
        self._last: dict[ModelValue, int] = {}
        self._numbers: list[int] = []
        self._last_lines: dict[ModelValue, dict[int, int]] = {}
        self._held: dict[frozenset[ModelValue], Classes | None] = {}
        self._has_been_used = False

    @property
    def was_asked(self) -> bool:
        """Whether anybody wanted to know what may be exchanged: then the events were read."""
        return self._found is not None

    @property
    def why_not(self) -> str:
        """Why nothing may ever be exchanged, although somebody asked; empty where that is not so."""
        return "" if self._found is None else self._found.why_not

    @property
    def is_used(self) -> bool:
        """Whether some state was found to be the image of others that may have been left out."""
        return self._has_been_used or any(each is not None and each.is_used for each in self._held.values())

    def before(self, number: int) -> Classes | None:
        """What may be exchanged before the event with this number, where the events are in one order."""
        if not self._classes():
            return None
        first = bisect_left(self._numbers, number)
        if first == len(self._numbers):
            return self._without(frozenset())
        return self._without(frozenset(name for name, last in self._last.items() if last >= number))

    def at_cuts(self, order: PartialOrder, *, is_by_line: bool) -> ClassesAt:
        """What may be exchanged at the cuts of ``order``. ``is_by_line``: each of its chains has the events of one log,
        as they stand there; if not, every name of the trace may still come.
        """

        def at(positions: Positions) -> Classes | None:
            if not self._classes():
                return None
            lines = _next_lines(order, positions) if is_by_line else None
            if lines is None:
                return self._without(frozenset(self._last))
            return self._without(
                frozenset(
                    name
                    for name, last in self._last_lines.items()
                    if any(log in lines and line >= lines[log] for log, line in last.items())
                )
            )

        return at

    # ------------------------------------------------------------------------------------------------- names

    def _classes(self) -> Interchangeable | None:
        """All that is interchangeable; None for nothing."""
        if self._found is None:
            self._found = interchangeable(self._evaluator, self._rules)
            if self._found.classes:
                self._note_names(self._found)
        return self._found if self._found.classes else None

    def _note_names(self, found: Interchangeable) -> None:
        naming = _Naming(found)
        try:
            events = self._read()
            if events is None:
                self._found = Interchangeable((), "the events to come can be known only of a file")
                return
            for number, (event, arguments) in enumerate(events):
                for argument in arguments:
                    for name in naming.names(argument):
                        self._last[name] = number
                        self._last_lines.setdefault(name, {})[event.log] = event.line
        except TlatraceError:
            self._found = Interchangeable((), "not all events can be read")
        self._numbers = sorted(self._last.values())

    def _without(self, left: frozenset[ModelValue]) -> Classes | None:
        """What may be exchanged while these may still be named."""
        if left not in self._held:
            assert self._found is not None
            rest = (tuple(name for name in names if name not in left) for names in self._found.classes)
            classes = [names for names in rest if len(names) > 1]
            if len(self._held) >= CLASSES_HELD:
                self._has_been_used = self.is_used
                self._held.clear()
            self._held[left] = Classes(classes) if classes else None
        return self._held[left]


class _Naming:
    """Tells the model values that a value of an event names."""

    def __init__(self, found: Interchangeable) -> None:
        self._classes = found.classes
        self._all = frozenset(name for names in found.classes for name in names)
        self._permuter = Permuter()
        self._known: dict[Value, frozenset[ModelValue]] = {}

    def names(self, value: Any) -> frozenset[ModelValue]:
        if type(value) is ModelValue:
            return frozenset((value,)) & self._all
        if value is MISSING or is_plain(value):
            return frozenset()
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= VALUES_HELD:
                self._known.clear()
            known = self._known[value] = self._names_within(value)
        return known

    def _names_within(self, value: Value) -> frozenset[ModelValue]:
        try:
            ordered, unordered = parts_of(value)
            parts = [*ordered, *(part for pair in unordered for part in pair)]
            found = frozenset(name for part in parts for name in self.names(part))
            return frozenset() if len(found) > 1 and is_alike(value, self._classes, self._permuter) else found
        except (Opaque, TlatraceError):
            return self._all


def _next_lines(order: PartialOrder, positions: Positions) -> dict[int, int] | None:
    """The line in each log from which on events are left, perhaps not all of them; None where that is not known."""
    lines: dict[int, int] = {}
    try:
        for chain, index in enumerate(positions):
            event = order.peek(chain, index)
            if event is not None:
                lines[event.log] = min(lines.get(event.log, event.line), event.line)
    except TlatraceError:
        return None  # It is told when its turn has come.
    return lines
