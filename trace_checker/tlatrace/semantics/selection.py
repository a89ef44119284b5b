r"""Subexpressions of definitions: ``Init!2``, ``Op!(a)!1!<<``, ``Def!lab(x)!1``.

A selector leads from the body of a definition down to a part of it. What is bound on the way (parameters, quantifiers,
labels) becomes a parameter of the part, in the order in which the selectors give the values; what LET defines on the
way is defined around the part again. So a part is a definition like any other, and evaluators need to know nothing of
it.

Source: *TLA+2: A Preliminary Guide*, section 6 (naming subexpressions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tlatrace.syntax import ast


class NoSuchPart(Exception):
    """The selectors lead nowhere; the message says at which of them.

    ``is_statement``: they lead to something that is no expression but may be named as a fact.
    """

    def __init__(self, message: str, *, is_statement: bool = False) -> None:
        super().__init__(message)
        self.is_statement = is_statement


class Part(NamedTuple):
    """A part of a definition, as the body of a definition with ``parameters``."""

    parameters: tuple[ast.Parameter, ...]
    expression: ast.Expr


@dataclass(slots=True)
class _Way:
    """What was passed on the way down."""

    parameters: list[ast.Parameter]
    lets: list[ast.Let]
    is_at_definition: bool = True


def select(
    body: ast.Expr | ast.Unit, parameters: Sequence[str], arities: Sequence[int], steps: Sequence[ast.PathStep]
) -> Part:
    """The part of a definition with ``parameters`` that the selectors ``steps`` lead to.

    Raises NoSuchPart.
    """
    here: ast.Node = body
    if isinstance(body, ast.OperatorDefinition):
        here = body.body
    elif isinstance(body, ast.FunctionDefinition):
        here = ast.FunctionConstructor(body.bounds, body.body, location=body.location)
    elif isinstance(body, ast.Unit):
        raise NoSuchPart("nothing can be selected from it")
    way = _Way([ast.Parameter(name, arity) for name, arity in zip(parameters, arities, strict=True)], [])
    for position, step in enumerate(steps):
        if step.name == ":" and not _may_be_whole(steps, position):
            raise NoSuchPart("!: stands after a name, at the end or before another name")
        here = _down(here, step, way)
    if not isinstance(here, ast.Expr) or isinstance(here, ast.AssumeProve):
        raise NoSuchPart("it is no expression", is_statement=isinstance(here, ast.NewSymbol | ast.AssumeProve))
    for let in reversed(way.lets):
        here = ast.Let(let.definitions, here, location=here.location)
    return Part(tuple(way.parameters), here)


def _down(here: ast.Node, step: ast.PathStep, way: _Way) -> ast.Node:
    name = step.name
    if name == ":":
        way.is_at_definition = False
        return here
    while isinstance(here, ast.Label) and not _is_name(name):
        here = here.body
    if not _is_name(name):
        way.is_at_definition = False
    if name in ("", "@"):
        return _below_binder(here, step, way)
    if name.isdigit() or name in ("<<", ">>"):
        number = int(name) if name.isdigit() else ("<<", ">>").index(name) + 1
        parts = _parts(here, way)
        if not 1 <= number <= len(parts) or (name == ">>" and len(parts) != 2):
            raise NoSuchPart(f"there is no part !{name} here: it has {len(parts)}")
        return parts[number - 1]
    if way.is_at_definition:
        return _labelled_part(here, step, way)
    return _local_definition(here, step, way)


def _may_be_whole(steps: Sequence[ast.PathStep], position: int) -> bool:
    before = position == 0 or _is_name(steps[position - 1].name)
    return before and (position + 1 == len(steps) or _is_name(steps[position + 1].name))


def _is_name(selector: str) -> bool:
    return not selector.isdigit() and selector not in ("", ":", "@", "<<", ">>")


def _below_binder(here: ast.Node, step: ast.PathStep, way: _Way) -> ast.Node:
    """``!(a, b)`` gives values to what is bound here, ``!@`` makes an operator of what is below."""
    names: list[str]
    below: ast.Expr
    match here:
        case ast.Quantifier() | ast.FunctionConstructor():
            names, below = [name for bound in here.bounds for name in bound.names], here.body
        case ast.SetMap():
            names, below = [name for bound in here.bounds for name in bound.names], here.element
        case ast.Choose():
            names, below = list(here.bound.names), here.body
        case ast.SetFilter():
            names, below = list(here.bound.names), here.predicate
        case ast.Lambda():
            names, below = list(here.parameters), here.body
        case _:
            raise NoSuchPart("no identifiers are bound here")
    if step.name == "" and len(step.arguments) != len(names):
        raise NoSuchPart(f"{len(names)} identifiers are bound here, not {len(step.arguments)}")
    way.parameters.extend(ast.Parameter(name) for name in names)
    return below


def _parts(here: ast.Node, way: _Way) -> tuple[ast.Node, ...]:
    """The operands of an expression, as ``!1``, ``!2`` … count them."""
    match here:
        case ast.Junction() if len(here.items) > 2 and _is_in_a_row(here):
            rest = ast.Junction(here.operator, here.items[:-1], location=here.location)
            return rest, here.items[-1]
        case ast.Junction() | ast.Times() | ast.SetEnumeration() | ast.Tuple():
            return here.items
        case ast.Apply():
            return here.arguments
        case ast.Selection():
            return tuple(argument for step in here.steps for argument in step.arguments)
        case ast.Quantifier() | ast.FunctionConstructor() | ast.SetMap():
            return tuple(bound.domain for bound in here.bounds if bound.domain is not None)
        case ast.Choose() | ast.SetFilter():
            return () if here.bound.domain is None else (here.bound.domain,)
        case ast.If():
            return here.condition, here.then, here.otherwise
        case ast.Case():
            other = () if here.other is None else (ast.CaseArm(ast.Name("OTHER"), here.other),)
            return (*here.arms, *other)
        case ast.CaseArm():
            return here.condition, here.value
        case ast.Record() | ast.RecordSet():
            return tuple(item.value for item in here.items)
        case ast.FunctionSet():
            return here.domain, here.codomain
        case ast.FunctionApply():
            arguments = here.arguments
            return here.function, arguments[0] if len(arguments) == 1 else ast.Tuple(arguments)
        case ast.Field():
            return here.record, ast.String(here.name)
        case ast.ActionBox():
            return here.action, here.subscript
        case ast.Fairness():
            return here.subscript, here.action
        case ast.Let():
            way.lets.append(here)
            return (here.body,)
        case ast.AssumeProve():
            return (*here.assumptions, here.goal)
        case ast.Except():
            return (here.function,)
        case _:
            raise NoSuchPart("this has no parts")


def _is_in_a_row(junction: ast.Junction) -> bool:
    r"""Whether it is written ``A /\ B /\ C``: two operands then, the first of them a conjunction again."""
    first = junction.items[0].location
    return (junction.location.line, junction.location.column) == (first.line, first.column)


def _local_definition(here: ast.Node, step: ast.PathStep, way: _Way) -> ast.Node:
    """A definition of a LET that was arrived at."""
    while isinstance(here, ast.Label):
        here = here.body
    if isinstance(here, ast.Let):
        for unit in here.definitions:
            if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition) and unit.name == step.name:
                way.lets.append(here)
                if isinstance(unit, ast.FunctionDefinition):
                    return ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
                way.parameters.extend(unit.parameters)
                way.is_at_definition = True
                return unit.body
    raise NoSuchPart(f"there is no LET here that defines {step.name}")


def _labelled_part(here: ast.Node, step: ast.PathStep, way: _Way) -> ast.Node:
    """The expression with a label, below a definition or another label."""
    found = _labelled(here, step.name)
    if found is None:
        raise NoSuchPart(f"there is no label {step.name} here")
    label, lets = found
    way.lets.extend(lets)
    way.parameters.extend(ast.Parameter(name) for name in label.parameters)
    way.is_at_definition = True
    return label.body


def _labelled(here: ast.Node, name: str) -> tuple[ast.Label, list[ast.Let]] | None:
    """The label ``name`` below ``here`` that stands below no other label, and the LETs on the way to it."""
    pending: list[tuple[ast.Node, list[ast.Let]]] = [(here, [])]
    while pending:
        node, lets = pending.pop()
        if isinstance(node, ast.Label):
            if node.name == name:
                return node, lets
            if node is not here:
                continue
        below = [*lets, node] if isinstance(node, ast.Let) else lets
        if isinstance(node, ast.Let):
            pending.append((node.body, below))
        else:
            pending.extend((child, below) for child in reversed(list(node.children())))
    return None
