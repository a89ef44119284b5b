"""The cache: where it is, and that it never hurts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace import cache


def test_the_environment_names_the_folder(tmp_path: Path) -> None:
    assert cache.cache_folder({cache.VARIABLE: str(tmp_path)}) == tmp_path
    assert cache.cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "tla-conformance"
    assert cache.cache_folder({"HOME": str(tmp_path)}) == tmp_path / ".cache" / "tla-conformance"


def test_what_was_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "deep" / "er"))
    assert cache.read_entry("a") is None
    cache.write_entry("a", b"one")
    cache.write_entry("a", b"two")
    assert cache.read_entry("a") == b"two"
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["a"]


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(blocked))
    cache.write_entry("a", b"one")
    assert cache.read_entry("a") is None
    assert not cache.is_writable(blocked)
