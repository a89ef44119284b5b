"""What an accepting verdict rests on: which actions and conjuncts the trace exercised, and what fixed its steps.

**The score** is the share, over all events and all variables of the specification, of variables that an observation of
the event compared with something the event says, *blunt* observations left out
(:mod:`tlatrace.engine.sharpness`). Where the sensitivity of the verdict was measured
(:mod:`tlatrace.engine.sensitivity`), the score is that share of noticed edits if it is smaller. So a mapping that
compares nothing has the score 0 whatever it allows, and no measurement makes a weak verdict strong.

The counts are exact; what is said of conjuncts, of open variables and of blunt observations comes from samples
(:mod:`tlatrace.engine.sampling`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.compile.exercised import Part, exercised, parts_of
from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.findings import ActionCoverage, Branch, Sensitivity, StrengthDetails
from tlatrace.engine.match import Matcher, Strength
from tlatrace.engine.sampling import Sample, Step, samples
from tlatrace.engine.search.prepared import Kind, Prepared
from tlatrace.engine.sharpness import Key, Sharpness, key_of_observation
from tlatrace.engine.trail import Trail
from tlatrace.engine.verdict import StrengthReport
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics.spec import ActionInstance, Spec
from tlatrace.values import Value, same

STEPS_PER_ACTION_MAX = 60
"""Of one action, so many steps are walked for their conjuncts; the walk is slow, and steps repeat themselves."""

STATES_COMPARED_MAX = 200
"""Of a wide frontier, so many states are compared to see which variables are open."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What samples of a trail say, for people (``details``) and for the score (``blunt``); without details where no
    trail was kept.
    """

    details: StrengthDetails | None
    blunt: frozenset[Key]


def report(
    matcher: Matcher,
    spec: Spec,
    *,
    counts: Strength | None = None,
    measured: Measured | None = None,
    sensitivity: Sensitivity | None = None,
    required: float = 0.0,
) -> StrengthReport:
    """The strength of a verdict; ``counts`` are those of the search where it is not the matcher's own."""
    counts = counts or matcher.strength
    variables = [variable.name for variable in spec.variables]
    names = dict.fromkeys(a.definition.name if a.definition is not None else a.name for a in spec.actions)
    expected = {kind: matcher.expected(kind) for kind in counts.kinds}
    observed: Counter[str] = Counter()
    for kind, count in counts.kinds.items():
        for variable in expected[kind].variables:
            observed[variable] += count
    score = _score(matcher, counts, len(variables), frozenset() if measured is None else measured.blunt)
    measured_events = counts.events - counts.followed
    return StrengthReport(
        events=counts.events,
        actions=dict(counts.actions),
        actions_never=tuple(name for name in names if name not in counts.actions),
        observed={name: observed[name] for name in variables if observed[name]},
        never_observed=tuple(name for name in variables if not observed[name]),
        observations=sum(expected[kind].telling * count for kind, count in counts.kinds.items()),
        arguments_given=sum(expected[kind].arguments_given * count for kind, count in counts.kinds.items()),
        frontier_max=counts.frontier_max,
        frontier_mean=counts.frontier_sum / measured_events if measured_events else 1.0,
        score=score if sensitivity is None else min(score, sensitivity.total.share),
        required=required,
        details=None if measured is None else measured.details,
        sensitivity=sensitivity,
    )


def measure(trail: Trail, interpreter: Interpreter) -> Measured:
    """What samples of the trail say of an accepted trace."""
    coverage = _Coverage(interpreter)
    sharpness = Sharpness([variable.name for variable in interpreter.spec.variables])
    pins = _Pins(interpreter.spec)
    for sample in samples(trail):
        sharpness.look_at(sample)
        for way in sample.ways:
            for step in way:
                coverage.look_at(step)
        if not sample.is_first:
            pins.look_at(sample)
    blunt = sharpness.blunt
    observed, determined, still_open = pins.means(blunt)
    details = StrengthDetails(
        coverage=coverage.result(),
        observed=observed,
        determined=determined,
        open=still_open,
        open_by_variable=pins.open_by_variable(),
        events_examined=len(pins.seen),
        widest_line=trail.widest_line,
        widest=trail.widest,
        ambiguous_events=trail.ambiguous,
        blunt=tuple(dict.fromkeys(text for _, _, text in sorted(blunt, key=_by_place))),
        never_change=pins.never_change(),
    )
    return Measured(details, blunt)


