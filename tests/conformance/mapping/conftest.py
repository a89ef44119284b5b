"""A specification, a mapping and a trace written out in a test, and the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine.verdict import Decision, Verdict

SERVERS = """
---- MODULE Servers ----
EXTENDS Integers, Sequences, FiniteSets
CONSTANTS Server, Nil
VARIABLES term, vote, role, log, sent

Init ==
  /\\ term \\in [Server -> 0 .. 2]
  /\\ vote = [s \\in Server |-> Nil]
  /\\ role = [s \\in Server |-> "follower"]
  /\\ log = [s \\in Server |-> <<>>]
  /\\ sent = {}

Campaign(s) ==
  /\\ term' = [term EXCEPT ![s] = @ + 1]
  /\\ vote' = [vote EXCEPT ![s] = s]
  /\\ role' = [role EXCEPT ![s] = "candidate"]
  /\\ sent' = sent \\cup {[from |-> s, term |-> term[s] + 1]}
  /\\ UNCHANGED log

Adopt(s, t) ==
  /\\ t > term[s]
  /\\ term' = [term EXCEPT ![s] = t]
  /\\ vote' = [vote EXCEPT ![s] = Nil]
  /\\ role' = [role EXCEPT ![s] = "follower"]
  /\\ UNCHANGED <<log, sent>>

Vote(s, m) ==
  /\\ m \\in sent
  /\\ m.term = term[s]
  /\\ vote[s] = Nil
  /\\ vote' = [vote EXCEPT ![s] = m.from]
  /\\ UNCHANGED <<term, role, log, sent>>

Write(s, x) ==
  /\\ log' = [log EXCEPT ![s] = Append(@, x)]
  /\\ UNCHANGED <<term, vote, role, sent>>

Next ==
  \\E s \\in Server :
    \\/ Campaign(s)
    \\/ \\E t \\in 0 .. 9 : Adopt(s, t)
    \\/ \\E m \\in sent : Vote(s, m)
    \\/ \\E x \\in 0 .. 9 : Write(s, x)
====
"""

HEAD = """
version: 1
model_values: [Nil]
constants:
  Server: '{"1", "2"}'
  Nil: Nil
kind: event.do
"""
"""Stands before a mapping that does not say its version."""

Lines = Sequence[Mapping[str, Any]]


class Case:
    """The files of one check."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = folder / "Servers.tla"
        self.mapping = folder / "servers.yaml"
        self.trace = folder / "trace.ndjson"
        self.spec.write_text(SERVERS, encoding="utf-8")

    def write(self, mapping: str, lines: Lines | str) -> None:
        whole = mapping if "version:" in mapping else HEAD + mapping
        self.mapping.write_text(dedent(whole), encoding="utf-8")
        text = lines if isinstance(lines, str) else "".join(json.dumps(line) + "\n" for line in lines)
        self.trace.write_text(text, encoding="utf-8")

    def verdict(self, mapping: str, lines: Lines | str, **options: Any) -> Verdict:
        self.write(mapping, lines)
        return check_trace(self.trace, Workbench(CheckOptions(spec=self.spec, mapping=self.mapping, **options)))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


class Judge:
    """The verdict on lines under a mapping of the servers, and what it is expected to be."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def __call__(self, mapping: str, lines: Lines | str, **options: Any) -> Verdict:
        return self._case.verdict(mapping, lines, **options)

    def accepts(self, mapping: str, lines: Lines | str, **options: Any) -> Verdict:
        verdict = self(mapping, lines, **options)
        assert verdict.decision is Decision.ACCEPTED, verdict.reason
        return verdict

    def rejects(self, mapping: str, lines: Lines | str, line: int) -> Verdict:
        verdict = self(mapping, lines)
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, line), verdict.reason
        return verdict

    def refuses(self, mapping: str, lines: Lines | str, *texts: str, **options: Any) -> Verdict:
        """The verdict is invalid, and has all the texts in what it says."""
        verdict = self(mapping, lines, **options)
        assert verdict.decision is Decision.INVALID
        told = " ".join([verdict.reason, str(verdict.hint), *(problem.message for problem in verdict.problems)])
        for text in texts:
            assert text in told
        return verdict


@pytest.fixture
def judge(case: Case) -> Judge:
    """:class:`Judge`."""
    return Judge(case)
