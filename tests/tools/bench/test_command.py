"""What the commands share: how a benchmark ends, and what it says and writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import bench.command
from bench import core, exploration, main, storage
from bench.command import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, has_tlc, option_parser, status_of, write_json
from bench.errors import BenchError
from tlacheck import ToolchainError


def ends_with(error: BaseException) -> Callable[[], int]:
    def measure() -> int:
        raise error

    return measure


@pytest.mark.parametrize("status", [EXIT_OK, EXIT_FAILED])
def test_the_status_of_what_came_to_its_end(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(lambda: status) == status
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [BenchError("it is wrong"), OSError("it is wrong"), KeyError("it is wrong")])
def test_failures_are_told(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(ends_with(error), failures=(KeyError,)) == EXIT_FAILED
    assert capsys.readouterr().err == f"error: {error}\n"


def test_anything_else_is_a_bug() -> None:
    with pytest.raises(KeyError):
        status_of(ends_with(KeyError()))


def test_an_interrupt_is_told_after_the_line_was_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    cleared: list[str] = []
    assert status_of(ends_with(KeyboardInterrupt()), clear=lambda: cleared.append("once")) == EXIT_INTERRUPTED
    assert (cleared, capsys.readouterr().err) == (["once"], "interrupted\n")


@pytest.mark.parametrize("module", [core, exploration, main, storage])
def test_every_command_tells_its_failures(
    module: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "_measure", lambda *_: ends_with(BenchError("nothing came of it"))())
    assert module.main([]) == EXIT_FAILED  # type: ignore[attr-defined]
    assert capsys.readouterr().err == "error: nothing came of it\n"


def test_results_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    parser = option_parser("bench.of.nothing", None)
    out = tmp_path / "found.json"
    write_json(parser.parse_args(["--json", str(out)]), lambda: {"found": 1})
    assert json.loads(out.read_text(encoding="utf-8")) == {"found": 1}
    write_json(parser.parse_args([]), lambda: pytest.fail("nobody asked"))


def test_tlc_is_run_where_it_is_there_and_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = option_parser("bench.of.nothing", None, beside_tlc=True)
    monkeypatch.setattr(bench.command, "find_toolchain", lambda: None)
    assert has_tlc(parser.parse_args([]))
    assert not has_tlc(parser.parse_args(["--no-tlc"]))

    def nowhere() -> None:
        raise ToolchainError("no tla2tools.jar was found")

    monkeypatch.setattr(bench.command, "find_toolchain", nowhere)
    assert not has_tlc(parser.parse_args([]))
