"""What a specification means once its names are resolved: the contract between the semantics and everyone who
evaluates.

A *scope* maps each name that a module can use to a :data:`Symbol`. A definition keeps the scope it was written in, so
an evaluator needs nothing else to resolve the names of its body: first the identifiers bound on the way (parameters,
quantifiers, LET), then ``definition.scope``. EXTENDS shares symbols between scopes. INSTANCE makes copies of
definitions whose scope maps the substituted names to definitions without parameters, each of which keeps the scope of
the WITH expression; so evaluators know nothing of instances.

Constants have their values here already: those of the ``.cfg`` file, or those handed to the loader (by a trace's
header).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tlatrace.location import source_lines
from tlatrace.syntax import ast
from tlatrace.values import Value

Scope = Mapping[str, "Symbol"]


@dataclass(frozen=True, slots=True, eq=False)
class ConstantSymbol:
    """A declared constant. ``value`` is None only in a specification that was loaded without values, for its
    outline.
    """

    name: str
    value: Value | None
    arity: int
    location: ast.Location


@dataclass(frozen=True, slots=True, eq=False)
class VariableSymbol:
    """A declared variable; ``index`` is its place in a state (a tuple of values, in the order of declaration)."""

    name: str
    index: int
    location: ast.Location


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """An operator or a function that the specification defines.

    ``parameters`` are those of an operator; a function definition ``f[x \\in S] == e`` has none, and a body that is a
    :class:`~tlatrace.syntax.ast.FunctionConstructor`. ``is_recursive``: the body may reach the definition itself
    (declared RECURSIVE, or a function that names itself). ``level``: 0 constant, 1 state, 2 action, 3 temporal
    (*Specifying Systems*, 17.2).
    """

    name: str
    parameters: tuple[ast.Parameter, ...]
    body: ast.Expr
    scope: Scope
    module: str
    location: ast.Location
    is_recursive: bool = False
    is_function: bool = False
    is_local: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class BuiltinOperator:
    """An operator implemented in Python: one of the language itself, or of a standard module.

    ``function`` takes values, and Python callables where ``parameter_arities`` is above 0; if ``is_lazy``, every
    argument is a callable, one without parameters where a value is meant. Operators that do not evaluate all
    arguments, or that speak of two states (``/\\``, ``=>``, ``'``, ``UNCHANGED``, ``ENABLED``, ``[]`` …), are not
    builtins in this sense: evaluators know them by their symbol.
    """

    name: str
    arity: int
    function: Callable[..., Value]
    parameter_arities: tuple[int, ...]
    module: str
    is_lazy: bool = False


Symbol = ConstantSymbol | VariableSymbol | Definition | BuiltinOperator


@dataclass(frozen=True, slots=True, eq=False)
class Binder:
    """A parameter that Next quantifies on the way to an action: ``\\E name \\in domain``; ``domain`` is read in
    ``scope``.
    """

    name: str
    domain: ast.Expr
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class ActionInstance:
    """One disjunct of the next-state relation: an action with its arguments, below the quantifiers that bind them.

    ``definition`` is None for a disjunct without a name, which is then ``body`` itself. ``arguments`` are expressions
    over the names of ``binders``; ``guards`` are the conjuncts that stood beside the action on the way (``x > 0 /\\
    Inc(i)``). ``body`` is the disjunct as written, ``scope`` what its names mean. ``name`` is what TLC would print.
    """

    name: str
    definition: Definition | None
    binders: tuple[Binder, ...]
    guards: tuple[ast.Expr, ...]
    arguments: tuple[ast.Expr, ...]
    body: ast.Expr
    scope: Scope
    location: ast.Location


@dataclass(frozen=True, slots=True, eq=False)
class NamedFormula:
    """An invariant, a property or a constraint: the name in the configuration, and the formula it stands for."""

    name: str
    body: ast.Expr
    scope: Scope
    location: ast.Location


@dataclass(frozen=True, slots=True, eq=False)
class StepFormula:
    """``[][A]_v``: an action (as the box ``[A]_v``) that every step must satisfy."""

    name: str
    box: ast.ActionBox
    scope: Scope
    location: ast.Location


@dataclass(frozen=True, slots=True, eq=False)
class PropertyParts:
    """A property taken apart into what can be checked on a state, on a step, and on a whole behavior, as TLC does it:
    ``initial`` holds of initial states, ``invariants`` (``[]P``) of every state, ``steps`` of every step; ``temporal``
    is the rest.
    """

    name: str
    initial: tuple[NamedFormula, ...] = ()
    invariants: tuple[NamedFormula, ...] = ()
    steps: tuple[StepFormula, ...] = ()
    temporal: tuple[NamedFormula, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spec:
    """A specification with its constants, ready to be evaluated.

    ``fairness`` holds the conjuncts of the specification's formula beside Init and ``[][Next]_v``, in the order they
    are written; ``subscript`` is the ``v``. ``symmetry``, ``view``, ``alias`` and ``postcondition`` are those of the
    configuration. ``check_deadlock`` is None where the configuration does not say.
    """

    name: str
    scope: Scope
    variables: tuple[VariableSymbol, ...]
    init: NamedFormula | None
    next: NamedFormula | None
    actions: tuple[ActionInstance, ...]
    invariants: tuple[NamedFormula, ...]
    properties: tuple[NamedFormula, ...]
    constraints: tuple[NamedFormula, ...]
    action_constraints: tuple[NamedFormula, ...]
    assumptions: tuple[NamedFormula, ...]
    modules: Mapping[str, ast.Module]
    fairness: tuple[NamedFormula, ...] = ()
    subscript: NamedFormula | None = None
    symmetry: NamedFormula | None = None
    view: NamedFormula | None = None
    alias: NamedFormula | None = None
    postcondition: NamedFormula | None = None
    check_deadlock: bool | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Its name: spelled out, the trees of a specification take gigabytes."""
        return f"<Spec {self.name}>"

    def source_line(self, location: ast.Location) -> str:
        """The line of source text at ``location``, without its end; empty where the source is not at hand."""
        lines = source_lines(self.sources.get(location.file, ""))
        return lines[location.line - 1] if 0 < location.line <= len(lines) else ""
