"""The state graph in a file: Graphviz DOT in the style of TLC's ``-dump dot,actionlabels``, or JSON.

The JSON is one object: ``variables`` (names), ``initial`` (numbers of states), ``states`` (for each, in the order in
which they were found, the values of the variables as TLA+ text) and ``edges`` (``[from, to, action]``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlaconform.errors import ConformanceError
from tlaconform.files import write_whole
from tlatrace.engine.explore import StateGraph
from tlatrace.location import Location
from tlatrace.values import to_text

if TYPE_CHECKING:
    from tlaconform.explore import ExploreOutcome

SUFFIXES = (".json", ".dot")


def check_dump_name(path: Path) -> None:
    """Refuse a name that does not say which format is meant, before any work is done."""
    if path.suffix not in SUFFIXES:
        raise ConformanceError(
            f"a file name that ends in {path.suffix or 'nothing'}; expected .json or .dot",
            location=Location(str(path), 0, 0, 0, 0),
        )


def write_graph(path: Path, outcome: ExploreOutcome) -> None:
    """Write the graph that was explored; after a violation, as far as it was."""
    graph = outcome.exploration.graph
    if graph is None:
        return
    names = [variable.name for variable in outcome.spec.variables]
    actions = [action.name for action in outcome.spec.actions]
    if path.suffix == ".json":
        write_whole(path, json.dumps(_object(graph, names, actions), ensure_ascii=False) + "\n")
    else:
        write_whole(path, "".join(_dot(graph, names, actions)))


def _edges(graph: StateGraph, actions: list[str]) -> Iterator[tuple[int, int, str]]:
    for number in range(len(graph)):
        for target, action in zip(graph.successors(number), graph.actions(number), strict=True):
            yield number, target, actions[action]


def _object(graph: StateGraph, names: list[str], actions: list[str]) -> dict[str, Any]:
    return {
        "format": "tla-conformance/state-graph",
        "version": 1,
        "variables": names,
        "initial": list(graph.initial),
        "states": [[to_text(value) for value in state] for state in graph.states],
        "edges": [list(edge) for edge in _edges(graph, actions)],
    }


def _dot(graph: StateGraph, names: list[str], actions: list[str]) -> Iterator[str]:
    yield "strict digraph DiskGraph {\nnodesep=0.35;\nsubgraph cluster_graph {\ncolor=white;\n"
    initial = set(graph.initial)
    for number, state in enumerate(graph.states):
        lines = [f"/\\ {name} = {to_text(value)}" for name, value in zip(names, state, strict=True)]
        style = ",style = filled" if number in initial else ""
        yield f'{number} [label="{_quoted(lines)}"{style}]\n'
    for start, target, action in _edges(graph, actions):
        yield f'{start} -> {target} [label="{_quoted([action])}"];\n'
    yield "}\n}\n"


def _quoted(lines: list[str]) -> str:
    return "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
