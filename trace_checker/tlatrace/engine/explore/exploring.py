"""The whole of an exploration: assumptions, states, temporal properties, the postcondition."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tlatrace.compile.api import Evaluator
from tlatrace.engine.explore.counterexample import TraceBuilder
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.engine.explore.identity import symmetry_notes
from tlatrace.engine.explore.model import Model, compile_model
from tlatrace.engine.explore.outcome import Counterexample, Counts, Exploration, Result
from tlatrace.engine.explore.parallel import can_fork
from tlatrace.engine.explore.progress import Finding, Limits, Progress, Tell
from tlatrace.engine.explore.registers import counter_example_value, named_registers, trace_value
from tlatrace.engine.explore.search import Search
from tlatrace.engine.explore.stepwise import StepwiseSearch
from tlatrace.engine.liveness import LivenessViolation, LivenessWatch, varying_atoms
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import NamedFormula
from tlatrace.stdlib import TlcRun, use_run
from tlatrace.values import make_set
from tlatrace.values.construct import make_record


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreOptions:
    """How to explore. ``check_deadlock`` None: as the configuration says, else yes. ``keep_graph``: record the state
    graph even if no property needs it. ``is_depth_first``: as TLC with a StateDeque. ``is_stepwise``: as TLC's worker
    even where the specification does not look at the search. ``is_narrow``: for a search that follows a trace, through
    states that are each much like the one before; an action or a property that TLC has no value for may then have one.
    ``environment``: what IOEnv shows, the process's if None. ``states_shown_max``: of a counterexample, only so many
    states at its end. ``inspect`` is given the search and what was found when all is over, while the run is still the
    current one.
    """

    check_deadlock: bool | None = None
    limits: Limits = field(default_factory=Limits)
    keep_graph: bool = False
    seed: int = 0
    jobs: int = 1
    tell: Tell | None = None
    output: Callable[[str], None] | None = None
    is_depth_first: bool = False
    is_stepwise: bool = False
    is_narrow: bool = False
    environment: Mapping[str, str] | None = None
    states_shown_max: int | None = None
    inspect: Callable[[Search | StepwiseSearch, Exploration], None] | None = None


def explore(evaluator: Evaluator, options: ExploreOptions) -> Exploration:
    """Explore a specification. What is wrong with the specification's formulas is in the result; what is wrong with
    the configuration (a SYMMETRY that is none) is raised.
    """
    started = time.monotonic()
    run = TlcRun(seed=options.seed, milliseconds=lambda: int(time.time() * 1000))
    if options.output is not None:
        run.output = options.output
    run.environment = options.environment
    with use_run(run):
        found = _explore(evaluator, options, run, started)
    return replace(found, seconds=time.monotonic() - started)


def _explore(evaluator: Evaluator, options: ExploreOptions, run: TlcRun, started: float) -> Exploration:
    spec = evaluator.spec
    check_deadlock = options.check_deadlock
    if check_deadlock is None:
        check_deadlock = spec.check_deadlock is not False
    progress = Progress()
    run.named = named_registers(progress, spec, started, run, check_deadlock=check_deadlock)
    failed = _assumptions(evaluator)
    if failed is not None:
        return failed
    if spec.init is None or spec.next is None:
        return Exploration(result=Result.SUCCESS, counts=Counts(depth=1), has_behavior=False)
    model = compile_model(evaluator, is_narrow=options.is_narrow)
    search = make_search(model, options, run, progress, check_deadlock=check_deadlock)
    run.trace = lambda: trace_value(search.path(search.progress.current), spec)
    notes = symmetry_notes(evaluator)
    finding = search.run()
    if finding is not None:
        found = _found(search, finding, evaluator, options.states_shown_max)
        found = _with_postcondition(found, model, run)
    else:
        found = _after(search, model, run, options) or Exploration(result=Result.SUCCESS, counts=search.counts())
        if model.temporal is not None:
            notes = (*notes, *model.temporal.warnings)
    found = replace(
        found,
        graph=search.graph if options.keep_graph else None,
        notes=(*notes, *found.notes),
        was_stopped=run.is_stopped,
    )
    if options.inspect is not None:
        options.inspect(search, found)
    return found


def make_search(
    model: Model, options: ExploreOptions, run: TlcRun, progress: Progress, *, check_deadlock: bool
) -> Search | StepwiseSearch:
    """The search that is right for a specification: the fast one, unless something looks at the search."""
    varies = model.temporal is not None and bool(varying_atoms(model.temporal))
    if not (options.is_stepwise or options.is_depth_first or varies or not model.is_pure):
        fast = Search(
            model=model,
            limits=options.limits,
            check_deadlock=check_deadlock,
            tell=options.tell,
            progress=progress,
        )
        if can_fork():
            fast.jobs = options.jobs
        if options.keep_graph or model.temporal is not None:
            fast.graph = StateGraph(model.store, fast.initial)
        return fast
    search = StepwiseSearch(
        model=model,
        limits=options.limits,
        check_deadlock=check_deadlock,
        run_=run,
        is_depth_first=options.is_depth_first,
        tell=options.tell,
        progress=progress,
    )
    if options.keep_graph or model.temporal is not None:
        search.graph = StateGraph(model.store, search.initial)
    if varies and model.temporal is not None and search.graph is not None:
        search.watch = LivenessWatch(model.temporal, search.graph, search.set_level, search.level_of)
    return search


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


def _after(search: Search | StepwiseSearch, model: Model, run: TlcRun, options: ExploreOptions) -> Exploration | None:
    """What is checked when the search is over."""
    if model.temporal is not None and search.graph is not None:
        failed = _temporal(search, model, options)
        if failed is not None:
            return failed
    run.counter_example = lambda: make_record({"action": make_set([]), "state": make_set([])})
    postcondition = model.evaluator.spec.postcondition
    if postcondition is None:
        return None
    return _constant(model.evaluator, postcondition, search.counts())


def _temporal(search: Search | StepwiseSearch, model: Model, options: ExploreOptions) -> Exploration | None:
    plan, graph, counts, evaluator = model.temporal, search.graph, search.counts(), model.evaluator
    assert plan is not None
    assert graph is not None
    violation: LivenessViolation | None
    try:
        watch = search.watch if isinstance(search, StepwiseSearch) else None
        violation = plan.check(graph) if watch is None else watch.check()
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
        counterexample=TraceBuilder(evaluator).build(
            [graph.states[each] for each in violation.states], start, options.states_shown_max
        ),
    )


def _with_postcondition(found: Exploration, model: Model, run: TlcRun) -> Exploration:
    """TLC evaluates the postcondition after a violation, too; what it says does not change the result."""
    postcondition = model.evaluator.spec.postcondition
    if postcondition is None or found.result not in (Result.SAFETY, Result.LIVENESS, Result.DEADLOCK):
        return found
    example = found.counterexample
    run.counter_example = lambda: counter_example_value(example)
    failed = _constant(model.evaluator, postcondition, found.counts)
    if failed is None:
        return found
    reason = "is not TRUE" if failed.error is None else f"has no value: {failed.error.message}"
    return replace(found, notes=(*found.notes, f"the postcondition {postcondition.name} {reason}"))


def _found(
    search: Search | StepwiseSearch, finding: Finding, evaluator: Evaluator, states_max: int | None
) -> Exploration:
    path = search.path(finding.state)
    if finding.successor is not None:
        path.append(finding.successor)
    undecided = finding.result is Result.UNDECIDED
    traces = TraceBuilder(evaluator)
    return Exploration(
        result=finding.result,
        counts=search.counts(),
        violated=finding.violated,
        location=finding.location,
        error=finding.error,
        limit=finding.limit,
        counterexample=Counterexample() if undecided else traces.build(path, None, states_max),
    )
