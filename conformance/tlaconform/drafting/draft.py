"""Guessing a mapping: what is sure, what is likely, and what a person has to decide.

The field that says what an event is, is the one whose values are most like the names of actions. Arguments are found by
the names of parameters and of what they range over, observations by the names of variables, constants in the header.
Nothing here is more than a guess: what is not the same by name is marked, with the choices there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from tlaconform.drafting.likeness import ALIAS, LIKELY, SURE, best, likeness, plain
from tlaconform.drafting.sample import Path, Sample, SeenField, read_sample
from tlaconform.drafting.spec_view import ActionView, ConstantView, SpecView, VariableView, view_of
from tlatrace.semantics import load_spec

KIND_NAMES = ("event", "action", "name", "op", "operation_name", "kind", "type", "tag", "function", "label", "msg")
"""What the field that says what an event is, is called where no value is like an action."""

KINDS_MAX = 200
"""A field with more values than this does not say what an event is."""

ARGUMENT_PARENTS = ("args", "arguments", "params", "parameters", "event_args")
STATE_PARENTS = ("vars", "state", "variables")
NIL_NAMES = ("nil", "null", "none", "noval", "novalue", "nobody", "empty", "undefined")
CLOCK_NAMES = ("vc", "clock", "vclock", "vectorclock", "vector", "vectorclocks")
LENGTHS = ("length", "len", "size", "count")
SHOWN_MAX = 4
NEAR = 0.9
"""A name in the header that is a constant's: the same, or its plural."""
OTHERS = ("last", "prev", "old", "next", "first")


@dataclass(frozen=True, slots=True)
class Guess:
    """A text for the mapping; ``doubt`` says what a person should decide, "" where nothing."""

    text: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Index:
    """Where in a function an event tells of it: the text, and the field that gives it; "" for the whole function."""

    text: str
    path: Path | None
    doubt: str = ""


@dataclass(slots=True)
class Draft:
    """The sections of a mapping, each entry with what is doubtful about it."""

    spec: str
    trace: str
    reader: str
    event: str = ""
    kind: Guess = field(default_factory=lambda: Guess(""))
    order: Guess | None = None
    model_values: tuple[str, ...] = ()
    constants: dict[str, Guess] = field(default_factory=dict)
    null: Guess | None = None
    sets: tuple[str, ...] = ()
    """Fields whose arrays are sets."""
    models: tuple[str, ...] = ()
    """Fields whose texts are the names of model values of the configuration."""
    let: dict[str, Guess] = field(default_factory=dict)
    observe: dict[str, Guess] = field(default_factory=dict)
    observe_if_present: dict[str, Guess] = field(default_factory=dict)
    events: dict[str, Guess] = field(default_factory=dict)
    unused_actions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def doubts(self) -> int:
        """How many entries a person has to look at."""
        tables = (self.constants, self.let, self.observe, self.observe_if_present, self.events)
        guesses = [guess for table in tables for guess in table.values()]
        guesses += [guess for guess in (self.kind, self.order, self.null) if guess is not None]
        return sum(bool(guess.doubt) for guess in guesses)


def draft_mapping(
    spec: FilePath,
    trace: str | FilePath,
    *,
    config: FilePath | None = None,
    library: Sequence[FilePath] = (),
    reader: str | None = None,
) -> Draft:
    """A first mapping.

    Raises:
        TlatraceError: the specification or the trace cannot be read.
    """
    loaded = load_spec(spec, config, library=library, without_constants=True)
    return _Drafter(view_of(loaded), read_sample(trace, reader)).draft()


