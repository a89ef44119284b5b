"""Every construct, accepted and rejected: the cases of corpus.txt (verdicts are SANY's: tests/differential)."""

import re
from pathlib import Path

import pytest

from tlatrace.syntax import ParseError, parse_module

CORPUS = Path(__file__).with_name("corpus.txt")


def cases() -> list[tuple[bool, str, str]]:
    """Verdict, name and text of each case."""
    found = []
    for block in CORPUS.read_text(encoding="utf-8").split("\n### ")[1:]:
        head, _, body = block.partition("\n")
        verdict, _, name = head.partition(": ")
        assert verdict in ("accept", "reject", "later", "no longer")
        if not re.search(r"^----.*MODULE", body, re.MULTILINE):
            body = f"---- MODULE M ----\n{body}\n====\n"
        found.append((verdict in ("accept", "later"), name, body))
    return found


@pytest.mark.parametrize(("text"), [pytest.param(text, id=name) for accepted, name, text in cases() if accepted])
def test_accepts(text: str) -> None:
    assert parse_module(text, "M.tla").name in ("M", "Outer")


@pytest.mark.parametrize(("text"), [pytest.param(text, id=name) for accepted, name, text in cases() if not accepted])
def test_rejects_with_a_place(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_module(text, "M.tla")
    location = caught.value.location
    lines = text.split("\n")
    assert location.file == "M.tla"
    assert 1 <= location.line <= len(lines)
    assert 1 <= location.column <= len(lines[location.line - 1].expandtabs(8)) + 1
    assert "^" in caught.value.render(text)
    assert not re.search(r"\b[A-Z]+_[A-Z_]+\b", caught.value.message), "a terminal's name is no word for people"


def test_the_corpus_has_both_kinds() -> None:
    verdicts = [accepted for accepted, _name, _text in cases()]
    assert verdicts.count(True) >= 45
    assert verdicts.count(False) >= 60
