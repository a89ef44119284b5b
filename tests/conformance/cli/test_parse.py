"""``conformance parse``: files and folders in, verdicts out; no input brings out a traceback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.cli.status import Status
from tlaconform.reading import many

GOOD = """---- MODULE Good ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = x + 1
====
"""

WRONG_NAMES = """---- MODULE WrongNames ----
EXTENDS Naturals
VARIABLE x
Init == y = 0
Two(a) == a
Next == x' = Two(1, 2)
====
"""

BAD_GRAMMAR = """---- MODULE BadGrammar ----
VARIABLE x
Init == x =
====
"""

SCHEMA: Any = json.loads((resources.files("tlaconform.reading") / "parse.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Good.tla").write_text(GOOD)
    (tmp_path / "WrongNames.tla").write_text(WRONG_NAMES)
    (tmp_path / "BadGrammar.tla").write_text(BAD_GRAMMAR)
    return tmp_path


@pytest.fixture
def parsed(command: Any) -> Any:
    """Run with --json, hold the output to its schema, and give (status, report)."""

    def invoke(*arguments: object) -> tuple[Status, Any]:
        status, out, err = command("parse", "--json", *arguments)
        assert err == ""
        report = json.loads(out)
        jsonschema.validate(report, SCHEMA)
        return status, report

    return invoke


def test_a_module_that_is_accepted_is_one_line(folder: Path, command: Any) -> None:
    path = folder / "Good.tla"
    assert command("parse", path) == (Status.CONFORMS, f"accepted  {path}: module Good\n", "")
    assert command("parse", "--quiet", path) == (Status.CONFORMS, "", "")


def test_all_mistakes_are_shown_with_source_lines(folder: Path, command: Any) -> None:
    path = folder / "WrongNames.tla"
    status, out, _ = command("parse", path)
    assert status is Status.WRONG_INPUT
    first, *rest = out.splitlines()
    assert first == f"rejected  {path}: 2 errors"
    assert rest[0] == f"  {path}:4:9: error: unknown name y"
    assert rest[1:3] == ["    4 | Init == y = 0", "      |         ^"]
    assert "6 | Next == x' = Two(1, 2)" in out
    assert command("parse", "--quiet", path)[1] == out


def test_a_mistake_of_grammar_names_what_was_found_and_expected(folder: Path, parsed: Any) -> None:
    status, report = parsed(folder / "BadGrammar.tla")
    assert status is Status.WRONG_INPUT
    (verdict,) = report["files"]
    assert (verdict["verdict"], verdict["module"]) == ("rejected", None)
    (error,) = verdict["errors"]
    assert (error["line"], error["column"], error["found"]) == (4, 1, "====")
    assert "an expression" in error["expected"]
    assert error["context"] == ["in the definition of Init"]
    assert error["source"] == "===="


def test_several_files_in_the_order_given(folder: Path, parsed: Any, command: Any) -> None:
    names = ["WrongNames.tla", "Good.tla", "BadGrammar.tla"]
    status, report = parsed(*(folder / name for name in names))
    assert status is Status.WRONG_INPUT
    assert report["summary"] == {"accepted": 1, "rejected": 2, "failed": 0}
    assert [Path(each["file"]).name for each in report["files"]] == names
    assert command("parse", folder)[1].endswith("3 files: 1 accepted, 2 rejected\n")


def test_a_folder_stands_for_the_modules_in_it_and_below(folder: Path, parsed: Any, command: Any) -> None:
    (folder / "below" / "more").mkdir(parents=True)
    (folder / "below" / "more" / "Good.tla").write_text(GOOD)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "Good.tla").write_text("nothing")
    _, report = parsed(folder, folder / "Good.tla")
    found = [Path(each["file"]).relative_to(folder).as_posix() for each in report["files"]]
    assert found == ["BadGrammar.tla", "Good.tla", "WrongNames.tla", "below/more/Good.tla"]

    (folder / "empty").mkdir()
    status, _, err = command("parse", folder / "empty")
    assert status is Status.WRONG_INPUT
    assert "no *.tla file in this folder" in err


def test_level_syntax_opens_no_import(tmp_path: Path, parsed: Any) -> None:
    path = tmp_path / "Uses.tla"
    path.write_text("---- MODULE Uses ----\nEXTENDS Nowhere\nx == Unknown + 1\n====\n")
    status, report = parsed("--level", "syntax", path)
    assert (status, report["files"][0]["level"]) == (Status.CONFORMS, "syntax")
    status, report = parsed(path)
    assert status is Status.WRONG_INPUT
    assert "unknown module Nowhere" in report["files"][0]["errors"][0]["message"]


def test_modules_come_from_lib_and_from_tla_path(tmp_path: Path, parsed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two", "spec"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "A.tla").write_text("---- MODULE A ----\nFromA == 1\n====\n")
    (tmp_path / "two" / "B.tla").write_text("---- MODULE B ----\nFromB == 1\n====\n")
    path = tmp_path / "spec" / "Uses.tla"
    path.write_text("---- MODULE Uses ----\nEXTENDS A, B\nx == {FromA, FromB}\n====\n")
    assert parsed(path)[0] is Status.WRONG_INPUT
    assert parsed(path, "--lib", tmp_path / "one", "--lib", tmp_path / "two")[0] is Status.CONFORMS
    monkeypatch.setenv("TLA_PATH", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    assert parsed(path)[0] is Status.CONFORMS


def test_a_mistake_in_an_import_is_told_with_its_file_and_line(tmp_path: Path, parsed: Any) -> None:
    (tmp_path / "Low.tla").write_text("---- MODULE Low ----\nx == y\n====\n")
    path = tmp_path / "High.tla"
    path.write_text("---- MODULE High ----\nEXTENDS Low\n====\n")
    status, report = parsed(path)
    assert status is Status.WRONG_INPUT
    (error,) = report["files"][0]["errors"]
    assert (Path(error["file"]).name, error["line"], error["source"]) == ("Low.tla", 2, "x == y")


def test_the_file_and_its_module_have_one_name(tmp_path: Path, parsed: Any) -> None:
    path = tmp_path / "Other.tla"
    path.write_text(GOOD)
    status, report = parsed(path)
    assert status is Status.WRONG_INPUT
    assert "the same name" in report["files"][0]["errors"][0]["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf---- MODULE Good ----\nx == 1\n====\n",
        b"---- MODULE Good ----\r\nx == 1\r\n====\r\n",
        b"before (( \n---- MODULE Good ----\nx == 1\n====\nafter ))",
        b"---- MODULE Good ----\n\\* caf\xe9\nx == 1\n====\n",
        b"---- MODULE Good ----\nx == 1\n====",
    ],
    ids=["byte order mark", "line ends of Windows", "text around it", "not UTF-8 in a comment", "no last line end"],
)
@pytest.mark.parametrize("level", ["syntax", "semantics"])
def test_unusual_files_that_are_accepted(tmp_path: Path, parsed: Any, content: bytes, level: str) -> None:
    path = tmp_path / "Good.tla"
    path.write_bytes(content)
    assert parsed("--level", level, path)[0] is Status.CONFORMS


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no module here", b"---- MODULE Good ----\nx == 1\n", b"\0\0"])
@pytest.mark.parametrize("level", ["syntax", "semantics"])
def test_unusual_files_that_are_rejected(tmp_path: Path, parsed: Any, content: bytes, level: str) -> None:
    path = tmp_path / "Good.tla"
    path.write_bytes(content)
    status, report = parsed("--level", level, path)
    assert status is Status.WRONG_INPUT
    assert report["files"][0]["errors"][0]["message"]


@pytest.mark.parametrize("level", ["syntax", "semantics"])
def test_a_file_that_is_not_there_costs_only_its_own_verdict(folder: Path, parsed: Any, level: str) -> None:
    status, report = parsed("--level", level, folder / "Missing.tla", folder / "Good.tla", folder / "Good")
    assert status is Status.WRONG_INPUT
    assert [each["verdict"] for each in report["files"]] == ["rejected", "accepted", "rejected"]
    assert "no such file" in report["files"][0]["errors"][0]["message"]
    assert report["files"][2]["errors"][0]["hint"] == f"did you mean {folder / 'Good.tla'}?"


def test_standard_input_has_no_folder(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(GOOD)
    assert command("parse", "--level", "syntax", "-") == (Status.CONFORMS, "accepted  <stdin>: module Good\n", "")
    given(BAD_GRAMMAR)
    status, out, _ = command("parse", "--level", "syntax", "-")
    assert status is Status.WRONG_INPUT
    assert "<stdin>:4:1: error" in out
    status, _, err = command("parse", "-")
    assert status is Status.WRONG_INPUT
    assert "--level syntax" in err
    assert command("parse", "--level", "syntax", "-", "-")[0] is Status.WRONG_INPUT


def test_the_tree_as_text(folder: Path, command: Any) -> None:
    status, out, _ = command("parse", "--ast", folder / "Good.tla")
    assert status is Status.CONFORMS
    lines = out.splitlines()
    assert lines[1] == 'Module name="Good" @1:1-6:4'
    at = lines.index('  units: OperatorDefinition name="Init" @4:1-4:13')
    assert lines[at + 1 : at + 4] == [
        '    Apply operator="=" @4:9-4:13',
        '      Name name="x" @4:9-4:9',
        "      Number value=0 @4:13-4:13",
    ]


def test_the_tree_as_json(folder: Path, parsed: Any) -> None:
    _, report = parsed("--ast", folder / "Good.tla", folder / "BadGrammar.tla")
    good, bad = report["files"]
    assert "tree" not in bad
    assert good["tree"]["node"] == "Module"
    init = next(unit for unit in good["tree"]["units"] if unit.get("name") == "Init")
    assert init["body"]["at"] == [4, 9, 4, 13]
    assert init["body"]["arguments"][1] == {"node": "Number", "at": [4, 13, 4, 13], "value": 0}


def test_a_module_that_is_accepted_with_mistakes_of_names_has_a_tree(folder: Path, parsed: Any) -> None:
    _, report = parsed("--ast", folder / "WrongNames.tla")
    assert report["files"][0]["verdict"] == "rejected"
    assert report["files"][0]["tree"]["name"] == "WrongNames"


def test_deep_nesting(tmp_path: Path, parsed: Any, command: Any) -> None:
    path = tmp_path / "Deep.tla"
    path.write_text(f"---- MODULE Deep ----\nx == {'{' * 2000}1{'}' * 2000}\n====\n")
    assert parsed(path)[0] is Status.CONFORMS
    status, out, _ = command("parse", "--ast", path)
    assert (status, out.count("SetEnumeration")) == (Status.CONFORMS, 2000)
    path.write_text(f"---- MODULE Deep ----\nx == {'{' * 2000}y{'}' * 2000}\n====\n")
    assert parsed(path)[0] is Status.WRONG_INPUT


PLUSCAL = """---- MODULE Good ----
EXTENDS Naturals
(* --algorithm Count
variable x = 0;
begin
  Go: x := x + 1;
end algorithm; *)
\\* BEGIN TRANSLATION
VARIABLES x, pc
Init == x = 0 /\\ pc = "Go"
Go == pc = "Go" /\\ x' = x + 1 /\\ pc' = "Done"
Next == Go
\\* END TRANSLATION
====
"""


def test_a_stale_translation_of_pluscal_is_warned_of(tmp_path: Path, parsed: Any, command: Any) -> None:
    path = tmp_path / "Good.tla"
    path.write_text(PLUSCAL)
    assert parsed(path)[1]["files"][0]["warnings"] == []

    path.write_text(PLUSCAL.replace("  Go: x", "  Went: x"))
    status, report = parsed(path)
    assert status is Status.CONFORMS
    (warning,) = report["files"][0]["warnings"]
    assert "Went" in warning["message"]
    assert (warning["line"], warning["source"]) == (6, "  Went: x := x + 1;")
    assert "Good.tla:6:3: warning: " in command("parse", "--quiet", path)[1]


def test_the_number_of_processes_changes_nothing(folder: Path, command: Any) -> None:
    for number in range(9):
        (folder / f"M{number}.tla").write_text(f"---- MODULE M{number} ----\nEXTENDS Good\nz == x + {number}\n====\n")
    reports = [command("parse", "--json", "--jobs", jobs, folder) for jobs in (1, 2)]
    assert reports[0] == reports[1]
    assert reports[0][0] is Status.WRONG_INPUT


def test_a_bug_of_ours_costs_one_verdict(folder: Path, command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = many.judge_file

    def broken(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "WrongNames.tla":
            raise AttributeError("'NoneType' object has no attribute 'x'")
        return judge(path, *arguments, **named)

    monkeypatch.setattr(many, "judge_file", broken)
    status, out, err = command("parse", "--json", folder)
    assert status is Status.OUR_BUG
    assert "please report it with" in err
    Path(err.split()[-1]).unlink()
    report = json.loads(out)
    jsonschema.validate(report, SCHEMA)
    assert [each["verdict"] for each in report["files"]] == ["rejected", "accepted", "failed"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_all_processes_in_silence(folder: Path, jobs: str) -> None:
    long = "\n".join(f"Op{n}(a, b) == IF a < {n} THEN b ELSE [x \\in 1 .. b |-> x + {n}]" for n in range(20_000))
    (folder / "Long.tla").write_text(f"---- MODULE Long ----\nEXTENDS Naturals\n{long}\n====\n")
    files = (str(folder / "Good.tla"), str(folder / "Long.tla"))
    process = subprocess.Popen(
        [sys.executable, "-c", "from tlaconform.cli import main; main()", "parse", "--jobs", jobs, *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("accepted")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
