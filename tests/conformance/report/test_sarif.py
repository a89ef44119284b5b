"""SARIF: what the standard demands (``sarif_subset.schema.json``, in our words), and that places are the right ones."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.report import sarif_report
from tlaconform.report.sarif import RULES, rule_of
from tlatrace.engine.verdict import Verdict

SCHEMA = json.loads(Path(__file__).with_name("sarif_subset.schema.json").read_text(encoding="utf-8"))


def result_of(verdict: Verdict) -> dict[str, Any]:
    report = json.loads(sarif_report([verdict]))
    jsonschema.validate(report, SCHEMA)
    result: dict[str, Any] = report["runs"][0]["results"][0]
    return result


def region(result: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = result["locations"][0]["physicalLocation"]["region"]
    return found


def spanned(path: Path, found: dict[str, int]) -> str:
    """The text of a region that is on one line."""
    assert found["endLine"] == found["startLine"]
    line = path.read_text(encoding="utf-8").splitlines()[found["startLine"] - 1]
    return line[found["startColumn"] - 1 : found["endColumn"] - 1]


@pytest.fixture
def rejected(queue: Any, events: Any) -> Verdict:
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    verdict: Verdict = queue.check()
    return verdict


def test_the_location_is_the_conjunct_that_forbids_the_event(queue: Any, rejected: Verdict) -> None:
    result = result_of(rejected)
    assert (result["ruleId"], result["kind"], result["level"]) == ("no-action", "fail", "error")
    assert spanned(queue.spec, region(result)) == "Len(queue) < Capacity"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("Queue.tla")
    assert "Len(queue) = 2" in result["message"]["text"]


def test_the_line_of_the_log_is_a_related_location(rejected: Verdict) -> None:
    (related,) = result_of(rejected)["relatedLocations"]
    assert related["physicalLocation"]["region"] == {"startLine": 4}
    assert related["physicalLocation"]["artifactLocation"]["uri"].endswith("trace.ndjson")
    assert '"item": 9' in related["message"]["text"]


def test_the_accepted_prefix_is_the_code_flow(rejected: Verdict) -> None:
    steps = result_of(rejected)["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps] == [2, 3, 4]
    assert [step["kinds"] for step in steps] == [["explained"], ["explained"], ["rejected"]]
    assert steps[0]["location"]["message"]["text"].startswith('Put: {"op": "put"')


def test_the_code_flow_is_bounded(queue: Any) -> None:
    pair = [{"op": "put", "item": 1, "size": 1}, {"op": "get", "item": 1, "size": 0}]
    queue.write_trace([*pair * 40, {"op": "get", "item": 1, "size": 0}])
    steps = result_of(queue.check())["codeFlows"][0]["threadFlows"][0]["locations"]
    assert len(steps) == 21
    assert steps[-1]["location"]["physicalLocation"]["region"]["startLine"] == 82


def test_an_outcome_that_was_not_logged_points_into_the_mapping(queue: Any) -> None:
    queue.write_trace([{"op": "put", "item": 1, "size": 4}])
    result = result_of(queue.check())
    assert spanned(queue.mapping, region(result)) == "Len(queue)"
    assert "4 was logged" in result["message"]["text"]


def test_what_is_wrong_with_the_input_points_there(queue: Any) -> None:
    queue.mapping.write_text(queue.mapping.read_text().replace("Put(event.item)", "Putt(event.item)"))
    result = result_of(queue.check())
    assert result["ruleId"] == "invalid"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("queue.yaml")
    assert "Putt" in result["message"]["text"]


def test_what_did_not_fail_has_no_level(queue: Any) -> None:
    assert {key: result_of(queue.check())[key] for key in ("ruleId", "kind", "level")} == {
        "ruleId": "accepted",
        "kind": "pass",
        "level": "none",
    }
    undecided = result_of(queue.check(max_events=1))
    assert (undecided["ruleId"], undecided["kind"], undecided["level"]) == ("undecided", "open", "none")
    weak = result_of(queue.check(min_strength=0.9))
    assert (weak["ruleId"], weak["kind"], weak["level"]) == ("too-weak", "fail", "warning")


def test_properties_and_assumptions(queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n")
    assert rule_of(queue.check(config=config)) == "property"
    assert result_of(queue.check(config=config))["ruleId"] == "property"
    queue.spec.write_text(queue.spec.read_text().replace("VARIABLES", "ASSUME Capacity > 5\nVARIABLES"))
    result = result_of(queue.check())
    assert result["ruleId"] == "assumption"
    assert "Capacity > 5" in spanned(queue.spec, region(result))


def test_rules_are_found_by_their_index(rejected: Verdict) -> None:
    run = json.loads(sarif_report([rejected]))["runs"][0]
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "no-action"
    assert list(RULES) == [rule["id"] for rule in run["tool"]["driver"]["rules"]]


def test_names_of_files_are_uris(queue: Any) -> None:
    odd = queue.folder / "a trace with spaces.ndjson"
    queue.trace.rename(odd)
    from tlaconform.checking import CheckOptions, Workbench, check_trace

    verdict = check_trace(odd, Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping)))
    assert "a%20trace%20with%20spaces" in json.dumps(result_of(verdict))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda result: result.pop("message"),
        lambda result: result.update(level="fatal"),
        lambda result: result["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda result: result["codeFlows"][0].update(threadFlows=[]),
        lambda result: result.update(kind="pass"),
        lambda result: result.update(colour="red"),
    ],
)
def test_the_schema_refuses_what_is_no_sarif(rejected: Verdict, spoil: Any) -> None:
    report = copy.deepcopy(json.loads(sarif_report([rejected])))
    spoil(report["runs"][0]["results"][0])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, SCHEMA)


def test_the_command(queue: Any, tmp_path: Path) -> None:
    from tlaconform.cli.app import run
    from tlaconform.cli.status import Status

    report = tmp_path / "report.sarif"
    assert run([*queue.arguments("--format", "sarif", "--output", str(report))]) is Status.CONFORMS
    jsonschema.validate(json.loads(report.read_text(encoding="utf-8")), SCHEMA)
