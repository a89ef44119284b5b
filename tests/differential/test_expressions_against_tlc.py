"""Expressions and actions against TLC, refusals included: TLC is asked about each by itself, all in one JVM.

The cases are the lines of ``specs/expressions.txt`` and ``specs/actions.txt``; the definitions that they use stand in
``specs/Expressions.tla`` and ``specs/Actions.tla``. A Java program beside them asks TLC, so a JDK is needed.
Whether TLC gives a value or refuses must be the same, and so must the value; what CHOOSE chooses is part of that.
"""

from __future__ import annotations

import itertools
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import tlacheck
from tlatrace.compile import Interpreter, compile_spec, run_with_deep_stack
from tlatrace.compile.api import Evaluator
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Definition, NamedFormula, Spec, load_spec
from tlatrace.semantics.decomposition import decompose_next
from tlatrace.values import to_text

pytestmark = pytest.mark.tlc

SPECS = Path(__file__).parent / "specs"
MODELS = ("m1", "m2", "A_a", "A_b", "B_a")
CONFIG = "CONSTANTS " + " ".join(f"{name} = {name}" for name in MODELS) + "\n"

# Names that stand in the texts already (of the module, of the standard ones) and names that do not.
WORDS = (
    *("zeta", "alpha", "n", "s", "e", "d", "m", "val", "out", "foo", "bar", "red", "green", "blue", "idle", "p1", "p2"),
    *("q", "x", "y", "S", "a", "b", "c", "F", "Head", "m1", "str", "Integers", "Err", "Sum"),
)

Outcome = tuple[str, str]


def cases(name: str) -> list[str]:
    return (SPECS / name).read_text().splitlines()


def choices() -> list[str]:
    """Choices among values that TLC orders by the names in them."""
    draw = random.Random(20_261_124)
    made = []
    for _ in range(100):
        a, b, c = draw.sample(WORDS, 3)
        made.append(f'CHOOSE v0 \\in {{"{a}", "{b}", "{c}"}} : TRUE')
    for _ in range(30):
        a, b, c, d = draw.sample(["zeta", "foo", "bar", "q", "n", "e", "red", "green"], 4)
        made += [
            f'CHOOSE v0 \\in [{a} : {{"{c}", "{d}"}}, {b} : {{1, 2}}] : v0.{a} # "{c}" \\/ v0.{b} = 2',
            f'CHOOSE v0 \\in SUBSET {{"{a}", "{c}", "{d}"}} : v0 # {{}}',
            f'CHOOSE v0 \\in [{{"{a}", "{c}"}} -> {{"{d}", "{b}"}}] : v0["{a}"] # v0["{c}"]',
            f'CHOOSE v0 \\in {{[{a} |-> "{c}", {b} |-> 2], [{b} |-> 1], [{a} |-> "{d}", {b} |-> 1]}} : v0.{b} # 1',
            f'CHOOSE v0 \\in {{<<"{a}", "{c}">>, <<"{b}", "{d}">>}} : TRUE',
        ]
    return made


def module(name: str, expressions: Sequence[str], folder: Path, config: str) -> Path:
    """The module of ``specs`` with a definition for each expression."""
    text = (SPECS / f"{name}.tla").read_text().removesuffix("====\n")
    text += "".join(f"Case{at} ==\n  {each}\n" for at, each in enumerate(expressions))
    path = folder / f"{name}.tla"
    path.write_text(f"{text}====\n")
    path.with_suffix(".cfg").write_text(config)
    return path


def ask_tlc(spec: Path, *options: str) -> list[Outcome]:
    if shutil.which("javac") is None:
        pytest.skip("no javac: asking TLC about single expressions needs a JDK")
    jar = str(tlacheck.find_toolchain().jar)
    subprocess.run(["javac", "-cp", jar, "-d", spec.parent, SPECS / "BatchEvaluator.java"], check=True, timeout=60)
    command = ["java", "-Xss64m", "-cp", f"{spec.parent}:{jar}", "BatchEvaluator", spec.stem, *options]
    run = subprocess.run(command, cwd=spec.parent, capture_output=True, text=True, timeout=120, check=False)
    found = {}
    for line in run.stdout.splitlines():
        number, kind, text = line.split("\t", 2)
        found[int(number)] = (kind, spaced_alike(text) if kind == "value" else text)
    assert found, run.stderr[-2000:]
    return [found[at] for at in range(len(found))]


