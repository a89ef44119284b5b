"""Which fields tell of which variables: all of one, the part at an index, or the length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tlaconform.drafting.arguments import Arguments
from tlaconform.drafting.evidence import STATE_PARENTS, Evidence, Guess, is_of_state
from tlaconform.drafting.likeness import LIKELY, SURE, likeness, plain
from tlaconform.drafting.sample import Path, SeenField
from tlaconform.drafting.spec_view import VariableView

LENGTHS = ("length", "len", "size", "count")
OTHERS = ("last", "prev", "old", "next", "first")


@dataclass(slots=True)
class Observed:
    """What is observed of every event, and of those that have the field; and the fields whose arrays are sets."""

    always: dict[str, Guess]
    if_present: dict[str, Guess]
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """Where in a function an event tells of it: the text, and the field that gives it; "" for the whole function."""

    text: str
    path: Path | None
    doubt: str = ""


class Observations:
    """Finds the observations; ``name`` is what the acting node is called."""

    def __init__(self, evidence: Evidence, arguments: Arguments, name: str) -> None:
        self._evidence = evidence
        self._spec = evidence.spec
        self._fields = evidence.fields
        self._node = evidence.node
        self._text = evidence.text
        self._fields_of_domains = arguments.domains
        self._set_arguments = tuple(arguments.sets)
        self._name = name

    def find(self) -> Observed:
        """A field for each variable, or none; what is observed is read from then on."""
        fields = self._observable()
        told = self._pairs(fields)
        found = Observed({}, {}, ())
        everywhere = len(self._evidence.sample.events)
        sets = [self._text(path) for path in self._set_arguments]
        for variable in self._spec.variables:
            if variable.name not in told:
                continue
            path, what, doubt = told[variable.name]
            self._evidence.read.add(path)
            index = self._index(variable)
            is_part = bool(index.text) and f"[{index.text}]" in what
            least = min(fields[path].events, self._fields[index.path].events if is_part and index.path else everywhere)
            section = found.always if least == everywhere else found.if_present
            section[what] = Guess(self._text(path), doubt)
            if variable.is_set and fields[path].all_are(list):
                sets.append(self._text(path))
        found.sets = tuple(sets)
        return found

    def _pairs(self, fields: Mapping[Path, SeenField]) -> dict[str, tuple[Path, str, str]]:
        """The field for each variable that has one, what it says of it, and what is doubtful about that: the surest
        pairs first, and each field tells of one variable only; what is left may be a length.
        """
        scored = sorted(
            (
                (_tells_of(variable.name, seen.name), variable, path)
                for variable in self._spec.variables
                for path, seen in fields.items()
            ),
            key=lambda item: (-item[0], not is_of_state(item[2]), len(item[2])),
        )
        chosen: dict[str, tuple[Path, str, str]] = {}
        taken: set[Path] = set()
        for score, variable, path in scored:
            if score < LIKELY:
                break
            if variable.name in chosen or any(path[: len(p)] == p or p[: len(path)] == path for p in taken):
                continue
            taken.add(path)
            index = self._index(variable)
            what = self._told(variable, fields[path], index.text)
            is_named_so = score >= SURE or (what.startswith("Len(") and _is_length_of(variable.name, path[-1]))
            doubt = "" if is_named_so else f"is it {variable.name}?"
            is_whole = what == variable.name and (fields[path].is_object or fields[path].all_are(list))
            if index.doubt and not is_whole:
                doubt = f"{doubt}; {index.doubt}" if doubt else index.doubt
            chosen[variable.name] = path, what, doubt
        for variable in self._spec.variables:
            if variable.name not in chosen:
                length = self._length(variable, fields, taken, self._index(variable))
                if length is not None:
                    chosen[variable.name] = length
        return chosen

    def _observable(self) -> dict[Path, SeenField]:
        """The fields that may tell of a variable."""
        taken = {path for path in self._evidence.read if not is_of_state(path)}
        return {
            path: seen
            for path, seen in self._evidence.within(self._fields).items()
            if not (seen.is_object and seen.name in STATE_PARENTS) and not any(path[: len(p)] == p for p in taken)
        }

    def _index(self, variable: VariableView) -> _Index:
        """The index at which an event tells of a variable: the field that ranges over what the variable is a function
        on, or else the acting node, which has a name of its own.
        """
        if not variable.depth:
            return _Index("", None)
        ranging = list(self._fields_of_domains.get(variable.domain, ()))
        if self._node is not None and (self._node in ranging or not variable.domain):
            return _Index(self._name, self._node)
        if len(ranging) == 1:
            return _Index(self._text(ranging[0]), ranging[0])
        doubt = f"{variable.name} is a function on {' '.join(variable.domain.split())}: which field is the index?"
        if ranging:
            return _Index(self._text(ranging[0]), ranging[0], doubt)
        return _Index("", None, doubt) if self._node is None else _Index(self._name, self._node, doubt)

    def _told(self, variable: VariableView, seen: SeenField, index: str) -> str:
        """What a field says of a variable: all of it, the part at an index, or the length."""
        if variable.depth == 1 and self._is_by_node(seen):
            return variable.name
        element = _element(variable, index)
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
                return path, f"Len({_element(variable, index.text)})", index.doubt
            if plain(seen.name) in LENGTHS and with_length == [variable.name]:
                doubt = f"is it the length of {variable.name}?"
                return path, f"Len({_element(variable, index.text)})", doubt
        return None

    def _is_by_node(self, seen: SeenField) -> bool:
        """Whether a field is an object with an entry for each node."""
        nodes = set(map(str, self._fields[self._node].values)) if self._node is not None else set()
        return bool(seen.values) and all(isinstance(v, Mapping) and nodes and nodes <= v.keys() for v in seen.values)


def _element(variable: VariableView, index: str) -> str:
    return f"{variable.name}[{index}]" if index else variable.name


def _is_length_of(variable: str, name: str) -> bool:
    return any(plain(name) == plain(variable) + suffix for suffix in LENGTHS)


def _tells_of(variable: str, name: str) -> float:
    """How likely a field of that name tells of a variable: `lastTerm` is not the term."""
    score = likeness(variable, name)
    if score < SURE and plain(name).startswith(OTHERS) and not plain(variable).startswith(OTHERS):
        return 0.0
    return score
