"""All mutants, by name."""

from __future__ import annotations

import difflib

from tlaconform.drivers.mutants.basic import BASIC_MUTANTS
from tlaconform.drivers.mutants.elections import ELECTION_MUTANTS
from tlaconform.drivers.mutants.membership import MEMBERSHIP_MUTANTS
from tlaconform.drivers.mutants.model import Mutant
from tlaconform.drivers.mutants.reads import READ_MUTANTS
from tlaconform.errors import ConformanceError

MUTANTS: tuple[Mutant, ...] = (*BASIC_MUTANTS, *ELECTION_MUTANTS, *MEMBERSHIP_MUTANTS, *READ_MUTANTS)


def mutant_named(name: str) -> Mutant:
    """The mutant of that name.

    Raises:
        ConformanceError: there is none; the nearest name is suggested.
    """
    for mutant in MUTANTS:
        if mutant.name == name:
            return mutant
    names = [mutant.name for mutant in MUTANTS]
    near = difflib.get_close_matches(name, names, n=1)
    raise ConformanceError(
        f"there is no mutant {name!r}; expected one of {', '.join(names)}",
        hint=f"did you mean {near[0]}?" if near else None,
    )
