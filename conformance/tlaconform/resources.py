"""The files that come with the package: the specifications, their models and mappings."""

from __future__ import annotations

from pathlib import Path

from tlaconform.errors import ConformanceError

_PACKAGE = Path(__file__).resolve().parent


def spec_folder() -> Path:
    """``spec/``: inside the package where it was installed from a wheel, at the top of the source tree where it is
    edited.

    Raises:
        ConformanceError: neither is there; the installation is damaged.
    """
    candidates = (_PACKAGE / "spec", _PACKAGE.parents[1] / "spec")
    for folder in candidates:
        if (folder / "Raft.tla").is_file():
            return folder
    raise ConformanceError(
        f"the specifications that come with this package are missing; expected them in {candidates[0]}",
        hint="install tla-conformance again",
    )
