"""The state of a walk through a module: what names mean here, and the places that the expression mentions.

Names are added to one table and forgotten at the end of their scope. While an expression is walked, the places it
mentions (:mod:`tlatrace.semantics.levels`) are gathered here; an operand that is asked for something is walked on its
own, and its places are added afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from tlatrace.semantics.entries import Entry, Kind
from tlatrace.semantics.errors import SemanticError
from tlatrace.semantics.levels import CONSTANT, TEMPORAL, Effect, lowest_limit
from tlatrace.syntax import ast

Report = Callable[[SemanticError], None]

LEVEL_WORDS: Final = ("a constant expression", "a state expression", "a primed expression", "a temporal formula")

_EVERYTHING, _LEVELS, _NOTHING = 0, 1, 2


class Gatherer:
    """``names`` grows while a module is read; mistakes are handed to ``report``.

    ``later`` has the places of names that the module defines further down, so that the message for a use before the
    definition can say so.
    """

    def __init__(self, names: dict[str, Entry], report: Report, module: str) -> None:
        self.names = names
        self.module = module
        self.later: dict[str, ast.Location] = {}
        self.depth = 0
        self._report = report
        self._methods: dict[type, Callable[[Any], int]] = {}
        self._undo: list[tuple[str, Entry | None]] = []
        self._next_place = 1
        self._updated: list[tuple[int, int]] = []
        self._operand_level = CONSTANT
        self._operand_levels: list[int] = []
        self._told = _EVERYTHING
        self._is_lenient = False
        self._allows_statements = False
        self._label_names: list[str] = []
        self._labels: set[str] | None = None
        self.being_proved: set[Entry] = set()
        self.places = 0
        self.all_places = 0
        self.non_leibniz_places = 0
        self.limits = [0, 0, 0]
        self.needs: dict[tuple[int, int], int] = {}
        self.hands: set[tuple[int, int, int]] = set()

    # ------------------------------------------------------------------------------------------------ names

    def error(self, message: str, location: ast.Location, hint: str | None = None) -> None:
        """Report a mistake in the use of names."""
        if self._told == _EVERYTHING:
            self._report(SemanticError(message, location=location, hint=hint))

    @property
    def tells_unknown_names(self) -> bool:
        """False where a name may be that of a module which could not be read, or nothing is reported at all."""
        return self._told == _EVERYTHING and not self._is_lenient

    def complain(self, message: str, location: ast.Location) -> None:
        """Report a mistake in levels."""
        if self._told != _NOTHING:
            self._report(SemanticError(message, location=location))

    def new_place(self) -> int:
        """A place that no other constant, variable or parameter in scope has."""
        place = self._next_place
        self._next_place <<= 1
        return place

    def add(self, entry: Entry) -> bool:
        """Give a name its meaning until the scope ends; False, and a report, where it has another already."""
        known = self.names.get(entry.name)
        if known is not None and self._told == _EVERYTHING:
            self.error(f"{entry.name} is defined twice: it is already {known.describe()}", entry.location)
            return False
        self._undo.append((entry.name, known))
        self.names[entry.name] = entry
        return True

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names and places that are added within are forgotten at the end."""
        mark, place = len(self._undo), self._next_place
        try:
            yield
        finally:
            self.forget(mark)
            self._next_place = place

    def mark(self) -> int:
        return len(self._undo)

    def forget(self, mark: int) -> None:
        while len(self._undo) > mark:
            name, known = self._undo.pop()
            if known is None:
                self.names.pop(name, None)
            else:
                self.names[name] = known

    def bind(self, names: Iterable[str], location: ast.Location) -> None:
        """Bound identifiers: rigid values, which matter to no level."""
        for name in names:
            self.add(Entry(name, Kind.PARAMETER, (), location, self.module))

    def bind_parameters(self, parameters: Iterable[ast.Parameter]) -> list[Entry]:
        """Parameters of a definition, each with a place of its own."""
        entries = []
        for item in parameters:
            entry = Entry(
                item.name, Kind.PARAMETER, (0,) * item.arity, item.location, self.module, place=self.new_place()
            )
            self.add(entry)
            entries.append(entry)
        return entries

    @contextmanager
    def _telling(self, what: int) -> Iterator[None]:
        before, self._told = self._told, max(self._told, what)
        try:
            yield
        finally:
            self._told = before

    def quiet(self) -> AbstractContextManager[None]:
        """Walk what another place answers for: nothing is reported, and names may be bound again."""
        return self._telling(_NOTHING)

    def only_levels(self) -> AbstractContextManager[None]:
        """Walk again what was walked before, knowing more about levels; names are not complained of again."""
        return self._telling(_LEVELS)

    @contextmanager
    def definition(self, *, allows_labels: bool = True) -> Iterator[None]:
        """The body of a definition: labels within it name the identifiers that are bound from here on."""
        before, self._label_names = self._label_names, []
        before_labels, self._labels = self._labels, set() if allows_labels else None
        yield
        self._label_names, self._labels = before, before_labels

    # ------------------------------------------------------------------------------------------------ levels

    def level(self, expression: ast.Node) -> int:
        """The level of ``expression``; its places are added to those gathered."""
        kind = type(expression)
        method = self._methods.get(kind)
        if method is None:
            method = self._methods[kind] = getattr(self, f"_{kind.__name__.lower()}", self._unexpected)
        return method(expression)

    def operand(self, expression: ast.Node, most: int, what: str, *, weighs: bool = True) -> int:
        """What an operand adds to the level, where it may be ``most``."""
        saved, self.places = self.places, 0
        if weighs:
            level = self.level(expression)
        else:
            saved_all, self.all_places = self.all_places, 0
            level = self.level(expression)
            self.non_leibniz_places |= self.all_places
            self.all_places |= saved_all
        self._operand_level = level
        if level > most:
            self.level_error(what, level, most, expression.location)
            level = most
        if most < TEMPORAL:
            self.limits[most] |= self.places
        if not weighs:
            self.places = saved
            return CONSTANT
        self.places |= saved
        return level

    def level_error(self, what: str, level: int, most: int, location: ast.Location) -> None:
        wanted = ("constant", "state", "action")[most]
        self.complain(f"{what} is for {wanted} expressions; this is {LEVEL_WORDS[level]}", location)

    def effect(self, parameters: Callable[[], list[Entry]], body: Callable[[], int]) -> Effect:
        """What a definition with these parameters and this body does; both are walked in a scope of their own."""
        saved = self.places, self.all_places, self.non_leibniz_places, self.limits, self.needs, self.hands
        self.places = self.all_places = self.non_leibniz_places = 0
        self.limits, self.needs, self.hands = [0, 0, 0], {}, set()
        with self.scope():
            entries = parameters()
            result = self._summary(body(), entries)
        self.places, self.all_places, self.non_leibniz_places, self.limits, self.needs, self.hands = saved
        return result

    def _summary(self, level: int, parameters: list[Entry]) -> Effect:
        own = 0
        for entry in parameters:
            own |= entry.place
        limits = (self.limits[0], self.limits[1], self.limits[2])
        position = {entry.place: -(i + 1) for i, entry in enumerate(parameters)}
        needs = self.needs
        hands: Iterable[tuple[int, int, int]] = self.hands
        if needs or hands:
            needs = {(position.get(o, o), k): need for (o, k), need in needs.items()}
            hands = ((position.get(o, o), k, position.get(p, p)) for o, k, p in hands)
        return Effect(
            level,
            tuple(lowest_limit(limits, entry.place) for entry in parameters),
            tuple(bool(self.places & entry.place) for entry in parameters),
            tuple(not self.non_leibniz_places & entry.place for entry in parameters),
            self.places & ~own,
            self.all_places & ~own,
            self.non_leibniz_places & ~own,
            (limits[0] & ~own, limits[1] & ~own, limits[2] & ~own),
            needs,
            frozenset(hands),
        )

    def level_alone(self, expression: ast.Node) -> int:
        """The level of ``expression``, whose places are not gathered."""
        saved = self.places, self.all_places, self.non_leibniz_places, self.limits, self.needs, self.hands
        self.limits, self.needs, self.hands = [0, 0, 0], {}, set()
        level = self.level(expression)
        self.places, self.all_places, self.non_leibniz_places, self.limits, self.needs, self.hands = saved
        return level

    def _unexpected(self, expression: ast.Node) -> int:
        raise AssertionError(f"an expression of the unknown kind {type(expression).__name__}")
