"""A specification as a draft needs it: its actions with what their parameters range over, its variables with how they
are used, its constants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tlatrace.semantics.spec import ActionInstance, ConstantSymbol, Definition, Spec
from tlatrace.syntax import ast, print_expression
from tlatrace.syntax.rewrite import walk
from tlatrace.values import ModelValue, SetValue, Value


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action: its parameters, and the text of the domain of each ("" where it is not known)."""

    name: str
    parameters: tuple[str, ...]
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariableView:
    """A variable: to how many indexes it is applied one after the other, whether its (or their) length is taken, and
    whether it (or they) are used as sets. ``domain`` is the text of the set that the first index ranges over, "" where
    the modules do not say it.
    """

    name: str
    depth: int
    has_length: bool
    is_set: bool
    domain: str


@dataclass(frozen=True, slots=True)
class ConstantView:
    """A constant without a value: whether it is used as a set, or as a number."""

    name: str
    is_set: bool
    is_number: bool


@dataclass(frozen=True, slots=True)
class SpecView:
    name: str
    actions: tuple[ActionView, ...]
    variables: tuple[VariableView, ...]
    constants: tuple[ConstantView, ...]
    names: frozenset[str]
    """All names of its scope."""
    model_values: frozenset[str]
    """The names of model values within the constants that a configuration gives."""
    nil: tuple[str, ...]
    """The constants whose value is a model value of the configuration."""


def view_of(spec: Spec) -> SpecView:
    """What a draft needs of ``spec``, which may lack values of constants."""
    uses = _Uses(spec)
    actions: dict[str, ActionView] = {}
    for instance in spec.actions:
        view = _action(instance)
        actions.setdefault(view.name, view)
    constants = [s for s in spec.scope.values() if isinstance(s, ConstantSymbol) and s.value is None]
    given: Mapping[str, Value] = {
        s.name: s.value for s in spec.scope.values() if isinstance(s, ConstantSymbol) and s.value is not None
    }
    return SpecView(
        spec.name,
        tuple(actions.values()),
        tuple(
            VariableView(
                v.name,
                uses.depths.get(v.name, 0),
                v.name in uses.lengths,
                v.name in uses.sets,
                uses.domains.get(v.name, ""),
            )
            for v in spec.variables
        ),
        tuple(ConstantView(c.name, c.name in uses.sets, c.name in uses.numbers) for c in constants),
        frozenset(spec.scope),
        frozenset(name for value in given.values() for name in _model_values(value)),
        tuple(name for name, value in given.items() if isinstance(value, ModelValue)),
    )


def _model_values(value: Value) -> Iterator[str]:
    """The names of a model value, or of those that a set holds."""
    if isinstance(value, ModelValue):
        yield value.name
    elif isinstance(value, SetValue):
        for element in value:
            yield from _model_values(element)


def _action(instance: ActionInstance) -> ActionView:
    if instance.definition is None:
        return ActionView(instance.name, (), ())
    domains = {binder.name: print_expression(binder.domain) for binder in instance.binders}
    parameters = tuple(parameter.name for parameter in instance.definition.parameters)
    given = (domains.get(a.name, "") if isinstance(a, ast.Name) else "" for a in instance.arguments)
    return ActionView(instance.definition.name, parameters, tuple(given))


_SET_ON_THE_RIGHT = ("\\in", "\\notin", "\\subseteq", "\\supseteq")
_OF_SETS = ("SUBSET", "UNION", "Cardinality", "IsFiniteSet", "\\cup", "\\union", "\\cap", "\\intersect", "\\")
_OF_NUMBERS = ("<", "<=", "\\leq", "=<", ">", ">=", "\\geq", "+", "-", "*", "..", "%", "\\div")


class _Uses:
    """How names are used in the modules of a specification."""

    def __init__(self, spec: Spec) -> None:
        self.depths: dict[str, int] = {}
        self.lengths: set[str] = set()
        self.sets: set[str] = set()
        self.numbers: set[str] = set()
        self.domains: dict[str, str] = {}
        """What functions range over, by the first formula that says so."""
        for tree in _trees(spec):
            for node in walk(tree):
                self._look_at(node)

    def _look_at(self, node: ast.Node) -> None:
        match node:
            case ast.FunctionApply():
                self._index(node, 0)
            case ast.Except(function=function, updates=updates):
                for update in updates:
                    self._index(function, sum(isinstance(step, ast.ExceptIndex) for step in update.path))
                    if any(_is_of_set(inner) for inner in walk(update.value)):
                        self._add(self.sets, function)
            case ast.Bound(domain=domain) if domain is not None:
                self._add(self.sets, domain)
            case ast.FunctionSet(domain=domain, codomain=codomain):
                self._add(self.sets, domain)
                self._add(self.sets, codomain)
            case ast.Times(items=items):
                for item in items:
                    self._add(self.sets, item)
            case ast.Apply(operator="Len", arguments=(argument,)):
                self._add(self.lengths, argument)
            case ast.Apply(operator=operator, arguments=arguments):
                self._domain(operator, arguments)
                if operator in _SET_ON_THE_RIGHT:
                    self._add(self.sets, arguments[-1])
                if operator in _OF_SETS:
                    for argument in arguments:
                        self._add(self.sets, argument)
                if operator in _OF_NUMBERS:
                    for argument in arguments:
                        self._add(self.numbers, argument)

    def _domain(self, operator: str, arguments: tuple[ast.Expr, ...]) -> None:
        """Note what ``x = [i \\in S |-> e]`` and ``x \\in [S -> T]`` say of ``x``."""
        match operator, arguments:
            case "=", (ast.Name(name=name), ast.FunctionConstructor(bounds=(ast.Bound(domain=domain), *_))):
                pass
            case "\\in", (ast.Name(name=name), ast.FunctionSet(domain=domain)):
                pass
            case _:
                return
        if domain is not None:
            self.domains.setdefault(name, print_expression(domain))

    def _index(self, tree: ast.Node, depth: int) -> None:
        """Note to how many indexes the name within ``tree`` is applied, and ``depth`` more."""
        while isinstance(tree, ast.FunctionApply) or (isinstance(tree, ast.Apply) and tree.operator == "'"):
            depth += isinstance(tree, ast.FunctionApply)
            tree = tree.function if isinstance(tree, ast.FunctionApply) else tree.arguments[0]
        if isinstance(tree, ast.Name):
            self.depths[tree.name] = max(depth, self.depths.get(tree.name, 0))

    def _add(self, to: set[str], tree: ast.Node) -> None:
        """The name that ``tree`` is, or that it applies to an index."""
        while True:
            match tree:
                case ast.FunctionApply(function=inner):
                    tree = inner
                case ast.Apply(operator="'", arguments=(inner,)):
                    tree = inner
                case ast.Name(name=name):
                    to.add(name)
                    return
                case _:
                    return


def _is_of_set(node: ast.Node) -> bool:
    """Whether a node says that ``@`` is a set."""
    return (
        isinstance(node, ast.Apply) and node.operator in _OF_SETS and any(isinstance(a, ast.At) for a in node.arguments)
    )


def _trees(spec: Spec) -> Iterator[ast.Expr]:
    for symbol in spec.scope.values():
        if isinstance(symbol, Definition) and symbol.module in spec.modules:
            yield symbol.body
    for formula in (*spec.assumptions, *spec.invariants):
        yield formula.body
