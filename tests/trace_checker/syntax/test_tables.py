"""The cache of the parser's tables: what it saves, and that it never hurts."""

from collections.abc import Iterator
from pathlib import Path

import lark
import pytest

from tlatrace import cache
from tlatrace.syntax import parse_expression, tables
from tlatrace.syntax.ast import Name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a parser that has not been made yet; the parser of the other tests comes back afterwards."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    tables.parser.cache_clear()
    yield tmp_path / "cache"
    tables.parser.cache_clear()


def forbid_building(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(self: lark.Lark, *arguments: object, **options: object) -> None:
        raise AssertionError("the tables were built again")

    monkeypatch.setattr(lark.Lark, "__init__", build)


def test_the_second_use_reads_what_the_first_wrote(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_expression("a", "e") == Name("a")
    assert len(list(folder.iterdir())) == 1
    tables.parser.cache_clear()
    forbid_building(monkeypatch)
    assert parse_expression("a", "e") == Name("a")


def test_without_a_cache_they_are_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_building(monkeypatch)
    with pytest.raises(AssertionError, match="built again"):
        parse_expression("a", "e")


def test_a_torn_file_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse_expression("a", "e")
    (table,) = folder.iterdir()
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    tables.parser.cache_clear()
    assert parse_expression("a", "e") == Name("a")
    tables.parser.cache_clear()
    forbid_building(monkeypatch)
    assert parse_expression("a", "e") == Name("a")


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert parse_expression("a", "e") == Name("a")
