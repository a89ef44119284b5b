"""The abstract syntax of TLA+ modules: what the parser promises to everyone after it.

Every node knows the place it was written, and is never changed (the type checker sees to that). Two nodes are equal
when they have the same shape; places do not count. Spellings are normalised by the parser, so that a later phase sees
one name an operator:

* prefix and infix operators are applied under their ASCII symbol (``\\cup`` for ``\\union``, ``#`` for ``/=``,
  ``<=`` for ``=<`` and ``\\leq``, ``\\o`` for ``\\circ``, ``~`` for ``\\lnot``, ``/\\`` for ``\\land``, ``<=>``
  for ``\\equiv`` …); unary minus is ``-.``; priming is ``'``;
* ``A /\\ B /\\ C`` and a bulleted list are both a :class:`Junction`, flat, in order;
* ``S \\X T \\X U`` is one :class:`Times` of three sets; parentheses leave no node, but ``(S \\X T) \\X U`` stays
  nested;
* ``r.f`` is a :class:`Field`, ``f[a, b]`` one :class:`FunctionApply` with two arguments.

Source: *Specifying Systems*, chapters 15 and 16, and *TLA+2: A Preliminary Guide*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeVar, dataclass_transform

from tlatrace.location import NOWHERE as NOWHERE
from tlatrace.location import Location as Location

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(kind: type[Kind]) -> type[Kind]:
    """Make a class a kind of node: a dataclass with slots, whose comparison and text are those of :class:`Node`.

    It is frozen in the eyes of the type checker alone. Nodes are made by the ten thousand, and sixty kinds of them
    whenever a command starts; a dataclass that is frozen while it runs costs three times as much at both.
    """
    return dataclass(slots=True, eq=False, repr=False)(kind)


@node
class Node:
    """Anything with a place."""

    location: Location = field(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one, in source order."""
        for name in _names_of_fields(type(self)):
            yield from _nodes_in(getattr(self, name))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _compared(type(self)))

    def __hash__(self) -> int:
        kind = type(self)
        return hash((kind, *(getattr(self, name) for name in _compared(kind))))

    def __repr__(self) -> str:
        kind = type(self)
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _compared(kind))
        return f"{kind.__name__}({shown})"


# What the fields of each kind of node are called; asking the dataclass each time is slow.
_FIELDS: dict[type, tuple[str, ...]] = {}
_COMPARED: dict[type, tuple[str, ...]] = {}


def _names_of_fields(kind: type[Node]) -> tuple[str, ...]:
    """The names of the fields of a kind of node, but for its place."""
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(item.name for item in fields(kind) if item.name != "location")
    return names


def _compared(kind: type[Node]) -> tuple[str, ...]:
    """The names of the fields that make two nodes equal."""
    names = _COMPARED.get(kind)
    if names is None:
        names = _COMPARED[kind] = tuple(item.name for item in fields(kind) if item.compare)
    return names


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _nodes_in(element)


# --------------------------------------------------------------------------------------------------- expressions


@node
class Expr(Node):
    """An expression."""


@node
class Number(Expr):
    """A natural number: ``12``, ``\\b101``, ``\\o17``, ``\\hFF``."""

    value: int


@node
class Decimal(Expr):
    """A real number as it was written: ``1.5``."""

    text: str


@node
class String(Expr):
    """A string, its escapes resolved."""

    value: str


@node
class Name(Expr):
    """An identifier standing alone: a constant, a variable, a bound identifier or an operator without arguments.

    Also an operator handed as an argument to a higher-order operator, where ``name`` may be an operator symbol (``+``).
    ``TRUE``, ``FALSE``, ``BOOLEAN`` and ``STRING`` are names.
    """

    name: str


@node
class At(Expr):
    """``@`` inside EXCEPT."""


@node
class Apply(Expr):
    """An operator with its arguments: ``Op(a, b)``, ``a + b``, ``-a``, ``x'``, ``UNCHANGED v``, ``[]P``, ``A => B``.

    ``operator`` is the identifier or the normalised symbol. Conjunction and disjunction are :class:`Junction`.
    """

    operator: str
    arguments: tuple[Expr, ...]


@node
class PathStep(Node):
    """One part of ``M(x)!N!Op(y)``: a name with its arguments, or a selector (``1``, ``<<``, ``>>``, ``@``, ``:``)."""

    name: str
    arguments: tuple[Expr, ...] = ()


