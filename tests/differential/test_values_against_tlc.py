"""Values and standard modules against TLC: hundreds of constant expressions, evaluated by TLC in one run and by us.

The arguments are drawn from a fixed seed and handed to TLC as the text that we print, so that printing, order, equality
and each operator are judged at once. An expression that TLC refuses ends its run, so refusals are not seen here: they
stand, looked up in TLC 2.18 by hand, in the tests of the packages.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import tlacheck
from tlatrace.stdlib import BUILTINS, MODULES
from tlatrace.values import (
    EvaluationError,
    FunctionSpace,
    ModelValue,
    ProductSet,
    RecordSpace,
    make_function,
    make_record,
    make_sequence,
    make_set,
    to_text,
)

pytestmark = pytest.mark.tlc

OPERATORS = dict(BUILTINS) | {name: one for module in MODULES.values() for name, one in module.operators.items()}
CASES_PER_OPERATOR = 12
MODELS = ("m1", "m2", "m3")
# Names that no standard module uses, be it for a parameter: TLC orders strings by their first appearance.
STRINGS = ("str1", "str2", "str3", "str4")

HEADER = """---- MODULE Values ----
EXTENDS Integers, Sequences, FiniteSets, Bags, TLC
CONSTANTS m1, m2, m3
"""


@dataclass(frozen=True, slots=True)
class Case:
    """An expression in TLA+, and what we say its value prints as."""

    expression: str
    expected: str


class Draw:
    """Random values whose parts can be compared, as TLC demands of the elements of a set."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def below(self, bound: int) -> int:
        return self.random.randrange(bound)

    def integer(self) -> int:
        return self.below(9) - 3

    def natural(self) -> int:
        return self.below(7)

    def boolean(self) -> bool:
        return bool(self.below(2))

    def string(self) -> str:
        return STRINGS[self.below(len(STRINGS))]

    def model(self) -> ModelValue:
        return ModelValue(MODELS[self.below(3)])

    def many(self, kind: Callable[[], Any], most: int = 4) -> list[Any]:
        return [kind() for _ in range(self.below(most + 1))]

    def sequence(self) -> Any:
        return make_sequence(self.many(self.integer))

    def set(self) -> Any:
        return make_set(self.many(self.integer))

    def record(self) -> Any:
        return make_record(
            {name: self.integer() for name in STRINGS[1:] if self.boolean()} | {STRINGS[0]: self.integer()}
        )

    def function(self) -> Any:
        return make_function({self.integer(): self.integer() for _ in range(1 + self.below(3))})

    def bag(self) -> Any:
        return make_function({self.natural(): 1 + self.below(3) for _ in range(self.below(4))})

    def set_of(self, kind: Callable[[], Any]) -> Any:
        return make_set(self.many(kind, 5))


