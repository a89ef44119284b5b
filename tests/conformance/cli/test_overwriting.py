"""No command writes over what it reads, whatever the file is called there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status


@pytest.mark.parametrize("option", ["--shrink", "--witness", "--output", "--checkpoint"])
@pytest.mark.parametrize("what", ["trace", "spec", "mapping"])
def test_an_output_of_check_that_is_an_input(queue: Any, command: Any, option: str, what: str) -> None:
    file: Path = getattr(queue, what)
    before = file.read_bytes()
    status, out, err = command(*queue.arguments(option, str(file)))
    assert (status, out) == (Status.WRONG_INPUT, "")
    assert f"{option} would overwrite this file, which is what" in err
    assert str(file) in err
    assert file.read_bytes() == before


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_the_same_file_through_a_link(queue: Any, command: Any, tmp_path: Path, link: Any) -> None:
    other = tmp_path / "other.ndjson"
    link(queue.trace, other)
    status, _, err = command(*queue.arguments("--output", str(other)))
    assert status is Status.WRONG_INPUT
    assert "is what TRACE reads" in err


def test_two_outputs_in_one_file(queue: Any, command: Any, tmp_path: Path) -> None:
    new = tmp_path / "new.itf.json"
    status, _, err = command(*queue.arguments("--output", str(new), "--witness", str(new)))
    assert status is Status.WRONG_INPUT
    assert "is what --output writes" in err
    assert not new.exists()


def test_init_does_not_write_over_its_trace(queue: Any, command: Any) -> None:
    before = queue.trace.read_bytes()
    status, _, err = command("init", queue.spec, "--trace", queue.trace, "--output", queue.trace, "--force")
    assert status is Status.WRONG_INPUT
    assert "is what --trace reads" in err
    assert queue.trace.read_bytes() == before


def test_another_file_is_written_over(queue: Any, command: Any, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("old")
    status, _, _ = command(*queue.arguments("--json", "--output", str(old)))
    assert status is Status.CONFORMS
    assert "accepted" in old.read_text()
