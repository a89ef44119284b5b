"""The slow twin of the searches: every behavior that explains a trace, one after the other.

Nothing is merged, reduced or given up. What one step does is asked of the engine's own :class:`Stepper`; everything
that a search adds to it (merging, budgets, marks, orders, reductions) is done here again in the plainest way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from tlatrace.compile import CompiledSpec, compile_spec
from tlatrace.engine import Matcher, SearchOrder, Status, Translation
from tlatrace.engine.search.marks import CLEAN
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.states import key_of
from tlatrace.semantics import load_spec, read_config
from tlatrace.syntax.rewrite import names_in
from tlatrace.traces import Event, OrderKind, OrderRule, PartialOrder, Positions
from tlatrace.values import ModelValue

WAYS_MAX = 200_000


@dataclass
class MemoryLog:
    """A log that was never a file."""

    name: str
    lines: Sequence[dict[str, Any]]

    def __iter__(self) -> Iterator[Event]:
        for number, fields in enumerate(self.lines, 1):
            yield Event(number, fields)


@dataclass
class Found:
    """What all behaviors together say: how many events were explained at most, the sets of properties that behaviors
    violate by the number of events that they explain, and the states in which those that explain all events end.
    """

    events: int
    is_total: bool
    masks: dict[int, set[int]] = field(default_factory=dict)
    ends: set[Any] = field(default_factory=set)

    @property
    def explained(self) -> int:
        return max(self.masks)

    @property
    def status(self) -> Status:
        if self.is_total and any(0 not in self.masks.get(count, {0}) for count in range(1, self.events + 1)):
            return Status.VIOLATED
        masks = self.masks.get(self.events)
        if masks is None:
            return Status.REJECTED
        return Status.MATCHED if 0 in masks else Status.VIOLATED


def all_behaviors(matcher: Matcher, order: PartialOrder, *, unbounded: bool) -> Found:
    """Every way through the trace. If ``unbounded``, bounds that are only there to end the search are not kept."""
    events = sum(1 for chain in range(order.log_count) for _ in iter(_counter(order, chain), None))
    found = Found(events, order.log_count == 1)
    pending: list[tuple[Positions, Node, int]] = [
        ((0,) * order.log_count, Node(node.state), node.marks.union) for node in matcher.nodes
    ]
    known = set()
    while pending:
        at, node, mask = pending.pop()
        found.masks.setdefault(sum(at), set()).add(mask)
        if order.is_end(at):
            found.ends.add(key_of(node.state))
            continue
        for chain in order.enabled(at):
            prepared = matcher.prepare(order.event(chain, at[chain]))
            after = (*at[:chain], at[chain] + 1, *at[chain + 1 :])
            for start, start_mask in _with_silent(matcher, prepared, node, mask, unbounded):
                for reached in matcher.stepper.explanations(prepared, Node(start.state, CLEAN)):
                    for each in reached.marks.minimal:
                        way = after, key_of(reached.state), start_mask | each
                        if way not in known:
                            known.add(way)
                            assert len(known) < WAYS_MAX, "the example is too large for its twin"
                            pending.append((after, Node(reached.state), start_mask | each))
    return found


def _counter(order: PartialOrder, chain: int) -> Callable[[], Event | None]:
    numbers = count()
    return lambda: order.peek(chain, next(numbers))


def _with_silent(
    matcher: Matcher, prepared: Prepared, node: Node, mask: int, unbounded: bool
) -> Iterator[tuple[Node, int]]:
    budget = tuple(-1 if unbounded and silent.is_limit else silent.at_most for silent in prepared.silent)
    pending = [(node, mask, budget)]
    known = {(key_of(node.state), mask, budget)}
    while pending:
        here, here_mask, left = pending.pop()
        yield here, here_mask
        for index, silent in enumerate(prepared.silent):
            if left[index] == 0:
                continue
            after = left if left[index] < 0 else (*left[:index], left[index] - 1, *left[index + 1 :])
            for reached in matcher.stepper.silent_steps(silent, prepared.arguments, Node(here.state, CLEAN)):
                for each in reached.marks.minimal:
                    way = key_of(reached.state), here_mask | each, after
                    if way not in known:
                        known.add(way)
                        pending.append((Node(reached.state), here_mask | each, after))


def advance_over(matcher: Any, events: Sequence[Event], order: SearchOrder | None = None) -> tuple[Status, int]:
    """The last status of a matcher that is handed events, and how many it explained. With an ``order``, it looks
    ahead.
    """
    at = 0
    if order is not None:
        matcher.look_ahead(lambda n: events[at + n] if at + n < len(events) else None, order)
    status = Status.MATCHED
    for at, event in enumerate(events):
        status = matcher.advance(event)
        if status is not Status.MATCHED:
            return status, at
    return status, len(events)


@pytest.fixture(scope="session")
def run() -> Callable[..., tuple[Status, int]]:
    """:func:`advance_over`."""
    return advance_over


@pytest.fixture(scope="session")
def behaviors() -> Callable[..., Found]:
    """:func:`all_behaviors`."""
    return all_behaviors


@pytest.fixture(scope="session")
def memory_log() -> type[MemoryLog]:
    """:class:`MemoryLog`."""
    return MemoryLog


PARCELS_TLA = r"""
------------------------------ MODULE Parcels ------------------------------
EXTENDS Integers, FiniteSets
VARIABLES at, msgs, seen, count, phase
vars == <<at, msgs, seen, count, phase>>
P == {"a", "b"}

