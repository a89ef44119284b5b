"""From numbers of states to a behavior for people: each state with the action that led there."""

from __future__ import annotations

from collections.abc import Sequence

from tlatrace.compile.api import Evaluator, State
from tlatrace.engine.explore.outcome import Counterexample, TraceState
from tlatrace.engine.explore.registers import trace_value
from tlatrace.engine.states import key_of
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.stdlib import current_run
from tlatrace.values import Value, to_text
from tlatrace.values.functions import FunctionValue

ARGUMENT_LENGTH_MAX = 60
"""An argument longer than this is cut in the name of an action."""


class TraceBuilder:
    """Makes counterexamples of one specification."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        spec = evaluator.spec
        self._names = tuple(variable.name for variable in spec.variables)
        self._alias = None if spec.alias is None else evaluator.expression(spec.alias.body, spec.alias.scope)

    def build(
        self, states: Sequence[State], loop_start: int | None = None, states_max: int | None = None
    ) -> Counterexample:
        """A counterexample of these states, the last ``states_max`` of them. ``loop_start`` counts from 1."""
        made = []
        omitted = 0 if states_max is None else max(0, len(states) - states_max)
        for index, state in enumerate(states[omitted:], omitted):
            action, location = (None, None) if index == 0 else self._step(states[index - 1], state)
            following = states[index + 1] if index + 1 < len(states) else state
            if index + 1 == len(states) and loop_start is not None:
                following = states[loop_start - 1]
            made.append(
                TraceState(
                    number=index + 1,
                    action=action,
                    location=location,
                    state=state,
                    values=self._values_after(states[: index + 1], following),
                )
            )
        return Counterexample(states=tuple(made), loop_start=loop_start, omitted=omitted)

    def _step(self, state: State, successor: State) -> tuple[str | None, Location | None]:
        wanted = key_of(successor)
        for action in self._evaluator.actions:
            try:
                for found, arguments in action.successors(state):
                    if key_of(found) == wanted:
                        name = action.instance.name
                        shown = ", ".join(_cut(each) for each in arguments)
                        return f"{name}({shown})" if arguments else name, action.instance.location
            except TlatraceError:
                # What the search met there already is told where it belongs, not for the name of a step.
                continue
        return "stuttering" if wanted == key_of(state) else None, None

    def _values_after(self, path: Sequence[State], following: State) -> tuple[tuple[str, Value], ...]:
        """What is shown of a path's last state. ``TLCGet("level")`` and ``Trace`` in an ALIAS speak of the path."""
        if self._alias is None:
            return self._values(path[-1], following)
        run = current_run()
        named, trace = run.named, run.trace
        run.named = {**named, "level": lambda: len(path)}
        run.trace = lambda: trace_value(path, self._evaluator.spec)
        try:
            return self._values(path[-1], following)
        finally:
            run.named, run.trace = named, trace

    def _values(self, state: State, following: State) -> tuple[tuple[str, Value], ...]:
        if self._alias is not None:
            try:
                value = self._alias(state, following)
            except TlatraceError:
                # As TLC: where the alias has no value (a last state has no successor), the variables are shown.
                return tuple(zip(self._names, state, strict=True))
            keys = tuple(value.keys()) if isinstance(value, FunctionValue) else ()
            if isinstance(value, FunctionValue) and all(isinstance(key, str) for key in keys):
                return tuple(zip(map(str, keys), value.values(), strict=True))
        return tuple(zip(self._names, state, strict=True))


def _cut(value: Value) -> str:
    text = to_text(value)
    return text if len(text) <= ARGUMENT_LENGTH_MAX else text[: ARGUMENT_LENGTH_MAX - 1] + "…"
