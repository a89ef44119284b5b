"""Is a history of clients linearizable?  A plain search: M. Herlihy and J. Wing, "Linearizability" (1990), by the
algorithm of J. Wing and C. Gong (1993) with the memory of G. Lowe (2017).

A *history* is what clients saw: operations, each with the time of its call, the time of its return and its result.  It
is linearizable if every operation can be said to have happened at one moment between its call and its return, such that
a sequential object (a *model*) would have given these results.  An operation that never returned may have happened at
any time after its call, or not at all.

The search takes one operation after another that was called before any other returned; it does not try a set of taken
operations twice with the same state of the model, and of operations that never returned and can stand for one another
it takes them in the order of their calls.  So its cost grows with how many operations overlap, not with how
many there are.

>>> write = Operation(client="a", call=0, end=10, request=("write", "x"), result=None)
>>> read = Operation(client="b", call=20, end=30, request=("read",), result="x")
>>> stale = Operation(client="b", call=20, end=30, request=("read",), result=None)
>>> search([write, read], Register()).is_linearizable, search([write, stale], Register()).is_linearizable
(True, False)
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

STATES_MAX = 1_000_000
"""So many pairs of taken operations and state are remembered; each takes some 200 bytes."""

State: TypeAlias = Hashable


class TooManyStates(Exception):
    """The search came to its limit: nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a client.  Times are in any one unit; ``end`` is None for one that never returned."""

    client: str
    call: int
    end: int | None
    request: tuple[Hashable, ...]
    result: Hashable

    def __str__(self) -> str:
        when = f"{self.call:,} .. " + ("never" if self.end is None else f"{self.end:,}")
        return f"{self.client}: {' '.join(map(str, self.request))} -> {self.result!r}  ({when})"


class Model(Protocol):
    """A sequential object."""

    def initial(self) -> State:
        """Its first state."""

    def after(self, state: State, operation: Operation) -> State | None:
        """The state after the operation, or None where the object would not have given its result.

        An operation that never returned has no result that could be wrong.
        """

    def kind(self, operation: Operation) -> Hashable:
        """Of operations that never returned, those of one kind can stand for one another whatever the state: if the
        history can be explained with some of them, it can be with those that were called first, in that order.
        """


@dataclass(frozen=True, slots=True)
class Register:
    """One value that is written (``write``, value) and read (``read``,); it is None at first."""

    def initial(self) -> State:
        return (None,)

    def after(self, state: State, operation: Operation) -> State | None:
        if operation.request[0] == "write":
            return (operation.request[1],)
        return state if operation.end is None or state == (operation.result,) else None

    def kind(self, operation: Operation) -> Hashable:
        return operation.request


@dataclass(frozen=True, slots=True)
class AppendOnlyLog:
    """A log that is appended to (``append``, value) and read (``read``,); a read returns all values, as a tuple.

    The result of an append is its position (the first value has 1), or None where the client was not told.
    ``known`` are values by their positions, and ``unseen`` those that have none, where a history tells: see :meth:`of`.
    """

    known: Mapping[int, Hashable] = field(default_factory=dict)
    unseen: frozenset[Hashable] = frozenset()

    @classmethod
    def of(cls, history: Collection[Operation]) -> AppendOnlyLog:
        """The model that knows what the longest read and the appends of this history say of positions.

        A log only grows, so that nothing else can ever have been there; without that, an append whose client was never
        told could be tried at every position, and be found wrong long afterwards; and values that nobody saw in every
        order.
        """
        known: dict[int, Hashable] = {}
        for each in history:
            if each.request[0] == "append":
                if isinstance(each.result, int):
                    known.setdefault(each.result, each.request[1])
            elif isinstance(each.result, tuple) and each.end is not None:
                for position, value in enumerate(each.result, start=1):
                    known.setdefault(position, value)
        appended = {each.request[1] for each in history if each.request[0] == "append"}
        return cls(known, frozenset(appended.difference(known.values())))

    def initial(self) -> State:
        return ()

    def after(self, state: State, operation: Operation) -> State | None:
        assert isinstance(state, tuple)
        if operation.request[0] == "append":
            value, position = operation.request[1], len(state) + 1
            if operation.result not in (None, position) or self.known.get(position, value) != value:
                return None
            return (*state, value)
        return state if operation.end is None or state == operation.result else None

    def kind(self, operation: Operation) -> Hashable:
        """Values that nobody saw are all alike."""
        is_unseen = operation.request[0] == "append" and operation.request[1] in self.unseen
        return ("append",) if is_unseen else operation.request


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search found: an order of operations that explains the history, or the furthest it came.

    ``order`` is a longest one; ``stuck`` are the operations of which one had to come next, and none could.
    ``states`` is how many pairs of taken operations and state were looked at.
    """

    is_linearizable: bool
    order: tuple[Operation, ...]
    stuck: tuple[Operation, ...]
    states: int


