"""The entry to incremental evaluation: a formula that is asked of one state or step after the other."""

from __future__ import annotations

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.compile.incremental.building import Builder
from tlatrace.compile.incremental.cells import Node
from tlatrace.compile.incremental.expanding import Expander, NotExpanded
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import Scope
from tlatrace.syntax import ast
from tlatrace.values import Value


def incremental(evaluator: Evaluator, formula: ast.Expr, scope: Scope) -> Evaluate:
    """A function ``(state, successor)`` of the value of ``formula``, as ``evaluator.expression`` gives one, but for its
    cost: what was TRUE of a state a few steps ago is evaluated for what has changed since.

    The values, and the errors, are those of ``evaluator.expression(formula, scope)``, which is asked whenever there is
    an error on the way. A formula that depends on more than the state, or that cannot be written out, is always
    evaluated so.
    """
    plain = evaluator.expression(formula, scope)
    analysis = Analysis()
    if not analysis.reads(formula, scope).is_pure:
        return plain
    expander = Expander(scope, analysis)
    builder = Builder(evaluator, expander.scope, analysis)
    try:
        node = builder.formula(expander.expand(formula, scope))
    except (NotExpanded, RecursionError):
        return plain
    return _Incremental(node, builder.frame_size, plain)


class _Incremental:
    __slots__ = ("_frame_size", "_node", "_plain")

    def __init__(self, node: Node, frame_size: int, plain: Evaluate) -> None:
        self._node = node
        self._frame_size = frame_size
        self._plain = plain

    def __call__(self, state: State, successor: State | None) -> Value:
        try:
            value = self._node(state, successor, [None] * self._frame_size)
            if value is True or value is False:
                return value
        except TlatraceError:
            # Which error is met first, and whether one is met at all, is for plain evaluation to say.
            pass
        return self._plain(state, successor)
