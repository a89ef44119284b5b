"""Mistakes in modules: each is reported at its line. The expected message stands there too, behind `\\*!`."""

import re
from pathlib import Path

import pytest

from tlatrace.semantics import SemanticErrors, load_spec

CASES = {
    "unknown names": r"""
---- MODULE M ----
EXTENDS Naturals
CONSTANT Server
VARIABLE votes
A == Servr # {}                     \*! unknown name Servr (did you mean Server?)
B == votes' = Cardinality(votes)    \*! unknown name Cardinality (EXTENDS FiniteSets defines it)
C == \A i \in Server : j = i        \*! unknown name j
D == LET k == 1 IN l                \*! unknown name l
E == {x \in Server : x # y}         \*! unknown name y
F == I!Op                           \*! unknown instance I
G == Reverse(<<1>>)                 \*! unknown name Reverse (EXTENDS SequencesExt defines it)
====
""",
    "used before the definition": r"""
---- MODULE M ----
A == B    \*! B is used before it is defined, at M.tla:3
B == 1
RECURSIVE F(_)
G(x) == F(x)
F(x) == G(x)
====
""",
    "numbers of arguments": r"""
---- MODULE M ----
EXTENDS Naturals
VARIABLE v
Two(a, b) == a + b
A == Two(1)          \*! Two takes 2 arguments, not 1
B == Two             \*! Two takes 2 arguments, not 0
C == v(1)            \*! v takes no argument, not 1
D(F(_)) == F(1, 2)   \*! F takes 1 argument, not 2
E == 1 + 2
G == LET L(x) == x IN L(1, 2)    \*! L takes 1 argument, not 2
====
""",
    "operators and values": r"""
---- MODULE M ----
EXTENDS Naturals
Map(F(_), S) == {F(x) : x \in S}
Inc(x) == x + 1
A == Map(Inc, {1})
B == Map(LAMBDA x : x, {1})
C == Map(1, {1})                \*! Map expects an operator of 1 argument here, not a value
D == Map(+, {1})                \*! Map expects an operator of 1 argument here, not one of 2 arguments
E == Inc(LAMBDA x : x)          \*! Inc expects a value here, not an operator
G == Map(LAMBDA x, y : x, {1})  \*! Map expects an operator of 1 argument here, not one of 2 arguments
====
""",
    "names defined twice": r"""
---- MODULE M ----
EXTENDS Naturals
CONSTANT c
VARIABLE v
v == 1                        \*! v is defined twice
Nat == 2                      \*! Nat is defined twice: it is already the operator of the standard module Naturals
A(c) == 1                     \*! c is defined twice: it is already the constant declared at M.tla:3
B == \E x, x \in {1} : TRUE   \*! x is defined twice
C == LET A == 1 IN 2          \*! A is defined twice: it is already the definition at M.tla:7
D == [f \in {1} |-> \A f \in {2} : TRUE]  \*! f is defined twice
====
""",
    "levels": r"""
---- MODULE M ----
VARIABLE v
A == v' = 1
B == A'          \*! priming is for state expressions; this is a primed expression
C == UNCHANGED (v')    \*! UNCHANGED is for state expressions
ASSUME v = 1     \*! an assumption may not speak of variables
D == @           \*! @ has a meaning only inside EXCEPT
E == ENABLED A
====
""",
    "instances": r"""
---- MODULE M ----
CONSTANT c
---- MODULE Inner ----
CONSTANTS d, F(_)
Op(x) == F(x)
====
I == INSTANCE Inner WITH d <- c    \*! the instance of Inner needs a value for F
J == INSTANCE Inner WITH d <- 1, F <- LAMBDA x : x, e <- 2    \*! Inner declares no constant or variable e
K == INSTANCE Inner WITH d <- 1, F <- c    \*! Inner!F expects an operator of 1 argument here, not a value
L(x) == INSTANCE Inner WITH d <- x, F <- LAMBDA y : x
A == L(1)!Op(2)
B == L(1)!Opp(2)    \*! the instance L defines no Opp (did you mean Op?)
C == L!Op(2)        \*! L takes 1 argument, not 0
D == A!3            \*! A!3: there is no part !3 here: it has 2
====
""",
    "an unknown module": r"""
---- MODULE M ----
EXTENDS Natural    \*! unknown module Natural
====
""",
    "recursion declared otherwise": r"""
---- MODULE M ----
A == LET RECURSIVE F(_) F(x, y) == F(x) IN 1    \*! F has 2 parameters, and was declared RECURSIVE with 1
B == LET RECURSIVE F(_) F(x) == F(x) IN F(1)
====
""",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_each_mistake_is_reported_at_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "M.tla"
    path.write_text(text.lstrip("\n"))
    lines = path.read_text().splitlines()
    expected = {number: line.split("\\*!")[1].strip() for number, line in enumerate(lines, 1) if "\\*!" in line}

    with pytest.raises(SemanticErrors) as raised:
        load_spec(path, without_constants=True)

    found = {
        error.location.line: str(error).replace(f"{tmp_path}/", "") for error in raised.value.errors if error.location
    }
    assert found.keys() == expected.keys(), raised.value
    for line, message in expected.items():
        assert message in found[line]


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_without_the_marked_lines_the_module_is_fine(text: str, tmp_path: Path) -> None:
    path = tmp_path / "M.tla"
    kept = [line for line in text.lstrip("\n").splitlines() if "\\*!" not in line]
    # A definition that a removed line made necessary goes too: only names of the marked lines may be missing.
    path.write_text("\n".join(kept) + "\n")
    spec = load_spec(path, without_constants=True)
    assert spec.name == "M"


def test_modules_in_a_circle(tmp_path: Path) -> None:
    for name, other in (("A", "B"), ("B", "C"), ("C", "A")):
        (tmp_path / f"{name}.tla").write_text(f"---- MODULE {name} ----\nEXTENDS {other}\n====\n")
    with pytest.raises(SemanticErrors, match=r"C\.tla:2:9: modules need each other in a circle: A -> B -> C -> A"):
        load_spec(tmp_path / "A.tla")


def test_a_module_in_a_file_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "A.tla").write_text("---- MODULE B ----\n====\n")
    with pytest.raises(SemanticErrors, match=re.escape("the file A.tla holds the module B")):
        load_spec(tmp_path / "A.tla")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SemanticErrors, match="no such file"):
        load_spec(tmp_path / "A.tla")


def test_a_misspelt_module_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "Helpers.tla").write_text("---- MODULE Helpers ----\n====\n")
    (tmp_path / "A.tla").write_text("---- MODULE A ----\nEXTENDS Helper\n====\n")
    with pytest.raises(SemanticErrors, match=r"did you mean Helpers\?"):
        load_spec(tmp_path / "A.tla")
