"""SYMMETRY of the configuration in a check: the same verdicts with it and without, from fewer states, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Streaming, Workbench, check_trace
from tlatrace.engine import Decision, SearchOrder, Verdict
from tlatrace.traces.growing import Patience

SPEC = r"""
---- MODULE Ballot ----
EXTENDS Integers, FiniteSets, TLC
CONSTANT RM
VARIABLES state, msgs, outcome
vars == <<state, msgs, outcome>>
Init == state = [r \in RM |-> "working"] /\ msgs = {} /\ outcome = "open"
Prepare(r) == /\ state[r] = "working"
              /\ state' = [state EXCEPT ![r] = "prepared"]
              /\ msgs' = msgs \cup {[type |-> "prepared", rm |-> r]}
              /\ UNCHANGED outcome
Refuse(r) == state[r] = "working" /\ state' = [state EXCEPT ![r] = "aborted"] /\ UNCHANGED <<msgs, outcome>>
Commit == /\ outcome = "open" /\ 2 * Cardinality(msgs) > Cardinality(RM)
          /\ outcome' = "commit" /\ UNCHANGED <<state, msgs>>
Obey(r) == /\ outcome = "commit" /\ state[r] = "prepared"
           /\ state' = [state EXCEPT ![r] = "committed"]
           /\ UNCHANGED <<msgs, outcome>>
Next == (\E r \in RM : Prepare(r) \/ Refuse(r) \/ Obey(r)) \/ Commit
Perms == Permutations(RM)
NoneRefuses == \A r \in RM : state[r] /= "aborted"
====
"""
MAPPING = """version: 1
kind: event.event
fields:
  event.rm: {read: model}
events:
  answer: [Prepare(ANY), Refuse(ANY)]
  commit: Commit
  obey: Obey(ANY)
  obeyed: Obey(event.rm)
