"""The error of a temporal formula that cannot be decided here."""

from __future__ import annotations

from tlatrace.errors import TlatraceError


class LivenessError(TlatraceError):
    """A temporal formula of a kind that neither TLC nor this checker decides; ``location`` is the part at fault."""
