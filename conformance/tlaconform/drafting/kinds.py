"""What kinds of events there are, and which action each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlaconform.drafting.evidence import Evidence, Guess, at
from tlaconform.drafting.likeness import LIKELY, best
from tlaconform.drafting.sample import Path
from tlaconform.drafting.spec_view import ActionView

KIND_NAMES = ("event", "action", "name", "op", "operation_name", "kind", "type", "tag", "function", "label", "msg")
"""What the field that says what an event is, is called where no value is like an action."""

KINDS_MAX = 200
"""A field with more values than this does not say what an event is."""


def field_of_kinds(evidence: Evidence) -> tuple[Path | None, Guess]:
    """The field that says what an event is, as its path and with what is doubtful about it."""
    names = [action.name for action in evidence.spec.actions]
    count = len(evidence.sample.events)
    scored: list[tuple[float, int, Path]] = []
    for path, seen in evidence.fields.items():
        if seen.events < count or not seen.all_are(str) or len(seen.values) >= KINDS_MAX:
            continue
        scores = [score if score >= LIKELY else 0.0 for _, score in (best(v, names) for v in seen.values)]
        scored.append((sum(scores) / len(scores), -len(path), path))
    scored.sort(key=lambda item: (-item[0], -item[1]))
    if scored and scored[0][0] >= LIKELY / 2:
        others = [item[2] for item in scored[1:] if item[0] >= scored[0][0] - 0.15]
        doubt = f"or {evidence.choices(others)}" if others else ""
        return scored[0][2], Guess("", doubt)
    named = [item[2] for item in scored if item[2][-1] in KIND_NAMES]
    if named:
        path = min(named, key=lambda item: (KIND_NAMES.index(item[-1]), len(item)))
        return path, Guess("", f"its values are not like actions; or {evidence.choices([i[2] for i in scored])}")
    return None, Guess('"event"', "no field is a text in every event: write what tells one kind from another")


def event_within(evidence: Evidence, kind: Path) -> Path:
    """The part of a line that is the event: the object that holds the kind, if most else is in it, too."""
    prefix = kind[:-1]
    if not prefix:
        return ()
    leaves = [path for path, seen in evidence.fields.items() if not seen.is_object]
    within = sum(path[: len(prefix)] == prefix for path in leaves)
    return prefix if within * 2 > len(leaves) else ()


def by_kind(evidence: Evidence, kind: Path | None) -> dict[str, list[Mapping[str, Any]]]:
    """The events of each kind."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in evidence.sample.events:
        value = at(event, kind or ())
        found.setdefault(value if kind is not None else "event", []).append(event)
    return found


def action_of(evidence: Evidence, kind: str) -> tuple[ActionView | None, float]:
    """The action that is most like a kind by its name, and how much it is; None where it is hardly."""
    name, score = best(kind, [action.name for action in evidence.spec.actions])
    if score < LIKELY:
        return None, score
    return next(action for action in evidence.spec.actions if action.name == name), score
