r"""Actions whose tests stand where all that they name is known, for exploration.

``\E b, e \in 1 .. Len(log[i]) : /\ IsSend(i) /\ b = line.first /\ e = b + line.count /\ Send(i, b, e)`` is asked for
every pair, although the line says which. So the action is written out; a test that does not name ``b`` is moved before
it is chosen, and where a test says what ``b`` is, nothing else is tried. Tests that cost little stand before everything
else, and what is compared with ``{x \in S : P}`` is asked for P, not all of S.

Only tests are moved: what has no prime, no branch and no effect. So every successor is made as often as before, though
perhaps in another order, where what is looked up is tried first. A test that is moved may fail where it was not
evaluated before; then the action is asked as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tlatrace.compile.analysis import IMPURE, Analysis
from tlatrace.compile.early import conjuncts_of_let, replaced, written_out
from tlatrace.compile.early_sent import joined
from tlatrace.compile.incremental.expanding import Expander, NotExpanded
from tlatrace.semantics.spec import ActionInstance, Definition, Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, rewrite, walk

_COMPARISONS: Final = frozenset(
    ("=", "#", "/=", "<", ">", "<=", ">=", "\\in", "\\notin", "\\subseteq", "\\leq", "\\geq")
)

_CHEAP_NODES: Final = 12
"""A larger value is not computed twice."""

_LOOPS: Final = (
    ast.Quantifier,
    ast.SetFilter,
    ast.SetMap,
    ast.FunctionConstructor,
    ast.Choose,
    ast.Lambda,
    ast.FunctionSet,
    ast.RecordSet,
    ast.Times,
)

_EFFECTS: Final = IMPURE | {"'", "UNCHANGED", "ENABLED", "\\cdot"}


def early_action(instance: ActionInstance, analysis: Analysis) -> ActionInstance | None:
    """The action with its tests moved; None where there is nothing to move, or it cannot be written out."""
    expander = Expander(instance.scope, analysis)
    try:
        written = written_out(instance, expander)
    except NotExpanded:
        return None
    moved = _moved(rewrite(written, _of_filter), _Tests(expander.scope, is_pure=IMPURE.isdisjoint(names_in(written))))
    if moved == written and not any(isinstance(node, ast.Quantifier) for node in walk(written)):
        return None
    return replace(instance, binders=(), guards=(), body=moved, scope=expander.scope)


def _of_filter(part: ast.Node) -> ast.Node | None:
    r"""``\A x \in A : x \in S /\ P`` for ``A \subseteq {x \in S : P}``."""
    match part:
        case ast.Apply(
            operator="\\subseteq",
            arguments=(
                subset,
                ast.SetFilter(
                    bound=ast.Bound(names=(name,), domain=ast.Expr() as domain, is_tuple=False), predicate=test
                ),
            ),
        ) if name not in names_in(subset):
            element = ast.Apply("\\in", (ast.Name(name), domain), location=domain.location)
            body = ast.Junction("/\\", (element, test), location=test.location)
            return ast.Quantifier("\\A", (ast.Bound((name,), subset),), body, location=part.location)
    return None


@dataclass(frozen=True, slots=True)
class _Tests:
    """Which tests may stand in front. ``is_pure``: nobody sees whether what they stand before was evaluated."""

    scope: Scope
    is_pure: bool

    def first(self, items: list[ast.Expr]) -> list[ast.Expr]:
        if not self.is_pure:
            return items
        return sorted(items, key=lambda item: not (_is_guard(item) and self._is_cheap(item)))

    def _is_cheap(self, item: ast.Expr) -> bool:
        for node in walk(item):
            if isinstance(node, _LOOPS):
                return False
            if isinstance(node, ast.Apply) and isinstance(self.scope.get(node.operator), Definition):
                return False
        return True


def _moved(formula: ast.Expr, tests: _Tests) -> ast.Expr:
    return joined(tests.first(list(_parts(formula, tests))), formula)


def _parts(formula: ast.Expr, tests: _Tests) -> Iterator[ast.Expr]:
    """The conjuncts of an action, in their order, tests as early as they can be."""
    match formula:
        case ast.Junction(operator="/\\", items=items):
            for item in items:
                yield from _parts(item, tests)
        case ast.Junction(items=items):
            yield ast.Junction("\\/", tuple(_moved(item, tests) for item in items), location=formula.location)
        case ast.If(condition=condition, then=one, otherwise=other):
            yield ast.If(condition, _moved(one, tests), _moved(other, tests), location=formula.location)
        case ast.Let():
            yield from conjuncts_of_let(
                formula, lambda body: list(_parts(body, tests)), may_leave=_is_test, in_order=tests.first
            )
        case ast.Quantifier(kind="\\E", bounds=bounds, body=body) if _is_simple(bounds):
            parts = list(_parts(body, tests))
            for bound in reversed(bounds):
                for name in reversed(bound.names):
                    parts = _chosen(name, bound, parts, body, tests)
            yield from parts
        case _:
            yield formula


def _is_simple(bounds: Sequence[ast.Bound]) -> bool:
    return all(bound.domain is not None and not bound.is_tuple for bound in bounds)


def _chosen(name: str, bound: ast.Bound, items: Sequence[ast.Expr], place: ast.Expr, tests: _Tests) -> list[ast.Expr]:
    """``\\E name \\in domain`` over the conjunction of ``items``, as conjuncts."""
    domain = bound.domain
    assert domain is not None
    known: ast.Expr | None = None
    outer: list[ast.Expr] = []
    inner: list[ast.Expr] = []
    for item in items:
        value = _equal_to(name, item) if known is None and not isinstance(domain, ast.SetEnumeration) else None
        if value is not None:
            outer.append(ast.Apply("\\in", (value, domain), location=item.location))
            domain = ast.SetEnumeration((value,), location=item.location)
            known = value if sum(1 for _ in walk(value)) <= _CHEAP_NODES else None
        elif not _is_test(item):
            inner.append(item)
        elif name not in names_in(item):
            outer.append(item)
        elif known is not None:
            outer.append(replaced(name, known, item))
        else:
            inner.append(item)
    chosen = ast.Bound((name,), domain, location=bound.location)
    outer.append(ast.Quantifier("\\E", (chosen,), joined(tests.first(inner), place), location=place.location))
    return outer


def _equal_to(name: str, item: ast.Expr) -> ast.Expr | None:
    """``e`` of the test ``name = e``, which does not name it."""
    if not _is_test(item):
        return None
    match item:
        case ast.Apply(operator="=", arguments=(ast.Name(name=found), value)) if found == name:
            return None if name in names_in(value) else value
        case ast.Apply(operator="=", arguments=(value, ast.Name(name=found))) if found == name:
            return None if name in names_in(value) else value
    return None


def _is_test(item: ast.Expr) -> bool:
    """Whether ``item`` only compares: it makes nothing true in several ways, and gives no variable a value."""
    return isinstance(item, ast.Apply) and item.operator in _COMPARISONS and _EFFECTS.isdisjoint(names_in(item))


def _is_guard(item: ast.Expr) -> bool:
    """Whether ``item`` is a test, or says no more than TRUE or FALSE of the state in one way."""
    is_said = isinstance(item, ast.Field | ast.FunctionApply) or (isinstance(item, ast.Apply) and item.operator == "~")
    return _is_test(item) or (is_said and _EFFECTS.isdisjoint(names_in(item)))
