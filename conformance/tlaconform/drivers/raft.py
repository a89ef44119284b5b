"""The specification of Raft and its mapping, which come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tlaconform.checking import CheckOptions, Workbench
from tlaconform.resources import spec_folder
from vraft.emulator.options import node_names


def raft_workbench(
    spec: Path | None = None, mapping: Path | None = None, config: Path | None = None, library: tuple[Path, ...] = ()
) -> Workbench:
    """The specification and the mapping that come with the package, or others."""
    folder = spec_folder()
    return Workbench(
        CheckOptions(
            spec=spec or folder / "Raft.tla",
            mapping=mapping or folder / "maps" / "raft.yaml",
            config=config,
            library=library,
            measure=False,
        )
    )


def raft_header(nodes: int) -> dict[str, Any]:
    """The header of a trace of a cluster with that many servers, as far as the mapping reads it."""
    names = list(node_names(nodes))
    return {"constants": {"Server": {"#set": names}}, "nodes": names}
