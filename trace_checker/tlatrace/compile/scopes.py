"""What names mean while an expression is lowered: bound identifiers, and how the variables of a state are read.

An :class:`Env` holds the identifiers bound on the way to an expression and, behind them, the scope of the definition
it stands in. A :class:`View` says how a variable is read: from a state tuple of the generated function, or, while an
action or an initial predicate is being lowered, from what the path has assigned so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tlatrace.compile.code import Code
from tlatrace.semantics.spec import Scope, Symbol, VariableSymbol
from tlatrace.syntax import ast


class View:
    """How the variables of one state are read."""

    def read(self, index: int) -> Code | None:
        """The value of a variable; None where it is known to have none."""
        raise NotImplementedError

    def as_tuple(self, needed: Iterable[int]) -> str:
        """Something that definitions can read the ``needed`` variables from."""
        raise NotImplementedError


class StateView(View):
    """A state that the generated function has as a tuple."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, index: int) -> Code | None:
        return Code(f"{self.name}[{index}]", is_atomic=True)

    def as_tuple(self, needed: Iterable[int]) -> str:
        return self.name


class AssignedView(View):
    """A state that comes into being: what the path has assigned so far. ``assigned`` is replaced, never changed, as
    lowering goes on.
    """

    def __init__(self, variables: tuple[VariableSymbol, ...], mark: str) -> None:
        self.variables = variables
        self.mark = mark
        self.assigned: Mapping[int, Code] = {}

    def read(self, index: int) -> Code | None:
        return self.assigned.get(index)

    def as_tuple(self, needed: Iterable[int]) -> str:
        known = self.assigned
        if all(index in known for index in needed):
            items = [known[index].text if index in known else "None" for index in range(len(self.variables))]
            return f"({', '.join(items)},)" if items else "()"
        items = [known[index].text if index in known else "UNASSIGNED" for index in range(len(self.variables))]
        return f"PartialState(({', '.join(items)},), NAMES, {self.mark!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A value that the generated code has at hand."""

    code: Code


@dataclass(frozen=True, slots=True, eq=False)
class Delayed:
    """An expression that stands for a name: a definition of LET without parameters, or an argument.

    ``thunk`` is the name of a :class:`~tlatrace.compile.runtime.Lazy` in the generated code, ``cached`` a value that
    it has computed already; both are right only where variables mean what they mean in ``env``. Elsewhere, and without
    either, the expression is lowered wherever the name is used.
    """

    expression: ast.Expr
    env: Env
    thunk: str | None = None
    cached: Code | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """An operator that the generated code has as a Python callable of ``arity`` arguments."""

    text: str
    arity: int


@dataclass(frozen=True, slots=True, eq=False)
class LocalOperator:
    """An operator defined by LET or by LAMBDA, or a name of an operator that was handed over; lowered where it is used.

    ``env`` is a list of one because the environment of a recursive definition contains the binding itself.
    """

    name: str
    parameters: tuple[ast.Parameter, ...]
    body: ast.Expr
    env: list[Env]
    is_recursive: bool


@dataclass(frozen=True, slots=True, eq=False)
class LocalFunction:
    """``f[x \\in S] == e`` of a LET that names itself."""

    definition: ast.FunctionDefinition
    env: list[Env]


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """A name that stands for another one, with what that means elsewhere: an operator handed over as an argument."""

    target: str
    env: Env


Binding: TypeAlias = Bound | Delayed | Operator | LocalOperator | LocalFunction | Alias


@dataclass(frozen=True, slots=True, eq=False)
class Env:
    """Where an expression is lowered. ``after`` is None where primes have no meaning: below a prime, in an initial
    predicate.

    ``chain`` are the definitions that were inlined on the way, for error messages.
    """

    scope: Scope
    now: View
    after: View | None
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    chain: tuple[tuple[str, ast.Location], ...] = ()

    def lookup(self, name: str) -> Binding | Symbol | None:
        """What ``name`` means here."""
        found = self.bindings.get(name)
        return self.scope.get(name) if found is None else found

    def bind(self, bindings: Mapping[str, Binding]) -> Env:
        """This environment with more identifiers."""
        return replace(self, bindings={**self.bindings, **bindings})

    def primed(self) -> Env:
        """Where unprimed variables mean those of the next state."""
        assert self.after is not None
        return replace(self, now=self.after, after=None)

    def enter(self, scope: Scope, bindings: Mapping[str, Binding], name: str, location: ast.Location) -> Env:
        """Inside a definition that is inlined here: only its parameters and its own scope are seen."""
        return Env(scope, self.now, self.after, bindings, (*self.chain, (name, location)))

    def under(self, chain: tuple[tuple[str, ast.Location], ...]) -> Env:
        """This environment, reached through the definitions of ``chain``."""
        return replace(self, chain=chain)

    def with_views(self, other: Env) -> Env:
        """This environment's names, read in the states of ``other``."""
        if self.now is other.now and self.after is other.after:
            return self
        return replace(self, now=other.now, after=other.after)
