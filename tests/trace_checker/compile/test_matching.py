"""Actions compiled for what an event says: the successors are those of plain evaluation that agree with the event.

Actions are written out of parts, among them what makes binding go wrong easily: disjunctions of which one branch says
nothing of an identifier, EXCEPT at keys that are not known, values that stand twice, definitions, LET and IF. What is
observed is taken from a successor, or is made up, which must be rejected.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlatrace.compile import UNBOUND, Evaluate, State, compile_spec
from tlatrace.compile.compiler import CompiledAction, CompiledSpec
from tlatrace.compile.matching import Observed
from tlatrace.errors import TlatraceError
from tlatrace.semantics import check_expression, load_spec
from tlatrace.syntax import ast, parse_expression
from tlatrace.values import Value, make_function, make_record, make_sequence, make_set, same

HEAD = r"""
---- MODULE Random ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES log, role, msgs, n
Server == {"a", "b", "c"}
Numbers == 0 .. 3
Entry(t) == [term |-> t, value |-> "x"]
Send(m) == msgs' = msgs \cup {m}
Discard(m) == msgs' = msgs \ {m}
Max(x, y) == IF x > y THEN x ELSE y
Set(i, r) == role' = [role EXCEPT ![i] = r]
Push(i, t) == log' = [log EXCEPT ![i] = Append(@, Entry(t))]
Cut(i, k) == log' = [log EXCEPT ![i] = SubSeq(@, 1, k)]
Take(i, m) == /\ m.to = i
              /\ m.term >= n
