"""The same inputs in the same order give the same outputs."""

from __future__ import annotations

import random
from typing import Any

from vraft.core import (
    ElectionTimeout,
    HeartbeatTimeout,
    Input,
    Output,
    Propose,
    RaftCore,
    Receive,
    SetElectionTimeout,
    Tick,
)


def draw_inputs(raft: Any, seed: int) -> list[Input]:
    """A jumble of inputs, most of them nonsense to the state that they meet."""
    draw = random.Random(seed)
    inputs: list[Input] = []
    for _ in range(200):
        term, index = draw.randint(1, 6), draw.randint(0, 4)
        sender = draw.choice(["n2", "n3"])
        inputs.append(
            draw.choice(
                [
                    ElectionTimeout(),
                    HeartbeatTimeout(),
                    Propose("x"),
                    Tick(draw.randint(0, 4)),
                    SetElectionTimeout(5),
                    Receive(raft.ask(term, (index, min(index, term)), sender=sender)),
                    Receive(raft.vote(term, sender=sender)),
                    Receive(raft.answer(term, 0, success=False, sender=sender)),
                ]
            )
        )
    return inputs


def run(inputs: list[Input]) -> list[Output]:
    core = RaftCore(id="n1", servers=["n3", "n2", "n1"])
    return [core.start(), *(core.step(input_) for input_ in inputs)]


def test_same_inputs_same_outputs(raft: Any) -> None:
    for seed in range(20):
        inputs = draw_inputs(raft, seed)
        assert run(inputs) == run(inputs)
