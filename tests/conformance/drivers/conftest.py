"""One workbench for all tests of this folder: the specification is compiled once."""

from __future__ import annotations

import pytest

from tlaconform.checking import Workbench
from tlaconform.drivers.raft import raft_workbench


@pytest.fixture(scope="session")
def workbench() -> Workbench:
    return raft_workbench()


@pytest.fixture(scope="session")
def whole_workbench() -> Workbench:
    """The judge of clusters with features."""
    return raft_workbench(is_basic=False)
