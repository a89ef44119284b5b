"""What ``TLCGet`` answers while a search runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from tlatrace.compile.api import State
from tlatrace.engine.explore.outcome import Counterexample
from tlatrace.engine.explore.progress import Progress
from tlatrace.location import NOWHERE, Location
from tlatrace.semantics.spec import NamedFormula, Spec
from tlatrace.stdlib import TlcRun
from tlatrace.values import Value, make_function, make_sequence, make_set
from tlatrace.values.construct import make_record


def named_registers(
    progress: Progress, spec: Spec, started: float, run: TlcRun, *, check_deadlock: bool
) -> Mapping[str, Callable[[], Value]]:
    """``level``, ``queue``, ``distinct`` … as functions of the search's progress."""

    def duration() -> Value:
        return int(time.monotonic() - started)

    def stats() -> Value:
        return make_record(
            {
                "behavior": make_record({"actions": make_record({}), "id": 0}),
                "diameter": progress.depth,
                "distinct": progress.distinct,
                "duration": duration(),
                "generated": progress.generated,
                "queue": progress.queue,
                "traces": 0,
            }
        )

    def config() -> Value:
        return make_record(
            {
                "aril": 0,
                "depth": -1,
                "deadlock": check_deadlock,
                "fingerprint": 0,
                "install": "",
                "mode": "bfs",
                "seed": 0,
                "traces": -1,
                "worker": 1,
            }
        )

    def revision() -> Value:
        return make_record({"count": 0, "date": "", "tag": "", "timestamp": 0})

    def action() -> Value:
        # TLC keeps the action of a state only for its debugger and in simulation.
        return make_record({"name": "UnnamedAction", "location": place(NOWHERE, "--TLA+ BUILTINS--")})

    def all_values() -> Value:
        # One worker: each register is a sequence of one value.
        return make_function([(index, make_sequence([value])) for index, value in sorted(run.registers.items())])

    def named(name: str, location: Location, module: str) -> Value:
        return make_record({"name": name, "location": place(location, module)})

    def specification() -> Value:
        def formulas(items: Iterable[NamedFormula]) -> Value:
            return make_set([named(each.name, each.location, spec.name) for each in items])

        return make_record(
            {
                "actionconstraints": formulas(spec.action_constraints),
                "actions": make_set([named(each.name, each.location, spec.name) for each in spec.actions]),
                "constraints": formulas(spec.constraints),
                "impliedactions": make_set([]),
                "impliedinits": make_set([]),
                "impliedtemporals": formulas(spec.properties),
                "inits": formulas(() if spec.init is None else (spec.init,)),
                "invariants": formulas(spec.invariants),
                "temporals": formulas(spec.fairness),
                "variables": make_set([named(each.name, each.location, spec.name) for each in spec.variables]),
            }
        )

    return {
        "action": action,
        "all": all_values,
        "config": config,
        "diameter": lambda: progress.depth,
        "distinct": lambda: progress.distinct,
        "duration": duration,
        "generated": lambda: progress.generated,
        "level": lambda: progress.level,
        "queue": lambda: progress.queue,
        "revision": revision,
        "spec": specification,
        "stats": stats,
    }


def place(location: Location, module: str) -> Value:
    """A location as TLC shows it."""
    return make_record(
        {
            "beginLine": location.line,
            "beginColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
            "module": module,
        }
    )


def trace_value(path: Sequence[State], spec: Spec) -> Value:
    """``Trace`` of TLCExt: the states on the way to the one that is expanded, as records."""
    names = [variable.name for variable in spec.variables]
    return make_sequence([make_record(dict(zip(names, state, strict=True))) for state in path])


def counter_example_value(example: Counterexample) -> Value:
    """``CounterExample`` of TLCExt: numbered states, and the actions between them."""
    states = [make_sequence([each.number, make_record(dict(each.values))]) for each in example.states]
    steps = [
        make_sequence(
            [before, make_record({"name": each.action or "", "location": place(each.location or NOWHERE, "")}), after]
        )
        for each, before, after in zip(example.states[1:], states, states[1:], strict=False)
    ]
    return make_record({"action": make_set(steps), "state": make_set(states)})
