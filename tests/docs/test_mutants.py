"""The page on mutants: it has every mutant once, found, and the numbers of the others are those that there are."""

from __future__ import annotations

import re
from pathlib import Path

from etcdcheck.bugs import BUGS
from tlacheck import load_manifest
from tlaconform.drivers import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count(" | ") >= 5]


def test_every_mutant_of_the_core_has_its_row() -> None:
    names = [row.split(" | ")[0].removeprefix("| ") for row in ROWS if not row.startswith("| mutant |")]
    assert names == [mutant.name for mutant in MUTANTS]
    assert f"| the core (`vraft.core`) | {len(MUTANTS)} |" in PAGE


def test_none_was_not_found() -> None:
    assert "not found" not in PAGE.split("## The core")[1].split("## The storage")[0]
    unseen = sum("nothing in 20" in row for row in ROWS)
    assert f"{unseen} of the {len(MUTANTS)} were not seen that way" in PAGE


def test_the_others_are_counted() -> None:
    manifest = load_manifest(ROOT / "spec" / "manifest.yaml")
    mutations = re.search(r"\| the specifications \(`spec/\*\.tla`\) \| (\d+) \|", PAGE)
    assert mutations is not None
    assert int(mutations[1]) == len(manifest.mutations)
    assert f"| etcd's Raft, one line changed | {len(BUGS)} |" in PAGE
