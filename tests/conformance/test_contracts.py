"""DESIGN's contracts for `check` that no other test shows: what a verdict may not depend on, and what it must carry."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tlaconform import CheckOptions, Decision, Workbench, check_trace, check_traces
from tlaconform.cli.app import run
from tlaconform.cli.status import Status
from tlaconform.report import Style, json_report, junit_report, render_verdict

HIDDEN = "events:\n  some:\n    - Put(ANY)\n    - Get(ANY)\n    - Lose"


def told(verdict: Any) -> Any:
    """All that a verdict says but the time that it took."""
    return {key: value for key, value in verdict.to_json().items() if key != "seconds"}


def ambiguous(queue: Any) -> None:
    queue.mapping.write_text(queue.mapping.read_text().replace("events:", HIDDEN))
    sizes = [1, 2, 1, 2, 1, 0, 1, 3]
    queue.write_trace([{"op": "some", "size": size} for size in sizes])


class TestIndependence:
    def test_of_the_number_of_jobs(self, queue: Any) -> None:
        ambiguous(queue)
        other = queue.folder / "other.ndjson"
        other.write_bytes(queue.trace.read_bytes())
        options = CheckOptions(spec=queue.spec, mapping=queue.mapping)
        one, two = (check_traces([str(queue.trace), str(other)], options, jobs=jobs) for jobs in (1, 2))
        assert [verdict.decision for verdict in one] == [Decision.REJECTED] * 2
        assert list(map(told, one)) == list(map(told, two))

    def test_of_hash_seeds(self, queue: Any) -> None:
        ambiguous(queue)
        reports = []
        for seed in ("1", "2"):
            command = [sys.executable, "-c", "from tlaconform.cli import main; main()", *queue.arguments("--json")]
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
            assert done.returncode == 1, done.stderr
            (verdict,) = json.loads(done.stdout)["verdicts"]
            reports.append({**verdict, "seconds": 0})
        assert json.dumps(reports[0]) == json.dumps(reports[1])

    def test_of_hash_seeds_where_a_large_set_is_looked_up(self, queue: Any) -> None:
        queue.spec.write_text(
            "---- MODULE Queue ----\nEXTENDS Integers\nVARIABLES msgs, x, y\n"
            "Init == x = 0 /\\ y = 0 /\\ msgs = {[a |-> i % 2, b |-> i] : i \\in 1..100}\n"
            "Take(v) == \\E m \\in msgs : m.a = v /\\ x' = m.a /\\ y' = m.b /\\ UNCHANGED msgs\n"
            "Next == \\E v \\in 0..1 : Take(v)\n====\n"
        )
        queue.mapping.write_text(
            "version: 1\nspec: Queue\nkind: event.op\nobserve: {x: event.v}\nevents: {take: Take(event.v)}\n"
        )
        queue.write_trace([{"op": "take", "v": v} for v in (1, 0)], header=None)
        found = []
        for seed in ("1", "2", "3"):
            file = queue.folder / f"{seed}.itf.json"
            arguments = queue.arguments("--witness", str(file))
            command = [sys.executable, "-c", "from tlaconform.cli import main; main()", *arguments]
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
            assert done.returncode == 0, done.stderr
            found.append([state["y"] for state in json.loads(file.read_text())["states"]])
        assert found[0] == found[1] == found[2]

    def test_of_packing(self, queue: Any) -> None:
        ambiguous(queue)
        packed = queue.folder / "trace.ndjson.gz"
        packed.write_bytes(gzip.compress(queue.trace.read_bytes()))
        plain = queue.check()
        verdict = check_trace(packed, Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping)))
        assert {**told(verdict), "trace": ""} == {**told(plain), "trace": ""}

    def test_of_values_that_python_confuses(self, queue: Any, events: Any) -> None:
        """Two traces whose headers have 1 and TRUE for a constant are two specifications."""
        queue.spec.write_text(queue.spec.read_text().replace("CONSTANTS Capacity", "CONSTANTS Flag, Capacity"))
        queue.mapping.write_text(
            queue.mapping.read_text()
            .replace("constants:", "constants:\n  Flag: header.flag")
            .replace("events:", "require:\n  - Flag = event.flag\nevents:")
        )
        workbench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
        for flag in (1, True):
            header = {"format": "tla-conformance/trace", "version": 1, "constants": {"Capacity": 2}, "flag": flag}
            queue.write_trace([{**event, "flag": flag} for event in events()], header)
            verdict = check_trace(queue.trace, workbench)
            assert verdict.decision is Decision.ACCEPTED, verdict.reason


class TestProvenance:
    def test_the_digest_of_a_rejected_trace_is_that_of_the_whole_file(self, queue: Any, events: Any) -> None:
        import hashlib

        queue.write_trace([events()[1], *events()])
        verdict = queue.check(max_events=1)
        rejected = queue.check()
        assert rejected.decision is Decision.REJECTED
        whole = hashlib.sha256(queue.trace.read_bytes()).hexdigest()
        assert [verdict.provenance["trace"], rejected.provenance["trace"]] == [whole, whole]

    def test_standard_input_has_its_name_in_every_verdict(self, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        workbench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
        for text, decision in ((queue.trace.read_bytes(), Decision.ACCEPTED), (b"", Decision.INVALID)):
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(text))))  # type: ignore[type-var]
            verdict = check_trace("-", workbench)
            assert (verdict.trace, verdict.decision) == ("<stdin>", decision)


class TestAssumptions:
    def test_one_that_is_false_rejects(self, queue: Any) -> None:
        queue.spec.write_text(
            queue.spec.read_text().replace("VARIABLES", "ASSUME Enough == Capacity > 2\nVARIABLES", 1)
        )
        verdict = queue.check()
        assert (verdict.decision, verdict.line, verdict.event) == (Decision.REJECTED, None, None)
        assert "the ASSUME Enough of the specification is false" in verdict.reason
        text = render_verdict(verdict, Style(use_color=False))
        assert f"{queue.spec}:5:1" in text
        assert run(queue.arguments()) is Status.DOES_NOT_CONFORM

    def test_one_that_is_true_does_not(self, queue: Any) -> None:
        queue.spec.write_text(queue.spec.read_text().replace("VARIABLES", "ASSUME Capacity > 1\nVARIABLES", 1))
        assert queue.check().decision is Decision.ACCEPTED

    def test_one_that_cannot_be_evaluated_is_invalid(self, queue: Any) -> None:
        queue.spec.write_text(queue.spec.read_text().replace("VARIABLES", "ASSUME Head(<< >>) = 1\nVARIABLES", 1))
        verdict = queue.check()
        assert verdict.decision is Decision.INVALID
        assert f"{queue.spec}:5:" in str(verdict.error_location)


class TestWhatIsWrong:
    def test_a_torn_line_after_the_header_leaves_nothing_to_accept(self, queue: Any) -> None:
        header = queue.trace.read_text().splitlines()[0]
        queue.trace.write_text(f'{header}\n{{"op": "pu')
        assert queue.check(torn_tail="cut").decision is Decision.INVALID

    def test_a_line_that_is_not_json_is_not_blamed_on_the_event_before(self, queue: Any) -> None:
        lines = queue.trace.read_text().splitlines()
        lines[3] = "{oops"
        queue.trace.write_text("\n".join(lines) + "\n")
        verdict = queue.check()
        assert (verdict.decision, verdict.line, verdict.event) == (Decision.INVALID, 4, None)

    def test_every_mistake_of_a_specification_has_its_own_line_and_place(self, queue: Any) -> None:
        text = queue.spec.read_text().replace("Append(queue, x)", "Apend(queue, x)").replace("lost + 1", "lots + 1")
        queue.spec.write_text(text)
        verdict = queue.check()
        assert [(p.location.line, p.message) for p in verdict.problems if p.location] == [
            (13, "unknown name Apend"),
            (25, "unknown name lots"),
        ]
        lines = render_verdict(verdict, Style(use_color=False)).splitlines()
        assert f"  {queue.spec}:13:17: unknown name Apend" in lines
        assert f"  {queue.spec}:25:16: unknown name lots" in lines
        assert verdict.reason == "unknown name Apend (and 1 more)"
        schema = json.loads((Path(sys.modules["tlaconform.report"].__path__[0]) / "verdict.schema.json").read_text())
        jsonschema.validate(json.loads(json_report([verdict])), schema)

    def test_a_syntax_error_shows_its_line_and_a_caret(self, queue: Any) -> None:
        queue.spec.write_text(queue.spec.read_text().replace("Append(queue, x)", "Append(queue x)"))
        lines = render_verdict(queue.check(), Style(use_color=False)).splitlines()
        shown = next(number for number, line in enumerate(lines) if "Append(queue x)" in line)
        assert lines[shown].index(" x)") + 1 == lines[shown + 1].index("^")

    def test_an_expression_without_a_value_shows_the_way_to_it(self, queue: Any) -> None:
        queue.spec.write_text(queue.spec.read_text().replace("lost' = lost + 1", "lost' = 1 + Head(<< >>)"))
        queue.mapping.write_text(
            queue.mapping.read_text().replace("put: Put(event.item)", "put: [Put(event.item), Next]")
        )
        verdict = queue.check()
        assert verdict.decision is Decision.INVALID
        assert any("in Lose, used at" in line for line in verdict.problems[0].context), verdict.problems


class TestStrengthThatIsAskedFor:
    def test_is_told_in_every_format(self, queue: Any) -> None:
        verdict = queue.check(min_strength=0.6)
        assert verdict.decision is Decision.ACCEPTED
        assert "TOO WEAK: strength 0.50 is below --min-strength 0.6" in render_verdict(verdict, Style(use_color=False))
        assert verdict.to_json()["strength"]["required"] == 0.6
        suite = ElementTree.fromstring(junit_report([verdict])).find("testsuite")
        assert suite is not None
        assert suite.get("failures") == "1"

    def test_and_passes_where_it_is_reached(self, queue: Any) -> None:
        verdict = queue.check(min_strength=0.5)
        assert "TOO WEAK" not in render_verdict(verdict, Style(use_color=False))
        assert 'failures="0"' in junit_report([verdict])


def test_a_constraint_of_the_configuration_is_mentioned(queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nCONSTRAINT ShortInv\n")
    verdict = queue.check(config=config)
    assert verdict.decision is Decision.ACCEPTED
    assert any("ShortInv" in note for note in verdict.notes)


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_goes_away_does_not_change_the_status(queue: Any, events: Any) -> None:
    queue.write_trace([events()[1], *events()])
    command = [sys.executable, "-c", "from tlaconform.cli import main; main()", *queue.arguments()]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_text_that_the_terminal_cannot_show_is_escaped(queue: Any, events: Any) -> None:
    changed = events()
    changed[1]["note"] = "\N{GRINNING FACE}"
    changed[1]["size"] = 9
    queue.write_trace(changed)
    command = [sys.executable, "-c", "from tlaconform.cli import main; main()", *queue.arguments()]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    assert "\\U0001f600" in done.stdout
