"""Traces in several logs: accepted if some order that the clocks allow is a behavior, rejected if none is."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.checking import CheckOptions, Streaming, Workbench, check_trace
from tlaconform.report import Style, json_report, render_verdict, sarif_report
from tlatrace.engine.findings import Relaxing, Suspect
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.traces.growing import Patience

CONSTANTS = {"constants": {"Capacity": 2}, "format": "tla-conformance/trace", "version": 1, "spec": "Queue"}


@pytest.fixture
def logs(queue: Any) -> Any:
    """Judge what one process puts and another one gets, with clocks if the events have them."""
    text = queue.mapping.read_text(encoding="utf-8").replace("observe:\n  Len(queue): event.size\n", "")

    def judged(order: str, puts: list[dict[str, Any]], gets: list[dict[str, Any]], **options: Any) -> Verdict:
        queue.mapping.write_text(f"{text}{order}", encoding="utf-8")
        paths = []
        for name, events in (("producer", puts), ("consumer", gets)):
            path: Path = queue.folder / f"{name}.ndjson"
            lines = [CONSTANTS, *({"op": "put" if name == "producer" else "get", "who": name, **e} for e in events)]
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            paths.append(path)
        streaming = options.pop("streaming", None)
        bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping, **options))
        return check_trace(paths, bench, streaming=streaming)

    return judged


def items(*values: int) -> list[dict[str, Any]]:
    return [{"item": value} for value in values]


def test_logs_without_clocks_go_together_in_any_order(logs: Any) -> None:
    verdict = logs("", items(1, 2, 3), items(1, 2, 3))
    assert (verdict.decision, verdict.strength.events) == (Decision.ACCEPTED, 6)
    assert verdict.strength.actions == {"Put": 3, "Get": 3}


def test_an_event_that_fits_in_no_order_is_rejected_with_its_log(logs: Any) -> None:
    verdict = logs("", items(1, 2), items(2, 1))
    assert verdict.decision is Decision.REJECTED
    assert Path(verdict.log).name == "consumer.ndjson"
    assert (verdict.line, verdict.event["item"]) == (2, 2)
    assert "queue" in dict(verdict.state)
    text = render_verdict(verdict, Style(use_color=False))
    assert "consumer.ndjson:2" in text
    assert "no order of the events gets further" in text.lower()


def test_of_several_furthest_cuts_the_events_of_one_are_counted(logs: Any, queue: Any) -> None:
    """Two of the three can be put into a queue for two: whichever, no more than two are explained."""
    verdict = logs("", items(1, 2), [{"op": "put", **item} for item in items(3, 4)])
    assert verdict.decision is Decision.REJECTED
    assert (verdict.strength.events, verdict.strength.actions) == (2, {"Put": 2})
    assert "(2 events explained before it)" in render_verdict(verdict, Style(use_color=False))
    assert json.loads(json_report([verdict]))["verdicts"][0]["strength"]["events"] == 2
    # With one get, wherever it goes, one more.
    verdict = logs("", items(1, 2), [{"op": "put", **items(3)[0]}, {"op": "get", "item": 1}, *items(9)])
    assert (verdict.strength.events, verdict.strength.actions) == (4, {"Put": 3, "Get": 1})


CLOCKS = "order:\n  by: vector\n  process: event.who\n  clock: event.vc\n"


def test_clocks_rule_out_orders(logs: Any) -> None:
    puts = [{"item": 1, "vc": {"producer": 1}}, {"item": 2, "vc": {"producer": 2}}, {"item": 3, "vc": {"producer": 3}}]
    gets = [{"item": 1, "vc": {"consumer": 1, "producer": 1}}, {"item": 2, "vc": {"consumer": 2, "producer": 1}}]
    assert logs(CLOCKS, puts, gets).decision is Decision.ACCEPTED
    # All three were put before the first was taken out: that is one more than there is room for.
    gets[0]["vc"]["producer"] = 3
    gets[1]["vc"]["producer"] = 3
    verdict = logs(CLOCKS, puts, gets)
    assert (verdict.decision, verdict.line, Path(verdict.log).name) == (Decision.REJECTED, 4, "producer.ndjson")
    assert "Len(queue) < Capacity" in [failure.text for failure in verdict.candidates[0].failures]


def test_a_key_makes_one_order_of_several_logs(logs: Any) -> None:
    order = "order:\n  by: key\n  key: event.ts\n"
    puts = [{"item": 1, "ts": 1}, {"item": 2, "ts": 3}]
    assert logs(order, puts, [{"item": 1, "ts": 2}, {"item": 2, "ts": 4}]).decision is Decision.ACCEPTED
    verdict = logs(order, puts, [{"item": 1, "ts": 0}, {"item": 2, "ts": 4}])
    assert (verdict.decision, verdict.line, Path(verdict.log).name) == (Decision.REJECTED, 2, "consumer.ndjson")


def test_limits(logs: Any) -> None:
    assert logs("", items(1, 2), items(1, 2), max_events=3).decision is Decision.UNDECIDED
    verdict = logs("", items(1, 2), items(1, 2), time_limit=1e-9)
    assert verdict.decision is Decision.UNDECIDED
    assert "time limit" in verdict.reason
    verdict = logs("", items(1, 2), items(1, 2), streaming=Streaming(stop=lambda: True))
    assert (verdict.decision, "interrupted" in verdict.reason) == (Decision.UNDECIDED, True)


def cut_short(path: Path) -> None:
    with open(path, "ab") as file:
        file.write(b'{"op": "ge')


@pytest.mark.parametrize("order", ["", "order:\n  by: key\n  key: event.ts\n"])
def test_a_last_line_that_was_cut_short_costs_no_event_of_another_log(logs: Any, queue: Any, order: str) -> None:
    def judged(gets: list[int], torn_tail: str) -> Verdict:
        puts = [{"item": 1, "ts": 1}, {"item": 2, "ts": 2}]
        logs(order, puts, [{"item": item, "ts": 3 + at} for at, item in enumerate(gets)])
        cut_short(queue.folder / "producer.ndjson")
        paths = [queue.folder / "producer.ndjson", queue.folder / "consumer.ndjson"]
        options = CheckOptions(spec=queue.spec, mapping=queue.mapping, torn_tail=torn_tail)
        return check_trace(paths, Workbench(options))

    verdict = judged([1, 2], "cut")
    assert (verdict.decision, verdict.strength.events) == (Decision.ACCEPTED, 4)
    assert any("the last line (4) was cut short and left out" in note for note in verdict.notes)
    assert judged([2, 1], "cut").decision is Decision.REJECTED
    assert judged([1, 2], "error").decision is Decision.INVALID


def test_one_log_with_clocks_that_is_followed(logs: Any, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlatrace.traces.growing.POLL_SECONDS", 0)
    clocked = [{"item": n, "vc": {"producer": n}} for n in (1, 2)]
    assert logs(CLOCKS, clocked, []).decision is Decision.ACCEPTED
    content = (queue.folder / "producer.ndjson").read_bytes()
    grown = queue.folder / "grown.ndjson"
    grown.write_bytes(content[:150])
    left = iter([content[150:]])

    def stop() -> bool:
        piece = next(left, None)
        if piece is not None:
            with open(grown, "ab") as file:
                file.write(piece)
        return piece is None

    bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
    verdict = check_trace(grown, bench, streaming=Streaming(patience=Patience(stop=stop)))
    assert (verdict.decision, verdict.strength.events) == (Decision.ACCEPTED, 2)


def test_a_checkpoint_has_no_place_there(logs: Any, tmp_path: Path) -> None:
    verdict = logs("", items(1), items(1), streaming=Streaming(checkpoint=tmp_path / "c"))
    assert verdict.decision is Decision.INVALID
    assert "ordered only in part" in verdict.reason
    order = "order:\n  by: key\n  key: event.item\n"
    verdict = logs(order, items(1), items(1), streaming=Streaming(checkpoint=tmp_path / "c"))
    assert "several logs" in verdict.reason


def test_an_invariant_that_every_order_violates(logs: Any, queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n")
    assert logs("", items(1, 2), items(1), config=config).decision is Decision.ACCEPTED
    verdict = logs("", items(1, 2), [], config=config)
    assert verdict.decision is Decision.REJECTED
    assert [(found.property, found.on_all) for found in verdict.violations] == [("ShortInv", True)]


def test_reports_obey_their_schemas(logs: Any) -> None:
    verdict = logs("", items(1, 2), items(2, 1))
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict])), schema)
    result = json.loads(sarif_report([verdict]))["runs"][0]["results"][0]
    related = result["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"]["uri"].endswith("consumer.ndjson")


def test_the_command(logs: Any, queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from tlaconform.cli.app import run
    from tlaconform.cli.status import Status

    logs("", items(1, 2), items(1, 2))
    files = [str(queue.folder / f"{name}.ndjson") for name in ("producer", "consumer")]
    base = ["--spec", str(queue.spec), "--map", str(queue.mapping)]
    assert run(["check", *files, *base, "--merge"]) is Status.CONFORMS
    assert "ACCEPTED" in capsys.readouterr().out
    # As traces of their own, the second begins with an empty queue.
    assert run(["check", *files, *base]) is Status.DOES_NOT_CONFORM
    assert run(["check", *files, *base, "--merge", "--follow"]) is Status.WRONG_INPUT
    assert "only one log can be followed" in capsys.readouterr().out
    logs("", items(1, 2), items(2, 1))
    small = str(queue.folder / "small.ndjson")
    assert run(["check", *files, *base, "--merge", "--shrink", small, "--blame"]) is Status.DOES_NOT_CONFORM
    out = capsys.readouterr().out
    assert "Smaller trace:" in out
    assert "Log or implementation?" in out
    assert (queue.folder / "small.consumer.ndjson").is_file()
    assert run(["check", *files, *base, "--shrink", small]) is Status.WRONG_INPUT
    assert "--shrink is for one trace; expected one, not 2" in capsys.readouterr().err


def test_a_wildcard_is_too_weak_in_any_order_too(logs: Any) -> None:
    blunt = "observe:\n  Len(queue) >= 0: event.item >= 0\n"
    verdict = logs(blunt, items(1, 2, 3), items(1, 2, 3), min_strength=0.1)
    assert verdict.decision is Decision.ACCEPTED
    assert (verdict.strength.score, verdict.strength.is_too_low) == (0, True)


def test_what_has_no_answer_in_a_partial_order_is_said(logs: Any, queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n")
    violated = logs("", items(1, 2), [], config=config, blame=True, shrink=queue.folder / "small")
    assert violated.notes[-2].startswith("--blame: there is no answer")
    assert violated.notes[-2].endswith("where the events are explained, by ways that all violate a property")
    assert violated.notes[-1].startswith("--shrink: events that are ordered only in part are not shrunk where")
    assert not any("no answer" in note for note in logs("", items(1, 2), items(2, 1), blame=True).notes)


def test_a_wrong_value_in_one_log_is_blamed_on_the_log(logs: Any) -> None:
    verdict = logs("", items(1, 2, 3), items(1, 7, 3), blame=True)
    assert verdict.decision is Decision.REJECTED
    best = verdict.blame.findings[0]
    assert (best.passes, verdict.blame.suspect) == (True, Suspect.LOG)
    (what,) = best.relaxations
    assert (what.kind, what.line, Path(what.log).name, what.logged) == (Relaxing.FIELD, 3, "consumer.ndjson", "7")
    assert "consumer.ndjson has event.item = 7" in verdict.blame.summary
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict])), schema)


def test_a_line_that_is_missing_and_one_too_many(logs: Any) -> None:
    def kinds(verdict: Verdict) -> set[Relaxing]:
        return {item.kind for finding in verdict.blame.findings for item in finding.relaxations}

    # What was taken out was never logged as put in: a step before it is missing.
    missing = logs("", items(1, 3), items(1, 2, 3), blame=True)
    assert Relaxing.HIDDEN_STEP in kinds(missing)
    hidden = [f.relaxations[0] for f in missing.blame.findings if f.relaxations[0].kind is Relaxing.HIDDEN_STEP]
    assert hidden[0].what in {"Put", "Get or Put", "Put or Get"}
    # It was taken out twice, says the log.
    twice = logs("", items(1, 2, 3), items(1, 1, 2, 3), blame=True)
    dropped = [f.relaxations[0] for f in twice.blame.findings if f.relaxations[0].kind is Relaxing.DROP]
    assert [(item.line, item.other_line) for item in dropped] == [(3, 2)]


def test_what_no_small_change_of_the_logs_cures_is_blamed_on_the_implementation(logs: Any) -> None:
    """The broken twin: everything comes out in the wrong order."""
    verdict = logs("", items(1, 2, 3, 4, 5, 6), items(6, 5, 4, 3, 2, 1), blame=True)
    assert (verdict.blame.findings, verdict.blame.cut) == ((), "")
    assert "makes the logs pass" in verdict.blame.summary
    # Put takes any item: a step of it cannot be listed, so a missing one cannot be excluded.
    assert verdict.blame.suspect is (Suspect.UNKNOWN if verdict.blame.untried else Suspect.IMPLEMENTATION)


def test_an_accepted_trace_is_told_along_one_order(logs: Any) -> None:
    verdict = logs("", items(1, 2, 3), items(1, 2, 3))
    details = verdict.strength.details
    assert details.in_one_order
    assert {item.action: (item.conjuncts, len(item.never)) for item in details.coverage} == {
        "Put": (4, 0),
        "Get": (4, 0),
    }
    assert details.events_examined == 6
    # Nothing is got: what Get demands was never seen to be true.
    alone = logs("", items(1, 2), [])
    assert [item.action for item in alone.strength.details.coverage] == ["Put"]
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict, alone])), schema)


def test_details_are_those_of_the_same_events_in_one_log(logs: Any) -> None:
    """The slow twin: a key that puts the events in the order that clocks leave no choice but to take."""
    puts = [{"item": n, "ts": 2 * n, "vc": {"producer": n, "consumer": n - 1}} for n in (1, 2, 3)]
    gets = [{"item": n, "ts": 2 * n + 1, "vc": {"producer": n, "consumer": n}} for n in (1, 2, 3)]
    partial = logs(CLOCKS, puts, gets, sensitivity=12, advise=True)
    total = logs("order:\n  by: key\n  key: event.ts\n", puts, gets, sensitivity=12, advise=True)
    mine, other = partial.strength.details, total.strength.details
    assert (mine.coverage, mine.observed, mine.determined) == (other.coverage, other.observed, other.determined)
    assert partial.strength.sensitivity.by_kind["wrong value"] == total.strength.sensitivity.by_kind["wrong value"]
    assert partial.advice == total.advice
    assert (mine.in_one_order, other.in_one_order) == (True, False)


def test_edits_are_judged_over_all_orders(logs: Any) -> None:
    verdict = logs("", items(1, 2, 3), items(1, 2, 3), sensitivity=30, advise=True)
    found = verdict.strength.sensitivity
    assert not found.in_one_order  # the trace is short enough to be looked at as a whole
    assert found.by_field["event.item"].share == 1
    assert found.by_kind["dropped event"].noticed > 0
    assert verdict.advice is not None
    # What no other log says may be anything: the broken twin of a trace in which nothing goes unnoticed.
    alone = logs("", items(1, 2), [], sensitivity=30).strength.sensitivity
    assert alone.by_field["event.item"].noticed == 0
    assert alone.by_kind["swapped events"].noticed == 0


def test_of_long_logs_the_share_is_an_upper_bound_and_the_report_says_so(logs: Any) -> None:
    numbers = [n % 3 for n in range(150)]
    verdict = logs("", items(*numbers), items(*numbers), sensitivity=12)
    found = verdict.strength.sensitivity
    assert (found.in_one_order, found.undecided) == (True, 0)
    assert found.by_field["event.item"].share == 1
    text = render_verdict(verdict, Style(use_color=False))
    assert "after one order of the events before: another may explain some of them" in text


def test_logs_that_can_be_read_only_once(logs: Any, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlaconform.mapping.source.TraceSource.again", lambda self: None)
    verdict = logs("", items(1), items(1))
    assert (verdict.decision, verdict.strength.details) == (Decision.ACCEPTED, None)
    assert verdict.notes[-1].endswith("the logs can be read only once")


def test_no_blame_for_logs_that_can_be_read_only_once(logs: Any, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert logs("", items(1), items(2), blame=True).blame is not None
    monkeypatch.setattr("tlaconform.mapping.source.TraceSource.again", lambda self: None)
    verdict = logs("", items(1), items(2), blame=True)
    assert verdict.blame is None
    assert [note for note in verdict.notes if "--blame" in note] == [
        "--blame: there is no answer for events that are ordered only in part where the logs can be read only once"
    ]


@pytest.mark.parametrize("order", ["", "order:\n  by: key\n  key: event.ts\n"], ids=["any", "key"])
def test_the_log_of_a_violation_is_named(logs: Any, queue: Any, order: str) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n")
    puts = [{"item": 1, "ts": 1}]
    verdict = logs(order, puts, [{"op": "put", "item": 2, "ts": 2}, {"item": 1, "ts": 3}], config=config)
    assert verdict.decision is Decision.REJECTED or not order
    verdict = logs(order, puts, [{"op": "put", "item": 2, "ts": 2}], config=config)
    (violated,) = verdict.violations
    assert (violated.on_all, violated.line) == (True, 2)
    assert f"every way violates ShortInv after {violated.log}:2" in render_verdict(verdict, Style(use_color=False))
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict])), schema)
    if order:
        assert Path(violated.log).name == "consumer.ndjson"
        # The other way round, it is the other log, on the same line.
        verdict = logs(order, [{"item": 1, "ts": 3}], [{"op": "put", "item": 2, "ts": 2}], config=config)
        assert Path(verdict.violations[0].log).name == "producer.ndjson"


def test_the_conjunct_of_a_violated_property(logs: Any, queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n")
    violated = logs("", items(1, 2), [], config=config).violations[0]
    assert (violated.action, violated.line) == ("Put", 3)
    assert violated.failure.text == "Len(queue) <= 1"
    assert Path(violated.log).name == "producer.ndjson"
    # On some ways only: the trace is accepted, by an order that does not violate it.
    some = logs("", items(1, 2), items(1), config=config)
    assert some.decision is Decision.ACCEPTED


def test_logs_are_shrunk_to_what_is_stuck_for_the_same_reason(logs: Any, queue: Any) -> None:
    small = queue.folder / "small.ndjson"
    verdict = logs("", items(1, 2, 3, 4), items(1, 2, 7, 4), shrink=small)
    shrunk = verdict.shrunk
    assert shrunk is not None, verdict.notes
    assert (shrunk.events_before, shrunk.is_minimal) == (8, True)
    files = [Path(name) for name in shrunk.file.split(", ")]
    assert [file.name for file in files] == ["small.producer.ndjson", "small.consumer.ndjson"]
    # An item that was put in, and another that is said to have been taken out.
    assert [len(lines) for lines in shrunk.logs.values()] == [1, 1]
    assert shrunk.logs[str(queue.folder / "consumer.ndjson")] == (4,)
    again = check_trace(files, Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping)))
    assert (again.decision, again.event["item"]) == (Decision.REJECTED, 7)
    assert "lines 4" in render_verdict(verdict, Style(use_color=False))
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict])), schema)


def test_what_counts_an_event_that_was_left_out_is_left_out(logs: Any, queue: Any) -> None:
    puts = [{"item": n, "vc": {"producer": n}} for n in (1, 2, 3)]
    gets = [
        {"item": 1, "vc": {"consumer": 1, "producer": 1}},
        {"item": 7, "vc": {"consumer": 2, "producer": 2}},
        {"item": 3, "vc": {"consumer": 3, "producer": 3}},
    ]
    verdict = logs(CLOCKS, puts, gets, shrink=queue.folder / "small.ndjson")
    shrunk = verdict.shrunk
    assert shrunk is not None, verdict.notes
    producer, consumer = shrunk.logs.values()
    assert consumer[-1] == 3  # the event that is stuck counts two of the producer's
    assert producer == (2, 3)
    assert verdict.decision is Decision.REJECTED


def test_logs_that_a_key_orders_are_not_shrunk_and_the_verdict_says_so(logs: Any, queue: Any) -> None:
    order = "order:\n  by: key\n  key: event.ts\n"
    puts = [{"item": 1, "ts": 1}]
    verdict = logs(order, puts, [{"item": 2, "ts": 2}], shrink=queue.folder / "small.ndjson")
    assert verdict.shrunk is None
    assert "several logs, which `order:` puts in one order" in verdict.notes[-1]


def test_times_alone_order_events_of_one_file(queue: Any) -> None:
    text = queue.mapping.read_text(encoding="utf-8").replace("observe:\n  Len(queue): event.size\n", "")
    boxes = "order: {by: boxes, start: event.start, end: event.end}\n"

    def judged(order: str, end: int) -> Decision:
        queue.mapping.write_text(f"{text}{order}", encoding="utf-8")
        get = {"op": "get", "item": 1, "start": 1, "end": end}
        put = {"op": "put", "item": 1, "start": 2, "end": 6}
        queue.trace.write_text("".join(json.dumps(line) + "\n" for line in (CONSTANTS, get, put)), encoding="utf-8")
        decision: Decision = queue.check().decision
        return decision

    assert judged(boxes, 5) is Decision.ACCEPTED
    assert judged(boxes, 1) is Decision.REJECTED  # The one ended before the other started.
    assert judged("", 5) is Decision.REJECTED


def test_what_is_wrong_with_one_of_several_logs_names_that_one(logs: Any) -> None:
    verdict = logs("", items(1), [{"item": 1, "op": "gett"}])
    assert verdict.decision is Decision.INVALID
    assert str(verdict.error_location).endswith("/consumer.ndjson:2:1")
    text = render_verdict(verdict, Style(use_color=False))
    assert "producer.ndjson" not in text.splitlines()[0]
    assert "consumer.ndjson:2" in text.splitlines()[0]
