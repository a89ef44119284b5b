"""Trace specifications: verdicts and numbers are TLC's, breadth-first, for traces that leave choices open.

TLC 2.18 has neither ``Json`` nor ``IOUtils``, and no POSTCONDITION: modules of these names, with the trace in them as
TLA+ text, lie beside the specification, and the verdict is that of its properties, invariants and deadlock check. Nor
has ``TLCGet("queue")`` a value there in a temporal property.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.systems.judged import IO_UTILS, json_module
from tlacheck import Toolchain, run_tlc
from tlaconform.trace_specs import TraceSpecOptions, check_trace_spec

pytestmark = pytest.mark.tlc

JOBS = r"""---- MODULE Jobs ----
EXTENDS Naturals, FiniteSets
CONSTANT Workers
VARIABLES waiting, busy, done
vars == <<waiting, busy, done>>
Idle == 0
Init == waiting = {} /\ busy = [w \in Workers |-> Idle] /\ done = {}
Submit(j) ==
  /\ j \notin waiting \cup done
  /\ \A w \in Workers : busy[w] # j
  /\ waiting' = waiting \cup {j}
  /\ UNCHANGED <<busy, done>>
Take(w, j) ==
  /\ busy[w] = Idle
  /\ j \in waiting
  /\ busy' = [busy EXCEPT ![w] = j]
  /\ waiting' = waiting \ {j}
  /\ UNCHANGED done
Finish(w) == busy[w] # Idle /\ done' = done \cup {busy[w]} /\ busy' = [busy EXCEPT ![w] = Idle] /\ UNCHANGED waiting
Next == \E w \in Workers, j \in 1..9 : Submit(j) \/ Take(w, j) \/ Finish(w)
Spec == Init /\ [][Next]_vars
====
"""

# An event says what was submitted or finished, never who did it; taking a job says nothing but how many wait.
READING = r"""---- MODULE Trace ----
EXTENDS Jobs, Sequences, TLC, Json, IOUtils
Log == ndJsonDeserialize(IOEnv.JSON)
TraceWorkers == {1, 2, 3}
VARIABLE l
line == Log[l]
IsEvent(e) == l \in 1..Len(Log) /\ line.event = e /\ l' = l + 1
IsSubmit == IsEvent("submit") /\ Submit(line.job)
IsTake == IsEvent("take") /\ (\E w \in Workers : \E j \in waiting : Take(w, j)) /\ Cardinality(waiting') = line.waiting
IsFinish == IsEvent("finish") /\ (\E w \in Workers : Finish(w)) /\ line.job \in done' \ done
Logged == IsSubmit \/ IsTake \/ IsFinish
TraceInit == Init /\ l = 1
TraceSpec == TraceInit /\ [][Logged]_<<l, vars>> /\ WF_<<l, vars>>(Logged)
View == <<vars, l>>
Base == INSTANCE Jobs
Refines == Base!Spec
Wrong == [][done = {}]_done
NotMatched == l <= Len(Log)
Done == l > Len(Log) /\ UNCHANGED <<l, vars>>
LoggedOrDone == Logged \/ Done
Ends == l > Len(Log) => TLCSet("exit", TRUE)
Eventually == <>(l > Len(Log))
ForEver == <>[](l > Len(Log))
LevelInit == Init /\ l = 1
LevelNext == Next /\ UNCHANGED l
LevelView == <<vars, TLCGet("level")>>
Agrees ==
  LET i == TLCGet("level") IN
  /\ i <= Len(Log)
  /\ LET e == Log[i] IN
     \/ e.event = "submit" /\ waiting' = waiting \cup {e.job} /\ waiting' # waiting
     \/ e.event = "take" /\ Cardinality(waiting') = e.waiting /\ busy' # busy /\ done' = done
     \/ e.event = "finish" /\ done' = done \cup {e.job} /\ done' # done
====
"""

CONFIGS = {
    "refinement, and a view": "SPECIFICATION TraceSpec\nPROPERTY Refines\nVIEW View\nCHECK_DEADLOCK FALSE\n",
    "a property that does not hold": "SPECIFICATION TraceSpec\nPROPERTY Wrong\nCHECK_DEADLOCK FALSE\n",
    "deadlock": "INIT TraceInit\nNEXT LoggedOrDone\n",
    "an invariant that the end violates": "INIT TraceInit\nNEXT Logged\nINVARIANT NotMatched\nCHECK_DEADLOCK FALSE\n",
    "eventually": "SPECIFICATION TraceSpec\nPROPERTY Eventually\nCHECK_DEADLOCK FALSE\n",
    "in the end for ever": "SPECIFICATION TraceSpec\nPROPERTY ForEver\nCHECK_DEADLOCK FALSE\n",
    "constraints on the level": "INIT LevelInit\nNEXT LevelNext\nVIEW LevelView\nACTION_CONSTRAINT Agrees\n"
    "CHECK_DEADLOCK FALSE\n",
    "ended by TLCSet": "INIT TraceInit\nNEXT Logged\nCONSTRAINT Ends\nCHECK_DEADLOCK FALSE\n",
}

GOOD: tuple[dict[str, Any], ...] = (
    {"event": "submit", "job": 1},
    {"event": "submit", "job": 2},
    {"event": "take", "waiting": 1},
    {"event": "submit", "job": 3},
    {"event": "take", "waiting": 1},
    {"event": "finish", "job": 2},
    {"event": "take", "waiting": 0},
    {"event": "finish", "job": 3},
    {"event": "finish", "job": 1},
)

TRACES = {
    "as it was": GOOD,
    "another job finished": (*GOOD[:5], {"event": "finish", "job": 7}, *GOOD[6:]),
    "a line is missing": (*GOOD[:4], *GOOD[5:]),
    "one line twice": (*GOOD, GOOD[-1]),
}


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("config", CONFIGS)
def test_it_says_what_tlc_says(config: str, trace: str, tmp_path: Path, toolchain: Toolchain) -> None:
    ours = our_verdict(tmp_path, CONFIGS[config], TRACES[trace])
    judged = run_tlc(
        tmp_path / "tlc" / "Trace.tla", tmp_path / "tlc" / "Trace.cfg", toolchain=toolchain, time_limit_s=60
    )
    run = ours.run
    assert run.result == judged.outcome.value, judged.output[-20:]
    if judged.outcome.value == "success":
        assert (run.distinct_states, run.generated_states, run.depth) == (
            judged.distinct_states,
            judged.states_generated,
            judged.depth,
        )
    elif judged.violated:
        assert run.decided_by == tuple(judged.violated)


def our_verdict(folder: Path, config: str, events: Sequence[dict[str, Any]]) -> Any:
    trace = folder / "trace.ndjson"
    trace.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    beside = folder / "tlc"
    beside.mkdir()
    for where in (folder, beside):
        (where / "Jobs.tla").write_text(JOBS)
        (where / "Trace.tla").write_text(READING)
        (where / "Trace.cfg").write_text(f"{config}CONSTANT Workers <- TraceWorkers\n")
    (beside / "Json.tla").write_text(json_module(list(events)))
    (beside / "IOUtils.tla").write_text(IO_UTILS)
    return check_trace_spec(trace, TraceSpecOptions(spec=folder / "Trace.tla"))
