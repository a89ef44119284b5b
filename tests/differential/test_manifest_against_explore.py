"""What `spec/manifest.yaml` says of the models, TLC having counted: `explore` must find the same.

Quick ones of each module; all of them with EXPLORE_MANIFEST=all, which takes minutes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tlaconform.explore import ExploreRequest, explore_spec

SPECS = Path(__file__).parents[2] / "spec"
MODELS: dict[str, dict[str, Any]] = {
    model["name"]: model for model in yaml.safe_load((SPECS / "manifest.yaml").read_text())["models"]
}
QUICK = (
    "debug-third-term-leader",
    "debug-two-leaders",
    "debug-late-message",
    "debug-old-entry-committed",
    "debug-membership-rejoin",
    "debug-membership-transfer",
    "prevote-unreduced",
    "membership-grow",
    "snapshot-config",
    "reads-restart",
    "debug-read-in-joint",
    "debug-etcd-vote-forgotten",
)

COUNTED = [name for name, model in MODELS.items() if "distinct_states" in model or model["result"] != "success"]


@pytest.mark.slow
@pytest.mark.parametrize("name", COUNTED if os.environ.get("EXPLORE_MANIFEST") == "all" else QUICK)
def test_explore_finds_what_the_manifest_says(name: str) -> None:
    model = MODELS[name]
    request = ExploreRequest(spec=SPECS / model["module"], config=SPECS / model["config"], library=(SPECS,))
    found = explore_spec(request).exploration
    assert found.result.value == model["result"]
    assert list(found.violated) == model.get("violates", [])
    counts = found.counts
    for member, counted in (("distinct_states", counts.distinct_states), ("depth", counts.depth)):
        assert model.get(member, counted) == counted
