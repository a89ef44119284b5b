"""What nodes say to people: the properties that are violated, a witness, the variables that are ambiguous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlatrace.engine.search.judging import Property
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.violations import Violations
from tlatrace.engine.search.witness import Witness

AMBIGUOUS_SHOWN_MAX = 5
"""Variables that a message names; more do not help a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A property that is violated on ways that explain the trace: on all of them, or on some. ``line`` is the event
    after which that was so first (None for an initial state), ``log`` the number of the file it stands in.
    """

    property: str
    line: int | None
    on_all: bool
    log: int = 0


def violations_of(
    properties: Sequence[Property], violations: Violations, nodes: Sequence[Node]
) -> tuple[Violation, ...]:
    """What was found of the properties, those that all ways violate first."""
    return tuple(
        Violation(
            property=properties[number].name,
            line=None if place is None else place[1],
            on_all=on_all,
            log=0 if place is None else place[0],
        )
        for number, place, on_all in violations.found(nodes)
    )


def witness_of(nodes: Sequence[Node]) -> Witness | None:
    """The behavior that leads to one of the nodes, to a clean one if there is one; None where none was kept."""
    node = next((each for each in nodes if each.marks.is_clean), nodes[0] if nodes else None)
    return None if node is None or node.trail is None else node.trail.witness()


def ambiguity_of(variables: Sequence[str], nodes: Sequence[Node]) -> tuple[tuple[str, int], ...]:
    """The variables that have several values in the nodes' states, with how many, the most ambiguous first."""
    found = []
    for index, name in enumerate(variables):
        count = len({(type(node.state[index]) is bool, node.state[index]) for node in nodes})
        if count > 1:
            found.append((name, count))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def ambiguity_text(found: Sequence[tuple[str, int]], states: int) -> str:
    """What is ambiguous among so many states, as the end of a message; empty where nothing is."""
    if not found:
        return ""
    shown = ", ".join(f"{name} ({count} values)" for name, count in found[:AMBIGUOUS_SHOWN_MAX])
    more = f" and {len(found) - AMBIGUOUS_SHOWN_MAX} more variables" if len(found) > AMBIGUOUS_SHOWN_MAX else ""
    return f"; before this event {states} states are possible, which differ in {shown}{more}"
