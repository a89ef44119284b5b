"""CSV: files with a record in each line, without quoting."""

from __future__ import annotations

from pathlib import Path

from tlatrace.stdlib.community.io_utils import format_text, unquoted
from tlatrace.stdlib.community.json_files import path_of
from tlatrace.stdlib.module import operators
from tlatrace.values import (
    EvaluationError,
    Value,
    boolean,
    make_record,
    make_sequence,
    sequence,
    shown,
    tabulated,
)
from tlatrace.values.functions import pairs_of


def write(template: Value, values: Value, file: Value) -> bool:
    """``CSVWrite(template, values, file)``: adds a line."""
    if type(template) is not str:
        raise EvaluationError(f"the template of CSVWrite is a string, not {shown(template)}")
    texts = [unquoted(value) for value in sequence(values, "the second argument of CSVWrite")]
    _append(path_of(file, "CSVWrite"), [format_text(template, texts)])
    return True


def write_record(record: Value, delimiter: Value, headers: Value, file: Value) -> bool:
    """``CSVWriteRecord(record, delimiter, headers, file)``: adds a line, and the field names to an empty file."""
    path, between = path_of(file, "CSVWriteRecord"), _delimiter(delimiter, "CSVWriteRecord")
    pairs = list(pairs_of(tabulated(record, "the first argument of CSVWriteRecord")))
    lines = [between.join(unquoted(value) for _, value in pairs)]
    if boolean(headers, "the third argument of CSVWriteRecord") and not _lines(path):
        lines.insert(0, between.join(unquoted(key) for key, _ in pairs))
    _append(path, lines)
    return True


def read(columns: Value, delimiter: Value, file: Value) -> Value:
    """``CSVRead(columns, delimiter, file)``: a record of strings for each line."""
    path, between = path_of(file, "CSVRead"), _delimiter(delimiter, "CSVRead")
    if not path.is_file():
        raise EvaluationError(f"CSVRead: there is no file {path}")
    names = [unquoted(column) for column in sequence(columns, "the first argument of CSVRead")]
    records = []
    for number, line in enumerate(_lines(path), 1):
        parts = line.split(between)
        if len(parts) != len(names):
            raise EvaluationError(f"{path}:{number}: {len(parts)} values, and {len(names)} columns: {shown(line)}")
        records.append(make_record(dict(zip(names, parts, strict=True))))
    return make_sequence(records)


def count_records(file: Value) -> int:
    """``CSVRecords(file)``"""
    return len(_lines(path_of(file, "CSVRecords")))


def _delimiter(value: Value, operator: str) -> str:
    if type(value) is str and value:
        return value
    raise EvaluationError(f"the delimiter of {operator} must be a string, but is {shown(value)}")


def _lines(path: Path) -> list[str]:
    """The lines of a file; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"cannot read {path}: {error}") from None
    return text.removesuffix("\n").split("\n") if text else []


def _append(path: Path, lines: list[str]) -> None:
    try:
        with path.open("a", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise EvaluationError(f"cannot write {path}: {error}") from None


OPERATORS = operators(
    {
        "CSVWrite": (3, write),
        "CSVWriteRecord": (4, write_record),
        "CSVRead": (3, read),
        "CSVRecords": (1, count_records),
    }
)
