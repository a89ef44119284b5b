"""The README: what it shows is what the commands print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlaconform.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("trace", ["trace.ndjson", "broken.ndjson"])
def test_the_example_prints_what_the_readme_shows(
    trace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "examples" / "queue")
    run(["check", trace, "--spec", "Queue.tla", "--map", "queue.yaml"])
    printed = capsys.readouterr().out.strip()
    assert printed in README


def test_exploring_the_example_prints_what_the_readme_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "examples" / "queue")
    assert run(["explore", "Queue.tla"]) == 1
    *shown, counts = capsys.readouterr().out.strip().splitlines()
    assert "\n".join(shown) in README
    assert counts.startswith("6 distinct states, 7 generated, depth 3")


def test_the_example_mapping_is_that_of_the_readme() -> None:
    written = [line.strip() for line in (ROOT / "examples" / "queue" / "queue.yaml").read_text().splitlines()[1:]]
    shown = [line.split("  #")[0].strip() for line in README.splitlines()]
    assert [line for line in written if line not in shown] == []
