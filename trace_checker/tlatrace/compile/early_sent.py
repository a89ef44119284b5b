r"""What a step sent says of the identifiers in it.

Of a step that is known, ``\E b \in 1 .. Len(log) : msgs' = msgs \cup {[type |-> "app", prev |-> b - 1, …]}`` holds for
such ``b`` only that some element of ``msgs'`` has ``b - 1`` in its field. So the elements of the set (or bag, or
function on messages) that look like the record are asked, instead of all numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, rewrite, walk

TRUE: Final = ast.Name("TRUE")


@dataclass(frozen=True, slots=True)
class _Sent:
    """``record`` is an element of ``place``, of which all is known; ``unknown`` are names that are bound between, those
    of LET with what they stand for in ``named``.
    """

    place: ast.Expr
    record: ast.Record
    unknown: frozenset[str]
    named: Mapping[str, ast.Expr]

    def meaning(self, value: ast.Expr) -> ast.Expr:
        """``value`` without the names of LET."""

        def change(part: ast.Node) -> ast.Node | None:
            return (
                self.meaning(self.named[part.name]) if isinstance(part, ast.Name) and part.name in self.named else None
            )

        return rewrite(value, change)


def chosen_from_sent(bound: ast.Bound, items: Sequence[ast.Expr], node: ast.Node) -> ast.Quantifier:
    """``\\E x \\in a .. b`` over the conjunction of ``items``, where a message is sent that says what ``x`` is: only of
    what such messages say.
    """
    plain = ast.Quantifier("\\E", (bound,), joined(items, node), location=node.location)
    (name,), domain = bound.names, bound.domain
    if not isinstance(domain, ast.Apply) or domain.operator != "..":
        return plain
    for item in items:
        for sent in _sent(item, {}, frozenset()):
            if name in names_in(sent.place) or not sent.unknown.isdisjoint(names_in(sent.place)):
                continue
            message = ast.Name(f"{name}!sent", location=node.location)
            for field in sent.record.items:
                value = _solved(name, sent.meaning(field.value), _field(message, field.name))
                if value is None or not sent.unknown.isdisjoint(names_in(value)):
                    continue
                alike = _alike(message, sent, name)
                messages = ast.SetFilter(ast.Bound((message.name,), sent.place), alike, location=node.location)
                said = ast.SetMap(value, (ast.Bound((message.name,), messages),), location=node.location)
                within = ast.Apply("\\in", (ast.Name(name), domain), location=bound.location)
                one = ast.Bound((name,), said, location=bound.location)
                return ast.Quantifier("\\E", (one,), joined([within, *items], node), location=node.location)
    return plain


def chosen_from_after(bound: ast.Bound, items: Sequence[ast.Expr], node: ast.Node) -> ast.Quantifier | None:
    r"""``\E x \in S`` over the conjunction of ``items``, where one says that a variable has ``x`` at some place behind
    the step, ``f' = [f EXCEPT ![i] = x]``: only of what is there. None where none says so.
    """
    (name,), domain = bound.names, bound.domain
    assert domain is not None
    for item in items:
        match item:
            case ast.Apply(
                operator="=", arguments=(ast.Apply(operator="'") as after, ast.Except(updates=(update,)))
            ) if update.value == ast.Name(name):
                there = _at(after, update.path)
                if name in names_in(there) or any(isinstance(part, ast.At) for part in walk(there)):
                    continue
                within = ast.Apply("\\in", (ast.Name(name), domain), location=bound.location)
                only = ast.SetEnumeration((there,), location=bound.location)
                one = ast.Bound((name,), only, location=bound.location)
                return ast.Quantifier("\\E", (one,), joined([within, *items], node), location=node.location)
    return None


def _at(function: ast.Expr, path: Sequence[ast.ExceptIndex | ast.ExceptField]) -> ast.Expr:
    """What ``function`` has at the place that ``path`` leads to."""
    for step in path:
        match step:
            case ast.ExceptIndex(arguments=arguments):
                function = ast.FunctionApply(function, arguments, location=step.location)
            case ast.ExceptField(name=name):
                function = ast.Field(function, name, location=step.location)
    return function


def joined(items: Sequence[ast.Expr], place: ast.Node) -> ast.Expr:
    """The conjunction of ``items``."""
    if len(items) == 1:
        return items[0]
    return ast.Junction("/\\", tuple(items), location=place.location) if items else TRUE


def _sent(formula: ast.Expr, named: Mapping[str, ast.Expr], unknown: frozenset[str]) -> Iterator[_Sent]:
    """The records that a conjunct puts into something; ``named`` are names of LET with what they stand for."""
    match formula:
        case ast.Junction(operator="/\\", items=items):
            for item in items:
                yield from _sent(item, named, unknown)
        case ast.Let(definitions=definitions, body=body):
            inner = dict(named)
            names = set()
            for unit in definitions:
                if isinstance(unit, ast.OperatorDefinition) and not unit.parameters:
                    inner[unit.name] = unit.body
                    names.add(unit.name)
                else:
                    return
            yield from _sent(body, inner, unknown | names)
        case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
            yield from _sent(body, named, unknown.union(*(each.names for each in bounds)))
        case ast.Apply(operator="=", arguments=(ast.Apply(operator="'") as after, value)):
            for record, place in _elements(value, after, named):
                yield _Sent(place, record, unknown, named)


def _elements(value: ast.Expr, after: ast.Expr, named: Mapping[str, ast.Expr]) -> Iterator[tuple[ast.Record, ast.Expr]]:
    """Records that are elements of something in ``after``, which equals ``value``; with that something."""
    match value:
        case ast.Name(name=name) if name in named:
            yield from _elements(named[name], after, named)
        case ast.Apply(operator="\\cup" | "\\union", arguments=arguments):
            for argument in arguments:
                if isinstance(argument, ast.SetEnumeration):
                    yield from _records(argument.items, after, named)
        case ast.Apply(operator="(+)" | "\\oplus", arguments=arguments):
            for argument in arguments:
                match argument:
                    case ast.Apply(operator="SetToBag", arguments=(ast.SetEnumeration(items=items),)):
                        yield from _records(items, ast.Apply("DOMAIN", (after,)), named)
        case ast.Apply(operator="@@", arguments=arguments):
            for argument in arguments:
                match argument:
                    case ast.Apply(operator=":>", arguments=(key, _)):
                        yield from _records((key,), ast.Apply("DOMAIN", (after,)), named)
        case ast.If(otherwise=otherwise, then=ast.Except()):
            yield from _elements(otherwise, after, named)


def _records(
    items: Sequence[ast.Expr], place: ast.Expr, named: Mapping[str, ast.Expr]
) -> Iterator[tuple[ast.Record, ast.Expr]]:
    for item in items:
        while isinstance(item, ast.Name) and item.name in named:
            item = named[item.name]
        if isinstance(item, ast.Record):
            yield item, place


def _solved(name: str, value: ast.Expr, known: ast.Expr) -> ast.Expr | None:
    """What ``name`` is where ``value``, which names it once, is ``known``."""
    match value:
        case ast.Name(name=found) if found == name:
            return known
        case ast.Apply(operator="+" | "-" as operator, arguments=(left, right)) if name not in names_in(right):
            opposite = "-" if operator == "+" else "+"
            return _solved(name, left, ast.Apply(opposite, (known, right), location=value.location))
        case ast.Apply(operator="+", arguments=(left, right)) if name not in names_in(left):
            return _solved(name, right, ast.Apply("-", (known, left), location=value.location))
    return None


def _alike(message: ast.Name, sent: _Sent, name: str) -> ast.Expr:
    """Whether a message has the record's fields, and its values as far as they are known."""
    fields = ast.SetEnumeration(tuple(ast.String(field.name) for field in sent.record.items))
    tests: list[ast.Expr] = [ast.Apply("=", (ast.Apply("DOMAIN", (message,)), fields))]
    for field in sent.record.items:
        value = sent.meaning(field.value)
        names = names_in(value)
        is_cheap = sum(1 for _ in walk(value)) <= _CHEAP_NODES
        if is_cheap and name not in names and sent.unknown.isdisjoint(names):
            tests.append(ast.Apply("=", (_field(message, field.name), value)))
    return joined(tests, message)


def _field(record: ast.Expr, name: str) -> ast.Expr:
    return ast.Field(record, name)


_CHEAP_NODES: Final = 6
"""Larger values are left to the formula itself."""
