"""Many traces of a system judged by one run of TLC: starting it takes longer than judging a small trace.

The traces stand in a module as a sequence of cases. A behavior chooses one at its start, walks through its logs as
:mod:`bench.systems.partial` has it, and prints the number of the case when it has come to the end. A state that breaks
an invariant of the configuration is no part of such a behavior; so what is printed are the cases that have a witness.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.systems.judged import IO_UTILS, JAVA_OPTIONS, json_module
from bench.systems.system import SPECS, Ordered, System, Trace
from tlacheck import Outcome, run_tlc
from tlaconform.tlc_judge.literals import Literals

TIME_LIMIT_S = 240.0
"""Of one run, with all of its cases."""

_MODULE = r"""
---- MODULE <name>Cases ----
EXTENDS <name>Trace, Cases
VARIABLE case

Logs(c) == Cases[c]
IsOver == \A p \in DOMAIN l : l[p] > Len(Logs(case)[p])
IsFree(e) == "clock" \in DOMAIN e => \A q \in DOMAIN e.clock \ {e.process} : l[q] > e.clock[q]

CasesInit == Init /\ case \in DOMAIN Cases /\ l = [p \in DOMAIN Logs(case) |-> 1] /\ TLCSet(1, {})
CasesNext ==
    /\ \/ \E p \in DOMAIN l :
            /\ l[p] <= Len(Logs(case)[p])
            /\ IsFree(Logs(case)[p][l[p]])
            /\ Step(Logs(case)[p][l[p]])
            /\ Agrees(Logs(case)[p][l[p]])
            /\ l' = [l EXCEPT ![p] = @ + 1]
       \/ ~ IsOver /\ Unlogged /\ l' = l
    /\ UNCHANGED case
CasesSpec == CasesInit /\ [][CasesNext]_<<vars, l, case>>

Keeps == <invariants>
\* Whether to go on from a state: not where an invariant is broken, nor where the case has been explained.
Wanted ==
    /\ case \notin TLCGet(1)
    /\ Keeps
    /\ IsOver => PrintT(<<"explained", case>>) /\ TLCSet(1, TLCGet(1) \cup {case})
====
"""


def explained(system: System, traces: Sequence[Trace], *, time_limit_s: float = TIME_LIMIT_S) -> list[bool]:
    """For every trace, whether TLC finds a behavior that explains it. All need the same constants, and to be alike in
    whether there are hidden steps.

    Raises:
        BenchError: TLC could not run the specification, or not to its end.
    """
    header = traces[0].header
    for trace in traces:
        if (trace.header["constants"], trace.header["hidden"]) != (header["constants"], header["hidden"]):
            raise ValueError("the traces have different headers; expected the same constants in all of them")
    with tempfile.TemporaryDirectory(prefix="tla-conformance-cases-") as name:
        folder = Path(name)
        for module in SPECS.glob("*.tla"):
            shutil.copy(module, folder)
        invariants, config = _configuration(system)
        (folder / "Json.tla").write_text(json_module([header]), encoding="utf-8")
        (folder / "IOUtils.tla").write_text(IO_UTILS, encoding="utf-8")
        (folder / "Cases.tla").write_text(_cases_module(traces), encoding="utf-8")
        spec = folder / f"{system.module}Cases.tla"
        text = _MODULE.replace("<name>", system.module)
        spec.write_text(text.replace("<invariants>", " /\\ ".join(invariants or ["TRUE"])), encoding="utf-8")
        spec.with_suffix(".cfg").write_text(config, encoding="utf-8")
        result = run_tlc(spec, deadlock=False, time_limit_s=time_limit_s, java_options=JAVA_OPTIONS)
    if result.outcome is not Outcome.SUCCESS:
        said = [str(error) for error in result.parse_errors] + list(result.output[-20:])
        raise BenchError("\n".join((f"TLC cannot judge these cases: {result.outcome.value}", *said)))
    found = {int(number) for number in re.findall(r'<<"explained", (\d+)>>', "\n".join(result.output))}
    return [number in found for number in range(1, len(traces) + 1)]


def _configuration(system: System) -> tuple[list[str], str]:
    """The invariants that the trace specification's configuration names, and a configuration for the cases."""
    head, _, tail = system.config.read_text(encoding="utf-8").partition("INVARIANTS")
    constants = [line for line in head.splitlines() if line.startswith((" ", "CONSTANT"))]
    return tail.split(), "\n".join(["SPECIFICATION CasesSpec", *constants, "CONSTRAINT Wanted", ""])


def _cases_module(traces: Sequence[Trace]) -> str:
    literals = Literals()
    names = [f"Case{number}" for number in range(1, len(traces) + 1)]
    texts = ["---- MODULE Cases ----", "LOCAL INSTANCE TLC"]
    for name, trace in zip(names, traces, strict=True):
        chains = [
            f'"{process}" :> <<\n  ' + ",\n  ".join(literals.value(event) for event in events) + " >>"
            for process, events in _chains(trace).items()
        ]
        texts.append(f"{name} ==\n  " + " @@\n  ".join(chains))
    return "\n".join([*texts, f"Cases == << {', '.join(names)} >>", "====", ""])


def _chains(trace: Trace) -> dict[str, list[dict[str, Any]]]:
    """The logs by process; a log in total order is that of one."""
    chains: dict[str, list[dict[str, Any]]] = {
        process: [] for process in trace.header.get("processes", [Ordered.TOTAL.value])
    }
    for event in trace.events:
        chains[event.get("process", Ordered.TOTAL.value)].append(event)
    return chains
