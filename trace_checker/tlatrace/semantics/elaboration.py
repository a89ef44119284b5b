"""From modules to scopes: EXTENDS, INSTANCE, LOCAL, nested modules, RECURSIVE.

An :class:`Elaborator` builds the scope of the main module and of every module that it needs. A module that is extended
is built once, and its symbols are shared. A module that is instantiated is built anew for each INSTANCE, its constants
and variables standing for the substituted expressions; see :mod:`tlatrace.semantics.spec` for the result and
:mod:`tlatrace.semantics.references` for instances with parameters. Mistakes are collected in ``errors``; what cannot
be gone on from is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tlatrace.semantics.checking import CONSTANT, Checker, Local, describe
from tlatrace.semantics.errors import SemanticError, SemanticErrors, did_you_mean
from tlatrace.semantics.library import Library
from tlatrace.semantics.references import Lifted, resolve
from tlatrace.semantics.spec import (
    BuiltinOperator,
    ConstantSymbol,
    Definition,
    NamedFormula,
    Symbol,
    VariableSymbol,
)
from tlatrace.stdlib import BUILTINS, MODULES, Operator, StandardModule
from tlatrace.syntax import ast
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.rewrite import walk
from tlatrace.values import Value


@dataclass(slots=True)
class _Context:
    """What the constants and variables of a module stand for: themselves (``substitution`` is None), or symbols given
    by an INSTANCE.

    ``extra`` are the parameters of the instances around; the substituted names in ``lifted`` take them too.
    """

    substitution: Mapping[str, Symbol] | None = None
    extra: tuple[ast.Parameter, ...] = ()
    lifted: Mapping[str, Lifted] = field(default_factory=dict)
    built: dict[tuple[str, ast.Location], _Built] = field(default_factory=dict)

    @property
    def extra_arguments(self) -> tuple[ast.Expr, ...]:
        return tuple(ast.Name(parameter.name) for parameter in self.extra)


@dataclass(frozen=True, slots=True)
class _Outer:
    """What a nested module sees of the module around it."""

    names: Mapping[str, Symbol]
    lifted: Mapping[str, Lifted]


@dataclass(slots=True)
class _Built:
    """A module that is being built, or was: its names, those that others get, those that take the context's extra
    parameters.
    """

    module: ast.Module
    context: _Context
    stack: tuple[str, ...]
    names: dict[str, Symbol]
    checker: Checker
    recursive: set[str] = field(default_factory=set)
    exported: dict[str, Symbol] = field(default_factory=dict)
    lifted: dict[str, Lifted] = field(default_factory=dict)
    nested: dict[str, tuple[ast.Module, _Outer]] = field(default_factory=dict)


class Elaborator:
    """Builds scopes. ``value_of`` tells the value of a constant that the main module (or one it extends) declares,
    None if it has none.
    """

    def __init__(self, library: Library, value_of: Callable[[ast.Parameter], Value | None]) -> None:
        self.errors: list[SemanticError] = []
        self.constants: list[ConstantSymbol] = []
        self.variables: list[VariableSymbol] = []
        self.assumptions: list[NamedFormula] = []
        self._library = library
        self._value_of = value_of
        self._scopes: list[dict[str, Symbol]] = []
        self._standard: dict[str, dict[str, Symbol]] = {}
        self._language = {name: _builtin(operator, "TLA+") for name, operator in BUILTINS.items()}
        self._main = _Context()

    def build(self, module: ast.Module) -> dict[str, Symbol]:
        """The scope of the main module."""
        return self._build(module, self._main, (module.name,), None).names

    def stop_on_errors(self) -> None:
        """Raise what was found so far, if anything was."""
        if self.errors:
            raise SemanticErrors(self.errors)

    def module_scope(self, name: str) -> dict[str, Symbol] | None:
        """The scope of a module that was built for itself, not for an INSTANCE with substitutions."""
        for (module, _), built in self._main.built.items():
            if module == name:
                return built.names
        return None

    def override(self, changes: Mapping[Symbol, Symbol]) -> None:
        """Put symbols in the place of others, in every scope; levels follow."""
        if not changes:
            return
        self._replace({id(old): new for old, new in changes.items()})
        self._recompute_levels(self._scopes)

    # ------------------------------------------------------------------------------------------------ modules

    def _build(self, module: ast.Module, context: _Context, stack: tuple[str, ...], outer: _Outer | None) -> _Built:
        key = module.name, module.location
        if key in context.built:
            return context.built[key]
        names = dict(self._language if outer is None else outer.names)
        lifted = dict(outer.lifted) if outer is not None else {}
        checker = Checker(names, self.errors.append, _definitions_of(module), lifted)
        built = _Built(module, context, stack, names, checker, lifted=lifted)
        self._scopes.append(names)
        for extended in module.extends:
            self._extend(extended, built)
        for unit in module.units:
            self._unit(unit, built)
        if built.recursive:
            self._recompute_levels([built.names])
        # Levels may have been corrected, and INSTANCE may have looked a symbol up before: take what the scope has now.
        built.exported.update((name, built.names[name]) for name in built.exported)
        context.built[key] = built
        return built

    def _extend(self, extended: ast.Parameter, built: _Built) -> None:
        found = self._module(extended.name, built, extended.location)
        if isinstance(found, StandardModule):
            for name, symbol in self._standard_symbols(found).items():
                self._add(built, name, symbol, extended.location)
            return
        module, outer = found
        part = self._build(module, built.context, (*built.stack, module.name), outer)
        built.lifted.update(part.lifted)
        built.nested.update(part.nested)
        for name, symbol in part.exported.items():
            self._add(built, name, symbol, extended.location)

    def _module(
        self, name: str, built: _Built, location: ast.Location
    ) -> tuple[ast.Module, _Outer | None] | StandardModule:
        if name in built.stack:
            path = " -> ".join((*built.stack[built.stack.index(name) :], name))
            raise SemanticError(f"modules need each other in a circle: {path}", location=location)
        if name in built.nested:
            return built.nested[name]
        found = self._library.find(name, location)
        return found if isinstance(found, StandardModule) else (found, None)

    def _standard_symbols(self, module: StandardModule) -> dict[str, Symbol]:
        known = self._standard.get(module.name)
        if known is None:
            known = self._standard[module.name] = {}
            for extended in module.extends:
                known.update(self._standard_symbols(MODULES[extended]))
            known.update(
                (SYMBOL_OF_SPELLING.get(name, name), _builtin(operator, module.name))
                for name, operator in module.operators.items()
            )
        return known

    def _add(self, built: _Built, name: str, symbol: Symbol, location: ast.Location, *, is_local: bool = False) -> None:
        known = built.names.get(name)
        if known is not None and not _same(known, symbol):
            message = f"{name} is defined twice: as {describe(known)}, and as {describe(symbol)}"
            self.errors.append(SemanticError(message, location=location))
            return
        built.names[name] = symbol
        if not is_local:
            built.exported[name] = symbol

    # ------------------------------------------------------------------------------------------------ units

    def _unit(self, unit: ast.Unit, built: _Built) -> None:
        match unit:
            case ast.Constants():
                for parameter in unit.parameters:
                    self._declare(parameter, built, is_variable=False)
            case ast.Variables():
                for parameter in unit.names:
                    self._declare(parameter, built, is_variable=True)
            case ast.Recursive():
                for parameter in unit.parameters:
                    built.checker.check_new(parameter.name, {}, parameter.location)
                    unknown = tuple(ast.Parameter(f"_{i}") for i in range(parameter.arity))
                    self._define(parameter.name, unknown, ast.Name("TRUE"), CONSTANT, unit, built)
                    built.recursive.add(parameter.name)
            case ast.OperatorDefinition() | ast.FunctionDefinition():
                self._definition(unit, built)
            case ast.Instance():
                self._instance(unit, built)
            case ast.Assume():
                self._assume(unit, built)
            case ast.Module():
                built.nested[unit.name] = unit, _Outer(dict(built.names), dict(built.lifted))
            case ast.Theorem():
                pass  # A theorem claims something of the specification and adds nothing to it.
            case _:
                raise AssertionError(f"a unit of the unknown kind {type(unit).__name__}")

    def _declare(self, parameter: ast.Parameter, built: _Built, *, is_variable: bool) -> None:
        name, location, context = parameter.name, parameter.location, built.context
        built.checker.check_new(name, {}, location)
        symbol: Symbol
        if context.substitution is not None:
            symbol = context.substitution[name]
            if name in context.lifted:
                built.lifted[name] = context.lifted[name]
            built.names[name] = symbol
            return
        if is_variable:
            symbol = VariableSymbol(name, len(self.variables), location)
            self.variables.append(symbol)
        else:
            symbol = ConstantSymbol(name, self._value_of(parameter), parameter.arity, location)
            self.constants.append(symbol)
        built.names[name] = built.exported[name] = symbol

    def _definition(self, unit: ast.OperatorDefinition | ast.FunctionDefinition, built: _Built) -> None:
        if unit.name not in built.recursive:
            built.checker.check_new(unit.name, {}, unit.location)
        if isinstance(unit, ast.OperatorDefinition):
            self._check_declaration(unit.name, len(unit.parameters), unit, built)
            level = built.checker.level(unit.body, built.checker.parameters(unit.parameters, {}))
            is_recursive = unit.name in built.recursive
            self._define(unit.name, unit.parameters, unit.body, level, unit, built, is_recursive=is_recursive)
            return
        self._check_declaration(unit.name, 0, unit, built)
        body = ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
        is_recursive = any(isinstance(node, ast.Name) and node.name == unit.name for node in walk(unit.body))
        if is_recursive:
            self._define(unit.name, (), body, CONSTANT, unit, built, is_recursive=True)
        level = built.checker.level(body, {})
        self._define(unit.name, (), body, level, unit, built, is_recursive=is_recursive)

    def _check_declaration(self, name: str, arity: int, unit: ast.Unit, built: _Built) -> None:
        declared = built.names.get(name)
        if name in built.recursive and isinstance(declared, Definition):
            expected = len(declared.parameters) - len(built.context.extra)
            if expected != arity:
                message = (
                    f"{name} has {arity} parameters, and was declared RECURSIVE with {expected} at {declared.location}"
                )
                self.errors.append(SemanticError(message, location=unit.location))

    def _define(
        self,
        name: str,
        parameters: tuple[ast.Parameter, ...],
        body: ast.Expr,
        level: int,
        unit: ast.Unit,
        built: _Built,
        *,
        is_recursive: bool = False,
    ) -> None:
        if built.context.extra:
            built.lifted[name] = Lifted(len(parameters), len(built.context.extra))
        is_local = bool(getattr(unit, "is_local", False))
        symbol = Definition(
            name=name,
            parameters=built.context.extra + parameters,
            body=self._resolved(body, built),
            scope=built.names,
            module=built.module.name,
            location=unit.location,
            is_recursive=is_recursive,
            is_function=isinstance(unit, ast.FunctionDefinition),
            is_local=is_local,
            level=level,
        )
        built.names[name] = symbol
        if not is_local:
            built.exported[name] = symbol

    def _assume(self, unit: ast.Assume, built: _Built) -> None:
        if built.checker.level(unit.body, {}) > CONSTANT:
            self.errors.append(SemanticError("an assumption may not speak of variables", location=unit.location))
        if unit.name is not None:
            built.checker.check_new(unit.name, {}, unit.location)
            self._define(unit.name, (), unit.body, CONSTANT, unit, built)
        if built.context.substitution is None:
            body = self._resolved(unit.body, built)
            self.assumptions.append(NamedFormula(unit.name or "ASSUME", body, built.names, unit.location))

    @staticmethod
    def _resolved(body: ast.Expr, built: _Built) -> ast.Expr:
        if built.checker.saw_selection or built.lifted:
            return resolve(body, built.lifted, built.context.extra_arguments)
        return body

    # ------------------------------------------------------------------------------------------------ INSTANCE

    def _instance(self, unit: ast.Instance, built: _Built) -> None:
        prefix = "" if unit.name is None else f"{unit.name}!"
        found = self._module(unit.module, built, unit.location)
        if isinstance(found, StandardModule):
            for substitution in unit.substitutions:
                message = f"{unit.module} has no constant or variable {substitution.name}"
                self.errors.append(SemanticError(message, location=substitution.location))
            for name, symbol in self._standard_symbols(found).items():
                self._add(built, prefix + name, symbol, unit.location, is_local=unit.is_local)
            return
        module, outer = found
        inner = self._instance_context(unit, module, outer is not None, built)
        part = self._build(module, inner, (*built.stack, module.name), outer)
        for name, symbol in part.exported.items():
            if prefix and isinstance(symbol, BuiltinOperator):
                continue
            self._add(built, prefix + name, symbol, unit.location, is_local=unit.is_local)
            if built.context.extra and name in part.lifted:
                own = len(unit.parameters) + part.lifted[name].own
                built.lifted[prefix + name] = Lifted(own, len(built.context.extra))

    def _instance_context(self, unit: ast.Instance, module: ast.Module, is_nested: bool, built: _Built) -> _Context:
        """What the module's constants and variables stand for in this INSTANCE."""
        context = built.context
        declared = list(self._parameters_of(module, built))
        if not declared and not is_nested and not unit.parameters and not unit.substitutions:
            return self._main  # One module of definitions reached on two ways is one module.
        bound = built.checker.parameters(unit.parameters, {})
        taken = {parameter.name for parameter in context.extra}
        renamed: dict[str, ast.Expr] = {}
        extra = list(context.extra)
        for parameter in unit.parameters:
            name = f"{unit.name}!{parameter.name}"
            while name in taken:
                name += "!"
            renamed[parameter.name] = ast.Name(name, location=parameter.location)
            extra.append(replace(parameter, name=name))
        inner = _Context({}, tuple(extra))
        explicit = {substitution.name: substitution for substitution in unit.substitutions}
        symbols: dict[str, Symbol] = {}
        lifted: dict[str, Lifted] = {}
        for parameter in declared:
            substitution = explicit.pop(parameter.name, None)
            if substitution is not None:
                value = substitution.value
            elif parameter.name in bound or parameter.name in built.names:
                value = ast.Name(parameter.name, location=unit.location)
            else:
                message = (
                    f"the instance of {module.name} needs a value for {parameter.name}: WITH {parameter.name} <- …"
                )
                self.errors.append(SemanticError(message, location=unit.location))
                symbols[parameter.name] = ConstantSymbol(parameter.name, None, parameter.arity, parameter.location)
                continue
            what = f"{module.name}!{parameter.name}"
            errors_before = len(self.errors)
            level = built.checker.argument(value, parameter.arity, what, bound)
            if len(self.errors) > errors_before:
                symbols[parameter.name] = ConstantSymbol(parameter.name, None, parameter.arity, parameter.location)
                continue
            known_symbol = self._plain(value, bound, built)
            symbol = known_symbol or self._substitute(parameter, value, level, inner, renamed, built)
            symbols[parameter.name] = symbol
            if inner.extra and known_symbol is None:
                lifted[parameter.name] = Lifted(parameter.arity, len(extra))
        for substitution in explicit.values():
            known = [parameter.name for parameter in declared]
            message = f"{module.name} declares no constant or variable {substitution.name}"
            hint = did_you_mean(substitution.name, known)
            self.errors.append(SemanticError(message, location=substitution.location, hint=hint))
        inner.substitution, inner.lifted = symbols, lifted
        return inner

    @staticmethod
    def _plain(value: ast.Expr, bound: Mapping[str, Local], built: _Built) -> Symbol | None:
        """The symbol that ``value`` names, if it does nothing else."""
        if isinstance(value, ast.Name) and value.name not in bound and value.name not in built.lifted:
            return built.names.get(value.name)
        return None

    @staticmethod
    def _substitute(
        parameter: ast.Parameter,
        value: ast.Expr,
        level: int,
        inner: _Context,
        renamed: Mapping[str, ast.Expr],
        built: _Built,
    ) -> Symbol:
        """A definition of ``value``, to stand for ``parameter``."""
        own: tuple[ast.Parameter, ...] = ()
        body = value
        if isinstance(value, ast.Lambda):
            own = tuple(ast.Parameter(name, location=value.location) for name in value.parameters)
            body = value.body
        elif parameter.arity > 0 and isinstance(value, ast.Name):
            own = tuple(ast.Parameter(f"{parameter.name}!{i}") for i in range(1, parameter.arity + 1))
            body = ast.Apply(value.name, tuple(ast.Name(each.name) for each in own), location=value.location)
        return Definition(
            name=parameter.name,
            parameters=inner.extra + own,
            body=resolve(body, built.lifted, built.context.extra_arguments, renamed),
            scope=built.names,
            module=built.module.name,
            location=value.location,
            level=level,
        )

    def _parameters_of(self, module: ast.Module, built: _Built) -> Iterator[ast.Parameter]:
        """The constants and variables that ``module`` declares, itself or by EXTENDS, each once."""
        seen: set[str] = set()
        pending = [module]
        visited: set[str] = set()
        while pending:
            current = pending.pop()
            visited.add(current.name)
            for unit in current.units:
                declared: tuple[ast.Parameter, ...] = ()
                if isinstance(unit, ast.Constants):
                    declared = unit.parameters
                elif isinstance(unit, ast.Variables):
                    declared = unit.names
                for parameter in declared:
                    if parameter.name not in seen:
                        seen.add(parameter.name)
                        yield parameter
            for extended in current.extends:
                found = self._module(extended.name, built, extended.location)
                if not isinstance(found, StandardModule) and extended.name not in visited:
                    pending.append(found[0])

    # ------------------------------------------------------------ changing symbols afterwards

    def _recompute_levels(self, scopes: list[dict[str, Symbol]]) -> None:
        """Raise levels until they agree: mutual recursion and overrides can make a definition depend on one that
        came later.
        """
        while True:
            changes: dict[int, Symbol] = {}
            for scope in scopes:
                for symbol in scope.values():
                    if isinstance(symbol, Definition) and id(symbol) not in changes:
                        checker = Checker(symbol.scope, None)
                        level = checker.level(symbol.body, {p.name: Local(p.arity) for p in symbol.parameters})
                        if level > symbol.level:
                            changes[id(symbol)] = replace(symbol, level=level)
            if not changes:
                return
            self._replace(changes)

    def _replace(self, changes: Mapping[int, Symbol]) -> None:
        for scope in self._scopes:
            for name, symbol in scope.items():
                if id(symbol) in changes:
                    scope[name] = changes[id(symbol)]


def _builtin(operator: Operator, module: str) -> BuiltinOperator:
    return BuiltinOperator(
        name=operator.name,
        arity=operator.arity,
        function=operator.function,
        parameter_arities=operator.operator_arguments or (0,) * operator.arity,
        module=module,
        is_lazy=operator.lazy,
    )


def _same(one: Symbol, other: Symbol) -> bool:
    """Whether a name may stand for both: it is one thing that came here on two ways."""
    if one is other:
        return True
    return isinstance(one, BuiltinOperator) and isinstance(other, BuiltinOperator) and one.function is other.function


def _definitions_of(module: ast.Module) -> dict[str, ast.Location]:
    return {
        unit.name: unit.location
        for unit in module.units
        if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition)
    }
