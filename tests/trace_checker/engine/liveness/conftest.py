"""Small specifications, and all their states by a search as simple as can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tlatrace.compile import CompiledSpec
from tlatrace.compile.api import State
from tlatrace.semantics import load_spec
from tlatrace.syntax import parse_config


class Graph:
    """The states that ``evaluator`` reaches, numbered in the order of the search."""

    def __init__(self, evaluator: CompiledSpec) -> None:
        self.states: list[State] = list(dict.fromkeys(evaluator.initial_states()))
        self.initial = list(range(len(self.states)))
        self._following: list[list[int]] = []
        numbers = {state: number for number, state in enumerate(self.states)}
        for state in self.states:
            found: dict[int, None] = {}
            for action in evaluator.actions:
                for after, _ in action.successors(state):
                    if after not in numbers:
                        numbers[after] = len(self.states)
                        self.states.append(after)
                    found[numbers[after]] = None
            self._following.append(list(found))

    def successors(self, state: int, /) -> list[int]:
        return self._following[state]

    def is_expanded(self, state: int, /) -> bool:
        return True


Explored = tuple[CompiledSpec, Graph]


@pytest.fixture
def explored(tmp_path: Path) -> Callable[[str, str], Explored]:
    """The module ``M`` with the configuration, and its states."""

    def explore(text: str, config: str) -> Explored:
        (tmp_path / "M.tla").write_text(text)
        evaluator = CompiledSpec(load_spec(tmp_path / "M.tla", parse_config(config, "M.cfg")))
        return evaluator, Graph(evaluator)

    return explore
