"""The abstract syntax of TLA+ modules: what the parser promises to everyone after it.

Every node is immutable and knows the place it was written. Two nodes are equal when they have the same shape; places
do not count. Spellings are normalised by the parser, so that a later phase sees one name an operator:

* prefix and infix operators are applied under their ASCII symbol (``\\cup`` for ``\\union``, ``#`` for ``/=``, ``<=``
for ``=<`` and
  ``\\leq``, ``\\o`` for ``\\circ``, ``~`` for ``\\lnot``, ``/\\`` for ``\\land``, ``<=>`` for ``\\equiv`` …); unary
  minus is ``-.``; priming is ``'``;
* ``A /\\ B /\\ C`` and a bulleted list are both a :class:`Junction`, flat, in order;
* ``S \\X T \\X U`` is one :class:`Times` of three sets; parentheses leave no node, but ``(S \\X T) \\X U`` stays
nested;
* ``r.f`` is a :class:`Field`, ``f[a, b]`` one :class:`FunctionApply` with two arguments.

Source: *Specifying Systems*, chapters 15 and 16, and *TLA+2: A Preliminary Guide*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from tlatrace.location import NOWHERE as NOWHERE
from tlatrace.location import Location as Location


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place."""

    location: Location = field(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one, in source order."""
        for name in _names_of_fields(type(self)):
            yield from _nodes_in(getattr(self, name))


_FIELDS: dict[type, tuple[str, ...]] = {}
"""The names of the fields of each kind of node, but for its place; asking the dataclass each time is slow."""


def _names_of_fields(kind: type[Node]) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(item.name for item in fields(kind) if item.name != "location")
    return names


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _nodes_in(element)


# --------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """An expression."""


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A natural number: ``12``, ``\\b101``, ``\\o17``, ``\\hFF``."""

    value: int


@dataclass(frozen=True, slots=True)
class Decimal(Expr):
    """A real number as it was written: ``1.5``."""

    text: str


@dataclass(frozen=True, slots=True)
class String(Expr):
    """A string, its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """An identifier standing alone: a constant, a variable, a bound identifier or an operator without arguments.

    Also an operator handed as an argument to a higher-order operator, where ``name`` may be an operator symbol (``+``).
    ``TRUE``, ``FALSE``, ``BOOLEAN`` and ``STRING`` are names.
    """

    name: str


@dataclass(frozen=True, slots=True)
class At(Expr):
    """``@`` inside EXCEPT."""


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """An operator with its arguments: ``Op(a, b)``, ``a + b``, ``-a``, ``x'``, ``UNCHANGED v``, ``[]P``, ``A => B``.

    ``operator`` is the identifier or the normalised symbol. Conjunction and disjunction are :class:`Junction`.
    """

    operator: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class PathStep(Node):
    """One part of ``M(x)!N!Op(y)``: a name with its arguments, or a selector (``1``, ``<<``, ``>>``, ``@``, ``:``)."""

    name: str
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection(Expr):
    """A name looked up through instances or into a definition: ``Inner!Op(a)``, ``Init!1``; at least two steps."""

    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class Junction(Expr):
    """A conjunction or a disjunction of two or more items (a bulleted list may have one). ``operator`` is ``/\\``
    or ``\\/``.
    """

    operator: str
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """``x, y \\in S`` or ``<<x, y>> \\in S`` (then ``is_tuple``); ``domain`` is None where nothing bounds the names."""

    names: tuple[str, ...]
    domain: Expr | None
    is_tuple: bool = False


@dataclass(frozen=True, slots=True)
class Quantifier(Expr):
    """``\\A``, ``\\E`` over bounds; ``\\AA``, ``\\EE`` over names without a domain."""

    kind: str
    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Choose(Expr):
    """``CHOOSE x \\in S : P``; the bound names exactly one identifier or one tuple."""

    bound: Bound
    body: Expr


@dataclass(frozen=True, slots=True)
class If(Expr):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class CaseArm(Node):
    condition: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Expr):
    arms: tuple[CaseArm, ...]
    other: Expr | None


@dataclass(frozen=True, slots=True)
class Let(Expr):
    """``LET definitions IN body``; the definitions are operators, functions, instances and RECURSIVE declarations."""

    definitions: tuple[Unit, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Lambda(Expr):
    """``LAMBDA x, y : e``; only an argument of a higher-order operator, or of a substitution."""

    parameters: tuple[str, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class SetEnumeration(Expr):
    """``{a, b, c}``"""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class SetFilter(Expr):
    """``{x \\in S : P}``"""

    bound: Bound
    predicate: Expr


@dataclass(frozen=True, slots=True)
class SetMap(Expr):
    """``{e : x \\in S, y \\in T}``"""

    element: Expr
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class FunctionConstructor(Expr):
    """``[x \\in S |-> e]``"""

    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class FunctionSet(Expr):
    """``[S -> T]``"""

    domain: Expr
    codomain: Expr


@dataclass(frozen=True, slots=True)
class FieldItem(Node):
    """``name |-> value`` of a record, or ``name : value`` of a set of records."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Record(Expr):
    """``[a |-> 1, b |-> 2]``"""

    items: tuple[FieldItem, ...]


@dataclass(frozen=True, slots=True)
class RecordSet(Expr):
    """``[a : S, b : T]``"""

    items: tuple[FieldItem, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expr):
    """``<<a, b>>``"""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Times(Expr):
    """``S \\X T \\X U``: a set of tuples of two or more elements."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ExceptIndex(Node):
    """``![a, b]`` (one step of a path)."""

    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ExceptField(Node):
    """``!.name`` (one step of a path)."""

    name: str


@dataclass(frozen=True, slots=True)
class ExceptUpdate(Node):
    """``![a].b = e``"""

    path: tuple[ExceptIndex | ExceptField, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Except(Expr):
    """``[f EXCEPT ![a] = e, !.b = @ + 1]``"""

    function: Expr
    updates: tuple[ExceptUpdate, ...]


@dataclass(frozen=True, slots=True)
class FunctionApply(Expr):
    """``f[a, b]``"""

    function: Expr
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Field(Expr):
    """``r.name``"""

    record: Expr
    name: str


@dataclass(frozen=True, slots=True)
class ActionBox(Expr):
    """``[A]_v`` (kind ``[]``) or ``<<A>>_v`` (kind ``<>``)."""

    kind: str
    action: Expr
    subscript: Expr


@dataclass(frozen=True, slots=True)
class Fairness(Expr):
    """``WF_v(A)`` (kind ``WF``) or ``SF_v(A)`` (kind ``SF``)."""

    kind: str
    subscript: Expr
    action: Expr


@dataclass(frozen=True, slots=True)
class Label(Expr):
    """``name(x, y) :: e``"""

    name: str
    parameters: tuple[str, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class AssumeProve(Expr):
    """``ASSUME … PROVE …``: kept as text by nobody, evaluated by nobody; it only has to parse."""


# --------------------------------------------------------------------------------------------------- units of a module


@dataclass(frozen=True, slots=True)
class Unit(Node):
    """What a module's body is made of."""


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A declared constant or a formal parameter: its name and how many arguments it takes itself (``F(_, _)`` takes
    2).
    """

    name: str
    arity: int = 0


@dataclass(frozen=True, slots=True)
class Constants(Unit):
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Variables(Unit):
    """``VARIABLES x, y``; a place for each name."""

    names: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Recursive(Unit):
    """``RECURSIVE F(_), g``"""

    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class OperatorDefinition(Unit):
    """``Op(a, F(_)) == e``; ``name`` is a symbol for ``a \\oplus b == e``."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Expr
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Unit):
    """``f[x \\in S] == e``, which may name ``f`` in ``e``."""

    name: str
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Substitution(Node):
    """``name <- e`` of an INSTANCE."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Instance(Unit):
    """``INSTANCE M WITH …``, or ``I(x) == INSTANCE M WITH …`` (then ``name`` and ``parameters``)."""

    module: str
    substitutions: tuple[Substitution, ...] = ()
    name: str | None = None
    parameters: tuple[Parameter, ...] = ()
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Assume(Unit):
    name: str | None
    body: Expr


@dataclass(frozen=True, slots=True)
class Theorem(Unit):
    """THEOREM, LEMMA, COROLLARY or PROPOSITION; a proof is read and set aside."""

    name: str | None
    body: Expr


@dataclass(frozen=True, slots=True)
class Module(Unit):
    """A module, and the nested ones among its units."""

    name: str
    extends: tuple[Parameter, ...]
    units: tuple[Unit, ...]
