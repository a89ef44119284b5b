"""What a run of a trace specification is given, what it can say beside its verdict, and the command line."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tlaconform.cli.app import run
from tlaconform.cli.status import Status
from tlaconform.report import Style, json_report, junit_report, render_verdict
from tlaconform.trace_specs import TraceSpecOptions, check_trace_specs
from tlatrace.engine.verdict import Decision

READS = "\nEXTENDS Light, Sequences, Json, IOUtils, TLC\n"

CONSUMES = """
VARIABLE l
IsEvent(e) == l <= Len(Log) /\\ Log[l].event = e /\\ l' = l + 1
Logged ==
  \\/ IsEvent("change") /\\ Change(Log[l].to)
  \\/ IsEvent("arrive") /\\ Arrive /\\ cars' = Log[l].cars
  \\/ IsEvent("leave") /\\ Leave /\\ cars' = Log[l].cars
TraceInit == Init /\\ l = 1
Matched == TLCGet("stats").diameter = Len(Log) + 1
"""

CONFIG = "INIT TraceInit\nNEXT Logged\nPOSTCONDITION Matched\nCHECK_DEADLOCK FALSE\n"


def reading(log: str, more: str = "") -> str:
    return f"{READS}Log == {log}\n{CONSUMES}{more}"


class TestWhatIOEnvShows:
    @pytest.mark.parametrize("name", ["JSON", "TRACE_PATH"])
    def test_the_trace_is_under_both_names(self, light: Any, name: str) -> None:
        light.write(reading(f"ndJsonDeserialize(IOEnv.{name})"), CONFIG)
        assert light.check().decision is Decision.ACCEPTED

    def test_what_is_given_is_added(self, light: Any) -> None:
        light.write(reading("SubSeq(ndJsonDeserialize(IOEnv.JSON), 1, atoi(IOEnv.MAX_TRACE))"), CONFIG)
        verdict = light.check(environment={"MAX_TRACE": "4"})
        assert (verdict.decision, verdict.run.events_total, verdict.line) == (Decision.ACCEPTED, 4, 4)

    def test_without_it_there_is_no_value(self, light: Any) -> None:
        light.write(reading("SubSeq(ndJsonDeserialize(IOEnv.JSON), 1, atoi(IOEnv.MAX_TRACE))"), CONFIG)
        verdict = light.check()
        assert verdict.decision is Decision.INVALID
        assert "MAX_TRACE" in verdict.reason

    def test_what_is_given_overrides(self, light: Any, events: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        other = light.folder / "other.ndjson"
        other.write_text("".join(f"{json.dumps(event)}\n" for event in events()[:3]))
        assert light.check(environment={"JSON": str(other)}).run.events_total == 3

    def test_a_specification_may_ask_whether_it_is_there(self, light: Any) -> None:
        log = 'ndJsonDeserialize(IF "JSON" \\in DOMAIN IOEnv THEN IOEnv.JSON ELSE "nothing")'
        light.write(reading(log), CONFIG)
        assert light.check().decision is Decision.ACCEPTED


class TestWhatIsRead:
    def test_a_compressed_trace(self, light: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        light.trace.write_bytes(gzip.compress(light.trace.read_bytes()))
        assert light.check().decision is Decision.ACCEPTED

    def test_an_array_of_events(self, light: Any, events: Any) -> None:
        light.write(reading("JsonDeserialize(IOEnv.JSON)"), CONFIG)
        light.trace.write_text(json.dumps(events()))
        assert light.check().decision is Decision.ACCEPTED
        light.trace.write_text(json.dumps(events()[1:]))
        verdict = light.check()
        assert (verdict.decision, verdict.line, verdict.run.events) == (Decision.REJECTED, None, 0)

    def test_the_line_is_the_file_s_where_lines_were_left_out(self, light: Any, events: Any) -> None:
        light.write(reading('SelectSeq(ndJsonDeserialize(IOEnv.JSON), LAMBDA e : e.event # "config")'), CONFIG)
        lines = events()
        lines[6]["to"] = "green"
        light.log([{"event": "config", "lights": 1}, *lines])
        verdict = light.check()
        assert (verdict.decision, verdict.run.events, verdict.line) == (Decision.REJECTED, 6, 8)
        assert verdict.event == lines[6]

    def test_of_equal_lines_the_right_one_is_told(self, light: Any, events: Any) -> None:
        copied = "[i \\in 1..Len(Raw) |-> [Raw[i] EXCEPT !.event = @]]"
        light.write(reading(copied).replace("Log ==", "Raw == ndJsonDeserialize(IOEnv.JSON)\nLog =="), CONFIG)
        lines = events()
        light.log([*lines[:2], lines[2], lines[2]])
        assert light.check().line == 4

    def test_the_event_is_told_as_it_was_written(self, light: Any, events: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        lines = [{**event, "ts": 1712329729.859} for event in events()]
        light.log(lines[1:])
        assert light.check().event == lines[1]

    def test_constants_of_the_trace_s_first_line(self, light: Any, events: Any) -> None:
        more = "CONSTANT Limit\nTraceLimit == ndJsonDeserialize(IOEnv.JSON)[1].limit\nFewCars == cars <= Limit\n"
        log = "LET all == ndJsonDeserialize(IOEnv.JSON) IN SubSeq(all, 2, Len(all))"
        config = f"{CONFIG}CONSTANT Limit <- TraceLimit\nINVARIANT FewCars\n"
        light.write(reading(log, more), config)
        light.log([{"limit": 2}, *events()])
        assert light.check().decision is Decision.ACCEPTED
        light.log([{"limit": 1}, *events()])
        verdict = light.check()
        assert (verdict.decision, verdict.run.decided_by) == (Decision.REJECTED, ("FewCars",))

    def test_an_assumption_over_the_trace(self, light: Any, events: Any) -> None:
        more = 'ASSUME NoException == \\A i \\in 1..Len(Log) : Log[i].event # "__exception"\n'
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)", more), CONFIG)
        assert light.check().decision is Decision.ACCEPTED
        light.log([*events(), {"event": "__exception"}])
        verdict = light.check()
        assert (verdict.decision, verdict.run.decided_by) == (Decision.REJECTED, ("NoException",))
        assert verdict.reason == "the ASSUME NoException is false with this trace"

    def test_a_line_that_is_no_json_is_invalid(self, light: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        light.trace.write_text('{"event": "arrive", "cars": 1}\n{"event": \n')
        verdict = light.check()
        assert verdict.decision is Decision.INVALID
        assert "trace.ndjson:2 is not JSON" in verdict.reason

    def test_a_trace_that_is_not_there_is_invalid(self, light: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        light.trace.unlink()
        verdict = light.check()
        assert (verdict.decision, verdict.reason) == (Decision.INVALID, "does not exist; expected a trace")


class TestWhatAnAcceptanceIsWorth:
    def test_nothing_could_reject(self, light: Any, events: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), "INIT TraceInit\nNEXT Logged\nCHECK_DEADLOCK FALSE\n")
        light.log(events()[1:])
        verdict = light.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.run.is_vacuous
        assert (verdict.run.events, verdict.run.events_total) == (0, 9)
        assert verdict.notes[0].startswith("NOTHING COULD REJECT")
        assert "only 0 of 9 events were matched" in verdict.notes[1]

    def test_what_is_checked_does_not_ask_for_the_end(self, light: Any, events: Any) -> None:
        light.write(
            reading("ndJsonDeserialize(IOEnv.JSON)"),
            f"{CONFIG}PROPERTY Refines\n".replace("POSTCONDITION Matched\n", ""),
        )
        light.spec.write_text(
            light.spec.read_text().replace("====", "Base == INSTANCE Light\nRefines == Base!Spec\n====")
        )
        light.log(events()[1:])
        verdict = light.check()
        assert (verdict.decision, verdict.run.is_vacuous, verdict.run.is_whole) == (Decision.ACCEPTED, False, False)
        assert "Refines does not ask for the others" in verdict.notes[0]

    def test_one_that_asks_says_nothing(self, light: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        assert light.check().notes == ()


def test_a_false_assertion_rejects(light: Any) -> None:
    more = "Checked == Logged /\\ Assert(cars' < 2, <<\"too many\", cars'>>)\n"
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)", more), CONFIG.replace("NEXT Logged", "NEXT Checked"))
    verdict = light.check()
    assert verdict.decision is Decision.REJECTED
    assert '<<"too many", 2>>' in verdict.reason


def test_an_event_without_a_field_that_is_asked_for_is_invalid(light: Any, events: Any) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    lines = events()
    del lines[1]["cars"]
    light.log(lines)
    verdict = light.check()
    assert (verdict.decision, verdict.line) == (Decision.INVALID, 2)
    assert "cars" in verdict.reason
    assert verdict.error_location.file == str(light.spec)


def test_an_empty_trace_says_that_nothing_was_checked(light: Any, events: Any) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    light.trace.write_text("")
    verdict = light.check()
    assert verdict.decision is Decision.ACCEPTED
    assert verdict.notes[0].startswith("NOTHING WAS CHECKED")
    light.log(events())
    assert not any("NOTHING" in note for note in light.check().notes)


def test_bytes_that_are_no_text(light: Any) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    light.trace.write_bytes(b'{"event": "arrive"}\n\xd0\x00')
    verdict = light.check()
    assert verdict.decision is Decision.INVALID
    assert f"{light.trace}:2 is not text in UTF-8 (byte 0xd0)" in verdict.reason
    text = render_verdict(verdict, Style(use_color=False))
    links = [line for line in text.splitlines() if "used at" in line]
    assert links
    assert len(links) == len(set(links))


def test_a_limit_ends_undecided_with_how_far_it_came(light: Any) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    verdict = light.check(max_depth=4)
    assert verdict.decision is Decision.UNDECIDED
    assert "--max-depth 4" in verdict.reason


class TestCommand:
    def command(self, light: Any, *more: str) -> list[str]:
        return ["check", "--trace-spec", str(light.spec), str(light.trace), *more]

    def test_accepts_with_status_0(self, light: Any, capsys: pytest.CaptureFixture[str]) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        assert run(self.command(light)) is Status.CONFORMS
        out = capsys.readouterr().out
        assert "(10 of 10 events matched)" in out
        assert "decided by Matched (success)" in out

    def test_rejects_with_status_1_and_says_why(
        self, light: Any, events: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        light.log([*events()[:4], *events()[5:]])
        assert run(self.command(light)) is Status.DOES_NOT_CONFORM
        out = capsys.readouterr().out
        assert "The postcondition Matched is false; no behavior explains event 5 of 9 (line 5):" in out
        assert 'color # "green"' in out

    def test_a_named_value_in_the_environment(self, light: Any) -> None:
        light.write(reading("SubSeq(ndJsonDeserialize(IOEnv.JSON), 1, atoi(IOEnv.MAX))"), CONFIG)
        assert run(self.command(light, "--env", "MAX=3")) is Status.CONFORMS
        assert run(self.command(light, "--env", "MAX")) is Status.WRONG_INPUT
        assert run(self.command(light)) is Status.WRONG_INPUT

    def test_depth_first_and_a_deadlock_that_counts(self, light: Any) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        assert run(self.command(light, "--search", "depth", "--no-deadlock")) is Status.CONFORMS

    @pytest.mark.parametrize(
        "more",
        [
            ("--map", "m.yaml"),
            ("--spec", "S.tla"),
            ("--min-strength", "0.5"),
            ("--torn-tail", "cut"),
            ("--search mixed",),
        ],
        ids=lambda more: more[0],
    )
    def test_options_of_mappings_are_refused(
        self, light: Any, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
        assert run(self.command(light, *more[0].split(), *more[1:])) is Status.WRONG_INPUT
        assert f"{more[0]} has no meaning with --trace-spec" in capsys.readouterr().err

    def test_its_options_are_refused_without_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["check", "t.ndjson", "--spec", "S.tla", "--map", "m.yaml", "--no-deadlock"]) is Status.WRONG_INPUT
        assert "--no-deadlock has no meaning without --trace-spec" in capsys.readouterr().err


def test_many_traces_in_any_number_of_processes(light: Any, events: Any, tmp_path: Path) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    traces = []
    for number in range(4):
        trace = tmp_path / f"{number}.ndjson"
        lines = events()[: 3 + number] if number % 2 else events()[number:]
        trace.write_text("".join(f"{json.dumps(event)}\n" for event in lines))
        traces.append(str(trace))
    options = TraceSpecOptions(spec=light.spec)
    told = []
    for jobs in (1, 3):
        verdicts = [verdict.to_json() for verdict in check_trace_specs(traces, options, jobs=jobs)]
        assert [verdict.pop("seconds") >= 0 for verdict in verdicts]
        told.append(verdicts)
    assert told[0] == told[1]
    assert [verdict["verdict"] for verdict in told[0]] == ["accepted", "accepted", "rejected", "accepted"]


def test_reports_obey_their_schemas(light: Any, events: Any) -> None:
    light.write(reading("ndJsonDeserialize(IOEnv.JSON)"), CONFIG)
    verdicts = [light.check(), light.check(max_depth=2)]
    light.log(events()[1:])
    verdicts.append(light.check())
    light.trace.write_text("{")
    verdicts.append(light.check())
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    report = json.loads(json_report(verdicts))
    jsonschema.validate(report, schema)
    assert report["summary"] == {"accepted": 1, "rejected": 1, "undecided": 1, "invalid": 1}
    assert report["verdicts"][2]["run"]["decided_by"] == ["Matched"]
    suite = ElementTree.fromstring(junit_report(verdicts))[0]
    assert (suite.get("failures"), suite.get("errors")) == ("1", "2")
    for verdict in verdicts:
        assert render_verdict(verdict, Style(use_color=False))
