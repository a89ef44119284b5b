"""What is evaluated incrementally is what plain evaluation says, state after state: the value, or the error.

States are those of random walks in which logs grow, are cut and are overwritten in the middle, sets gain and lose
elements, functions gain and lose arguments. Several walks take turns, as the states of a frontier do.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlatrace.compile import Evaluate, Evaluator, Interpreter, State, compile_spec, incremental
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Spec, check_expression, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import Value, make_function, make_record, make_sequence, make_set, same, to_text

MODULE = r"""
---- MODULE Logs ----
EXTENDS Integers, Sequences, FiniteSets
LOCAL Ext == INSTANCE SequencesExt
VARIABLES log, commit, msgs, done
Server == {"a", "b", "c"}
Quorum == {Q \in SUBSET Server : 2 * Cardinality(Q) > Cardinality(Server)}
Min(x, y) == IF x < y THEN x ELSE y
Committed(i) == SubSeq(log[i], 1, commit[i])
IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))
TermAt(entries, index) == IF index = 0 THEN 0 ELSE entries[index].term
LastTerm(entries) == TermAt(entries, Len(entries))
Range(f) == {f[x] : x \in DOMAIN f}
ForAll(P(_), S) == \A x \in S : P(x)
RECURSIVE Sum(_)
Sum(s) == IF s = << >> THEN 0 ELSE Head(s).term + Sum(Tail(s))
Signed(entries) == {k \in DOMAIN entries : entries[k].term = 2}
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Folded(Op(_, _), base, s) == Ext!FoldSeq(Op, base, s)
Entry == [term: Nat, value: {"x", "y"}]
====
"""

FOLDER = Path(__file__).parent
FORMULA_LIST = (FOLDER / "state_formulas.txt").read_text(encoding="utf-8").splitlines()
STEP_LIST = (FOLDER / "step_formulas.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    path = Path(tmp_path_factory.mktemp("spec")) / "Logs.tla"
    path.write_text(MODULE, encoding="utf-8")
    return load_spec(path)


def entry(term: Value, value: Value) -> Value:
    return make_record({"term": term, "value": value})


class Walk:
    """A state that changes by little at each step; now and then by something that most formulas cannot stand."""

    def __init__(self, seed: int, *, slips: bool) -> None:
        self._random = random.Random(seed)
        self._slips = slips
        self._parts: tuple[Any, ...] = (
            make_function((key, make_sequence(())) for key in "abc"),
            make_function((key, 0) for key in "abc"),
            make_set(()),
            make_sequence(()),
        )

    @property
    def state(self) -> State:
        return self._parts

    def step(self) -> None:
        chance = self._random
        log, commit, msgs, done = self._parts
        i = chance.choice("abc")
        kind = chance.randrange(16)
        mine = log.apply(i) if log.has(i) else None
        size = 0 if mine is None or not hasattr(mine, "append") else len(mine)
        if mine is None or not hasattr(mine, "append"):
            log = make_function([(key, make_sequence(())) for key in "abc"])
        elif kind < 5:
            other = chance.choice("abc")
            theirs = log.apply(other) if log.has(other) else mine
            if chance.random() < 0.6 and hasattr(theirs, "append") and len(theirs) > size:
                new = theirs[size]
            else:
                new = entry(min(3, 1 + size // 4 + (chance.random() < 0.1)), chance.choice("xy"))
            log = log.replace(i, mine.append(new))
        elif kind == 5 and size:
            log = log.replace(i, mine.prefix(chance.randrange(size)))
        elif kind == 6 and size:
            at = chance.randrange(size) + 1
            log = log.replace(i, mine.replace(at, entry(chance.randrange(4), "x")))
        elif kind < 9:
            commit = commit.replace(i, min(size, chance.randrange(size + 1)))
        elif kind < 11:
            message: dict[str, Value] = {"from": i, "to": chance.choice("abc"), "index": chance.randrange(5)}
            msgs = msgs.with_item(make_record(message))
        elif kind == 11 and len(msgs):
            msgs = msgs.without_item(chance.choice(list(msgs)))
        elif kind == 12:
            done = mine.prefix(min(size, int(commit.apply(i)) if type(commit.apply(i)) is int else 0))
        elif kind == 13 and self._slips and chance.random() < 0.3:
            slips: list[Value] = [entry(True, "x"), 7, make_record({"value": "x"}), entry("x", 1)]
            log = log.replace(i, mine.append(chance.choice(slips)))
        elif kind == 14 and self._slips and chance.random() < 0.3:
            log = make_function([(key, log.apply(key)) for key in "abc" if key != i and log.has(key)])
        elif kind == 15 and self._slips and chance.random() < 0.2:
            commit = commit.replace(i, chance.choice([True, size + 1]))
        self._parts = (log, commit, msgs, done)


def outcome(ask: Evaluate, state: State, successor: State | None) -> Value | str:
    try:
        return ask(state, successor)
    except TlatraceError:
        # The two evaluators word some errors differently; that there is one is what matters here.
        return "error"


def compare(spec: Spec, evaluator: Evaluator, text: str, seed: int, *, slips: bool, steps: int) -> set[object]:
    """Walk, and compare at every state; what was seen."""
    tree = check_expression(parse_expression(text, "formula"), spec.scope, ())
    fast = incremental(evaluator, tree, spec.scope)
    slow = Interpreter(spec).expression(tree, spec.scope)
    walks = [Walk(seed + number, slips=slips) for number in range(1 + seed % 3)]
    seen: set[object] = set()
    for number in range(steps):
        walk = walks[number % len(walks)]
        before = walk.state
        walk.step()
        successor = walk.state
        # A state formula speaks of the new state.
        pair = (before, successor) if "'" in text or "]_" in text or "UNCHANGED" in text else (successor, None)
        found, expected = outcome(fast, *pair), outcome(slow, *pair)
        assert same(found, expected), (text, seed, number, found, expected, [to_text(value) for value in pair[0]])
        seen.add(expected)
    return seen


@pytest.mark.parametrize("text", FORMULA_LIST + STEP_LIST)
def test_a_formula_says_the_same_on_every_walk(spec: Spec, text: str) -> None:
    compiled = compile_spec(spec)
    seen: set[object] = set()
    for seed in range(8):
        seen |= compare(spec, compiled, text, seed, slips=seed % 2 == 1, steps=90)
    assert True in seen or False in seen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1_000_000), st.sampled_from(FORMULA_LIST + STEP_LIST))
def test_a_formula_says_the_same_on_any_walk(spec: Spec, seed: int, text: str) -> None:
    compare(spec, compile_spec(spec), text, seed, slips=True, steps=60)


def test_the_interpreter_can_be_the_evaluator(spec: Spec) -> None:
    for text in FORMULA_LIST[:12]:
        compare(spec, Interpreter(spec), text, 5, slips=True, steps=30)


def test_the_walks_see_truth_and_falsehood_and_errors(spec: Spec) -> None:
    compiled = compile_spec(spec)
    seen = [
        kind
        for text in FORMULA_LIST[:10]
        for seed in range(6)
        for kind in compare(spec, compiled, text, seed, slips=True, steps=80)
    ]
    assert {True, False, "error"} <= set(seen)
