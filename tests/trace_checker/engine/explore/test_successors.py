"""What actions changed is remembered under what they read, and nothing else decides it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import CompiledSpec, Interpreter, compile_spec
from tlatrace.compile.exploring import generators
from tlatrace.engine.explore.store import Code, StateStore
from tlatrace.engine.explore.successors import Successors
from tlatrace.semantics import load_spec

MODULE = """---- MODULE Reading ----
EXTENDS Naturals, TLC
VARIABLES a, b, c
Twice == 2 * a
OnlyA == a' = a + 1 /\\ UNCHANGED <<b, c>>
CopiesB == c' = b /\\ UNCHANGED a /\\ b' = b
Sometimes == (IF a = 0 THEN UNCHANGED b ELSE b' = 7) /\\ UNCHANGED <<a, c>>
ByDefinition == b' \\in {Twice, 9} /\\ UNCHANGED <<a, c>>
Impure == b' = TLCGet(1) /\\ UNCHANGED <<a, c>>
Everything == a' = b /\\ b' = c /\\ c' = a
Init == a = 0 /\\ b = 0 /\\ c = 0
Next == OnlyA \\/ CopiesB \\/ Sometimes \\/ ByDefinition \\/ Impure \\/ Everything
====
"""

NAMES = ("OnlyA", "CopiesB", "Sometimes", "ByDefinition", "Impure", "Everything")


@pytest.fixture
def evaluator(tmp_path: Path) -> CompiledSpec:
    path = tmp_path / "Reading.tla"
    path.write_text(MODULE)
    return compile_spec(load_spec(path))


def test_the_generated_text_tells_what_is_read(evaluator: CompiledSpec) -> None:
    reads = dict(zip(NAMES, (each.reads for each in generators(evaluator)), strict=True))
    assert reads["OnlyA"] == (0,)
    assert reads["CopiesB"] == (1,)
    assert reads["ByDefinition"] == (0,)
    assert reads["Impure"] is None
    assert reads["Everything"] == (0, 1, 2)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Impure"])
def test_remembered_successors_are_those_that_the_interpreter_makes(evaluator: CompiledSpec, name: str) -> None:
    store = StateStore()
    index = NAMES.index(name)
    source = Successors(generators(evaluator)[index], store, 3)
    action = Interpreter(evaluator.spec).actions[index]
    # The second value of b equals what Sometimes assigns: it must be assigned all the same where b was another.
    for state in [(a, b, c) for a in (0, 1) for b in (7, 3, 0) for c in (5, 6)]:
        found: list[Code] = []
        source.add_to(found, store.encode(state))
        assert [store.decode(code) for code in found] == [successor for successor, _ in action.successors(state)]


def test_an_error_is_raised_each_time_and_remembered_never(tmp_path: Path) -> None:
    path = tmp_path / "Failing.tla"
    path.write_text(
        "---- MODULE Failing ----\nEXTENDS Naturals\nVARIABLES x, y\nInit == x = 0 /\\ y = 0\n"
        'Next == UNCHANGED y /\\ x\' \\in {x + 1, 1 + (IF x = 0 THEN 1 ELSE "one")}\n====\n'
    )
    store = StateStore()
    (generator,) = generators(compile_spec(load_spec(path)))
    found: list[Code] = []
    Successors(generator, store, 2).add_to(found, store.encode((0, 0)))
    assert [store.decode(code) for code in found] == [(1, 0), (2, 0)]
    with pytest.raises(Exception, match="one"):
        Successors(generator, store, 2).add_to([], store.encode((1, 0)))
