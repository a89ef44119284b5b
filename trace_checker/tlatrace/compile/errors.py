"""The error of evaluation, as both evaluators raise it: what could not be computed, where, and how evaluation came
there.
"""

from __future__ import annotations

from typing import TypeAlias

from tlatrace.location import Location
from tlatrace.values import EvaluationError, Value

Chain: TypeAlias = tuple[tuple[str, Location], ...]
"""The definitions on the way to an expression, outermost first: each with its name and the place where it was
*used*.
"""

CHAIN_SHOWN_MAX = 12
"""More links than this are recursion; the reader needs the ends of the chain, not its middle."""


class ExpressionError(EvaluationError):
    """An expression of the specification has no value: a wrong type, an argument outside a domain, a variable without
    a value …

    ``location`` is the innermost expression; ``chain`` how evaluation came there, outermost definition first;
    ``bound`` the values of names that the expression reads, where they are known. Names that the compiler made up may
    be among them, so only those that stand in the expression's text are for the reader.
    """

    def __init__(
        self,
        message: str,
        *,
        location: Location | None = None,
        chain: Chain = (),
        hint: str | None = None,
        bound: tuple[tuple[str, Value], ...] = (),
    ) -> None:
        super().__init__(message, location=location, hint=hint)
        self.chain = chain
        self.bound = bound

    def __str__(self) -> str:
        # A step is judged by more than one formula, and each adds the way to it; a recursion, the same link many times.
        links = list(dict.fromkeys(f"\n  in {name}, used at {place}" for name, place in reversed(self.chain)))
        if len(links) > CHAIN_SHOWN_MAX:
            half = CHAIN_SHOWN_MAX // 2
            links[half:-half] = [f"\n  … {len(links) - 2 * half} more …"]
        return super().__str__() + "".join(links)
