"""Modules whose operators speak of files, of chance and of the run: Json, IOUtils, CSV, Randomization, TLCExt."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tlatrace.stdlib import TlcRun, current_run, shipped_operators, use_run
from tlatrace.stdlib.tlc import assert_or_fail
from tlatrace.values import (
    EMPTY_SEQUENCE,
    NATURALS,
    EvaluationError,
    IntervalSet,
    ModelValue,
    make_function,
    make_record,
    make_sequence,
    make_set,
    to_text,
)


def call(module: str, name: str, *arguments: Any) -> Any:
    return shipped_operators(module)[name].function(*arguments)


def seq(*items: Any) -> Any:
    return make_sequence(items)


# ------------------------------------------------------------------------------------------------------- Json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (-3, "-3"),
        ('a"b', '"a\\"b"'),
        (ModelValue("n1"), '"n1"'),
        (seq(1, "x"), '[1,"x"]'),
        (EMPTY_SEQUENCE, "[]"),
        (make_set((2, 1)), "[1,2]"),
        (IntervalSet(1, 3), "[1,2,3]"),
        (make_record({"b": 1, "a": seq(seq(2))}), '{"a":[[2]],"b":1}'),
        (make_function([(2, "x"), (4, "y")]), '{"2":"x","4":"y"}'),
        (make_function([(seq(1), True)]), '{"<<1>>":true}'),
    ],
)
def test_values_as_json(value: Any, text: str) -> None:
    assert call("Json", "ToJson", value) == text


def test_arrays_and_objects_on_demand() -> None:
    assert call("Json", "ToJsonArray", make_record({"a": 1, "b": 2})) == "[1,2]"
    assert call("Json", "ToJsonArray", make_set((3,))) == "[3]"
    assert call("Json", "ToJsonObject", seq("x", "y")) == '{"1":"x","2":"y"}'
    with pytest.raises(EvaluationError, match="must be a function"):
        call("Json", "ToJsonObject", 3)


def test_json_files(tmp_path: Path) -> None:
    file = str(tmp_path / "deep" / "one.json")
    value = make_record({"a": seq(1, True, "x"), "b": make_record({"c": EMPTY_SEQUENCE})})
    assert call("Json", "JsonSerialize", file, value) is True
    assert call("Json", "JsonDeserialize", file) == value
    lines = str(tmp_path / "many.ndjson")
    assert call("Json", "ndJsonSerialize", lines, seq(value, 2)) is True
    assert call("Json", "ndJsonDeserialize", lines) == seq(value, 2)
    Path(lines).write_text('"a\u2028b"\n\n2\n', encoding="utf-8")
    assert call("Json", "ndJsonDeserialize", lines) == seq("a\u2028b", 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [("1e999999999", "cannot be read"), ("NaN", "cannot be read"), ("{", "is not JSON"), ("", "is not JSON")],
)
def test_json_that_is_no_value(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "one.json"
    file.write_text(text)
    with pytest.raises(EvaluationError, match=message):
        call("Json", "JsonDeserialize", str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot read"):
        call("Json", "ndJsonDeserialize", str(tmp_path / "none"))
    with pytest.raises(EvaluationError, match="is a string, not 3"):
        call("Json", "JsonDeserialize", 3)


# ---------------------------------------------------------------------------------------------------- IOUtils


def test_numbers_and_strings() -> None:
    assert call("IOUtils", "atoi", "-12") == -12
    assert call("IOUtils", "zeroPadN", 42, 5) == "00042"
    assert call("IOUtils", "zeroPadN", 123, 2) == "123"
    for text in ("", "foo", "1.5", 3):
        with pytest.raises(EvaluationError, match="argument of atoi"):
            call("IOUtils", "atoi", text)


def test_the_environment_is_that_of_the_run() -> None:
    with use_run(TlcRun(environment={"B": "2", "A": "1"})):
        assert call("IOUtils", "IOEnv") == make_record({"A": "1", "B": "2"})


def test_commands_run_only_where_they_are_allowed() -> None:
    command = seq(sys.executable, "-c", "import sys; print('out'); sys.exit(3)")
    with pytest.raises(EvaluationError, match="which is not allowed"):
        call("IOUtils", "IOExec", command)
    with use_run(TlcRun(may_run_commands=True)):
        assert call("IOUtils", "IOExec", command) == make_record({"exitValue": 3, "stdout": "out\n", "stderr": ""})
        with pytest.raises(EvaluationError, match="cannot run"):
            call("IOUtils", "IOExec", seq("/nowhere/at-all"))


def test_templates_and_variables_of_commands() -> None:
    program = "import os, sys; print(sys.argv[1:], os.environ['VAR'])"
    with use_run(TlcRun(may_run_commands=True)):
        found = call(
            "IOUtils",
            "IOEnvExecTemplate",
            make_record({"VAR": 42}),
            seq(sys.executable, "-c", program, "%s-%s", "%s"),
            seq("a", 1, make_set((2,))),
        )
    assert found.apply("stdout") == "['a-1', '{2}'] 42\n"


@pytest.mark.parametrize("compress", [True, False])
def test_values_in_files(tmp_path: Path, compress: bool) -> None:
    file, value = str(tmp_path / "value"), make_record({"a": make_set((seq(1), seq(2)))})
    assert call("IOUtils", "IOSerialize", value, file, compress) is True
    assert call("IOUtils", "IODeserialize", file, compress) == value
    with pytest.raises(EvaluationError, match="must be a file of IOSerialize"):
        call("IOUtils", "IODeserialize", file, not compress)


def test_texts_in_files(tmp_path: Path) -> None:
    file = str(tmp_path / "text")
    options = make_record({"format": "TXT", "charset": "UTF-8", "openOptions": seq("WRITE", "CREATE", "APPEND")})
    for text in ("one", "two"):
        assert call("IOUtils", "Serialize", text, file, options).apply("exitValue") == 0
    assert call("IOUtils", "Deserialize", file, options).apply("stdout") == "onetwo"
    assert call("IOUtils", "Deserialize", str(tmp_path / "none"), options).apply("exitValue") == 1
    with pytest.raises(EvaluationError, match="TXT is"):
        call("IOUtils", "Deserialize", file, make_record({"format": "BIN"}))


# -------------------------------------------------------------------------------------------------------- CSV


def test_lines_of_values(tmp_path: Path) -> None:
    file = str(tmp_path / "a.csv")
    assert call("CSV", "CSVRecords", file) == 0
    call("CSV", "CSVWrite", "%2$s#%1$s", seq("abc", make_set(("x",))), file)
    call("CSV", "CSVWrite", "%s#%s", seq(1, 2), file)
    assert Path(file).read_text() == '{"x"}#abc\n1#2\n'
    assert call("CSV", "CSVRecords", file) == 2
    expected = seq(make_record({"a": '{"x"}', "b": "abc"}), make_record({"a": "1", "b": "2"}))
    assert call("CSV", "CSVRead", seq("a", "b"), "#", file) == expected
    with pytest.raises(EvaluationError, match="2 values, and 1 columns"):
        call("CSV", "CSVRead", seq("a"), "#", file)
    with pytest.raises(EvaluationError, match="wants more than 1"):
        call("CSV", "CSVWrite", "%s#%s", seq(1), file)


def test_records_with_headers(tmp_path: Path) -> None:
    file = str(tmp_path / "b.csv")
    for age in (30, 31):
        call("CSV", "CSVWriteRecord", make_record({"age": age, "name": "Ann"}), ",", True, file)
    assert Path(file).read_text() == "age,name\n30,Ann\n31,Ann\n"


# ---------------------------------------------------------------------------------------------- Randomization


def test_one_seed_draws_the_same_subsets() -> None:
    def draws(seed: int) -> list[str]:
        with use_run(TlcRun(seed=seed)):
            found = [call("Randomization", "RandomSubset", 3, IntervalSet(1, 50)) for _ in range(5)]
            found += [call("Randomization", "RandomSetOfSubsets", 4, 20, IntervalSet(1, 50))]
            found += [call("Randomization", "RandomSubsetSet", 4, "0.5", IntervalSet(1, 50))]
        return [to_text(each) for each in found]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)


def test_subsets_have_about_the_size_that_is_wanted() -> None:
    with use_run(TlcRun(seed=5)):
        found = call("Randomization", "RandomSetOfSubsets", 200, 30, IntervalSet(1, 100))
        sizes = [subset.cardinality() for subset in found]
        assert 27 < sum(sizes) / len(sizes) < 33
        assert len(call("Randomization", "TestRandomSetOfSubsets", 3, 1, IntervalSet(1, 9))) == 5
    with pytest.raises(EvaluationError, match="number from 0 to 1"):
        call("Randomization", "RandomSubsetSet", 4, "much", IntervalSet(1, 50))


# ----------------------------------------------------------------------------------------------------- TLCExt


def test_registers_with_a_default() -> None:
    with use_run(TlcRun()):
        assert call("TLCExt", "TLCGetOrDefault", 3, "none") == "none"
        assert call("TLCExt", "TLCGetAndSet", 3, lambda old, new: old + new, 5, 10) == 10
        assert current_run().registers[3] == 15
        assert call("TLCExt", "TLCGetOrDefault", 3, "none") == 15


def fails() -> Any:
    raise EvaluationError("something")


def fails_assert() -> Any:
    return assert_or_fail(False, "because")


def test_expected_errors() -> None:
    assert call("TLCExt", "AssertError", lambda: "any", fails) is True
    assert call("TLCExt", "AssertError", lambda: "any", lambda: True) is False
    text = 'The first argument of Assert evaluated to FALSE; the second argument was:\n"because"'
    assert call("TLCExt", "AssertError", lambda: text, fails_assert) is True
    assert call("TLCExt", "AssertError", lambda: "another", fails_assert) is False


def test_expected_values_are_printed_where_they_differ() -> None:
    lines: list[str] = []
    with use_run(TlcRun(output=lines.append)):
        assert call("TLCExt", "AssertEq", 1, 1) is True
        assert lines == []
        assert call("TLCExt", "AssertEq", 1, 2) is False
    assert lines == ['"Assertion failed"', "1", "2"]


def test_what_only_an_exploration_knows() -> None:
    for name in ("Trace", "CounterExample"):
        with pytest.raises(EvaluationError, match=f"{name} has no value here"):
            call("TLCExt", name)
    example = make_record({"state": make_set((seq(2, "b"), seq(1, "a"))), "action": make_set(())})
    with use_run(TlcRun(trace=lambda: seq(1), counter_example=lambda: example, definition=lambda name: f"<{name}>")):
        assert call("TLCExt", "Trace") == seq(1)
        assert call("TLCExt", "ToTrace", call("TLCExt", "CounterExample")) == seq("a", "b")
        assert call("TLCExt", "TLCEvalDefinition", "Inv") == "<Inv>"


def test_the_rest() -> None:
    assert call("TLCExt", "TLCModelValue", "m_1") is ModelValue("m_1")
    assert call("TLCExt", "TLCNoOp", 3) == 3
    assert call("TLCExt", "PickSuccessor", False) is True
    assert call("TLCExt", "TLCCache", lambda: 5, fails) == 5
    assert call("TLCExt", "TLCDefer", lambda: True) is True
    for name, arguments in (("TLCFP", (1,)), ("TLCModelValue", (1,)), ("TLCEvalDefinition", ("X",))):
        with pytest.raises(EvaluationError):
            call("TLCExt", name, *arguments)


# ------------------------------------------------------------------------------------------------- long inputs


def test_folds_do_not_recurse() -> None:
    many = 100_000
    items = IntervalSet(1, many)
    total = many * (many + 1) // 2

    def add(left: int, right: int) -> int:
        return left + right

    assert call("FiniteSetsExt", "FoldSet", add, 0, items) == total
    assert call("FiniteSetsExt", "SumSet", items) == total
    long = make_sequence(range(1, many + 1))
    assert call("SequencesExt", "FoldLeft", add, 0, long) == total
    assert call("SequencesExt", "FoldRight", add, long, 0) == total
    assert call("SequencesExt", "FoldSeq", add, 0, long) == total
    assert call("Functions", "FoldFunction", add, 0, long) == total
    assert len(call("SequencesExt", "Reverse", long)) == many


def test_membership_in_bounded_sequences_does_not_list_them() -> None:
    space = call("SequencesExt", "BoundedSeq", IntervalSet(1, 9), 40)
    assert seq(1, 9, 5) in space
    assert seq(1, 10) not in space
    assert make_sequence([1] * 41) not in space
    assert to_text(space) == "SeqOf({1, 2, 3, 4, 5, 6, 7, 8, 9}, 40)"


def test_bounded_sequences_that_are_too_many_to_print_can_be_listed() -> None:
    space = call("SequencesExt", "SeqOf", IntervalSet(1, 3), 8)
    items = list(space)
    assert len(items) == space.cardinality() == 9841
    assert items[:3] == [EMPTY_SEQUENCE, seq(1), seq(2)]
    assert space == make_set(items)
    assert hash(space) == hash(make_set(items))
    assert not call("SequencesExt", "SeqOf", NATURALS, 2).is_finite()
