"""The benchmark of exploration: its table, on the smallest model."""

import pytest

from bench import exploration


def test_the_smallest_model_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert exploration.main(["--quick", "--no-tlc"]) == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["explored", "distinct", "seconds", "distinct", "memory", "each"]
    assert line.startswith("two-phase commit, 5 managers")
    assert " 8,832 " in line


def test_the_models_grow() -> None:
    sizes = [model.config.count(", r") + 1 for model in exploration.models() if isinstance(model.config, str)]
    assert sizes == [5, 6, 7]