class _Drafter:
    def __init__(self, spec: SpecView, sample: Sample) -> None:
        self._spec = spec
        self._sample = sample
        self._fields = sample.fields()
        self._read: set[Path] = set()
        self._prefix: Path = ()
        self._node: Path | None = None
        self._set_arguments: dict[Path, None] = {}
        """Arguments that are sets, logged as arrays."""
        self._domains: dict[str, dict[Path, None]] = {}
        """The fields that are given for parameters which range over a domain."""

    def draft(self) -> Draft:
        sample = self._sample
        found = Draft(spec=self._spec.name, trace=sample.file, reader=sample.reader)
        kind_path, found.kind = self._kind()
        if kind_path is not None:
            self._read.add(kind_path)
            self._prefix = self._event_within(kind_path)
            found.kind = Guess(self._text(kind_path), found.kind.doubt)
        if self._prefix:
            found.event = ".".join(("line", *self._prefix))
        kinds = self._by_kind(kind_path)
        actions = {kind: self._action_of(kind) for kind in kinds}
        arguments = {
            kind: self._arguments(action, self._within(self._sample.fields(events)))
            for kind, events in kinds.items()
            if (action := actions[kind][0]) is not None
        }
        self._node = self._acting_node(actions, arguments)
        name = self._name_of_node()
        if self._node is not None and name != self._text(self._node):
            found.let[name] = Guess(self._text(self._node))
        for kind in kinds:
            found.events[kind] = self._event(actions[kind], arguments.get(kind, ()), name)
        self._observations(found, name)
        found.order = self._order()
        self._constants(found)
        if any(item.has_null for item in self._fields.values()):
            found.null = self._null(found)
        matched = {action.name for action, _ in actions.values() if action is not None}
        found.unused_actions = tuple(action.name for action in self._spec.actions if action.name not in matched)
        found.unread = tuple(self._text(path) for path in self._unread())
        return found

    def _within(self, fields: Mapping[Path, SeenField]) -> dict[Path, SeenField]:
        """The fields of the event, without those that the line has beside it."""
        return {path: seen for path, seen in fields.items() if path[: len(self._prefix)] == self._prefix}

    def _text(self, path: Path) -> str:
        if self._prefix and path[: len(self._prefix)] == self._prefix:
            return ".".join(("event", *path[len(self._prefix) :]))
        return ".".join(("line" if self._prefix else "event", *path))

    # ------------------------------------------------------------------------------------------------- kinds

    def _kind(self) -> tuple[Path | None, Guess]:
        names = [action.name for action in self._spec.actions]
        count = len(self._sample.events)
        scored: list[tuple[float, int, Path]] = []
        for path, seen in self._fields.items():
            if seen.events < count or not seen.all_are(str) or len(seen.values) >= KINDS_MAX:
                continue
            scores = [score if score >= LIKELY else 0.0 for _, score in (best(v, names) for v in seen.values)]
            scored.append((sum(scores) / len(scores), -len(path), path))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        if scored and scored[0][0] >= LIKELY / 2:
            others = [item[2] for item in scored[1:] if item[0] >= scored[0][0] - 0.15]
            doubt = f"or {self._choices(others)}" if others else ""
            return scored[0][2], Guess("", doubt)
        named = [item[2] for item in scored if item[2][-1] in KIND_NAMES]
        if named:
            path = min(named, key=lambda item: (KIND_NAMES.index(item[-1]), len(item)))
            return path, Guess("", f"its values are not like actions; or {self._choices([i[2] for i in scored])}")
        return None, Guess('"event"', "no field is a text in every event: write what tells one kind from another")

    def _choices(self, paths: Sequence[Path]) -> str:
        shown = [self._text(path) for path in paths[:SHOWN_MAX]]
        return ", ".join(shown) + (", …" if len(paths) > SHOWN_MAX else "")

    def _event_within(self, kind: Path) -> Path:
        """The part of a line that is the event: the object that holds the kind, if most else is in it, too."""
        prefix = kind[:-1]
        if not prefix:
            return ()
        leaves = [path for path, seen in self._fields.items() if not seen.is_object]
        within = sum(path[: len(prefix)] == prefix for path in leaves)
        return prefix if within * 2 > len(leaves) else ()

    def _by_kind(self, kind: Path | None) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for event in self._sample.events:
            value: Any = event
            for key in kind or ():
                value = value[key]
            found.setdefault(value if kind is not None else "event", []).append(event)
        return found

    def _action_of(self, kind: str) -> tuple[ActionView | None, float]:
        name, score = best(kind, [action.name for action in self._spec.actions])
        if score < LIKELY:
            return None, score
        return next(action for action in self._spec.actions if action.name == name), score

    def _event(
        self, found: tuple[ActionView | None, float], arguments: Sequence[tuple[Path | None, str]], name: str
    ) -> Guess:
        action, score = found
        if action is None:
            known = ", ".join(item.name for item in self._spec.actions[: 2 * SHOWN_MAX])
            return Guess("Next", f"which action is this, or `stutter`? There are {known}")
        doubts = [] if score >= SURE else [f"{action.name}?"]
        texts = []
        for (path, doubt), parameter in zip(arguments, action.parameters, strict=True):
            if path is None:
                texts.append("ANY")
            else:
                texts.append(name if path == self._node else self._text(path))
            if doubt:
                doubts.append(f"{parameter}: {doubt}")
        call = f"{action.name}({', '.join(texts)})" if texts else action.name
        return Guess(call, "; ".join(doubts))

    # --------------------------------------------------------------------------------------------- arguments

    def _arguments(self, action: ActionView, fields: Mapping[Path, SeenField]) -> list[tuple[Path | None, str]]:
        """The field for each parameter, with what is doubtful about it; None leaves it open."""
        taken: set[Path] = set()
        found: list[tuple[Path | None, str]] = []
        for parameter, domain in zip(action.parameters, action.domains, strict=True):
            scored = sorted(
                ((self._fits(parameter, domain, seen), path) for path, seen in fields.items() if path not in taken),
                key=lambda item: (-item[0], len(item[1])),
            )
            choices = [path for score, path in scored if score >= LIKELY]
            if not choices:
                rest = [path for _, path in scored if path not in self._read and not self._is_of_state(path)]
                found.append((None, f"which field? There are {self._choices(rest)}" if rest else "not logged"))
                continue
            path = choices[0]
            taken.add(path)
            self._read.add(path)
            if domain:
                self._domains.setdefault(domain, {})[path] = None
            if fields[path].all_are(list) and (domain.startswith("SUBSET") or self._has_members_only(fields[path])):
                self._set_arguments[path] = None
            is_sure = scored[0][0] >= (SURE if len(choices) > 1 else ALIAS) or path[-1] == parameter
            others = f", or {self._choices(choices[1:])}" if len(choices) > 1 else ""
            found.append((path, "" if is_sure else f"{self._text(path)}{others}?"))
        return found

    def _fits(self, parameter: str, domain: str, seen: SeenField) -> float:
        if seen.path in self._read and self._kind_like(seen.path):
            return 0.0
        score = likeness(parameter, seen.name)
        if domain.isidentifier():
            score = max(score, min(likeness(domain, seen.name), 0.9))
            members = self._members(domain)
            if members is not None:
                if not all(value in members for value in seen.values):
                    return 0.0
                score += 0.2 if score > 0 else 0.0
        if ".." in domain and not seen.all_are(int):
            return 0.0
        if any(part in ARGUMENT_PARENTS for part in seen.path[:-1]):
            score += 0.15
        if self._is_of_state(seen.path):
            score -= 0.3
        return score

    def _kind_like(self, path: Path) -> bool:
        return path[-1] in KIND_NAMES

    def _is_of_state(self, path: Path) -> bool:
        return any(part in STATE_PARENTS for part in path[:-1])

    def _has_members_only(self, seen: SeenField) -> bool:
        """Whether all arrays of a field hold elements, each once, of one and the same constant of the header."""
        known = [members for c in self._spec.constants if (members := self._members(c.name)) is not None]
        return any(
            all(len(value) == len(set(map(str, value))) and all(v in members for v in value) for value in seen.values)
            for members in known
        )

    def _members(self, constant: str) -> list[Any] | None:
        """The elements of a constant that the header lists."""
        path = self._in_header(constant)
        value = None if path is None else _at(self._sample.header, path)
        if isinstance(value, Mapping) and list(value) == ["#set"]:
            value = value["#set"]
        return value if isinstance(value, list) else None

    def _acting_node(
        self,
        actions: Mapping[str, tuple[ActionView | None, float]],
        arguments: Mapping[str, Sequence[tuple[Path | None, str]]],
    ) -> Path | None:
        """The field that is the first argument of most kinds."""
        firsts = Counter(given[0][0] for given in arguments.values() if given and given[0][0] is not None)
        if not firsts or not any(variable.depth for variable in self._spec.variables):
            return None
        path, count = firsts.most_common(1)[0]
        return path if count > 1 else None

    def _name_of_node(self) -> str:
        """What the acting node is called: a name of its own, if every event has it."""
        if self._node is not None and self._fields[self._node].events < len(self._sample.events):
            return self._text(self._node)
        return next(name for name in ("n", "node", "self", "who", "acting_node") if name not in self._spec.names)

    # ------------------------------------------------------------------------------------------ observations

    def _observations(self, found: Draft, name: str) -> None:
        """A field for each variable, the surest pairs first; each field tells of one variable only."""
        fields = self._observable()
        scored = sorted(
            (
                (_tells_of(variable.name, seen.name), variable, path)
                for variable in self._spec.variables
                for path, seen in fields.items()
            ),
            key=lambda item: (-item[0], not self._is_of_state(item[2]), len(item[2])),
        )
        chosen: dict[str, tuple[Path, str, str]] = {}
        taken: set[Path] = set()
        for score, variable, path in scored:
            if score < LIKELY:
                break
            if variable.name in chosen or any(path[: len(p)] == p or p[: len(path)] == path for p in taken):
                continue
            taken.add(path)
            index = self._index(variable, name)
            what = self._told(variable, fields[path], index.text)
            is_named_so = score >= SURE or (what.startswith("Len(") and _is_length_of(variable.name, path[-1]))
            doubt = "" if is_named_so else f"is it {variable.name}?"
            is_whole = what == variable.name and (fields[path].is_object or fields[path].all_are(list))
            if index.doubt and not is_whole:
                doubt = f"{doubt}; {index.doubt}" if doubt else index.doubt
            chosen[variable.name] = path, what, doubt
        for variable in self._spec.variables:
            if (
                variable.name not in chosen
                and (length := self._length(variable, fields, taken, self._index(variable, name))) is not None
            ):
                chosen[variable.name] = length
        everywhere = len(self._sample.events)
        sets = [self._text(path) for path in self._set_arguments]
        for variable in self._spec.variables:
            if variable.name not in chosen:
                continue
            path, what, doubt = chosen[variable.name]
            self._read.add(path)
            index = self._index(variable, name)
            is_part = bool(index.text) and f"[{index.text}]" in what
            least = min(fields[path].events, self._fields[index.path].events if is_part and index.path else everywhere)
            section = found.observe if least == everywhere else found.observe_if_present
            section[what] = Guess(self._text(path), doubt)
            if variable.is_set and fields[path].all_are(list):
                sets.append(self._text(path))
        found.sets = tuple(sets)
        found.models = tuple(self._text(path) for path, seen in self._fields.items() if self._is_of_models(path, seen))

    def _is_of_models(self, path: Path, seen: SeenField) -> bool:
        """Whether all texts of a field that is read are names of model values."""
        texts = [text for value in seen.values for text in (value if isinstance(value, list) else [value])]
        known = self._spec.model_values
        return bool(texts) and path in self._read and all(isinstance(each, str) and each in known for each in texts)

    def _observable(self) -> dict[Path, SeenField]:
        """The fields that may tell of a variable."""
        taken = {path for path in self._read if not self._is_of_state(path)}
        return {
            path: seen
            for path, seen in self._within(self._fields).items()
            if not (seen.is_object and seen.name in STATE_PARENTS) and not any(path[: len(p)] == p for p in taken)
        }

    def _index(self, variable: VariableView, name: str) -> _Index:
        """The index at which an event tells of a variable: the field that ranges over what the variable is a function
        on, or else the acting node, which is called ``name``.
        """
        if not variable.depth:
            return _Index("", None)
        ranging = list(self._domains.get(variable.domain, ()))
        if self._node is not None and (self._node in ranging or not variable.domain):
            return _Index(name, self._node)
        if len(ranging) == 1:
            return _Index(self._text(ranging[0]), ranging[0])
        doubt = f"{variable.name} is a function on {' '.join(variable.domain.split())}: which field is the index?"
        if ranging:
            return _Index(self._text(ranging[0]), ranging[0], doubt)
        return _Index("", None, doubt) if self._node is None else _Index(name, self._node, doubt)

    @staticmethod
    def _element(variable: VariableView, index: str) -> str:
        return f"{variable.name}[{index}]" if index else variable.name

    def _told(self, variable: VariableView, seen: SeenField, index: str) -> str:
        """What a field says of a variable: all of it, the part at an index, or the length."""
        if variable.depth == 1 and self._is_by_node(seen):
            return variable.name
        element = self._element(variable, index)
        if seen.all_are(int) and variable.has_length:
            return f"Len({element})"
        if seen.all_are(int) and variable.is_set and "Cardinality" in self._spec.names:
            return f"Cardinality({element})"
        return element

    def _length(
        self, variable: VariableView, fields: Mapping[Path, SeenField], taken: set[Path], index: _Index
    ) -> tuple[Path, str, str] | None:
        """The field that is the length of a variable by its name, or because no other variable has a length."""
        if not variable.has_length:
            return None
        with_length = [item.name for item in self._spec.variables if item.has_length]
        for path, seen in fields.items():
            if path in taken or not seen.all_are(int):
                continue
            if _is_length_of(variable.name, seen.name):
                return path, f"Len({self._element(variable, index.text)})", index.doubt
            if plain(seen.name) in LENGTHS and with_length == [variable.name]:
                doubt = f"is it the length of {variable.name}?"
                return path, f"Len({self._element(variable, index.text)})", doubt
        return None

    def _is_by_node(self, seen: SeenField) -> bool:
        """Whether a field is an object with an entry for each node."""
        nodes = set(map(str, self._fields[self._node].values)) if self._node is not None else set()
        return bool(seen.values) and all(isinstance(v, Mapping) and nodes and nodes <= v.keys() for v in seen.values)

    def _unread(self) -> Iterator[Path]:
        for path, seen in self._fields.items():
            if not seen.is_object and not any(path[: len(read)] == read for read in self._read):
                yield path

    # --------------------------------------------------------------------------------- constants, null, order

    def _constants(self, found: Draft) -> None:
        models = []
        for constant in self._spec.constants:
            guess = self._constant(constant)
            found.constants[constant.name] = guess
            if guess.text == constant.name:
                models.append(constant.name)
        found.model_values = tuple(models)

    def _constant(self, constant: ConstantView) -> Guess:
        path = self._in_header(constant.name)
        if path is not None:
            text = ".".join(("header", *path))
            is_list = isinstance(_at(self._sample.header, path), list)
            set_text = f"{{{text}[k] : k \\in DOMAIN {text}}}"
            sure = likeness(constant.name, path[-1]) >= SURE
            return Guess(set_text if constant.is_set and is_list else text, "" if sure else f"is it {path[-1]}?")
        given = self._domains.get(constant.name)
        if constant.is_set and given is not None:
            text = f"VALUES({self._text(next(iter(given)))})"
            return Guess(text, "all that this field is in the trace, or write the set out: {1, 2}")
        if constant.is_set:
            return Guess("STRING", "which set? {1, 2}, 0 .. 9, VALUES(event.field), header.field")
        if constant.is_number and plain(constant.name) not in NIL_NAMES:
            return Guess("1", "which number?")
        sure = plain(constant.name) in NIL_NAMES
        return Guess(constant.name, "" if sure else "a value that stands for itself, or which?")

    def _in_header(self, constant: str) -> Path | None:
        """Where the header has a constant, by its name."""
        scored = [(likeness(constant, path[-1]), path) for path, _ in _paths(self._sample.header, ())]
        score, path = max(scored, default=(0.0, ()), key=lambda item: item[0])
        if score >= NEAR:
            return path
        is_list = score == ALIAS and isinstance(_at(self._sample.header, path), list | Mapping)
        return path if is_list else None

    def _null(self, found: Draft) -> Guess:
        nil = next((c.name for c in self._spec.constants if plain(c.name) in NIL_NAMES), None)
        given = next((name for name in self._spec.nil if plain(name) in NIL_NAMES), None)
        if nil is not None or given is not None:
            return Guess(nil or given or "")
        if self._spec.nil:
            return Guess(self._spec.nil[0], f"does null stand for it? Model values are {', '.join(self._spec.nil)}")
        return Guess('"null"', "what does null stand for?")

    def _order(self) -> Guess | None:
        if self._sample.order is not None:
            return None
        for path, seen in self._fields.items():
            if plain(seen.name) not in CLOCK_NAMES:
                continue
            self._read.add(path)
            clock = self._text(path)
            if seen.is_object and self._node is not None:
                for inner in self._fields:
                    if inner[: len(path)] == path:
                        self._read.add(inner)
                return Guess(f"{{by: vector, process: {self._text(self._node)}, clock: {clock}}}")
            if seen.all_are(int):
                return Guess("{by: file}", f"or {{by: lamport, clock: {clock}}}, or {{by: key, key: {clock}}}")
        return None


def _is_length_of(variable: str, name: str) -> bool:
    return any(plain(name) == plain(variable) + suffix for suffix in LENGTHS)


def _tells_of(variable: str, name: str) -> float:
    """How likely a field of that name tells of a variable: `lastTerm` is not the term."""
    score = likeness(variable, name)
    if score < SURE and plain(name).startswith(OTHERS) and not plain(variable).startswith(OTHERS):
        return 0.0
    return score


def _paths(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items():
        if not key.isidentifier():
            continue
        yield (*path, key), item
        if isinstance(item, Mapping):
            yield from _paths(item, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
