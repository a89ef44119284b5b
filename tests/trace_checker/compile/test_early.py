"""Conjuncts that are moved to where all that they name is known: what is asked of a step, and the successors of a
state, are as before, and the loops are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tlatrace.compile import CompiledSpec, State, compile_spec
from tlatrace.compile.analysis import Analysis
from tlatrace.compile.early import early, step_test
from tlatrace.compile.early_actions import early_action
from tlatrace.compile.exploring import Change, Generate, Generator, _first, generators
from tlatrace.compile.incremental.expanding import Expander
from tlatrace.engine.explore import ExploreOptions, Limits, explore
from tlatrace.semantics import load_spec
from tlatrace.stdlib import TlcRun, use_run
from tlatrace.syntax import ast, parse_expression
from tlatrace.syntax.printer import print_expression
from tlatrace.syntax.rewrite import walk
from tlatrace.values import EvaluationError

LOG = r"""---- MODULE Log ----
EXTENDS Naturals, Sequences, FiniteSets, Bags, TLC
CONSTANT Server
VARIABLES log, msgs, sent, leader
vars == <<log, msgs, sent, leader>>

Init == log = [i \in Server |-> <<>>] /\ msgs = {} /\ sent = EmptyBag /\ leader \in Server

Add(i) ==
  /\ leader = i
  /\ Len(log[i]) < 2
  /\ log' = [log EXCEPT ![i] = Append(@, Len(@))]
  /\ UNCHANGED <<msgs, sent, leader>>

Range(i, j, range) ==
  /\ i # j
  /\ range[1] <= range[2]
  /\ leader = i
  /\ LET first == range[1] - 1
         entries == SubSeq(log[i], range[1], IF range[2] > Len(log[i]) THEN Len(log[i]) ELSE range[2])
         m == [type |-> "range", prev |-> first, entries |-> entries, to |-> j]
     IN /\ m \notin msgs
        /\ msgs' = msgs \cup {m}
        /\ UNCHANGED <<log, sent, leader>>

Count(i, k) ==
  /\ leader = i
  /\ BagCardinality(sent) < 2
  /\ sent' = sent (+) SetToBag({[type |-> "count", last |-> k + 1, of |-> i]})
  /\ UNCHANGED <<log, msgs, leader>>

Copy(i, j, k) ==
  /\ IF leader = i THEN i # j ELSE FALSE
  /\ k = Len(log[j]) + 1
  /\ log' = [log EXCEPT ![j] = Append(@, log[i][k])]
  /\ UNCHANGED <<msgs, sent, leader>>

Elect == \E i \in Server \ {leader}, w \in 1..2 : leader' = i /\ (w = 1 \/ w = 2) /\ UNCHANGED <<log, msgs, sent>>

\* Tests behind what they could stand before; one of them has no value where the first conjunct is FALSE.
Mark(i) ==
  /\ log' = [log EXCEPT ![i] = Append(@, 2)]
  /\ IF Len(log[i]) > 0 THEN TRUE ELSE FALSE
  /\ {1} \subseteq {k \in DOMAIN log[i] : log[i][k] < 2}
  /\ log[i][1] # 2
  /\ ~ (leader = i)
  /\ Len(log[i]) < 2
  /\ UNCHANGED <<msgs, sent, leader>>

Twice(i) == Add(i) \cdot Add(i)

Either == \E i \in Server : Add(i) \/ Mark(i) \/ Twice(i)

Written ==
  \/ \E i \in Server : Add(i)
  \/ \E i, j \in Server : \E b, e \in 1..Len(log[i]) + 1 : Range(i, j, <<b, e>>)
  \/ \E i \in Server, k \in 0..1 : Count(i, k)
  \/ \E i, j \in Server : \E k \in 1..Len(log[i]) : Copy(i, j, k)
  \/ Elect

Next == Either \/ Written
====
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> CompiledSpec:
    folder = tmp_path_factory.mktemp("log")
    (folder / "Log.tla").write_text(LOG)
    (folder / "Log.cfg").write_text("INIT Init\nNEXT Next\nCONSTANT Server = {s1, s2}\n")
    return compile_spec(load_spec(folder / "Log.tla", folder / "Log.cfg"))


@pytest.fixture(scope="module")
def states(spec: CompiledSpec) -> list[Any]:
    found = explore(spec, ExploreOptions(keep_graph=True, limits=Limits(states=400)))
    assert found.graph is not None
    return list(found.graph.states)


def test_a_step_is_allowed_where_it_was(spec: CompiledSpec, states: list[Any]) -> None:
    formula = spec.spec.next
    assert formula is not None
    plain = spec.expression(formula.body, formula.scope)
    moved = step_test(spec, formula.body, formula.scope)
    answers = set()
    for state, successor in product(states[::20], states):
        wanted = plain(state, successor)
        assert moved(state, successor) is wanted
        answers.add(wanted)
    assert answers == {True, False}


