r"""What a formula reads, finer than whole variables: which values, and at which places.

A *root* is an expression such as ``log[i]`` that does not speak of the identifier ``x`` that a quantifier binds. What
``log[i][x].term`` depends on, for one ``x``, is the element at ``x`` of that root; ``SubSeq(log[i], 1, x)`` depends on
its first ``x`` elements; ``x <= Len(log[i])`` depends on no more than that either, as long as the first ``x`` elements
are there before and after. So when a log grows by one entry, a formula about every ``x`` has to be evaluated for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from tlatrace.compile.analysis import Analysis
from tlatrace.semantics.spec import BuiltinOperator, Definition, Scope, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk


class How(Enum):
    """What of a root a formula reads."""

    WHOLE = "all of it"
    AT_KEY = "what it has for the argument x"
    UP_TO = "its first x + offset elements"
    AT_FIELD = "what it has for a field of x"


@dataclass(frozen=True, slots=True)
class Read:
    """``root`` is read, or functions that stand ``depth`` applications below it."""

    root: ast.Expr
    how: How = How.WHOLE
    offset: int = 0
    depth: int = 0
    fields: tuple[str, ...] = ()
    """For AT_FIELD: the way from x to the argument."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What ``x + offset`` bounds from above: ``x`` itself, or an identifier that stands for no more than that."""

    offset: int
    is_itself: bool = False


_COMPARISONS: Final = ("<", "<=", ">", ">=")

# The comparisons of x with a length, x standing left or right, that need one element more to stay what they are.
_STRICT_LEFT: Final = ("<", ">=")
_STRICT_RIGHT: Final = (">", "<=")


def reads_of(
    formula: ast.Expr, scope: Scope, analysis: Analysis, outer: Mapping[str, bool], name: str | None = None
) -> tuple[Read, ...]:
    """What ``formula`` reads, for one value of the identifier ``name``, without repetitions.

    ``outer`` are the identifiers that are bound around it; those with True are names for values that depend on the
    state, and are roots themselves. The others are not told.
    """
    places: dict[str, _Place | None] = {} if name is None else {name: _Place(0, is_itself=True)}
    found = _Reader(scope, analysis, outer).reads(formula, False, _Inner(places, {}))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Inner:
    """Identifiers bound within the formula: by quantifiers, with what bounds them, and by LET, with what they mean."""

    places: Mapping[str, _Place | None]
    lets: Mapping[str, ast.Expr]

    def bind(self, places: Mapping[str, _Place | None]) -> _Inner:
        return replace(self, places={**self.places, **places})


@dataclass(frozen=True, slots=True)
class _Step:
    """One application on the way from a variable: its argument, or the name of a field."""

    key: ast.Expr
    location: ast.Location
    primed: bool


