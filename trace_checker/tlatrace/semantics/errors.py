"""What is wrong with a specification's names: one error a mistake, all mistakes of a specification in one exception."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from tlatrace.errors import TlatraceError
from tlatrace.stdlib import MODULES, shipped_operators
from tlatrace.stdlib.shipped import SHIPPED


class SemanticError(TlatraceError):
    """One mistake: an unknown name, a wrong number of arguments, a constant without a value …"""


class SemanticErrors(TlatraceError):
    """All mistakes that were found, in the order of their places; never empty."""

    def __init__(self, errors: Sequence[TlatraceError]) -> None:
        unique = {str(error): error for error in errors}
        self.errors: tuple[TlatraceError, ...] = tuple(unique.values())
        super().__init__("\n".join(unique))
        self.location = None if not self.errors else self.errors[0].location

    def __str__(self) -> str:
        return self.message


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known name nearest to ``name``, or None when nothing is near."""
    candidates = sorted(set(known))
    folded = {candidate.lower(): candidate for candidate in candidates}
    if name.lower() in folded:
        return f"did you mean {folded[name.lower()]}?"
    # Capitals count little: lenn is nearer to Len than its letters say.
    near = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6) or difflib.get_close_matches(
        name.lower(), folded, n=1, cutoff=0.6
    )
    return f"did you mean {near[0] if near[0] in candidates else folded[near[0]]}?" if near else None


def hint_for_unknown(name: str, known: Iterable[str]) -> str | None:
    """Which modules that come along define ``name``; else as :func:`did_you_mean`."""
    modules = [module for module, content in MODULES.items() if name in content.operators]
    modules += [module for module in SHIPPED if name in shipped_operators(module)]
    return f"EXTENDS {' or '.join(sorted(modules))} defines it" if modules else did_you_mean(name, known)