def cases() -> list[Case]:
    draw = Draw(20_230_320)
    made: list[Case] = []

    def check(form: str, name: str, *kinds: Callable[[], Any]) -> None:
        """``form`` is the expression, {0} and {1} its arguments; what the operator refuses is drawn anew."""
        done = 0
        while done < CASES_PER_OPERATOR:
            arguments = [kind() for kind in kinds]
            try:
                value = OPERATORS[name].function(*arguments)
            except EvaluationError:
                continue
            made.append(Case(form.format(*map(to_text, arguments)), to_text(value)))
            done += 1

    def infix(name: str, *kinds: Callable[[], Any]) -> None:
        check(f"({{0}}) {name} ({{1}})", name, *kinds)

    for name in ("+", "-", "*", "\\div", "%", "..", "<", ">", "<=", ">=", "=", "#"):
        infix(name, draw.integer, draw.integer)
    infix("^", draw.integer, draw.natural)
    check("-({0})", "-.", draw.integer)
    for name in ("=", "#", "\\cup", "\\cap", "\\", "\\subseteq"):
        infix(name, draw.set, draw.set)
    for kind in (draw.sequence, draw.record, draw.function, draw.model, draw.string, draw.boolean):
        infix("=", kind, kind)
        infix("\\in", kind, lambda kind=kind: draw.set_of(kind))
        check("{0}", "TLCEval", lambda kind=kind: draw.set_of(kind))
    for kind in (draw.set, lambda: draw.set_of(draw.set)):
        check("{0}", "TLCEval", lambda kind=kind: draw.set_of(kind))
        check("UNION {0}", "UNION", lambda kind=kind: draw.set_of(draw.set))
        check("SUBSET {0}", "SUBSET", lambda: make_set(draw.many(draw.integer, 3)))
    check("DOMAIN {0}", "DOMAIN", draw.sequence)
    check("DOMAIN {0}", "DOMAIN", draw.record)
    check("DOMAIN {0}", "DOMAIN", draw.function)
    infix("\\o", draw.sequence, draw.sequence)
    check("Append({0}, {1})", "Append", draw.sequence, draw.integer)
    for name in ("Len", "Head", "Tail"):
        check(f"{name}({{0}})", name, draw.sequence)
    check("SubSeq({0}, {1}, {2})", "SubSeq", draw.sequence, draw.natural, draw.natural)
    check("Cardinality({0})", "Cardinality", draw.set)
    check("SetToBag({0})", "SetToBag", draw.set)
    for name in ("(+)", "(-)", "\\sqsubseteq"):
        infix(name, draw.bag, draw.bag)
    for name in ("BagToSet", "BagCardinality", "SubBag"):
        check(f"{name}({{0}})", name, draw.bag)
    check("CopiesIn({0}, {1})", "CopiesIn", draw.natural, draw.bag)
    infix("@@", draw.function, draw.function)
    infix("@@", draw.record, draw.record)
    infix(":>", draw.integer, draw.integer)
    check("Permutations({0})", "Permutations", lambda: make_set(draw.many(draw.model, 3)))
    check("ToString({0})", "ToString", draw.record)
    made += _spaces(draw)
    return made


def _spaces(draw: Draw) -> list[Case]:
    """Sets given by a rule, in the order in which TLC lists them."""
    made = []
    for _ in range(CASES_PER_OPERATOR):
        one, other = make_set(draw.many(draw.integer, 3)), make_set(draw.many(draw.model, 2))
        left, right = to_text(one), to_text(other)
        made.append(Case(f"[{right} -> {left}]", to_text(FunctionSpace(other, one))))
        made.append(Case(f"[a : {left}, b : {right}]", to_text(RecordSpace({"a": one, "b": other}))))
        made.append(Case(f"{left} \\X {right} \\X {left}", to_text(ProductSet((one, other, one)))))
    return made


def spaced_alike(text: str) -> str:
    """TLC breaks long values into lines, prints an interval as such, and ``<< >>`` where it pleases."""
    text = re.sub(r"\s+", "", text)
    return re.sub(r"(-?\d+)\.\.(-?\d+)", lambda ends: _listed(int(ends[1]), int(ends[2])), text)


def _listed(low: int, high: int) -> str:
    return "{" + ",".join(map(str, range(low, high + 1))) + "}"


def test_a_difference_would_be_seen() -> None:
    assert spaced_alike("{1, 2,\n  3}") == spaced_alike("1..3")
    assert spaced_alike("<<1, 2>>") != spaced_alike("<<2, 1>>")
    assert spaced_alike("nothing") not in {spaced_alike(case.expected) for case in cases()}


def test_tlc_gives_the_same_values(tmp_path: Path) -> None:
    expected = cases()
    assert len(expected) > 500
    assumptions = [f'ASSUME PrintT(<<"case", {at}, {case.expression}>>)' for at, case in enumerate(expected)]
    order = f"ASSUME {to_text(make_sequence(STRINGS))} # <<>>"
    spec = tmp_path / "Values.tla"
    spec.write_text(HEADER + "\n".join((order, *assumptions)) + "\n====\n")
    spec.with_suffix(".cfg").write_text("CONSTANTS\n" + "".join(f"  {name} = {name}\n" for name in MODELS))

    result = tlacheck.run_tlc(spec, deadlock=False, time_limit_s=120)

    assert result.output_dropped == 0
    printed = "\n".join(result.output)
    found = dict(re.findall(r'<<\s*"case",\s*(\d+),\s*(.*?)>>\n?(?=<<\s*"case"|\Z)', printed, re.DOTALL))
    wrong = [
        f"{case.expression}: TLC says {found.get(str(at))}, we say {case.expected}"
        for at, case in enumerate(expected)
        if spaced_alike(found.get(str(at), "nothing")) != spaced_alike(case.expected)
    ]
    assert not wrong, "\n".join([*wrong[:20], str(result.errors)])
