"""GraphViz: told of as not evaluated, rather than TRUE in silence."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import Unary
from tlatrace.stdlib.module import Operator, operators
from tlatrace.values import EvaluationError, Value


def dot_text(graph: Value, label_of_node: Unary, label_of_edge: Unary) -> Value:
    """``DotDiGraph(graph, label_of_node, label_of_edge)``"""
    raise EvaluationError("GraphViz!DotDiGraph writes a picture of a graph, which is not done here")


OPERATORS = operators({}, (Operator(name="DotDiGraph", arity=3, function=dot_text, operator_arguments=(0, 1, 1)),))