class _Reader:
    def __init__(self, scope: Scope, analysis: Analysis, outer: Mapping[str, bool]) -> None:
        self._scope = scope
        self._analysis = analysis
        self._outer = outer

    def reads(self, node: ast.Node, primed: bool, inner: _Inner) -> Iterator[Read]:
        match node:
            case ast.Name() | ast.FunctionApply() | ast.Field():
                yield from self._path(node, primed, inner)
            case ast.Apply(operator="'", arguments=(argument,)):
                yield from self._path(node, primed, inner) if _is_path(argument) else self.reads(argument, True, inner)
            case ast.Apply(operator="UNCHANGED", arguments=(argument,)):
                yield from self.reads(argument, False, inner)
                yield from self.reads(argument, True, inner)
            case ast.Apply(operator=operator, arguments=arguments):
                yield from self._apply(operator, arguments, primed, inner)
            case ast.Let(definitions=(ast.OperatorDefinition(name=name, parameters=(), body=value),), body=body):
                yield from self.reads(body, primed, replace(inner, lets={**inner.lets, name: value}))
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                yield from self._bound(bounds, body, primed, inner)
            case ast.SetMap(bounds=bounds, element=body):
                yield from self._bound(bounds, body, primed, inner)
            case ast.SetFilter(bound=bound, predicate=body) | ast.Choose(bound=bound, body=body):
                yield from self._bound((bound,), body, primed, inner)
            case ast.Lambda(parameters=parameters, body=body):
                yield from self.reads(body, primed, inner.bind(dict.fromkeys(parameters)))
            case _:
                for child in node.children():
                    yield from self.reads(child, primed, inner)

    # ------------------------------------------------------------------------------------------ operators

    def _apply(self, operator: str, arguments: tuple[ast.Expr, ...], primed: bool, inner: _Inner) -> Iterator[Read]:
        match operator, arguments:
            case "SubSeq", (sequence, ast.Number(value=1), last) if self._is_builtin("SubSeq"):
                offset = self._offset(last, inner)
                if offset is not None:
                    read = self._up_to(sequence, offset, primed, inner)
                    if read is not None:
                        yield read
                        return
            case "\\in", (item, domain) if self._is_itself(item, inner) and _is_path(domain):
                read = self._up_to(domain, 0, primed, inner)
                if read is not None:
                    yield replace(read, how=How.AT_KEY)
                    return
            case "\\in", (item, domain):
                offset = self._offset(item, inner)
                within = self._domain_of(domain) if offset is not None else None
                if offset is not None and within is not None:
                    read = self._up_to(within, offset, primed, inner)
                    if read is not None:
                        yield replace(read, how=How.AT_KEY, offset=0) if self._is_itself(item, inner) else read
                        return
            case _, (one, other) if operator in _COMPARISONS:
                for item, length, strict in ((one, other, _STRICT_LEFT), (other, one, _STRICT_RIGHT)):
                    offset, measured = self._offset(item, inner), self._length_of(length)
                    if offset is not None and measured is not None:
                        read = self._up_to(measured, offset + (operator in strict), primed, inner)
                        if read is not None:
                            yield read
                            return
        symbol = self._scope.get(operator)
        yield from self._definition(symbol, arguments, primed, inner)
        for argument in arguments:
            yield from self.reads(argument, primed, inner)

    def _definition(
        self, symbol: object, arguments: tuple[ast.Expr, ...], primed: bool, inner: _Inner
    ) -> Iterator[Read]:
        """What a definition that was not written out reads of the state."""
        if not isinstance(symbol, Definition):
            return
        facts = self._analysis.definition(symbol)
        for index in sorted(facts.now):
            yield Read(self._variable(index, primed))
        for index in sorted(facts.after):
            yield Read(self._variable(index, True))
        for parameter, argument in zip(symbol.parameters, arguments, strict=False):
            if parameter.name in facts.primed_names:
                yield from self.reads(argument, True, inner)

    def _variable(self, index: int, primed: bool) -> ast.Expr:
        for name, symbol in self._scope.items():
            if isinstance(symbol, VariableSymbol) and symbol.index == index:
                return _primed(ast.Name(name)) if primed else ast.Name(name)
        raise AssertionError(f"no name stands for the variable {index}")

    def _bound(self, bounds: tuple[ast.Bound, ...], body: ast.Expr, primed: bool, inner: _Inner) -> Iterator[Read]:
        places: dict[str, _Place | None] = {}
        for bound in bounds:
            place = None
            if bound.domain is not None:
                yield from self.reads(bound.domain, primed, inner)
                match bound.domain:
                    case ast.Apply(operator="..", arguments=(_, last)) if self._is_builtin(".."):
                        offset = self._offset(last, inner)
                        place = None if offset is None else _Place(offset)
            places.update(dict.fromkeys(bound.names, None if bound.is_tuple else place))
        yield from self.reads(body, primed, inner.bind(places))

    def _is_builtin(self, name: str) -> bool:
        symbol = self._scope.get(name)
        return symbol is None or isinstance(symbol, BuiltinOperator)

    def _length_of(self, node: ast.Expr) -> ast.Expr | None:
        """The sequence whose length ``node`` is."""
        match node:
            case ast.Apply(operator="Len", arguments=(sequence,)) if self._is_builtin("Len"):
                return sequence
        return None

    def _domain_of(self, node: ast.Expr) -> ast.Expr | None:
        """The sequence whose domain ``node`` is."""
        match node:
            case ast.Apply(operator="DOMAIN", arguments=(sequence,)):
                return sequence
            case ast.Apply(operator="..", arguments=(ast.Number(value=1), last)) if self._is_builtin(".."):
                return self._length_of(last)
        return None

    # ------------------------------------------------------------------------------------------ places

    def _offset(self, node: ast.Expr, inner: _Inner) -> int | None:
        """The least ``c`` for which ``node`` is known to be at most ``x + c``."""
        match node:
            case ast.Name(name=name):
                if name in inner.lets:
                    return self._offset(inner.lets[name], inner)
                place = inner.places.get(name)
                return None if place is None else place.offset
            case ast.Apply(operator="+", arguments=(one, ast.Number(value=more))) if self._is_builtin("+"):
                offset = self._offset(one, inner)
                return None if offset is None else offset + more
            case ast.Apply(operator="-", arguments=(one, ast.Number(value=less))) if self._is_builtin("-"):
                offset = self._offset(one, inner)
                return None if offset is None else offset - less
        return None

    def _fields(self, key: ast.Expr, inner: _Inner) -> tuple[str, ...]:
        """The fields on the way from ``x`` to ``key``; none if that is anything else."""
        names: list[str] = []
        while isinstance(key, ast.Field):
            names.append(key.name)
            key = key.record
        return tuple(reversed(names)) if self._is_itself(key, inner) else ()

    @staticmethod
    def _is_itself(node: ast.Expr, inner: _Inner) -> bool:
        place = inner.places.get(node.name) if isinstance(node, ast.Name) else None
        return place is not None and place.is_itself

    def _up_to(self, sequence: ast.Expr, offset: int, primed: bool, inner: _Inner) -> Read | None:
        """The read of the first elements of ``sequence``, if it is a path that can be told without ``x``."""
        found = self._taken_apart(sequence, primed, inner)
        if found is None:
            return None
        base, steps, lets = found
        root, rest = self._root(base, steps, replace(inner, lets=lets))
        if root is None or not self._all_other(rest, inner):
            return None
        return Read(root, How.UP_TO, offset, len(rest))

    def _all_other(self, steps: list[_Step], inner: _Inner) -> bool:
        """Whether the steps are names of fields, or arguments that have nothing to do with ``x``."""
        return all(
            isinstance(step.key, ast.String)
            or (
                isinstance(step.key, ast.Name) and step.key.name in inner.places and not self._offset_known(step, inner)
            )
            for step in steps
        )

    def _offset_known(self, step: _Step, inner: _Inner) -> bool:
        return self._offset(step.key, inner) is not None

    # ------------------------------------------------------------------------------------------ paths

    def _path(self, node: ast.Node, primed: bool, inner: _Inner) -> Iterator[Read]:
        """What a name with the applications after it reads."""
        found = self._taken_apart(node, primed, inner)
        if found is None:
            # Below the applications stands something else.
            match node:
                case ast.FunctionApply(function=function, arguments=arguments):
                    yield from self.reads(function, primed, inner)
                    for argument in arguments:
                        yield from self.reads(argument, primed, inner)
                case ast.Field(record=record):
                    yield from self.reads(record, primed, inner)
                case ast.Apply(arguments=(argument,)):
                    yield from self.reads(argument, True, inner)
                case ast.Name(name=name):
                    yield from self.reads(inner.lets[name], primed, inner)
                case _:
                    raise AssertionError(node)
            return
        base, steps, lets = found
        here = replace(inner, lets=lets)
        root, rest = self._root(base, steps, here)
        if root is None:
            symbol = self._scope.get(base.name) if isinstance(base, ast.Name) else None
            yield from self._definition(symbol, (), primed, here)
            rest = steps
        else:
            yield self._read(root, rest, here)
        for step in rest:
            yield from self.reads(step.key, step.primed, here)

    def _read(self, root: ast.Expr, steps: list[_Step], inner: _Inner) -> Read:
        """Which part of ``root`` is read by going these steps, the first of which depends on what is bound within."""
        for depth, step in enumerate(steps):
            key = step.key
            while isinstance(key, ast.Name) and key.name in inner.lets:
                key = inner.lets[key.name]
            place = inner.places.get(key.name) if isinstance(key, ast.Name) else None
            if place is not None and place.is_itself:
                return Read(root, How.AT_KEY, 0, depth)
            offset = self._offset(key, inner)
            if offset is not None:
                return Read(root, How.UP_TO, offset, depth)
            fields = self._fields(key, inner)
            if fields:
                return Read(root, How.AT_FIELD, 0, depth, fields)
            if not self._all_other([step], inner):
                break
        return Read(root)

    def _root(self, base: ast.Expr, steps: list[_Step], inner: _Inner) -> tuple[ast.Expr | None, list[_Step]]:
        """The part of a path that does not depend on what is bound within, and the steps after it; None where no root
        is read at all.
        """
        name = base.arguments[0] if isinstance(base, ast.Apply) else base
        assert isinstance(name, ast.Name)
        if name.name in inner.places:
            return None, steps
        if name.name in self._outer:
            if not self._outer[name.name]:
                return None, steps
        elif not isinstance(self._scope.get(name.name), VariableSymbol):
            return None, steps
        root = base
        for position, step in enumerate(steps):
            if not self._is_outer(step.key, inner):
                return root, steps[position:]
            if isinstance(step.key, ast.String):
                root = ast.Field(root, step.key.value, location=step.location)
            else:
                key = _primed(step.key) if step.primed else step.key
                root = ast.FunctionApply(root, (key,), location=step.location)
        return root, []

    def _is_outer(self, key: ast.Expr, inner: _Inner) -> bool:
        return not any(
            isinstance(part, ast.Name) and (part.name in inner.places or part.name in inner.lets) for part in walk(key)
        )

    def _taken_apart(
        self, node: ast.Node, primed: bool, inner: _Inner
    ) -> tuple[ast.Expr, list[_Step], Mapping[str, ast.Expr]] | None:
        """The name at the beginning of a path, primed if it is, and the steps; None if it begins with anything else."""
        steps: list[_Step] = []
        while True:
            match node:
                case ast.FunctionApply(function=function, arguments=arguments):
                    key = arguments[0] if len(arguments) == 1 else ast.Tuple(arguments, location=node.location)
                    steps.append(_Step(key, node.location, primed))
                    node = function
                case ast.Field(record=record, name=name):
                    steps.append(_Step(ast.String(name), node.location, primed))
                    node = record
                case ast.Apply(operator="'", arguments=(argument,)):
                    primed = True
                    node = argument
                case ast.Label(body=body):
                    node = body
                case ast.Name(name=name) if name in inner.lets:
                    node = inner.lets[name]
                case ast.Name(name=name):
                    is_variable = isinstance(self._scope.get(name), VariableSymbol) and name not in self._outer
                    base = _primed(node) if primed and is_variable and name not in inner.places else node
                    return base, steps[::-1], inner.lets
                case _:
                    return None


def _is_path(node: ast.Expr) -> bool:
    if isinstance(node, ast.Apply) and node.operator == "'":
        node = node.arguments[0]
    while isinstance(node, ast.FunctionApply | ast.Field):
        node = node.function if isinstance(node, ast.FunctionApply) else node.record
    return isinstance(node, ast.Name)


def _primed(node: ast.Expr) -> ast.Expr:
    return ast.Apply("'", (node,), location=node.location)