@node
class Selection(Expr):
    """A name looked up through instances or into a definition: ``Inner!Op(a)``, ``Init!1``; at least two steps."""

    steps: tuple[PathStep, ...]


@node
class Junction(Expr):
    """A conjunction or a disjunction of two or more items (a bulleted list may have one). ``operator`` is ``/\\``
    or ``\\/``.
    """

    operator: str
    items: tuple[Expr, ...]


@node
class Bound(Node):
    """``x, y \\in S`` or ``<<x, y>> \\in S`` (then ``is_tuple``); ``domain`` is None where nothing bounds the names."""

    names: tuple[str, ...]
    domain: Expr | None
    is_tuple: bool = False


@node
class Quantifier(Expr):
    """``\\A``, ``\\E`` over bounds; ``\\AA``, ``\\EE`` over names without a domain."""

    kind: str
    bounds: tuple[Bound, ...]
    body: Expr


@node
class Choose(Expr):
    """``CHOOSE x \\in S : P``; the bound names exactly one identifier or one tuple."""

    bound: Bound
    body: Expr


@node
class If(Expr):
    condition: Expr
    then: Expr
    otherwise: Expr


@node
class CaseArm(Node):
    condition: Expr
    value: Expr


@node
class Case(Expr):
    arms: tuple[CaseArm, ...]
    other: Expr | None


@node
class Let(Expr):
    """``LET definitions IN body``; the definitions are operators, functions, instances and RECURSIVE declarations."""

    definitions: tuple[Unit, ...]
    body: Expr


@node
class Lambda(Expr):
    """``LAMBDA x, y : e``; only an argument of a higher-order operator, or of a substitution."""

    parameters: tuple[str, ...]
    body: Expr


@node
class SetEnumeration(Expr):
    """``{a, b, c}``"""

    items: tuple[Expr, ...]


@node
class SetFilter(Expr):
    """``{x \\in S : P}``"""

    bound: Bound
    predicate: Expr


@node
class SetMap(Expr):
    """``{e : x \\in S, y \\in T}``"""

    element: Expr
    bounds: tuple[Bound, ...]


@node
class FunctionConstructor(Expr):
    """``[x \\in S |-> e]``"""

    bounds: tuple[Bound, ...]
    body: Expr


@node
class FunctionSet(Expr):
    """``[S -> T]``"""

    domain: Expr
    codomain: Expr


@node
class FieldItem(Node):
    """``name |-> value`` of a record, or ``name : value`` of a set of records."""

    name: str
    value: Expr


@node
class Record(Expr):
    """``[a |-> 1, b |-> 2]``"""

    items: tuple[FieldItem, ...]


@node
class RecordSet(Expr):
    """``[a : S, b : T]``"""

    items: tuple[FieldItem, ...]


@node
class Tuple(Expr):
    """``<<a, b>>``"""

    items: tuple[Expr, ...]


@node
class Times(Expr):
    """``S \\X T \\X U``: a set of tuples of two or more elements."""

    items: tuple[Expr, ...]


@node
class ExceptIndex(Node):
    """``![a, b]`` (one step of a path)."""

    arguments: tuple[Expr, ...]


@node
class ExceptField(Node):
    """``!.name`` (one step of a path)."""

    name: str


@node
class ExceptUpdate(Node):
    """``![a].b = e``"""

    path: tuple[ExceptIndex | ExceptField, ...]
    value: Expr


@node
class Except(Expr):
    """``[f EXCEPT ![a] = e, !.b = @ + 1]``"""

    function: Expr
    updates: tuple[ExceptUpdate, ...]


@node
class FunctionApply(Expr):
    """``f[a, b]``"""

    function: Expr
    arguments: tuple[Expr, ...]


@node
class Field(Expr):
    """``r.name``"""

    record: Expr
    name: str


@node
class ActionBox(Expr):
    """``[A]_v`` (kind ``[]``) or ``<<A>>_v`` (kind ``<>``)."""

    kind: str
    action: Expr
    subscript: Expr


@node
class Fairness(Expr):
    """``WF_v(A)`` (kind ``WF``) or ``SF_v(A)`` (kind ``SF``)."""

    kind: str
    subscript: Expr
    action: Expr


@node
class Label(Expr):
    """``name(x, y) :: e``"""

    name: str
    parameters: tuple[str, ...]
    body: Expr


