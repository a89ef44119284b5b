"""Expressions from grammar rules: one function a rule of ``tla.lark``, called when the parser has read it whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from tlatrace.syntax import ast
from tlatrace.syntax.ast import Expr, Location
from tlatrace.syntax.build_parts import Arguments, Parts, Ranked, Subscript, Target, span
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.precedence import Item, Operand, node_of, postfix_operator, resolve, spanning
from tlatrace.syntax.tokens import Token

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(r"\\(.)")
_RADIX = {"b": 2, "o": 8, "h": 16}
_QUANTIFIER_KINDS = {r"\forall": r"\A", "∀": r"\A", r"\exists": r"\E", "∃": r"\E"}


def _expressions(parts: Sequence[Any]) -> tuple[Expr, ...]:
    return tuple(part for part in parts if not isinstance(part, Token))


def string_value(literal: str) -> str:
    """The characters that a string literal, quotes included, stands for."""
    return _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], literal[1:-1])


def number_value(literal: str, location: Location) -> int:
    """The number that a literal stands for: decimal, or ``\\b``, ``\\o``, ``\\h`` and digits.

    Raises:
        ParseError: it has more digits than Python reads.
    """
    if literal[0] == "\\":
        return int(literal[2:], _RADIX[literal[1].lower()])
    try:
        return int(literal)
    except ValueError:
        raise ParseError(f"a number of {len(literal)} digits is too long", location=location, found=literal) from None


class ExpressionBuilder:
    """The functions of the rules below ``expression``, under the rules' names."""

    # ------------------------------------------------------------------------------------------------ runs

    def single(self, parts: Parts) -> Expr:
        return node_of(parts[0])

    def run_begin(self, parts: Parts) -> list[Item]:
        return parts

    def run_extend(self, parts: Parts) -> list[Item]:
        items: list[Item] = parts[0]
        items.extend(parts[1:])
        return items

    def resolve(self, parts: Parts) -> Expr:
        return resolve(self.run_extend(parts))[0]

    def ranked_single(self, parts: Parts) -> Ranked:
        operand = parts[0]
        operator = operand.postfix if isinstance(operand, Operand) else None
        return Ranked(node_of(operand), operator, operand.location)

    def ranked_run(self, parts: Parts) -> Ranked:
        node, operator = resolve(self.run_extend(parts))
        # Only what stands to the right of a label can be torn apart by an operator to its left; a prefix operator
        # cannot.
        return Ranked(node, operator if operator.fixity.value != "prefix" else None, node.location)

    def label(self, parts: Parts) -> Operand:
        head, separator, labelled = parts
        place = spanning(head.location, labelled.location)
        node = ast.Label(*_name_of_label(head, separator), labelled.node, location=place)
        return Operand(node, place, labelled=labelled.operator)

    def label_assume_prove(self, parts: Parts) -> ast.Label:
        head, separator, labelled = parts
        name, parameters = _name_of_label(head, separator)
        if parameters:
            raise ParseError("a label of ASSUME has no parameters", location=separator.location, found="::")
        return ast.Label(name, (), labelled, location=span(parts))

    # ------------------------------------------------------------------------------------------------ operands

    def number(self, parts: Parts) -> ast.Number:
        return ast.Number(number_value(parts[0].value, parts[0].location), location=parts[0].location)

    def decimal(self, parts: Parts) -> ast.Decimal:
        return ast.Decimal(parts[0].value, location=parts[0].location)

    def string(self, parts: Parts) -> ast.String:
        return ast.String(string_value(parts[0].value), location=parts[0].location)

    def at(self, parts: Parts) -> ast.At:
        return ast.At(location=parts[0].location)

    def parentheses(self, parts: Parts) -> Operand:
        return Operand(parts[1], span(parts))

    def postfix(self, parts: Parts) -> Operand:
        operand, token = parts
        place = span(parts)
        operator = postfix_operator(token)
        return Operand(ast.Apply(operator.symbol, (node_of(operand),), location=place), place, postfix=operator)

    def field(self, parts: Parts) -> Expr | Operand:
        place = span(parts)
        return _still_postfix(parts[0], ast.Field(node_of(parts[0]), parts[2].value, location=place), place)

    def function_apply(self, parts: Parts) -> Expr | Operand:
        place = span(parts)
        return _still_postfix(parts[0], ast.FunctionApply(node_of(parts[0]), parts[2], location=place), place)

    def arguments_of_function(self, parts: Parts) -> tuple[Expr, ...]:
        return tuple(parts[::2])

    def junction(self, parts: Parts) -> ast.Junction:
        items = tuple(parts[1:-1:2])
        operator = SYMBOL_OF_SPELLING[parts[0].value]
        return ast.Junction(operator, items, location=spanning(parts[0].location, items[-1].location))

    # ------------------------------------------------------------------------------------------------ names and paths

    def name(self, parts: Parts) -> ast.Name:
        token = parts[0]
        return ast.Name(token.value, location=token.location)

    def operator_name(self, parts: Parts) -> ast.Name:
        token = parts[0]
        return ast.Name(SYMBOL_OF_SPELLING[token.value], location=token.location)

    def lambda_(self, parts: Parts) -> ast.Lambda:
        return ast.Lambda(parts[1].values, parts[3], location=span(parts))

    def arguments(self, parts: Parts) -> Arguments:
        return Arguments(tuple(node_of(part) for part in parts[1:-1:2]), span(parts))

    def apply(self, parts: Parts) -> Expr:
        token, arguments = parts
        place = span(parts)
        name = token.value if token.type != "OPERATOR_NAME" else SYMBOL_OF_SPELLING[token.value]
        if name in ("/\\", "\\/"):
            return ast.Junction(name, arguments.items, location=place)
        if name == "\\X":
            return ast.Times(arguments.items, location=place)
        return ast.Apply(name, arguments.items, location=place)

    def path_name(self, parts: Parts) -> ast.Selection:
        path, _bang, token = parts
        return _extended(path, ast.PathStep(_step_name(token), location=token.location))

    def path_apply(self, parts: Parts) -> ast.Selection:
        path, _bang, token, arguments = parts
        place = spanning(token.location, arguments.location)
        return _extended(path, ast.PathStep(_step_name(token), arguments.items, location=place))

    def path_arguments(self, parts: Parts) -> ast.Selection:
        path, _bang, arguments = parts
        return _extended(path, ast.PathStep("", arguments.items, location=arguments.location))

    # ------------------------------------------------------------------------------------------------ binding
    # constructs

    def bounds(self, parts: Parts) -> tuple[ast.Bound, ...]:
        return tuple(parts[::2])

    def bound_names(self, parts: Parts) -> ast.Bound:
        return ast.Bound(parts[0].values, parts[2], location=span(parts))

    def bound_tuple(self, parts: Parts) -> ast.Bound:
        return ast.Bound(parts[0].names, parts[2], is_tuple=True, location=span(parts))

    def target_name(self, parts: Parts) -> Target:
        return Target((parts[0].value,), False, parts[0].location)

    def target_tuple(self, parts: Parts) -> Target:
        return cast(Target, parts[0])

    def name_tuple(self, parts: Parts) -> Target:
        return Target(parts[1].values, True, span(parts))

    def quantifier_unbounded(self, parts: Parts) -> ast.Quantifier:
        bound = ast.Bound(parts[1].values, None, location=parts[1].location)
        return ast.Quantifier(_quantifier_kind(parts[0]), (bound,), parts[3], location=span(parts))

    def quantifier(self, parts: Parts) -> ast.Quantifier:
        return ast.Quantifier(_quantifier_kind(parts[0]), parts[1], parts[3], location=span(parts))

    def choose_unbounded(self, parts: Parts) -> ast.Choose:
        target = parts[1]
        bound = ast.Bound(target.names, None, is_tuple=target.is_tuple, location=target.location)
        return ast.Choose(bound, parts[3], location=span(parts))

    def choose(self, parts: Parts) -> ast.Choose:
        return ast.Choose(_bound_of(parts[1], parts[3]), parts[5], location=span(parts))

    def if_then_else(self, parts: Parts) -> ast.If:
        return ast.If(parts[1], parts[3], parts[5], location=span(parts))

    def arm(self, parts: Parts) -> ast.CaseArm:
        return ast.CaseArm(parts[0], parts[2], location=span(parts))

    def case(self, parts: Parts) -> ast.Case:
        return ast.Case(tuple(parts[1::2]), None, location=span(parts))

    def case_other(self, parts: Parts) -> ast.Case:
        return ast.Case(tuple(parts[1:-4:2]), parts[-1], location=span(parts))

    def let(self, parts: Parts) -> ast.Let:
        return ast.Let(tuple(parts[1:-2]), parts[-1], location=span(parts))

    # ------------------------------------------------------------------------------------------------ brackets

    def set_empty(self, parts: Parts) -> ast.SetEnumeration:
        return ast.SetEnumeration((), location=span(parts))

    def set_enumeration(self, parts: Parts) -> ast.SetEnumeration:
        return ast.SetEnumeration(tuple(parts[1:-1:2]), location=span(parts))

    def set_of_membership(self, parts: Parts) -> ast.SetEnumeration:
        """``{x \\in S, …}``: as in SANY all up to the comma is what ``x`` may be in."""
        element = _membership(parts[1], parts[3])
        return ast.SetEnumeration((element, *parts[5:-1:2]), location=span(parts))

    def set_filter(self, parts: Parts) -> ast.SetFilter:
        return ast.SetFilter(_bound_of(parts[1], parts[3]), parts[5], location=span(parts))

    def set_map(self, parts: Parts) -> ast.SetMap:
        element = parts[1]
        if element.operator is not None and element.operator.symbol == "\\in":
            raise ParseError(
                r"a set {a \in S : x \in T} is not allowed",
                location=element.location,
                hint=r"put parentheses around a \in S",
            )
        return ast.SetMap(element.node, parts[3], location=span(parts))

    def function(self, parts: Parts) -> ast.FunctionConstructor:
        return ast.FunctionConstructor(parts[1], parts[3], location=span(parts))

    def function_set(self, parts: Parts) -> ast.FunctionSet:
        return ast.FunctionSet(parts[1], parts[3], location=span(parts))

    def record(self, parts: Parts) -> ast.Record:
        return ast.Record(_field_items(parts), location=span(parts))

    def record_set(self, parts: Parts) -> ast.RecordSet:
        return ast.RecordSet(_field_items(parts), location=span(parts))

    def except_(self, parts: Parts) -> ast.Except:
        return ast.Except(parts[1], tuple(parts[3:-1:2]), location=span(parts))

    def update(self, parts: Parts) -> ast.ExceptUpdate:
        return ast.ExceptUpdate(tuple(parts[1:-2]), parts[-1], location=span(parts))

    def update_field(self, parts: Parts) -> ast.ExceptField:
        return ast.ExceptField(parts[1].value, location=span(parts))

    def update_index(self, parts: Parts) -> ast.ExceptIndex:
        return ast.ExceptIndex(parts[1], location=span(parts))

    def tuple_empty(self, parts: Parts) -> ast.Tuple:
        return ast.Tuple((), location=span(parts))

    def tuple(self, parts: Parts) -> ast.Tuple:
        return ast.Tuple(_expressions(parts), location=span(parts))

    def box_action(self, parts: Parts) -> ast.ActionBox:
        return ast.ActionBox("[]", parts[1], node_of(parts[3]), location=span(parts))

    def angle_action(self, parts: Parts) -> ast.ActionBox:
        return ast.ActionBox("<>", parts[1], node_of(parts[3]), location=span(parts))

    def angle_action_of_several(self, parts: Parts) -> ast.ActionBox:
        # SANY takes the second element for the subscript, and leaves the rest and what is written as subscript
        # unread: names there may mean nothing.
        return ast.ActionBox("<>", parts[1], parts[3], location=span(parts))

    # ------------------------------------------------------------------------------------------------ subscripts

    def subscript_begin(self, parts: Parts) -> Subscript:
        return Subscript(((parts[0], ()),), parts[0].location)

    def subscript_arguments(self, parts: Parts) -> Subscript:
        steps = parts[0].steps
        name, lists = steps[-1]
        return Subscript((*steps[:-1], (name, (*lists, parts[1]))), span(parts))

    def subscript_step(self, parts: Parts) -> Subscript:
        return Subscript((*parts[0].steps, (parts[2], ())), span(parts))

    def subscript_of_name(self, parts: Parts) -> Expr:
        return _path_of(parts[0])

    def fairness_of_name(self, parts: Parts) -> ast.Fairness:
        keyword, subscript = parts
        name, lists = subscript.steps[-1]
        if not lists or len(lists[-1].items) != 1:
            raise ParseError(
                f"{keyword.value} needs a subscript and then one action in parentheses",
                location=keyword.location,
                found=keyword.value,
            )
        action = lists[-1].items[0]
        without_action = Subscript((*subscript.steps[:-1], (name, lists[:-1])), subscript.location)
        return ast.Fairness(keyword.value[:2], _path_of(without_action), action, location=span(parts))

    def fairness_of_group(self, parts: Parts) -> ast.Fairness:
        return ast.Fairness(parts[0].value[:2], node_of(parts[1]), parts[3], location=span(parts))


