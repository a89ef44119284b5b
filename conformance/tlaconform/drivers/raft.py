"""The specification of Raft and its mapping, which come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tlaconform.checking import CheckOptions, Workbench
from tlaconform.errors import ConformanceError
from tlaconform.resources import spec_folder
from vraft.core import Features, InputError, read_features
from vraft.emulator.options import DiskOptions, TimingOptions, node_names
from vraft.emulator.scenario import clocks_of
from vraft.tracing import SPEC, SPEC_WITH_FEATURES, header


def raft_workbench(
    spec: Path | None = None,
    mapping: Path | None = None,
    config: Path | None = None,
    library: tuple[Path, ...] = (),
    *,
    is_basic: bool = True,
) -> Workbench:
    """The specification and the mapping that come with the package, or others: those of basic Raft, or of the whole."""
    folder = spec_folder()
    return Workbench(
        CheckOptions(
            spec=spec or folder / f"{SPEC if is_basic else SPEC_WITH_FEATURES}.tla",
            mapping=mapping or folder / "maps" / ("raft.yaml" if is_basic else "vraft.yaml"),
            config=config,
            library=library,
            measure=False,
        )
    )


def features_named(text: str | None) -> Features | None:
    """The features of a list with commas; ``none`` for none of them, None for basic Raft.

    Raises:
        ConformanceError: there is no such feature.
    """
    try:
        return None if text is None else read_features(text)
    except InputError as error:
        raise ConformanceError(f"--features: {error}") from None


def raft_header(nodes: int, features: Features | None = None, *, voters: int | None = None) -> dict[str, Any]:
    """The header of a trace of a cluster with that many servers, the first ``voters`` of which vote at first."""
    names = list(node_names(nodes))
    return header(
        names,
        scenario="hunt",
        seed=0,
        version="0",
        features=features,
        voters=None if voters is None else names[:voters],
        clocks=clocks_of(TimingOptions(), DiskOptions()),
    )
