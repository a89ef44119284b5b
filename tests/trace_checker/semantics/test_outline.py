"""The outline of a module, and the verdict on a file with its imports."""

import json
from pathlib import Path

import pytest

from tlatrace.semantics import SemanticError
from tlatrace.semantics.accept import check_module
from tlatrace.semantics.library import Library
from tlatrace.semantics.outline import outline
from tlatrace.syntax import ParseError

SPECS = Path(__file__).parents[3] / "spec"

TEXT = """---- MODULE M ----
EXTENDS Naturals
CONSTANTS N, F(_, _)
VARIABLE x
RECURSIVE Sum(_)
Sum(n) == IF n = 0 THEN 0 ELSE n + Sum(n - 1)
fact[n \\in Nat] == IF n = 0 THEN 1 ELSE n * fact[n - 1]
LOCAL Init == x = N
Next(a, G(_)) == x' = G(a)
Spec == Init /\\ [][Next(1, LAMBDA v : v)]_x
ASSUME Positive == N > 0
ASSUME N # 3
---- MODULE Inner ----
CONSTANT c
Twice == 2 * c
====
I(p) == INSTANCE Inner WITH c <- p
LOCAL INSTANCE Sequences
THEOREM Safe == Spec => [](x \\in Nat)
====
"""


def write(folder: Path, text: str, name: str = "M") -> Path:
    path = folder / f"{name}.tla"
    path.write_text(text)
    return path


def test_what_a_module_defines(tmp_path: Path) -> None:
    found = outline(write(tmp_path, TEXT))
    assert (found.name, found.extends) == ("M", ("Naturals",))
    assert [(each.name, each.arity, each.location.line) for each in found.constants] == [("N", 0, 3), ("F", 2, 3)]
    assert [each.name for each in found.variables] == ["x"]
    assert [(each.name, each.arity, each.level) for each in found.operators] == [
        ("Sum", 1, "constant"),
        ("fact", 0, "constant"),
        ("Init", 0, "state"),
        ("Next", 2, "action"),
        ("Spec", 0, "temporal"),
    ]
    assert [each.name for each in found.operators if each.is_local] == ["Init"]
    assert [each.name for each in found.operators if each.is_recursive] == ["Sum", "fact"]
    assert [each.name for each in found.operators if each.is_function] == ["fact"]
    assert [(each.name, each.module, each.parameters, each.is_local) for each in found.instances] == [
        ("I", "Inner", ("p",), False),
        (None, "Sequences", (), True),
    ]
    assert [each.name for each in found.theorems] == ["Safe"]
    assert [(each.name, each.location.line) for each in found.assumptions] == [("Positive", 11), (None, 12)]
    assert [inner.name for inner in found.modules] == ["Inner"]
    assert [each.name for each in found.modules[0].operators] == ["Twice"]


def test_an_outline_is_plain_json(tmp_path: Path) -> None:
    plain = json.loads(json.dumps(outline(write(tmp_path, TEXT)).to_dict()))
    assert plain["operators"][3] == {
        "name": "Next",
        "arity": 2,
        "level": "action",
        "location": {"line": 9, "column": 1, "end_line": 9, "end_column": 26},
        "parameters": ["a", "G"],
        "is_local": False,
        "is_recursive": False,
        "is_function": False,
    }


def test_a_mistake_in_a_definition_does_not_stop_the_outline(tmp_path: Path) -> None:
    found = outline(write(tmp_path, "---- MODULE M ----\nA == b\nB == 1\n====\n"))
    assert [each.name for each in found.operators] == ["A", "B"]


def test_a_text_that_is_no_module_has_no_outline(tmp_path: Path) -> None:
    with pytest.raises(ParseError):
        outline(write(tmp_path, "---- MODULE M ----\nA == \n====\n"))
    with pytest.raises(SemanticError):
        outline(write(tmp_path, "---- MODULE Other ----\n====\n"))


def test_our_specifications_are_accepted() -> None:
    library = Library((SPECS,))
    assert [str(error) for path in sorted(SPECS.glob("*.tla")) for error in check_module(path, library)] == []


def test_mistakes_of_imports_are_told_after_those_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, "---- MODULE A ----\nX == y\n====\n", "A")
    write(tmp_path, "---- MODULE B ----\nX == (\n====\n", "B")
    path = write(tmp_path, "---- MODULE M ----\nEXTENDS A\nI == INSTANCE B\nC == 1 + 2\nD == 1 = \n====\n")
    assert [type(error) for error in check_module(path)] == [ParseError]
    path = write(tmp_path, "---- MODULE M ----\nEXTENDS A\nI == INSTANCE B\nC == D(1)\nD(x) == x + z\n====\n")
    places = [(Path(error.location.file).name, error.location.line) for error in check_module(path) if error.location]
    assert places[-2:] == [("A.tla", 2), ("B.tla", 3)]


def test_several_mistakes_in_one_run_and_no_cascades(tmp_path: Path) -> None:
    text = """---- MODULE M ----
VARIABLE x
A == y
B == A + A
C(p) == p'
D == C(x') /\\ z
E == D
F == E(1)
====
"""
    errors = check_module(write(tmp_path, text))
    assert [str(error).split(": ", 1)[1] for error in errors] == [
        "unknown name y",
        "unknown name + (EXTENDS Naturals defines it)",
        "C is for state expressions; this is a primed expression",
        "unknown name z",
        "E takes no argument, not 1",
    ]
