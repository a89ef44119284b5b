"""Temporal properties: do they hold, as TLC says? Specifications written for the purpose, and random graphs.

``specs/liveness/X.cases`` has lines ``Specification Property`` for ``X.tla``; other lines go into every configuration.
The random models are a graph of a few states, two actions, some fairness and a property each; the seed is in the
model's name. TLC runs on all models of a test in one JVM (TlcBatch.java).
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tlacheck import Toolchain
from tlatrace.compile import CompiledSpec
from tlatrace.compile.api import State
from tlatrace.engine.liveness import check_liveness
from tlatrace.errors import TlatraceError
from tlatrace.semantics import load_spec, property_parts

pytestmark = pytest.mark.tlc

HERE = Path(__file__).parent
SPECS = HERE / "specs" / "liveness"
RANDOM_MODELS = 60

# TLC's error codes (tlc2.output.EC): a property violated by an initial state, an invariant by one, an invariant, an
# action property, a temporal property. The others that occur say what TLC cannot check.
VERDICTS = {0: "holds", 2108: "violated", 2107: "violated", 2110: "violated", 2112: "violated", 2116: "violated"}
Case = tuple[str, dict[str, str], str]
"""A name, the files, and which of them is the configuration."""


@pytest.fixture(scope="module")
def judge(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Case]], dict[str, str]]:
    """TLC's verdict on each case: ``holds``, ``violated`` or ``error``."""
    modules = subprocess.run([toolchain.java, "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in modules.stdout:
        problem = "TlcBatch.java needs a JDK: this Java has no compiler"
        pytest.fail(problem) if os.environ.get("CI") == "true" else pytest.skip(problem)

    def verdicts(cases: list[Case]) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("tlc")
        for name, files, _ in cases:
            (folder / name).mkdir()
            for file, text in files.items():
                (folder / name / file).write_text(text, encoding="utf-8")
        command = [
            toolchain.java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            f"-Djava.io.tmpdir={folder}",
            "-cp",
            toolchain.jar,
        ]
        command += [HERE / "TlcBatch.java", folder, toolchain.jar]
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        found = dict(re.findall(r"^@@ (\S+) (-?\d+)$", run.stdout, re.MULTILINE))
        assert len(found) == len(cases), run.stderr
        return {name: VERDICTS.get(int(found[name]), "error") for name, _, _ in cases}

    return verdicts


class Graph:
    """All states, by a search as simple as can be."""

    def __init__(self, evaluator: CompiledSpec) -> None:
        spec = evaluator.spec
        constraints = [evaluator.expression(formula.body, formula.scope) for formula in spec.constraints]
        self.states: list[State] = []
        self._numbers: dict[State, int] = {}
        self._following: list[list[int]] = []

        def number(state: State) -> int | None:
            if state not in self._numbers:
                if not all(holds(state, None) for holds in constraints):
                    return None
                self._numbers[state] = len(self.states)
                self.states.append(state)
            return self._numbers[state]

        for state in evaluator.initial_states():
            number(state)
        self.initial = list(range(len(self.states)))
        for state in self.states:
            found = [number(after) for action in evaluator.actions for after, _ in action.successors(state)]
            self._following.append(list(dict.fromkeys(each for each in found if each is not None)))

    def successors(self, state: int, /) -> list[int]:
        return self._following[state]

    def is_expanded(self, state: int, /) -> bool:
        return True


def our_verdict(folder: Path, case: Case) -> str:
    name, files, config = case
    place = folder / name
    place.mkdir()
    for file, text in files.items():
        (place / file).write_text(text, encoding="utf-8")
    try:
        spec = load_spec(place / config.replace(".cfg", ".tla"), place / config)
        evaluator = CompiledSpec(spec)
        parts = [property_parts(formula) for formula in spec.properties]
        graph = Graph(evaluator)
        steps = [(i, j) for i in range(len(graph.states)) for j in graph.successors(i)]
        for part in parts:
            for formula in part.initial:
                holds = evaluator.expression(formula.body, formula.scope)
                if not all(holds(graph.states[i], None) for i in graph.initial):
                    return "violated"
            for formula in part.invariants:
                holds = evaluator.expression(formula.body, formula.scope)
                if not all(holds(state, None) for state in graph.states):
                    return "violated"
            for step in part.steps:
                holds = evaluator.expression(step.box, step.scope)
                if not all(holds(graph.states[i], graph.states[j]) for i, j in steps):
                    return "violated"
        temporal = [formula for part in parts for formula in part.temporal]
        return "holds" if check_liveness(evaluator, graph, temporal) is None else "violated"
    except TlatraceError:
        return "error"


def written_cases() -> list[Case]:
    modules = {path.name: path.read_text(encoding="utf-8") for path in SPECS.glob("*.tla")}
    found: list[Case] = []
    for path in sorted(SPECS.glob("*.cases")):
        lines = path.read_text(encoding="utf-8").splitlines()
        is_pair = re.compile(r"(?!CONST)\w+ \w+").fullmatch
        common = "\n".join(line for line in lines if not is_pair(line) or line.startswith("CONSTRAINT"))
        for line in lines:
            if is_pair(line) and not line.startswith("CONSTRAINT"):
                specification, goal = line.split()
                config = f"{common}\nSPECIFICATION {specification}\nPROPERTY {goal}\n"
                name = f"{path.stem}-{specification}-{goal}"
                found.append((name, {**modules, f"{path.stem}.cfg": config}, f"{path.stem}.cfg"))
    return found


# ------------------------------------------------------------------------------------------------- random models


def predicate(chance: random.Random, count: int) -> str:
    chosen = sorted(chance.sample(range(count), chance.randint(1, max(1, count // 2))))
    return f"x \\in {{{', '.join(map(str, chosen))}}}"


def temporal(chance: random.Random, count: int, depth: int) -> str:
    if depth == 0 or chance.random() < 0.18:
        return f"({predicate(chance, count)})"
    operator = chance.choice(["[]", "<>", "[]", "<>", "~>", "/\\", "\\/", "=>", "~"])
    if operator in ("[]", "<>", "~"):
        return f"{operator}({temporal(chance, count, depth - 1)})"
    return f"({temporal(chance, count, depth - 1)} {operator} {temporal(chance, count, depth - 1)})"


def goal(chance: random.Random, count: int) -> str:
    action = chance.choice(["E1", "E2", "E1 /\\ x' > x", "Next /\\ x' < x", f"E2 /\\ {predicate(chance, count)}"])
    nested = temporal(chance, count, chance.choice([2, 2, 3]))
    forms = [
        f"[]<><<{action}>>_x",
        f"<>[][~({action})]_x",
        f"WF_x({action})",
        f"SF_x({action})",
        f"{chance.choice(['WF', 'SF'])}_x({action}) => {nested}",
        f"\\A i \\in 0..{chance.randint(1, 3)} : (x = i) ~> {temporal(chance, count, 1)}",
    ]
    return chance.choice([*forms, *[nested] * 6])


def random_case(seed: int) -> Case:
    chance = random.Random(seed)
    count = chance.randint(3, 9)

    def edges(density: float) -> str:
        arms = []
        for state in range(count):
            targets = [str(other) for other in range(count) if chance.random() < density / count]
            arms.append(f"x = {state} -> x' \\in {{{', '.join(targets)}}}")
        return "CASE " + " [] ".join(arms)

    kinds = ["E1", "E2", "Next", "E1 /\\ x' > x", "E2 /\\ x' < x"]
    fairness = [f"{chance.choice(['WF', 'SF'])}_x({kind})" for kind in kinds]
    fairness += [f"[]<>({predicate(chance, count)})", "\\A i \\in 0..1 : SF_x(E1 /\\ x' = i)"]
    chosen = chance.sample(fairness, chance.choice([0, 1, 1, 2, 3]))
    lines = [
        "---- MODULE Random ----",
        "EXTENDS Naturals",
        "VARIABLE x",
        f"E1 == {edges(1.3)}",
        f"E2 == {edges(0.8)}",
        f"Init == {predicate(chance, count)}",
        "Next == E1 \\/ E2",
        " /\\ ".join(["Spec == Init", "[][Next]_x", *chosen]),
        f"Goal == {goal(chance, count)}",
        "====",
    ]
    config = "SPECIFICATION Spec\nPROPERTY Goal\n"
    return f"random-{seed:05}", {"Random.tla": "\n".join(lines), "Random.cfg": config}, "Random.cfg"


# ------------------------------------------------------------------------------------------------- the comparison


def test_written_specifications(judge: Callable[[list[Case]], dict[str, str]], tmp_path: Path) -> None:
    cases = written_cases()
    expected = judge(cases)
    found = {case[0]: our_verdict(tmp_path, case) for case in cases}
    assert found == expected
    counts = {verdict: list(expected.values()).count(verdict) for verdict in ("holds", "violated", "error")}
    assert counts["holds"] >= 30, counts
    assert counts["violated"] >= 30, counts
    assert counts["error"] >= 5, counts


def test_random_models(judge: Callable[[list[Case]], dict[str, str]], tmp_path: Path) -> None:
    cases = [random_case(seed) for seed in range(RANDOM_MODELS)]
    expected = judge(cases)
    different = {}
    for case in cases:
        found = our_verdict(tmp_path, case)
        if found != expected[case[0]]:
            different[case[0]] = (found, expected[case[0]], case[1]["Random.tla"])
    assert not different
    assert set(expected.values()) >= {"holds", "violated"}
