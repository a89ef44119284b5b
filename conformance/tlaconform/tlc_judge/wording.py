"""The words of a generated module: names that nothing else bears, and expressions as text that SANY reads where they
are put.

TLA+ forbids to define or bind a name that means something already, so every name that a generated module adds is
checked against those of the specification and of the mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tlaconform.mapping.fields import EVENT, HEADER
from tlaconform.mapping.model import TraceMapping
from tlaconform.tlc_judge.judgement import TlcJudgeError
from tlaconform.tlc_judge.literals import ascii_text
from tlatrace.semantics import Definition, Scope, Spec, Symbol
from tlatrace.syntax import ast, print_expression
from tlatrace.syntax.rewrite import rewrite, walk
from tlatrace.syntax.tokens import KEYWORDS


class Wording:
    """Names and texts for one specification and one mapping."""

    def __init__(self, spec: Spec, mapping: TraceMapping) -> None:
        self._spec = spec
        self._taken = {*spec.scope, *_names_in_actions(spec), *(set(_names_in_mapping(mapping)) - {EVENT, HEADER})}
        self.event = self.fresh(EVENT)
        self.header = self.fresh(HEADER)

    def fresh(self, name: str) -> str:
        """``name``, with underscores behind it until nothing else is called so; from now on it is taken."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def fresh_family(self, name: str) -> str:
        """The same for a name that others will be derived from by putting ``_1``, ``_2`` … behind it."""
        while any(taken == name or taken.startswith(f"{name}_") for taken in self._taken):
            name += "x"
        self._taken.add(name)
        return name

    def of_mapping(self, tree: ast.Expr, renamed: dict[str, str] | None = None) -> str:
        """An expression of the mapping as text; the names in ``renamed`` are changed."""
        names = {EVENT: self.event, HEADER: self.header, **(renamed or {})}

        def change(node: ast.Node) -> ast.Node | None:
            match node:
                case ast.Name() if names.get(node.name, node.name) != node.name:
                    return ast.Name(names[node.name], location=node.location)
                case ast.String() if ascii_text(node.value) != node.value:
                    return ast.String(ascii_text(node.value), location=node.location)
                case _:
                    return None

        return print_expression(rewrite(tree, change))

    def of_spec(self, tree: ast.Expr, scope: Scope, what: str) -> str:
        """An expression of the specification as text that means the same in a module that extends it.

        Raises:
            TlcJudgeError: it names something that cannot be named from outside its module.
        """
        root = self._spec.scope
        for name in dict.fromkeys(_names(tree)):
            symbol = scope.get(name)
            reason = _why_hidden(symbol, root.get(name))
            if reason is not None:
                raise TlcJudgeError(
                    f"{what} cannot be written for stock TLC: it uses {name}, which {reason}",
                    location=tree.location,
                    hint="define Next in the main module, over names that the module can see",
                )
        return print_expression(tree)


def _why_hidden(symbol: Symbol | None, outside: Symbol | None) -> str | None:
    """Why a name cannot be used from outside the module that gives it a meaning; None if it can, or is bound by what
    uses it."""
    if symbol is None:
        return None
    if isinstance(symbol, Definition):
        if symbol.is_local:
            return "is LOCAL"
        if any("!" in parameter.name for parameter in symbol.parameters):
            return "belongs to an instance with parameters"
    return "means something else outside of its module" if outside is not symbol else None


def _names(tree: ast.Node) -> Iterator[str]:
    for node in walk(tree):
        match node:
            case ast.Name():
                yield node.name
            case ast.Apply():
                yield node.operator


def _bound(tree: ast.Node) -> Iterator[str]:
    """Every identifier that is bound or defined somewhere below ``tree``."""
    for node in walk(tree):
        match node:
            case ast.Bound():
                yield from node.names
            case ast.Lambda():
                yield from node.parameters
            case ast.OperatorDefinition() | ast.FunctionDefinition():
                yield node.name
            case ast.Parameter():
                yield node.name


def _names_in_actions(spec: Spec) -> Iterator[str]:
    for action in spec.actions:
        yield from (binder.name for binder in action.binders)
        for tree in (action.body, *action.guards, *(binder.domain for binder in action.binders)):
            yield from _names(tree)
            yield from _bound(tree)


def _names_in_mapping(mapping: TraceMapping) -> Iterator[str]:
    yield from mapping.let
    yield from mapping.model_values
    for tree in _trees(mapping):
        yield from _names(tree)
        yield from _bound(tree)


def _trees(mapping: TraceMapping) -> Iterator[ast.Expr]:
    sections = [mapping.sections, *(entry.sections for entry in mapping.events.values())]
    written = [
        mapping.kind,
        *mapping.constants.values(),
        *mapping.let.values(),
        *mapping.strings.values(),
        *(candidate for entry in mapping.events.values() for candidate in entry.candidates if candidate is not None),
        *(part for item in mapping.silent for part in (item.action, item.when) if part is not None),
    ]
    yield from (item.tree for item in written)
    if mapping.null is not None:
        yield mapping.null.tree
    for section in sections:
        for pair in (*section.before, *section.observe, *section.observe_if_present):
            yield from (pair.left.tree, pair.right.tree)
        yield from (condition.tree for condition in section.require)


def conjunction(items: Iterable[str], indent: int) -> str:
    """A bulleted list of ``items``, the bullets at column ``indent`` (from 0) of lines after the first."""
    return f"\n{' ' * indent}".join(f"/\\ {item}" for item in items)


def disjunction(items: Iterable[str], indent: int) -> str:
    """The same with the other bullet."""
    return f"\n{' ' * indent}".join(f"\\/ {item}" for item in items)


def enclosed(tree: ast.Expr, text: str) -> str:
    """``text``, which is ``tree`` printed, so that it can stand beside any operator."""
    if isinstance(tree, ast.Name | ast.Field | ast.FunctionApply | ast.Number | ast.String):
        return text
    is_application = isinstance(tree, ast.Apply) and tree.operator.isidentifier() and tree.operator not in KEYWORDS
    return text if is_application else f"({text})"