"""
USED = "permutation of SYMMETRY Perms"
MANAGERS = 6

Judge = Callable[..., Verdict]


def answers(count: int = MANAGERS) -> list[dict[str, str]]:
    return [{"event": "answer"}] * count


COMMIT = {"event": "commit"}
OBEY = {"event": "obey"}


def obeyed(manager: int) -> dict[str, str]:
    return {"event": "obeyed", "rm": f"r{manager}"}


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """The verdict on events, in one log or several; ``has_symmetry``: the configuration declares it."""
    (tmp_path / "Ballot.tla").write_text(SPEC, encoding="utf-8")

    def check(
        *logs: list[dict[str, str]],
        managers: int = MANAGERS,
        has_symmetry: bool = True,
        mapping: str = "",
        more_config: str = "",
        streaming: Streaming | None = None,
        **more: Any,
    ) -> Verdict:
        (tmp_path / "ballot.yaml").write_text(MAPPING + mapping, encoding="utf-8")
        names = ", ".join(f"r{number}" for number in range(1, managers + 1))
        config = f"CONSTANT RM = {{{names}}}\nINIT Init\nNEXT Next\n"
        text = config + more_config + ("SYMMETRY Perms\n" if has_symmetry else "")
        (tmp_path / "Ballot.cfg").write_text(text, encoding="utf-8")
        paths = [tmp_path / f"{number}.ndjson" for number in range(len(logs))]
        for path, lines in zip(paths, logs, strict=True):
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        options = CheckOptions(
            spec=tmp_path / "Ballot.tla", config=tmp_path / "Ballot.cfg", mapping=tmp_path / "ballot.yaml", blame=False
        )
        return check_trace(paths if len(paths) > 1 else paths[0], Workbench(replace(options, **more)), None, streaming)

    return check


def is_used(verdict: Verdict) -> bool:
    return any(USED in note for note in verdict.notes)


class TestOneLog:
    def test_accepted_from_fewer_states(self, judge: Judge) -> None:
        trace = [*answers(), COMMIT, *[OBEY] * 4]
        plain = judge(trace, has_symmetry=False, search=SearchOrder.BREADTH)
        verdict = judge(trace, search=SearchOrder.BREADTH, keep_witness=True)
        assert plain.decision is verdict.decision is Decision.ACCEPTED
        assert plain.strength.frontier_max > 200
        assert verdict.strength.frontier_max < 100
        assert is_used(verdict)
        assert not is_used(plain)
        assert verdict.witness is not None
        assert len(list(verdict.witness.behavior.states())) == len(trace) + 1

    def test_rejected(self, judge: Judge) -> None:
        trace = [*answers(), COMMIT, *[OBEY] * (MANAGERS + 1)]
        verdict = judge(trace)
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, len(trace))
        assert is_used(verdict)

    @pytest.mark.parametrize("search", list(SearchOrder))
    def test_managers_that_are_named_later(self, judge: Judge, search: SearchOrder) -> None:
        trace = [*answers(), COMMIT, *map(obeyed, (3, 6, 4))]
        assert judge(trace, search=search).decision is Decision.ACCEPTED
        verdict = judge([*trace, obeyed(6)], search=search)
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, len(trace) + 1)

    def test_an_invariant_that_some_ways_violate(self, judge: Judge) -> None:
        trace = [*answers(), COMMIT, OBEY]
        some = judge(trace, more_config="INVARIANT NoneRefuses\n", search=SearchOrder.BREADTH)
        assert some.decision is Decision.ACCEPTED
        assert [(violated.property, violated.on_all) for violated in some.violations] == [("NoneRefuses", False)]

    def test_few_states_are_told_as_they_are(self, judge: Judge) -> None:
        verdict = judge(answers(1))
        assert verdict.strength.frontier_max == 2 * MANAGERS
        assert not verdict.notes


class TestSeveralLogs:
    @pytest.mark.parametrize("named", [(), (2, 5)])
    def test_both_verdicts(self, judge: Judge, named: tuple[int, ...]) -> None:
        last = [COMMIT, *map(obeyed, named), *[OBEY] * (3 - len(named))]
        logs = answers(2), answers(3), last
        plain, verdict = judge(*logs, managers=5, has_symmetry=False), judge(*logs, managers=5)
        assert plain.decision is verdict.decision is Decision.ACCEPTED
        assert verdict.strength.frontier_max < plain.strength.frontier_max
        assert is_used(verdict)
        logs = answers(2), answers(3), [*last, *[OBEY] * 3]
        assert judge(*logs, managers=5).decision is Decision.REJECTED

    def test_events_ordered_by_their_times_alone(self, judge: Judge) -> None:
        """A chain of them may have events of several files: every name may still come."""
        order = "order: {by: boxes, start: event.at, end: event.at}\n"
        logs = [answers(2), [*answers(2), COMMIT, obeyed(4), OBEY], [obeyed(2)]]
        moment = iter(range(100))
        timed: Any = [[{**line, "at": next(moment)} for line in log] for log in logs]
        assert judge(*timed, managers=4, mapping=order).decision is Decision.ACCEPTED
        timed[2].append({**obeyed(4), "at": 99})
        assert judge(*timed, managers=4, mapping=order).decision is Decision.REJECTED


class TestWhereItIsNotUsed:
    def why(self, verdict: Verdict) -> str:
        assert not is_used(verdict)
        return " ".join(note for note in verdict.notes if "was not used" in note)

    def test_the_mapping_chooses(self, judge: Judge) -> None:
        chosen = 'observe:\n  "(CHOOSE r \\\\in RM : TRUE) \\\\in RM": "TRUE"\n'
        assert "CHOOSE" in self.why(judge(answers(), mapping=chosen))

    def test_a_constant_is_one_of_them(self, judge: Judge, tmp_path: Path) -> None:
        spec = SPEC.replace("CONSTANT RM", "CONSTANTS RM, Boss").replace("Refuse(r) ==", "Refuse(r) == r /= Boss /\\")
        (tmp_path / "Ballot.tla").write_text(spec, encoding="utf-8")
        trace = answers()
        verdict = judge(trace, more_config="CONSTANT Boss = r1\n", search=SearchOrder.BREADTH)
        plain = judge(trace, more_config="CONSTANT Boss = r1\n", has_symmetry=False, search=SearchOrder.BREADTH)
        assert is_used(verdict)  # among the others
        assert verdict.strength.frontier_max < plain.strength.frontier_max

    def test_the_trace_is_being_written(self, judge: Judge) -> None:
        streaming = Streaming(patience=Patience(idle_seconds=0.05))
        verdict = judge(answers(4), streaming=streaming)
        assert verdict.decision is Decision.ACCEPTED
        assert not is_used(verdict)

    def test_all_states_are_asked_about(self, judge: Judge) -> None:
        assert not is_used(judge(answers(4), sensitivity=2, seed=1))

    def test_the_trace_cannot_be_read_twice(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tlaconform.mapping.source.TraceSource.again", lambda self: None)
        assert "only of a file" in self.why(judge(answers(4)))


def test_a_trace_that_grows_while_it_is_checked(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([[1], [2]])
    monkeypatch.setattr("tlaconform.checking.symmetry.TraceSymmetry._sizes_now", lambda self: next(sizes))
    verdict = judge(answers())
    assert verdict.decision is Decision.INVALID
    assert "has changed" in verdict.reason
