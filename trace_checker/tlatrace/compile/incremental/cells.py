r"""What is remembered of a part of a formula, and how little of it must be evaluated anew.

A *node* is called with the two states of a step and a frame of bound values. A *cell* is a node that remembers, for
each combination of the elements that enclosing quantifiers chose, a few *records*: the values of all that it read, and
what it said. If one of them differs from now by little, only the difference is evaluated.

Exactness. Quantifiers are evaluated as if from the beginning, in canonical order and up to the element that decides:
what a record says of an element is used only if all that the body reads for that element is unchanged, and then
evaluating it would give the same again, without an error. Everything else is evaluated. An error raised on the way may
be another one than plain evaluation meets, so whoever asks evaluates plainly then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any, Final, TypeAlias

from tlatrace.compile.api import State
from tlatrace.compile.candidates import Unsettled, having
from tlatrace.compile.incremental.reads import How
from tlatrace.errors import TlatraceError
from tlatrace.values import (
    FunctionValue,
    SequenceValue,
    SetValue,
    Value,
    elements,
    make_function,
    make_set,
    member,
    same,
    set_minus,
    sort_key,
    union,
)
from tlatrace.values.changes import ENDLESS, agreement, changed_keys, still_member, still_subset
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.sets import set_changes

Frame: TypeAlias = list[Any]
Step: TypeAlias = tuple[State, "State | None", Frame]
Node: TypeAlias = Callable[[State, "State | None", Frame], Value]

RECORDS_MAX: Final = 3
"""Records for one combination of elements: as many states of a frontier may take turns."""

FEW: Final = 4
"""So few elements to evaluate are worth less than the search for a better record."""

KEYS_MAX: Final = 1 << 14
"""Combinations of elements that one cell remembers; then it forgets them all."""


class Indefinite(TlatraceError):
    """Something that must be TRUE or FALSE is neither; plain evaluation says it better."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """One read of a body: the root's value, and what of it matters to one element."""

    root: Node
    how: How
    offset: int
    depth: int
    fields: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class _Record:
    """``domain`` and the values of the roots, and the ``result``; for quantifiers ``decider`` is the element at which
    the evaluation ended, None if it went through all of them.
    """

    domain: Any
    roots: tuple[Any, ...]
    result: Any
    decider: Any = None


_Known: TypeAlias = tuple[_Record, list[Value]]
"""A record, and the elements of the domain of now of which it says nothing."""


class Memory:
    """Records by the values of some slots of the frame."""

    __slots__ = ("_known", "_slots")

    def __init__(self, slots: Sequence[int]) -> None:
        self._slots = tuple(slots)
        self._known: dict[Any, list[_Record]] = {}

    def records(self, frame: Frame) -> list[_Record]:
        slots = self._slots
        key: Any
        if len(slots) == 1:
            key = frame[slots[0]]
            key = (type(key), key) if type(key) is bool else key
        else:
            # Python takes TRUE for 1.
            key = tuple([(bool, frame[slot]) if type(frame[slot]) is bool else frame[slot] for slot in slots])
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= KEYS_MAX:
                self._known.clear()
            known = self._known[key] = []
        return known


def remember(records: list[_Record], record: _Record) -> None:
    """Put ``record`` in front, and forget the oldest if there are too many."""
    records.insert(0, record)
    del records[RECORDS_MAX:]


class Loop:
    """What cells over the elements of a domain have in common."""

    __slots__ = ("_body", "_dependences", "_domain", "_memory", "_plain", "_slot")

    def __init__(
        self,
        memory: Memory,
        domain: Node,
        slot: int,
        body: Node,
        dependences: Sequence[Dependence],
        plain: Node,
    ) -> None:
        self._memory = memory
        self._domain = domain
        self._slot = slot
        self._body = body
        self._dependences = tuple(dependences)
        self._plain = plain

    def __call__(self, state: State, successor: State | None, frame: Frame) -> Value:
        try:
            domain = self._domain(state, successor, frame)
            roots = tuple([each.root(state, successor, frame) for each in self._dependences])
        except (TlatraceError, AttributeError):
            # A root may have no value where the formula does not look at it.
            return self._plain(state, successor, frame)
        records = self._memory.records(frame)
        for record in records:
            if all(map(is_, record.roots, roots)) and _same_domain(record.domain, domain):
                return record.result  # type: ignore[no-any-return]
        known: _Known | None = None
        for record in records:
            anew = self._to_evaluate(record, domain, roots)
            if anew is not None and (known is None or len(anew) < len(known[1])):
                known = record, anew
                if len(anew) <= FEW:
                    break
        made = self._evaluate((state, successor, frame), domain, known)
        made.roots = roots
        remember(records, made)
        return made.result  # type: ignore[no-any-return]

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        """A record of ``domain``, without roots. ``known`` is the record that helps most, if one does."""
        raise NotImplementedError

    def _to_evaluate(self, record: _Record, domain: Any, roots: tuple[Any, ...]) -> list[Value] | None:
        """The elements of ``domain`` of which ``record`` says nothing; None if it is of no use."""
        limit = ENDLESS
        keys: list[Value] = []
        for dependence, old, new in zip(self._dependences, record.roots, roots, strict=True):
            if old is new:
                continue
            if dependence.how is How.WHOLE:
                if not same(old, new):
                    return None
            elif dependence.how is How.AT_KEY:
                changed = changed_keys(old, new, dependence.depth)
                if changed is None:
                    return None
                keys += changed
            elif dependence.how is How.AT_FIELD:
                changed = changed_keys(old, new, dependence.depth)
                if changed is None or not isinstance(domain, SetValue):
                    return None
                try:
                    for key in changed:
                        keys += having(domain, [(dependence.fields, key)])
                except (TlatraceError, Unsettled):
                    return None
            else:
                shared = agreement(old, new, dependence.depth)
                if shared is None:
                    return None
                limit = min(limit, shared - dependence.offset)
        before = record.domain
        if isinstance(domain, IntervalSet) and isinstance(before, IntervalSet):
            return _of_interval(before, domain, keys, limit)
        if isinstance(domain, SetValue) and isinstance(before, SetValue):
            if limit < ENDLESS:
                return None
            added, _ = set_changes(before, domain)
            if not keys:
                return added
            try:
                return [*added, *{key for key in keys if key in domain}.difference(added)]
            except TlatraceError:
                return None
        if domain is before and limit == ENDLESS and not keys:
            return []
        return None


