"""Checks INSTANCE: what is put for constants and variables, and the names that it brings."""

from __future__ import annotations

from typing import Final

from tlatrace.semantics.entries import DECLARED, Entry, Kind, ModuleNames
from tlatrace.semantics.errors import did_you_mean
from tlatrace.semantics.expressions import ExpressionChecker
from tlatrace.semantics.instances import Substitute, instantiate, most_of
from tlatrace.semantics.levels import CONSTANT, Effect
from tlatrace.syntax import ast

_INSTANTIATED: Final = (Kind.OPERATOR, Kind.FACT, Kind.INSTANCE)


class InstanceChecker(ExpressionChecker):
    """The part of the checker that knows INSTANCE."""

    def find_module(self, name: str, location: ast.Location) -> ModuleNames | None:
        """The module ``name`` as it is seen here; None, and a report, where there is none."""
        raise NotImplementedError

    def enter(self, entry: Entry) -> bool:
        """Give a name of the module its meaning."""
        raise NotImplementedError

    def ask(self, effect: Effect) -> None:
        """What is asked of constants and variables is asked of those of the module."""
        raise NotImplementedError

    def instance(self, unit: ast.Instance) -> None:
        """INSTANCE, with or without a name."""
        module = self.find_module(unit.module, unit.location)
        if module is None or (module.tree is None and module.has_errors):
            self._is_lenient = True
            return
        if unit.name is not None and unit.name in self.names:
            known = self.names[unit.name]
            if known.kind is not Kind.INSTANCE or len(known.arities) != len(unit.parameters):
                self.error(f"{unit.name} is defined twice: it is already {known.describe()}", unit.location)
        outer = self.places, self.all_places
        with self.scope():
            parameters = tuple(self.bind_parameters(unit.parameters))
            substitutes = self._substitutes(unit, module)
        self.places, self.all_places = outer
        self._check_substitutes(unit, module, substitutes)
        by_place = {substitute.declared.place: substitute for substitute in substitutes}
        asked = Effect(limits=module.limits, needs=module.needs, hands=frozenset(module.hands))
        self.ask(instantiate(asked, parameters, by_place, is_constant_module=module.is_constant))
        prefix = ""
        arities = tuple(parameter.arity for parameter in unit.parameters)
        if unit.name is not None:
            prefix = f"{unit.name}!"
            entry = Entry(unit.name, Kind.INSTANCE, arities, unit.location, self.module)
            entry.is_local, entry.instance_of = unit.is_local, unit.module
            if unit.name not in self.names:
                self.enter(entry)
        for name, entry in module.names.items():
            if entry.is_local or entry.kind not in _INSTANTIATED:
                continue
            if entry.effect is None:
                effect = None
            else:
                effect = instantiate(entry.effect, parameters, by_place, is_constant_module=module.is_constant)
            location = entry.location if entry.location is ast.NOWHERE else unit.location
            copy = Entry(f"{prefix}{name}", entry.kind, arities + entry.arities, location, entry.module, effect=effect)
            copy.is_local, copy.instance_of = unit.is_local, entry.instance_of or unit.module
            copy.body, copy.is_function, copy.depth = entry.body, entry.is_function, self.depth
            copy.parameters = tuple(each.name for each in unit.parameters) + entry.parameters
            self._take(copy)

    def _take(self, entry: Entry) -> None:
        """A definition that comes from an INSTANCE; a definition of the same kind may be there already."""
        known = self.names.get(entry.name)
        if known is None:
            self.enter(entry)
        elif known.kind is not entry.kind or len(known.arities) != len(entry.arities):
            message = f"{entry.name} is defined twice: as {known.describe()}, and by the instance at {entry.location}"
            self.error(message, entry.location)

    def _substitutes(self, unit: ast.Instance, module: ModuleNames) -> list[Substitute]:
        explicit: dict[str, ast.Substitution] = {}
        declared = module.declared()
        known = {entry.name for entry in declared}
        for substitution in unit.substitutions:
            if substitution.name in explicit:
                self.error(f"two substitutions for {substitution.name}", substitution.location)
            elif substitution.name not in known:
                message = f"{unit.module} declares no constant or variable {substitution.name}"
                self.error(message, substitution.location, did_you_mean(substitution.name, known))
                self.value_or_operator(substitution.value)
            else:
                explicit[substitution.name] = substitution
        result = []
        for entry in declared:
            if entry.name in explicit:
                value, is_implicit = explicit[entry.name].value, False
            else:
                value, is_implicit = ast.Name(entry.name, location=unit.location), True
            if is_implicit and entry.name not in self.names:
                message = f"the instance of {unit.module} needs a value for {entry.name}: WITH {entry.name} <- …"
                self.error(message, unit.location)
                result.append(Substitute(entry, CONSTANT, 0, 0))
                continue
            known_entry = self.names.get(entry.name)
            if is_implicit and entry.arities and known_entry is not None and known_entry.arities != entry.arities:
                result.append(Substitute(entry, CONSTANT, 0, 0))  # SANY does not look at the arity here
                continue
            result.append(self._substitute(entry, value, f"{unit.module}!{entry.name}"))
        return result

    def value_or_operator(self, value: ast.Expr) -> None:
        """Names in an expression of which nobody knows what it is to be."""
        if not isinstance(value, ast.Name | ast.Lambda | ast.Selection):
            self.level_alone(value)

    def _substitute(self, declared: Entry, value: ast.Expr, what: str) -> Substitute:
        self.places = self.all_places = 0
        operator: Entry | None = None
        if declared.arities:
            level, operator = self.operator_argument(value, len(declared.arities), what)
        elif isinstance(value, ast.Lambda):
            self.error(f"{what} expects a value here, not an operator", value.location)
            level = CONSTANT
        else:
            level = self.level(value)
        return Substitute(declared, level, self.places, self.all_places, operator)

    def _check_substitutes(self, unit: ast.Instance, module: ModuleNames, substitutes: list[Substitute]) -> None:
        for substitute in substitutes:
            declared, operator = substitute.declared, substitute.operator
            most = most_of(substitute, is_constant_module=module.is_constant)
            for level, places in enumerate(module.limits):
                if places & declared.place:
                    most = min(most, level)
            if substitute.level > most:
                self.level_error(f"{unit.module}!{declared.name}", substitute.level, most, unit.location)
            if operator is None or operator.kind in DECLARED:
                continue
            effect = self.effect_of(operator)
            if not all(effect.is_leibniz):
                message = f"{operator.name} is put for {unit.module}!{declared.name}, and is not Leibniz"
                self.error(f"{message}: it primes an argument, or says ENABLED of it", unit.location)
            for (o, k), need in module.needs.items():
                if o == declared.place:
                    self._demand(operator, k, need, f"{unit.module}!{declared.name}", unit.location)
        by_place = {substitute.declared.place: substitute for substitute in substitutes}
        for o, k, p in module.hands:
            applied, handed = by_place.get(o), by_place.get(p)
            if applied is not None and applied.operator is not None and handed is not None:
                self._demand(applied.operator, k, handed.level, f"{unit.module}!{applied.declared.name}", unit.location)
