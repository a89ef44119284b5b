"""What a configuration says about constants and names: values, model values, substitutions.

A value given from outside (a trace's header) comes before one of the configuration. Every name of a configuration must
exist; one that does not is an error at its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tlatrace.semantics.checking import arity_of, describe
from tlatrace.semantics.errors import SemanticError, did_you_mean
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, NamedFormula, Scope, Symbol
from tlatrace.syntax import Config, ConstantAssignment, ast
from tlatrace.values import EvaluationError, ModelValue, Value, make_set, shown

Report = Callable[[SemanticError], None]


def constant_value(expression: ast.Expr) -> Value:
    """The value of what stands behind ``=`` in a configuration; a name is a model value."""
    match expression:
        case ast.Number() | ast.String():
            return expression.value
        case ast.Apply(operator="-.", arguments=(ast.Number() as number,)):
            return -number.value
        case ast.Name(name="TRUE" | "FALSE"):
            return expression.name == "TRUE"
        case ast.Name():
            return ModelValue(expression.name)
        case ast.SetEnumeration():
            try:
                return make_set([constant_value(item) for item in expression.items])
            except EvaluationError as error:
                raise SemanticError(error.message, location=expression.location) from error
        case _:
            raise SemanticError(
                "a configuration has numbers, strings, TRUE, FALSE, model values and sets of these",
                location=expression.location,
                hint="define it in a module, and substitute the definition: Name <- Definition",
            )


class ConstantValues:
    """The values of constants: those ``given`` from outside, then those of the configuration."""

    def __init__(self, config: Config | None, given: Mapping[str, Value]) -> None:
        self._given = given
        self._assigned: dict[str, ConstantAssignment] = {}
        self._substituted: set[str] = set()
        self._tables: set[str] = set()
        if config is not None:
            self._assigned = {item.name: item for item in config.constants if not item.arguments}
            self._tables = {item.name for item in config.constants if item.arguments}
            self._substituted = {item.name for item in config.substitutions if item.module is None}

    def of(self, parameter: ast.Parameter) -> Value | None:
        """The value of a declared constant, None if it has none."""
        if parameter.name in self._given:
            return self._given[parameter.name]
        assigned = self._assigned.get(parameter.name)
        return None if assigned is None else constant_value(assigned.value)

    def report_missing(self, constants: list[ConstantSymbol], report: Report) -> None:
        """An error for each constant that has no value and is not substituted."""
        for constant in constants:
            if constant.value is not None or constant.name in self._substituted | self._tables:
                continue
            if constant.arity:
                example = f"CONSTANT {constant.name} <- My{constant.name}, an operator defined in a module"
            else:
                example = f"CONSTANT {constant.name} = …, a model value, a number, a string or a set such as {{a, b}}"
            report(
                SemanticError(
                    f"the constant {constant.name} has no value",
                    location=constant.location,
                    hint=f"give it one by a line of the configuration: {example}",
                )
            )

    def report_unknown(self, constants: list[ConstantSymbol], scope: Scope, report: Report) -> None:
        """An error for each value given from outside that no constant takes."""
        names = [constant.name for constant in constants]
        for name, value in self._given.items():
            if name in names:
                continue
            known = scope.get(name)
            found = f"is {describe(known)}" if known is not None else "does not exist in the specification"
            message = f"a value ({shown(value)}) was given for the constant {name}, which {found}"
            report(SemanticError(message, hint=did_you_mean(name, names)))


def overrides(
    config: Config | None,
    given: Mapping[str, Value],
    scope: Scope,
    module_scope: Callable[[str], Scope | None],
    report: Report,
) -> dict[Symbol, Symbol]:
    """Which symbols the configuration puts in the place of which: substitutions, and values for definitions."""
    if config is None:
        return {}
    changes: dict[Symbol, Symbol] = {}
    for substitution in config.substitutions:
        if substitution.name in given:
            continue
        symbol = _symbol(substitution.name, substitution.module, substitution.location, scope, module_scope, report)
        target = scope.get(substitution.target)
        if target is None:
            report(
                SemanticError(
                    f"{substitution.name} is to be replaced by {substitution.target}, which does not exist",
                    location=substitution.location,
                    hint=did_you_mean(substitution.target, scope),
                )
            )
        elif symbol is not None and arity_of(symbol) != arity_of(target):
            report(
                SemanticError(
                    f"{symbol.name} takes {arity_of(symbol)} arguments, and {target.name} {arity_of(target)}",
                    location=substitution.location,
                )
            )
        elif symbol is not None:
            changes[symbol] = target
    tables: dict[Symbol, dict[tuple[Value, ...], Value]] = {}
    for assignment in config.constants:
        symbol = _symbol(assignment.name, assignment.module, assignment.location, scope, module_scope, report)
        if symbol is None:
            continue
        if len(assignment.arguments) != arity_of(symbol):
            message = f"{assignment.name} takes {arity_of(symbol)} arguments, not {len(assignment.arguments)}"
            report(SemanticError(message, location=assignment.location))
        elif assignment.arguments:
            key = tuple(map(constant_value, assignment.arguments))
            tables.setdefault(symbol, {})[key] = constant_value(assignment.value)
        elif not isinstance(symbol, ConstantSymbol):
            value = constant_value(assignment.value)
            changes[symbol] = ConstantSymbol(assignment.name, value, 0, assignment.location)
    for symbol, table in tables.items():
        changes[symbol] = _tabulated(symbol, table)
    return changes


def _symbol(
    name: str,
    module: str | None,
    location: ast.Location,
    scope: Scope,
    module_scope: Callable[[str], Scope | None],
    report: Report,
) -> Symbol | None:
    where = scope if module is None else module_scope(module)
    if where is None:
        report(SemanticError(f"the specification has no module {module}", location=location))
        return None
    symbol = where.get(name)
    if symbol is None:
        message = f"{name} is neither a constant nor a definition of the specification"
        report(SemanticError(message, location=location, hint=did_you_mean(name, where)))
    return symbol


def _tabulated(symbol: Symbol, table: Mapping[tuple[Value, ...], Value]) -> BuiltinOperator:
    def look_up(*arguments: Value) -> Value:
        if arguments not in table:
            shown_arguments = ", ".join(map(shown, arguments))
            raise EvaluationError(f"the configuration gives no value for {symbol.name}({shown_arguments})")
        return table[arguments]

    arity = arity_of(symbol)
    return BuiltinOperator(symbol.name, arity, look_up, (0,) * arity, "the configuration")


def named_formula(
    name: str, location: ast.Location, scope: Scope, what: str, level_max: int, report: Report
) -> NamedFormula | None:
    """The formula that a configuration names; None, and a report, where there is no such formula."""
    symbol = scope.get(name)
    place = None if location is ast.NOWHERE else location
    if symbol is None:
        candidates = [known for known, other in scope.items() if isinstance(other, Definition) and not other.parameters]
        message = f"the {what} {name} does not exist"
        report(SemanticError(message, location=place, hint=did_you_mean(name, candidates)))
        return None
    if arity_of(symbol) > 0:
        report(SemanticError(f"the {what} {name} takes arguments, so it is no formula", location=place))
        return None
    if not isinstance(symbol, Definition):
        return NamedFormula(name, ast.Name(name, location=location), scope, location)
    if symbol.level > level_max:
        levels = ("a constant formula", "a state formula", "an action", "a temporal formula")
        message = f"the {what} {name} is {levels[symbol.level]}, which is more than {levels[level_max]}"
        report(SemanticError(message, location=place))
        return None
    return NamedFormula(name, symbol.body, symbol.scope, symbol.location)