def _of_interval(before: IntervalSet, domain: IntervalSet, keys: list[Value], limit: int) -> list[Value]:
    low, high = domain.low, domain.high
    if before.high < before.low:
        return [*range(low, high + 1)]
    # Everything behind the first change, and what is new before and behind.
    behind = max(low, min(before.high, limit) + 1)
    found = set(range(behind, high + 1))
    found.update(range(low, min(before.low, behind)))
    found.update(key for key in keys if type(key) is int and low <= key <= high)
    return [*sorted(found)]


class QuantifierCell(Loop):
    """``\\A x \\in S : P``, ``\\E x \\in S : P``."""

    __slots__ = ("_decides", "_is_flat")

    def __init__(self, *parts: Any, is_all: bool, is_flat: bool) -> None:
        """``is_flat``: nothing in the body remembers anything, so that going through all elements is better left to
        generated code.
        """
        super().__init__(*parts)
        self._is_flat = is_flat
        self._decides = not is_all
        """The value of the body that ends the evaluation."""

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        decides = self._decides
        decider = None
        items: Iterable[Value]
        if known is None:
            if self._is_flat and self._plain(*step) is not decides:
                return _Record(domain, (), not decides)
            items = elements(domain)
        else:
            record, anew = known
            decider = record.decider
            if decider is None:
                items = _in_order(anew)
            elif any(map(same, anew, (decider,) * len(anew))) or not member(decider, domain):
                # What stood behind the element that decided was never looked at.
                items, decider = elements(domain), None
            else:
                place = sort_key(decider)
                items = [item for item in _in_order(anew) if sort_key(item) < place]
        state, successor, frame = step
        slot, body = self._slot, self._body
        for item in items:
            frame[slot] = item
            value = body(state, successor, frame)
            if value is decides:
                return _Record(domain, (), decides, item)
            if value is not (not decides):
                raise Indefinite("a body is neither TRUE nor FALSE")
        return _Record(domain, (), not decides if decider is None else decides, decider)


class FilterCell(Loop):
    """``{x \\in S : P}``"""

    __slots__ = ()

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        state, successor, frame = step
        slot, body = self._slot, self._body
        chosen = []
        for item in elements(domain) if known is None else known[1]:
            frame[slot] = item
            value = body(state, successor, frame)
            if value is True:
                chosen.append(item)
            elif value is not False:
                raise Indefinite("a body is neither TRUE nor FALSE")
        found = make_set(chosen)
        if known is None:
            return _Record(domain, (), found)
        record, anew = known
        gone = [*_removed(record.domain, domain), *anew]
        kept = set_minus(record.result, make_set(gone)) if gone else record.result
        return _Record(domain, (), union(kept, found) if chosen else kept)


class MapCell(Loop):
    """``{e : x \\in S}``"""

    __slots__ = ()

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        # An element of the result may come from several of the domain: it can be added to only.
        if known is not None:
            before = known[0].domain
            if _removed(before, domain) or any(_holds(before, item) for item in known[1]):
                known = None
        state, successor, frame = step
        slot, body = self._slot, self._body
        found = []
        for item in elements(domain) if known is None else known[1]:
            frame[slot] = item
            found.append(body(state, successor, frame))
        made = make_set(found)
        if known is None:
            return _Record(domain, (), made)
        result = known[0].result
        return _Record(domain, (), union(result, made) if found else result)


