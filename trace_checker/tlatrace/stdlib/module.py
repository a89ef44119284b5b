"""What a standard module is: a name and operators, each a Python function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tlatrace.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator of TLA+ under its normalised name (``+``, ``\\cup``, ``Append``).

    ``function`` takes ``arity`` arguments and returns a value, or raises an EvaluationError. Where
    ``operator_arguments`` is not empty it gives, for each argument, the arity of the operator that is expected there
    (0 for a value); such an argument arrives as a Python callable. Where ``lazy`` is set, each argument arrives as a
    callable without parameters. ``place`` says where the function stands, for one that a user registered.
    """

    name: str
    arity: int
    function: Callable[..., Value]
    lazy: bool = False
    operator_arguments: tuple[int, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardModule:
    """A module that is evaluated here rather than read from a file. ``extends`` names the modules whose operators it
    exports too."""

    name: str
    extends: tuple[str, ...]
    operators: Mapping[str, Operator]


def operators(
    table: Mapping[str, tuple[int, Callable[..., Value]]], more: Iterable[Operator] = ()
) -> Mapping[str, Operator]:
    """A module's operators from a table of name to arity and function, and those that need more said."""
    plain = {name: Operator(name=name, arity=arity, function=function) for name, (arity, function) in table.items()}
    return MappingProxyType(plain | {one.name: one for one in more})
