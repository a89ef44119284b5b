"""INSTANCE: the definitions of a module again, with something put for its constants and variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tlatrace.semantics.building import Built, Context, Outer
from tlatrace.semantics.checking import Local, parameter_arities
from tlatrace.semantics.local_instances import LocalInstances, has_local_instances
from tlatrace.semantics.parts import with_parts
from tlatrace.semantics.references import Lifted, resolve
from tlatrace.semantics.spec import ConstantSymbol, Definition, Symbol
from tlatrace.stdlib import StandardModule
from tlatrace.syntax import ast


class Instantiation:
    """The part of the elaborator that knows INSTANCE; modules have been checked before."""

    main: Context

    def find_module(
        self, name: str, built: Built, location: ast.Location
    ) -> tuple[ast.Module, Outer | None] | StandardModule:
        """A module as it is seen from the one that is being built."""
        raise NotImplementedError

    def build_module(self, module: ast.Module, context: Context, stack: tuple[str, ...], outer: Outer | None) -> Built:
        """The scope of a module in a context."""
        raise NotImplementedError

    def standard_symbols(self, module: StandardModule) -> dict[str, Symbol]:
        """What a standard module defines."""
        raise NotImplementedError

    def add(self, built: Built, name: str, symbol: Symbol, *, is_local: bool = False) -> None:
        """Give a name its meaning, unless it has one."""
        raise NotImplementedError

    def instance(self, unit: ast.Instance, built: Built) -> None:
        """An INSTANCE with or without a name, at the top of a module."""
        prefix = "" if unit.name is None else f"{unit.name}!"
        found = self.find_module(unit.module, built, unit.location)
        if isinstance(found, StandardModule):
            symbols = self.standard_symbols(found)
            inner, part = self._without_declarations(unit, built), None
        else:
            module, outer = found
            inner = self._instance_context(unit, module, outer is not None, built)
            part = self.build_module(module, inner, (*built.stack, module.name), outer)
            symbols = part.exported
        for name, symbol in symbols.items():
            is_lifted = part is not None and name in part.lifted
            if inner.extra and not is_lifted:
                symbol = _with_parameters(symbol, name, inner.extra, symbols, built, unit.location)
            self.add(built, prefix + name, symbol, is_local=unit.is_local)
            if built.context.extra and inner.extra:
                own = len(parameter_arities(symbol)) - len(built.context.extra)
                built.lifted.setdefault(prefix + name, Lifted(own, len(built.context.extra)))

    def _without_declarations(self, unit: ast.Instance, built: Built) -> Context:
        """The context of a standard module, which declares nothing: only parameters of instances matter."""
        return Context(extra=(*built.context.extra, *self._renamed_parameters(unit, built).values()))

    def _renamed_parameters(self, unit: ast.Instance, built: Built) -> dict[str, ast.Parameter]:
        """The parameters of the instance, under names that no identifier can have."""
        taken = {parameter.name for parameter in built.context.extra}
        renamed: dict[str, ast.Parameter] = {}
        for parameter in unit.parameters:
            name = f"{unit.name}!{parameter.name}"
            while name in taken:
                name += "!"
            renamed[parameter.name] = replace(parameter, name=name)
        return renamed

    def _instance_context(self, unit: ast.Instance, module: ast.Module, is_nested: bool, built: Built) -> Context:
        """What the module's constants and variables stand for in this INSTANCE."""
        declared = list(self.declarations_of(module, built))
        if not declared and not is_nested and not unit.parameters and not unit.substitutions:
            return self.main  # One module of definitions reached on two ways is one module.
        bound = built.checker.parameters(unit.parameters, {})
        parameters = self._renamed_parameters(unit, built)
        renamed: dict[str, ast.Expr] = {
            name: ast.Name(parameter.name, location=parameter.location) for name, parameter in parameters.items()
        }
        inner = Context({}, (*built.context.extra, *parameters.values()))
        explicit = {substitution.name: substitution.value for substitution in unit.substitutions}
        symbols: dict[str, Symbol] = {}
        lifted: dict[str, Lifted] = {}
        for parameter in declared:
            value = explicit.get(parameter.name, ast.Name(parameter.name, location=unit.location))
            if isinstance(value, ast.Selection):
                value = with_parts(value, built)
            level = built.checker.argument(value, parameter.arity, parameter.name, bound)
            known_symbol = self._plain(value, bound, built)
            symbol = known_symbol or self._substitute(parameter, value, level, inner, renamed, built)
            symbols[parameter.name] = symbol
            if inner.extra and known_symbol is None:
                lifted[parameter.name] = Lifted(parameter.arity, len(inner.extra))
        inner.substitution, inner.lifted = symbols, lifted
        return inner

    @staticmethod
    def _plain(value: ast.Expr, bound: Mapping[str, Local], built: Built) -> Symbol | None:
        """The symbol that ``value`` names, if it does nothing else."""
        if isinstance(value, ast.Name) and value.name not in bound and value.name not in built.lifted:
            return built.names.get(value.name)
        return None

    @staticmethod
    def _substitute(
        parameter: ast.Parameter,
        value: ast.Expr,
        level: int,
        inner: Context,
        renamed: Mapping[str, ast.Expr],
        built: Built,
    ) -> Symbol:
        """A definition of ``value``, to stand for ``parameter``."""
        own: tuple[ast.Parameter, ...] = ()
        body = value
        if isinstance(value, ast.Lambda):
            own = tuple(ast.Parameter(name, location=value.location) for name in value.parameters)
            body = value.body
        elif parameter.arity > 0:
            own = tuple(ast.Parameter(f"{parameter.name}!{i}") for i in range(1, parameter.arity + 1))
            arguments = tuple(ast.Name(each.name) for each in own)
            if isinstance(value, ast.Selection):
                last = replace(value.steps[-1], arguments=value.steps[-1].arguments + arguments)
                body = replace(value, steps=(*value.steps[:-1], last))
            elif isinstance(value, ast.Name):
                body = ast.Apply(value.name, arguments, location=value.location)
        return Definition(
            name=parameter.name,
            parameters=inner.extra + own,
            body=resolve(body, built.lifted, built.context.extra_arguments, renamed),
            scope=built.names,
            module=built.module.name,
            location=value.location,
            level=level,
        )

    def declarations_of(self, module: ast.Module, built: Built) -> Iterator[ast.Parameter]:
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
                found = self.find_module(extended.name, built, extended.location)
                if not isinstance(found, StandardModule) and extended.name not in visited:
                    pending.append(found[0])

    # ------------------------------------------------------------------------------------------------ in LET

    def without_local_instances(self, body: ast.Expr, bound: Mapping[str, int], built: Built) -> ast.Expr:
        """``body`` with every INSTANCE of a LET put into the module."""
        if not built.has_local_instances or not has_local_instances(body):
            return body

        def declared(unit: ast.Instance) -> list[str]:
            found = self.find_module(unit.module, built, unit.location)
            if isinstance(found, StandardModule):
                return []
            return [parameter.name for parameter in self.declarations_of(found[0], built)]

        def put(unit: ast.Instance) -> dict[str, int]:
            self.instance(unit, built)
            prefix = f"{unit.name}!"
            hidden = len(built.context.extra)
            return {
                name[len(prefix) :]: len(parameter_arities(symbol)) - (hidden if name in built.lifted else 0)
                for name, symbol in built.names.items()
                if name.startswith(prefix)
            }

        return LocalInstances(declared, put).rewritten(body, bound)


def _with_parameters(
    symbol: Symbol,
    name: str,
    extra: tuple[ast.Parameter, ...],
    symbols: Mapping[str, Symbol],
    built: Built,
    location: ast.Location,
) -> Symbol:
    """A definition that was built without the parameters of the instance, with these in front."""
    if isinstance(symbol, ConstantSymbol):
        return symbol
    arities = parameter_arities(symbol)
    own = tuple(ast.Parameter(f"{name}!{i}", arity) for i, arity in enumerate(arities, start=1))
    arguments = tuple(ast.Name(each.name) for each in own)
    body: ast.Expr = ast.Apply(name, arguments, location=location) if own else ast.Name(name, location=location)
    return Definition(
        name=name,
        parameters=extra + own,
        body=body,
        scope=symbols,
        module=built.module.name,
        location=location,
        level=symbol.level if isinstance(symbol, Definition) else 0,
    )
