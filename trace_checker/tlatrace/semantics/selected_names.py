"""``I(x)!J!Op(y)`` and ``Def!1!lab``: names through instances, and parts of definitions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tlatrace.semantics.applications import Applications
from tlatrace.semantics.entries import Entry, Kind
from tlatrace.semantics.errors import did_you_mean
from tlatrace.semantics.levels import CONSTANT, TEMPORAL, Effect
from tlatrace.semantics.selection import NoSuchPart, select
from tlatrace.syntax import ast


class SelectedNames(Applications):
    """The part of the checker that knows selections."""

    def _selection(self, expression: ast.Selection) -> int:
        saved = self.places
        entry = self.selected(expression)
        self.places = saved
        if entry is None:
            return CONSTANT
        arguments = tuple(argument for step in expression.steps for argument in step.arguments)
        name = "!".join(step.name for step in expression.steps)
        return self.application(entry, name, arguments, expression.location)

    def selected(self, expression: ast.Selection, *, expects_operator: bool = False) -> Entry | None:
        steps = expression.steps
        name = steps[0].name
        entry = self.names.get(name)
        if entry is None:
            self._unknown_selection(expression)
            return None
        position = 1
        while entry.kind is Kind.INSTANCE and position < len(steps):
            given = len(steps[position - 1].arguments)
            own = len(entry.arities) - self._parameters_before(name)
            if given != own and not (expects_operator and given == 0):
                self._wrong_count(name, own, given, expression.location)
                return None
            name = f"{name}!{steps[position].name}"
            found = self.names.get(name)
            if found is None:
                self._no_member(name, expression.location)
                return None
            entry = found
            position += 1
        if position == len(steps):
            return entry if self._is_usable(entry, name, expression.location) else None
        return self._part(entry, steps, position, expression.location)

    def _parameters_before(self, name: str) -> int:
        """How many parameters the instances on the way to the instance ``name`` have."""
        outer = self.names.get(name.rpartition("!")[0])
        return len(outer.arities) if outer is not None else 0

    def _part(
        self, entry: Entry, steps: tuple[ast.PathStep, ...], position: int, location: ast.Location
    ) -> Entry | None:
        """A part of a definition, as an operator of its parameters and of the identifiers bound on the way."""
        if not entry.is_defined:
            self.error(f"nothing can be selected from {entry.name} within its own definition", location)
            return None
        if entry.kind not in (Kind.OPERATOR, Kind.FACT) or entry.body is None:
            if entry.kind in (Kind.OPERATOR, Kind.FACT):
                given = len(steps[position - 1].arguments)
                if given != len(entry.arities):
                    self._wrong_count(entry.name, len(entry.arities), given, location)
                    return None
                return self._anything(entry, steps)
            self.error(f"{entry.name} is {entry.describe()}; nothing can be selected from it", location)
            return None
        if self._is_out_of_scope(entry, steps[position]):
            self.error(
                f"{entry.name}!{steps[position].name} stands in the scope of a NEW, which is not seen here", location
            )
            return None
        try:
            part = select(entry.body, entry.parameters, entry.arities, steps[position:])
        except NoSuchPart as problem:
            if problem.is_statement and self._allows_statements:
                return self._anything(entry, steps)
            self.error(f"{'!'.join(step.name for step in steps)}: {problem}", location)
            return None
        if entry.instance_of is not None:
            return self._anything(entry, steps, part.parameters)
        with self.quiet(), _in_itself(entry):
            effect = self.effect(lambda: self.bind_parameters(part.parameters), lambda: self.level(part.expression))
        arities = tuple(parameter.arity for parameter in part.parameters)
        return Entry(
            "!".join(step.name for step in steps), Kind.OPERATOR, arities, location, self.module, effect=effect
        )

    def _is_out_of_scope(self, fact: Entry, step: ast.PathStep) -> bool:
        """Whether a clause of an ASSUME/PROVE is selected that comes after a declaration, where that is not known."""
        body = fact.body
        if not isinstance(body, ast.AssumeProve) or not step.name.isdigit() or fact in self.being_proved:
            return False
        return any(isinstance(clause, ast.NewSymbol) for clause in body.assumptions[: int(step.name) - 1])

    def _anything(
        self, entry: Entry, steps: tuple[ast.PathStep, ...], parameters: tuple[ast.Parameter, ...] | None = None
    ) -> Entry:
        """A part that is not looked at: it takes what it is given."""
        given = sum(len(step.arguments) for step in steps)
        arities = (0,) * given if parameters is None else tuple(parameter.arity for parameter in parameters)
        count = len(arities)
        effect = Effect(CONSTANT, (TEMPORAL,) * count, (True,) * count, (True,) * count)
        return Entry(entry.name, Kind.OPERATOR, arities, entry.location, entry.module, effect=effect)

    def _unknown_selection(self, expression: ast.Selection) -> None:
        first = expression.steps[0].name
        if not self.tells_unknown_names:
            return
        if first in self.later:
            self.error(f"{first} is used before it is defined, at {self.later[first]}", expression.location)
            return
        instances = [name for name, entry in self.names.items() if entry.kind is Kind.INSTANCE]
        self.error(f"unknown instance {first}", expression.location, did_you_mean(first, instances))

    def _no_member(self, name: str, location: ast.Location) -> None:
        if not self.tells_unknown_names:
            return
        before = f"{name.rpartition('!')[0]}!"
        rest = name[len(before) :]
        members = [known[len(before) :] for known in self.names if known.startswith(before)]
        self.error(f"the instance {before[:-1]} defines no {rest}", location, did_you_mean(rest, members))


@contextmanager
def _in_itself(entry: Entry) -> Iterator[None]:
    """While a part of a definition is looked at, nothing can be selected from it: that would have no end."""
    before, entry.is_defined = entry.is_defined, False
    yield
    entry.is_defined = before
