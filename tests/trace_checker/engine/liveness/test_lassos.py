"""The slow twin: random small graphs, every short lasso of which is judged by what the operators mean.

A counterexample must be a fair behavior of the graph that falsifies the property; where none is reported, no short
lasso may be one. The seed of a model is its number.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest

from tlatrace.compile import CompiledSpec
from tlatrace.engine.liveness import check_liveness
from tlatrace.semantics import NamedFormula
from tlatrace.semantics.properties import level_of
from tlatrace.syntax import ast

MODELS = 60
PREFIX_MAX, LOOP_MAX = 2, 3


class Judge:
    """What formulas mean, by brute force, on a lasso: positions 0, 1, …, after the last of which comes ``start``."""

    def __init__(self, evaluator: CompiledSpec) -> None:
        self._evaluator = evaluator
        self._compiled: dict[int, Any] = {}
        self._boxes: dict[int, tuple[ast.ActionBox, ast.Apply]] = {}
        self._states: Sequence[Any] = ()
        self._start = 0

    def holds(self, formula: NamedFormula, states: Sequence[Any], start: int) -> bool:
        self._states, self._start = states, start
        return self._at(0, formula.body, formula.scope)

    def _next(self, position: int) -> int:
        return position + 1 if position + 1 < len(self._states) else self._start

    def _later(self, position: int) -> range:
        """All positions that come at or after ``position``."""
        return range(min(position, self._start), len(self._states))

    def _at(self, position: int, expression: ast.Expr, scope: Any) -> bool:
        match expression:
            case ast.Fairness():
                box, enabled = self._fairness(expression)
                loop = range(self._start, len(self._states))
                possible = [self._at(place, enabled, scope) for place in loop]
                is_owed = any(possible) if expression.kind == "SF" else all(possible)
                return not is_owed or any(self._at(place, box, scope) for place in loop)
            case _ if level_of(expression, scope) <= 2:
                value = self._evaluate(expression, scope)(self._states[position], self._states[self._next(position)])
                assert isinstance(value, bool)
                return value
            case ast.Apply(operator="[]", arguments=(body,)):
                return all(self._at(place, body, scope) for place in self._later(position))
            case ast.Apply(operator="<>", arguments=(body,)):
                return any(self._at(place, body, scope) for place in self._later(position))
            case ast.Apply(operator="~>", arguments=(left, right)):
                return all(
                    not self._at(place, left, scope)
                    or any(self._at(after, right, scope) for after in self._later(place))
                    for place in self._later(position)
                )
            case ast.Apply(operator="~", arguments=(body,)):
                return not self._at(position, body, scope)
            case ast.Apply(operator="=>", arguments=(left, right)):
                return not self._at(position, left, scope) or self._at(position, right, scope)
            case ast.Junction(operator="/\\"):
                return all(self._at(position, item, scope) for item in expression.items)
            case ast.Junction(operator="\\/"):
                return any(self._at(position, item, scope) for item in expression.items)
            case _:
                raise AssertionError(f"no meaning for {type(expression).__name__}")

    def _evaluate(self, expression: ast.Expr, scope: Any) -> Any:
        if id(expression) not in self._compiled:
            self._compiled[id(expression)] = self._evaluator.expression(expression, scope)
        return self._compiled[id(expression)]

    def _fairness(self, fair: ast.Fairness) -> tuple[ast.ActionBox, ast.Apply]:
        if id(fair) not in self._boxes:
            box = ast.ActionBox("<>", fair.action, fair.subscript, location=fair.location)
            self._boxes[id(fair)] = box, ast.Apply("ENABLED", (box,), location=fair.location)
        return self._boxes[id(fair)]


def lassos(graph: Any) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every lasso with a short way in and a short loop, in which a state may be repeated."""
    ways = [(number,) for number in graph.initial]
    while ways:
        way = ways.pop()
        for start in range(max(0, len(way) - LOOP_MAX), min(len(way), PREFIX_MAX + 1)):
            if way[start] == way[-1] or way[start] in graph.successors(way[-1]):
                yield way, start
        if len(way) < PREFIX_MAX + LOOP_MAX:
            ways += [(*way, after) for after in {way[-1], *graph.successors(way[-1])}]


def predicate(chance: random.Random) -> str:
    return f"x \\in {{{', '.join(map(str, sorted(chance.sample(range(4), chance.randint(1, 2)))))}}}"


def temporal(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.15:
        return f"({predicate(chance)})"
    operator = chance.choice(["[]", "<>", "~>", "/\\", "\\/", "=>", "~"])
    if operator in ("[]", "<>", "~"):
        return f"{operator}({temporal(chance, depth - 1)})"
    return f"({temporal(chance, depth - 1)} {operator} {temporal(chance, depth - 1)})"


def model(seed: int) -> str:
    chance = random.Random(seed)

    def edges() -> str:
        arms = [
            f"x = {i} -> x' \\in {{{', '.join(str(j) for j in range(4) if chance.random() < 0.3)}}}" for i in range(4)
        ]
        return "CASE " + " [] ".join(arms)

    fairness = ["WF_x(E1)", "SF_x(E1)", "WF_x(E2)", "SF_x(E2)", "WF_x(Next)", f"[]<>({predicate(chance)})"]
    goals = [
        "[]<><<E1>>_x",
        "<>[][~E2]_x",
        "WF_x(E1 /\\ x' > x)",
        "SF_x(E2)",
        f"SF_x(E2) => {temporal(chance, 2)}",
        *(temporal(chance, 3) for _ in range(6)),
    ]
    chosen = chance.sample(fairness, chance.choice([0, 1, 2]))
    lines = [
        "---- MODULE M ----",
        "EXTENDS Naturals",
        "VARIABLE x",
        f"E1 == {edges()}",
        f"E2 == {edges()}",
        f"Init == {predicate(chance)}",
        "Next == E1 \\/ E2",
        " /\\ ".join(["Spec == Init", "[][Next]_x", *chosen]),
        f"Goal == {chance.choice(goals)}",
        "====",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(MODELS))
def test_counterexamples(seed: int, explored: Callable[[str, str], Any]) -> None:
    text = model(seed)
    evaluator, graph = explored(text, "SPECIFICATION Spec PROPERTY Goal")
    (goal,) = evaluator.spec.properties
    found = check_liveness(evaluator, graph, [goal])
    judge = Judge(evaluator)

    def is_counterexample(numbers: Sequence[int], start: int) -> bool:
        states = [graph.states[number] for number in numbers]
        is_fair = all(judge.holds(formula, states, start) for formula in evaluator.spec.fairness)
        return is_fair and not judge.holds(goal, states, start)

    if found is not None:
        path = [*found.states, found.states[found.loop_start]]
        steps = pairwise(path)
        assert found.states[0] in graph.initial, text
        assert all(before == after or after in graph.successors(before) for before, after in steps), text
        assert is_counterexample(found.states, found.loop_start), text
    else:
        wrong = next((lasso for lasso in lassos(graph) if is_counterexample(*lasso)), None)
        assert wrong is None, f"{wrong}\n{text}"
