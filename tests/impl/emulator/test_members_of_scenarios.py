"""Members that a scenario cannot mean are refused with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from vraft.emulator import ScenarioError, load_scenario


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("{at: 1s, change: {voters: []}}", "expected at least one voter, found none"),
        ("{at: 1s, change: {voters: [n1], learners: [n1]}}", "a server votes or learns, not both: n1"),
        ("{when: {config: {voters: [n1], learners: [n1]}}, heal: }", "a server votes or learns, not both: n1"),
    ],
)
def test_members_that_cannot_be(tmp_path: Path, event: str, message: str) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text(f"nodes: 3\nvoters: 3\nuntil: 2s\nevents:\n  - {event}\n")
    with pytest.raises(ScenarioError, match=message) as raised:
        load_scenario(str(scenario))
    assert f"{scenario}:5:" in str(raised.value)
    scenario.write_text(scenario.read_text().replace("learners: [n1]", "learners: [n2]").replace("[]", "[n1]"))
    load_scenario(str(scenario))