Init == at = [p \in P |-> 0] /\ msgs = {} /\ seen = {} /\ count = 0 /\ phase = "go"

Send(p) == /\ at[p] < 2
           /\ at' = [at EXCEPT ![p] = @ + 1]
           /\ msgs' = msgs \cup {[from |-> p, no |-> at[p]]}
           /\ UNCHANGED <<seen, count, phase>>
Lose(m) == m \in msgs /\ msgs' = msgs \ {m} /\ UNCHANGED <<at, seen, count, phase>>
See(p) == /\ [from |-> p, no |-> 0] \in msgs
          /\ p \notin seen
          /\ seen' = seen \cup {p}
          /\ UNCHANGED <<at, msgs, count, phase>>
Forget(p) == p \in seen /\ seen' = seen \ {p} /\ UNCHANGED <<at, msgs, count, phase>>
More == count < 2 /\ count' = count + 1 /\ UNCHANGED <<at, msgs, seen, phase>>
Spend == count > 0 /\ count' = count - 1 /\ UNCHANGED <<at, msgs, seen, phase>>
Shut == seen = P /\ phase = "go" /\ phase' = "shut" /\ UNCHANGED <<at, msgs, seen, count>>
Some == Cardinality(seen) >= 1 /\ phase' = "some" /\ UNCHANGED <<at, msgs, seen, count>>
Reset == /\ at' = [p \in P |-> 0] /\ seen' = {} /\ count' = 0 /\ phase' = "go"
         /\ UNCHANGED msgs
Hop(p) == IF count > 0 THEN at' = [at EXCEPT ![p] = 0] /\ count' = count - 1 /\ UNCHANGED <<msgs, seen, phase>>
                       ELSE phase = "shut" /\ phase' = "go" /\ UNCHANGED <<at, msgs, seen, count>>
Settled(p) == /\ \A q \in P : at[q] > 0 \/ q \in seen
              /\ at' = [q \in P |-> IF q = p THEN 0 ELSE at[q]]
              /\ UNCHANGED <<msgs, seen, count, phase>>
Gone(m) == m \notin msgs /\ m.no < 2 /\ count' = count /\ phase' \in {"go", phase} /\ UNCHANGED <<at, msgs, seen>>

Messages == [from : P, no : 0 .. 1]
Next == \/ \E p \in P : Send(p) \/ See(p) \/ Forget(p) \/ Hop(p) \/ Settled(p)
        \/ \E m \in msgs : Lose(m)
        \/ \E m \in Messages : Gone(m)
        \/ More \/ Spend \/ Shut \/ Some \/ Reset

