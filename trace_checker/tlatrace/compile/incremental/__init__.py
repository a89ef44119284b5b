"""Formulas whose cost is that of what has changed since they were last evaluated."""

from tlatrace.compile.incremental.formula import incremental

__all__ = ["incremental"]
