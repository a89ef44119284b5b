"""The interpreter's part for bound names: what ``x \\in S, <<y, z>> \\in T`` binds, one choice after the other, or all
choices as one set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tlatrace.compile.api import State
from tlatrace.compile.environment import Binding, Environment
from tlatrace.syntax import ast
from tlatrace.values import EvaluationError, ProductSet, SequenceValue, Value, as_set, elements

_Pattern = str | tuple[str, ...]


def _matched(pattern: _Pattern, value: Value) -> dict[str, Binding]:
    """The names that a bound's pattern binds to the parts of ``value``."""
    if isinstance(pattern, str):
        return {pattern: value}
    if not isinstance(value, SequenceValue) or len(value) != len(pattern):
        raise EvaluationError(f"<<{', '.join(pattern)}>> is bound to an element that is no tuple of {len(pattern)}")
    return dict(zip(pattern, value, strict=True))


class Binder:
    """Binds names, given what evaluates their domains."""

    def evaluate(self, expression: ast.Expr, environment: Environment, state: State, successor: State | None) -> Value:
        """The value of ``expression`` in a step from ``state`` to ``successor``."""
        raise NotImplementedError

    def bindings(
        self, bounds: tuple[ast.Bound, ...], environment: Environment, state: State, successor: State | None
    ) -> Iterator[Environment]:
        """``environment`` with the bound names, for every choice of their values; the first name varies fastest, as
        in TLC.
        """
        dimensions = self._dimensions(bounds, environment, state, successor)

        def choose(index: int, names: dict[str, Binding]) -> Iterator[Environment]:
            if index < 0:
                yield Environment({**environment.names, **names}, environment.scope, environment.link)
                return
            pattern, domain = dimensions[index]
            for value in elements(domain):
                yield from choose(index - 1, {**names, **_matched(pattern, value)})

        return choose(len(dimensions) - 1, {})

    def _dimensions(
        self, bounds: tuple[ast.Bound, ...], environment: Environment, state: State, successor: State | None
    ) -> list[tuple[_Pattern, Value]]:
        """What is bound, each name (or tuple of names) with its domain."""
        dimensions: list[tuple[_Pattern, Value]] = []
        for bound in bounds:
            if bound.domain is None:
                raise EvaluationError(f"{', '.join(bound.names)} is bound to no set, so it cannot be enumerated")
            domain = self.evaluate(bound.domain, environment, state, successor)
            if bound.is_tuple:
                dimensions.append((bound.names, domain))
            else:
                dimensions.extend((name, domain) for name in bound.names)
        return dimensions

    def domain_and_binder(
        self, bounds: tuple[ast.Bound, ...], environment: Environment, state: State, successor: State | None
    ) -> tuple[Value, Callable[[Value], Environment]]:
        """The set that all bounds together range over, and the environment for an element of it."""
        dimensions = self._dimensions(bounds, environment, state, successor)
        if len(dimensions) == 1:
            (pattern, domain) = dimensions[0]
            return domain, lambda value: Environment(
                {**environment.names, **_matched(pattern, value)}, environment.scope, environment.link
            )
        domain = ProductSet(tuple(as_set(part, "a function constructor") for _, part in dimensions))

        def bind(value: Value) -> Environment:
            assert isinstance(value, SequenceValue)
            names: dict[str, Binding] = dict(environment.names)
            for (pattern, _), part in zip(dimensions, value, strict=True):
                names.update(_matched(pattern, part))
            return Environment(names, environment.scope, environment.link)

        return domain, bind
