"""From a flat run of operands and operators to a tree, by precedence ranges.

The parser reads ``a + b * c`` as a run of five items. Two neighbouring operators whose ranges overlap conflict, unless
they are one operator that associates to the left; a conflict is an error here as it is in SANY, never a silent choice.

Source: *Specifying Systems*, section 15.2.1; the treatment of unary minus and of labels follows SANY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tlatrace.syntax import ast
from tlatrace.syntax.ast import Expr, Location
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.operators import INFIX, POSTFIX, PREFIX, SYMBOL_OF_SPELLING, Fixity, Operator
from tlatrace.syntax.tokens import Token


@dataclass(frozen=True, slots=True)
class Operand:
    """An operand of which more must be known than its tree: its extent with parentheses, or what operator it ends in
    or hides.

    ``postfix`` is the first postfix operator written on it; ``labelled`` the operator at the top of what a label
    stands before.
    """

    node: Expr
    location: Location
    postfix: Operator | None = None
    labelled: Operator | None = None


Item: TypeAlias = Token | Expr | Operand


@dataclass(slots=True)
class _Flat:
    """A chain of ``/\\``, ``\\/`` or ``\\X`` that is still growing to the right."""

    operator: Operator
    items: list[Expr]
    location: Location


@dataclass(slots=True)
class _Stack:
    operands: list[tuple[Expr | _Flat, Location]] = field(default_factory=list)
    operators: list[tuple[Operator, Token]] = field(default_factory=list)


def node_of(item: Expr | Operand) -> Expr:
    """The tree of an operand, without what is known beside it."""
    return item.node if isinstance(item, Operand) else item


def spanning(first: Location, last: Location) -> Location:
    """The range from the begin of one place to the end of another."""
    return Location(first.file, first.line, first.column, last.end_line, last.end_column)


def resolve(items: Sequence[Item]) -> tuple[Expr, Operator]:
    """The tree of a run of at least one operator, and the operator at its top.

    Items alternate as the grammar lets them: an operator where an operand must come is a prefix operator.
    """
    stack = _Stack()
    top: Operator | None = None
    operand_expected = True
    for item in items:
        if not isinstance(item, Token):
            _push_operand(stack, item)
            operand_expected = False
        elif operand_expected:
            _push_prefix(stack, item)
        else:
            _push_infix(stack, item)
            operand_expected = True
    while stack.operators:
        top = stack.operators[-1][0]
        _reduce(stack)
    assert top is not None
    ((result, _location),) = stack.operands
    return _finished(result), top


def _push_operand(stack: _Stack, item: Expr | Operand) -> None:
    if isinstance(item, Operand) and stack.operators:
        left, token = stack.operators[-1]
        if item.postfix is not None and not left.binds_looser_than(item.postfix):
            raise _conflict(left, item.postfix, token.location)
        if item.labelled is not None and not left.binds_looser_than(item.labelled):
            raise ParseError(
                "without its label this expression would be read differently",
                location=item.location,
                hint=f"put parentheses around what {left.symbol} applies to",
            )
    stack.operands.append((node_of(item), item.location))


def _push_prefix(stack: _Stack, token: Token) -> None:
    symbol = SYMBOL_OF_SPELLING[token.value]
    operator = PREFIX["-." if symbol == "-" else symbol]
    if operator.symbol == "-." and stack.operators:
        # SANY asks this of minus alone, which could have been the infix operator.
        left, _token = stack.operators[-1]
        if left.fixity is Fixity.INFIX and not left.binds_looser_than(operator):
            raise _conflict(left, operator, token.location)
    stack.operators.append((operator, token))


def _push_infix(stack: _Stack, token: Token) -> None:
    operator = INFIX[SYMBOL_OF_SPELLING[token.value]]
    while stack.operators:
        left, _token = stack.operators[-1]
        if left.binds_tighter_than(operator) or (left is operator and operator.is_left_associative):
            _reduce(stack)
        elif left.binds_looser_than(operator):
            break
        else:
            raise _conflict(left, operator, token.location)
    stack.operators.append((operator, token))


def _reduce(stack: _Stack) -> None:
    operator, token = stack.operators.pop()
    right, right_place = stack.operands.pop()
    if operator.fixity is Fixity.PREFIX:
        place = spanning(token.location, right_place)
        stack.operands.append((ast.Apply(operator.symbol, (_finished(right),), location=place), place))
        return
    left, left_place = stack.operands.pop()
    place = spanning(left_place, right_place)
    result: Expr | _Flat
    if operator.symbol in ("/\\", "\\/", "\\X"):
        if isinstance(left, _Flat) and left.operator is operator:
            left.items.append(_finished(right))
            left.location = place
            result = left
        else:
            result = _Flat(operator, [_finished(left), _finished(right)], place)
    else:
        result = ast.Apply(operator.symbol, (_finished(left), _finished(right)), location=place)
    stack.operands.append((result, place))


def _finished(operand: Expr | _Flat) -> Expr:
    if not isinstance(operand, _Flat):
        return operand
    if operand.operator.symbol == "\\X":
        return ast.Times(tuple(operand.items), location=operand.location)
    return ast.Junction(operand.operator.symbol, tuple(operand.items), location=operand.location)


def _conflict(left: Operator, right: Operator, location: Location) -> ParseError:
    first, second = (
        operator.symbol.removesuffix(".") if operator.symbol == "-." else operator.symbol for operator in (left, right)
    )
    if left is right:
        problem = f"{first} does not associate: it may not follow {second} without parentheses"
    else:
        problem = f"precedence conflict between {first} and {second}: put parentheses around one of them"
    return ParseError(problem, location=location, found=second)


def postfix_operator(token: Token) -> Operator:
    """The operator that a postfix token stands for."""
    return POSTFIX[SYMBOL_OF_SPELLING[token.value]]
