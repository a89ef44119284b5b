"""What evaluators promise: two exist, the interpreter (a slow twin, easy to trust) and the compiler to Python source.

A *state* is a tuple of values in the order of ``spec.variables``. Expressions are evaluated in a step: ``state`` is
read by unprimed variables, ``successor`` by primed ones (None where there is no step; a primed variable is then an
error, as an unassigned one is).

Every evaluation error is a :class:`~tlatrace.errors.TlatraceError` that names the expression's place and the chain of
definitions that led there; running out of Python's stack is reported as such an error, never as a RecursionError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from tlatrace.semantics.spec import ActionInstance, Scope, Spec
from tlatrace.syntax import ast
from tlatrace.values import Value

State = tuple[Value, ...]


class _Unbound:
    """The type of :data:`UNBOUND`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNBOUND"


UNBOUND: Final = _Unbound()
Argument = Value | _Unbound

Evaluate = Callable[..., Value]
"""``(state, successor, *arguments) -> value``."""


class Action(Protocol):
    """A disjunct of Next, ready to be asked for successors."""

    @property
    def instance(self) -> ActionInstance: ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the action's own parameters (``GrantVote(i, m)``: ``i``, ``m``), empty for a disjunct without a
        name.
        """
        ...

    def successors(self, state: State, arguments: Sequence[Argument] = ()) -> Iterator[tuple[State, tuple[Value, ...]]]:
        """Every successor of ``state`` by this disjunct, with the values of the action's parameters, in TLC's order and
        multiplicity.

        ``arguments``, one a parameter or none at all, fixes parameters: where an argument of the instance is the name
        of a binder, the binder is bound to the value (which must belong to the binder's domain, else there is no
        successor); any other is compared after the binders were enumerated. UNBOUND leaves a parameter to be
        enumerated.
        """
        ...


class Evaluator(Protocol):
    """One specification, ready to run."""

    @property
    def spec(self) -> Spec: ...

    @property
    def actions(self) -> tuple[Action, ...]:
        """One for each of ``spec.actions``, in its order."""
        ...

    def initial_states(self) -> Iterator[State]:
        """The states that satisfy Init, in TLC's order and multiplicity."""
        ...

    def expression(self, expression: ast.Expr, scope: Scope, parameters: tuple[str, ...] = ()) -> Evaluate:
        """A function ``(state, successor, *arguments)`` of the value of ``expression``, whose free names are
        ``parameters``, then the names of ``scope``."""
        ...
