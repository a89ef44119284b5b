"""Python for a user's operators, copies of standard modules, and where modules are found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tlatrace.compile import ExpressionError, Interpreter, compile_spec
from tlatrace.semantics import SemanticErrors, load_spec
from tlatrace.stdlib import OverrideError, load_overrides, override
from tlatrace.stdlib.registry import forget
from tlatrace.values import Value, to_text

DIGEST = r"""---- MODULE Digest ----
LOCAL INSTANCE Sequences
LOCAL INSTANCE Naturals
RECURSIVE Total(_)
Total(s) == IF s = <<>> THEN 0 ELSE Head(s) + Total(Tail(s))
Twice(F(_), x) == F(F(x))
Zero == 0
LOCAL Hidden(x) == x
Shown(x) == Hidden(x)
a \oplus b == <<a, b>>
Lazily(x, y) == IF x THEN y ELSE FALSE
====
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "Digest.tla").write_text(DIGEST)
    yield tmp_path
    for name in ("Total", "Twice", "Zero", "Hidden", "Shown", "(+)", "Lazily", "Missing"):
        forget("Digest", name)
    forget("Sequences", "Len")


def value(folder: Path, expression: str, extends: str = "Digest, Naturals, Sequences") -> str:
    """What the expression prints as, by both evaluators."""
    file = folder / "Main.tla"
    file.write_text(f"---- MODULE Main ----\nEXTENDS {extends}\nD == INSTANCE Digest\nValue == {expression}\n====\n")
    spec = load_spec(file)
    symbol = spec.scope["Value"]
    found = {
        to_text(evaluator.expression(symbol.body, spec.scope)((), None))  # type: ignore[union-attr]
        for evaluator in (Interpreter(spec), compile_spec(spec))
    }
    assert len(found) == 1
    return found.pop()


def test_a_registered_function_takes_the_place_of_the_definition(folder: Path) -> None:
    assert value(folder, "Total(<<1, 2>>)") == "3"

    @override("Digest", "Total")
    def total(items: list[int]) -> int:
        return sum(items) + 100

    assert value(folder, "Total(<<1, 2>>)") == "103"
    assert value(folder, "D!Total(<<1, 2>>)") == "103"


def test_what_a_function_gets_and_returns(folder: Path) -> None:
    @override("Digest", "Twice")
    def twice(function: object, item: Value) -> object:
        assert callable(function)
        return {"seq": [function(item), (item,)], "set": {item}, "nested": [[]]}

    @override("Digest", "Zero")
    def zero() -> bool:
        return True

    @override("Digest", "(+)")
    def joined(left: Value, right: Value) -> object:
        return {left: right}

    @override("Digest", "Hidden")
    def hidden(item: Value) -> Value:
        return "seen"

    assert value(folder, "Twice(LAMBDA x : x + 1, 5)") == "[nested |-> <<<<>>>>, seq |-> <<6, <<5>>>>, set |-> {5}]"
    assert value(folder, "Zero") == "TRUE"
    assert value(folder, r"3 \oplus 4") == "(3 :> 4)"
    assert value(folder, "Shown(1)") == '"seen"'


def test_a_lazy_function_evaluates_what_it_wants(folder: Path) -> None:
    @override("Digest", "Lazily", lazy=True)
    def lazily(condition: object, rest: object) -> object:
        assert callable(condition)
        assert callable(rest)
        return "no" if not condition() else rest()

    assert value(folder, "Lazily(FALSE, 1 + TRUE)") == '"no"'
    with pytest.raises(ExpressionError, match="must be an integer"):
        value(folder, "Lazily(TRUE, 1 + TRUE)")


def test_an_operator_of_a_standard_module_can_be_replaced(folder: Path) -> None:
    @override("Sequences", "Len")
    def length(items: Value) -> int:
        return 42

    assert value(folder, "Len(<<>>)") == "42"


def test_a_function_that_fails_is_an_error_of_the_expression(folder: Path) -> None:
    @override("Digest", "Total")
    def total(items: object) -> int:
        raise KeyError("nothing")

    with pytest.raises(
        ExpressionError, match=r"Digest!Total, line \d+ of .*test_overrides.py, raised KeyError"
    ) as info:
        value(folder, "Total(<<1, 2>>)")
    assert info.value.location is not None
    assert info.value.location.line == 4


def test_a_function_that_returns_no_value_is_an_error(folder: Path) -> None:
    @override("Digest", "Total")
    def total(items: object) -> object:
        return 1.5

    with pytest.raises(ExpressionError, match="returned a Python float, which is no TLA"):
        value(folder, "Total(<<1, 2>>)")


def test_a_wrong_arity_names_both_places(folder: Path) -> None:
    @override("Digest", "Total")
    def total(items: object, more: object) -> int:
        return 0

    with pytest.raises(SemanticErrors, match=r"Digest.tla:5:1: .*has 1 parameters.*test_overrides.py:\d+:1 takes 2"):
        value(folder, "Total(<<1, 2>>)")


def test_an_unknown_operator_is_reported(folder: Path) -> None:
    @override("Digest", "Totl")
    def total(items: object) -> int:
        return 0

    try:
        with pytest.raises(SemanticErrors, match=r"registers Python for Digest!Totl.*did you mean Total"):
            value(folder, "Total(<<1, 2>>)")
    finally:
        forget("Digest", "Totl")