def measure_kept(kept: Mapping[Kind, Sequence[tuple[Prepared, State]]], spec: Spec) -> Measured:
    """What can be said where no trail was kept, from some events of each kind with a state after each: which
    observations are blunt.
    """
    sharpness = Sharpness([variable.name for variable in spec.variables])
    for events in kept.values():
        for prepared, state in events:
            # Of the state before it nothing is known: what is said of that one is not tried, and counts.
            sharpness.look_at(Sample(prepared, (state,), (state,), (), is_first=True), only_after=True)
    return Measured(None, sharpness.blunt)


def _by_place(key: Key) -> tuple[str, int, int, str]:
    kind, place, text = key
    return place.file, place.line, place.column, f"{text} {kind}"


def _score(matcher: Matcher, counts: Strength, variables: int, blunt: frozenset[Key]) -> float:
    """The share of variables that a sharp observation compared, over all events; see the module."""
    pairs = counts.events * variables
    if not pairs:
        return 0.0
    return sum(len(_compared(matcher, kind, blunt)) * count for kind, count in counts.kinds.items()) / pairs


def _compared(matcher: Matcher, kind: Kind, blunt: frozenset[Key]) -> frozenset[str]:
    return frozenset(
        variable
        for observation in matcher.expected(kind).observations
        if observation.is_of_event and key_of_observation(kind[0], observation) not in blunt
        for variable in observation.variables
    )


class _Coverage:
    """The conjuncts of actions that were true on some step."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._instances: dict[str, list[ActionInstance]] = {}
        for instance in interpreter.spec.actions:
            name = instance.name if instance.definition is None else instance.definition.name
            self._instances.setdefault(name, []).append(instance)
        self._missing: dict[str, dict[Location, Part]] = {}
        self._parts: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()

    def look_at(self, step: Step) -> None:
        name = step.action
        if name not in self._instances or self._steps[name] >= STEPS_PER_ACTION_MAX:
            return
        if name not in self._missing:
            parts = {
                part.location: part for each in self._instances[name] for part in parts_of(self._interpreter, each)
            }
            self._missing[name] = dict(parts)
            self._parts[name] = len(parts)
        self._steps[name] += 1
        missing = self._missing[name]
        if missing:
            for instance in self._instances[name]:
                for place in self._places(instance, step):
                    missing.pop(place, None)

    def _places(self, instance: ActionInstance, step: Step) -> Iterable[Location]:
        try:
            return exercised(self._interpreter, instance, step.state, step.successor, step.arguments)
        except TlatraceError:
            return ()  # The twin cannot walk it; what it did not see is reported as not seen.

    def result(self) -> tuple[ActionCoverage, ...]:
        return tuple(
            ActionCoverage(
                action=name,
                conjuncts=self._parts[name],
                never=tuple(Branch(text=part.text, location=part.location) for part in missing.values()),
                steps_examined=self._steps[name],
            )
            for name, missing in sorted(self._missing.items())
        )


class _Pins:
    """What the variables were fixed by after each event of the samples."""

    def __init__(self, spec: Spec) -> None:
        self._names = [variable.name for variable in spec.variables]
        self.seen: list[tuple[Sample, frozenset[int]]] = []
        self._open: Counter[str] = Counter()
        self._changed: set[int] = set()

    def look_at(self, sample: Sample) -> None:
        states = sample.after[:STATES_COMPARED_MAX]
        still_open = frozenset(index for index in range(len(self._names)) if _differs(states, index))
        self.seen.append((sample, still_open))
        for index in still_open:
            self._open[self._names[index]] += 1
        before = sample.before[0]
        for index in range(len(self._names)):
            if index not in self._changed and any(not _same(before[index], state[index]) for state in states):
                self._changed.add(index)

    def means(self, blunt: frozenset[Key]) -> tuple[float, float, float]:
        """Variables an event that were observed, determined, and open."""
        total = len(self._names)
        observed = still_open = 0
        for sample, open_ in self.seen:
            kind = sample.prepared.rule.kind
            compared = {
                variable
                for o in sample.prepared.observations
                if o.is_of_event and key_of_observation(kind, o) not in blunt
                for variable in o.variables
            }
            still_open += len(open_)
            observed += sum(name in compared and index not in open_ for index, name in enumerate(self._names))
        count = max(1, len(self.seen))
        return observed / count, (total * len(self.seen) - observed - still_open) / count, still_open / count

    def open_by_variable(self) -> dict[str, float]:
        count = max(1, len(self.seen))
        return {name: number / count for name, number in sorted(self._open.items(), key=lambda item: -item[1])}

    def never_change(self) -> tuple[str, ...]:
        """The variables that no step of the samples changes."""
        return tuple(name for index, name in enumerate(self._names) if index not in self._changed)


def _differs(states: tuple[State, ...], index: int) -> bool:
    return any(not _same(states[0][index], state[index]) for state in states[1:])


def _same(a: Value, b: Value) -> bool:
    return a is b or same(a, b)
