"""ENABLED under a refinement mapping.

``WF_v(A)`` of an instance speaks of the steps that the *inner* specification allows: ``ENABLED <<A>>_v`` asks for
values of the inner variables, whatever the mapping could make of them (*Specifying Systems*, 17.8). So it is evaluated
in a copy of the instance in which the module's variables are variables again, on the state that the mapping gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tlatrace.compile import CompiledSpec
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.semantics import Definition, Scope, Spec, Symbol, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import Value


def enabled_inside(evaluator: Evaluator, expression: ast.Expr, scope: Scope, home: Scope) -> Evaluate:
    """``expression``, which says ENABLED, as a function of a state. ``home`` is the scope of the module it stands in,
    perhaps of an instance; ``scope`` has what is bound on the way, too.
    """
    names = tuple(_mapped_variables(evaluator.spec, home))
    if not any(isinstance(scope[name], Definition) for name in names):
        return evaluator.expression(expression, scope)
    mapped = [evaluator.expression(ast.Name(name), scope) for name in names]
    variables = tuple(VariableSymbol(name, index, ast.NOWHERE) for index, name in enumerate(names))
    inner_scope = _copy(scope, {each.name: each for each in variables})
    inner_spec = replace(
        evaluator.spec,
        scope=inner_scope,
        variables=variables,
        init=None,
        next=None,
        actions=(),
        fairness=(),
        subscript=None,
    )
    evaluate = CompiledSpec(inner_spec).expression(expression, inner_scope)

    def enabled(state: State, successor: State | None) -> Value:
        return evaluate(tuple(value(state, None) for value in mapped), None)

    return enabled


def _mapped_variables(spec: Spec, scope: Scope) -> Iterator[str]:
    """The variables that the module of ``scope`` declares, itself or by EXTENDS, where ``scope`` is an instance's."""
    own = (symbol for symbol in scope.values() if isinstance(symbol, Definition) and symbol.scope is scope)
    first = next(own, None)
    if first is None or first.module == spec.name:
        return
    pending = [first.module]
    seen: set[str] = set()
    while pending:
        module = spec.modules.get(pending.pop())
        if module is None or module.name in seen:
            continue
        seen.add(module.name)
        pending += [extended.name for extended in module.extends]
        for unit in module.units:
            if isinstance(unit, ast.Variables):
                for parameter in unit.names:
                    symbol = scope.get(parameter.name)
                    if isinstance(symbol, VariableSymbol) or (isinstance(symbol, Definition) and not symbol.parameters):
                        yield parameter.name


def _copy(scope: Scope, variables: Mapping[str, VariableSymbol]) -> Scope:
    """``scope`` with the mapped variables as variables, also where its definitions look."""
    originals = {name: scope[name] for name in variables}
    copies: dict[int, dict[str, Symbol]] = {}

    def copy(old: Scope) -> dict[str, Symbol]:
        known = copies.get(id(old))
        if known is not None:
            return known
        new = copies[id(old)] = dict(old)
        for name, symbol in old.items():
            if name in originals and symbol is originals[name]:
                new[name] = variables[name]
            elif isinstance(symbol, Definition) and is_inside(symbol.scope):
                new[name] = replace(symbol, scope=copy(symbol.scope))
        return new

    def is_inside(other: Scope) -> bool:
        return any(other.get(name) is original for name, original in originals.items())

    return copy(scope)