def test_it_is_decided_without_asking_plain_evaluation(spec: CompiledSpec, states: list[Any]) -> None:
    formula = spec.spec.next
    assert formula is not None
    moved = step_test(spec, formula.body, formula.scope)
    asked = []
    moved._plain = lambda *step: asked.append(step)  # type: ignore[attr-defined]
    taken = 0
    for state in states[:100]:
        for action in spec.actions:
            for successor, _ in action.successors(state):
                assert moved(state, successor) is True
                taken += 1
    assert taken > 100
    assert asked == []


def test_the_successors_are_as_before(spec: CompiledSpec, states: list[Any]) -> None:
    plain, moved = generators(spec), generators(spec, is_early=True)
    made = 0
    for state, (one, other) in product(states, zip(plain, moved, strict=True)):
        wanted, found = changes_of(one, state), changes_of(other, state)
        assert found == wanted
        made += len(wanted)
    assert made > 1000


def changes_of(generator: Generator, state: Any) -> list[object]:
    changes: list[Change] = []
    generator.generate(state, changes.append)
    return [(generator.assigned[change[0]], change[1:]) for change in changes]


def test_tests_stand_in_front_and_a_filter_is_not_gone_through(spec: CompiledSpec) -> None:
    (mark,) = (each for each in spec.spec.actions if each.name == "Mark")
    moved = early_action(mark, Analysis())
    assert moved is not None
    text = print_expression(moved.body)
    assert text.index("~leader") < text.index("log' =")
    assert "\\subseteq" not in text
    assert not any(isinstance(node, ast.SetFilter) for node in walk(moved.body))


def test_effects_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "Seen.tla").write_text(
        "---- MODULE Seen ----\nEXTENDS Naturals, TLC\nVARIABLE x\nInit == x = 0\n"
        "Next == TLCSet(1, 7) /\\ x' = x + 1 /\\ x < 3 /\\ \\E k \\in 1..2 : k = 1\n====\n"
    )
    (tmp_path / "Seen.cfg").write_text("INIT Init\nNEXT Next\n")
    spec = compile_spec(load_spec(tmp_path / "Seen.tla", tmp_path / "Seen.cfg"))
    (instance,) = spec.spec.actions
    moved = early_action(instance, Analysis())
    assert moved is not None
    text = print_expression(moved.body)
    assert text.index("TLCSet") < text.index("x < 3")


def test_a_variable_that_stays_is_compared_first(spec: CompiledSpec) -> None:
    formula = spec.spec.next
    assert formula is not None
    expander = Expander(formula.scope, Analysis())
    text = print_expression(early(expander.expand(ast.Name("Written"), formula.scope)))
    for kept in ("log", "sent", "leader"), ("log", "msgs", "leader"), ("msgs", "sent", "leader"):
        assert " /\\ ".join(f"UNCHANGED {name}" for name in kept) in text


def test_what_a_message_says_takes_the_place_of_a_range(spec: CompiledSpec) -> None:
    formula = spec.spec.next
    assert formula is not None
    expander = Expander(formula.scope, Analysis())
    text = print_expression(early(expander.expand(ast.Name("Written"), formula.scope)))
    assert ".prev + 1 :" in text
    assert ".last - 1 :" in text


def test_what_is_there_behind_the_step_takes_the_place_of_a_choice(tmp_path: Path) -> None:
    (tmp_path / "Put.tla").write_text(
        "---- MODULE Put ----\nEXTENDS Naturals\nVARIABLE f\nInit == f = [i \\in 1..2 |-> [a |-> 0, b |-> <<0>>]]\n"
        "Low(i, v) == f[i].a < v /\\ f' = [f EXCEPT ![i].a = v]\n"
        "High(i, v) == f[i].b # <<v>> /\\ f' = [f EXCEPT ![i].b[1] = v]\n"
        "Next == \\E i \\in 1..2, v \\in 0..2 : Low(i, v) \\/ High(i, v)\n====\n"
    )
    (tmp_path / "Put.cfg").write_text("INIT Init\nNEXT Next\n")
    spec = compile_spec(load_spec(tmp_path / "Put.tla", tmp_path / "Put.cfg"))
    found = explore(spec, ExploreOptions(keep_graph=True))
    assert found.graph is not None
    states = list(found.graph.states)
    scope = spec.spec.next.scope if spec.spec.next is not None else {}
    for name, place in ("Low", ".a}"), ("High", ".b[1]}"):
        action = parse_expression(f"\\E i \\in 1..2, v \\in 0..1 : {name}(i, v)", "Put.tla")
        expander = Expander(scope, Analysis())
        assert place in print_expression(early(expander.expand(action, scope)))
        plain, moved = spec.expression(action, scope), step_test(spec, action, scope)
        answers = {(plain(one, two), moved(one, two)) for one, two in product(states[::3], states)}
        assert answers == {(True, True), (False, False)}


