"""Logs of several processes, for a trace specification: a cursor in every log instead of one.

The module extends the trace specification of the system, whose ``Step``, ``Agrees`` and ``Unlogged`` it uses, and moves
any log whose next event the clocks allow. The rest is the same for all systems, so the text is made from their names.
"""

from __future__ import annotations

from pathlib import Path

from bench.systems.system import System

_MODULE = r"""
---- MODULE <name>SplitTrace ----
EXTENDS <name>Trace
\* l is a function here: for every process, the place of its next event.

Process == {Lines[1].processes[k] : k \in DOMAIN Lines[1].processes}
Chain == [p \in Process |-> SelectSeq(Log, LAMBDA e : e.process = p)]
IsOver == \A p \in Process : l[p] > Len(Chain[p])
IsFree(e) == "clock" \in DOMAIN e => \A q \in DOMAIN e.clock \ {e.process} : l[q] > e.clock[q]

SplitInit == Init /\ l = [p \in Process |-> 1] /\ TLCSet(1, FALSE)
SplitNext ==
    \/ \E p \in Process :
        /\ l[p] <= Len(Chain[p])
        /\ IsFree(Chain[p][l[p]])
        /\ Step(Chain[p][l[p]])
        /\ Agrees(Chain[p][l[p]])
        /\ l' = [l EXCEPT ![p] = @ + 1]
    \/ ~ IsOver /\ Unlogged /\ l' = l
SplitSpec == SplitInit /\ [][SplitNext]_<<vars, l>>

EverOver == IF IsOver THEN TLCSet(1, TRUE) ELSE TRUE
AllMatched == TLCGet(1)
NotAllMatched == ~ IsOver
====
"""


def write_split_trace_spec(system: System, folder: Path) -> tuple[Path, Path]:
    """The module and its configuration, in ``folder``; it needs the system's modules beside it."""
    module = folder / f"{system.module}SplitTrace.tla"
    module.write_text(_MODULE.replace("<name>", system.module), encoding="utf-8")
    config = module.with_suffix(".cfg")
    text = system.config.read_text(encoding="utf-8")
    for name, split in (("TraceSpec", "SplitSpec"), ("Furthest", "EverOver"), ("Matched", "AllMatched")):
        text = text.replace(name, split)
    config.write_text(text, encoding="utf-8")
    return module, config
