"""The modules that are shipped as TLA+ text, and the Python that stands in for some of their operators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tlatrace.stdlib.module import Operator

MODULES_FOLDER: Final = Path(__file__).resolve().parent.parent / "modules"
"""Where the texts lie: ``NAME.tla``."""

SHIPPED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Apalache": "apalache",
        "BagsExt": "bags_ext",
        "Bitwise": "bitwise",
        "CSV": "csv_files",
        "Combinatorics": "combinatorics",
        "DyadicRationals": "dyadic_rationals",
        "FiniteSetsExt": "finite_sets_ext",
        "Folds": "folds",
        "Functions": "functions",
        "GraphViz": "graph_viz",
        "Graphs": "graphs",
        "HTML": "html",
        "IOUtils": "io_utils",
        "Json": "json_files",
        "Randomization": "randomization",
        "Relation": "relation",
        "SVG": "svg",
        "SequencesExt": "sequences_ext",
        "Statistics": "statistics",
        "TLCExt": "tlc_ext",
        "UndirectedGraphs": "undirected_graphs",
        "VectorClocks": "vector_clocks",
    }
)
"""From the name of a module to the file below ``tlatrace/stdlib/community`` that has its Python; a module that is
evaluated by its text alone is not listed."""

NOT_IN_TLA: Final = frozenset(("CSV", "IOUtils", "Json", "Randomization", "TLCExt"))
"""Modules whose text cannot say what their operators do (files, chance, the run): copies of them in a user's folder get
the Python too, as TLC gives them its Java."""

IMPURE: Final = frozenset(
    (
        "AssertError",
        "CSVRead",
        "CSVRecords",
        "CSVWrite",
        "CounterExample",
        "Deserialize",
        "IODeserialize",
        "IOEnvExec",
        "IOEnvExecTemplate",
        "IOExec",
        "IOExecTemplate",
        "IOSerialize",
        "JsonSerialize",
        "PickSuccessor",
        "RandomSetOfSubsets",
        "RandomSubset",
        "RandomSubsetSet",
        "Serialize",
        "TLCCache",
        "TLCDefer",
        "TLCGetAndSet",
        "TLCGetOrDefault",
        "TLCNoOp",
        "TestRandomSetOfSubsets",
        "Trace",
        "ndJsonSerialize",
    )
)
"""Operators whose value, or effect, is not determined by their arguments: to be evaluated each time they are met.

IOEnv and the traces that ndJsonDeserialize and JsonDeserialize read are not among them: within one run they stay as
they are.
"""

ONCE: Final = frozenset(
    (
        "AssertError",
        "CSVRead",
        "CSVRecords",
        "Deserialize",
        "IODeserialize",
        "IOEnvExec",
        "IOEnvExecTemplate",
        "IOExec",
        "IOExecTemplate",
        "TLCCache",
        "TLCNoOp",
    )
)
"""Those of them that a definition without parameters evaluates once a run, as TLC evaluates constants once."""


@cache
def shipped_operators(module: str) -> Mapping[str, Operator]:
    """The Python for operators of the shipped module, by name; empty where there is none."""
    name = SHIPPED.get(module)
    if name is None:
        return MappingProxyType({})
    table: Mapping[str, Operator] = import_module(f"tlatrace.stdlib.community.{name}").OPERATORS
    return table


@cache
def shipped_names() -> frozenset[str]:
    """The modules that have a text here."""
    return frozenset(path.stem for path in MODULES_FOLDER.glob("*.tla"))
