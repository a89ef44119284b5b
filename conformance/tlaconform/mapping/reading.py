"""Reading a mapping file: YAML to :class:`~tlaconform.mapping.model.TraceMapping`, with all mistakes at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tlaconform.errors import Collected, MappingError
from tlaconform.mapping.actions_text import compose, parse_candidates
from tlaconform.mapping.conversions import READINGS
from tlaconform.mapping.model import (
    STUTTER,
    VERSION,
    EventEntry,
    FieldEntry,
    InitialEntry,
    OrderEntry,
    Pair,
    ReaderEntry,
    Sections,
    SilentEntry,
    TraceMapping,
    Written,
)
from tlaconform.mapping.yaml_source import Source, read_yaml
from tlatrace.syntax import ast, parse_expression
from tlatrace.traces import OrderKind
from tlatrace.traces.readers import READERS

_OBSERVING = ("before", "observe", "observe_if_present", "require")

TOP = (
    "version",
    "spec",
    "reader",
    "event",
    "where",
    "ignore",
    "order",
    "model_values",
    "constants",
    "values",
    "fields",
    "kind",
    "let",
    "initial",
    *_OBSERVING,
    "events",
    "silent",
)
"""The sections of a mapping, in the order in which they are documented."""

_CANDIDATE = ("action", "sequence", "when")

T = TypeVar("T")


def read_mapping(path: Path) -> TraceMapping:
    """Read and parse a mapping file.

    Raises:
        MappingError: it is not YAML, or not a mapping; the place is that of the offending line. MappingErrors: several
        mistakes. TlatraceError: an expression in it is not TLA+.
    """
    root = read_yaml(path)
    top = root.fields("the mapping", TOP)
    # Another version may have other keys.
    if "version" in top and top["version"].scalar("the version") != VERSION:
        top["version"].fail(f"version {top['version'].text('the version')}", f"version {VERSION}")
    missing = [f"`{needed}:`" for needed in ("version", "kind", "events") if needed not in top]
    if missing:
        root.fail(f"the mapping has no {' and no '.join(missing)}", f"{', '.join(missing)} among its keys")
    return _Reader(str(path), top).read()


class _Reader:
    """Reads section by section; a mistake in one does not hide those in others."""

    def __init__(self, file: str, top: Mapping[str, Source]) -> None:
        self._file = file
        self._top = top
        self._collected = Collected()

    def read(self) -> TraceMapping:
        no_values: tuple[Written | None, Mapping[str, Written]] = (None, {})
        null, strings = self._section("values", _values, no_values)
        # What a section gives instead when it is wrong is never used: the mistakes are raised below.
        unknown = Written("", ast.Name(""))
        mapping = TraceMapping(
            file=self._file,
            spec=self._section("spec", lambda s: s.text("the module's name"), None),
            model_values=self._section(
                "model_values", lambda s: tuple(item.text("a model value") for item in s.items("the model values")), ()
            ),
            constants=self._named("constants"),
            null=null,
            strings=strings,
            kind=self._section("kind", written, unknown),
            let=self._named("let"),
            sections=_sections(self._top, self._collected),
            events=self._events(),
            silent=self._listed("silent", "the silent actions", _silent),
            locations={name: source.location for name, source in self._top.items()},
            reader=self._section("reader", _reader_entry, None),
            event=self._section("event", written, None),
            where=self._section("where", written, None),
            ignore=self._listed("ignore", "the kinds that are left out", lambda item: item.text("a kind of event")),
            order=self._section("order", _order, None),
            fields=self._fields(),
            initial=self._section("initial", _initial, None),
        )
        with self._collected.part():
            self._refuse_ignored(mapping)
        self._collected.stop_on_errors()
        return mapping

    def _refuse_ignored(self, mapping: TraceMapping) -> None:
        for kind in mapping.ignore:
            if kind in mapping.events:
                raise MappingError(
                    f"the events {kind} are to be left out, and have a rule; expected one of the two",
                    location=mapping.events[kind].location,
                )

    def _section(self, name: str, read: Callable[[Source], T], otherwise: T) -> T:
        if name in self._top:
            with self._collected.part():
                return read(self._top[name])
        return otherwise

    def _listed(self, name: str, what: str, read: Callable[[Source], T]) -> tuple[T, ...]:
        found: list[T] = []
        items: list[Source] = []
        for item in self._section(name, lambda source: source.items(what), items):
            with self._collected.part():
                found.append(read(item))
        return tuple(found)

    def _named(self, name: str) -> dict[str, Written]:
        found: dict[str, Written] = {}
        entries: list[tuple[Source, Source]] = []
        for key, value in self._section(name, lambda source: source.entries(f"`{name}`"), entries):
            with self._collected.part():
                found[key.text("a name")] = written(value)
        return found

    def _events(self) -> dict[str, EventEntry]:
        found: dict[str, EventEntry] = {}
        entries: list[tuple[Source, Source]] = []
        for key, value in self._section("events", lambda source: source.entries("the events"), entries):
            with self._collected.part():
                if key.text("an event") == "*":
                    key.fail("`*` has no meaning under `events`", "the name of a kind of event, one entry for each")
                found[key.text("an event")] = _event(key, value)
        return found

    def _fields(self) -> tuple[FieldEntry, ...]:
        found: list[FieldEntry] = []
        entries: list[tuple[Source, Source]] = []
        for key, value in self._section("fields", lambda source: source.entries("the fields"), entries):
            with self._collected.part():
                found.append(_field(key, value))
        return tuple(found)


def written(source: Source, what: str = "a TLA+ expression") -> Written:
    """The TLA+ at a place of the file."""
    text = source.text(what)
    place = source.location
    return Written(text.strip(), parse_expression(text, place.file, place.line, place.column))


def _values(source: Source) -> tuple[Written | None, Mapping[str, Written]]:
    null: Written | None = None
    strings: dict[str, Written] = {}
    for key, value in source.entries("the values"):
        text = key.scalar("null or a string")
        if text is None:
            null = written(value)
        elif isinstance(text, str):
            strings[text] = written(value)
        else:
            key.fail(f"{key.kind} under `values`", "null or a string (a number or a Boolean stands for itself)")
    return null, strings


def _pairs(source: Source | None, what: str, collected: Collected) -> tuple[Pair, ...]:
    found: list[Pair] = []
    for key, value in source.entries(what) if source is not None else ():
        with collected.part():
            found.append(Pair(written(key), written(value)))
    return tuple(found)


def _conditions(source: Source | None, collected: Collected) -> tuple[Written, ...]:
    found: list[Written] = []
    for item in source.items("`require`") if source is not None else ():
        with collected.part():
            found.append(written(item))
    return tuple(found)


def _sections(fields: Mapping[str, Source], collected: Collected) -> Sections:
    found: dict[str, tuple[Pair, ...]] = {}
    for name in ("before", "observe", "observe_if_present"):
        with collected.part():
            found[name] = _pairs(fields.get(name), f"`{name}`", collected)
    require: tuple[Written, ...] = ()
    with collected.part():
        require = _conditions(fields.get("require"), collected)
    return Sections(**found, require=require)


def _event(key: Source, value: Source) -> EventEntry:
    kind = key.text("an event")
    collected = Collected()
    sections, inherit, actions = Sections(), True, value
    if value.is_mapping and not any(name.text("a key") in _CANDIDATE for name, _ in value.entries("the event")):
        fields = value.fields(f"the event {kind}", ("actions", *_OBSERVING, "inherit"))
        if "actions" not in fields:
            value.fail(f"the event {kind} has no `actions:`", "`actions:`, an action or a list of them")
        sections, actions = _sections(fields, collected), fields["actions"]
        inherit = _flag(fields["inherit"], "inherit") if "inherit" in fields else True
    candidates = _candidates(actions, collected)
    collected.stop_on_errors()
    return EventEntry(
        kind=kind,
        candidates=tuple(candidate for candidate, _ in candidates),
        guards=tuple(guard for _, guard in candidates),
        sections=sections,
        inherit=inherit,
        location=key.location,
    )


def _flag(source: Source, name: str) -> bool:
    flag = source.scalar(f"`{name}`")
    if not isinstance(flag, bool):
        source.fail(f"`{name}: {source.text(name)}`", "true or false")
    return flag


def _candidates(source: Source, collected: Collected) -> list[tuple[Written | None, Written | None]]:
    items = source.items("the actions") if source.is_list else [source]
    if not items:
        source.fail("an empty list of actions", f"at least one action, or `{STUTTER}`")
    found: list[tuple[Written | None, Written | None]] = []
    for item in items:
        with collected.part():
            found.extend(_alternatives(item))
    return found


def _alternatives(source: Source) -> list[tuple[Written | None, Written | None]]:
    """The candidates that one entry stands for, each with its guard."""
    if not source.is_mapping:
        return [(candidate, None) for candidate in parse_candidates(source.text("an action"), source.location)]
    fields = source.fields("an action", _CANDIDATE)
    if ("action" in fields) == ("sequence" in fields):
        source.fail("neither or both of `action:` and `sequence:`", "one of them")
    when = written(fields["when"]) if "when" in fields else None
    if "action" in fields:
        action = fields["action"]
        return [(candidate, when) for candidate in parse_candidates(action.text("an action"), action.location)]
    return [(candidate, when) for candidate in _sequence(fields["sequence"])]


def _sequence(source: Source) -> list[Written | None]:
    parts: list[tuple[ast.Expr, bool]] = []
    for item in source.items("the actions of a sequence"):
        text = item.text("an action")
        is_optional = text.rstrip().endswith("?")
        place = item.location
        shown = text.rstrip().removesuffix("?")
        parts.append((parse_expression(shown, place.file, place.line, place.column), is_optional))
    if not parts:
        source.fail("an empty sequence", "at least one action")
    return compose(parts, source.node.value[0].value, source.location)


def _silent(source: Source) -> SilentEntry:
    fields = source.fields("a silent action", ("action", "at_most", "search_limit", "when"))
    if "action" not in fields:
        source.fail("a silent action has no `action:`", "`action:`")
    bounds = [name for name in ("at_most", "search_limit") if name in fields]
    if len(bounds) != 1:
        source.fail("a silent action needs exactly one bound", "`at_most:` or `search_limit:`")
    return SilentEntry(
        action=written(fields["action"], "an action"),
        at_most=fields[bounds[0]].integer(f"`{bounds[0]}`", minimum=1),
        is_limit=bounds[0] == "search_limit",
        when=written(fields["when"]) if "when" in fields else None,
    )


def _field(key: Source, value: Source) -> FieldEntry:
    what = f"the field {key.text('a field')}"
    if not value.is_mapping:
        value.fail(f"{value.kind} where what is said of {what} should stand", "a mapping such as `{read: integer}`")
    fields = value.fields(what, ("read", "values", "default", "optional", "set"))
    read = fields["read"].text("`read`") if "read" in fields else None
    if read is not None and read not in READINGS:
        fields["read"].fail(f"`read: {read}`", f"one of {', '.join(READINGS)}")
    table = fields["values"].entries("the values") if "values" in fields else []
    return FieldEntry(
        field=written(key, "a field of the event"),
        read=read,
        values={k.text("a value"): written(v) for k, v in table if not k.is_null},
        null=next((written(v) for k, v in table if k.is_null), None),
        default=written(fields["default"]) if "default" in fields else None,
        is_optional=_flag(fields["optional"], "optional") if "optional" in fields else False,
        is_set=_flag(fields["set"], "set") if "set" in fields else False,
    )


def _initial(source: Source) -> InitialEntry | None:
    if source.is_scalar:
        if source.text("`initial`") != "spec":
            source.fail(
                f"`initial: {source.text('')}`",
                "`spec`, or a mapping (events, of_each, anywhere, state, observe, require)",
            )
        return None
    fields = source.fields("`initial`", ("events", "of_each", "anywhere", "state", "observe", "require"))
    if ("of_each" in fields or "anywhere" in fields) and "events" not in fields:
        source.fail("`of_each` or `anywhere` without `events`", "`events:`, which says what lines are meant")
    if "of_each" in fields and "anywhere" in fields:
        fields["anywhere"].fail("`of_each` and `anywhere`", "one of the two")
    collected = Collected()
    state = fields["state"].entries("`state`") if "state" in fields else []
    entry = InitialEntry(
        events=written(fields["events"]) if "events" in fields else None,
        of_each=written(fields["of_each"]) if "of_each" in fields else None,
        is_anywhere=_flag(fields["anywhere"], "anywhere") if "anywhere" in fields else False,
        state=tuple((written(name, "a variable"), written(value)) for name, value in state),
        observe=_pairs(fields.get("observe"), "`observe`", collected),
        require=_conditions(fields.get("require"), collected),
        location=source.location,
    )
    collected.stop_on_errors()
    return entry


def _order(source: Source) -> OrderEntry:
    expressions = ("process", "processes", "key", "clock", "start", "end")
    fields = source.fields("`order`", ("by", *expressions, "window", "unlogged"))
    if "by" not in fields:
        source.fail("`order` has no `by:`", f"`by:`, one of {', '.join(kind.value for kind in OrderKind)}")
    by = fields["by"].text("`by`")
    needed = _ORDER_NEEDS.get(by)
    if needed is None:
        fields["by"].fail(f"`by: {by}`", f"one of {', '.join(_ORDER_NEEDS)}")
    for name in needed:
        if name not in fields:
            source.fail(f"an order by {by} has no `{name}:`", f"`{name}:`, an expression over the event")
    found = {name: written(fields[name]) if name in fields else None for name in expressions}
    return OrderEntry(
        by=by,
        process=found["process"],
        processes=found["processes"],
        key=found["key"],
        clock=found["clock"],
        start=found["start"],
        end=found["end"],
        window=fields["window"].integer("`window`") if "window" in fields else None,
        has_unlogged=_flag(fields["unlogged"], "unlogged") if "unlogged" in fields else False,
        location=source.location,
    )


_ORDER_NEEDS: Mapping[str, tuple[str, ...]] = {
    "file": (),
    "key": ("key",),
    "lamport": ("clock",),
    "vector": ("process", "clock"),
    "boxes": ("start", "end"),
}


def _reader_entry(source: Source) -> ReaderEntry:
    options: dict[str, str | int | bool | None] = {}
    if source.is_scalar:
        name_source = source
    else:
        entries = {key.text("a key"): value for key, value in source.entries("`reader`")}
        if "name" not in entries:
            source.fail("`reader` has no `name:`", f"`name:`, one of {', '.join(READERS)}")
        name_source = entries.pop("name")
        options = {key: value.scalar(f"`{key}`") for key, value in entries.items()}
    name = name_source.text("a reader")
    if name not in READERS:
        name_source.fail(f"the reader {name!r}", f"one of {', '.join(READERS)}")
    known = READERS[name].options
    for key in options:
        if key not in known:
            source.fail(
                f"the option {key!r} of the reader {name}", f"one of {', '.join(known)}" if known else "no options"
            )
    return ReaderEntry(name=name, options=options, location=source.location)
