"""``conformance outline``: what a module defines."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.cli.status import Status

MODULE = """---- MODULE Shop ----
EXTENDS Naturals
CONSTANTS Goods, Price(_)
ASSUME \\A g \\in Goods : Price(g) > 0
ASSUME Positive == Goods # {}
VARIABLE stock
Init == stock = [g \\in Goods |-> 0]
LOCAL Add(g, n) == stock' = [stock EXCEPT ![g] = @ + n]
Next == \\E g \\in Goods : Add(g, 1)
Spec == Init /\\ [][Next]_stock
Twice(x) == 2 * x
RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET g == CHOOSE g \\in S : TRUE IN Price(g) + Sum(S \\ {g})
squares[n \\in Nat] == n * n
a \\prec b == Price(a) < Price(b)
LOCAL INSTANCE FiniteSets
Clock(now) == INSTANCE RealClock
THEOREM Spec => []TRUE
THEOREM Safe == Spec => [](stock \\in [Goods -> Nat])
---- MODULE Inner ----
VARIABLE y
Zero == y = 0
====
====
"""

CLOCK = "---- MODULE RealClock ----\nCONSTANT now\nLater == {now}\n====\n"
SCHEMA = json.loads((files("tlaconform.reading") / "outline.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "Shop.tla"
    path.write_text(MODULE)
    (tmp_path / "RealClock.tla").write_text(CLOCK)
    return path


@pytest.fixture
def outlined(command: Any, shop: Path) -> Any:
    status, out, err = command("outline", "--json", shop)
    assert (status, err) == (Status.CONFORMS, "")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    return found


def test_declarations(outlined: Any, shop: Path) -> None:
    assert (outlined["file"], outlined["name"], outlined["extends"]) == (str(shop), "Shop", ["Naturals"])
    assert [(each["name"], each["arity"]) for each in outlined["constants"]] == [("Goods", 0), ("Price", 1)]
    place = {"line": 6, "column": 10, "end_line": 6, "end_column": 14}
    assert outlined["variables"] == [{"name": "stock", "arity": 0, "location": place}]


def test_operators_have_arity_level_place_and_locality(outlined: Any) -> None:
    found = {
        each["name"]: (each["arity"], each["level"], each["location"]["line"], each["is_local"])
        for each in outlined["operators"]
    }
    assert found == {
        "Init": (0, "state", 7, False),
        "Add": (2, "action", 8, True),
        "Next": (0, "action", 9, False),
        "Spec": (0, "temporal", 10, False),
        "Twice": (1, "constant", 11, False),
        "Sum": (1, "constant", 13, False),
        "squares": (0, "constant", 14, False),
        "\\prec": (2, "constant", 15, False),
    }
    assert [each["name"] for each in outlined["operators"] if each["is_recursive"]] == ["Sum"]
    assert [each["name"] for each in outlined["operators"] if each["is_function"]] == ["squares"]


def test_instances_theorems_assumptions_and_nested_modules(outlined: Any) -> None:
    instances = [(each["name"], each["module"], each["parameters"], each["is_local"]) for each in outlined["instances"]]
    assert instances == [(None, "FiniteSets", [], True), ("Clock", "RealClock", ["now"], False)]
    assert [(each["name"], each["location"]["line"]) for each in outlined["theorems"]] == [(None, 18), ("Safe", 19)]
    assert [(each["name"], each["location"]["line"]) for each in outlined["assumptions"]] == [
        (None, 4),
        ("Positive", 5),
    ]
    (inner,) = outlined["modules"]
    assert (inner["name"], [each["name"] for each in inner["operators"]]) == ("Inner", ["Zero"])


def test_for_people(command: Any, shop: Path) -> None:
    status, out, _ = command("outline", shop)
    assert status is Status.CONFORMS
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == f"module Shop EXTENDS Naturals {shop}:1"
    assert lines[1:4] == ["3:11 constant Goods", "3:18 constant Price(_)", "4:1 assumption (without a name)"]
    assert "8:1 operator LOCAL Add(g, n) action" in lines
    assert "13:1 operator RECURSIVE Sum(S) constant" in lines
    assert "14:1 function squares constant" in lines
    assert "16:1 instance LOCAL INSTANCE FiniteSets" in lines
    assert "17:1 instance Clock(now) == INSTANCE RealClock" in lines
    assert lines[-2:] == ["21:10 variable y", "22:1 operator Zero state"]


def test_modules_come_from_lib(tmp_path: Path, shop: Path, command: Any) -> None:
    library = tmp_path / "lib"
    library.mkdir()
    (tmp_path / "RealClock.tla").rename(library / "RealClock.tla")
    assert command("outline", "--lib", library, shop)[0] is Status.CONFORMS


def test_a_mistake_in_a_definition_does_not_hide_the_rest(tmp_path: Path, command: Any) -> None:
    path = tmp_path / "Wrong.tla"
    path.write_text("---- MODULE Wrong ----\nx == unknown\ny == 1\n====\n")
    status, out, _ = command("outline", "--json", path)
    assert status is Status.CONFORMS
    assert [each["name"] for each in json.loads(out)["operators"]] == ["x", "y"]


@pytest.mark.parametrize("content", ["", "---- MODULE Wrong ----\nx ==\n====\n", "---- MODULE Other ----\n====\n"])
def test_what_is_no_module_has_no_outline(tmp_path: Path, command: Any, content: str) -> None:
    path = tmp_path / "Wrong.tla"
    path.write_text(content)
    status, out, err = command("outline", "--json", path)
    assert (status, out) == (Status.WRONG_INPUT, "")
    assert err.startswith(f"error: {path}:")


def test_no_such_file(tmp_path: Path, shop: Path, command: Any) -> None:
    status, _, err = command("outline", tmp_path / "Shop")
    assert status is Status.WRONG_INPUT
    assert f"did you mean {shop}?" in err
    assert command("outline", tmp_path)[0] is Status.WRONG_INPUT
