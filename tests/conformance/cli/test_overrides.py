"""``--overrides``: Python in the place of a specification's operators."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status
from tlatrace.stdlib.registry import forget

MODULE = """---- MODULE Doubling ----
EXTENDS Naturals
VARIABLE x
Double(n) == n
Init == x = 1
Next == x < 20 /\\ x' = Double(x)
Inv == x < 16
====
"""
CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\nCHECK_DEADLOCK FALSE\n"
PYTHON = """from tlatrace.stdlib import override

@override("Doubling", "Double")
def double(n):
    return 2 * n
"""


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "Doubling.tla"
    path.write_text(MODULE)
    path.with_suffix(".cfg").write_text(CONFIG)
    yield path
    forget("Doubling", "Double")


def test_the_python_is_used_where_it_is_given(spec: Path, tmp_path: Path, command: Any) -> None:
    python = tmp_path / "double.py"
    python.write_text(PYTHON)
    assert command("explore", spec)[0] is Status.CONFORMS
    status, out, _ = command("explore", spec, "--overrides", python)
    assert status is Status.DOES_NOT_CONFORM
    assert "x = 16" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file of overrides"),
        ("x = (", ":1:5: the file of overrides is not Python"),
        ("\n1 / 0\n", ":2:1: the file of overrides fails with ZeroDivisionError"),
        (PYTHON.replace("(n)", "(n, m)"), "has 1 parameters, and the Python for it at"),
    ],
)
def test_what_is_wrong_with_the_python_is_told(
    spec: Path, tmp_path: Path, command: Any, content: str | None, message: str
) -> None:
    python = tmp_path / "wrong.py"
    if content is not None:
        python.write_text(content)
    status, _, err = command("explore", spec, "--overrides", python)
    assert status is Status.WRONG_INPUT
    assert message in err
