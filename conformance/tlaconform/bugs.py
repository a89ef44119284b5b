"""Reports of our own bugs: a file that a person can send us."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from importlib import metadata
from pathlib import Path


def write_bug_report(error: BaseException) -> Path:
    """Write down what is needed to understand ``error``, in a file of its own in the folder for temporary files."""
    handle, name = tempfile.mkstemp(prefix="conformance-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as report:
        report.write(f"conformance {metadata.version('tla-conformance')}, Python {sys.version}\n{sys.argv}\n\n")
        report.writelines(traceback.format_exception(error))
    return Path(name)
