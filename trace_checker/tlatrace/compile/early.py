r"""Whether a step is allowed by an action, asked of one step after the other, both states known.

``\E i, j \in Server : \E k \in 1 .. Len(log[i]) : /\ i # j /\ IsLeader(i) /\ Send(i, j, k) /\ UNCHANGED log`` is false
of most steps for reasons that have nothing to do with most of its identifiers: the log changed; nobody is leader. So
the action is written out, and every conjunct is moved to where all that it names is known: ``UNCHANGED log`` before
everything else, ``IsLeader(i)`` before ``j`` is chosen. The disjunct that a like step was allowed by (one that changed
the same variables) is tried first.

What is found TRUE so is TRUE. Everything else is asked of plain evaluation, whose answer, or error, counts. An action
that TLC could not evaluate before it comes to the disjunct that is TRUE is allowed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.compile.early_sent import chosen_from_after, chosen_from_sent, joined
from tlatrace.compile.incremental.expanding import Expander, NotExpanded, is_plain
from tlatrace.errors import TlatraceError
from tlatrace.semantics.decomposition import decompose_next
from tlatrace.semantics.spec import ActionInstance, Definition, NamedFormula, Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, rewrite
from tlatrace.values import Value


def step_test(evaluator: Evaluator, action: ast.Expr, scope: Scope) -> Evaluate:
    """A function ``(state, successor)`` of the value of ``action``, as ``evaluator.expression`` gives one, but for its
    cost where it is TRUE.
    """
    plain = evaluator.expression(action, scope)
    analysis = Analysis()
    if not analysis.reads(action, scope).is_pure:
        return plain
    ways: list[Evaluate] = []
    for part, inner in disjuncts(action, scope, analysis):
        expander = Expander(inner, analysis)
        try:
            written = early(expander.expand(part, inner))
        except NotExpanded:
            ways += _apart(evaluator, part, inner, analysis)
            ways.append(evaluator.expression(part, inner))
        else:
            ways.append(evaluator.expression(written, expander.scope))
    return _Step(ways, plain)


def _apart(evaluator: Evaluator, part: ast.Expr, scope: Scope, analysis: Analysis) -> Iterator[Evaluate]:
    r"""The actions that a disjunct chooses among, ``A(i)`` and ``B(i)`` of ``\E i \in S : A(i) \/ B(i)``, each on its
    own: what keeps one from being written out is no reason to ask for the others on the way to it.
    """
    instances = decompose_next(NamedFormula("", part, scope, part.location))
    if len(instances) < 2:
        return
    for instance in instances:
        expander = Expander(instance.scope, analysis)
        try:
            written = early(written_out(instance, expander))
        except NotExpanded:
            expander = Expander(instance.scope, analysis)
            try:
                written = written_out(instance, expander, is_called=True)
            except NotExpanded:
                continue
        yield evaluator.expression(written, expander.scope)


def written_out(instance: ActionInstance, expander: Expander, *, is_called: bool = False) -> ast.Expr:
    """An action written out, below the quantifiers that bind its arguments; ``is_called``: but for its definition.

    Raises:
        NotExpanded: it cannot be written out.
    """
    names: dict[str, ast.Name] = {}
    bounds: list[ast.Bound] = []
    for binder in instance.binders:
        domain = expander.expand(binder.domain, binder.scope, names)
        name = expander.fresh(binder.name)
        names[binder.name] = ast.Name(name, location=binder.domain.location)
        bounds.append(ast.Bound((name,), domain, location=binder.domain.location))
    items = [expander.expand(each, instance.scope, names) for each in instance.guards]
    if is_called:
        items.append(expander.call(instance.body, instance.scope, names))
    else:
        items.append(expander.expand(instance.body, instance.scope, names))
    written = joined(items, instance.body)
    for bound in reversed(bounds):
        written = ast.Quantifier("\\E", (bound,), written, location=instance.location)
    return written


class _Step:
    __slots__ = ("_likely", "_plain", "_ways")

    def __init__(self, ways: Sequence[Evaluate], plain: Evaluate) -> None:
        self._ways = ways
        self._plain = plain
        self._likely: dict[tuple[int, ...], int] = {}

    def __call__(self, state: State, successor: State) -> Value:
        # Equal values that are not one object make another key, and no other answer.
        changed = tuple(index for index, old in enumerate(state) if old is not successor[index])
        first = self._likely.get(changed)
        if first is not None and self._holds(first, state, successor):
            return True
        for way in range(len(self._ways)):
            if way != first and self._holds(way, state, successor):
                self._likely[changed] = way
                return True
        return self._plain(state, successor)

    def _holds(self, way: int, state: State, successor: State) -> bool:
        try:
            return self._ways[way](state, successor) is True
        except TlatraceError:
            return False


def disjuncts(formula: ast.Expr, scope: Scope, analysis: Analysis) -> Iterator[tuple[ast.Expr, Scope]]:
    """The disjuncts of an action, through definitions without parameters, each with what its names mean."""
    match formula:
        case ast.Junction(operator="\\/", items=items):
            for item in items:
                yield from disjuncts(item, scope, analysis)
            return
        case ast.Label(body=body):
            yield from disjuncts(body, scope, analysis)
            return
        case ast.Name(name=name):
            match scope.get(name):
                case Definition(parameters=(), is_recursive=False, is_function=False) as definition:
                    yield from disjuncts(definition.body, definition.scope, analysis)
                    return
    yield formula, scope


# ---------------------------------------------------------------------------------------------------- moving conjuncts


def early(formula: ast.Expr) -> ast.Expr:
    """``formula``, written out, with every conjunct where all that it names is known; it is TRUE of the same steps,
    where it has a value.
    """
    return joined(_conjuncts(formula), formula)


def _conjuncts(formula: ast.Expr) -> list[ast.Expr]:
    """The conjuncts of ``formula``, those in front that cost nothing and are false of most steps."""
    found = list(_parts(formula))
    return [each for each in found if _is_kept(each)] + [each for each in found if not _is_kept(each)]


def _parts(formula: ast.Expr) -> Iterator[ast.Expr]:
    match formula:
        case ast.Junction(operator="/\\", items=items):
            for item in items:
                yield from _parts(item)
        case ast.Junction(items=items):
            yield ast.Junction("\\/", tuple(map(early, items)), location=formula.location)
        case ast.Apply(operator="UNCHANGED", arguments=(ast.Tuple(items=items),)):
            for item in items:
                yield from _parts(ast.Apply("UNCHANGED", (item,), location=item.location))
        case ast.If(condition=condition, then=one, otherwise=other):
            yield ast.If(condition, early(one), early(other), location=formula.location)
        case ast.Let():
            yield from conjuncts_of_let(formula, _conjuncts)
        case ast.Quantifier(kind="\\E", bounds=bounds, body=body) if all(each.domain is not None for each in bounds):
            single = [
                ast.Bound((name,), bound.domain, location=bound.location)
                for bound in bounds
                if not bound.is_tuple
                for name in bound.names
            ]
            if len(single) < sum(len(bound.names) for bound in bounds):  # <<x, y>> \in S stays as it is
                yield ast.Quantifier("\\E", bounds, early(body), location=formula.location)
                return
            parts = _conjuncts(body)
            for bound in reversed(single):
                outer, inner = _split(parts, frozenset(bound.names))
                parts = [*outer, chosen_from_after(bound, inner, formula) or chosen_from_sent(bound, inner, formula)]
            yield from parts
        case _:
            yield formula


def conjuncts_of_let(
    node: ast.Let,
    conjuncts: Callable[[ast.Expr], Sequence[ast.Expr]],
    *,
    may_leave: Callable[[ast.Expr], bool] = lambda _: True,
    in_order: Callable[[list[ast.Expr]], list[ast.Expr]] = list,
) -> Iterator[ast.Expr]:
    """The conjuncts of a LET: those of its body that name nothing of what it defines, and a LET for the others.

    ``conjuncts`` are those of a formula; ``may_leave`` says of one whether it may stand before the LET at all, and
    ``in_order`` orders those that stay.
    """
    definitions, body = _without_tuples(node)
    names = frozenset(
        each.name for each in definitions if isinstance(each, ast.OperatorDefinition | ast.FunctionDefinition)
    )
    outer, inner = _split(conjuncts(body), names, may_leave)
    yield from outer
    if inner:
        whole = joined(in_order(inner), body)
        yield ast.Let(definitions, whole, location=node.location) if definitions else whole


def _split(
    items: Sequence[ast.Expr], names: frozenset[str], may_leave: Callable[[ast.Expr], bool] = lambda _: True
) -> tuple[list[ast.Expr], list[ast.Expr]]:
    """Those that name none of ``names`` and may leave, and the others."""
    outer: list[ast.Expr] = []
    inner: list[ast.Expr] = []
    for item in items:
        (outer if may_leave(item) and names.isdisjoint(names_in(item)) else inner).append(item)
    return outer, inner


def _is_kept(formula: ast.Expr) -> bool:
    return isinstance(formula, ast.Apply) and formula.operator == "UNCHANGED"


def _without_tuples(node: ast.Let) -> tuple[tuple[ast.Unit, ...], ast.Expr]:
    """The definitions and the body of a LET, without those that name a tuple of names, as of an argument ``<<i, j>>``:
    each of its elements stands in its place.
    """
    definitions: list[ast.Unit] = []
    body = node.body
    for position, unit in enumerate(node.definitions):
        match unit:
            case ast.OperatorDefinition(name=name, parameters=(), body=ast.Tuple(items=items) as value) if all(
                map(is_plain, items)
            ):
                later = node.definitions[position + 1 :]
                if not any(name in names_in(other) for other in later):
                    body = simplified(replaced(name, value, body))
                    continue
        definitions.append(unit)
    return tuple(definitions), body


def simplified(formula: ast.Expr) -> ast.Expr:
    """``<<a, b>>[2]`` as ``b``."""

    def change(part: ast.Node) -> ast.Node | None:
        match part:
            case ast.FunctionApply(function=ast.Tuple(items=items), arguments=(ast.Number(value=number),)):
                if 0 < number <= len(items):
                    return items[number - 1]
        return None

    return rewrite(formula, change)


def replaced(name: str, value: ast.Expr, body: ast.Expr) -> ast.Expr:
    """``body`` with ``value`` for a name."""
    return rewrite(body, lambda part: value if isinstance(part, ast.Name) and part.name == name else None)
