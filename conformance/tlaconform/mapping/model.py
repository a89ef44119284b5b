"""A mapping file as it was written: its sections, with TLA+ parsed but no name looked up yet.

.. code-block:: yaml

    version: 1
    spec: Raft                       # the module it was written for
    reader: etcd                     # how the file is read; found out by looking at it where this is not said
    event: line.event                # the event within a line, where it is not the whole line
    where: line.tag = "trace"        # which lines are events
    ignore: [Heartbeat]              # kinds that are left out on purpose (* stands for any text)
    order: {by: vector, process: event.node, clock: event.clock}
    model_values: [Nil]              # names that stand for themselves under `constants`, as in a .cfg
    constants:                       # TLA+ over the trace's header, and its first event
      Server: header.constants.Server
      Node: VALUES(event.node)       # all that the field is in the trace
      Value: STRING
      Nil: Nil
    values:                          # null, and strings of the trace that mean something else in the spec
      null: Nil
    fields:                          # how certain fields are read
      event.node: {read: integer}
      event.role: {values: {StateLeader: Leader, StateFollower: Follower}}
      event.client: {read: model}    # texts that are names of model values, here or in the .cfg
      event.commit: {default: 0}     # where it is missing
      event.message: {optional: true}
    kind: event.action               # what says which of `events` a line is
    let:                             # names for everything below
      n: event.node
    initial:                         # the state before the first event, where Init does not say it all
      events: event.action = "InitState"        # which of the first lines tell of it, and are no steps
      of_each: event.node            # the first lines of each node, wherever they stand (or `anywhere: true`)
      state:
        currentTerm: "[currentTerm EXCEPT ![n] = event.term]"
      observe:                       # which of the states so made are initial
        role[n]: event.role
    before:                          # observed of the state before the step: spec expression: event expression
      currentTerm[n]: event.old.term
    observe:                         # observed of the state after it
      currentTerm[n]: event.vars.currentTerm
    observe_if_present:              # the same, for fields that an event may lack
      nextIndex[n]: event.vars.nextIndex
    require:                         # conditions; primes speak of the state after
      - event.sent \\subseteq messages'
    events:
      Timeout: Timeout(n)            # one action
      Elect:   Timeout(n) \\cdot RequestVote(n, ANY)    # one after the other; ANY leaves an argument open
      Advance: CountVote(n, ANY)? \\cdot BecomeLeader(n)  # the first is not always there
      Receive:                       # one of several
        - GrantVote(n, event.message)
        - DenyVote(n, event.message)
        - action: UpdateTerm(n, event.message)
          when: event.message.term > event.term    # only for some of the events
      Tick:    stutter               # nothing changes
      Anything: Next                 # any action of the spec
      Append:                        # with sections of its own
        actions: ClientRequest(n, event.value)
        observe: {...}
        inherit: false               # without the general observe, observe_if_present, before and require
    silent:                          # steps that no event reports
      - action: LoseMessage(ANY)
        at_most: 2                   # before one event; part of what the mapping means
        when: event.action = "Timeout" /\\ messages /= {}
      - action: Internal(ANY)
        search_limit: 8              # a bound of the search: if it cuts a branch, the verdict is undecided

A spec expression without primes is read in the state after the step (under ``before``: before it); one with primes is
read in the step. YAML has its own ideas of ``: `` (a key) and `` #`` (a comment): quote an expression that has one of
them, or write ``/=`` for ``#``.

Where the configuration declares SYMMETRY, an expression that names one of its values, or chooses by an order of them,
keeps states apart that would be one otherwise; it never makes a verdict wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tlatrace.location import Location
from tlatrace.syntax import ast

VERSION = 1

STUTTER = "stutter"
ANY = "ANY"
NEXT = "Next"
PRESENT = "PRESENT"
"""``PRESENT(event.a.b)``: whether an event has that field, and not null there."""
VALUES = "VALUES"
"""``VALUES(event.a.b)``, under ``constants``: the set of the values that the field has in the trace."""


@dataclass(frozen=True, slots=True)
class Written:
    """A TLA+ expression in a mapping: its text, and its tree with places in the YAML file."""

    text: str
    tree: ast.Expr

    @property
    def location(self) -> Location:
        return self.tree.location


@dataclass(frozen=True, slots=True)
class Pair:
    """``spec expression: event expression``"""

    left: Written
    right: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What is observed."""

    before: tuple[Pair, ...] = ()
    observe: tuple[Pair, ...] = ()
    observe_if_present: tuple[Pair, ...] = ()
    require: tuple[Written, ...] = ()

    def joined(self, other: Sections) -> Sections:
        """This, with what ``other`` adds; where both observe the same expression, ``other`` is the one that counts."""

        def merge(mine: tuple[Pair, ...], theirs: tuple[Pair, ...]) -> tuple[Pair, ...]:
            replaced = {pair.left.text for pair in theirs}
            return (*(pair for pair in mine if pair.left.text not in replaced), *theirs)

        return Sections(
            before=merge(self.before, other.before),
            observe=merge(self.observe, other.observe),
            observe_if_present=merge(self.observe_if_present, other.observe_if_present),
            require=(*self.require, *other.require),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """One entry under ``events``.

    A ``candidates`` element is None for ``stutter``; ``guards`` are their ``when:``, one each. What was written as
    optional (``A \\cdot B?``) is two candidates here.
    """

    kind: str
    candidates: tuple[Written | None, ...]
    guards: tuple[Written | None, ...]
    sections: Sections
    inherit: bool
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentEntry:
    """One entry under ``silent``."""

    action: Written
    at_most: int
    is_limit: bool
    when: Written | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry:
    """One entry under ``fields``. ``read`` is one of ``READINGS`` in :mod:`tlaconform.mapping.conversions`."""

    field: Written
    read: str | None
    values: Mapping[str, Written]
    null: Written | None
    default: Written | None
    is_optional: bool
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialEntry:
    """``initial``. ``events`` says which of the first lines tell the initial state and are no steps; without it, the
    first event tells of the state before it and is a step as well. With ``of_each``, they are the first lines of each
    process, say; with ``is_anywhere``, all such lines: then the whole trace is read before it is checked. ``state``
    gives variables values, ``observe`` and ``require`` say which of the states so made are initial.
    """

    events: Written | None
    of_each: Written | None
    is_anywhere: bool
    state: tuple[tuple[Written, Written], ...]
    observe: tuple[Pair, ...]
    require: tuple[Written, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEntry:
    """``order``"""

    by: str
    process: Written | None
    processes: Written | None
    key: Written | None
    clock: Written | None
    start: Written | None
    end: Written | None
    window: int | None
    has_unlogged: bool
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEntry:
    """``reader``: the name of a reader, and its options."""

    name: str
    options: Mapping[str, str | int | bool | None]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceMapping:
    """A whole mapping file."""

    file: str
    spec: str | None
    model_values: tuple[str, ...]
    constants: Mapping[str, Written]
    null: Written | None
    strings: Mapping[str, Written]
    kind: Written
    let: Mapping[str, Written]
    sections: Sections
    events: Mapping[str, EventEntry]
    silent: tuple[SilentEntry, ...]
    locations: Mapping[str, Location] = field(default_factory=dict)
    reader: ReaderEntry | None = None
    event: Written | None = None
    where: Written | None = None
    ignore: tuple[str, ...] = ()
    order: OrderEntry | None = None
    fields: tuple[FieldEntry, ...] = ()
    initial: InitialEntry | None = None