def test_a_function_without_a_fixed_number_of_parameters_is_refused() -> None:
    with pytest.raises(OverrideError, match=r"\*items"):

        @override("Digest", "Total")
        def total(*items: object) -> int:
            return 0


def test_a_function_that_ends_the_process_is_an_error_of_the_expression(folder: Path) -> None:
    @override("Digest", "Total")
    def total(items: object) -> int:
        raise SystemExit(0)

    with pytest.raises(ExpressionError, match=r"Digest!Total, line \d+ of .*test_overrides.py, raised SystemExit"):
        value(folder, "Total(<<1>>)")


def test_a_file_of_overrides(folder: Path) -> None:
    file = folder / "fast.py"
    file.write_text(
        "from tlatrace.stdlib import override\n\n@override('Digest', 'Zero')\ndef zero():\n    return 1 // 0\n"
    )
    load_overrides(file)
    with pytest.raises(ExpressionError, match=r"line 5 of .*fast.py, raised ZeroDivisionError"):
        value(folder, "Zero")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n", "fast.py:1:12: the file of overrides is not Python"),
        ("\nraise ValueError('no')\n", "fast.py:2:1: the file of overrides fails with ValueError: no"),
        ("\nraise SystemExit(0)\n", "fast.py:2:1: the file of overrides fails with SystemExit: 0"),
        ("\nimport no_such_thing\n", "fast.py:2:1: the file of overrides fails with ModuleNotFoundError"),
        ("from tlatrace.stdlib import override\noverride('M', 'X')(3)\n", "is a int, and no function"),
    ],
)
def test_a_broken_file_of_overrides(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "fast.py"
    file.write_text(text)
    with pytest.raises(OverrideError) as info:
        load_overrides(file)
    assert message in str(info.value)


def test_no_file_of_overrides(tmp_path: Path) -> None:
    with pytest.raises(OverrideError, match="no such file"):
        load_overrides(tmp_path / "none.py")


# ------------------------------------------------------------------------------------- copies of standard modules

PEANO_COPY = r"""---- MODULE Naturals ----
LOCAL R == INSTANCE ProtoReals
Nat == R!Nat
a + b == R!+(a, b)
a - b == R!-(a, b)
a \leq b == R!\leq(a, b)
a .. b == {i \in R!Int : a \leq i /\ i \leq b}
Three == 3
====
"""


def test_a_copy_of_a_standard_module_keeps_the_values_that_tlc_gives(folder: Path) -> None:
    (folder / "Naturals.tla").write_text(PEANO_COPY)
    assert value(folder, r"<<1 + 2, 3 \in Nat, 1 .. 2, 1 <= 2, Three, Total(<<4>>)>>", "Naturals, Digest") == (
        "<<3, TRUE, {1, 2}, TRUE, 3, 4>>"
    )
    with pytest.raises(SemanticErrors, match="Len"):
        value(folder, "Len(<<>>)", "Naturals, Digest")


def test_a_copy_defines_what_it_defines_and_no_more(folder: Path) -> None:
    (folder / "Naturals.tla").write_text(PEANO_COPY)
    with pytest.raises(SemanticErrors, match=r"\*"):
        value(folder, "2 * 3", "Naturals")


def test_a_copy_of_another_module_is_evaluated_as_written(folder: Path) -> None:
    (folder / "SequencesExt.tla").write_text('---- MODULE SequencesExt ----\nReverse(s) == "mine"\n====\n')
    assert value(folder, "Reverse(<<1, 2>>)", "SequencesExt") == '"mine"'


def test_a_copy_of_a_module_of_placeholders_gets_its_python(folder: Path) -> None:
    (folder / "TLCExt.tla").write_text(
        "---- MODULE TLCExt ----\nTLCModelValue(s) == CHOOSE v : v = s\nMine == 1\n====\n"
    )
    assert value(folder, '<<TLCModelValue("m"), Mine>>', "TLCExt") == "<<m, 1>>"


# --------------------------------------------------------------------------------------------- the search path


def test_modules_are_found_in_the_folders_of_tla_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = folder / "first", folder / "second"
    for path, number in ((first, 1), (second, 2)):
        path.mkdir()
        (path / "Found.tla").write_text(f"---- MODULE Found ----\nWhere == {number}\n====\n")
    with pytest.raises(SemanticErrors, match="unknown module Found"):
        value(folder, "Where", "Found")
    monkeypatch.setenv("TLA_PATH", os.pathsep.join((str(first), str(second))))
    assert value(folder, "Where", "Found") == "1"
    (folder / "Found.tla").write_text("---- MODULE Found ----\nWhere == 0\n====\n")
    assert value(folder, "Where", "Found") == "0"


def test_an_instance_of_a_shipped_module(folder: Path) -> None:
    text = "---- MODULE Main ----\nS == INSTANCE SequencesExt\nValue == <<S!Reverse(<<1, 2>>), S!Front(<<3>>)>>\n====\n"
    (folder / "Main.tla").write_text(text)
    spec = load_spec(folder / "Main.tla")
    symbol = spec.scope["Value"]
    assert to_text(compile_spec(spec).expression(symbol.body, spec.scope)((), None)) == "<<<<2, 1>>, <<>>>>"  # type: ignore[union-attr]