@node
class NewSymbol(Node):
    """``NEW CONSTANT c \\in S``, ``NEW STATE P``, ``NEW F(_)``: what an ASSUME/PROVE declares for itself.

    ``kind`` is ``CONSTANT`` (also where none is written), ``VARIABLE``, ``STATE``, ``ACTION`` or ``TEMPORAL``.
    """

    kind: str
    parameter: Parameter
    domain: Expr | None = None


@node
class AssumeProve(Expr):
    """``ASSUME A, NEW x \\in S, B PROVE C``, perhaps named by a label (``name :: ASSUME …``); evaluated by nobody, its
    names are checked.
    """

    assumptions: tuple[Expr | NewSymbol, ...]
    goal: Expr
    is_boxed: bool = False


# --------------------------------------------------------------------------------------------------- units of a module


@node
class Unit(Node):
    """What a module's body is made of."""


@node
class Parameter(Node):
    """A declared constant or a formal parameter: its name and how many arguments it takes itself (``F(_, _)`` takes
    2).
    """

    name: str
    arity: int = 0


@node
class Constants(Unit):
    parameters: tuple[Parameter, ...]


@node
class Variables(Unit):
    """``VARIABLES x, y``; a place for each name."""

    names: tuple[Parameter, ...]


@node
class Recursive(Unit):
    """``RECURSIVE F(_), g``"""

    parameters: tuple[Parameter, ...]


@node
class OperatorDefinition(Unit):
    """``Op(a, F(_)) == e``; ``name`` is a symbol for ``a \\oplus b == e``."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Expr
    is_local: bool = False


@node
class FunctionDefinition(Unit):
    """``f[x \\in S] == e``, which may name ``f`` in ``e``."""

    name: str
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool = False


@node
class Substitution(Node):
    """``name <- e`` of an INSTANCE."""

    name: str
    value: Expr


@node
class Instance(Unit):
    """``INSTANCE M WITH …``, or ``I(x) == INSTANCE M WITH …`` (then ``name`` and ``parameters``)."""

    module: str
    substitutions: tuple[Substitution, ...] = ()
    name: str | None = None
    parameters: tuple[Parameter, ...] = ()
    is_local: bool = False


@node
class Assume(Unit):
    name: str | None
    body: Expr


@node
class Theorem(Unit):
    """THEOREM, LEMMA, COROLLARY or PROPOSITION with its proof, whose names are checked and which nobody runs."""

    name: str | None
    body: Expr
    proof: Proof | None = None


@node
class UseOrHide(Unit):
    """``USE facts DEFS definitions`` or ``HIDE …`` in a module or as a step of a proof; ``definitions`` name operators,
    and ``MODULE M``.
    """

    kind: str
    facts: tuple[Expr, ...]
    definitions: tuple[Expr, ...]
    is_only: bool = False


@node
class Module(Unit):
    """A module, and the nested ones among its units."""

    name: str
    extends: tuple[Parameter, ...]
    units: tuple[Unit, ...]


# --------------------------------------------------------------------------------------------------- proofs


@node
class Proof(Node):
    """A proof (*TLA+2: A Preliminary Guide*, section 7)."""


@node
class TerminalProof(Proof):
    """``OBVIOUS``, ``OMITTED`` or ``BY facts DEFS definitions``; ``kind`` is the word."""

    kind: str
    facts: tuple[Expr, ...] = ()
    definitions: tuple[Expr, ...] = ()
    is_only: bool = False


@node
class StructuredProof(Proof):
    """The steps of one level, the last of which is QED."""

    steps: tuple[ProofStep, ...]


@node
class ProofStep(Node):
    """``<1>2. statement proof``.

    ``label`` is the name as others refer to it (``<1>2``; None for a step without one, as ``<1>``); ``level`` its
    number; ``written`` is what stands in the text (``<*>2.``). ``kind`` says what the statement is, and which fields it
    uses:

    * ``ASSERT``, ``SUFFICES``, ``CASE``, ``HAVE``: ``expressions`` has the one formula (perhaps an AssumeProve);
    * ``PICK``: ``bounds``, and the formula in ``expressions``;
    * ``TAKE``: ``bounds``;
    * ``WITNESS``: ``expressions``;
    * ``USE``, ``HIDE``: ``units`` has one :class:`UseOrHide`;
    * ``DEFINE``, ``INSTANCE``: ``units``;
    * ``QED``: nothing.
    """

    kind: str
    level: int
    label: str | None = None
    expressions: tuple[Expr, ...] = ()
    bounds: tuple[Bound, ...] = ()
    units: tuple[Unit, ...] = ()
    proof: Proof | None = None
    written: str = field(default="", compare=False)