class FunctionCell(Loop):
    """``[x \\in S |-> e]``"""

    __slots__ = ()

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        state, successor, frame = step
        slot, body = self._slot, self._body

        def value_at(item: Value) -> Value:
            frame[slot] = item
            return body(state, successor, frame)

        record, anew = known or (None, [])
        result: Any = None if record is None else record.result
        if isinstance(result, SequenceValue) and isinstance(domain, IntervalSet) and domain.low == 1:
            if domain.high < len(result):
                result = result.prefix(max(domain.high, 0))
            for item in anew:
                assert isinstance(item, int)
                value = value_at(item)
                result = result.replace(item, value) if item <= len(result) else result.append(value)
        elif isinstance(result, FunctionValue) and record is not None and same(record.domain, domain):
            for item in anew:
                result = result.replace(item, value_at(item))
        else:
            result = make_function([(item, value_at(item)) for item in elements(domain)])
        return _Record(domain, (), result)


class ExtremeCell(Loop):
    r"""``CHOOSE x \in S : P(x) /\ \A y \in S : P(y) => x >= y``: the greatest number in S that has P, or the least.

    Where only some of the numbers must be asked anew, and the one that was chosen is not among them, the others have
    the same place behind it as before.
    """

    __slots__ = ("_is_least",)

    def __init__(self, *parts: Any, is_least: bool) -> None:
        super().__init__(*parts)
        self._is_least = is_least

    def _evaluate(self, step: Step, domain: Any, known: _Known | None) -> _Record:
        found: list[Value] = []
        items: Iterable[Value] = elements(domain)
        if known is not None:
            record, anew = known
            if record.result not in anew and member(record.result, domain):
                found, items = [record.result], anew
        state, successor, frame = step
        slot, body = self._slot, self._body
        for item in items:
            if type(item) is not int:
                raise Indefinite("what is compared is no number")
            frame[slot] = item
            value = body(state, successor, frame)
            if value is True:
                found.append(item)
            elif value is not False:
                raise Indefinite("a body is neither TRUE nor FALSE")
        if not found:
            raise Indefinite("there is nothing to choose")
        return _Record(domain, (), (min if self._is_least else max)(found))  # type: ignore[type-var]


class LeafCell:
    """Any expression, evaluated anew when something that it reads changed."""

    __slots__ = ("_memory", "_plain", "_roots")

    def __init__(self, memory: Memory, roots: Sequence[Node], plain: Node) -> None:
        self._memory = memory
        self._roots = tuple(roots)
        self._plain = plain

    def __call__(self, state: State, successor: State | None, frame: Frame) -> Value:
        try:
            roots = tuple([root(state, successor, frame) for root in self._roots])
        except (TlatraceError, AttributeError):
            return self._plain(state, successor, frame)
        records = self._memory.records(frame)
        for record in records:
            if all(map(_same, record.roots, roots)):
                return record.result  # type: ignore[no-any-return]
        value = self._plain(state, successor, frame)
        remember(records, _Record(None, roots, value))
        return value


class MemberCell:
    """``e \\in S`` or ``e \\subseteq S``, where only what changed since it was TRUE must be an element."""

    __slots__ = ("_container", "_item", "_memory", "_subset")

    def __init__(self, memory: Memory, item: Node, container: Node, *, is_subset: bool) -> None:
        self._memory = memory
        self._item = item
        self._container = container
        self._subset = is_subset

    def __call__(self, state: State, successor: State | None, frame: Frame) -> Value:
        item, container = self._item(state, successor, frame), self._container(state, successor, frame)
        records = self._memory.records(frame)
        base = records[0] if records else None
        if base is not None:
            if self._subset:
                truth = still_subset(base.domain, item, base.result, container)
            elif base.result is container:
                truth = still_member(base.domain, item, container)
            else:
                truth = member(item, container)
        elif self._subset:
            truth = still_subset(make_set(()), item, container, container)
        else:
            truth = member(item, container)
        if truth and (base is None or base.domain is not item or base.result is not container):
            records[:] = [_Record(item, (), container)]
        return truth


def _in_order(items: list[Value]) -> Iterable[Value]:
    return items if len(items) < 2 else sorted(items, key=sort_key)


def _removed(before: Any, domain: Any) -> list[Value]:
    """The elements of a domain that a later one lacks."""
    if before is domain:
        return []
    if isinstance(before, IntervalSet):
        low, high = domain.low, domain.high
        return [*range(before.low, min(low, before.high + 1)), *range(max(high + 1, before.low), before.high + 1)]
    return set_changes(before, domain)[1]


def _holds(domain: Any, item: Value) -> bool:
    if isinstance(domain, IntervalSet):
        return type(item) is int and domain.low <= item <= domain.high
    return item in domain


def _same_domain(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is IntervalSet and type(other) is IntervalSet:
        return one.low == other.low and one.high == other.high
    return False


def _same(one: Any, other: Any) -> bool:
    return one is other or same(one, other)
