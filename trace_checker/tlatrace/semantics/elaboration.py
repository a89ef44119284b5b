"""From modules to scopes: EXTENDS, LOCAL, nested modules, RECURSIVE; INSTANCE is in
:mod:`tlatrace.semantics.instantiation`.

An :class:`Elaborator` first has the main module and all that it needs checked (:mod:`tlatrace.semantics.module_names`),
then builds the scope of each. A module that is extended is built once, and its symbols are shared. A module that is
instantiated is built anew for each INSTANCE, its constants and variables standing for the substituted expressions; see
:mod:`tlatrace.semantics.spec` for the result and :mod:`tlatrace.semantics.references` for instances with parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tlatrace.errors import TlatraceError
from tlatrace.semantics.accept import check_tree
from tlatrace.semantics.building import Built, Context, Outer
from tlatrace.semantics.checking import CONSTANT, Checker, Local
from tlatrace.semantics.errors import SemanticError, SemanticErrors
from tlatrace.semantics.instantiation import Instantiation
from tlatrace.semantics.library import Library
from tlatrace.semantics.parts import with_parts
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
from tlatrace.syntax import ParseError, ast
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.rewrite import walk
from tlatrace.values import Value


class Elaborator(Instantiation):
    """Builds scopes. ``value_of`` tells the value of a constant that the main module (or one it extends) declares,
    None if it has none.
    """

    def __init__(self, library: Library, value_of: Callable[[ast.Parameter], Value | None]) -> None:
        self.errors: list[TlatraceError] = []
        self.constants: list[ConstantSymbol] = []
        self.variables: list[VariableSymbol] = []
        self.assumptions: list[NamedFormula] = []
        self._library = library
        self._value_of = value_of
        self._scopes: list[dict[str, Symbol]] = []
        self._standard: dict[str, dict[str, Symbol]] = {}
        self._language = {name: _builtin(operator, "TLA+") for name, operator in BUILTINS.items()}
        self.main = Context()

    def build(self, module: ast.Module) -> dict[str, Symbol]:
        """The scope of the main module.

        Raises ParseError or SemanticErrors where it, or a module that it needs, is wrong.
        """
        errors = check_tree(module, self._library)
        for error in errors:
            if isinstance(error, ParseError):
                raise error
        if errors:
            raise SemanticErrors(errors)
        built = self.build_module(module, self.main, (module.name,), None)
        # What a module assumes that is only instantiated is not assumed here; TLC does not evaluate it.
        self.assumptions = list(dict.fromkeys(built.assumptions))
        return built.names

    def stop_on_errors(self) -> None:
        """Raise what was found so far, if anything was."""
        if self.errors:
            raise SemanticErrors(self.errors)

    def module_scope(self, name: str) -> dict[str, Symbol] | None:
        """The scope of a module that was built for itself, not for an INSTANCE with substitutions, or what a standard
        module in use defines.
        """
        for (module, _), built in self.main.built.items():
            if module == name:
                return built.names
        return self._standard.get(name)

    def override(self, changes: Mapping[Symbol, Symbol]) -> None:
        """Put symbols in the place of others, in every scope; levels follow."""
        if not changes:
            return
        self._replace({id(old): new for old, new in changes.items()})
        self._recompute_levels(self._scopes)

    # ------------------------------------------------------------------------------------------------ modules

    def build_module(self, module: ast.Module, context: Context, stack: tuple[str, ...], outer: Outer | None) -> Built:
        key = module.name, module.location
        if key in context.built:
            return context.built[key]
        names = dict(self._language if outer is None else outer.names)
        lifted = dict(outer.lifted) if outer is not None else {}
        built = Built(module, context, stack, names, Checker(names, None, lifted=lifted), lifted=lifted)
        built.has_local_instances = self._may_have_local_instances(module)
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

    def _extend(self, extended: ast.Parameter, built: Built) -> None:
        found = self.find_module(extended.name, built, extended.location)
        if isinstance(found, StandardModule):
            for name, symbol in self.standard_symbols(found).items():
                self.add(built, name, symbol)
            return
        module, outer = found
        part = self.build_module(module, built.context, (*built.stack, module.name), outer)
        built.lifted.update(part.lifted)
        built.nested.update(part.nested)
        built.assumptions.extend(part.assumptions)
        built.declared.update(part.declared)
        built.names.update(part.declared)
        for name, symbol in part.exported.items():
            self.add(built, name, symbol)

    def find_module(
        self, name: str, built: Built, location: ast.Location
    ) -> tuple[ast.Module, Outer | None] | StandardModule:
        if name in built.stack:
            path = " -> ".join((*built.stack[built.stack.index(name) :], name))
            raise SemanticError(f"modules need each other in a circle: {path}", location=location)
        if name in built.nested:
            return built.nested[name]
        found = self._library.find(name, location)
        return found if isinstance(found, StandardModule) else (found, None)

    def standard_symbols(self, module: StandardModule) -> dict[str, Symbol]:
        known = self._standard.get(module.name)
        if known is None:
            known = self._standard[module.name] = {}
            for extended in module.extends:
                known.update(self.standard_symbols(MODULES[extended]))
            known.update(
                (SYMBOL_OF_SPELLING.get(name, name), _builtin(operator, module.name))
                for name, operator in module.operators.items()
            )
        return known

    def add(self, built: Built, name: str, symbol: Symbol, *, is_local: bool = False) -> None:
        """Give a name its meaning, unless it has one: of definitions that come on two ways the first counts."""
        known = built.names.setdefault(name, symbol)
        if known is symbol and not is_local:
            built.exported[name] = symbol

    def _may_have_local_instances(self, module: ast.Module) -> bool:
        """Whether the text has more INSTANCEs than stand at the top; to look through the trees takes longer."""
        text = self._library.sources.get(module.location.file)
        at_top = sum(isinstance(unit, ast.Instance) for unit in module.units)
        return text is None or text.count("INSTANCE") > at_top

    # ------------------------------------------------------------------------------------------------ units

    def _unit(self, unit: ast.Unit, built: Built) -> None:
        match unit:
            case ast.Constants():
                for parameter in unit.parameters:
                    self._declare(parameter, built, is_variable=False)
            case ast.Variables():
                for parameter in unit.names:
                    self._declare(parameter, built, is_variable=True)
            case ast.Recursive():
                for parameter in unit.parameters:
                    unknown = tuple(ast.Parameter(f"_{i}") for i in range(parameter.arity))
                    self._define(parameter.name, unknown, ast.Name("TRUE"), CONSTANT, unit, built)
                    built.recursive.add(parameter.name)
            case ast.OperatorDefinition() | ast.FunctionDefinition():
                self._definition(unit, built)
            case ast.Instance():
                self.instance(unit, built)
            case ast.Assume():
                self._assume(unit, built)
            case ast.Module():
                built.nested[unit.name] = unit, Outer(dict(built.names), dict(built.lifted))
            case ast.Theorem():
                if unit.name is not None and not _is_assume_prove(unit.body):
                    level = built.checker.level(unit.body, {})
                    self._define(unit.name, (), unit.body, level, unit, built)
            case ast.UseOrHide():
                pass  # It speaks to provers.
            case _:
                raise AssertionError(f"a unit of the unknown kind {type(unit).__name__}")

    def _declare(self, parameter: ast.Parameter, built: Built, *, is_variable: bool) -> None:
        name, location, context = parameter.name, parameter.location, built.context
        symbol: Symbol
        if context.substitution is None and isinstance(built.names.get(name), _DECLARED):
            return  # Declared a second time, here or in a module that is extended.
        if context.substitution is not None:
            symbol = context.substitution[name]
            if name in context.lifted:
                built.lifted[name] = context.lifted[name]
            built.names[name] = built.declared[name] = symbol
            return
        if is_variable:
            symbol = VariableSymbol(name, len(self.variables), location)
            self.variables.append(symbol)
        else:
            symbol = ConstantSymbol(name, self._value_of(parameter), parameter.arity, location)
            self.constants.append(symbol)
        built.names[name] = built.exported[name] = symbol

    def _definition(self, unit: ast.OperatorDefinition | ast.FunctionDefinition, built: Built) -> None:
        if unit.name not in built.recursive and isinstance(built.names.get(unit.name), Definition):
            return  # A definition that an INSTANCE gave already is the same one.
        if isinstance(unit, ast.OperatorDefinition):
            own = {parameter.name: parameter.arity for parameter in unit.parameters}
            content = self.without_local_instances(unit.body, own, built)
            level = built.checker.level(content, built.checker.parameters(unit.parameters, {}))
            is_recursive = unit.name in built.recursive
            self._define(unit.name, unit.parameters, content, level, unit, built, is_recursive=is_recursive)
            return
        constructor = ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
        body = self.without_local_instances(constructor, {}, built)
        is_recursive = any(isinstance(node, ast.Name) and node.name == unit.name for node in walk(unit.body))
        if is_recursive:
            self._define(unit.name, (), body, CONSTANT, unit, built, is_recursive=True)
        level = built.checker.level(body, {})
        self._define(unit.name, (), body, level, unit, built, is_recursive=is_recursive)

    def _define(
        self,
        name: str,
        parameters: tuple[ast.Parameter, ...],
        body: ast.Expr,
        level: int,
        unit: ast.Unit,
        built: Built,
        *,
        is_recursive: bool = False,
    ) -> None:
        operator = self._library.override(built.module, name) if isinstance(unit, _DEFINITION_UNITS) else None
        if operator is not None:
            built.names[name] = builtin = _builtin(operator, built.module.name)
            if not getattr(unit, "is_local", False):
                built.exported[name] = builtin
            return
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
        declared = built.names.get(name)
        built.names[name] = symbol
        if not is_local:
            built.exported[name] = symbol
        if name in built.recursive and isinstance(declared, Definition):
            # An INSTANCE may have taken the declared name for what it is to be.
            self._replace({id(declared): symbol})

    def _assume(self, unit: ast.Assume, built: Built) -> None:
        content = self.without_local_instances(unit.body, {}, built)
        built.checker.level(content, {})
        if unit.name is not None:
            self._define(unit.name, (), content, CONSTANT, unit, built)
        if built.context.substitution is None:
            body = self._resolved(content, built)
            built.assumptions.append(NamedFormula(unit.name or "ASSUME", body, built.names, unit.location))

    @staticmethod
    def _resolved(body: ast.Expr, built: Built) -> ast.Expr:
        if built.checker.saw_selection:
            body = with_parts(body, built)
        if built.checker.saw_selection or built.lifted:
            return resolve(body, built.lifted, built.context.extra_arguments)
        return body

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


_DECLARED = (ConstantSymbol, VariableSymbol)

_DEFINITION_UNITS = (ast.OperatorDefinition, ast.FunctionDefinition)


def _builtin(operator: Operator, module: str) -> BuiltinOperator:
    return BuiltinOperator(
        name=operator.name,
        arity=operator.arity,
        function=operator.function,
        parameter_arities=operator.operator_arguments or (0,) * operator.arity,
        module=module,
        is_lazy=operator.lazy,
    )


def _is_assume_prove(body: ast.Expr) -> bool:
    while isinstance(body, ast.Label):
        body = body.body
    return isinstance(body, ast.AssumeProve)
