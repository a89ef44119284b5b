"""What a name means to the checker of names, arities and levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from tlatrace.semantics.levels import NO_LIMITS, Effect, Limits
from tlatrace.syntax import ast


class Kind(Enum):
    """What a name was introduced as."""

    CONSTANT = "constant"
    VARIABLE = "variable"
    NEW = "new identifier"
    PARAMETER = "bound identifier"
    BUILTIN = "operator of the language"
    OPERATOR = "operator"
    INSTANCE = "instance"
    FACT = "theorem or assumption"
    STEP = "step of a proof"


DECLARED = frozenset((Kind.CONSTANT, Kind.VARIABLE, Kind.NEW, Kind.PARAMETER))

Body: TypeAlias = ast.Expr | ast.OperatorDefinition | ast.FunctionDefinition | None


@dataclass(slots=True, eq=False)
class Entry:
    """One meaning of a name.

    ``arities`` has, for each parameter, how many arguments it takes itself. ``level`` and ``place`` are those of what
    is declared; ``effect`` is that of what is defined (an operator that is declared RECURSIVE has a preliminary one
    until ``is_defined``). ``body`` is what a subexpression can be selected from; ``module`` where the definition was
    written; ``instance_of`` the module that an INSTANCE took it from; ``depth`` counts the LETs around it.
    ``has_definitions`` marks a step of a proof that DEF may name, ``is_no_formula`` one that can be a fact, and is no
    expression as a whole.
    """

    name: str
    kind: Kind
    arities: tuple[int, ...]
    location: ast.Location
    module: str
    level: int = 0
    place: int = 0
    effect: Effect | None = None
    is_local: bool = False
    is_defined: bool = True
    is_recursive: bool = False
    is_function: bool = False
    has_definitions: bool = False
    is_no_formula: bool = False
    depth: int = 0
    body: Body = None
    parameters: tuple[str, ...] = ()
    instance_of: str | None = None

    def describe(self) -> str:
        """What it is and where it comes from, for a message."""
        if self.kind is Kind.BUILTIN:
            return "an operator of the language"
        if self.location is ast.NOWHERE:
            return f"the operator of the standard module {self.module}"
        if self.kind is Kind.PARAMETER:
            return f"bound around this place, at {self.location}"
        words = {
            Kind.CONSTANT: "the constant declared",
            Kind.VARIABLE: "the variable declared",
            Kind.NEW: "the identifier declared",
            Kind.INSTANCE: "the instance",
            Kind.FACT: "the theorem or assumption",
            Kind.STEP: "the step",
        }
        return f"{words.get(self.kind, 'the definition')} at {self.location}"


@dataclass(slots=True, eq=False)
class ModuleNames:
    """What a checked module gives to others.

    ``names`` are its own, with those that it extends; ``modules`` its nested modules. ``limits``, ``needs`` and
    ``hands`` are what all of its definitions ask of its constants and variables. ``has_errors``: it was found wrong, so
    what it lacks is not complained of again.
    """

    name: str
    location: ast.Location
    tree: ast.Module | None
    names: dict[str, Entry] = field(default_factory=dict)
    modules: dict[str, ModuleNames] = field(default_factory=dict)
    is_constant: bool = True
    limits: Limits = NO_LIMITS
    needs: dict[tuple[int, int], int] = field(default_factory=dict)
    hands: set[tuple[int, int, int]] = field(default_factory=set)
    has_errors: bool = False

    def declared(self) -> list[Entry]:
        """Its constants and variables, in order."""
        return [entry for entry in self.names.values() if entry.kind in (Kind.CONSTANT, Kind.VARIABLE)]
