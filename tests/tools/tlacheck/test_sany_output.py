"""Every shape of SANY's complaints, as captured, with the places that they name or imply."""

from pathlib import Path

import pytest

from tlacheck import ParseError
from tlacheck.sany_output import SanyReport, parse_sany_output

HERE = Path(__file__).parent


def read(module: str) -> SanyReport:
    text = (HERE / "outputs" / f"sany_{module}.out").read_text(encoding="utf-8")
    # The captured paths begin at this folder, where the modules are: some places are looked up in them.
    return parse_sany_output(text.replace("/sany/", f"{HERE}/sany/"), spec=HERE / "sany" / f"{module}.tla")


def places(errors: tuple[ParseError, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(error.file.name, error.line, error.column) for error in errors]


@pytest.mark.parametrize(
    ("module", "expected", "message"),
    [
        ("Unfinished", [("Unfinished.tla", 4, 9)], 'Was expecting "Expression or Instance" Encountered'),
        ("Conflict", [("Conflict.tla", 5, 7)], r"Precedence conflict between ops \land"),
        ("OpenString", [("OpenString.tla", 4, 17)], "Lexical error: Encountered"),
        ("OpenComment", [("OpenComment.tla", 3, None)], "possibly open comment"),
        ("Missing", [("Missing.tla", 2, 19)], "Cannot find source file for module Nowhere"),
        ("Misnamed", [("Misnamed.tla", 1, 13)], "does not match the name 'Wrong'"),
        ("Levels", [("Levels.tla", 3, 8), ("Levels.tla", 4, 1)], "Level error in applying operator '"),
        (
            "Semantic",
            [("Semantic.tla", 4, 9), ("Semantic.tla", 4, 18), ("Semantic.tla", 6, 1)],
            "Unknown operator: `y'",
        ),
    ],
)
def test_errors(module: str, expected: list[tuple[str, int | None, int | None]], message: str) -> None:
    report = read(module)

    assert places(report.errors) == expected
    assert message in report.errors[0].message


def test_an_error_in_an_imported_module_is_in_that_module() -> None:
    report = read("Imports")

    assert report.errors[0].file.name == "Unfinished.tla"


def test_warnings_are_not_errors() -> None:
    (warning,) = read("Semantic").warnings

    assert (warning.line, warning.column) == (6, 1)
    assert "This duplicates the one at line 4, col 1" in warning.message


def test_a_clean_module_and_all_that_it_extends() -> None:
    report = read("Fine")

    assert report.errors == report.warnings == ()
    assert [module.name for module in report.modules] == ["Naturals", "Sequences", "Fine"]


def test_a_crash_of_sany_is_told_in_its_own_words() -> None:
    report = parse_sany_output(
        "Parsing file /s/L.tla\n\nFatal errors while parsing TLA+ spec in file /s/L.tla\n\n"
        "java.lang.NullPointerException: something is null\n",
        spec=Path("/s/L.tla"),
    )

    assert [error.message for error in report.errors] == [
        "SANY gave up: java.lang.NullPointerException: something is null"
    ]


def test_a_file_that_is_not_there() -> None:
    report = parse_sany_output("Cannot find the specified file /s/M.tla.\n", spec=Path("/s/M.tla"))

    assert [str(error) for error in report.errors] == ["/s/M.tla: no such file"]
