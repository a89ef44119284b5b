"""Expressions of a mapping over events and the specification, made ready for the engine.

A set of expressions that are evaluated together shares its *parameters*: the fields that it reads (inputs), then the
names under ``let:`` that it uses (bindings). An expression that needs a field which an event may lack is told apart:
its parameter is MISSING then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlaconform.errors import MappingError
from tlaconform.mapping.conversions import Treatment
from tlaconform.mapping.fields import EVENT, LINE, Fields, Roots
from tlaconform.mapping.model import Written
from tlatrace.compile.api import Evaluate, Evaluator
from tlatrace.engine.inputs import MISSING, Input, Translation, read_inputs
from tlatrace.semantics import check_expression
from tlatrace.semantics.reads import speaks_of_steps, variables_read
from tlatrace.semantics.spec import Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event
from tlatrace.values import Value


class Reads:
    """What the expressions of a mapping read of the specification. Most are shared by all of its rules, and looked at
    once.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        # By identity: the mapping keeps its trees alive.
        self._variables: dict[int, frozenset[str]] = {}
        self._of_steps: dict[int, bool] = {}

    def variables(self, tree: ast.Expr) -> frozenset[str]:
        if id(tree) not in self._variables:
            self._variables[id(tree)] = variables_read(tree, self._scope)
        return self._variables[id(tree)]

    def speaks_of_steps(self, tree: ast.Expr) -> bool:
        if id(tree) not in self._of_steps:
            self._of_steps[id(tree)] = speaks_of_steps(tree, self._scope)
        return self._of_steps[id(tree)]

    def refuse_variables(self, written: Written, where: str) -> None:
        """For what is evaluated once an event, in no state.

        Raises:
            MappingError: it reads a variable of the specification.
        """
        variables = sorted(self.variables(written.tree))
        if variables:
            raise MappingError(
                f"{where} reads the variable {variables[0]}; expected an expression over the event alone",
                location=written.location,
            )

    def refuse_primes(self, written: Written, where: str) -> None:
        """For what is evaluated in one state.

        Raises:
            MappingError: it speaks of a step.
        """
        if self.speaks_of_steps(written.tree):
            raise MappingError(
                f"{where} has a prime, but there is no step yet; expected an expression over the event and one state",
                location=written.location,
            )


@dataclass(frozen=True, slots=True)
class Context:
    """What all expressions of one mapping, compiled for one specification, have in common."""

    evaluator: Evaluator
    roots: Roots
    treatment: Treatment
    translation: Translation
    let: Mapping[str, Written]
    reads: Reads

    def plain(self, written: Written) -> Evaluate:
        """What evaluates an expression that reads no event."""
        scope = self.evaluator.spec.scope
        return self.evaluator.expression(check_expression(written.tree, scope, ()), scope, ())


class Together:
    """Expressions that share their parameters. ``required`` are read whatever an event has, ``optional`` only if it has
    what they need.
    """

    def __init__(self, context: Context, required: Sequence[Written], optional: Sequence[Written] = ()) -> None:
        self._context = context
        self._fields = Fields(EVENT, roots=context.roots, treatment=context.treatment)
        let = context.let
        needed, used = names_used(let, required), names_used(let, (*required, *optional))
        for written in (*required, *(let[name] for name in let if name in needed)):
            self._fields.add(written.tree)
        for written in (*optional, *(let[name] for name in let if name in used - needed)):
            self._fields.add(written.tree, is_optional=True)
        self._let = {name: written for name, written in let.items() if name in used}
        self._lackable: dict[str, tuple[int, ...]] = {}
        for name, written in self._let.items():
            self._lackable[name] = self.needs((written.tree,))

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self._fields.inputs

    @property
    def parameters(self) -> tuple[str, ...]:
        """What every expression is called with after the two states."""
        return (*self._fields.names, *self._let)

    def bindings(self) -> tuple[tuple[str, Evaluate], ...]:
        """The names under ``let:`` that are used, over the inputs and earlier names."""
        found: list[tuple[str, Evaluate]] = []
        known = self._fields.names
        evaluator = self._context.evaluator
        scope = evaluator.spec.scope
        for name, written in self._let.items():
            tree = check_expression(self._fields.replaced(written.tree), scope, known)
            evaluate = evaluator.expression(tree, scope, known)
            found.append((name, _unless_missing(evaluate, self._lackable[name])))
            known = (*known, name)
        return tuple(found)

    def needs(self, trees: Iterable[ast.Expr]) -> tuple[int, ...]:
        """The numbers of the parameters that ``trees`` need and an event may lack."""
        every = tuple(trees)
        numbers = set(self._fields.optional(every))
        names = {node.name for tree in every for node in walk(tree) if isinstance(node, ast.Name)}
        first = len(self._fields.names)
        for number, name in enumerate(self._let, first):
            if name in names and self._lackable.get(name):
                numbers.add(number)
        return tuple(sorted(numbers))

    def tree(self, tree: ast.Expr, more: tuple[str, ...] = ()) -> ast.Expr:
        """``tree`` over the parameters, and ``more`` names after them."""
        names = (*self.parameters, *more)
        return check_expression(self._fields.replaced(tree), self._context.evaluator.spec.scope, names)

    def evaluate(self, tree: ast.Expr, more: tuple[str, ...] = ()) -> Evaluate:
        """What evaluates a tree that :meth:`tree` gave, with the same names."""
        names = (*self.parameters, *more)
        return self._context.evaluator.expression(tree, self._context.evaluator.spec.scope, names)

    def compiled(self, written: Written) -> Evaluate:
        """What evaluates ``written``."""
        return self.evaluate(self.tree(written.tree))

    def is_of_event(self, tree: ast.Expr) -> bool:
        """Whether ``tree`` reads anything of the event."""
        names = (EVENT, LINE, *self._let)
        return any(isinstance(node, ast.Name) and node.name in names for node in walk(tree))

    def reader(self) -> Callable[[Event, str], list[Any]]:
        """What gives the parameters for an event; the second argument names the trace in errors."""
        inputs, bindings, translation = self.inputs, self.bindings(), self._context.translation

        def read(event: Event, trace: str) -> list[Any]:
            arguments = read_inputs(inputs, event, trace, translation)
            for _, evaluate in bindings:
                arguments.append(evaluate(None, None, *arguments))
            return arguments

        return read


def names_used(let: Mapping[str, Written], expressions: Sequence[Written]) -> set[str]:
    """The names under ``let`` that ``expressions`` use, also through one another."""
    used: set[str] = set()
    pending = list(expressions)
    while pending:
        for node in walk(pending.pop().tree):
            if isinstance(node, ast.Name) and node.name in let and node.name not in used:
                used.add(node.name)
                pending.append(let[node.name])
    return used


def _unless_missing(evaluate: Evaluate, needed: tuple[int, ...]) -> Evaluate:
    if not needed:
        return evaluate

    def guarded(state: Any, successor: Any, *arguments: Any) -> Value:
        if any(arguments[number] is MISSING for number in needed):
            return MISSING  # type: ignore[return-value]
        return evaluate(state, successor, *arguments)

    return guarded
