"""Fields of a JSON object that TLA+ expressions name: ``event.vars.term``, ``header.constants.Server``.

Each becomes one input, so that only the parts of an event that a mapping reads are turned into values, and a part that
is missing is an error that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tlaconform.errors import MappingError
from tlatrace.engine.observation import Input
from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk

EVENT = "event"
HEADER = "header"


class Fields:
    """The fields below one name (``root``) that a set of expressions reads, in the order in which they were added."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._fields: dict[tuple[str, ...], Input] = {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(self._fields.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which :meth:`replaced` expressions call the inputs."""
        return tuple(self._parameter(path) for path in self._fields)

    def add(self, tree: ast.Expr, *, is_optional: bool = False) -> None:
        """Take in the fields that ``tree`` names; one that is needed anywhere is not optional.

        Raises:
            MappingError: ``tree`` gives the root's name another meaning.
        """
        for node in walk(tree):
            if isinstance(node, ast.Bound) and self._root in node.names:
                raise MappingError(
                    f"{self._root} is bound to something else here; expected another name", location=node.location
                )
        for path, location in self._paths(tree):
            known = self._fields.get(path)
            if known is None or (known.is_optional and not is_optional):
                self._fields[path] = Input(path, is_optional, location, self._root)

    def optional(self, trees: Iterable[ast.Expr]) -> tuple[int, ...]:
        """The numbers of the inputs in ``trees`` that an event may lack."""
        wanted = {path for tree in trees for path, _ in self._paths(tree)}
        return tuple(i for i, item in enumerate(self.inputs) if item.is_optional and item.path in wanted)

    def replaced(self, tree: ast.Expr) -> ast.Expr:
        """``tree`` with its fields as plain names."""

        def change(node: ast.Node) -> ast.Node | None:
            path = self._path(node)
            return None if path is None else ast.Name(self._parameter(path), location=node.location)

        return rewrite(tree, change)

    def _path(self, node: ast.Node) -> tuple[str, ...] | None:
        """``event.a.b`` as ``("a", "b")``; None for anything else."""
        keys: list[str] = []
        while isinstance(node, ast.Field):
            keys.append(node.name)
            node = node.record
        return tuple(reversed(keys)) if node == ast.Name(self._root) else None

    def _paths(self, tree: ast.Node) -> Iterator[tuple[tuple[str, ...], Location]]:
        path = self._path(tree)
        if path is not None:
            yield path, tree.location
            return
        for child in tree.children():
            yield from self._paths(child)

    def _parameter(self, path: tuple[str, ...]) -> str:
        # With dots in it, it is nobody else's name.
        return ".".join((self._root, *path))
