"""The whole of an exploration: assumptions, states, temporal properties, the postcondition."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tlatrace.compile.api import Evaluator
from tlatrace.engine.explore.counterexample import TraceBuilder
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.engine.explore.identity import symmetry_notes
from tlatrace.engine.explore.model import Model, compile_model
from tlatrace.engine.explore.outcome import Counterexample, Counts, Exploration, Result
from tlatrace.engine.explore.parallel import can_fork
from tlatrace.engine.explore.registers import named_registers, trace_value
from tlatrace.engine.explore.search import Finding, Limits, Search, Tell
from tlatrace.engine.liveness import LivenessPlan
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import NamedFormula
from tlatrace.stdlib import TlcRun, use_run
from tlatrace.values import make_set
from tlatrace.values.construct import make_record


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreOptions:
    """How to explore. ``check_deadlock`` None: as the configuration says, else yes. ``keep_graph``: record the state
    graph even if no property needs it.
    """

    check_deadlock: bool | None = None
    limits: Limits = field(default_factory=Limits)
    keep_graph: bool = False
    seed: int = 0
    jobs: int = 1
    tell: Tell | None = None
    output: Callable[[str], None] | None = None


def explore(evaluator: Evaluator, options: ExploreOptions) -> Exploration:
    """Explore a specification. What is wrong with the specification's formulas is in the result; what is wrong with
    the configuration (a SYMMETRY that is none) is raised.
    """
    started = time.monotonic()
    run = TlcRun(seed=options.seed, milliseconds=lambda: int(time.time() * 1000))
    if options.output is not None:
        run.output = options.output
    with use_run(run):
        found = _explore(evaluator, options, run, started)
    return replace(found, seconds=time.monotonic() - started)


def _explore(evaluator: Evaluator, options: ExploreOptions, run: TlcRun, started: float) -> Exploration:
    spec = evaluator.spec
    failed = _assumptions(evaluator)
    if failed is not None:
        return failed
    if spec.init is None or spec.next is None:
        return Exploration(result=Result.SUCCESS, counts=Counts(depth=1), has_behavior=False)
    model = compile_model(evaluator)
    check_deadlock = options.check_deadlock
    if check_deadlock is None:
        check_deadlock = spec.check_deadlock is not False
    search = Search(model=model, limits=options.limits, check_deadlock=check_deadlock, tell=options.tell)
    if can_fork() and model.is_pure:
        search.jobs = options.jobs
    if options.keep_graph or model.temporal is not None:
        search.graph = StateGraph(model.store, search.initial)
    run.named = named_registers(search.progress, spec, started)
    run.trace = lambda: trace_value(search.path(search.progress.current), spec)
    notes = symmetry_notes(evaluator)
    finding = search.run()
    if finding is not None:
        found = _found(search, finding, TraceBuilder(evaluator))
        return replace(found, graph=search.graph if options.keep_graph else None, notes=notes)
    found = _after(search, model, run) or Exploration(result=Result.SUCCESS, counts=search.counts())
    if model.temporal is not None:
        notes = (*notes, *model.temporal.warnings)
    return replace(found, graph=search.graph if options.keep_graph else None, notes=notes)


def _assumptions(evaluator: Evaluator) -> Exploration | None:
    for assumption in evaluator.spec.assumptions:
        failed = _constant(evaluator, assumption, Counts())
        if failed is not None:
            return failed
    return None


def _constant(evaluator: Evaluator, formula: NamedFormula, counts: Counts) -> Exploration | None:
    """None if a formula that reads no variable is TRUE."""
    try:
        value = evaluator.expression(formula.body, formula.scope)((), None)
    except TlatraceError as error:
        # An assumption without a value has failed: so says TLC's exit status, also of an assertion in it.
        return Exploration(
            result=Result.ASSUMPTION, counts=counts, violated=(formula.name,), error=error, location=error.location
        )
    if value is True:
        return None
    return Exploration(result=Result.ASSUMPTION, counts=counts, violated=(formula.name,), location=formula.location)


def _after(search: Search, model: Model, run: TlcRun) -> Exploration | None:
    """What is checked when all states are known."""
    if model.temporal is not None and search.graph is not None:
        failed = _temporal(model.temporal, search.graph, search.counts(), model.evaluator)
        if failed is not None:
            return failed
    run.counter_example = lambda: make_record({"action": make_set([]), "state": make_set([])})
    postcondition = model.evaluator.spec.postcondition
    if postcondition is None:
        return None
    return _constant(model.evaluator, postcondition, search.counts())


def _temporal(plan: LivenessPlan, graph: StateGraph, counts: Counts, evaluator: Evaluator) -> Exploration | None:
    try:
        violation = plan.check(graph)
    except TlatraceError as error:
        return Exploration(result=Result.ERROR, counts=counts, error=error, location=error.location)
    if violation is None:
        return None
    start = len(violation.states) if violation.is_stuttering else violation.loop_start + 1
    location = next((each.location for each in evaluator.spec.properties if each.name == violation.name), None)
    return Exploration(
        result=Result.LIVENESS,
        counts=counts,
        violated=(violation.name,),
        location=location,
        counterexample=TraceBuilder(evaluator).build([graph.states[each] for each in violation.states], start),
    )


def _found(search: Search, finding: Finding, traces: TraceBuilder) -> Exploration:
    path = search.path(finding.state)
    if finding.successor is not None:
        path.append(finding.successor)
    counterexample = Counterexample() if finding.result is Result.UNDECIDED else traces.build(path)
    return Exploration(
        result=finding.result,
        counts=search.counts(),
        violated=finding.violated,
        location=finding.location,
        error=finding.error,
        limit=finding.limit,
        counterexample=counterexample,
    )
