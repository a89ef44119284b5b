"""``conformance explore``: what is printed, the exit status, the JSON."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.cli.status import Status

CLOCK = r"""---- MODULE Clock ----
EXTENDS Naturals
CONSTANT Limit
VARIABLES hour, ticks
ASSUME LimitIsPositive == Limit > 0
Init == hour = 0 /\ ticks = 0
Tick(by) == hour + by <= Limit /\ hour' = hour + by /\ UNCHANGED ticks
Wrap == hour = Limit /\ hour' = 0 /\ ticks' = 1 - ticks
Next == (\E by \in 1..2 : Tick(by)) \/ Wrap
Spec == Init /\ [][Next]_<<hour, ticks>>
Below == hour < 3
Small == hour <= Limit
Grows == [][hour' > hour]_hour
Broken == hour = 2 => ticks = "none"
====
"""


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """A specification; its configuration stands beside it."""
    path = tmp_path / "Clock.tla"
    path.write_text(CLOCK)
    configure(path, "INVARIANT Small")
    return path


def configure(spec: Path, lines: str, limit: str = "4") -> None:
    spec.with_suffix(".cfg").write_text(f"INIT Init\nNEXT Next\nCONSTANT Limit = {limit}\n{lines}\n")


def report(out: str) -> Any:
    """The JSON object, which must be the last line and obey its schema."""
    found = json.loads(out.splitlines()[-1])
    schema = resources.files("tlaconform.report") / "exploration.schema.json"
    jsonschema.validate(found, json.loads(schema.read_text(encoding="utf-8")))
    return found


def test_a_specification_that_holds(command: Any, clock: Path) -> None:
    status, out, err = command("explore", clock)
    assert status is Status.CONFORMS
    assert out.startswith("success   Clock: Small holds\n10 distinct states, 17 generated, depth 6, 0 left")
    assert err == f"exploring {clock} with {clock.with_suffix('.cfg')}\n"


def test_the_configuration_can_be_named(command: Any, clock: Path) -> None:
    other = clock.with_name("other.cfg")
    other.write_text("SPECIFICATION Spec\nCONSTANT Limit = 1\n")
    status, out, err = command("explore", clock, "--config", other, "--json")
    assert status is Status.CONFORMS
    assert report(out)["distinct_states"] == 4
    assert err == ""


def test_a_violation_shows_the_way_there_and_what_changed(command: Any, clock: Path) -> None:
    configure(clock, "INVARIANTS Small Below")
    status, out, _ = command("explore", clock)
    assert status is Status.DOES_NOT_CONFORM
    assert "violated  Below does not hold of every state" in out
    lines = out.splitlines()
    assert lines[2:5] == ["1: initial state", "    hour = 0", "    ticks = 0"]
    assert lines[5] == f"2: Tick(1)  {clock}:9:27"
    assert lines[6] == "    hour = 1"
    assert lines[7].startswith("3: Tick(2)")
    assert "ticks" not in "".join(lines[5:9])
    _, whole, _ = command("explore", clock, "--full")
    assert whole.count("    ticks = 0\n") == 3


def test_the_json_report_of_a_violation(command: Any, clock: Path) -> None:
    configure(clock, "INVARIANT Below")
    status, out, _ = command("explore", clock, "--json")
    found = report(out)
    assert status is Status.DOES_NOT_CONFORM
    assert (found["result"], found["violated"], found["trace_length"]) == ("safety failure", ["Below"], 3)
    assert [state["action"] for state in found["trace"]] == [None, "Tick(1)", "Tick(2)"]
    assert found["trace"][2]["values"] == {"hour": "3", "ticks": "0"}


def test_a_step_that_a_property_forbids_is_a_liveness_failure(command: Any, clock: Path) -> None:
    configure(clock, "PROPERTY Grows")
    status, out, _ = command("explore", clock, "--json")
    found = report(out)
    assert status is Status.DOES_NOT_CONFORM
    assert (found["result"], found["violated"]) == ("liveness failure", ["Grows"])
    assert found["trace"][-1]["action"] == "Wrap"


def test_a_false_assumption(command: Any, clock: Path) -> None:
    configure(clock, "", limit="0")
    status, out, _ = command("explore", clock)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("violated  LimitIsPositive is FALSE\n")


def test_an_expression_without_a_value_is_told_with_its_place_and_the_states(command: Any, clock: Path) -> None:
    configure(clock, "INVARIANT Broken")
    status, out, _ = command("explore", clock, "--json")
    found = report(out)
    assert status is Status.WRONG_INPUT
    assert (found["result"], found["violated"]) == ("evaluation error", ["Broken"])
    assert f"{clock}:14:" in found["error"]
    assert found["trace"][-1]["values"]["hour"] == "2"


BOUND = r"""---- MODULE Bound ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = x
Inner == \A i \in 1..3 : \E t \in 4..5 : i < 3 \/ <<1, 2>>[i + t] = 1
Outside == (\A i \in 1..3 : i > 0) /\ <<1, 2>>[x] = 1
====
"""


def test_an_error_below_quantifiers_shows_the_values_of_the_names(command: Any, tmp_path: Path) -> None:
    (tmp_path / "Bound.tla").write_text(BOUND)
    (tmp_path / "Bound.cfg").write_text("INIT Init NEXT Next INVARIANT Inner")
    status, out, _ = command("explore", tmp_path / "Bound.tla")
    assert status == Status.WRONG_INPUT
    assert "Inner cannot be evaluated" in out
    assert "where i = 3\n    where t = 4\n" in out


def test_a_name_of_another_expression_is_not_shown(command: Any, tmp_path: Path) -> None:
    (tmp_path / "Bound.tla").write_text(BOUND)
    (tmp_path / "Bound.cfg").write_text("INIT Init NEXT Next INVARIANT Outside")
    status, out, _ = command("explore", tmp_path / "Bound.tla")
    assert status == Status.WRONG_INPUT
    assert "where" not in out


def test_deadlock_can_be_allowed(command: Any, clock: Path) -> None:
    clock.write_text(CLOCK.replace(" \\/ Wrap", ""))
    status, out, _ = command("explore", clock)
    assert status is Status.DOES_NOT_CONFORM
    assert "deadlock  the last state has no successor" in out
    status, out, _ = command("explore", clock, "--no-deadlock")
    assert status is Status.CONFORMS
    configure(clock, "CHECK_DEADLOCK FALSE")
    status, out, _ = command("explore", clock)
    assert status is Status.CONFORMS


@pytest.mark.parametrize("limit", [("--max-depth", "3"), ("--max-states", "2")])
def test_a_limit_leaves_it_undecided(command: Any, clock: Path, limit: tuple[str, str]) -> None:
    status, out, _ = command("explore", clock, *limit, "--json")
    assert status is Status.UNDECIDED
    found = report(out)
    assert (found["result"], found["limit"]) == ("undecided", " ".join(limit))
    status, _, _ = command("explore", clock, limit[0], "100")
    assert status is Status.CONFORMS


ENDLESS = r"""---- MODULE Endless ----
EXTENDS Integers
VARIABLE x
Init == x = 0
Next == x' \in 0..3000 /\ x < 3000
Endless == \A s \in SUBSET (1..40) : s # {x - 100}
AtOnce == Endless
Deep == x = 2500 => Endless
Small == x < 3000
RECURSIVE Down(_), Ever(_)
Down(n) == IF n = 0 THEN 0 ELSE 1 + Down(n - 1)
Ever(n) == 1 + Ever(n + 1)
IsDeep == Down(50000) = 50000
HasNoEnd == Ever(0) = 1
====
"""


@pytest.mark.parametrize(("formula", "jobs"), [("AtOnce", 1), ("Deep", 1), ("Deep", 2)])
def test_the_time_limit_ends_an_evaluation_that_does_not_end(
    command: Any, tmp_path: Path, formula: str, jobs: int
) -> None:
    (tmp_path / "Endless.tla").write_text(ENDLESS)
    (tmp_path / "Endless.cfg").write_text(f"INIT Init NEXT Next INVARIANT {formula}")
    status, out, _ = command("explore", tmp_path / "Endless.tla", "--time-limit", "0.3", "--jobs", jobs, "--json")
    assert status == Status.UNDECIDED
    assert report(out)["limit"] == "--time-limit 0.3"


def test_a_violation_within_the_time_limit_is_found(command: Any, tmp_path: Path) -> None:
    (tmp_path / "Endless.tla").write_text(ENDLESS)
    (tmp_path / "Endless.cfg").write_text("INIT Init NEXT Next INVARIANT Small")
    status, out, _ = command("explore", tmp_path / "Endless.tla", "--time-limit", "60", "--json")
    assert status == Status.DOES_NOT_CONFORM
    assert report(out)["violated"] == ["Small"]


def test_a_recursion_without_an_end_is_told(command: Any, tmp_path: Path) -> None:
    (tmp_path / "Endless.tla").write_text(ENDLESS)
    (tmp_path / "Endless.cfg").write_text("INIT Init NEXT Next INVARIANT HasNoEnd")
    status, out, _ = command("explore", tmp_path / "Endless.tla")
    assert status == Status.WRONG_INPUT
    assert "HasNoEnd cannot be evaluated" in out
    assert re.search(r"Endless.tla:12:\d+: the recursion is too deep", out)
    assert len(out.splitlines()) < 30


def test_a_deep_recursion_is_none_without_an_end(command: Any, tmp_path: Path) -> None:
    (tmp_path / "Endless.tla").write_text(ENDLESS)
    (tmp_path / "Endless.cfg").write_text("INIT Init NEXT Next INVARIANT IsDeep")
    status, out, _ = command("explore", tmp_path / "Endless.tla", "--max-depth", "1")
    assert status == Status.UNDECIDED, out


def test_a_violation_within_the_limit_is_found(command: Any, clock: Path) -> None:
    configure(clock, "INVARIANT Below")
    assert command("explore", clock, "--max-depth", "3")[0] is Status.DOES_NOT_CONFORM
    assert command("explore", clock, "--max-depth", "2")[0] is Status.UNDECIDED


def test_the_graph_is_written(command: Any, clock: Path) -> None:
    target = clock.with_name("graph.json")
    command("explore", clock, "--dump", target)
    graph = json.loads(target.read_text())
    assert (graph["variables"], graph["initial"], len(graph["states"])) == (["hour", "ticks"], [0], 10)
    assert [0, 1, "Tick"] in graph["edges"]
    target = clock.with_name("graph.dot")
    command("explore", clock, "--dump", target)
    assert '0 [label="/\\\\ hour = 0\\n/\\\\ ticks = 0",style = filled]' in target.read_text()


def test_a_graph_of_an_unknown_format_is_refused(command: Any, clock: Path) -> None:
    status, _, err = command("explore", clock, "--dump", clock.with_name("graph.svg"))
    assert status is Status.WRONG_INPUT
    assert "expected .json or .dot" in err


def test_wrong_input_is_told(command: Any, clock: Path) -> None:
    status, _, err = command("explore", clock.with_name("None.tla"))
    assert (status, "does not exist; expected a file" in err) == (Status.WRONG_INPUT, True)
    clock.with_suffix(".cfg").write_text("CONSTANT Limit = 1\n")
    status, _, err = command("explore", clock)
    assert status is Status.WRONG_INPUT
    assert "no INIT and NEXT is given" in err


def test_without_a_behavior_only_assumptions_are_evaluated(command: Any, tmp_path: Path) -> None:
    path = tmp_path / "Sums.tla"
    path.write_text("---- MODULE Sums ----\nEXTENDS Naturals\nASSUME 1 + 1 = 2\nASSUME Two == 1 # 2\n====\n")
    status, out, err = command("explore", path)
    assert (status, out) == (Status.CONFORMS, "success   Sums: no behavior; 2 assumptions hold\n")
    assert "without a configuration (there is no Sums.cfg)" in err
    path.write_text(path.read_text().replace("# 2", "# 1"))
    status, out, _ = command("explore", path, "--json")
    assert (status, report(out)["violated"]) == (Status.DOES_NOT_CONFORM, ["Two"])


def test_the_schema_refuses_what_is_no_report(command: Any, clock: Path) -> None:
    found = report(command("explore", clock, "--json")[1])
    found["result"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        report(json.dumps(found))


def test_what_cannot_be_explored_is_one_object_too(command: Any, clock: Path) -> None:
    clock.write_text(clock.read_text().replace("EXTENDS Naturals", "EXTENDS Unnatural"))
    status, out, err = command("explore", clock, "--json")
    assert status is Status.WRONG_INPUT
    found = report(out)
    assert found["result"] == "invalid"
    assert [(error["location"]["line"], error["message"].split(":")[0]) for error in found["errors"]] == [
        (2, "unknown module Unnatural")
    ]
    assert "unknown module Unnatural" in err
    status, out, _ = command("explore", clock)
    assert (status, out) == (Status.WRONG_INPUT, "")