"""

# What can give a value to each variable, over the identifiers i, j (servers), t, k (numbers) and m (a message).
LOG = [
    "Push(i, t)",
    "Push(i, m.term)",
    "Cut(i, k)",
    "log' = [log EXCEPT ![i] = Append(@, Entry(n))]",
    "log' = [log EXCEPT ![i] = @ \\o <<Entry(t)>>]",
    "log' = [log EXCEPT ![i] = <<Entry(t), Entry(k)>>, ![j] = Append(@, Entry(t))]",
    "log' = [s \\in Server |-> IF s = i THEN Append(log[s], Entry(t)) ELSE log[s]]",
    "(Push(i, t) \\/ UNCHANGED log)",
    "(IF k > 1 THEN Push(i, k) ELSE Cut(i, 0))",
    "LET e == Entry(t) l == Append(log[i], e) IN log' = [log EXCEPT ![i] = l]",
    "log' = [log EXCEPT ![i] = SubSeq(log[j], 1, k)]",
    "UNCHANGED log",
]
ROLE = [
    'Set(i, "leader")',
    "Set(i, m.kind)",
    "role' = [role EXCEPT ![i] = role[j]]",
    'role\' \\in [Server -> {"leader", "follower"}]',
    'role\' = [s \\in Server |-> IF s = i THEN "leader" ELSE role[s]]',
    "UNCHANGED role",
    '(Set(i, "leader") \\/ Set(j, "follower"))',
    'role\' = [role EXCEPT ![i] = "leader", ![j] = "follower"]',
]
MSGS = [
    'Send([kind |-> "vote", to |-> j, term |-> t])',
    "Send([kind |-> m.kind, to |-> i, term |-> m.term])",
    "Discard(m)",
    "UNCHANGED msgs",
    'msgs\' = (msgs \\ {m}) \\cup {[kind |-> "ack", to |-> j, term |-> k]}',
    '(Discard(m) \\/ Send([kind |-> "lead", to |-> i, term |-> n]))',
    "msgs' = {}",
    "msgs' \\in {msgs, {m}}",
]
NUMBER = [
    "n' = t",
    "n' = n + t",
    "n' = n - k",
    "n' = m.term",
    "n' \\in 0 .. 3",
    "n' = Max(n, t)",
    "UNCHANGED n",
    "(n' = t \\/ (n' = n + 1 /\\ t = 0))",
    "n' = (IF t > 2 THEN t ELSE k)",
    "n' = Len(log[i]) + t",
    "(\\E u \\in 0 .. t : n' = u /\\ u # 3)",
]
GUARDS = [
    "TRUE",
    "i # j",
    "Take(i, m)",
    "m.term = t",
    "t > n",
    "k <= Len(log[i])",
    'role[i] = "leader"',
    'm.to = j /\\ m.kind = "vote"',
]

PLACES = ["n", "log", "role", "msgs", "log[pi]", "role[pi]", "Len(log[pi])", "role[pj]", "Cardinality(msgs)"]

VARIABLE = re.compile(r"\b(log|role|msgs|n)\b")


@dataclass(frozen=True)
class Case:
    text: str
    seed: int


def a_case(seed: int) -> Case:
    """An action for this seed."""
    chance = random.Random(seed)
    parts = [chance.choice(each) for each in (LOG, ROLE, MSGS, NUMBER)]
    chance.shuffle(parts)
    for _ in range(chance.randrange(3)):
        parts.insert(chance.randrange(len(parts) + 1), chance.choice(GUARDS))
    body = " /\\ ".join(parts)
    names = {"i": "Server", "j": "Server", "t": "Numbers", "k": "1 .. 2", "m": "msgs"}
    order = list(names)
    chance.shuffle(order)
    if chance.random() < 0.3:
        names["k"] = "Numbers"
    if chance.random() < 0.5:
        binders = "".join(f"\\E {name} \\in {names[name]} : " for name in order)
    else:
        binders = "\\E " + ", ".join(f"{name} \\in {names[name]}" for name in order) + " : "
    parameters = [name for name in ("i", "m") if chance.random() < 0.5]
    inner = [name for name in order if name not in parameters]
    if parameters:
        # An action with parameters, the others hidden.
        hidden = "".join(f"\\E {name} \\in {names[name]} : " for name in inner)
        outer = "\\E " + ", ".join(f"{name} \\in {names[name]}" for name in parameters) + " : "
        call = f"Act({', '.join(parameters)})"
        return Case(f"Act({', '.join(parameters)}) == {hidden}{body}\nNext == {outer}{call}\n", seed)
    return Case(f"Act == {binders}{body}\nNext == Act\n", seed)


def a_state(chance: random.Random) -> State:
    def entry() -> Value:
        return make_record({"term": chance.randrange(3), "value": "x"})

    log = make_function((s, make_sequence(entry() for _ in range(chance.randrange(4)))) for s in "abc")
    role = make_function((s, chance.choice(["leader", "follower"])) for s in "abc")
    count = 2 if chance.random() < 0.8 else 60
    msgs = make_set(
        make_record({"kind": chance.choice(["vote", "ack"]), "to": chance.choice("abc"), "term": chance.randrange(9)})
        for _ in range(count)
    )
    return (log, role, msgs, chance.randrange(4))


def load(folder: Path, text: str) -> CompiledSpec:
    path = folder / "Random.tla"
    path.write_text(
        f"{HEAD}{text}Init == log = <<>> /\\ role = <<>> /\\ msgs = {{}} /\\ n = 0\n====\n", encoding="utf-8"
    )
    return compile_spec(load_spec(path))


PARAMETERS = ("pi", "pj", "p1", "p2", "p3")

Found = tuple[State, tuple[Value, ...]]


@dataclass(frozen=True)
class Event:
    """What is observed of a step, and the values of :data:`PARAMETERS`."""

    observed: Sequence[Observed]
    values: Sequence[Value]
    asks: Sequence[Evaluate]

    def agrees(self, after: State) -> bool:
        pairs = zip(self.asks, self.values[2:], strict=True)
        return all(same(ask(after, None, *self.values[:2]), value) for ask, value in pairs)


def an_event(compiled: CompiledSpec, after: State, chance: random.Random) -> Event:
    """Three things that are said of ``after``."""
    scope = compiled.spec.scope

    def tree(text: str) -> ast.Expr:
        return check_expression(parse_expression(text, "event"), scope, PARAMETERS)

    values: list[Value] = [chance.choice("abc"), chance.choice("abc")]
    observed: list[Observed] = []
    asks = []
    for number, text in enumerate(chance.sample(PLACES, 3), 1):
        asks.append(compiled.expression(tree(text), scope, ("pi", "pj")))
        right, is_step = tree(f"p{number}"), chance.random() < 0.3
        # With a prime, on the variable or around everything, the observation speaks of the step.
        left = tree(f"({text})'" if chance.random() < 0.5 else VARIABLE.sub(r"\1'", text)) if is_step else tree(text)
        observed.append(Observed(left, right, is_step))
    return Event(observed, [*values, *(ask(after, None, *values) for ask in asks)], asks)


def compare(folder: Path, case: Case) -> tuple[int, int, bool]:
    """How many successors agreed, how many did not, and whether anything was looked up."""
    chance = random.Random(case.seed + 1)
    compiled = load(folder, case.text)
    (action,) = compiled.actions
    assert isinstance(action, CompiledAction)
    agreed = others = 0
    looked_up = False
    for _ in range(2):
        state = a_state(chance)
        try:
            plain = list(action.successors(state))
        except TlatraceError:
            continue
        wanted, own = chance.choice(plain) if plain and chance.random() < 0.85 else (a_state(chance), None)
        event = an_event(compiled, wanted, chance)
        given = [own is not None and chance.random() < 0.5 for _ in action.parameters]
        fixed = [] if own is None else [value for value, is_given in zip(own, given, strict=True) if is_given]
        function = action.matching(given, PARAMETERS, compiled.spec.scope, event.observed)
        asked = action.successors(state, [v if g else UNBOUND for v, g in zip(own or given, given, strict=True)])
        expected = {found for found in asked if event.agrees(found[0])}
        agreed += len(expected)
        others += len(plain) - len(expected)
        if function is not None:
            looked_up = True
            got: list[Found] = []
            function(state, got.append, *fixed, *event.values)
            # No value here is a Boolean, so that Python's equality will do.
            difference = {found for found in got if event.agrees(found[0])} ^ expected
            assert not difference, (case.text, event.observed, event.values, state, difference)
            assert len(got) <= len(plain)
    return agreed, others, looked_up


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1_000_000))
def test_what_agrees_is_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    compare(tmp_path, a_case(seed))


def test_the_comparison_sees_agreement_and_look_ups(tmp_path: Path) -> None:
    results = [compare(tmp_path, a_case(seed)) for seed in range(40)]
    assert sum(agreed for agreed, _, _ in results) > 50
    assert sum(others for _, others, _ in results) > 500
    assert sum(looked_up for _, _, looked_up in results) > 25