def spaced_alike(text: str) -> str:
    """TLC prints an interval as such, and the fields of a record in an order of its own."""
    text = re.sub(r"\s+", "", text)
    text = re.sub(r"\[([^\[\]]*\|->[^\[\]]*)\]", lambda found: f"[{','.join(sorted(found[1].split(',')))}]", text)
    return re.sub(r"(-?\d+)\.\.(-?\d+)", lambda ends: _listed(int(ends[1]), int(ends[2])), text)


def _listed(low: int, high: int) -> str:
    return "{" + ",".join(map(str, range(low, high + 1))) + "}"


def outcome(compute: Callable[[], str]) -> Outcome:
    try:
        return "value", spaced_alike(compute())
    except TlatraceError as error:
        return "error", str(error)


def differences(expressions: Sequence[str], theirs: Sequence[Outcome], ours: Sequence[Outcome]) -> list[str]:
    return [
        f"{expression}: TLC says {their[0]} {their[1]}, we say {our[0]} {our[1]}"
        for expression, their, our in zip(expressions, theirs, ours, strict=True)
        if their[0] != our[0] or (their[0] == "value" and their[1] != our[1])
    ]


def twins(spec: Spec) -> tuple[Evaluator, Evaluator]:
    return Interpreter(spec, bounded_integers=True), compile_spec(spec, bounded_integers=True)


def value_of(evaluator: Evaluator, name: str) -> str:
    symbol = evaluator.spec.scope[name]
    assert isinstance(symbol, Definition)
    return to_text(evaluator.expression(symbol.body, evaluator.spec.scope)((), None))


@pytest.mark.parametrize(
    "expressions", [cases("expressions.txt"), choices()], ids=["what has a value", "what is chosen"]
)
def test_expressions(expressions: list[str], tmp_path: Path) -> None:
    path = module("Expressions", expressions, tmp_path, CONFIG)
    theirs = ask_tlc(path)
    for evaluator in twins(load_spec(path, path.with_suffix(".cfg"))):

        def ours(evaluator: Evaluator = evaluator) -> list[Outcome]:
            return [outcome(partial(value_of, evaluator, f"Case{at}")) for at in range(len(expressions))]

        assert differences(expressions, theirs, run_with_deep_stack(ours)) == []


def test_actions(tmp_path: Path) -> None:
    expressions = cases("actions.txt")
    path = module("Actions", expressions, tmp_path, "INIT Init\nNEXT Next\n")
    theirs = ask_tlc(path, "states")
    loaded = load_spec(path, path.with_suffix(".cfg"))
    ours: tuple[list[Outcome], list[Outcome]] = ([], [])
    for at in range(len(expressions)):
        symbol = loaded.scope[f"Case{at}"]
        assert isinstance(symbol, Definition)
        formula = NamedFormula(symbol.name, symbol.body, symbol.scope, symbol.location)
        try:
            spec = replace(loaded, next=formula, actions=decompose_next(formula))
        except TlatraceError as error:
            for found in ours:
                found.append(("error", str(error)))
            continue
        for evaluator, found in zip(twins(spec), ours, strict=True):
            found.append(outcome(partial(successors, evaluator)))
    for found in ours:
        assert differences(expressions, theirs, found) == []


def successors(evaluator: Evaluator) -> str:
    first = next(evaluator.initial_states())
    found = itertools.chain.from_iterable(action.successors(first) for action in evaluator.actions)
    return "".join(f"/\\x={to_text(state[0])}/\\y={to_text(state[1])};" for state, _ in found)


def test_a_difference_would_be_seen() -> None:
    assert differences(["1"], [("value", "1")], [("value", "2")])
    assert differences(["1"], [("value", "1")], [("error", "1")])
    assert not differences(["1"], [("error", "this")], [("error", "that")])
    assert cases("expressions.txt")
    assert cases("actions.txt")
