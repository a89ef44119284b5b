"""The one error of evaluation: what TLC would refuse to compute.

A message shows the offending values in TLA+ syntax, each cut to a length that a person still reads; the evaluator
adds the place in the source.
"""

from __future__ import annotations

from tlatrace.errors import TlatraceError


class EvaluationError(TlatraceError):
    """An expression has no value in TLC: wrong types, an argument outside a domain, an infinite enumeration …"""