# ------------------------------------------------------------------------------------------------ parts of rules


def _name_of_label(head: Expr, separator: Token) -> tuple[str, tuple[str, ...]]:
    """The name and the parameters of the label that stands before ``::``."""
    arguments = head.arguments if isinstance(head, ast.Apply) else ()
    names = tuple(item.name for item in arguments if isinstance(item, ast.Name) and item.name not in SYMBOL_OF_SPELLING)
    if not isinstance(head, ast.Name | ast.Apply) or len(names) != len(arguments):
        raise ParseError(
            "what stands before :: is no label",
            location=separator.location,
            found="::",
            expected=("name or name(x, y)",),
        )
    return head.name if isinstance(head, ast.Name) else head.operator, names


def _quantifier_kind(token: Token) -> str:
    return _QUANTIFIER_KINDS.get(token.value, token.value)


def _bound_of(target: Target, domain: Expr) -> ast.Bound:
    place = spanning(target.location, domain.location)
    return ast.Bound(target.names, domain, is_tuple=target.is_tuple, location=place)


def _membership(target: Target, domain: Expr) -> Expr:
    names = tuple(ast.Name(name, location=target.location) for name in target.names)
    element = ast.Tuple(names, location=target.location) if target.is_tuple else names[0]
    return ast.Apply("\\in", (element, domain), location=spanning(target.location, domain.location))


