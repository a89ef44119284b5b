"""What is known of modules while their scopes are built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tlatrace.semantics.checking import Checker
from tlatrace.semantics.references import Lifted
from tlatrace.semantics.spec import NamedFormula, Symbol
from tlatrace.syntax import ast


@dataclass(slots=True)
class Context:
    """What the constants and variables of a module stand for: themselves (``substitution`` is None), or symbols given
    by an INSTANCE.

    ``extra`` are the parameters of the instances around; the substituted names in ``lifted`` take them too.
    """

    substitution: Mapping[str, Symbol] | None = None
    extra: tuple[ast.Parameter, ...] = ()
    lifted: Mapping[str, Lifted] = field(default_factory=dict)
    built: dict[tuple[str, ast.Location], Built] = field(default_factory=dict)

    @property
    def extra_arguments(self) -> tuple[ast.Expr, ...]:
        return tuple(ast.Name(parameter.name) for parameter in self.extra)


@dataclass(frozen=True, slots=True)
class Outer:
    """What a nested module sees of the module around it."""

    names: Mapping[str, Symbol]
    lifted: Mapping[str, Lifted]


@dataclass(slots=True)
class Built:
    """A module that is being built, or was: its names, those that others get, those that take the context's extra
    parameters.

    ``declared`` are the constants and variables that an INSTANCE put something for: a module that extends this one has
    them too, but they are no definitions of the instance.
    """

    module: ast.Module
    context: Context
    stack: tuple[str, ...]
    names: dict[str, Symbol]
    checker: Checker
    recursive: set[str] = field(default_factory=set)
    exported: dict[str, Symbol] = field(default_factory=dict)
    declared: dict[str, Symbol] = field(default_factory=dict)
    lifted: dict[str, Lifted] = field(default_factory=dict)
    nested: dict[str, tuple[ast.Module, Outer]] = field(default_factory=dict)
    has_local_instances: bool = False
    assumptions: list[NamedFormula] = field(default_factory=list)
