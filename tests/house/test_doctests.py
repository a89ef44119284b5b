"""Examples in docstrings are what Python says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / name for name in ("impl", "trace_checker", "conformance", "tools")]
MODULES = sorted(
    ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
    for folder in FOLDERS
    for file in folder.rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)


def test_there_are_some() -> None:
    assert "vraft.core.log" in MODULES
    assert len(MODULES) > 20


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried
    assert not failed, "see the standard output"
