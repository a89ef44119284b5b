"""The search as one worker does it: what ``TLCGet`` says where, and what ends the search."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter, compile_spec
from tlatrace.engine.explore import Exploration, ExploreOptions, Limits, Result, explore
from tlatrace.semantics import load_spec

LEVELS = r"""---- MODULE Levels ----
EXTENDS Integers, TLC
VARIABLES x, y, z
ASSUME TLCGet("level") = 0
Init == TLCGet("level") = 0 /\ x = 0 /\ y = TLCGet("level") /\ z = 1
Next == /\ TLCGet("level") > 0
        /\ Assert(TLCGet("level") + 1 = TLCGet("level")', "before")
        /\ x < 3
        /\ x' = x + 1
        /\ y' = TLCGet("level")
        /\ z' = TLCGet("level")'
        /\ Assert(TLCGet("level") + 1 = TLCGet("level")', "behind")
Own == z = TLCGet("level") /\ x + 1 = TLCGet("level")
OfStep == z = TLCGet("level") /\ z' = TLCGet("level")' /\ TLCGet("level")' = TLCGet("level") + 1
StepProp == [][OfStep]_<<x, y, z>>
Always == [](z = TLCGet("level"))
Post == TLCGet("level") = 0 /\ TLCGet("stats").diameter = 4 /\ TLCGet("distinct") = 4 /\ TLCGet("queue") = 0
Config == TLCGet("config").mode = "bfs" /\ TLCGet("config").worker = 1 /\ ~TLCGet("config").deadlock
====
"""

WIDE = r"""---- MODULE Wide ----
EXTENDS Naturals, Sequences, TLC
VARIABLES path
Init == path = <<>>
Next == Len(path) < 3 /\ \E k \in 1..2 : path' = Append(path, k)
Exit == Len(path) = 3 => TLCSet("exit", TRUE)
Seen == TLCSet(1, TLCGet(1) + 1)
ASSUME TLCSet(1, 0)
Post == PrintT(<<TLCGet(1), TLCGet("distinct"), TLCGet("generated"), TLCGet("queue"), TLCGet("diameter")>>)
====
"""


def run(
    folder: Path, text: str, config: str, *, slow: bool = False, options: ExploreOptions | None = None
) -> tuple[Exploration, list[str]]:
    name = text.split()[2]
    (folder / f"{name}.tla").write_text(text)
    (folder / f"{name}.cfg").write_text(f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{config}\n")
    spec = load_spec(folder / f"{name}.tla", folder / f"{name}.cfg")
    printed: list[str] = []
    given = options or ExploreOptions()
    chosen = ExploreOptions(
        output=printed.append,
        is_depth_first=given.is_depth_first,
        is_stepwise=True,
        is_narrow=given.is_narrow,
        limits=given.limits,
    )
    return explore(Interpreter(spec) if slow else compile_spec(spec), chosen), printed


class TestTheLevel:
    ALL = "INVARIANT Own\nCONSTRAINT Own\nACTION_CONSTRAINT OfStep\nPROPERTIES StepProp Always\nPOSTCONDITION Post"

    @pytest.mark.parametrize("slow", [False, True], ids=["compiled", "interpreted"])
    def test_is_a_state_s_own_and_the_next_one_under_a_prime(self, tmp_path: Path, slow: bool) -> None:
        found, _ = run(tmp_path, LEVELS, self.ALL, slow=slow)
        assert found.result is Result.SUCCESS, (found.violated, found.error)
        assert (found.counts.distinct_states, found.counts.depth) == (4, 4)

    def test_following_a_trace_changes_nothing(self, tmp_path: Path) -> None:
        found, _ = run(tmp_path, LEVELS, self.ALL, options=ExploreOptions(is_narrow=True))
        assert found.result is Result.SUCCESS, (found.violated, found.error)

    @pytest.mark.parametrize(
        ("broken", "config", "violated"),
        [
            ("x + 1 = TLCGet", "INVARIANT Own", "Own"),
            ("[](z = TLCGet", "PROPERTY Always", "Always"),
            ('TLCGet("level")\' = TLCGet("level") + 1', "PROPERTY StepProp", "StepProp"),
            ('TLCGet("stats").diameter = 4', "POSTCONDITION Post", "Post"),
        ],
    )
    def test_each_of_them_can_fail(self, tmp_path: Path, broken: str, config: str, violated: str) -> None:
        text = LEVELS.replace(
            broken, broken.replace("1 =", "2 =").replace("= 4", "= 5").replace("+ 1", "+ 2").replace("z =", "z + 1 =")
        )
        assert text != LEVELS
        found, _ = run(tmp_path, text, config)
        assert found.violated == (violated,)

    def test_the_configuration_is_told(self, tmp_path: Path) -> None:
        assert run(tmp_path, LEVELS, "POSTCONDITION Config")[0].result is Result.SUCCESS


class TestTheQueue:
    def test_breadth_first_takes_the_first(self, tmp_path: Path) -> None:
        found, printed = run(tmp_path, WIDE, "CONSTRAINT Exit\nINVARIANT Seen\nPOSTCONDITION Post")
        assert found.was_stopped
        # All of depth 3 but one are expanded when the first of depth 4 ends the search behind its parent.
        assert printed == ["<<9, 9, 9, 5, 4>>"]

    def test_depth_first_takes_the_last(self, tmp_path: Path) -> None:
        options = ExploreOptions(is_depth_first=True)
        found, printed = run(tmp_path, WIDE, "CONSTRAINT Exit\nINVARIANT Seen\nPOSTCONDITION Post", options=options)
        assert found.was_stopped
        assert printed == ["<<7, 7, 7, 4, 4>>"]

    def test_without_exit_both_see_the_same(self, tmp_path: Path) -> None:
        counts = [
            run(tmp_path, WIDE, "INVARIANT Seen", options=ExploreOptions(is_depth_first=depth_first))[0].counts
            for depth_first in (False, True)
        ]
        assert counts[0] == counts[1]
        assert counts[0].distinct_states == 15


class TestLimits:
    def test_a_depth_leaves_it_undecided(self, tmp_path: Path) -> None:
        found, _ = run(tmp_path, WIDE, "", options=ExploreOptions(limits=Limits(depth=2)))
        assert (found.result, found.limit, found.counts.distinct_states) == (Result.UNDECIDED, "--max-depth 2", 3)

    def test_also_depth_first_once_the_rest_was_searched(self, tmp_path: Path) -> None:
        options = ExploreOptions(limits=Limits(depth=2), is_depth_first=True)
        found, _ = run(tmp_path, WIDE, "", options=options)
        assert (found.result, found.limit, found.counts.distinct_states) == (Result.UNDECIDED, "--max-depth 2", 3)

    def test_a_depth_that_nothing_reaches_does_not(self, tmp_path: Path) -> None:
        found, _ = run(tmp_path, WIDE, "", options=ExploreOptions(limits=Limits(depth=5)))
        assert found.result is Result.SUCCESS
