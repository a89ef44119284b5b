"""HTML: strings filled in and joined in one go."""

from __future__ import annotations

from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, sequence, shown, type_name


def string_fill(text: Value, replacements: Value) -> str:
    """``StringFill(text, replacements)``"""
    result = _string(text, "the first argument of StringFill")
    for pair in sequence(replacements, "the second argument of StringFill"):
        old, new = (_string(part, "a replacement of StringFill") for part in sequence(pair, "a pair of StringFill"))
        result = result.replace(old, new, 1)
    return result


def joined_strings(texts: Value, separator: Value) -> str:
    """``StringSeqToString(texts, separator)``: what is empty at the beginning is not separated from the rest."""
    parts = [_string(part, "a string to join") for part in sequence(texts, "the first argument of StringSeqToString")]
    first = next((at for at, part in enumerate(parts) if part), len(parts))
    return _string(separator, "the second argument of StringSeqToString").join(parts[first:])


def _string(value: Value, what: str) -> str:
    if type(value) is str:
        return value
    raise EvaluationError(f"{what} must be a string, but is the {type_name(value)} {shown(value)}")


OPERATORS = operators({"StringFill": (2, string_fill), "StringSeqToString": (2, joined_strings)})