CountInv == count <= 1
SeenInv == Cardinality(seen) <= 1
AtInv == at["a"] + at["b"] <= 2
PhaseInv == phase # "some" \/ "a" \in seen
CountStep == [count' >= count]_vars
TypeInv == count \in 0 .. 2 /\ seen \subseteq P /\ \A p \in P : at[p] \in 0 .. 2 /\ phase \in {"go", "shut"}
=============================================================================
"""


@pytest.fixture(scope="session")
def compiled_parcels(tmp_path_factory: pytest.TempPathFactory) -> CompiledSpec:
    path = tmp_path_factory.mktemp("parcels") / "Parcels.tla"
    path.write_text(PARCELS_TLA, encoding="utf-8")
    return compile_spec(load_spec(path))


@pytest.fixture
def parcels(counters: Any, compiled_parcels: CompiledSpec) -> Any:
    """A specification whose steps often commute, and rules for it as those of ``counters``."""
    return type(counters)(compiled_parcels)


VECTOR = OrderRule(kind=OrderKind.VECTOR, process=lambda e: e.fields["p"], clock=lambda e: e.fields["c"])

CALLS = (
    "Send(n)", "See(n)", "Forget(n)", "More", "Spend", "Shut", "Some", "Reset", "Hop(n)", "Settled(n)",
    "Send(ANY)", "See(ANY)", "Lose(ANY)", "Gone(ANY)", "Hop(ANY)",
)  # fmt: skip
SILENT = ("Send(ANY)", "See(ANY)", "Lose(ANY)", "Forget(ANY)", "More", "Spend", "Hop(ANY)", "Settled(ANY)")
OBSERVED = (("count", "count"), ("Cardinality(seen)", 'IF n = "a" THEN 1 ELSE 2'), ("at[n]", "1"), ("msgs", "{}"))
PROPERTIES = ("CountInv", "SeenInv", "AtInv", "PhaseInv", "TypeInv", "CountStep")


@dataclass
class Case:
    """A trace with its rules. The two twins say what is so: one keeps bounds that are only there to end the search, the
    other does not.
    """

    matcher: Callable[..., Any]
    order: Callable[[], PartialOrder]
    properties: list[Any]
    bounded: Found
    unbounded: Found
    has_limits: bool
    chains: int
    events: list[Event]

    def expect(self, status: Status, because: str) -> None:
        """``status`` is what the twins say, or undecided where a limit cut a branch that matters."""
        if status is Status.UNDECIDED:
            assert self.has_limits
            assert self.bounded.status is not Status.MATCHED or self.unbounded.status is not Status.MATCHED
            assert because
        else:
            assert status is self.unbounded.status

    def advance(self, matcher: Any, order: SearchOrder | None = None) -> tuple[Status, int]:
        """:func:`advance_over` the events."""
        return advance_over(matcher, self.events, order)

    def expect_end(self, matcher: Any, status: Status, explained: int) -> None:
        """What :meth:`advance` found, and the violations that the matcher found, are what the twins say."""
        self.expect(status, matcher.undecided_because)
        if status is Status.REJECTED:
            assert explained == self.unbounded.explained
        if status is Status.MATCHED:
            found = {violation.property for violation in matcher.violations}
            assert found <= self.violated_by_some(self.unbounded)
            if matcher.are_all_ways_judged:
                assert self.violated_by_some(self.bounded) <= found

    def violated_by_some(self, found: Found) -> set[str]:
        some = 0
        for mask in found.masks.get(found.events, ()):
            some |= mask
        return {p.name for n, p in enumerate(self.properties) if some >> n & 1}


@pytest.fixture
def case(parcels: Any, behaviors: Any, memory_log: Any) -> Callable[[int, int], Case]:
    """A case by its number, with at most so many chains."""

    def make(seed: int, chains_max: int) -> Case:
        random_ = random.Random(seed)
        chosen = random_.sample(SILENT, random_.choice((0, 1, 1, 2, 2, 3)))
        is_meaning = random_.random() < 0.3
        silent = [
            parcels.silent(call, *((random_.randint(1, 2),) if is_meaning else (random_.choice((1, 40)),)),
                           is_limit=not is_meaning)
            for call in chosen
        ]  # fmt: skip
        guards = random.Random(f"guards of {seed}")
        if chains_max == 1 and guards.random() < 0.5:
            # Some events allow a silent action, and others do not. With several chains, nothing is reduced then.
            guard = parcels.expression('n = "a"')
            silent = [replace(each, guard=guard) if guards.random() < 0.5 else each for each in silent]
        kinds = random_.sample(CALLS, 6)
        for number, call in enumerate(kinds):
            candidates = [parcels.candidate(call)]
            if random_.random() < 0.15:
                candidates.append(parcels.candidate(random_.choice(CALLS)))
            if random_.random() < 0.15:
                candidates.append(parcels.candidate(call, random_.choice(CALLS)))
            seen = [parcels.observation(*random_.choice(OBSERVED))] if random_.random() < 0.2 else []
            parcels.rule(f"k{number}", *candidates, observations=seen, silent=silent)
        names = random_.sample(PROPERTIES, random_.choice((0, 0, 1, 2)))
        properties = [parcels.property(name, is_step=name == "CountStep") for name in names]
        chains = random_.randint(1, chains_max)
        rule = random_.choice([OrderRule(), VECTOR])

        def matcher(*, is_lazy: bool = True, **options: Any) -> Any:
            evaluator = parcels.compiled if is_lazy else None
            return parcels.matcher(*properties, keep_witness=True, evaluator=evaluator, **options)

        logs = logs_of(memory_log, random_, chains, walked(matcher(is_lazy=False), random_))

        def order() -> PartialOrder:
            return PartialOrder(rule, logs)

        bounded, unbounded = (behaviors(matcher(is_lazy=False), order(), unbounded=each) for each in (False, True))
        return Case(matcher, order, properties, bounded, unbounded, not is_meaning, len(logs), list(logs[0]))

    return make


def walked(
    matcher: Any, random_: random.Random, names: str | Sequence[str] = "ab", events_max: int = 4
) -> list[tuple[str, str]]:
    """Events of a behavior that hides its silent steps; sometimes with a mistake in it."""
    node = matcher.nodes[0]
    events: list[tuple[str, str]] = []
    wanted = random_.randint(1, events_max)
    for _ in range(60):
        if len(events) == wanted:
            break
        kind, n = f"k{random_.randrange(6)}", random_.choice(names)
        prepared = matcher.prepare(Event(1, {"kind": kind, "n": n}))
        if prepared.silent and random_.random() < 0.5:
            silent = random_.choice(prepared.silent)
            reached = list(matcher.stepper.silent_steps(silent, prepared.arguments, node))
        else:
            reached = list(matcher.stepper.explanations(prepared, node))
            if reached:
                events.append((kind, n))
        node = random_.choice(reached) if reached else node
    if not events or random_.random() < 0.4:
        events.insert(random_.randint(0, len(events)), (f"k{random_.randrange(6)}", random_.choice(names)))
    return events


def logs_of(memory_log: Any, random_: random.Random, chains: int, events: list[tuple[str, str]]) -> list[Any]:
    lines: list[list[dict[str, Any]]] = [[] for _ in range(chains)]
    clocks = [dict.fromkeys(map(str, range(chains)), 0) for _ in range(chains)]
    for kind, n in events:
        chain = random_.randrange(chains)
        if random_.random() < 0.3:
            other = random_.randrange(chains)
            clocks[chain] = {p: max(c, clocks[other][p]) for p, c in clocks[chain].items()}
        clocks[chain][str(chain)] += 1
        lines[chain].append({"kind": kind, "n": n, "p": chain, "c": dict(clocks[chain])})
    return [memory_log(f"log{n}", each) for n, each in enumerate(lines) if each]


# ------------------------------------------------------------------------------------------- processes that are alike

HERD_TLA = r"""
-------------------------------- MODULE Herd --------------------------------
EXTENDS Integers, FiniteSets, TLC
CONSTANTS P, p1, None
VARIABLES at, held, next, count
vars == <<at, held, next, count>>

Init == at = [p \in P |-> 0] /\ held = {} /\ next = [p \in P |-> None] /\ count = 0

Move(p) == at[p] < 2 /\ at' = [at EXCEPT ![p] = @ + 1] /\ UNCHANGED <<held, next, count>>
Hold(p) == p \notin held /\ Cardinality(held) < 2 /\ held' = held \cup {p} /\ UNCHANGED <<at, next, count>>
Drop(p) == p \in held /\ held' = held \ {p} /\ UNCHANGED <<at, next, count>>
Link(p) == \E q \in P : next' = [next EXCEPT ![p] = q] /\ UNCHANGED <<at, held, count>>
Hop(p) == next[p] # None /\ at' = [at EXCEPT ![next[p]] = 2] /\ next' = [next EXCEPT ![p] = None]
          /\ UNCHANGED <<held, count>>
Count == count < 2 /\ (\A p \in held : at[p] > 0) /\ count' = count + 1 /\ UNCHANGED <<at, held, next>>
Rest == at' = [p \in P |-> 0] /\ count' = 0 /\ UNCHANGED <<held, next>>

Next == (\E p \in P : Move(p) \/ Hold(p) \/ Drop(p) \/ Link(p) \/ Hop(p)) \/ Count \/ Rest

First == CHOOSE p \in P : TRUE
Herds == Permutations(P)

CountInv == count <= 1
HeldInv == Cardinality(held) <= 1
AtInv == \A p, q \in P : p # q => at[p] + at[q] <= 2
LoopInv == \A p \in P : next[p] # p
CountStep == [count' >= count]_vars
=============================================================================
"""

HERD_CFG = """
CONSTANTS P = {p1, p2, p3}
p1 = p1
None = None
INIT Init
NEXT Next
SYMMETRY Herds
"""

# What somebody does whom nobody names, what shows later who that was, and what such a one does by name.
HERD_TOPICS = (
    ("Move(ANY)", ("at[n]", "1"), "Move(n)"), ("Move(ANY)", ("at[n]", "2"), "Move(n)"),
    ("Hold(ANY)", ("n \\in held", "TRUE"), "Drop(n)"), ("Link(ANY)", ("next[n] # None", "TRUE"), "Hop(n)"),
    ("Link(ANY)", ("\\E p \\in P : next[p] = n", "TRUE"), "Hop(n)"),
)  # fmt: skip
HERD_CALLS = (
    "Move(ANY)", "Hold(ANY)", "Drop(ANY)", "Link(ANY)", "Hop(ANY)", "Count", "Rest", "Move(n)", "Hold(n)", "Link(n)",
)  # fmt: skip
HERD_SILENT = ("Move(ANY)", "Hold(ANY)", "Drop(ANY)", "Hop(ANY)", "Count")
HERD_OBSERVED = (
    ("at[n]", "1"), ("at[n]", "2"), ("n \\in held", "TRUE"), ("Cardinality(held)", "1"), ("count", "1"),
    ("next[n]", "None"), ("Cardinality({p \\in P : at[p] = 1})", "2"),
)  # fmt: skip
HERD_PROPERTIES = ("CountInv", "HeldInv", "AtInv", "LoopInv", "CountStep")
HERD_NAMES = ("p1", "p2", "p3")
HERD_EVENTS_MAX = 6


@pytest.fixture(scope="session")
def compiled_herd(tmp_path_factory: pytest.TempPathFactory) -> CompiledSpec:
    folder = tmp_path_factory.mktemp("herd")
    (folder / "Herd.tla").write_text(HERD_TLA, encoding="utf-8")
    (folder / "Herd.cfg").write_text(HERD_CFG, encoding="utf-8")
    return compile_spec(load_spec(folder / "Herd.tla", read_config(folder / "Herd.cfg")))


@pytest.fixture
def make_herd(counters: Any, compiled_herd: CompiledSpec) -> Callable[[], Any]:
    """Specifications of processes that are alike, and rules for them as those of ``counters``. The events name them."""

    def make() -> Any:
        made = type(counters)(compiled_herd)
        made.translation = Translation(strings={name: ModelValue(name) for name in HERD_NAMES})
        return made

    return make


@pytest.fixture
def herd(make_herd: Callable[[], Any]) -> Any:
    """One of :func:`make_herd`."""
    return make_herd()


_herd_cases: dict[Any, Case] = {}


@pytest.fixture
def herd_case(make_herd: Callable[[], Any], behaviors: Any, memory_log: Any) -> Callable[..., Case]:
    """A case by its number, with at most so many chains; ``observed`` is observed by some rules, and nothing else. Its
    twins are run once.
    """

    def make(seed: int, chains_max: int, observed: Sequence[tuple[str, str]] = HERD_OBSERVED) -> Case:
        key = seed, chains_max, tuple(observed)
        if key not in _herd_cases:
            _herd_cases[key] = new(seed, chains_max, observed)
        return _herd_cases[key]

    def new(seed: int, chains_max: int, observed: Sequence[tuple[str, str]]) -> Case:
        herd = make_herd()
        random_ = random.Random(f"herd {seed}")
        # The twin takes steps that no event reports between any two events of several chains.
        hidden = HERD_SILENT if chains_max == 1 else ("Hold(ANY)", "Count")
        chosen = random_.sample(hidden, random_.choice((0, 0, 1)))
        is_meaning = random_.random() < 0.3
        silent = [herd.silent(call, random_.choice((1, 2)), is_limit=not is_meaning) for call in chosen]
        some, shown, named = random_.choice(HERD_TOPICS)
        calls = [some, None, named, *random_.sample(HERD_CALLS, 3)]
        unnamed = set()
        for number, call in enumerate(calls):
            candidates = [herd.candidate() if call is None else herd.candidate(call)]
            if call is not None and random_.random() < 0.2:
                candidates.append(herd.candidate(random_.choice(HERD_CALLS)))
            if call is not None and random_.random() < 0.1:
                candidates.append(herd.candidate(call, random_.choice(HERD_CALLS)))
            seen = [] if call is not None else [shown]
            if random_.random() < 0.2:
                seen.append(random_.choice(observed))
            observations = [herd.observation(*each) for each in seen]
            herd.rule(f"k{number}", *candidates, observations=observations, silent=silent)
            if not any("n)" in each.text for each in candidates) and not any("n" in names_of(o) for o in observations):
                unnamed.add(f"k{number}")
        names = random_.sample(HERD_PROPERTIES, random_.choice((0, 0, 1, 2)))
        properties = [herd.property(name, is_step=name == "CountStep") for name in names]
        chains = random_.randint(1, chains_max)
        rule = random_.choice([OrderRule(), VECTOR])

        def matcher(*, is_lazy: bool = True, **options: Any) -> Any:
            evaluator = herd.compiled if is_lazy else None
            return herd.matcher(*properties, keep_witness=True, evaluator=evaluator, **options)

        events = walked(matcher(is_lazy=False), random_, HERD_NAMES, HERD_EVENTS_MAX if chains == 1 else 3)
        events = [(kind, "" if kind in unnamed else n) for kind, n in events]
        logs = logs_of(memory_log, random_, chains, events)

        def order() -> PartialOrder:
            return PartialOrder(rule, logs)

        bounded, unbounded = (behaviors(matcher(is_lazy=False), order(), unbounded=each) for each in (False, True))
        every = [event._replace(log=number) for number, log in enumerate(logs) for event in log]
        return Case(matcher, order, properties, bounded, unbounded, not is_meaning, len(logs), every)

    return make


def names_of(observation: Any) -> set[str]:
    return names_in(observation.left_tree) | names_in(observation.right_tree)
