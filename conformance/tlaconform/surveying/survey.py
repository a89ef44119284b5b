"""Looking at a mapping, its specification, and traces: what of each the others leave unused.

Nothing is searched: events are only sorted by their kind and read. What is found is of two sorts. *Obstacles* keep
traces from being checked (an event that has no rule, or lacks a field that its rule needs), or make checking pointless
(a mapping that compares nothing). *Gaps* are what nobody looks at: fields of events, variables, actions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from tlaconform.checking import Workbench
from tlaconform.errors import ConformanceError
from tlaconform.mapping import CompiledMapping, TraceMapping, TraceSource, open_logs
from tlaconform.mapping.expressions import names_used
from tlaconform.mapping.fields import EVENT, LINE, Fields, Path
from tlaconform.mapping.model import Written
from tlaconform.mapping.standalone import roots_of
from tlaconform.surveying.shapes import flattened, is_within
from tlatrace.engine.inputs import EventError, read_inputs
from tlatrace.engine.observation import Candidate, Rule, action_name
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Spec
from tlatrace.traces import Event

OBSTACLES_SHOWN_MAX = 50
"""Obstacles of the same sort differ in their lines only; a person mends the first."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an event cannot be checked: its trace and line, and how many events it is so of."""

    message: str
    trace: str
    line: int
    events: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class UnreadField:
    """A field of events that nothing reads: its name, the kinds that have it, in how many events, and one value."""

    field: str
    kinds: tuple[str, ...]
    events: int
    example: object


