"""What drives ``vraft`` for the checker: the one package of ours that knows the implementation.

``vraft`` has no switch for bugs. A mutant is a subclass of its core, made here, with the methods of one conjunct
replaced.
"""

from tlaconform.drivers.mutants import MUTANTS, Foretold, Mutant, mutant_named

__all__ = ["MUTANTS", "Foretold", "Mutant", "mutant_named"]
