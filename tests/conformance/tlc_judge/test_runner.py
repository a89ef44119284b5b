"""Which traces share a run of TLC, and what is read off its output; TLC itself is played by a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tlacheck import Failure, Outcome, TlcResult, Toolchain
from tlaconform.tlc_judge import TlcJudgeError, TlcJudgement, runner
from tlaconform.tlc_judge.recorded import RecordedTrace
from tlaconform.tlc_judge.runner import JudgeModule, RunOptions, judge_all
from tlatrace.traces import Event

TOOLCHAIN = Toolchain(
    java=Path("java"), java_version="17", java_source="a test", jar=Path("a.jar"), jar_source="a test"
)


def trace(name: str, events: int = 3, family: int = 1) -> RecordedTrace:
    return RecordedTrace(name, {"family": family}, tuple(Event(line, {}) for line in range(2, events + 2)))


def result(*output: str, outcome: Outcome = Outcome.SUCCESS, dropped: int = 0, text: str = "") -> TlcResult:
    return TlcResult(
        outcome=outcome,
        exit_code=0,
        tlc_version="2.18",
        states_generated=5,
        distinct_states=4,
        states_left=0,
        depth=4,
        coverage=(),
        failures=(Failure(outcome=outcome, text=text),) if text else (),
        errors=(),
        warnings=(),
        parse_errors=(),
        modules=(),
        output=output,
        output_dropped=dropped,
        duration_s=1.5,
    )


def taken(number: int, events: int) -> list[str]:
    return [f'<<"taken", {number}, {event}>>' for event in range(1, events + 1)]


class Tlc:
    """Answers the runs in order, and remembers which traces each had."""

    def __init__(self, *answers: TlcResult) -> None:
        self.answers = list(answers)
        self.runs: list[list[str]] = []

    def build(self, traces: Sequence[RecordedTrace]) -> JudgeModule:
        self.runs.append([item.name for item in traces])
        return JudgeModule(name="M", text="---- MODULE M ----\n====\n", config="INIT Init\n")

    def run(self, spec: Path, config: Path, **options: Any) -> TlcResult:
        assert spec.read_text(encoding="ascii").startswith("---- MODULE M")
        assert config.is_file()
        return self.answers.pop(0)


Judge = Callable[..., list[TlcJudgement]]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judge:
    def judge(tlc: Tlc, *traces: RecordedTrace, **options: Any) -> list[TlcJudgement]:
        monkeypatch.setattr(runner, "run_tlc", tlc.run)
        together = lambda item: item.header["family"]  # noqa: E731
        return judge_all(traces, tlc.build, together, RunOptions(library=(), toolchain=TOOLCHAIN, **options))

    return judge


def test_the_last_event_taken_decides(judged: Judge) -> None:
    tlc = Tlc(result(*taken(1, 3), *taken(2, 1), "the spec says hello"))

    accepted, rejected, at_once = judged(tlc, trace("a"), trace("b"), trace("c"))

    assert (accepted.accepted, accepted.line, accepted.events, accepted.traces_in_run) == (True, None, 3, 3)
    assert (rejected.accepted, rejected.line, rejected.is_decided) == (False, 3, True)
    assert at_once.line == 2
    assert accepted.distinct_states == 4


def test_traces_with_other_constants_have_another_run(judged: Judge) -> None:
    tlc = Tlc(result(*taken(1, 3)), result(*taken(1, 3)))

    found = judged(tlc, trace("a"), trace("b", family=2), trace("c"))

    assert tlc.runs == [["a", "c"], ["b"]]
    assert [judgement.trace for judgement in found] == ["a", "b", "c"]
    assert [judgement.accepted for judgement in found] == [True, True, False]


def test_a_run_is_bounded(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "EVENTS_IN_RUN_MAX", 7)
    tlc = Tlc(*(result() for _ in range(3)))

    judged(tlc, trace("a"), trace("b"), trace("c"), trace("long", events=9))

    assert tlc.runs == [["a", "b"], ["c"], ["long"]]


def test_a_time_limit_is_for_each_trace(judged: Judge) -> None:
    tlc = Tlc(result(*taken(1, 2), outcome=Outcome.TIMEOUT), result(*taken(1, 3)))

    slow, quick = judged(tlc, trace("a"), trace("b"), time_limit=5.0)

    assert tlc.runs == [["a"], ["b"]]
    assert (slow.accepted, slow.line, slow.undecided_because) == (False, 4, "the time limit of 5 s was reached")
    assert quick.accepted


def test_a_cut_counts_only_where_the_trace_was_rejected(judged: Judge) -> None:
    tlc = Tlc(result(*taken(1, 2), '<<"cut", 1, 1>>', *taken(2, 2), '<<"cut", 2, 3>>'))

    rejected, undecided = judged(tlc, trace("a"), trace("b"))

    assert rejected.is_decided
    assert undecided.undecided_because == "a search_limit of the mapping was reached"


def test_a_failing_trace_does_not_spoil_the_others(judged: Judge) -> None:
    failure = result(*taken(1, 1), outcome=Outcome.EVALUATION_ERROR, text="cannot compare")
    tlc = Tlc(failure, result(*taken(1, 3)), failure)

    with pytest.raises(TlcJudgeError, match=r"TLC 2\.18 stopped with evaluation error: cannot compare") as caught:
        judged(tlc, trace("a"), trace("b"))

    assert tlc.runs == [["a", "b"], ["a"], ["b"]]
    assert str(caught.value.location) == "b:3:1"


def test_lines_that_were_dropped_are_counted(judged: Judge) -> None:
    (judgement,) = judged(Tlc(result(*taken(1, 2), dropped=1)), trace("a"))

    assert judgement.accepted


def test_lines_that_cannot_be_counted_are_an_error(judged: Judge) -> None:
    with pytest.raises(TlcJudgeError, match="prints so much"):
        judged(Tlc(result(*taken(1, 2), "hello", dropped=1)), trace("a"))


def test_what_tlc_is_given_can_be_kept(judged: Judge, tmp_path: Path) -> None:
    judged(Tlc(result()), trace("a"), keep=tmp_path / "kept")

    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["M.cfg", "M.tla"]


def test_several_runs_are_kept_apart(judged: Judge, tmp_path: Path) -> None:
    judged(Tlc(result(), result()), trace("a"), trace("b", family=2), keep=tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["run1", "run2"]
