"""VectorClocks: a causal order without trying the permutations of the log."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import Unary, finite
from tlatrace.stdlib.module import Operator, operators
from tlatrace.values import EvaluationError, Value, apply, integer, make_sequence, make_set, sequence, shown


def causal_order(log: Value, clock: Unary, node: Unary, known_nodes: Unary) -> Value:
    """``CausalOrder(log, clock, node, domain)``: an entry follows all that its clock knows of. The nodes take turns, in
    the order of values."""
    entries = list(sequence(log, "the first argument of CausalOrder"))
    own: dict[Value, list[Value]] = {}
    for entry in entries:
        own.setdefault(node(entry), []).append(entry)
    nodes = list(make_set(tuple(own)).sorted()) if own else []
    for name in nodes:
        own[name].sort(key=lambda entry, name=name: _time(clock(entry), name))  # type: ignore[misc]
    done = dict.fromkeys(nodes, 0)
    ordered: list[Value] = []
    while len(ordered) < len(entries):
        before = len(ordered)
        for name in nodes:
            if done[name] < len(own[name]):
                entry = own[name][done[name]]
                if _is_next(clock(entry), name, known_nodes, done):
                    ordered.append(entry)
                    done[name] += 1
        if len(ordered) == before:
            stuck = next(own[name][done[name]] for name in nodes if done[name] < len(own[name]))
            raise EvaluationError(
                f"CausalOrder: the log lacks an entry that {shown(stuck)} follows",
                hint="the first entry of each node has the time 1, and no entry is left out",
            )
    return make_sequence(ordered)


def _is_next(clock: Value, name: Value, known_nodes: Unary, done: dict[Value, int]) -> bool:
    """Whether what ``clock`` knows of the other nodes has been put in order."""
    others = (other for other in finite(known_nodes(clock), "CausalOrder") if other != name)
    return all(done.get(other, 0) >= _time(clock, other) for other in others)


def _time(clock: Value, name: Value) -> int:
    return integer(apply(clock, name), "the time that a vector clock has for a node")


OPERATORS = operators(
    {},
    (Operator(name="CausalOrder", arity=4, function=causal_order, operator_arguments=(0, 1, 1, 1)),),
)
