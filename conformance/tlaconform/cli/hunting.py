"""What the commands that hunt have in common: Hypothesis, if installed, with its files out of the user's way."""

from __future__ import annotations

import os
from importlib.util import find_spec

from tlaconform.errors import ConformanceError


def need_hypothesis() -> None:
    """To be called before anything that imports Hypothesis.

    It keeps notes on the program's constants on disk; they go to the cache, unless the user has a place for them, and
    not into a folder ``.hypothesis`` wherever the command happens to be run.

    Raises:
        ConformanceError: it is not installed.
    """
    from tlatrace.cache import cache_folder

    if find_spec("hypothesis") is None:
        raise ConformanceError(
            "this command needs Hypothesis, which is not installed", hint="pip install 'tla-conformance[hypothesis]'"
        )
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache_folder() / "hypothesis"))
