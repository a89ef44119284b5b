"""Configuration files: what TLC accepts we accept, what it rejects we reject, and constants get the same values.

Each case is a configuration of the same module, which prints what its constants and definitions have become. TLC reads
all of them in one JVM (TlcBatch.java).
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tlacheck import Toolchain
from tlatrace.compile import CompiledSpec
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Definition, load_spec, property_parts
from tlatrace.values import to_text

pytestmark = pytest.mark.tlc

HERE = Path(__file__).parent
MAIN = r"""---- MODULE Main ----
EXTENDS Naturals, Sub, TLC
CONSTANTS A, F(_, _)
VARIABLE x
I == INSTANCE Sub
P(base) == INSTANCE Based
Init == x = 0
Next == x' = (x + 1) % 3
Inv == x < 5
Good == TRUE
Two == 2
Plus(a, b) == 7
Bar == 5
BarOf(a) == a + 50
MyNat == 0..2
Spec == Init /\ [][Next]_x
Twice == Spec /\ [][x' # 7]_x
Rest == [][Next]_<<x>> /\ WF_x(Next)
Half == x = 0 /\ Rest
Nested == TRUE /\ Half
Param(n) == Init /\ [][Next]_x
Eventual == <>(x = 1)
ToRest == LET n == 1 IN WF_x(Next)
Fancy == Spec /\ ToRest /\ [](x < 7)
Show == <<A, Use, I!Use, Foo, F(1, 2), 3 \in Nat, P(10)!UseOf>>
Perms == Permutations({1})
ASSUME PrintT(Show)
====
"""
SUB = "---- MODULE Sub ----\nEXTENDS Naturals\nFoo == 1\nUse == Foo\n====\n"
BASED = "---- MODULE Based ----\nEXTENDS Naturals\nCONSTANT base\nOf(a) == base + a\nUseOf == Of(1)\n====\n"
ROUTE = "INIT Init NEXT Next"
GIVEN = "CONSTANT A = 1 F <- Plus"

CASES = [
    f"{ROUTE} CONSTANT F <- Plus A = {value}"
    for value in ("2", "a", "TRUE", '"text"', "{}", "{1, 2}", "{a, b, {}}", "{{1}, {2, 3}}", "{s_a, s_b}", "A", "007")
]
CASES += [f"{ROUTE} CONSTANT F <- Plus A = {value}" for value in ('{1, "s"}', "-1", "{1 2}", "{1,", "")]
CASES += [
    f"{ROUTE} CONSTANT F <- Plus {rest}"
    for rest in (
        "A = 1 A = 2",
        "A = 1 CONSTANTS A <- Two",
        "A = 1 Zork = 2 x = 3",
        "A <- Two Foo <- Bar",
        "A <- Two Foo <- [Sub] Bar",
        "A <- Two Foo = 9",
        "A <- Two Foo = [Sub] 9",
        "A <- Two Nat <- MyNat",
        "A <- Two Nat <- [Naturals] MyNat",
        "A <- Two Of <- [Based] BarOf",
        "A <- Two Foo = [Zub] 9",
        "A <- Zork",
        "A <- x",
        "A <- Inv",
        "A <- Plus",
        "A <- Two Two <- Bar",
        "A = 1 Zork <- Two",
        "A = 1 Zork <- [Sub] Two",
        "A = 1 Foo <- [Zub] Two",
        "",
    )
]
CASES += [f"{ROUTE} CONSTANT A = 1 {rest}" for rest in ("F <- +", "F = 3", "F <- Two", "F <- Zork")]
CASES += [
    f"{GIVEN} {rest}"
    for rest in (
        "INIT Init NEXT Next \\* a comment\n",
        "INIT Init (* a (* nested *) one *) NEXT Next",
        "SPECIFICATION Spec",
        "SPECIFICATION Nested",
        "SPECIFICATION Fancy",
        "SPECIFICATION Twice",
        "SPECIFICATION Zork",
        "SPECIFICATION Plus",
        "SPECIFICATION Spec INIT Init",
        "INIT Init INIT Init NEXT Next",
        "INIT Zork NEXT Next",
        "INIT Init NEXT Zork",
        "INIT Init NEXT Plus",
        "INIT Next NEXT Init",
        "INIT NEXT Next",
        "Init Init",
        "NEXT Next INIT Init INVARIANTS Inv Good INVARIANT Inv CONSTRAINTS Inv ACTION_CONSTRAINT Next",
    )
]
CASES += [
    f"{GIVEN} {ROUTE} {rest}"
    for rest in (
        "INVARIANT Inv CHECK_DEADLOCK FALSE",
        "CHECK_DEADLOCK TRUE INVARIANTS Inv PROPERTIES",
        "CHECK_DEADLOCK maybe",
        "CHECK_DEADLOCK FALSE CHECK_DEADLOCK FALSE",
        "INVARIANT Zork",
        "INVARIANT Next",
        "INVARIANT Plus",
        "INVARIANT Inv, Good",
        "PROPERTY Spec PROPERTIES Good Inv",
        "PROPERTY Zork",
        "PROPERTY Next",
        "PROPERTY BarOf",
        "CONSTRAINT Zork",
        "CONSTRAINT BarOf",
        "ACTION_CONSTRAINT Zork",
        "VIEW x",
        "VIEW Two",
        "VIEW Zork",
        "SYMMETRY Perms",
        "SYMMETRY Zork",
        "ALIAS Zork",
        "POSTCONDITION Zork",
        "TYPE_CONSTRAINT Zork",
        "EXTRA Two",
    )
]


def ours(folder: Path) -> str:
    """The value of Show, or ``rejected``."""
    try:
        spec = load_spec(folder / "Main.tla", folder / "Main.cfg")
        show = spec.scope["Show"]
        assert isinstance(show, Definition)
        evaluator = CompiledSpec(spec)
        list(evaluator.initial_states())
        for formula in spec.properties:
            property_parts(formula)
        return to_text(evaluator.expression(show.body, show.scope)((), None))
    except TlatraceError:
        return "rejected"


def test_the_configurations(toolchain: Toolchain, tmp_path: Path) -> None:
    modules = subprocess.run([toolchain.java, "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in modules.stdout:
        problem = "TlcBatch.java needs a JDK: this Java has no compiler"
        pytest.fail(problem) if os.environ.get("CI") == "true" else pytest.skip(problem)
    for number, config in enumerate(CASES):
        folder = tmp_path / f"case{number:03}"
        folder.mkdir()
        for name, text in (("Main.tla", MAIN), ("Sub.tla", SUB), ("Based.tla", BASED), ("Main.cfg", config)):
            (folder / name).write_text(text, encoding="utf-8")
    command = [toolchain.java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Djava.io.tmpdir={tmp_path}"]
    command += ["-cp", toolchain.jar, HERE / "TlcBatch.java", tmp_path, toolchain.jar]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    codes = re.findall(r"^@@ case(\d+) (-?\d+)$", run.stdout, re.MULTILINE)
    assert len(codes) == len(CASES), run.stderr
    different = []
    accepted = 0
    for (number, code), config in zip(codes, CASES, strict=True):
        folder = tmp_path / f"case{number}"
        printed = re.search(r"^<<.*>>$", (folder / "output.txt").read_text(encoding="utf-8"), re.MULTILINE)
        judged = printed.group() if code == "0" and printed is not None else "rejected"
        accepted += judged != "rejected"
        found = ours(folder)
        if re.sub(r"\s", "", found) != re.sub(r"\s", "", judged):
            different.append((config, found, judged))
    assert not different
    assert accepted >= 30
    assert len(CASES) - accepted >= 30
