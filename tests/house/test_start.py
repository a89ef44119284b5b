"""What starting costs: the command line imports little before it knows what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("lark", "hypothesis", "networkx", "immutables", "tlatrace", "vraft", "tlacheck", "multiprocessing", "yaml")


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("code", ["import tlaconform", "from tlaconform.cli.app import build_parser; build_parser()"])
def test_nothing_heavy_is_imported_before_a_command_runs(code: str) -> None:
    assert not modules_after(code) & set(HEAVY)


def test_the_check_command_does_not_import_vraft_or_hypothesis() -> None:
    found = modules_after("import tlaconform.checking, tlaconform.report")
    assert not found & {"hypothesis", "networkx", "vraft", "tlacheck"}
