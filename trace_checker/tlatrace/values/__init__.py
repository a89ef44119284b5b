r"""TLA+ values in Python: immutable, sharing structure, hashable; one total order; one canonical text.

Booleans are ``bool``, integers ``int`` (unbounded), strings ``str``; the rest are classes of this package. Two values
are equal in TLA+ exactly when they are equal in Python, however they were made (``1..3`` and ``{1, 2, 3}``; ``[i \in
1..2 |-> i]`` and ``<<1, 2>>``), with one exception that callers must know: at top level ``1 == True`` in Python.
Inside a value it is not; use :func:`equal` for TLA+'s ``=``, which also refuses what TLC refuses.

What to use on a hot path:

* methods of :class:`SequenceValue` (``append``, ``concat``, ``prefix``, ``slice``, ``replace``, ``apply``), of
  :class:`FunctionValue` (``apply``, ``get``, ``replace``) and of :class:`SetValue` (``with_item``, ``without_item``,
  ``unordered``) once the class is known; ``isinstance`` is right for all three, which have subclasses for large sizes;
* :func:`record_maker` once for each record constructor in a source text, :func:`builder_over` once for each domain;
* ``type(x) is int`` to tell integers from booleans.

An operation that changes nothing gives back the very same object: ``S \cup {x}`` with ``x`` in ``S``, EXCEPT with the
old value.
"""

from tlatrace.values.algebra import (
    as_set,
    big_union,
    elements,
    explicit,
    intersection,
    set_filter,
    set_minus,
    subset,
    union,
    union_of,
)
from tlatrace.values.appearance import Appearance
from tlatrace.values.base import ModelValue, Value, kind_of, same, shown, type_name
from tlatrace.values.construct import (
    apply,
    boolean,
    domain,
    except_,
    except_with,
    field,
    function_over,
    function_when_applied,
    integer,
    make_record,
    record_maker,
    refuse_incomparable_key,
    sequence,
    tabulated,
)
from tlatrace.values.differences import Difference, difference
from tlatrace.values.equality import equal, member
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, builder_over, make_function, merge
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.json_values import from_json, to_json
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.lazysets import (
    ANY,
    INTEGERS,
    NATURALS,
    REALS,
    STRINGS,
    FunctionSpace,
    InfiniteSet,
    PowerSet,
    ProductSet,
    RecordSpace,
    SequenceSpace,
)
from tlatrace.values.order import compare, sort_key
from tlatrace.values.printing import to_text
from tlatrace.values.sequences import EMPTY_SEQUENCE, SequenceValue, make_sequence
from tlatrace.values.sets import BOOLEAN, EMPTY_SET, AnySet, SetValue, make_set

__all__ = [
    "ANY",
    "BOOLEAN",
    "EMPTY_SEQUENCE",
    "EMPTY_SET",
    "INTEGERS",
    "NATURALS",
    "REALS",
    "STRINGS",
    "AnySet",
    "Appearance",
    "Difference",
    "EvaluationError",
    "FunctionSpace",
    "FunctionValue",
    "InfiniteSet",
    "IntervalSet",
    "LazyFunction",
    "ModelValue",
    "PowerSet",
    "ProductSet",
    "RecordSpace",
    "SequenceSpace",
    "SequenceValue",
    "SetValue",
    "Value",
    "apply",
    "as_set",
    "big_union",
    "boolean",
    "builder_over",
    "compare",
    "difference",
    "domain",
    "elements",
    "equal",
    "except_",
    "except_with",
    "explicit",
    "field",
    "from_json",
    "function_over",
    "function_when_applied",
    "integer",
    "intersection",
    "kind_of",
    "make_function",
    "make_record",
    "make_sequence",
    "make_set",
    "member",
    "merge",
    "record_maker",
    "refuse_incomparable_key",
    "same",
    "sequence",
    "set_filter",
    "set_minus",
    "shown",
    "sort_key",
    "subset",
    "tabulated",
    "to_json",
    "to_text",
    "type_name",
    "union",
    "union_of",
]