@pytest.fixture
def counted_as_pure(monkeypatch: pytest.MonkeyPatch) -> None:
    """An action that counts what is tried is lowered like any other."""
    monkeypatch.setattr("tlatrace.compile.exploring._is_pure", lambda _: True)


@pytest.mark.usefixtures("counted_as_pure")
def test_where_a_test_says_what_it_is_nothing_else_is_tried(tmp_path: Path) -> None:
    (tmp_path / "One.tla").write_text(
        "---- MODULE One ----\nEXTENDS Naturals, TLC\nVARIABLES x, n\nInit == x = 3 /\\ n = 0\n"
        "At(i, j, pair) == x > 2 /\\ pair[1] = x /\\ j = pair[1] + 1 /\\ x' = j /\\ n' = i\n"
        "Next == \\E i, j \\in 1..5 : TLCSet(1, TLCGet(1) + 1) /\\ At(i, j, <<i, j>>)\n"
        "====\n"
    )
    (tmp_path / "One.cfg").write_text("INIT Init\nNEXT Next\n")
    spec = compile_spec(load_spec(tmp_path / "One.tla", tmp_path / "One.cfg"))
    tried = []
    found = []
    for is_early in (False, True):
        run = TlcRun()
        run.registers[1] = 0
        with use_run(run):
            changes: list[object] = []
            for generator in generators(spec, is_early=is_early):
                generator.generate((3, 0), changes.append)
        found.append(changes)
        tried.append(run.registers[1])
    assert found[0] == found[1]
    assert tried == [25, 1]


@pytest.mark.usefixtures("counted_as_pure")
def test_what_is_assigned_already_says_which_choice_it_was(tmp_path: Path) -> None:
    (tmp_path / "Given.tla").write_text(
        "---- MODULE Given ----\nEXTENDS Naturals, TLC\nVARIABLES f, n\nInit == f = [k \\in 1..5 |-> 0] /\\ n = 0\n"
        "Put(k, v) == TLCSet(1, TLCGet(1) + 1) /\\ f' = [f EXCEPT ![k] = v] /\\ n' = v\n"
        "Next == f' = [f EXCEPT ![3] = 4] /\\ \\E k, v \\in 1..5 : Put(k, v)\n====\n"
    )
    (tmp_path / "Given.cfg").write_text("INIT Init\nNEXT Next\n")
    spec = compile_spec(load_spec(tmp_path / "Given.tla", tmp_path / "Given.cfg"))
    (start,) = spec.initial_states()
    tried, found = [], []
    for is_early in (False, True):
        run = TlcRun()
        run.registers[1] = 0
        with use_run(run):
            (generator,) = generators(spec, is_early=is_early)
            found.append(changes_of(generator, start))
        tried.append(run.registers[1])
    assert found[0] == found[1]
    assert len(found[0]) == 1
    assert tried[0] == 25
    assert tried[1] <= 5


def test_what_makes_successors_is_not_moved(spec: CompiledSpec) -> None:
    (elect,) = (each for each in spec.spec.actions if each.name == "Elect")
    moved = early_action(elect, Analysis())
    assert moved is not None
    inner = [node for node in walk(moved.body) if isinstance(node, ast.Quantifier)]
    text = print_expression(inner[-1].body)
    assert text.startswith("leader' = i!1 /\\ (w!2 = 1 \\/ w!2 = 2) /\\ UNCHANGED")


