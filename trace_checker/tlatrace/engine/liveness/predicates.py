"""Atoms evaluated on the states and steps of a graph, each once, and only where somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.engine.liveness.errors import LivenessError
from tlatrace.engine.liveness.formulas import And, Formula, Literal, Or, Truth, speaks_of_steps
from tlatrace.engine.liveness.refinement import enabled_inside
from tlatrace.engine.liveness.translation import Atom
from tlatrace.syntax import ast
from tlatrace.values import shown


class Graph(Protocol):
    """A finished state graph: states by number, the initial ones, and where one step leads."""

    @property
    def states(self) -> Sequence[State]: ...

    @property
    def initial(self) -> Sequence[int]: ...

    def successors(self, number: int, /) -> Sequence[int]: ...

    def is_expanded(self, number: int, /) -> bool:
        """Whether the search looked for the state's successors before it ended."""
        ...


OnState: TypeAlias = Callable[[int], bool]
OnStep: TypeAlias = Callable[[int, int], bool]


class Predicates:
    """The truth of atoms in one graph, which may still grow.

    ``on_state`` and ``on_step`` answer for the atoms that they have, by number; the others are evaluated here.
    """

    def __init__(
        self,
        graph: Graph,
        atoms: Sequence[Atom],
        evaluator: Evaluator,
        on_state: Mapping[int, OnState] | None = None,
        on_step: Mapping[int, OnStep] | None = None,
    ) -> None:
        self._states = graph.states
        self._atoms = atoms
        self._evaluator = evaluator
        self._on_state: dict[int, OnState] = dict(on_state or {})
        self._on_step: dict[int, OnStep] = dict(on_step or {})

    def on_state(self, formula: Formula) -> OnState:
        """A formula of state predicates, ``/\\`` and ``\\/``, as a function of a state's number."""
        match formula:
            case Truth(value):
                return lambda state: value
            case Literal(atom, is_negated):
                holds = self._on_state.get(atom)
                if holds is None:
                    holds = self._on_state[atom] = self._state_atom(self._atoms[atom])
                return (lambda state: not holds(state)) if is_negated else holds
            case And(items):
                parts = [self.on_state(item) for item in items]
                return lambda state: all(part(state) for part in parts)
            case Or(items):
                parts = [self.on_state(item) for item in items]
                return lambda state: any(part(state) for part in parts)
            case _:
                raise AssertionError("a temporal formula has no truth in a state")

    def on_step(self, formula: Formula) -> OnStep:
        """A formula that may have actions in it, as a function of the two states' numbers."""
        if not speaks_of_steps(formula):
            holds_before = self.on_state(formula)
            return lambda state, successor: holds_before(state)
        match formula:
            case Literal(atom, is_negated):
                holds = self._on_step.get(atom)
                if holds is None:
                    holds = self._on_step[atom] = self._step_atom(self._atoms[atom])
                return (lambda state, successor: not holds(state, successor)) if is_negated else holds
            case And(items):
                parts = [self.on_step(item) for item in items]
                return lambda state, successor: all(part(state, successor) for part in parts)
            case Or(items):
                parts = [self.on_step(item) for item in items]
                return lambda state, successor: any(part(state, successor) for part in parts)
            case _:
                raise AssertionError("a temporal formula has no truth in a step")

    def _state_atom(self, atom: Atom) -> OnState:
        evaluate = state_evaluator(self._evaluator, atom)
        states = self._states
        known = bytearray(len(states))

        def holds(state: int) -> bool:
            if state >= len(known):
                known.extend(bytes(len(states) - len(known)))
            found = known[state]
            if not found:
                found = known[state] = 2 if truth(evaluate, atom, states[state], None) else 1
            return found == 2

        return holds

    def _step_atom(self, atom: Atom) -> OnStep:
        evaluate = self._evaluator.expression(atom.expression, atom.scope)
        states = self._states
        known: dict[tuple[int, int], bool] = {}
        kind = atom.expression.kind if isinstance(atom.expression, ast.ActionBox) else None

        def holds(state: int, successor: int) -> bool:
            if state == successor and kind is not None:  # a step that changes nothing: [A]_v holds, <<A>>_v does not
                return kind == "[]"
            key = state, successor
            found = known.get(key)
            if found is None:
                found = known[key] = truth(evaluate, atom, states[state], states[successor])
            return found

        return holds


def state_evaluator(evaluator: Evaluator, atom: Atom) -> Evaluate:
    """A function of a state, for an atom that is a state predicate."""
    if atom.home is not None:
        return enabled_inside(evaluator, atom.expression, atom.scope, atom.home)
    return evaluator.expression(atom.expression, atom.scope)


def truth(evaluate: Evaluate, atom: Atom, state: State, successor: State | None) -> bool:
    """The value of an atom, which must be TRUE or FALSE."""
    value = evaluate(state, successor)
    if not isinstance(value, bool):
        raise LivenessError(
            f"a formula must be TRUE or FALSE, and this is {shown(value)}", location=atom.expression.location
        )
    return value