def search(history: Sequence[Operation], model: Model, *, states_max: int = STATES_MAX) -> Found:
    """Look for an order of the history's operations that the model could have had.

    Raises:
        TooManyStates: there is no answer within ``states_max``.
    """
    operations = sorted(history, key=lambda each: (each.call, each.client))
    before = _alike_before(operations, model)
    must_happen = sum(1 << k for k, each in enumerate(operations) if each.end is not None)
    first = (0, model.initial())
    seen = {first}
    path: list[int] = []
    best: list[int] = []
    best_at = 0
    stack = [(first, iter(_candidates(operations, before, 0)))]
    while stack:
        (taken, state), rest = stack[-1]
        if taken & must_happen == must_happen:
            return Found(is_linearizable=True, order=_of(operations, path), stuck=(), states=len(seen))
        for k in rest:
            following = model.after(state, operations[k])
            if following is None:
                continue
            node = (taken | 1 << k, following)
            if node in seen:
                continue
            if len(seen) >= states_max:
                raise TooManyStates(f"more than {states_max:,} states of the search; nothing is known")
            seen.add(node)
            path.append(k)
            if len(path) > len(best):
                best, best_at = list(path), node[0]
            stack.append((node, iter(_candidates(operations, before, node[0]))))
            break
        else:
            stack.pop()
            if path:
                path.pop()
    stuck = tuple(operations[k] for k in _candidates(operations, before, best_at))
    return Found(is_linearizable=False, order=_of(operations, best), stuck=stuck, states=len(seen))


def _alike_before(operations: Sequence[Operation], model: Model) -> list[int]:
    """For each operation, the one (as a bit; 0 if there is none) that stands for it as long as it was not taken."""
    last: dict[Hashable, int] = {}
    before = []
    for k, each in enumerate(operations):
        alike = model.kind(each) if each.end is None else None
        before.append(last.get(alike, 0) if alike is not None else 0)
        if alike is not None:
            last[alike] = 1 << k
    return before


def _candidates(operations: Sequence[Operation], before: Sequence[int], taken: int) -> list[int]:
    """Those that may come next, called before any other that was not taken returned; the likeliest first."""
    first_end: int | None = None
    candidates = []
    for k, each in enumerate(operations):
        if first_end is not None and each.call > first_end:
            break
        if taken >> k & 1 or before[k] & ~taken:
            continue
        candidates.append(k)
        if each.end is not None and (first_end is None or each.end < first_end):
            first_end = each.end
    return sorted(candidates, key=lambda k: _urgency(operations[k]))


def _urgency(operation: Operation) -> tuple[bool, int]:
    """What returned first comes first, mostly; and what never returned may well never have happened."""
    return (operation.end is None, operation.end or 0)


def _of(operations: Sequence[Operation], path: Sequence[int]) -> tuple[Operation, ...]:
    return tuple(operations[k] for k in path)
