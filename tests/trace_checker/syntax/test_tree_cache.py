"""Trees that come from the cache are those that the parser makes, or are made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace import cache
from tlatrace.syntax import ParseError, parse_module, tree_cache
from tlatrace.syntax.rewrite import walk
from tlatrace.syntax.tree_cache import parsed_module

RAFT = Path(__file__).parents[3] / "spec" / "Raft.tla"
TEXT = RAFT.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    return tmp_path / tree_cache.FOLDER


def unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str, file: str) -> None:
        raise AssertionError("it is parsed again")

    monkeypatch.setattr(tree_cache, "_parse", fail)


def test_a_module_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = parsed_module(TEXT, "Raft.tla")
    unparsed(monkeypatch)
    again = parsed_module(TEXT, "Raft.tla")
    assert again == parsed == parse_module(TEXT, "Raft.tla")
    assert [node.location for node in walk(again)] == [node.location for node in walk(parsed)]


@pytest.mark.parametrize(("text", "file"), [(TEXT + " ", "Raft.tla"), (TEXT, "elsewhere/Raft.tla")])
def test_another_text_or_file_is_another_entry(text: str, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed_module(TEXT, "Raft.tla")
    unparsed(monkeypatch)
    with pytest.raises(AssertionError, match="parsed again"):
        parsed_module(text, file)


@pytest.mark.parametrize("damage", [b"", b"torn", None])
def test_a_damaged_entry_is_as_good_as_none(damage: bytes | None, folder: Path) -> None:
    parsed_module(TEXT, "Raft.tla")
    (entry,) = folder.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    assert parsed_module(TEXT, "Raft.tla").name == "Raft"
    assert entry.read_bytes() == whole


def test_short_texts_and_mistakes_are_not_kept(folder: Path) -> None:
    parsed_module("---- MODULE M ----\n====", "M.tla")
    with pytest.raises(ParseError):
        parsed_module(TEXT.replace("EXTENDS", "EXTEND"), "Raft.tla")
    assert not folder.exists()


def test_the_oldest_entries_go(tmp_path: Path) -> None:
    kept = [cache.EntryFolder(tmp_path, ".x", 2) for _ in range(4)]
    for number, entries in enumerate(kept):
        entries.put((b"%d" % number,), b"content")
    assert len(list(tmp_path.glob("*.x"))) == 2
