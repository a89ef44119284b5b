"""What a configuration says about constants and names: values, model values, substitutions.

A value given from outside (a trace's header) comes before one of the configuration. Of two values that a configuration
gives one name the last one counts, and a substitution counts more than a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from tlatrace.semantics.checking import arity_of, describe
from tlatrace.semantics.errors import SemanticError, did_you_mean
from tlatrace.semantics.spec import (
    BuiltinOperator,
    ConstantSymbol,
    Definition,
    NamedFormula,
    Scope,
    Symbol,
    VariableSymbol,
)
from tlatrace.syntax import Config, ConstantAssignment, ConstantSubstitution, ast
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
        self._named: set[str] = set()
        if config is not None:
            self._assigned = {item.name: item for item in config.constants if not (item.arguments or item.module)}
            self._tables = {item.name for item in config.constants if item.arguments}
            self._substituted = {item.name for item in config.substitutions if item.module is None}
            self._named = {item.name for item in config.constants}

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
            unknown = self._named - {known.name for known in constants}
            near = next((name for name in sorted(unknown) if did_you_mean(constant.name, (name,))), None)
            if constant.arity:
                example = f"CONSTANT {constant.name} <- My{constant.name}, an operator defined in a module"
            else:
                example = f"CONSTANT {constant.name} = …, a model value, a number, a string or a set such as {{a, b}}"
            report(
                SemanticError(
                    f"the constant {constant.name} has no value",
                    location=constant.location,
                    hint=f"the configuration gives a value to a name that does not exist, {near}"
                    if near is not None
                    else f"give it one by a line of the configuration: {example}",
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
    """Which symbols the configuration puts in the place of which: substitutions, and values for definitions.

    As in TLC, a substitution needs a name that exists, and a value may be given to a name that does not. What is
    replaced in a module (``Foo <- [M] Bar``) is replaced in all of its instances.
    """
    if config is None:
        return {}
    changes: dict[Symbol, Symbol] = {}
    for assignment in config.constants:
        symbols = _symbols(assignment, scope, module_scope, report)
        if not assignment.arguments:
            value = constant_value(assignment.value)
            for symbol in symbols:
                if isinstance(symbol, VariableSymbol) or (isinstance(symbol, ConstantSymbol) and symbol.arity == 0):
                    continue
                changes[symbol] = _always(symbol, value, assignment.location)
    changes |= _tables(config, scope, module_scope, report)
    replaced = {(item.module, item.name) for item in config.substitutions}
    for substitution in config.substitutions:
        if substitution.name in given and substitution.module is None:
            continue
        symbols = _symbols(substitution, scope, module_scope, report)
        target = scope.get(substitution.target)
        problem, hint = _problem(substitution, symbols, target, scope, replaced)
        if problem is not None:
            report(SemanticError(problem, location=substitution.location, hint=hint))
        elif target is not None:
            changes.update((symbol, _in_place_of(symbol, target, scope)) for symbol in symbols)
    return changes


def _problem(
    substitution: ConstantSubstitution,
    symbols: Sequence[Symbol],
    target: Symbol | None,
    scope: Scope,
    replaced: Collection[tuple[str | None, str]],
) -> tuple[str | None, str | None]:
    """What is wrong with a substitution, and a hint."""
    name, target_name = substitution.name, substitution.target
    if target is None or isinstance(target, VariableSymbol):
        found = "does not exist" if target is None else "is a variable"
        return f"{name} is to be replaced by {target_name}, which {found}", did_you_mean(target_name, scope)
    if (substitution.module, target_name) in replaced:
        hint = f"write {name} <- what stands for {target_name}"
        return f"{name} is to be replaced by {target_name}, which is itself replaced", hint
    for symbol in symbols:
        expected, found_arity = _own_arity(symbol), arity_of(target)
        if expected != found_arity:
            return f"{name} takes {expected} arguments, and {target_name} {found_arity}", None
        level = target.level if isinstance(target, Definition) else 0
        if isinstance(symbol, ConstantSymbol) and level > 0 and symbol.arity == 0:
            return f"the constant {name} cannot be replaced by {target_name}, which is no constant expression", None
    return None, None


def _in_place_of(symbol: Symbol, target: Symbol, scope: Scope) -> Symbol:
    """``target``, with the parameters that a definition of an instance with parameters has in front."""
    if arity_of(symbol) == arity_of(target) or not isinstance(symbol, Definition):
        return target
    own = symbol.parameters[len(symbol.parameters) - arity_of(target) :]
    names = tuple(ast.Name(parameter.name) for parameter in own)
    body: ast.Expr = ast.Apply(target.name, names) if names else ast.Name(target.name)
    return replace(symbol, body=body, scope=scope, is_function=False, is_recursive=False)


def _own_arity(symbol: Symbol) -> int:
    """The number of arguments that the source gives: parameters of instances are named so that no identifier is."""
    if isinstance(symbol, Definition):
        return sum(1 for parameter in symbol.parameters if "!" not in parameter.name)
    return arity_of(symbol)


def _symbols(
    entry: ConstantAssignment | ConstantSubstitution,
    scope: Scope,
    module_scope: Callable[[str], Scope | None],
    report: Report,
) -> tuple[Symbol, ...]:
    """The symbols that ``entry`` speaks of; a report where there must be one and is none."""
    if entry.module is None:
        symbol = scope.get(entry.name)
        if symbol is not None:
            return (symbol, *_copies(symbol, scope, module_scope))
        if isinstance(entry, ConstantSubstitution):
            message = f"{entry.name} is neither a constant nor a definition of the specification"
            report(SemanticError(message, location=entry.location, hint=did_you_mean(entry.name, scope)))
        return ()
    of_module = _definitions_of(entry.module, scope)
    known = module_scope(entry.module)
    for symbol in () if known is None else known.values():
        if isinstance(symbol, Definition) and symbol.module == entry.module:
            of_module.setdefault(id(symbol), symbol)
    found = tuple(symbol for symbol in of_module.values() if symbol.name == entry.name)
    if not found and known is not None and entry.name in known:
        found = (known[entry.name],)  # The module has it from another one; TLC changes it for both.
    if found or not isinstance(entry, ConstantSubstitution):
        return found
    if not of_module and known is None:
        message, hint = f"the specification has no module {entry.module}", None
    else:
        message = f"the module {entry.module} has no definition {entry.name}"
        hint = did_you_mean(entry.name, {symbol.name for symbol in of_module.values()})
    report(SemanticError(message, location=entry.location, hint=hint))
    return ()


def _copies(symbol: Symbol, scope: Scope, module_scope: Callable[[str], Scope | None]) -> list[Symbol]:
    """The same definition in the instances of its module, if it is here by EXTENDS: TLC changes the one they share."""
    if not isinstance(symbol, Definition):
        return []
    known = module_scope(symbol.module)
    if known is None or known is scope or known.get(symbol.name) is not symbol:
        return []
    return [
        each
        for each in _definitions_of(symbol.module, scope).values()
        if isinstance(each, Definition) and each is not symbol and each.body is symbol.body
    ]


def _definitions_of(module: str, scope: Scope) -> dict[int, Symbol]:
    """The definitions of a module, in all its instances, that can be reached from ``scope``."""
    found: dict[int, Symbol] = {}
    seen = {id(scope)}
    pending = [scope]
    while pending:
        for symbol in pending.pop().values():
            if not isinstance(symbol, Definition | BuiltinOperator):
                continue
            if symbol.module == module:
                found[id(symbol)] = symbol
            if isinstance(symbol, Definition) and id(symbol.scope) not in seen:
                seen.add(id(symbol.scope))
                pending.append(symbol.scope)
    return found


def _always(symbol: Symbol, value: Value, location: ast.Location) -> Symbol:
    """What has ``value`` for all arguments."""
    arity = arity_of(symbol)
    if arity == 0:
        return ConstantSymbol(symbol.name, value, 0, location)
    return BuiltinOperator(symbol.name, arity, lambda *arguments: value, (0,) * arity, "the configuration")


def _tables(
    config: Config, scope: Scope, module_scope: Callable[[str], Scope | None], report: Report
) -> dict[Symbol, Symbol]:
    """Operators that are given value by value: ``F(1, 2) = 3``."""
    tables: dict[Symbol, dict[tuple[Value, ...], Value]] = {}
    for assignment in config.constants:
        for symbol in _symbols(assignment, scope, module_scope, report) if assignment.arguments else ():
            if len(assignment.arguments) != arity_of(symbol):
                message = f"{assignment.name} takes {arity_of(symbol)} arguments, not {len(assignment.arguments)}"
                report(SemanticError(message, location=assignment.location))
                continue
            key = tuple(map(constant_value, assignment.arguments))
            tables.setdefault(symbol, {})[key] = constant_value(assignment.value)
    return {symbol: _tabulated(symbol, table) for symbol, table in tables.items()}


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
    if isinstance(symbol, VariableSymbol):
        hint = f"define a name for it: My{name} == {name}"
        report(SemanticError(f"the {what} {name} is a variable, not a definition", location=place, hint=hint))
        return None
    if not isinstance(symbol, Definition):
        return NamedFormula(name, ast.Name(name, location=location), scope, location)
    if symbol.level > level_max:
        levels = ("a constant formula", "a state formula", "an action", "a temporal formula")
        message = f"the {what} {name} is {levels[symbol.level]}, which is more than {levels[level_max]}"
        report(SemanticError(message, location=place))
        return None
    return NamedFormula(name, symbol.body, symbol.scope, symbol.location)
