"""The standard modules of TLA+, in Python, with TLC's results and TLC's refusals.

``MODULES`` maps the name of a module to its operators, ``BUILTINS`` the operators of the language itself. Operators
take values and return a value; an operator argument (SortSeq's order) arrives as a Python callable. Errors are
EvaluationErrors without a place. Modules that are written in TLA+ are told of by :mod:`tlatrace.stdlib.shipped`; users
register Python of their own with :func:`override` (:mod:`tlatrace.stdlib.registry`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from tlatrace.stdlib.bags import BAGS_MODULE
from tlatrace.stdlib.core import BUILTINS
from tlatrace.stdlib.finite_sets import FINITE_SETS_MODULE
from tlatrace.stdlib.module import Operator, StandardModule
from tlatrace.stdlib.numbers import INTEGERS_MODULE, NATURALS_MODULE, REALS_MODULE
from tlatrace.stdlib.registry import OverrideError, load_overrides, override, registered
from tlatrace.stdlib.sequences import SEQUENCES_MODULE
from tlatrace.stdlib.shipped import IMPURE, MODULES_FOLDER, NOT_IN_TLA, ONCE, shipped_names, shipped_operators
from tlatrace.stdlib.tlc import TLC_MODULE, TlcRun, current_run, use_run
from tlatrace.values import boolean

MODULES: Mapping[str, StandardModule] = MappingProxyType(
    {
        module.name: module
        for module in (
            NATURALS_MODULE,
            INTEGERS_MODULE,
            REALS_MODULE,
            SEQUENCES_MODULE,
            FINITE_SETS_MODULE,
            BAGS_MODULE,
            TLC_MODULE,
        )
    }
)

__all__ = [
    "BUILTINS",
    "IMPURE",
    "MODULES",
    "MODULES_FOLDER",
    "NOT_IN_TLA",
    "ONCE",
    "Operator",
    "OverrideError",
    "StandardModule",
    "TlcRun",
    "boolean",
    "current_run",
    "load_overrides",
    "override",
    "registered",
    "shipped_names",
    "shipped_operators",
    "use_run",
]
