"""The search: numbers, first violations, processes, symmetry; small models written here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from tlatrace.compile import ExpressionError, Interpreter, compile_spec
from tlatrace.compile.api import Evaluator
from tlatrace.engine.explore import Exploration, ExploreOptions, Limits, Result, explore, parallel
from tlatrace.semantics import load_spec
from tlatrace.values import to_text

RING = r"""---- MODULE Ring ----
EXTENDS Naturals, TLC
CONSTANT Nodes
VARIABLES token, seen, steps
Init == token \in Nodes /\ seen = {} /\ steps = 0
Pass(a, b) == token = a /\ token' = b /\ seen' = seen \cup {a} /\ steps' = (steps + 1) % 5
Rest == steps > 2 /\ UNCHANGED <<token, seen, steps>>
Next == Rest \/ \E a, b \in Nodes : a # b /\ Pass(a, b)
Symmetry == Permutations(Nodes)
View == <<token, seen>>
NotAll == seen # Nodes
Bounded == steps < 4
Visits == [](steps < 5)
Stays == [][steps < 3]_token
Always == []<>(steps = 0)
Failing == steps = 3 => token = 1
====
"""


def evaluator(tmp_path: Path, lines: str, *, nodes: str = "{n1, n2, n3}", slow: bool = False) -> Evaluator:
    spec, config = tmp_path / "Ring.tla", tmp_path / "Ring.cfg"
    spec.write_text(RING)
    config.write_text(f"INIT Init\nNEXT Next\nCONSTANT Nodes = {nodes}\n{lines}\n")
    loaded = load_spec(spec, config)
    return Interpreter(loaded) if slow else compile_spec(loaded)


def run(tmp_path: Path, lines: str = "", *, jobs: int = 1, slow: bool = False, **limits: int) -> Exploration:
    options = ExploreOptions(jobs=jobs, limits=Limits(**limits), keep_graph=True)
    return explore(evaluator(tmp_path, lines, slow=slow), options)


def actions(found: Exploration) -> list[str | None]:
    return [state.action for state in found.counterexample.states]


def test_the_numbers_and_the_graph(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert found.result is Result.SUCCESS
    counts = found.counts
    assert (counts.distinct_states, counts.generated_states, counts.depth, counts.queue) == (69, 165, 8, 0)
    graph = found.graph
    assert graph is not None
    assert list(graph.initial) == [0, 1, 2]
    assert len(graph.states) == 69
    assert all(graph.is_expanded(number) and len(graph.successors(number)) >= 2 for number in range(69))
    assert len(graph.actions(0)) == len(graph.successors(0)) == 2


def test_both_evaluators_explore_alike(tmp_path: Path) -> None:
    fast, slow = run(tmp_path, "INVARIANT NotAll"), run(tmp_path, "INVARIANT NotAll", slow=True)
    assert fast.counts == slow.counts
    assert [state.values for state in fast.counterexample.states] == [s.values for s in slow.counterexample.states]


def test_the_first_violation_is_a_shortest_one_with_its_actions(tmp_path: Path) -> None:
    found = run(tmp_path, "INVARIANT NotAll")
    assert (found.result, found.violated) == (Result.SAFETY, ("NotAll",))
    assert actions(found) == [None, "Pass(n1, n2)", "Pass(n2, n3)", "Pass(n3, n1)"]


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ("INVARIANT NotAll", (21, 24, 4)),
        ("CONSTRAINT Bounded\nINVARIANT NotAll", (21, 24, 4)),
        ("PROPERTY Stays", (31, 41, 5)),
        ("INVARIANT Bounded", (31, 41, 5)),
    ],
)
def test_nothing_counts_behind_a_violation(tmp_path: Path, lines: str, numbers: tuple[int, int, int]) -> None:
    counts = run(tmp_path, lines).counts
    assert (counts.distinct_states, counts.generated_states, counts.depth) == numbers


def test_an_error_names_the_formula_and_the_state(tmp_path: Path) -> None:
    found = run(tmp_path, "INVARIANT Failing")
    assert (found.result, found.violated) == (Result.SAFETY, ("Failing",))
    found = explore(evaluator(tmp_path, "INVARIANT Failing", nodes='{"a", "b"}'), ExploreOptions())
    assert (found.result, found.violated) == (Result.ERROR, ("Failing",))
    assert len(found.counterexample.states) == 4


def test_symmetric_states_are_one(tmp_path: Path) -> None:
    found = run(tmp_path, "SYMMETRY Symmetry")
    assert found.counts.distinct_states < 69 / 3
    reduced = run(tmp_path, "SYMMETRY Symmetry\nINVARIANT NotAll")
    assert actions(reduced) == [None, "Pass(n1, n2)", "Pass(n2, n3)", "Pass(n3, n1)"]


def test_a_symmetry_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpressionError, match=r"SYMMETRY has .* which is no permutation"):
        run(tmp_path, "SYMMETRY Nodes")


def test_a_view_hides_what_it_leaves_out(tmp_path: Path) -> None:
    assert run(tmp_path, "VIEW View").counts.distinct_states < 69


def test_a_violated_temporal_property_is_a_lasso(tmp_path: Path) -> None:
    found = run(tmp_path, "PROPERTY Always")
    assert (found.result, found.violated) == (Result.LIVENESS, ("Always",))
    assert found.counterexample.loop_start is not None
    assert run(tmp_path, "PROPERTY Visits").result is Result.SUCCESS


@pytest.mark.parametrize("lines", ["", "INVARIANT NotAll", "SYMMETRY Symmetry", "CONSTRAINT Bounded", "VIEW View"])
def test_the_number_of_processes_changes_nothing(tmp_path: Path, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(tmp_path, lines)
    monkeypatch.setattr(parallel, "SLICE_MIN", 3)
    together = run(tmp_path, lines, jobs=3)
    assert (together.result, together.counts, together.violated) == (alone.result, alone.counts, alone.violated)
    assert actions(together) == actions(alone)
    one, other = alone.graph, together.graph
    assert one is not None
    assert other is not None
    assert list(one.states) == list(other.states)
    assert [list(one.successors(n)) for n in range(len(one))] == [list(other.successors(n)) for n in range(len(other))]


def test_what_a_process_that_died_left_is_done_by_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(tmp_path)
    died = []

    def die(search: object, part: range) -> NoReturn:
        raise MemoryError

    def counted(process: int, options: int) -> tuple[int, int]:
        done, status = waitpid(process, options)
        died.append(status != 0)
        return done, status

    waitpid = os.waitpid
    monkeypatch.setattr(parallel, "SLICE_MIN", 3)
    monkeypatch.setattr(parallel, "_expanded", die)
    monkeypatch.setattr(parallel.os, "waitpid", counted)
    together = run(tmp_path, jobs=3)
    assert (together.result, together.counts) == (alone.result, alone.counts)
    assert died
    assert all(died)


def test_limits_end_undecided_only_if_something_is_left(tmp_path: Path) -> None:
    assert run(tmp_path, depth=3).result is Result.UNDECIDED
    assert run(tmp_path, depth=8).result is Result.UNDECIDED
    assert run(tmp_path, depth=9).result is Result.SUCCESS
    assert run(tmp_path, states=10).limit == "--max-states 10"


SHOWN = r"""---- MODULE Shown ----
EXTENDS Naturals, TLC, TLCExt
VARIABLES x
Init == x = 0
Next == x < 3 /\ x' = x + 1
Small == x < 2
Alias == [level |-> TLCGet("level"), next |-> x', length |-> Len(Trace), first |-> Trace[1].x]
Post ==
  /\ TLCGet("distinct") = 4 /\ TLCGet("diameter") = 4 /\ TLCGet("stats").generated = 4
  /\ TLCGet("config").mode = "bfs" /\ CounterExample.state = {}
Wrong == TLCGet("distinct") = 5
====
"""


def shown(tmp_path: Path, lines: str) -> Exploration:
    (tmp_path / "Shown.tla").write_text(SHOWN.replace("TLCExt", "TLCExt, Sequences"))
    (tmp_path / "Shown.cfg").write_text(f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{lines}\n")
    return explore(compile_spec(load_spec(tmp_path / "Shown.tla", tmp_path / "Shown.cfg")), ExploreOptions())


def test_an_alias_speaks_of_each_state_and_the_next(tmp_path: Path) -> None:
    states = [dict(state.values) for state in shown(tmp_path, "INVARIANT Small\nALIAS Alias").counterexample.states]
    assert [state["level"] for state in states] == [1, 2, 3]
    assert [state["length"] for state in states] == [1, 2, 3]
    assert [state["next"] for state in states] == [1, 2, 2]
    assert [state["first"] for state in states] == [0, 0, 0]


def test_a_postcondition_sees_the_numbers(tmp_path: Path) -> None:
    assert shown(tmp_path, "POSTCONDITION Post").result is Result.SUCCESS
    failed = shown(tmp_path, "POSTCONDITION Wrong")
    assert (failed.result, failed.violated) == (Result.ASSUMPTION, ("Wrong",))


def test_a_symmetry_that_is_not_used_is_noted(tmp_path: Path) -> None:
    (tmp_path / "Shown.tla").write_text(
        "---- MODULE Shown ----\nCONSTANT S\nVARIABLE x\nInit == x \\in S\nNext == UNCHANGED x\n"
        "Swap == {[s \\in S |-> CHOOSE t \\in S : t # s]}\n====\n"
    )
    (tmp_path / "Shown.cfg").write_text("INIT Init\nNEXT Next\nCONSTANT S = {a, b}\nSYMMETRY Swap\n")
    found = explore(compile_spec(load_spec(tmp_path / "Shown.tla", tmp_path / "Shown.cfg")), ExploreOptions())
    assert found.counts.distinct_states == 2
    assert any("SYMMETRY Swap is not used" in note for note in found.notes)


@pytest.mark.parametrize(
    ("names", "order"),
    [("{zed, amy}", ["zed", "amy"]), ("{amy, zed}", ["amy", "zed"])],
)
def test_states_are_found_in_the_order_in_which_tlc_met_the_names(tmp_path: Path, names: str, order: list[str]) -> None:
    path, config = tmp_path / "Order.tla", tmp_path / "Order.cfg"
    path.write_text(
        "---- MODULE Order ----\nCONSTANT People\nVARIABLES who, size\n"
        'Sizes == {"small", "big"}\nInit == who \\in People /\\ size = "none"\n'
        'Next == size = "none" /\\ UNCHANGED who /\\ size\' \\in Sizes\n====\n'
    )
    config.write_text(f"INIT Init\nNEXT Next\nCONSTANT People = {names}\nCHECK_DEADLOCK FALSE\n")
    found = explore(compile_spec(load_spec(path, config)), ExploreOptions(keep_graph=True))
    assert found.graph is not None
    states = [(to_text(who).strip("<>"), to_text(size).strip(chr(34))) for who, size in found.graph.states]
    assert states == [(who, size) for size in ("none",) for who in order] + [
        (who, size) for who in order for size in ("small", "big")
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("chosen", ["zed", "amy"])
def test_a_choice_knows_the_order_of_a_text_with_form_feeds_and_tabulators(
    tmp_path: Path, chosen: str, end: str
) -> None:
    other = {"zed": "amy", "amy": "zed"}[chosen]
    lines = (
        "\t\t---- MODULE Feed ----",
        "(* \f\f\u2028\x85\x0b *)",
        "VARIABLE who",
        f'Init == who = CHOOSE name \\in {{"{chosen}", "{other}"}} : TRUE',
        "Next == UNCHANGED who",
        '==== and a comment that is "open (*',
    )
    (tmp_path / "Feed.tla").write_bytes(end.join(lines).encode())
    (tmp_path / "Feed.cfg").write_text("INIT Init\nNEXT Next\n")
    found = explore(
        compile_spec(load_spec(tmp_path / "Feed.tla", tmp_path / "Feed.cfg")), ExploreOptions(keep_graph=True)
    )
    assert found.graph is not None
    assert list(found.graph.states) == [(chosen,)]
