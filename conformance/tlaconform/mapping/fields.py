"""Fields of a JSON object that TLA+ expressions name: ``event.vars.term``, ``header.constants.Server``.

Each becomes one input, so that only the parts of an event that a mapping reads are turned into values, and a part that
is missing is an error that names it. ``PRESENT(event.a)`` is an input of its own, TRUE or FALSE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tlaconform.errors import MappingError
from tlaconform.mapping.conversions import Treatment
from tlaconform.mapping.model import PRESENT
from tlatrace.engine.inputs import Input
from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk

EVENT = "event"
LINE = "line"
HEADER = "header"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roots:
    """What names stand for parts of a line: ``event`` for the part at ``event:`` of the mapping, ``line`` for all of
    it.
    """

    event: Path = ()

    @property
    def paths(self) -> Mapping[str, Path]:
        return {EVENT: self.event, LINE: ()}

    @property
    def name(self) -> str:
        """What a line is called in errors."""
        return LINE if self.event else EVENT


@dataclass(slots=True)
class _Use:
    path: Path
    is_presence: bool
    is_optional: bool
    location: Location


class Fields:
    """The fields below one name, or those of a line (``roots``), that a set of expressions reads, in the order in which
    they were added.
    """

    def __init__(self, root: str, *, roots: Roots | None = None, treatment: Treatment | None = None) -> None:
        self._paths: Mapping[str, Path] = {root: ()} if roots is None else roots.paths
        self._name = root if roots is None else roots.name
        self._treatment = treatment
        self._uses: dict[tuple[Path, bool], _Use] = {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        treatment = self._treatment
        return tuple(
            Input(
                use.path,
                use.is_optional,
                use.location,
                self._name,
                use.is_presence,
                None if treatment is None or use.is_presence else treatment.of(use.path),
            )
            for use in self._uses.values()
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which :meth:`replaced` expressions call the inputs."""
        return tuple(self._parameter(path, is_presence) for path, is_presence in self._uses)

    def add(self, tree: ast.Expr, *, is_optional: bool = False) -> None:
        """Take in the fields that ``tree`` names; one that is needed anywhere is not optional, unless ``fields:`` says
        so. What ``tree`` asks PRESENT of it does not need.

        Raises:
            MappingError: ``tree`` gives the root's name another meaning.
        """
        for node in walk(tree):
            if isinstance(node, ast.Bound) and (bound := self._paths.keys() & set(node.names)):
                raise MappingError(
                    f"{min(bound)} is bound to something else here; expected another name", location=node.location
                )
        found = list(self._found(tree))
        asked = {path for path, is_presence, _ in found if is_presence}
        for path, is_presence, location in found:
            declared = self._treatment is not None and self._treatment.is_optional(path)
            may_lack = is_optional or declared or is_presence or _is_within(path, asked)
            known = self._uses.get((path, is_presence))
            if known is None or (known.is_optional and not may_lack):
                self._uses[path, is_presence] = _Use(path, is_presence, may_lack, location)

    def optional(self, trees: Iterable[ast.Expr]) -> tuple[int, ...]:
        """The numbers of the inputs that ``trees`` need and that an event may lack. An expression that asks PRESENT of
        a field does not need it.
        """
        wanted: set[Path] = set()
        for tree in trees:
            found = list(self._found(tree))
            asked = {path for path, is_presence, _ in found if is_presence}
            wanted |= {p for p, is_presence, _ in found if not is_presence and not _is_within(p, asked)}
        return tuple(
            number
            for number, use in enumerate(self._uses.values())
            if use.is_optional and not use.is_presence and use.path in wanted
        )

    def is_read(self, tree: ast.Expr) -> bool:
        """Whether ``tree`` names any field."""
        return any(True for _ in self._found(tree))

    def paths(self, tree: ast.Expr) -> set[Path]:
        """The fields that ``tree`` names, as they stand in the line."""
        return {path for path, _, _ in self._found(tree)}

    def replaced(self, tree: ast.Expr) -> ast.Expr:
        """``tree`` with its fields as plain names."""

        def change(node: ast.Node) -> ast.Node | None:
            asked = self._presence(node)
            path = self._path(node) if asked is None else asked
            if path is None:
                return None
            return ast.Name(self._parameter(path, asked is not None), location=node.location)

        return rewrite(tree, change)

    def path_of(self, tree: ast.Expr) -> Path | None:
        """Where in the line the field stands that ``tree`` is; None for anything else."""
        return self._path(tree)

    def _path(self, node: ast.Node) -> Path | None:
        keys: list[str] = []
        while isinstance(node, ast.Field):
            keys.append(node.name)
            node = node.record
        if not isinstance(node, ast.Name) or node.name not in self._paths:
            return None
        return (*self._paths[node.name], *reversed(keys))

    def _presence(self, node: ast.Node) -> Path | None:
        if isinstance(node, ast.Apply) and node.operator == PRESENT:
            path = self._path(node.arguments[0]) if len(node.arguments) == 1 else None
            if path is None:
                raise MappingError(
                    f"{PRESENT} asks for something else than one field; expected {PRESENT}({self._name}.a.b)",
                    location=node.location,
                )
            return path
        return None

    def _found(self, tree: ast.Node) -> Iterator[tuple[Path, bool, Location]]:
        asked = self._presence(tree)
        if asked is not None:
            yield asked, True, tree.location
            return
        path = self._path(tree)
        if path is not None:
            yield path, False, tree.location
            return
        for child in tree.children():
            yield from self._found(child)

    def _parameter(self, path: Path, is_presence: bool) -> str:
        # With dots in it, it is nobody else's name.
        name = ".".join((self._name, *path))
        return f"{PRESENT}({name})" if is_presence else name


def _is_within(path: Path, others: Iterable[Path]) -> bool:
    return any(path[: len(other)] == other for other in others)
