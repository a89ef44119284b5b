"""One behavior that explains the trace, kept while it is searched for: only where it is asked for, and as changes.

A trail is a chain of steps, each of which holds the variables that it changed. Chains share their beginnings; those
that lead nowhere are freed with the last node that refers to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tlatrace.compile.api import State
from tlatrace.values import Value, to_json

Changes = tuple[tuple[int, Value], ...]
"""Variables by index, with their new values."""


@dataclass(frozen=True, slots=True)
class WitnessStep:
    """One step of a witness: the action with the values of its parameters, where known; the event that it explains
    (None for a silent step, or one within a composition that is not its last), and the variables that it changed.

    An event that is explained without a step (``stutter``) has the action ``""`` and no changes.
    """

    action: str
    arguments: tuple[Value, ...]
    line: int | None
    log: int
    changes: Changes


@dataclass(frozen=True, slots=True)
class Witness:
    """A behavior: its first state, and what changed in each step."""

    initial: State
    steps: tuple[WitnessStep, ...]

    def states(self) -> Iterator[State]:
        """Every state, the first one included."""
        state = self.initial
        yield state
        for step in self.steps:
            state = changed(state, step.changes)
            yield state


@dataclass(frozen=True, slots=True)
class KeptWitness:
    """A behavior with the names of its variables."""

    variables: tuple[str, ...]
    behavior: Witness

    def to_json(self) -> dict[str, Any]:
        """As changes; values with the tags of ITF."""
        names = self.variables
        return {
            "initial": {name: to_json(value) for name, value in zip(names, self.behavior.initial, strict=True)},
            "steps": [
                {
                    "action": step.action,
                    "arguments": [to_json(value) for value in step.arguments],
                    "line": step.line,
                    "log": step.log,
                    "changes": {names[index]: to_json(value) for index, value in step.changes},
                }
                for step in self.behavior.steps
            ],
        }


class Trail:
    """The end of a chain: a step and what was before it; the first has the initial state instead of a step."""

    __slots__ = ("before", "initial", "step")

    def __init__(self, before: Trail | None, step: WitnessStep | None, initial: State | None = None) -> None:
        self.before = before
        self.step = step
        self.initial = initial

    def then(
        self, action: str, arguments: Sequence[Any], state: State, successor: State, line: int | None, log: int
    ) -> Trail:
        """The chain with one step more."""
        return Trail(self, WitnessStep(action, tuple(arguments), line, log, changes(state, successor)))

    def witness(self) -> Witness:
        """The whole behavior."""
        steps: list[WitnessStep] = []
        link: Trail = self
        while link.before is not None:
            assert link.step is not None
            steps.append(link.step)
            link = link.before
        assert link.initial is not None
        return Witness(link.initial, tuple(reversed(steps)))


def trail_of(witness: Witness) -> Trail:
    """A chain of its own for a witness that was kept."""
    link = Trail(None, None, witness.initial)
    for step in witness.steps:
        link = Trail(link, step)
    return link


def changes(state: State, successor: State) -> Changes:
    """What differs, by identity or else by value."""
    if state is successor:
        return ()
    return tuple(
        (index, new)
        for index, (old, new) in enumerate(zip(state, successor, strict=True))
        if old is not new and (type(old) is not type(new) or old != new)
    )


def changed(state: State, differences: Changes) -> State:
    """``state`` with the changes made."""
    if not differences:
        return state
    values = list(state)
    for index, value in differences:
        values[index] = value
    return tuple(values)
