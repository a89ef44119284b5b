"""What names mean while the interpreter walks a tree: bound identifiers first, then the scope of the definition we
are in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tlatrace.compile.api import State
from tlatrace.compile.errors import Chain
from tlatrace.semantics.spec import BuiltinOperator, Definition, Scope
from tlatrace.syntax import ast
from tlatrace.values import Value


class Thunk:
    """An expression that is evaluated where its name is used: an argument, or a LET definition without parameters.

    It may be used in another state than the one it was made in (``x'`` of an argument that is a state expression), so
    what is remembered is good for one state, and for one successor if the expression looked at that.
    ``function_name``: the expression is the constructor of a function that names itself so.
    """

    __slots__ = (
        "environment",
        "expression",
        "function_name",
        "known",
        "known_state",
        "known_successor",
        "reads_successor",
    )

    def __init__(self, expression: ast.Expr, environment: Environment, function_name: str | None = None) -> None:
        self.expression = expression
        self.environment = environment
        self.function_name = function_name
        self.known: Value | None = None
        self.known_state: State | None = None
        self.known_successor: State | None = None
        self.reads_successor = False


class Closure:
    """An operator with parameters that is not a definition of a module: one of LET, or a LAMBDA."""

    __slots__ = ("body", "environment", "name", "parameters")

    def __init__(
        self, name: str, parameters: tuple[ast.Parameter, ...], body: ast.Expr, environment: Environment
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.environment = environment


OperatorValue: TypeAlias = Closure | Definition | BuiltinOperator | Callable[..., Value]
Binding: TypeAlias = Value | Thunk | OperatorValue


@dataclass(frozen=True, slots=True)
class Link:
    """A definition that was entered: its name, the place it was used, and what was entered before."""

    name: str
    location: ast.Location
    before: Link | None


class Environment:
    """Bound names, the scope behind them, and the definitions on the way here."""

    __slots__ = ("link", "names", "scope")

    def __init__(self, names: Mapping[str, Binding], scope: Scope, link: Link | None = None) -> None:
        self.names = names
        self.scope = scope
        self.link = link

    def bind(self, name: str, value: Binding) -> Environment:
        """This environment with one name more."""
        return Environment({**self.names, name: value}, self.scope, self.link)

    def chain(self) -> Chain:
        """The definitions on the way here, outermost first."""
        links: list[tuple[str, ast.Location]] = []
        link = self.link
        while link is not None:
            links.append((link.name, link.location))
            link = link.before
        return tuple(reversed(links))