class TestErrors:
    """A test that is moved may have no value where it was not asked before."""

    TEXT = (
        "---- MODULE Guarded ----\nEXTENDS Naturals, Sequences\nVARIABLES x\nInit == x = <<>>\n"
        "Next == \\/ \\E k \\in 1..3, j \\in 1..2 : k <= Len(x) /\\ x[1] = j /\\ x' = Append(x, k)\n"
        "        \\/ Len(x) = 0 /\\ x' = <<2>>\n        \\/ Len(x) > 2 /\\ x' = x\n====\n"
    )

    def test_then_the_action_is_asked_as_it_stands(self, tmp_path: Path) -> None:
        (tmp_path / "Guarded.tla").write_text(self.TEXT)
        (tmp_path / "Guarded.cfg").write_text("INIT Init\nNEXT Next\n")
        spec = compile_spec(load_spec(tmp_path / "Guarded.tla", tmp_path / "Guarded.cfg"))
        found = [
            explore(spec, ExploreOptions(is_narrow=is_narrow, is_stepwise=is_narrow, limits=Limits(depth=4)))
            for is_narrow in (False, True)
        ]
        assert found[0].result is found[1].result
        assert found[0].counts.distinct_states == found[1].counts.distinct_states > 4

    def test_what_was_made_before_is_not_made_again(self, tmp_path: Path) -> None:
        # Of msgs, only what has a = 1 is tried, found in an index; f[m.b] is then asked before b is compared with 161.
        (tmp_path / "Half.tla").write_text(
            "---- MODULE Half ----\nEXTENDS Naturals\nVARIABLES x, y, msgs, f\nInit == x = 0 /\\ y = 0\n"
            "  /\\ msgs = {[a |-> i % 2, b |-> (i * 37) % 211] : i \\in 1..200} /\\ f = [i \\in 0..160 |-> 1]\n"
            "Next == /\\ x' = 1 /\\ UNCHANGED <<msgs, f>>\n"
            "        /\\ \\E m \\in msgs : x' = m.a /\\ \\E k \\in {161} : k > m.b /\\ f[m.b] = 1 /\\ y' = m.b\n====\n"
        )
        (tmp_path / "Half.cfg").write_text("INIT Init\nNEXT Next\n")
        spec = compile_spec(load_spec(tmp_path / "Half.tla", tmp_path / "Half.cfg"))
        (start,) = spec.initial_states()
        (plain,), (moved,) = generators(spec), generators(spec, is_early=True)
        wanted = changes_of(plain, start)
        assert len(wanted) > 50
        assert changes_of(moved, start) == wanted

    def test_an_effect_is_had_once(self, tmp_path: Path) -> None:
        (tmp_path / "Seen.tla").write_text(
            "---- MODULE Seen ----\nEXTENDS Naturals, TLC\nVARIABLES y, f\nInit == y = 0 /\\ f = [i \\in 0..1 |-> 1]\n"
            "Next == /\\ \\E m \\in 1..3 : /\\ TLCSet(1, TLCGet(1) + 1)\n"
            "                           /\\ \\E k \\in {5} : k > m + 3 /\\ f[m] = 1 /\\ y' = m\n"
            "        /\\ UNCHANGED f\n====\n"
        )
        (tmp_path / "Seen.cfg").write_text("INIT Init\nNEXT Next\n")
        spec = compile_spec(load_spec(tmp_path / "Seen.tla", tmp_path / "Seen.cfg"))
        (start,) = spec.initial_states()
        for is_early in (False, True):
            run = TlcRun()
            run.registers[1] = 0
            with use_run(run):
                (generator,) = generators(spec, is_early=is_early)
                assert len(changes_of(generator, start)) == 1
            assert run.registers[1] == 3


class TestFirst:
    """One way to make successors, and another one for what it did not make."""

    ASSIGNED: ClassVar = [(1,), (0, 1)]

    def first(self, one: list[Change], other: list[Change]) -> Generate:
        def early(state: State, out: Callable[[Change], object]) -> None:
            for change in one:
                out(change)
            raise EvaluationError("no value")

        def plain(state: State, out: Callable[[Change], object]) -> None:
            for change in other:
                out(change)

        return _first(early, plain, self.ASSIGNED)

    @pytest.mark.parametrize(
        ("one", "other", "wanted"),
        [
            ([(0, 3), (0, 1)], [(0, 1), (0, 2), (0, 3)], [(0, 3), (0, 1), (0, 2)]),
            ([(0, 2)], [(0, 1), (0, 2), (0, 2)], [(0, 2), (0, 1), (0, 2)]),
            ([(0, 1)], [(0, True), (0, 1)], [(0, 1), (0, True)]),
            ([(0, 1)], [(1, 5, 1), (1, 6, 1)], [(0, 1), (1, 6, 1)]),
        ],
        ids=["another order", "made twice", "TRUE and 1", "a variable assigned what it was"],
    )
    def test_each_successor_is_made_as_often_as_by_the_other(
        self, one: list[Change], other: list[Change], wanted: list[Change]
    ) -> None:
        found: list[Change] = []
        self.first(one, other)((5, 0), found.append)
        assert list(map(repr, found)) == list(map(repr, wanted))

    def test_an_error_of_the_caller_is_the_caller_s(self) -> None:
        met: list[Change] = []

        def out(change: Change) -> None:
            met.append(change)
            raise EvaluationError("no invariant")

        with pytest.raises(EvaluationError, match="no invariant"):
            self.first([(0, 1)], [(0, 1), (0, 2)])((5, 0), out)
        assert met == [(0, 1)]
