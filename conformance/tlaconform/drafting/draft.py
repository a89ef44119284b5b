"""Guessing a mapping: what is sure, what is likely, and what a person has to decide.

The field that says what an event is, is the one whose values are most like the names of actions. Arguments are found by
the names of parameters and of what they range over, observations by the names of variables, constants in the header.
Nothing here is more than a guess: what is not the same by name is marked, with the choices there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from tlaconform.drafting.arguments import Arguments, acting_node
from tlaconform.drafting.constants import meaning_of_null, order_of_events, value_of
from tlaconform.drafting.evidence import SHOWN_MAX, Evidence, Guess
from tlaconform.drafting.kinds import action_of, by_kind, event_within, field_of_kinds
from tlaconform.drafting.likeness import SURE
from tlaconform.drafting.observations import Observations
from tlaconform.drafting.sample import Path, SeenField, read_sample
from tlaconform.drafting.spec_view import ActionView, view_of
from tlatrace.semantics import load_spec


@dataclass(slots=True)
class Draft:
    """The sections of a mapping, each entry with what is doubtful about it."""

    spec: str
    trace: str
    reader: str
    event: str = ""
    kind: Guess = field(default_factory=lambda: Guess(""))
    order: Guess | None = None
    model_values: tuple[str, ...] = ()
    constants: dict[str, Guess] = field(default_factory=dict)
    null: Guess | None = None
    sets: tuple[str, ...] = ()
    """Fields whose arrays are sets."""
    models: tuple[str, ...] = ()
    """Fields whose texts are the names of model values of the configuration."""
    let: dict[str, Guess] = field(default_factory=dict)
    observe: dict[str, Guess] = field(default_factory=dict)
    observe_if_present: dict[str, Guess] = field(default_factory=dict)
    events: dict[str, Guess] = field(default_factory=dict)
    unused_actions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def doubts(self) -> int:
        """How many entries a person has to look at."""
        tables = (self.constants, self.let, self.observe, self.observe_if_present, self.events)
        guesses = [guess for table in tables for guess in table.values()]
        guesses += [guess for guess in (self.kind, self.order, self.null) if guess is not None]
        return sum(bool(guess.doubt) for guess in guesses)


def draft_mapping(
    spec: FilePath,
    trace: str | FilePath,
    *,
    config: FilePath | None = None,
    library: Sequence[FilePath] = (),
    reader: str | None = None,
) -> Draft:
    """A first mapping.

    Raises:
        TlatraceError: the specification or the trace cannot be read.
    """
    loaded = load_spec(spec, config, library=library, without_constants=True)
    return _draft(Evidence(view_of(loaded), read_sample(trace, reader)))


def _draft(evidence: Evidence) -> Draft:
    """One guess after the other: each may go by what those before it have read."""
    spec, sample = evidence.spec, evidence.sample
    found = Draft(spec=spec.name, trace=sample.file, reader=sample.reader)
    kind_path, found.kind = field_of_kinds(evidence)
    if kind_path is not None:
        evidence.read.add(kind_path)
        evidence.prefix = event_within(evidence, kind_path)
        found.kind = Guess(evidence.text(kind_path), found.kind.doubt)
    if evidence.prefix:
        found.event = ".".join(("line", *evidence.prefix))
    kinds = by_kind(evidence, kind_path)
    actions = {kind: action_of(evidence, kind) for kind in kinds}
    arguments = Arguments(evidence)
    given = {
        kind: arguments.of(action, evidence.within(sample.fields(events)))
        for kind, events in kinds.items()
        if (action := actions[kind][0]) is not None
    }
    evidence.node = acting_node(evidence, given.values())
    name = _name_of_node(evidence)
    if evidence.node is not None and name != evidence.text(evidence.node):
        found.let[name] = Guess(evidence.text(evidence.node))
    for kind in kinds:
        found.events[kind] = _event(evidence, actions[kind], given.get(kind, ()), name)
    observed = Observations(evidence, arguments, name).find()
    found.observe, found.observe_if_present, found.sets = observed.always, observed.if_present, observed.sets
    found.models = tuple(
        evidence.text(path) for path, seen in evidence.fields.items() if _is_of_models(evidence, path, seen)
    )
    found.order = order_of_events(evidence)
    found.constants = {constant.name: value_of(evidence, arguments, constant) for constant in spec.constants}
    found.model_values = tuple(name for name, guess in found.constants.items() if guess.text == name)
    if any(item.has_null for item in evidence.fields.values()):
        found.null = meaning_of_null(evidence)
    matched = {action.name for action, _ in actions.values() if action is not None}
    found.unused_actions = tuple(action.name for action in spec.actions if action.name not in matched)
    found.unread = tuple(evidence.text(path) for path in evidence.unread())
    return found


def _event(
    evidence: Evidence,
    found: tuple[ActionView | None, float],
    arguments: Sequence[tuple[Path | None, str]],
    name: str,
) -> Guess:
    """What an event of a kind is: the action with its arguments."""
    action, score = found
    if action is None:
        known = ", ".join(item.name for item in evidence.spec.actions[: 2 * SHOWN_MAX])
        return Guess("Next", f"which action is this, or `stutter`? There are {known}")
    doubts = [] if score >= SURE else [f"{action.name}?"]
    texts = []
    for (path, doubt), parameter in zip(arguments, action.parameters, strict=True):
        if path is None:
            texts.append("ANY")
        else:
            texts.append(name if path == evidence.node else evidence.text(path))
        if doubt:
            doubts.append(f"{parameter}: {doubt}")
    call = f"{action.name}({', '.join(texts)})" if texts else action.name
    return Guess(call, "; ".join(doubts))


def _name_of_node(evidence: Evidence) -> str:
    """What the acting node is called: a name of its own, if every event has it."""
    if evidence.node is not None and evidence.fields[evidence.node].events < len(evidence.sample.events):
        return evidence.text(evidence.node)
    return next(name for name in ("n", "node", "self", "who", "acting_node") if name not in evidence.spec.names)


def _is_of_models(evidence: Evidence, path: Path, seen: SeenField) -> bool:
    """Whether all texts of a field that is read are names of model values."""
    texts = [text for value in seen.values for text in (value if isinstance(value, list) else [value])]
    known = evidence.spec.model_values
    return bool(texts) and path in evidence.read and all(isinstance(each, str) and each in known for each in texts)
