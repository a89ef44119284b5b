r"""Functions given by a rule: ``[x \in Nat |-> e]``, which cannot be listed, and those not worth listing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tlatrace.values.base import FUNCTION, Compound, Value, same, shown
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, builder_over
from tlatrace.values.sequences import SequenceValue, outside_domain
from tlatrace.values.sets import AnySet

_MISSING: Any = object()


class LazyFunction(Compound):
    """``[x \\in S |-> e]`` as a rule: applied when asked, each result remembered.

    Where ``S`` is finite it is equal to the function it tabulates to; where ``S`` is infinite, to itself only, and it
    cannot be ordered.
    """

    __slots__ = ("_body", "_domain", "_known", "_table")

    kind = FUNCTION
    family = "function"

    def __init__(self, domain: AnySet, body: Callable[[Value], Value]) -> None:
        self._domain = domain
        self._body = body
        # Keyed with the type, since True and 1 are one key to Python.
        self._known: dict[tuple[type, Value], Value] = {}
        self._table: FunctionValue | SequenceValue | None = None
        self._hash = None

    def is_finite(self) -> bool:
        return self._domain.is_finite()

    def table(self) -> FunctionValue | SequenceValue:
        """The tabulated function; an EvaluationError when the domain is infinite."""
        known = self._table
        if known is None:
            if not self.is_finite():
                raise EvaluationError(
                    f"the function has the infinite domain {shown(self._domain)} and cannot be listed"
                )
            known = self._table = builder_over(self._domain)(tuple(map(self.apply, self._domain)))
        return known

    def __hash__(self) -> int:
        return hash(self.table()) if self.is_finite() else id(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not self.is_finite():
            return False
        mine = self.table()
        return mine == (other.table() if isinstance(other, LazyFunction) and other.is_finite() else other)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.table().__reduce__()

    def apply(self, key: Value) -> Value:
        """``f[key]``"""
        known: Value = self._known.get((type(key), key), _MISSING)
        if known is _MISSING:
            if key not in self._domain:
                raise outside_domain(self, key)
            known = self._known[type(key), key] = self._body(key)
        return known

    def has(self, key: Value) -> bool:
        return key in self._domain

    def domain(self) -> AnySet:
        return self._domain

    def replace(self, key: Value, value: Value) -> LazyFunction:
        """``[f EXCEPT ![key] = value]``"""
        if key not in self._domain:
            return self
        return LazyFunction(self._domain, lambda asked: value if same(asked, key) else self.apply(asked))

    def order_key(self, out: list[Any]) -> None:
        self.table().order_key(out)


class PartialFunction(LazyFunction):
    """A function that has no value for some element of its finite domain; ``error`` tells why."""

    __slots__ = ("_error",)

    def __init__(self, domain: AnySet, body: Callable[[Value], Value], error: EvaluationError) -> None:
        super().__init__(domain, body)
        self._error = error

    def table(self) -> FunctionValue | SequenceValue:
        raise self._error

    def domain(self) -> AnySet:
        """TLC, too, wants all of the function before it tells the domain."""
        raise self._error

    def replace(self, key: Value, value: Value) -> LazyFunction:
        if key not in self._domain:
            return self
        return PartialFunction(
            self._domain, lambda asked: value if same(asked, key) else self.apply(asked), self._error
        )
