"""The order of the search is chosen by ``--search``; the verdict says what was not looked at in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine import Decision, SearchOrder, Verdict

SPEC = """
---- MODULE Wide ----
EXTENDS Integers, FiniteSets
VARIABLES hidden, left
vars == <<hidden, left>>
Init == hidden = {} /\\ left = 1 .. 16
Put(v) == v \\in left /\\ hidden' = hidden \\cup {v} /\\ left' = left \\ {v}
Count(n) == Cardinality(hidden) = n /\\ UNCHANGED vars
Spec == Init /\\ [][(\\E v \\in 1 .. 16 : Put(v)) \\/ (\\E n \\in 0 .. 16 : Count(n))]_vars
NoTwo == 2 \\notin hidden
====
"""
MAPPING = """version: 1
spec: Wide
kind: event.kind
events:
  put: Put(ANY)
  count: Count(event.n)
"""
FOLLOWED = "one way to explain the trace was followed"
Judge = Callable[..., Verdict]


@pytest.fixture
def options(tmp_path: Path) -> CheckOptions:
    (tmp_path / "Wide.tla").write_text(SPEC, encoding="utf-8")
    (tmp_path / "Wide.cfg").write_text("SPECIFICATION Spec\n", encoding="utf-8")
    (tmp_path / "wide.yaml").write_text(MAPPING, encoding="utf-8")
    return CheckOptions(spec=tmp_path / "Wide.tla", mapping=tmp_path / "wide.yaml")


@pytest.fixture
def judge(options: CheckOptions, tmp_path: Path) -> Judge:
    """The verdict on so many things that happened, by which they are told to have been so many."""

    def check(count: int, told: int, invariant: str = "", **more: Any) -> Verdict:
        if invariant:
            config = tmp_path / "Judged.cfg"
            config.write_text(f"SPECIFICATION Spec\nINVARIANT {invariant}\n", encoding="utf-8")
            more["config"] = config
        return check_trace(written(tmp_path, count, told), Workbench(replace(options, **more)))

    return check


def written(folder: Path, count: int, told: int) -> str:
    lines = [*([{"kind": "put"}] * count), {"kind": "count", "n": told}]
    trace = folder / "trace.ndjson"
    trace.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(trace)


@pytest.mark.parametrize(("order", "line"), [("depth", 1), ("mixed", 5)])
def test_what_is_followed_is_told(judge: Judge, order: str, line: int) -> None:
    verdict = judge(8, 8, search=SearchOrder(order))
    assert verdict.decision is Decision.ACCEPTED
    assert verdict.notes == (
        f"from line {line} on, {FOLLOWED}, which was found depth-first; how many states explain the events was not "
        "measured there (--search breadth does)",
    )
    assert verdict.strength.events == 9
    assert verdict.strength.actions == {"Put": 8, "Count": 1}
    widest = 1820 if order == "mixed" else 1
    assert verdict.strength.frontier_max == widest
    assert verdict.strength.frontier_mean == pytest.approx((16 + 120 + 560 + 1820) / 4 if order == "mixed" else 1)


def test_breadth_first_all_is_known(judge: Judge) -> None:
    verdict = judge(4, 4, search=SearchOrder.BREADTH)
    assert (verdict.decision, verdict.notes) == (Decision.ACCEPTED, ())
    assert verdict.strength.frontier_max == 1820


@pytest.mark.parametrize("order", list(SearchOrder))
def test_the_twin_is_rejected(judge: Judge, order: SearchOrder) -> None:
    verdict = judge(5, 6, search=order)
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 6)
    assert verdict.candidates[0].failures[0].text == "Cardinality(hidden) = n"
    assert [event.line for event in verdict.before] == [1, 2, 3, 4, 5]
    assert any("tried depth-first" in note for note in verdict.notes) is (order is not SearchOrder.BREADTH)


@pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
def test_what_was_not_judged_is_told(judge: Judge, order: SearchOrder) -> None:
    verdict = judge(8, 8, "NoTwo", search=order)
    assert verdict.decision is Decision.ACCEPTED
    assert "not every way to explain this trace was judged by the properties; one that was violates none" in (
        verdict.notes
    )


@pytest.mark.parametrize("more", [{"advise": True}, {"sensitivity": 3}])
def test_what_takes_all_states_is_breadth_first(judge: Judge, more: dict[str, Any]) -> None:
    verdict = judge(4, 4, **more)
    assert verdict.decision is Decision.ACCEPTED
    assert not any(FOLLOWED in note for note in verdict.notes)


@pytest.mark.parametrize("order", ["depth", "mixed"])
def test_the_same_way_whatever_the_hash_seed(options: CheckOptions, tmp_path: Path, order: str) -> None:
    reports = []
    for seed in ("1", "2"):
        arguments = ["--spec", str(options.spec), "--map", str(options.mapping), "--json", "--keep-witness"]
        command = [sys.executable, "-c", "from tlaconform.cli import main; main()", "check", written(tmp_path, 8, 8)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command += [*arguments, "--search", order]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        (verdict,) = json.loads(done.stdout)["verdicts"]
        assert len(verdict["witness"]["steps"]) == 9
        reports.append(json.dumps({**verdict, "seconds": 0}))
    assert reports[0] == reports[1]


@pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
def test_blame_makes_nothing_up_where_there_are_too_many_states(judge: Judge, order: SearchOrder) -> None:
    blame = judge(5, 6, search=order, blame=True).blame
    assert blame is not None
    assert blame.findings == ()
    assert "more than" in blame.cut