def _field_items(parts: Parts) -> tuple[ast.FieldItem, ...]:
    return tuple(
        ast.FieldItem(name.value, value, location=spanning(name.location, value.location))
        for name, value in zip(parts[1:-1:4], parts[3:-1:4], strict=True)
    )


def _still_postfix(operand: Expr | Operand, node: Expr, place: Location) -> Expr | Operand:
    """``x'.f`` and ``x'[i]`` still show their prime to a prefix operator before them."""
    if isinstance(operand, Operand) and operand.postfix is not None:
        return Operand(node, place, postfix=operand.postfix)
    return node if not isinstance(operand, Operand) else Operand(node, place)


def _step_name(token: Token) -> str:
    if token.type == "OPERATOR_NAME":
        return SYMBOL_OF_SPELLING[token.value]
    return {"⟨": "<<", "⟩": ">>"}.get(token.value, token.value)


def _extended(path: Expr | Token, step: ast.PathStep) -> ast.Selection:
    place = spanning(path.location, step.location)
    if isinstance(path, Token):
        return ast.Selection((ast.PathStep(_step_name(path), location=path.location), step), location=place)
    if isinstance(path, ast.Selection):
        return ast.Selection((*path.steps, step), location=place)
    if isinstance(path, ast.Name):
        first = ast.PathStep(path.name, location=path.location)
    elif isinstance(path, ast.Apply):
        first = ast.PathStep(path.operator, path.arguments, location=path.location)
    else:
        raise ParseError("what stands before ! is no name", location=step.location, found="!")
    return ast.Selection((first, step), location=place)


def _path_of(subscript: Subscript) -> Expr:
    path: Expr | None = None
    for name, lists in subscript.steps:
        if len(lists) > 1:
            raise ParseError("a name has two argument lists", location=lists[1].location, found="(")
        arguments = lists[0].items if lists else ()
        place = spanning(name.location, lists[0].location) if lists else name.location
        if path is not None:
            path = _extended(path, ast.PathStep(name.value, arguments, location=place))
        elif arguments:
            path = ast.Apply(name.value, arguments, location=place)
        else:
            path = ast.Name(name.value, location=place)
    assert path is not None
    return path
