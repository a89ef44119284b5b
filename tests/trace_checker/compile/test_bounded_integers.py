"""TLC's 32-bit integers, where an evaluator is asked to keep to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tlatrace.compile import Interpreter, compile_spec
from tlatrace.compile.api import Evaluator
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Definition, load_spec

EVALUATORS: list[Callable[..., Evaluator]] = [Interpreter, compile_spec]


def evaluate(make: Callable[..., Evaluator], expression: str, folder: Path, *, bounded: bool) -> object:
    path = folder / "M.tla"
    path.write_text(f"---- MODULE M ----\nEXTENDS Integers, FiniteSets\nBig == 2147483647\nE == {expression}\n====\n")
    evaluator = make(load_spec(path), bounded_integers=bounded)
    symbol = evaluator.spec.scope["E"]
    assert isinstance(symbol, Definition)
    return evaluator.expression(symbol.body, symbol.scope)((), None)


@pytest.mark.parametrize("make", EVALUATORS)
@pytest.mark.parametrize(
    ("expression", "operation"),
    [
        ("Big + 1", "2147483647 + 1"),
        ("-Big - 2", "-2147483647 - 2"),
        ("65536 * 65536", "65536 * 65536"),
        ("2^31", "2 ^ 31"),
        ("Cardinality(0..Big)", "Cardinality"),
        ("2147483648", "2147483648 is too big"),
    ],
)
def test_too_large_is_an_error_with_its_place(
    make: Callable[..., Evaluator], expression: str, operation: str, tmp_path: Path
) -> None:
    with pytest.raises(TlatraceError) as raised:
        evaluate(make, expression, tmp_path, bounded=True)
    assert operation in str(raised.value)
    assert "M.tla:4:" in str(raised.value)
    assert isinstance(evaluate(make, expression, tmp_path, bounded=False), int)


@pytest.mark.parametrize("make", EVALUATORS)
@pytest.mark.parametrize(("expression", "value"), [("-Big - 1", -(2**31)), ("2^30 + (2^30 - 1)", 2**31 - 1)])
def test_the_ends_are_values(make: Callable[..., Evaluator], expression: str, value: int, tmp_path: Path) -> None:
    assert evaluate(make, expression, tmp_path, bounded=True) == value
