"""The tracing guide: its examples can be read, and what it names is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tlaconform.cli.app import run
from tlaconform.mapping import read_mapping

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "tracing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("order", re.findall(r"`(order: \{.*?\})`", GUIDE))
def test_every_order_is_one_that_a_mapping_can_have(order: str, tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text(f"version: 1\n{order}\nkind: event.event\nevents:\n  Step: Next\n", encoding="utf-8")
    found = read_mapping(mapping).order
    assert found is not None
    assert f"by: {found.by}" in order


def test_silent_steps_are_written_as_a_mapping_has_them(tmp_path: Path) -> None:
    (silent,) = re.findall(r"```yaml\n(silent:.*?)```", GUIDE, re.DOTALL)
    mapping = tmp_path / "map.yaml"
    mapping.write_text(f"version: 1\nkind: event.event\nevents:\n  Step: Next\n{silent}", encoding="utf-8")
    assert len(read_mapping(mapping).silent) == 1


def test_lines_of_traces_are_json() -> None:
    lines = [line for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
    assert [json.loads(line).get("process") for line in lines] == ["a", "a"]


def test_the_emitters_are_where_it_says() -> None:
    for path in re.findall(r"\(\.\./(emitters/[^)]*)\)", GUIDE):
        assert (ROOT / path).is_file()


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`[^`\n]*?(--[a-z][a-z-]+)", GUIDE))))
def test_options_that_it_names_are_there(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--help"])
    assert option in capsys.readouterr().out
