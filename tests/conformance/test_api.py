"""The package's documented names: each there, each where it says."""

from __future__ import annotations

from typing import Any

import pytest

import tlaconform


@pytest.mark.parametrize("name", tlaconform.__all__)
def test_every_name_loads(name: str) -> None:
    assert getattr(tlaconform, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        _ = tlaconform.chekc


def test_the_example_of_the_docstring(queue: Any) -> None:
    workbench = tlaconform.Workbench(tlaconform.CheckOptions(spec=queue.spec, mapping=queue.mapping))
    verdict = tlaconform.check_trace(queue.trace, workbench)
    assert verdict.decision is tlaconform.Decision.ACCEPTED, verdict.reason
