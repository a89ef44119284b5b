"""``initial:`` of a mapping: the states before the first event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tlaconform.errors import MappingError
from tlaconform.mapping.expressions import Context, Together
from tlaconform.mapping.model import InitialEntry
from tlatrace.compile.api import Evaluate, State
from tlatrace.engine.states import StateSet
from tlatrace.syntax import ast
from tlatrace.traces import Event
from tlatrace.values import equal, to_text


class CompiledInitial:
    """Makes the initial states of a trace from those of the specification and what the first events say."""

    def __init__(self, entry: InitialEntry, context: Context) -> None:
        """Raises:
        MappingError: ``state`` gives a value to what is no variable, or to one twice, or speaks of a step.
        """
        reads = context.reads
        pairs = [side for pair in entry.observe for side in (pair.left, pair.right)]
        every = [*(value for _, value in entry.state), *pairs, *entry.require]
        for written in every:
            reads.refuse_primes(written, "`initial`")
        together = Together(context, every)
        spec = context.evaluator.spec
        indexes = {variable.name: variable.index for variable in spec.variables}
        self._assigned: list[tuple[int, Evaluate, str]] = []
        for name, value in entry.state:
            if not isinstance(name.tree, ast.Name) or name.tree.name not in indexes:
                raise MappingError(
                    f"`{name.text}` is no variable of the specification; expected one of {', '.join(indexes)}",
                    location=name.location,
                    hint="a part of a variable: `x: [x EXCEPT ![n] = event.x]`",
                )
            self._assigned.append((indexes[name.tree.name], together.compiled(value), value.text))
        self._conditions: list[tuple[Evaluate, Evaluate | None, str]] = [
            (together.compiled(pair.left), together.compiled(pair.right), pair.left.text) for pair in entry.observe
        ]
        self._conditions += [(together.compiled(item), None, item.text) for item in entry.require]
        self._read: Callable[[Event, str], list[Any]] = together.reader()
        self._width = len(spec.variables)
        read = frozenset(name for _, value in entry.state for name in reads.variables(value.tree))
        self.needs_init = len({index for index, *_ in self._assigned}) < self._width or bool(read)
        """Whether the states of Init are needed; they are not, where the events give all variables."""

    def states(self, states: Iterable[State], events: Sequence[tuple[Event, str]]) -> tuple[State, ...]:
        """The initial states: those of Init, changed and sorted out by each of ``events`` (with the name of its file)
        in turn.

        Raises:
            TlatraceError: an event cannot be read, or an expression cannot be evaluated.
        """
        found: list[State] = list(states) if self.needs_init else [(None,) * self._width]  # type: ignore[list-item]
        for event, trace in events:
            arguments = self._read(event, trace)
            made = (self._assign(state, arguments) for state in found)
            found = [state for state in made if self._holds(state, arguments)]
        return tuple(StateSet(found))

    def _assign(self, state: State, arguments: list[Any]) -> State:
        """All expressions are read in the state as it was."""
        changed = list(state)
        for index, evaluate, _ in self._assigned:
            changed[index] = evaluate(state, None, *arguments)
        return tuple(changed)

    def _holds(self, state: State, arguments: list[Any]) -> bool:
        for left, right, text in self._conditions:
            value = left(state, None, *arguments)
            if right is not None:
                if not equal(value, right(state, None, *arguments)):
                    return False
            elif value is not True and value is not False:
                raise MappingError(f"`{text}` under `initial` is {to_text(value)}; expected TRUE or FALSE")
            elif not value:
                return False
        return True
