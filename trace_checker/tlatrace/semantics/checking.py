"""The names and the level of an expression whose scope is built already.

Modules are judged by :mod:`tlatrace.semantics.module_names`, as SANY judges them. This is for what comes after that:
expressions that stand in no module (a mapping's), and the levels of expressions in which definitions have been
substituted. One walk finds unknown names, wrong numbers of arguments, operators where values are expected (and the
reverse), names that are bound although they already mean something, primes on what is not a state expression; and
computes the *level* (:mod:`tlatrace.semantics.levels`). Mistakes are handed to ``report``; the walk goes on, so that a
person sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tlatrace.semantics.errors import SemanticError, SemanticErrors, did_you_mean, hint_for_unknown
from tlatrace.semantics.levels import ACTION as ACTION
from tlatrace.semantics.levels import CONSTANT as CONSTANT
from tlatrace.semantics.levels import STATE as STATE
from tlatrace.semantics.levels import TEMPORAL as TEMPORAL
from tlatrace.semantics.references import Lifted, resolve, selected_name
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, Scope, Symbol, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import ModelValue, SetValue

# Operators that no scope holds because they do not work on values: how many arguments they take, and the level they
# give.
_SPECIAL: Final[Mapping[str, tuple[int, int]]] = {
    "'": (1, ACTION),
    "UNCHANGED": (1, ACTION),
    "ENABLED": (1, STATE),
    "\\cdot": (2, ACTION),
    "[]": (1, TEMPORAL),
    "<>": (1, TEMPORAL),
    "~>": (2, TEMPORAL),
    "-+->": (2, TEMPORAL),
    "=>": (2, CONSTANT),
    "<=>": (2, CONSTANT),
    "~": (1, CONSTANT),
}


@dataclass(frozen=True, slots=True)
class Local:
    """What a bound identifier is: the number of arguments it takes, and the level of what it stands for."""

    arity: int = 0
    level: int = CONSTANT


Locals = Mapping[str, Local]
Report = Callable[[SemanticError], None]


def arity_of(symbol: Symbol) -> int:
    """How many arguments ``symbol`` takes."""
    match symbol:
        case Definition():
            return len(symbol.parameters)
        case ConstantSymbol() | BuiltinOperator():
            return symbol.arity
        case VariableSymbol():
            return 0


def parameter_arities(symbol: Symbol) -> tuple[int, ...]:
    """For each parameter of ``symbol``, how many arguments it takes itself."""
    match symbol:
        case Definition():
            return tuple(parameter.arity for parameter in symbol.parameters)
        case BuiltinOperator():
            return symbol.parameter_arities or (0,) * symbol.arity
        case _:
            return (0,) * arity_of(symbol)


def describe(symbol: Symbol) -> str:
    """What ``symbol`` is and where it comes from, for a message."""
    match symbol:
        case ConstantSymbol():
            return f"the constant declared at {symbol.location}"
        case VariableSymbol():
            return f"the variable declared at {symbol.location}"
        case Definition():
            return f"the definition at {symbol.location}"
        case BuiltinOperator():
            return f"the operator of the standard module {symbol.module}"


def check_expression(expression: ast.Expr, scope: Scope, parameters: tuple[str, ...] = ()) -> ast.Expr:
    """``expression``, its names found in ``parameters`` and ``scope``, with references through instances resolved.

    Raises SemanticErrors. For expressions that stand outside the specification, such as those of a mapping.
    """
    errors: list[SemanticError] = []
    checker = Checker(scope, errors.append)
    checker.level(expression, {name: Local() for name in parameters})
    if errors:
        raise SemanticErrors(errors)
    return resolve(expression) if checker.saw_selection else expression


class Checker:
    """Walks expressions against the names of one module.

    ``report`` is None where only levels are asked for. ``lifted`` names take parameters in front of their own that the
    source does not write; it gives the number of their own. ``saw_selection`` tells whether any expression so far
    referred through an instance.
    """

    def __init__(
        self,
        scope: Scope,
        report: Report | None,
        lifted: Mapping[str, Lifted] | None = None,
    ) -> None:
        self._scope = scope
        self._report = report
        self._lifted = {} if lifted is None else lifted
        self._methods: dict[type, Callable[[Any, Locals], int]] = {}
        self._applied: dict[tuple[int, tuple[int, ...]], tuple[Symbol, int]] = {}
        self.saw_selection = False

    def level(self, expression: ast.Expr, bound: Locals) -> int:
        """The level of ``expression``; its mistakes are reported."""
        kind = type(expression)
        method = self._methods.get(kind)
        if method is None:
            method = self._methods[kind] = getattr(self, f"_{kind.__name__.lower()}", self._children)
        return method(expression, bound)

    def bind(self, names: Iterator[str] | tuple[str, ...], bound: Locals, location: ast.Location) -> dict[str, Local]:
        """``bound`` with ``names`` as rigid values; a name that already means something is a mistake."""
        result = dict(bound)
        for name in names:
            self.check_new(name, result, location)
            result[name] = Local()
        return result

    def check_new(self, name: str, bound: Locals, location: ast.Location) -> None:
        """Report it when ``name`` already has a meaning here."""
        if name in bound:
            self._error(f"{name} is defined twice: it is already bound around this place", location)
        elif name in self._scope:
            self._error(f"{name} is defined twice: it is already {describe(self._scope[name])}", location)

    def parameters(self, parameters: tuple[ast.Parameter, ...], bound: Locals) -> dict[str, Local]:
        """``bound`` with the parameters of a definition."""
        result = dict(bound)
        for parameter in parameters:
            self.check_new(parameter.name, result, parameter.location)
            result[parameter.name] = Local(parameter.arity)
        return result

    # ------------------------------------------------------------ names and application

    def _name(self, expression: ast.Name, bound: Locals) -> int:
        return self._reference(expression.name, (), bound, expression.location)

    def _apply(self, expression: ast.Apply, bound: Locals) -> int:
        return self._reference(expression.operator, expression.arguments, bound, expression.location)

    def _selection(self, expression: ast.Selection, bound: Locals) -> int:
        self.saw_selection = True
        name = selected_name(expression)
        if name not in self._scope:
            self._unknown_selection(expression, name)
            return CONSTANT
        arguments = tuple(argument for step in expression.steps for argument in step.arguments)
        return self._reference(name, arguments, bound, expression.location)

    def _reference(self, name: str, arguments: tuple[ast.Expr, ...], bound: Locals, location: ast.Location) -> int:
        arities: tuple[int, ...]
        if name in bound:
            level, arities = bound[name].level, (0,) * bound[name].arity
        elif name in _SPECIAL:
            return self._special(name, arguments, bound, location)
        elif name in self._scope:
            level, arities = self._symbol_level(self._scope[name]), self._arities(name)
        else:
            self._unknown(name, bound, location)
            return max((self.argument(argument, 0, name, bound) for argument in arguments), default=CONSTANT)
        if len(arities) != len(arguments):
            self._wrong_count(name, len(arities), len(arguments), location)
            arities = (0,) * len(arguments)
        levels = tuple(
            self.argument(argument, arity, name, bound) for argument, arity in zip(arguments, arities, strict=True)
        )
        highest = max(levels, default=CONSTANT)
        if highest >= ACTION and highest > level and name not in bound:
            return max(level, self._level_applied(self._scope[name], levels))
        return max(level, highest)

    def _level_applied(self, symbol: Symbol, levels: tuple[int, ...]) -> int:
        """The level of a definition applied to arguments of these levels: what stands under ENABLED adds nothing."""
        if not isinstance(symbol, Definition) or symbol.is_recursive or len(symbol.parameters) != len(levels):
            return max(levels)
        key = id(symbol), levels
        if key not in self._applied:
            bound = {
                parameter.name: Local(parameter.arity, level)
                for parameter, level in zip(symbol.parameters, levels, strict=True)
            }
            # The symbol is kept with the level, so that no other can have its identity.
            self._applied[key] = symbol, Checker(symbol.scope, None).level(symbol.body, bound)
        return self._applied[key][1]

    def _special(self, name: str, arguments: tuple[ast.Expr, ...], bound: Locals, location: ast.Location) -> int:
        arity, level = _SPECIAL[name]
        if len(arguments) != arity:
            self._wrong_count(name, arity, len(arguments), location)
            return level
        inner = max(self.level(argument, bound) for argument in arguments)
        if name in ("'", "UNCHANGED") and inner > STATE:
            what = "a primed expression" if inner == ACTION else "a temporal formula"
            self._error(f"{'priming' if name == chr(39) else name} is for state expressions; this is {what}", location)
        return level if name == "ENABLED" else max(level, inner)

    def argument(self, argument: ast.Expr, arity: int, operator: str, bound: Locals) -> int:
        """The level of an argument that must be an operator of ``arity`` arguments (0: a value)."""
        if arity == 0:
            if isinstance(argument, ast.Lambda):
                self._error(f"{operator} expects a value here, not an operator", argument.location)
            return self.level(argument, bound)
        if isinstance(argument, ast.Lambda):
            found = len(argument.parameters)
            level = self.level(argument, bound)
        elif isinstance(argument, ast.Name | ast.Selection):
            name = argument.name if isinstance(argument, ast.Name) else selected_name(argument)
            self.saw_selection |= isinstance(argument, ast.Selection)
            if name in bound:
                found, level = bound[name].arity, bound[name].level
            elif name in self._scope:
                found, level = len(self._arities(name)), self._symbol_level(self._scope[name])
            elif name in _SPECIAL:
                found, level = _SPECIAL[name]
            else:
                self._unknown(name, bound, argument.location)
                return CONSTANT
        else:
            found, level = 0, self.level(argument, bound)
        if found != arity:
            what = "a value" if found == 0 else f"one of {_count(found)}"
            self._error(f"{operator} expects an operator of {_count(arity)} here, not {what}", argument.location)
        return level

    def _arities(self, name: str) -> tuple[int, ...]:
        """For each argument that the source writes after ``name``, how many arguments it takes itself."""
        arities = parameter_arities(self._scope[name])
        return arities[self._lifted[name].hidden :] if name in self._lifted else arities

    @staticmethod
    def _symbol_level(symbol: Symbol) -> int:
        match symbol:
            case Definition():
                return symbol.level
            case VariableSymbol():
                return STATE
            case _:
                return CONSTANT

    # ------------------------------------------------------------ binding constructs

    def _bounds(self, bounds: tuple[ast.Bound, ...], bound: Locals) -> tuple[dict[str, Local], int]:
        level = max((self.level(item.domain, bound) for item in bounds if item.domain is not None), default=CONSTANT)
        inner = dict(bound)
        for item in bounds:
            inner = self.bind(item.names, inner, item.location)
        return inner, level

    def _quantifier(self, expression: ast.Quantifier, bound: Locals) -> int:
        inner, level = self._bounds(expression.bounds, bound)
        level = max(level, self.level(expression.body, inner))
        return TEMPORAL if expression.kind in ("\\AA", "\\EE") else level

    def _choose(self, expression: ast.Choose, bound: Locals) -> int:
        inner, level = self._bounds((expression.bound,), bound)
        return max(level, self.level(expression.body, inner))

    def _setfilter(self, expression: ast.SetFilter, bound: Locals) -> int:
        inner, level = self._bounds((expression.bound,), bound)
        return max(level, self.level(expression.predicate, inner))

    def _setmap(self, expression: ast.SetMap, bound: Locals) -> int:
        inner, level = self._bounds(expression.bounds, bound)
        return max(level, self.level(expression.element, inner))

    def _functionconstructor(self, expression: ast.FunctionConstructor, bound: Locals) -> int:
        inner, level = self._bounds(expression.bounds, bound)
        return max(level, self.level(expression.body, inner))

    def _lambda(self, expression: ast.Lambda, bound: Locals) -> int:
        return self.level(expression.body, self.bind(expression.parameters, bound, expression.location))

    def _let(self, expression: ast.Let, bound: Locals) -> int:
        inner = dict(bound)
        declared: set[str] = set()
        for unit in expression.definitions:
            match unit:
                case ast.Recursive():
                    for parameter in unit.parameters:
                        self.check_new(parameter.name, inner, parameter.location)
                        inner[parameter.name] = Local(parameter.arity)
                        declared.add(parameter.name)
                case ast.OperatorDefinition():
                    if unit.name not in declared:
                        self.check_new(unit.name, inner, unit.location)
                    level = self.level(unit.body, self.parameters(unit.parameters, inner))
                    inner[unit.name] = Local(len(unit.parameters), level)
                case ast.FunctionDefinition():
                    if unit.name not in declared:
                        self.check_new(unit.name, inner, unit.location)
                    inner[unit.name] = Local()
                    within, level = self._bounds(unit.bounds, inner)
                    inner[unit.name] = Local(0, max(level, self.level(unit.body, within)))
                case _:
                    self._error(f"{_unit_name(unit)} inside LET is not supported", unit.location)
        return self.level(expression.body, inner)

    # ------------------------------------------------------------------------------------------------ the rest

    def _except(self, expression: ast.Except, bound: Locals) -> int:
        level = self.level(expression.function, bound)
        inner = {**bound, "@": Local()}
        for update in expression.updates:
            for step in update.path:
                if isinstance(step, ast.ExceptIndex):
                    level = max(level, *(self.level(argument, bound) for argument in step.arguments))
            level = max(level, self.level(update.value, inner))
        return level

    def _at(self, expression: ast.At, bound: Locals) -> int:
        if "@" not in bound:
            self._error("@ has a meaning only inside EXCEPT", expression.location)
        return CONSTANT

    def _actionbox(self, expression: ast.ActionBox, bound: Locals) -> int:
        return max(ACTION, self._children(expression, bound))

    def _fairness(self, expression: ast.Fairness, bound: Locals) -> int:
        self._children(expression, bound)
        return TEMPORAL

    def _assumeprove(self, expression: ast.AssumeProve, bound: Locals) -> int:
        return CONSTANT

    def _children(self, expression: ast.Node, bound: Locals) -> int:
        level = CONSTANT
        for child in expression.children():
            if isinstance(child, ast.Expr):
                level = max(level, self.level(child, bound))
            else:
                level = max(level, self._children(child, bound))
        return level

    # ------------------------------------------------------------------------------------------------ messages

    def _error(self, message: str, location: ast.Location, hint: str | None = None) -> None:
        if self._report is not None:
            self._report(SemanticError(message, location=location, hint=hint))

    def _unknown(self, name: str, bound: Locals, location: ast.Location) -> None:
        if self._report is None:  # the nearest name takes long to find
            return
        hint = self._hint_for_model_value(name) or hint_for_unknown(name, [*bound, *self._scope])
        self._error(f"unknown name {name}", location, hint)

    def _hint_for_model_value(self, name: str) -> str | None:
        """How to speak of a model value that stands only in a configuration."""
        for constant, symbol in self._scope.items():
            if not isinstance(symbol, ConstantSymbol) or not isinstance(symbol.value, SetValue):
                continue
            if any(isinstance(element, ModelValue) and element.name == name for element in symbol.value):
                return (
                    f"{name} is a model value in {constant}, and no name of the specification; it "
                    f'is CHOOSE x \\in {constant} : ToString(x) = "{name}", with ToString of the module TLC'
                )
        return None

    def _unknown_selection(self, expression: ast.Selection, name: str) -> None:
        instance, rest = name.split("!", 1)
        members = [known.split("!", 1)[1] for known in self._scope if known.startswith(f"{instance}!")]
        if members:
            self._error(f"the instance {instance} defines no {rest}", expression.location, did_you_mean(rest, members))
        elif instance in self._scope:
            self._error(f"{name} refers into a definition, which is not supported", expression.location)
        else:
            instances = {known.split("!", 1)[0] for known in self._scope if "!" in known}
            self._error(f"unknown instance {instance}", expression.location, did_you_mean(instance, instances))

    def _wrong_count(self, name: str, expected: int, found: int, location: ast.Location) -> None:
        self._error(f"{name} takes {_count(expected)}, not {found}", location)


def _count(arguments: int) -> str:
    return "no argument" if arguments == 0 else f"{arguments} argument{'s' * (arguments > 1)}"


def _unit_name(unit: ast.Unit) -> str:
    return "INSTANCE" if isinstance(unit, ast.Instance) else type(unit).__name__
