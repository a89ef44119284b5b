"""``conformance mutants``: a table (how, how fast, foretold?), or the same as JSON."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status
from tlaconform.drivers import MUTANTS


def test_a_table(command: Any, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    status, out, err = command("mutants", "double-vote", "wrong-quorum", "--save", saved)
    assert status is Status.CONFORMS
    assert err == ""
    head, first, second, summary = out.splitlines()
    columns = "mutant outcome executions seconds shrinking operations foretold caught by"
    assert head.split() == columns.split()
    assert first.startswith("double-vote")
    assert first.endswith("  yes       GrantVote: votedFor[i] \\in {Nil, m.from}")
    assert second.endswith("  yes       BecomeLeader: votesGranted[i] \\in Quorum")
    assert re.fullmatch(
        r"2 of 2 caught, 2 by the conjunct foretold, in \d+ s; to make them short took \d+ s more", summary
    )
    assert sorted(path.name for path in saved.iterdir()) == ["double-vote.yaml", "wrong-quorum.yaml"]


def test_json(command: Any) -> None:
    status, out, _ = command("mutants", "double-vote", "--json", "--seed", 2)
    assert status is Status.CONFORMS
    document = json.loads(out)
    assert (document["seed"], document["caught"], document["as_foretold"]) == (2, 1, 1)
    (mutant,) = document["mutants"]
    assert mutant["name"] == "double-vote"
    assert mutant["outcome"] == "caught"
    assert mutant["as_foretold"] is True
    assert mutant["caught_by"] == {"action": "GrantVote", "reason": "votedFor[i] \\in {Nil, m.from}"}
    assert mutant["foretold"] == {"action": "GrantVote", "conjunct": "votedFor[i] \\in {Nil, m.from}"}
    assert mutant["executions"] >= 1
    assert mutant["operations"] >= 1
    assert mutant["seconds_shrinking"] > 0, "which is not a part of the seconds until it was caught"


def test_one_that_is_not_caught_within_the_limit(command: Any) -> None:
    status, out, _ = command("mutants", "commit-past-match", "--examples", 2)
    assert status is Status.DOES_NOT_CONFORM
    assert "not caught" in out
    assert "0 of 1 caught" in out
    assert out.splitlines()[1].split()[5] == "-", "nothing was made short"


def test_the_list(command: Any) -> None:
    status, out, _ = command("mutants", "--list")
    assert status is Status.CONFORMS
    for mutant in MUTANTS:
        assert f"{mutant.name}\n  {mutant.bug}" in out


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    arguments = ["mutants", "wrong-quorum", "commit-past-match", "--seed", "1", "--save", "saved"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", "from tlaconform.cli import main; main()", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    rows = [process.stdout.readline(), process.stdout.readline()]
    assert rows[1].startswith("wrong-quorum")  # The next one takes hundreds of executions.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert err == "interrupted\n"
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]
    assert [path.name for path in (tmp_path / "saved").iterdir()] == ["wrong-quorum.yaml"]


def test_the_list_for_machines(command: Any) -> None:
    status, out, _ = command("mutants", "--list", "--json", "double-vote")
    assert status == 0
    (told,) = json.loads(out)["mutants"]
    assert (told["name"], told["foretold"]) == ("double-vote", "GrantVote: votedFor[i] \\in {Nil, m.from}")