@dataclass(slots=True)
class Survey:
    """What was found; see the module."""

    mapping: str
    spec: str
    traces: tuple[str, ...]
    events: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    """How many events there are of each kind that has a rule."""
    obstacles: list[Obstacle] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was left out by rule."""
    rules_unused: tuple[str, ...] = ()
    """Kinds with a rule of which the traces have no event."""
    fields_unread: tuple[UnreadField, ...] = ()
    variables_unobserved: tuple[str, ...] = ()
    actions_unreachable: tuple[str, ...] = ()
    """Actions of Next that no event and no silent step can be."""
    kinds_vacuous: tuple[str, ...] = ()
    """Kinds whose events could be any of several steps, and are compared with nothing."""
    names_unused: tuple[str, ...] = ()
    """Names under `let:` that nothing reads."""

    @property
    def is_vacuous(self) -> bool:
        """Whether no rule compares anything with the events, so that every trace of known kinds could pass."""
        return bool(self.kinds) and len(self.kinds_vacuous) == len(self.kinds)

    @property
    def is_fit(self) -> bool:
        """Whether nothing keeps these traces from being checked in earnest."""
        return not self.obstacles and not self.is_vacuous


def survey(workbench: Workbench, traces: Sequence[str | FilePath], reader: str | None = None) -> Survey:
    """Look at the mapping and the specification of ``workbench``, and at ``traces``, of which there may be none.

    Raises:
        TlatraceError: the mapping, the specification, or the reading of a trace is wrong.
    """
    mapping = workbench.mapping
    counts = _Counts(mapping)
    if not traces:
        spec, rules = _loaded_alone(workbench)
        counts.notes.append("no trace was given: what events hold was not looked at")
    for trace in traces:
        with open_logs([trace], mapping, reader=reader) as source:
            loaded = workbench.load(source.header, source.name, source)
            spec, rules = loaded.spec, loaded.rules
            counts.read(source, rules)
    found = Survey(mapping=mapping.file, spec=spec.name, traces=tuple(map(str, traces)))
    counts.fill(found)
    _look_at_rules(found, mapping, spec, rules, bool(traces))
    return found


def _loaded_alone(workbench: Workbench) -> tuple[Spec, CompiledMapping]:
    try:
        loaded = workbench.load({}, "<no trace>")
    except ConformanceError as error:
        hint = "give a trace, from which the mapping takes its constants"
        raise ConformanceError(error.message, location=error.location, hint=hint) from None
    return loaded.spec, loaded.rules


class _Counts:
    """What the events of all traces hold."""

    def __init__(self, mapping: TraceMapping) -> None:
        self._mapping = mapping
        self._shared = _read_by_all(mapping)
        self.kinds: Counter[str] = Counter()
        self._obstacles: dict[str, Obstacle] = {}
        self._unread: dict[Path, tuple[Counter[str], object]] = {}
        self.notes: list[str] = []

    def read(self, source: TraceSource, rules: CompiledMapping) -> None:
        read_by = {kind: {item.path for item in rule.inputs} | self._shared for kind, rule in rules.rules.items()}
        for event in _events(source):
            trace = source.name_of(event)
            try:
                kind = rules.kind_of(event, trace)
            except EventError as error:
                self._obstacle(error, trace, event)
                continue
            self.kinds[kind] += 1
            rule = rules.rules[kind]
            try:
                arguments = read_inputs(rule.inputs, event, trace, rules.translation)
                for _, evaluate in rule.bindings:
                    arguments.append(evaluate(None, None, *arguments))
            except TlatraceError as error:
                self._obstacle(error, trace, event)
            for path, value in flattened(event.fields):
                if path and value != {} and not is_within(path, read_by[kind]):
                    self._unread.setdefault(path, (Counter(), value))[0][kind] += 1
        self.notes += source.notes

    def _obstacle(self, error: TlatraceError, trace: str, event: Event) -> None:
        known = self._obstacles.get(error.message)
        if known is None:
            self._obstacles[error.message] = Obstacle(error.message, trace, event.line, 1, error.hint or "")
        else:
            self._obstacles[error.message] = Obstacle(
                known.message, known.trace, known.line, known.events + 1, known.hint
            )

    def fill(self, found: Survey) -> None:
        found.kinds = {kind: self.kinds[kind] for kind in self._mapping.events}
        found.events = sum(self.kinds.values())
        found.obstacles = list(self._obstacles.values())[:OBSTACLES_SHOWN_MAX]
        if len(self._obstacles) > OBSTACLES_SHOWN_MAX:
            self.notes.append(f"{len(self._obstacles) - OBSTACLES_SHOWN_MAX} more obstacles are not shown")
        found.notes = self.notes
        prefix = roots_of(self._mapping).event
        found.fields_unread = tuple(
            UnreadField(_name(path, prefix), tuple(sorted(kinds)), sum(kinds.values()), example)
            for path, (kinds, example) in sorted(self._unread.items())
        )


def _events(source: TraceSource) -> Iterator[Event]:
    """Every event to be explained, in the order of the files, which is all the same here."""
    source.initial_events()
    for number, log in enumerate(source.logs):
        for event in log:
            numbered = event._replace(log=number)
            if source.takes(numbered):
                yield numbered


def _name(path: Path, prefix: Path) -> str:
    if prefix and path[: len(prefix)] == prefix:
        return ".".join((EVENT, *path[len(prefix) :]))
    return ".".join((LINE if prefix else EVENT, *path))


def _of_all_lines(mapping: TraceMapping) -> list[Written]:
    """What is read of lines whatever their kind."""
    order, initial = mapping.order, mapping.initial
    written: list[Written | None] = [mapping.kind, mapping.where]
    if order is not None:
        written += [order.process, order.key, order.clock, order.start, order.end]
    if initial is not None:
        written += [initial.events, initial.of_each, *(value for _, value in initial.state), *initial.require]
        written += [side for pair in initial.observe for side in (pair.left, pair.right)]
    return [item for item in written if item is not None]


def _read_by_all(mapping: TraceMapping) -> set[Path]:
    """The fields that are read of every line, whatever its kind."""
    fields = Fields(EVENT, roots=roots_of(mapping))
    return set[Path]().union(*(fields.paths(item.tree) for item in _of_all_lines(mapping)))


def _look_at_rules(found: Survey, mapping: TraceMapping, spec: Spec, rules: CompiledMapping, has_traces: bool) -> None:
    every = rules.rules.values()
    observed = {
        variable for rule in every for item in rule.observations if item.is_of_event for variable in item.variables
    }
    found.variables_unobserved = tuple(v.name for v in spec.variables if v.name not in observed)
    if has_traces:
        found.rules_unused = tuple(kind for kind, count in found.kinds.items() if count == 0)
    candidates = [candidate for rule in every for candidate in rule.candidates]
    candidates += [item.candidate for rule in every for item in rule.silent]
    possible = {action_name(action) for item in candidates for call in item.calls for action in call.actions}
    actions = dict.fromkeys(a.name if a.definition is None else a.definition.name for a in spec.actions)
    found.actions_unreachable = tuple(name for name in actions if name not in possible)
    found.kinds_vacuous = tuple(kind for kind, rule in rules.rules.items() if _is_vacuous(rule))
    bound = {name for rule in every for name, _ in rule.bindings} | names_used(mapping.let, _of_all_lines(mapping))
    found.names_unused = tuple(name for name in mapping.let if name not in bound)


def _is_vacuous(rule: Rule) -> bool:
    """Whether an event of this kind is compared with nothing, and may be any of several steps."""
    if any(item.is_of_event and item.variables for item in rule.observations):
        return False
    return any(candidate.guard is None and _is_open(candidate) for candidate in rule.candidates)


def _is_open(candidate: Candidate) -> bool:
    """Whether a candidate leaves it open which step it is: nothing is given of it."""
    if not candidate.calls:
        return True
    return all(
        len({action_name(action) for action in call.actions}) > 1
        or (call.choices is None and bool(call.arguments) and all(argument is None for argument in call.arguments))
        for call in candidate.calls
    )
