"""A survey as text for people, and as JSON; the schema of the latter is ``survey.schema.json`` beside this file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tlaconform.style import Style
from tlaconform.surveying.survey import Survey

SURVEY_VERSION = 1

EXAMPLE_LENGTH_MAX = 40


def survey_object(found: Survey) -> dict[str, Any]:
    """A survey as plain data."""
    head = {"format": "tla-conformance/map-survey", "version": SURVEY_VERSION}
    plain = json.loads(json.dumps(asdict(found)))
    return {**head, **plain, "is_vacuous": found.is_vacuous, "is_fit": found.is_fit}


def survey_lines(found: Survey, style: Style) -> Iterator[str]:
    """A survey as lines without ends."""
    yield style.bold(f"{found.mapping} for {found.spec}")
    if found.traces:
        yield f"{found.events} events of {len(found.traces)} {'trace' if len(found.traces) == 1 else 'traces'}"
        for kind, count in found.kinds.items():
            yield f"  {count:>8}  {kind}"
    for obstacle in found.obstacles:
        times = f" ({obstacle.events} events)" if obstacle.events > 1 else ""
        yield f"{style.bad('obstacle')}  {obstacle.trace}:{obstacle.line}: {obstacle.message}{times}"
        if obstacle.hint:
            yield f"          hint: {obstacle.hint}"
    if found.is_vacuous:
        yield f"{style.bad('vacuous')}   no event is compared with anything: every trace of known kinds could pass"
    elif found.kinds_vacuous:
        yield from _listed("compared with nothing", found.kinds_vacuous, style)
    yield from _listed("no event is", found.rules_unused, style)
    yield from _listed("never observed", found.variables_unobserved, style)
    yield from _listed("no event can be", found.actions_unreachable, style)
    yield from _listed("`let` names never read", found.names_unused, style)
    if found.fields_unread:
        yield style.warn("fields never read")
        for item in found.fields_unread:
            of_all = len(item.kinds) == sum(count > 0 for count in found.kinds.values())
            kinds = "events of every kind" if of_all else f"events of {', '.join(item.kinds)}"
            yield f"  {item.field}  {style.dim(_shown(item.example))}  in {item.events} {kinds}"
    for note in found.notes:
        yield style.dim(f"note: {note}")
    yield (
        style.good("nothing keeps traces from being checked") if found.is_fit else style.bad("the mapping does not fit")
    )


def _listed(what: str, names: tuple[str, ...], style: Style) -> Iterator[str]:
    if names:
        yield f"{style.warn(what)}: {', '.join(names)}"


def _shown(example: object) -> str:
    text = json.dumps(example, ensure_ascii=False)
    return text if len(text) <= EXAMPLE_LENGTH_MAX else text[: EXAMPLE_LENGTH_MAX - 1] + "…"
