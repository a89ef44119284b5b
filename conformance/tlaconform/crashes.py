"""Exceptions of a system under test, for people."""

from __future__ import annotations

from pathlib import PurePath


def describe_crash(error: BaseException) -> str:
    """An exception in one line: its type, its text, and where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        code = trace.tb_frame.f_code
        place = f" ({PurePath(code.co_filename).name}:{trace.tb_lineno}, in {code.co_name})"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{f': {text}' if text else ''}{place}"
