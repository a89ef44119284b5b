"""From grammar rules to syntax trees: one function a rule of ``tla.lark``, called when the parser has read the whole
of it.

Each function takes what the rule's parts became (tokens stay tokens) and returns a node, or a small tuple that the
rule above knows. Trees grow from the leaves, so depth costs no recursion. The builder keeps no state: file names and
places come with the tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, cast

from tlatrace.syntax import ast
from tlatrace.syntax.ast import Expr, Location
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING, Operator
from tlatrace.syntax.precedence import Item, Operand, node_of, postfix_operator, resolve, spanning
from tlatrace.syntax.proofs import Piece, PieceKind, check_proof
from tlatrace.syntax.tokens import Token

Parts: TypeAlias = list[Any]
"""What the parts of a rule became: tokens, nodes, and the tuples below, in the order of the grammar."""


class _Names(NamedTuple):
    names: tuple[Token, ...]
    location: Location

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(name.value for name in self.names)


class _Target(NamedTuple):
    names: tuple[str, ...]
    is_tuple: bool
    location: Location


class _Arguments(NamedTuple):
    items: tuple[Expr, ...]
    location: Location


class _Ranked(NamedTuple):
    """An expression and the operator at its top, where infix or postfix; parentheses hide it."""

    node: Expr
    operator: Operator | None
    location: Location


class _Subscript(NamedTuple):
    """The steps of a subscript; each is its name and the argument lists written after it."""

    steps: tuple[tuple[Token, tuple[_Arguments, ...]], ...]
    location: Location


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(r"\\(.)")
_RADIX = {"b": 2, "o": 8, "h": 16}
_QUANTIFIER_KINDS = {r"\forall": r"\A", "∀": r"\A", r"\exists": r"\E", "∃": r"\E"}


def _span(parts: Sequence[Any]) -> Location:
    return spanning(parts[0].location, parts[-1].location)


def _expressions(parts: Sequence[Any]) -> tuple[Expr, ...]:
    return tuple(part for part in parts if not isinstance(part, Token))


def string_value(literal: str) -> str:
    """The characters that a string literal, quotes included, stands for."""
    return _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], literal[1:-1])


def number_value(literal: str) -> int:
    """The number that a literal stands for: decimal, or ``\\b``, ``\\o``, ``\\h`` and digits."""
    if literal[0] == "\\":
        return int(literal[2:], _RADIX[literal[1].lower()])
    return int(literal)


class Builder:
    """The functions of the grammar's rules, under the rules' names."""

    # ------------------------------------------------------------------------------------------------ modules

    def module(self, parts: Parts) -> ast.Module:
        name = parts[1]
        rest = parts[3:-1]
        extends: tuple[ast.Parameter, ...] = ()
        if rest and isinstance(rest[0], _Names):
            extends = tuple(ast.Parameter(token.value, location=token.location) for token in rest[0].names)
            rest = rest[1:]
        units = tuple(unit for unit in rest if unit is not None)
        return ast.Module(name.value, extends, units, location=_span(parts))

    def extends(self, parts: Parts) -> _Names:
        return self.names(parts[1:])

    def names(self, parts: Parts) -> _Names:
        return _Names(tuple(parts[::2]), _span(parts))

    def name_given(self, parts: Parts) -> Token:
        return cast(Token, parts[0])

    def set_aside(self, parts: Parts) -> None:
        return None

    def variables(self, parts: Parts) -> ast.Variables:
        names = tuple(ast.Parameter(token.value, location=token.location) for token in parts[1].names)
        return ast.Variables(names, location=_span(parts))

    def constants(self, parts: Parts) -> ast.Constants:
        return ast.Constants(tuple(parts[1::2]), location=_span(parts))

    def recursive(self, parts: Parts) -> ast.Recursive:
        return ast.Recursive(tuple(parts[1::2]), location=_span(parts))

    def assume(self, parts: Parts) -> ast.Assume:
        name = parts[1].value if isinstance(parts[1], Token) else None
        return ast.Assume(name, parts[-1], location=_span(parts))

    def theorem(self, parts: Parts) -> ast.Theorem:
        name = parts[1].value if isinstance(parts[1], Token) else None
        body = parts[1] if name is None else parts[2]
        return ast.Theorem(name, body, location=spanning(parts[0].location, body.location))

    def local(self, parts: Parts) -> ast.Unit:
        keyword, unit = parts
        return cast(ast.Unit, replace(unit, is_local=True, location=spanning(keyword.location, unit.location)))

    # ------------------------------------------------------------------------------------------------ declarations

    def declared_name(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(parts[0].value, location=parts[0].location)

    def declared_operator(self, parts: Parts) -> ast.Parameter:
        arity = sum(1 for part in parts if part.type == "UNDERSCORE")
        return ast.Parameter(parts[0].value, arity, location=_span(parts))

    def declared_infix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[1].value], 2, location=_span(parts))

    def declared_prefix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[0].value], 1, location=_span(parts))

    def declared_postfix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[1].value], 1, location=_span(parts))

    # ------------------------------------------------------------------------------------------------ definitions

    def define_name(self, parts: Parts) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(parts[1].value, (), parts[-1], location=_span(parts))

    def define_operator(self, parts: Parts) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(parts[1].value, _parameters(parts), parts[-1], location=_span(parts))

    def define_infix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[1:2]), self.declared_name(parts[3:4]))
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[2].value], parameters, parts[-1], location=_span(parts))

    def define_prefix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[2:3]),)
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[1].value], parameters, parts[-1], location=_span(parts))

    def define_postfix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[1:2]),)
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[2].value], parameters, parts[-1], location=_span(parts))

    def define_function(self, parts: Parts) -> ast.FunctionDefinition:
        return ast.FunctionDefinition(parts[1].value, parts[3], parts[-1], location=_span(parts))

    def define_instance(self, parts: Parts) -> ast.Instance:
        return replace(cast(ast.Instance, parts[-1]), name=parts[1].value, location=_span(parts))

    def define_operator_instance(self, parts: Parts) -> ast.Instance:
        named = self.define_instance(parts)
        return replace(named, parameters=_parameters(parts))

    def instance(self, parts: Parts) -> ast.Instance:
        return ast.Instance(parts[1].value, tuple(parts[3::2]), location=_span(parts))

    def substitution(self, parts: Parts) -> ast.Substitution:
        name = SYMBOL_OF_SPELLING.get(parts[0].value, parts[0].value)
        return ast.Substitution(name, parts[2], location=_span(parts))

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

    def ranked_single(self, parts: Parts) -> _Ranked:
        operand = parts[0]
        operator = operand.postfix if isinstance(operand, Operand) else None
        return _Ranked(node_of(operand), operator, operand.location)

    def ranked_run(self, parts: Parts) -> _Ranked:
        node, operator = resolve(self.run_extend(parts))
        # Only what stands to the right of a label can be torn apart by an operator to its left; a prefix operator
        # cannot.
        return _Ranked(node, operator if operator.fixity.value != "prefix" else None, node.location)

    def label(self, parts: Parts) -> Operand:
        head, separator, labelled = parts
        arguments = head.arguments if isinstance(head, ast.Apply) else ()
        if not isinstance(head, ast.Name | ast.Apply) or not all(
            isinstance(item, ast.Name) and item.name not in SYMBOL_OF_SPELLING for item in arguments
        ):
            raise ParseError(
                "what stands before :: is no label",
                location=separator.location,
                found="::",
                expected=("name or name(x, y)",),
            )
        name = head.name if isinstance(head, ast.Name) else head.operator
        parameters = tuple(item.name for item in arguments if isinstance(item, ast.Name))
        place = spanning(head.location, labelled.location)
        node = ast.Label(name, parameters, labelled.node, location=place)
        return Operand(node, place, labelled=labelled.operator)

    # ------------------------------------------------------------------------------------------------ operands

    def number(self, parts: Parts) -> ast.Number:
        return ast.Number(number_value(parts[0].value), location=parts[0].location)

    def decimal(self, parts: Parts) -> ast.Decimal:
        return ast.Decimal(parts[0].value, location=parts[0].location)

    def string(self, parts: Parts) -> ast.String:
        return ast.String(string_value(parts[0].value), location=parts[0].location)

    def at(self, parts: Parts) -> ast.At:
        return ast.At(location=parts[0].location)

    def parentheses(self, parts: Parts) -> Operand:
        return Operand(parts[1], _span(parts))

    def postfix(self, parts: Parts) -> Operand:
        operand, token = parts
        place = _span(parts)
        operator = postfix_operator(token)
        return Operand(ast.Apply(operator.symbol, (node_of(operand),), location=place), place, postfix=operator)

    def field(self, parts: Parts) -> Expr | Operand:
        place = _span(parts)
        return _still_postfix(parts[0], ast.Field(node_of(parts[0]), parts[2].value, location=place), place)

    def function_apply(self, parts: Parts) -> Expr | Operand:
        place = _span(parts)
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
        return ast.Lambda(parts[1].values, parts[3], location=_span(parts))

    def arguments(self, parts: Parts) -> _Arguments:
        return _Arguments(tuple(node_of(part) for part in parts[1:-1:2]), _span(parts))

    def apply(self, parts: Parts) -> Expr:
        token, arguments = parts
        place = _span(parts)
        name = token.value if token.type != "OPERATOR_NAME" else SYMBOL_OF_SPELLING[token.value]
        if name in ("/\\", "\\/"):
            return ast.Junction(name, arguments.items, location=place)
        if name == "\\X":
            raise ParseError(r"\X may not be used as an operator's name", location=token.location, found=token.value)
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
        return ast.Bound(parts[0].values, parts[2], location=_span(parts))

    def bound_tuple(self, parts: Parts) -> ast.Bound:
        return ast.Bound(parts[0].names, parts[2], is_tuple=True, location=_span(parts))

    def target_name(self, parts: Parts) -> _Target:
        return _Target((parts[0].value,), False, parts[0].location)

    def target_tuple(self, parts: Parts) -> _Target:
        return cast(_Target, parts[0])

    def name_tuple(self, parts: Parts) -> _Target:
        names = parts[1].values if isinstance(parts[1], _Names) else ()
        return _Target(names, True, _span(parts))

    def quantifier_unbounded(self, parts: Parts) -> ast.Quantifier:
        bound = ast.Bound(parts[1].values, None, location=parts[1].location)
        return ast.Quantifier(_quantifier_kind(parts[0]), (bound,), parts[3], location=_span(parts))

    def quantifier(self, parts: Parts) -> ast.Quantifier:
        return ast.Quantifier(_quantifier_kind(parts[0]), parts[1], parts[3], location=_span(parts))

    def choose_unbounded(self, parts: Parts) -> ast.Choose:
        target = parts[1]
        bound = ast.Bound(target.names, None, is_tuple=target.is_tuple, location=target.location)
        return ast.Choose(bound, parts[3], location=_span(parts))

    def choose(self, parts: Parts) -> ast.Choose:
        return ast.Choose(_bound_of(parts[1], parts[3]), parts[5], location=_span(parts))

    def if_then_else(self, parts: Parts) -> ast.If:
        return ast.If(parts[1], parts[3], parts[5], location=_span(parts))

    def arm(self, parts: Parts) -> ast.CaseArm:
        return ast.CaseArm(parts[0], parts[2], location=_span(parts))

    def case(self, parts: Parts) -> ast.Case:
        return ast.Case(tuple(parts[1::2]), None, location=_span(parts))

    def case_other(self, parts: Parts) -> ast.Case:
        return ast.Case(tuple(parts[1:-4:2]), parts[-1], location=_span(parts))

    def let(self, parts: Parts) -> ast.Let:
        return ast.Let(tuple(parts[1:-2]), parts[-1], location=_span(parts))

    # ------------------------------------------------------------------------------------------------ brackets

    def set_empty(self, parts: Parts) -> ast.SetEnumeration:
        return ast.SetEnumeration((), location=_span(parts))

    def set_enumeration(self, parts: Parts) -> ast.SetEnumeration:
        return ast.SetEnumeration(tuple(parts[1:-1:2]), location=_span(parts))

    def set_of_membership(self, parts: Parts) -> ast.SetEnumeration:
        """``{x \\in S, …}``: as in SANY all up to the comma is what ``x`` may be in."""
        element = _membership(parts[1], parts[3])
        return ast.SetEnumeration((element, *parts[5:-1:2]), location=_span(parts))

    def set_filter(self, parts: Parts) -> ast.SetFilter:
        return ast.SetFilter(_bound_of(parts[1], parts[3]), parts[5], location=_span(parts))

    def set_map(self, parts: Parts) -> ast.SetMap:
        element = parts[1]
        if element.operator is not None and element.operator.symbol == "\\in":
            raise ParseError(
                r"a set {a \in S : x \in T} is not allowed",
                location=element.location,
                hint=r"put parentheses around a \in S",
            )
        return ast.SetMap(element.node, parts[3], location=_span(parts))

    def function(self, parts: Parts) -> ast.FunctionConstructor:
        return ast.FunctionConstructor(parts[1], parts[3], location=_span(parts))

    def function_set(self, parts: Parts) -> ast.FunctionSet:
        return ast.FunctionSet(parts[1], parts[3], location=_span(parts))

    def record(self, parts: Parts) -> ast.Record:
        return ast.Record(_field_items(parts), location=_span(parts))

    def record_set(self, parts: Parts) -> ast.RecordSet:
        return ast.RecordSet(_field_items(parts), location=_span(parts))

    def except_(self, parts: Parts) -> ast.Except:
        return ast.Except(parts[1], tuple(parts[3:-1:2]), location=_span(parts))

    def update(self, parts: Parts) -> ast.ExceptUpdate:
        return ast.ExceptUpdate(tuple(parts[1:-2]), parts[-1], location=_span(parts))

    def update_field(self, parts: Parts) -> ast.ExceptField:
        return ast.ExceptField(parts[1].value, location=_span(parts))

    def update_index(self, parts: Parts) -> ast.ExceptIndex:
        return ast.ExceptIndex(parts[1], location=_span(parts))

    def tuple_empty(self, parts: Parts) -> ast.Tuple:
        return ast.Tuple((), location=_span(parts))

    def tuple(self, parts: Parts) -> ast.Tuple:
        return ast.Tuple(_expressions(parts), location=_span(parts))

    def box_action(self, parts: Parts) -> ast.ActionBox:
        return ast.ActionBox("[]", parts[1], node_of(parts[3]), location=_span(parts))

    def angle_action(self, parts: Parts) -> ast.ActionBox:
        return ast.ActionBox("<>", parts[1], node_of(parts[3]), location=_span(parts))

    # ------------------------------------------------------------------------------------------------ subscripts

    def subscript_begin(self, parts: Parts) -> _Subscript:
        return _Subscript(((parts[0], ()),), parts[0].location)

    def subscript_arguments(self, parts: Parts) -> _Subscript:
        steps = parts[0].steps
        name, lists = steps[-1]
        return _Subscript((*steps[:-1], (name, (*lists, parts[1]))), _span(parts))

    def subscript_step(self, parts: Parts) -> _Subscript:
        return _Subscript((*parts[0].steps, (parts[2], ())), _span(parts))

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
        without_action = _Subscript((*subscript.steps[:-1], (name, lists[:-1])), subscript.location)
        return ast.Fairness(keyword.value[:2], _path_of(without_action), action, location=_span(parts))

    def fairness_of_group(self, parts: Parts) -> ast.Fairness:
        return ast.Fairness(parts[0].value[:2], node_of(parts[1]), parts[3], location=_span(parts))

    # ------------------------------------------------------------------------------------------------ proofs

    def assume_prove(self, parts: Parts) -> ast.AssumeProve:
        return ast.AssumeProve(location=_span(parts))

    def proof(self, parts: Parts) -> None:
        check_proof(parts[0])

    def proof_begin(self, parts: Parts) -> list[Piece]:
        return parts

    def proof_extend(self, parts: Parts) -> list[Piece]:
        pieces: list[Piece] = parts[0]
        pieces.append(parts[1])
        return pieces

    def piece_of_proof(self, parts: Parts) -> Piece:
        return Piece(PieceKind.PROOF if parts[0].type == "PROOF" else PieceKind.TERMINAL, parts[0])

    def step_provable(self, parts: Parts) -> Piece:
        return Piece(PieceKind.STEP, parts[0])

    def step_unprovable(self, parts: Parts) -> Piece:
        return Piece(PieceKind.STEP_WITHOUT_PROOF, parts[0])

    def step_of_qed(self, parts: Parts) -> Piece:
        return Piece(PieceKind.QED, parts[0])

    provable = unprovable = use = facts = new_symbol = set_aside


# ------------------------------------------------------------------------------------------------ parts of rules


def _parameters(parts: Parts) -> tuple[ast.Parameter, ...]:
    return tuple(part for part in parts if isinstance(part, ast.Parameter))


def _quantifier_kind(token: Token) -> str:
    return _QUANTIFIER_KINDS.get(token.value, token.value)


def _bound_of(target: _Target, domain: Expr) -> ast.Bound:
    place = spanning(target.location, domain.location)
    return ast.Bound(target.names, domain, is_tuple=target.is_tuple, location=place)


def _membership(target: _Target, domain: Expr) -> Expr:
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


def _extended(path: Expr, step: ast.PathStep) -> ast.Selection:
    place = spanning(path.location, step.location)
    if isinstance(path, ast.Selection):
        return ast.Selection((*path.steps, step), location=place)
    if isinstance(path, ast.Name):
        first = ast.PathStep(path.name, location=path.location)
    elif isinstance(path, ast.Apply):
        first = ast.PathStep(path.operator, path.arguments, location=path.location)
    else:
        raise ParseError("what stands before ! is no name", location=step.location, found="!")
    return ast.Selection((first, step), location=place)


def _path_of(subscript: _Subscript) -> Expr:
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
