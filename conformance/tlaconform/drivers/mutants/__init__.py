"""Historical Raft bugs, each as a patch of ``vraft``'s core from outside.

A mutant names beforehand where the specification should catch it: the action, and the conjunct that is false (its text,
or the name of a definition in it) or the observation that the step contradicts. The core's own assertions and the
emulator's referees are off when a mutant runs: it is the specification that has to find it.

There is a module for each part of the protocol; ``model.py`` says what a mutant is.
"""

from tlaconform.drivers.mutants.all import MUTANTS, mutant_named
from tlaconform.drivers.mutants.model import Foretold, Mutant

__all__ = ["MUTANTS", "Foretold", "Mutant", "mutant_named"]
