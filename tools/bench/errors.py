"""Why a benchmark came to nothing."""

from __future__ import annotations


class BenchError(Exception):
    """What was to be measured did not run, or came to another verdict than ``accepted``: its time means nothing."""
