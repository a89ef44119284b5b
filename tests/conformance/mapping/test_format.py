"""The format of mappings as a whole: that all of it is read, and how mistakes in it are told."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from tlaconform.mapping import model, read_mapping
from tlatrace.engine.verdict import Decision
from tlatrace.semantics import read_config


def test_all_mistakes_are_told_at_once_each_with_its_place(judge: Any, case: Any) -> None:
    mapping = """\
version: 1
reader: ectd
kind: event.do
order: {by: vectr}
silent:
  - action: Lose
observe:
  Len(: event.x
events:
  a: {actions: A, inherits: false}
"""
    verdict = judge(mapping, [{"do": "a"}])
    assert verdict.decision is Decision.INVALID
    assert [problem.location.line for problem in verdict.problems if problem.location] == [8, 10, 6, 2, 4]


def test_several_names_that_the_specification_does_not_have(judge: Any) -> None:
    verdict = judge("observe:\n  trem: event.t\nevents:\n  a: Campain(event.s)\n  b: Adopt(event.s)\n", [{"do": "a"}])
    messages = [problem.message for problem in verdict.problems]
    assert any("no action Campain" in message for message in messages)
    assert any("Adopt is given 1 arguments" in message for message in messages)
    assert any("trem" in message for message in messages)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("event: line", "is no field of the line"),
        ("fields:\n  term: {read: integer}", "is no field; expected event.a"),
        ("initial:\n  state:\n    trem: 1", "`trem` is no variable"),
        ('initial:\n  require: ["term\' = 1"]', "has a prime"),
        ("where: event.t", "expected TRUE or FALSE"),
        ("fields:\n  event.t: {read: number}", "one of integer, text"),
        ("constants2: {}", "unknown key 'constants2'"),
    ],
)
def test_what_a_section_must_be(judge: Any, section: str, message: str) -> None:
    judge.refuses(
        section + "\nevents:\n  campaign: Campaign(event.s)\n", [{"do": "campaign", "s": "1", "t": 1}], message
    )


def test_the_whole_of_the_format_is_read(case: Any) -> None:
    """The example in the documentation of the format is a mapping."""
    text = dedent(model.__doc__.split(".. code-block:: yaml\n\n", 1)[1].split("\nA spec expression", 1)[0])
    text = text.replace("observe: {...}", "observe: {term: event.t}")
    case.mapping.write_text(text)
    mapping = read_mapping(case.mapping)
    assert set(yaml.safe_load(text)) == set(mapping.locations)
    assert json.dumps(list(mapping.events))


def test_the_mapping_for_etcd_is_one() -> None:
    """Its traces and its specification are not ours, and are not here; that it can be read is what is seen of it."""
    folder = Path(__file__).resolve().parents[3] / "examples" / "etcd"
    mapping = read_mapping(folder / "etcdraft.yaml")
    assert len(mapping.events["ReceiveAppendEntriesRequest"].candidates) == 4
    assert mapping.initial is not None
    assert mapping.initial.of_each is not None
    assert read_config(folder / "etcdraft.cfg") is not None
