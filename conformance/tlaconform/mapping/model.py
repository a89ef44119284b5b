"""A mapping file as it was written: its sections, with TLA+ parsed but no name looked up yet.

.. code-block:: yaml

    version: 1
    spec: Raft                       # the module it was written for
    model_values: [Nil]              # names that stand for themselves, as in a .cfg
    constants:                       # TLA+ over the trace's header
      Server: header.constants.Server
      Value: STRING
      Nil: Nil
    values:                          # null, and strings of the trace that mean something else in the spec
      null: Nil
    kind: event.action               # what says which of `events` a line is
    let:                             # names for everything below
      n: event.node
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
      Receive:                       # one of several
        - GrantVote(n, event.message)
        - DenyVote(n, event.message)
      Tick:    stutter               # nothing changes
      Anything: Next                 # any action of the spec
      Append:                        # with sections of its own
        actions: ClientRequest(n, event.value)
        observe: {...}
        inherit: false               # without the general observe, observe_if_present, before and require
    silent:                          # steps that no event reports
      - action: LoseMessage(ANY)
        at_most: 2                   # before one event; part of what the mapping means
        when: event.action = "Timeout"
      - action: Internal(ANY)
        search_limit: 8              # a bound of the search: if it cuts a branch, the verdict is undecided

A spec expression without primes is read in the state after the step (under ``before``: before it); one with primes is
read in the step. YAML has its own ideas of ``: `` (a key) and `` #`` (a comment): quote an expression that has one of
them, or write ``/=`` for ``#``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlaconform.mapping.yaml_source import Source, read_yaml
from tlatrace.location import Location
from tlatrace.syntax import ast, parse_expression

VERSION = 1

STUTTER = "stutter"
ANY = "ANY"
NEXT = "Next"

_SECTIONS = ("before", "observe", "observe_if_present", "require")


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
    """One entry under ``events``. A ``candidates`` element is None for ``stutter``."""

    kind: str
    candidates: tuple[Written | None, ...]
    sections: Sections
    inherit: bool
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentEntry:
    action: Written
    at_most: int
    is_limit: bool
    when: Written | None


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


def read_mapping(path: Path) -> TraceMapping:
    """Read and parse a mapping file.

    Raises:
        MappingError: it is not YAML, or not a mapping; the place is that of the offending line.
        TlatraceError: an expression in it is not TLA+.
    """
    root = read_yaml(path)
    known = ("version", "spec", "model_values", "constants", "values", "kind", "let", *_SECTIONS, "events", "silent")
    top = root.fields("the mapping", known)
    for needed in ("version", "kind", "events"):
        if needed not in top:
            root.fail(f"the mapping has no `{needed}:`", f"`{needed}:` among its keys")
    if top["version"].scalar("the version") != VERSION:
        top["version"].fail(f"version {top['version'].text('the version')}", f"version {VERSION}")
    translated = top["values"].entries("the values") if "values" in top else []
    return TraceMapping(
        file=str(path),
        spec=top["spec"].text("the module's name") if "spec" in top else None,
        model_values=tuple(s.text("a model value") for s in top["model_values"].items("the model values"))
        if "model_values" in top
        else (),
        constants=_named(top.get("constants"), "the constants"),
        null=next((_written(v) for k, v in translated if _translated(k) is None), None),
        strings={text: _written(v) for k, v in translated if (text := _translated(k)) is not None},
        kind=_written(top["kind"]),
        let=_named(top.get("let"), "the definitions"),
        sections=_sections(top),
        events={k.text("an event"): _event(k, v) for k, v in top["events"].entries("the events")},
        silent=tuple(_silent(s) for s in top["silent"].items("the silent actions")) if "silent" in top else (),
        locations={name: source.location for name, source in top.items()},
    )


def _written(source: Source, what: str = "a TLA+ expression") -> Written:
    text = source.text(what)
    place = source.location
    return Written(text.strip(), parse_expression(text, place.file, place.line, place.column))


def _translated(key: Source) -> str | None:
    value = key.scalar("null or a string")
    if value is not None and not isinstance(value, str):
        key.fail(f"{key.kind} under `values`", "null or a string (a number or a Boolean stands for itself)")
    return value


def _named(source: Source | None, what: str) -> dict[str, Written]:
    if source is None:
        return {}
    return {key.text("a name"): _written(value) for key, value in source.entries(what)}


def _pairs(source: Source | None, what: str) -> tuple[Pair, ...]:
    if source is None:
        return ()
    return tuple(Pair(_written(key), _written(value)) for key, value in source.entries(what))


def _sections(fields: Mapping[str, Source]) -> Sections:
    require = fields.get("require")
    return Sections(
        before=_pairs(fields.get("before"), "`before`"),
        observe=_pairs(fields.get("observe"), "`observe`"),
        observe_if_present=_pairs(fields.get("observe_if_present"), "`observe_if_present`"),
        require=tuple(_written(item) for item in require.items("`require`")) if require is not None else (),
    )


def _event(key: Source, value: Source) -> EventEntry:
    kind = key.text("an event")
    if not value.is_mapping:
        candidates, sections, inherit = _candidates(value), Sections(), True
    else:
        fields = value.fields(f"the event {kind}", ("actions", *_SECTIONS, "inherit"))
        if "actions" not in fields:
            value.fail(f"the event {kind} has no `actions:`", "`actions:`, an action or a list of them")
        candidates, sections = _candidates(fields["actions"]), _sections(fields)
        flag = fields["inherit"].scalar("`inherit`") if "inherit" in fields else True
        if not isinstance(flag, bool):
            fields["inherit"].fail(f"`inherit: {flag}`", "true or false")
        inherit = flag
    return EventEntry(kind=kind, candidates=candidates, sections=sections, inherit=inherit, location=key.location)


def _candidates(source: Source) -> tuple[Written | None, ...]:
    items = source.items("the actions") if source.is_list else [source]
    if not items:
        source.fail("an empty list of actions", f"at least one action, or `{STUTTER}`")
    return tuple(None if item.text("an action") == STUTTER else _written(item, "an action") for item in items)


def _silent(source: Source) -> SilentEntry:
    fields = source.fields("a silent action", ("action", "at_most", "search_limit", "when"))
    if "action" not in fields:
        source.fail("a silent action has no `action:`", "`action:`")
    bounds = [name for name in ("at_most", "search_limit") if name in fields]
    if len(bounds) != 1:
        source.fail("a silent action needs exactly one bound", "`at_most:` or `search_limit:`")
    return SilentEntry(
        action=_written(fields["action"], "an action"),
        at_most=fields[bounds[0]].integer(f"`{bounds[0]}`", minimum=1),
        is_limit=bounds[0] == "search_limit",
        when=_written(fields["when"]) if "when" in fields else None,
    )
