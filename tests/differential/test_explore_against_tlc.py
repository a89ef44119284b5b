"""A catalogue of small models, one feature each: `explore` must find what TLC finds, with TLC's numbers.

TLC's answers stand in `specs/explore/tlc.json`, so that the comparison needs no Java; the test marked `tlc` asks TLC
anew for a few models, and for all of them when `EXPLORE_TLC=all` is set. After a
model was changed or added, this command writes the file anew:

    EXPLORE_TLC=write pytest tests/differential/test_explore_against_tlc.py -m tlc
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tlacheck import Toolchain, run_tlc
from tlaconform.explore import ExploreOutcome, ExploreRequest, explore_spec
from tlatrace.engine.explore import ExploreOptions

FOLDER = Path(__file__).parent / "specs" / "explore"
ANSWERS = FOLDER / "tlc.json"
CONFIGS = sorted(path.stem for path in FOLDER.glob("*.cfg"))
SAMPLE_STEP = 12
"""One model in this many is asked of TLC again, unless all are: each costs a start of Java."""

WAYS = {
    "level by level": ExploreOptions(),
    "as one worker": ExploreOptions(is_stepwise=True),
    "following a trace": ExploreOptions(is_stepwise=True, is_narrow=True),
}
"""The searches that there are; trace specifications are run by the last two."""

LEVELS_OF_TLC_1_8: dict[str, dict[str, Any]] = {
    "Registers": {"result": "success", "distinct_states": 12, "generated_states": 27, "depth": 4},
    "Registers_inv": {"result": "safety failure", "violated": ["LevelInv"], "trace_length": 4},
    "Registers_isx": {"result": "success", "distinct_states": 12, "generated_states": 27, "depth": 4},
    "Registers_remembered": {"result": "success", "distinct_states": 12, "generated_states": 27, "depth": 4},
}
"""In TLC 2.18 invariants and constraints on states see the level of the state before; in 1.8, the reference, a state's
own, 1 for an initial one (its test ``TLCGetLevel`` says so), and trace specifications are written for that.
"""

RESULT_OF_EXIT_STATUS = {10: "assumption failure", 12: "safety failure", 13: "liveness failure"}
"""Where TLC's exit status says more than the text: a property violated by an initial state is no invariant."""


def spec_of(config: str) -> Path:
    return FOLDER / f"{config.partition('_')[0]}.tla"


def digest(config: str) -> str:
    """Of all that an answer depends on."""
    texts = [(FOLDER / f"{config}.cfg").read_text(), spec_of(config).read_text()]
    if "INSTANCE" in texts[1]:
        texts.append((FOLDER / "Abstract.tla").read_text())
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def tlc_answer(config: str, toolchain: Toolchain) -> dict[str, Any]:
    judged = run_tlc(spec_of(config), FOLDER / f"{config}.cfg", toolchain=toolchain, time_limit_s=120)
    result = RESULT_OF_EXIT_STATUS.get(judged.exit_code or 0, judged.outcome.value)
    answer: dict[str, Any] = {"digest": digest(config), "result": result}
    if result == "success":
        answer |= {
            "distinct_states": judged.distinct_states,
            "generated_states": judged.states_generated,
            "depth": judged.depth,
        }
    elif result in ("safety failure", "liveness failure", "deadlock failure"):
        answer |= {
            "violated": list(judged.violated),
            "trace_length": len(judged.counterexample or ()),
        }
    return answer


def answers() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(ANSWERS.read_text())
    return found


def explored(config: str, options: ExploreOptions) -> ExploreOutcome:
    return explore_spec(ExploreRequest(spec=spec_of(config), config=FOLDER / f"{config}.cfg", options=options))


def test_every_model_has_an_answer_of_tlc() -> None:
    known = {config: answer["digest"] for config, answer in answers().items()}
    assert known == {config: digest(config) for config in CONFIGS}
    assert len(known) >= 60


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("way", WAYS)
def test_explore_says_what_tlc_says(config: str, way: str) -> None:
    wanted = LEVELS_OF_TLC_1_8.get(config) or answers()[config]
    found = explored(config, WAYS[way]).exploration
    assert found.result.value == wanted["result"]
    if wanted["result"] == "success":
        counts = found.counts
        assert (counts.distinct_states, counts.generated_states, counts.depth) == (
            wanted["distinct_states"],
            wanted["generated_states"],
            wanted["depth"],
        )
    elif "trace_length" in wanted:
        assert len(found.counterexample.states) == wanted["trace_length"]
        # TLC names a part of a refinement by its place only.
        assert not wanted["violated"] or list(found.violated) == wanted["violated"]


@pytest.mark.tlc
def test_the_answers_are_those_of_tlc(toolchain: Toolchain) -> None:
    mode = os.environ.get("EXPLORE_TLC", "")
    if mode == "write":
        written = {config: tlc_answer(config, toolchain) for config in CONFIGS}
        ANSWERS.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")
        return
    picked = CONFIGS if mode == "all" else CONFIGS[::SAMPLE_STEP]
    known = answers()
    assert {config: tlc_answer(config, toolchain) for config in picked} == {config: known[config] for config in picked}
