"""Proofs, ASSUME … PROVE, USE and HIDE from grammar rules: one function a rule of ``tla.lark``."""

from __future__ import annotations

from tlatrace.syntax import ast
from tlatrace.syntax.build_parts import Names, Parts, span
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.precedence import spanning
from tlatrace.syntax.proofs import Piece, PieceKind, Statement, proof_of
from tlatrace.syntax.tokens import Token

_KINDS = {"ACTIONS": "ACTION", "TEMPORALS": "TEMPORAL"}


class ProofBuilder:
    """The functions of the rules below ``proof`` and ``assertion``, under the rules' names."""

    # ------------------------------------------------------------------------------------------------ assertions

    def assume_prove(self, parts: Parts) -> ast.AssumeProve:
        prove = parts[-2]
        is_boxed = parts[0].value.startswith("[]")
        if prove.value.startswith("[]") is not is_boxed:
            raise ParseError(
                f"{parts[0].value} goes with {'[]PROVE' if is_boxed else 'PROVE'}",
                location=prove.location,
                found=prove.value,
            )
        return ast.AssumeProve(tuple(parts[1:-2:2]), parts[-1], is_boxed, location=span(parts))

    def new_constant(self, parts: Parts) -> ast.NewSymbol:
        parameter, domain = parts[-1]
        return ast.NewSymbol("CONSTANT", parameter, domain, location=_from(parts[0], parameter, domain))

    def new_kind(self, parts: Parts) -> ast.NewSymbol:
        word = parts[-2].value
        return ast.NewSymbol(_KINDS.get(word, word), parts[-1], location=span(parts))

    def new_variable(self, parts: Parts) -> ast.NewSymbol:
        return ast.NewSymbol("VARIABLE", _named(parts[-1]), location=span(parts))

    def new_symbol(self, parts: Parts) -> tuple[ast.Parameter, ast.Expr | None]:
        if len(parts) == 1:
            return parts[0], None
        return _named(parts[0]), parts[2]

    # ------------------------------------------------------------------------------------------------ proofs

    def proof(self, parts: Parts) -> ast.Proof:
        return proof_of(parts[0])

    def proof_begin(self, parts: Parts) -> list[Piece]:
        return parts

    def proof_extend(self, parts: Parts) -> list[Piece]:
        pieces: list[Piece] = parts[0]
        pieces.append(parts[1])
        return pieces

    def proof_word(self, parts: Parts) -> Piece:
        return Piece(PieceKind.PROOF, parts[0])

    def proof_without_facts(self, parts: Parts) -> Piece:
        token = parts[0]
        return Piece(PieceKind.TERMINAL, token, terminal=ast.TerminalProof(token.value, location=token.location))

    def proof_by(self, parts: Parts) -> Piece:
        facts, definitions, is_only = _facts_and_definitions(parts)
        node = ast.TerminalProof("BY", facts, definitions, is_only, location=_over(parts))
        return Piece(PieceKind.TERMINAL, parts[0], terminal=node)

    def step_provable(self, parts: Parts) -> Piece:
        return Piece(PieceKind.STEP, parts[0], parts[1])

    def step_unprovable(self, parts: Parts) -> Piece:
        return Piece(PieceKind.STEP_WITHOUT_PROOF, parts[0], parts[1])

    def step_of_qed(self, parts: Parts) -> Piece:
        return Piece(PieceKind.QED, parts[0], Statement("QED", parts[1].location))

    # ------------------------------------------------------------------------------------------------ statements

    def say_assertion(self, parts: Parts) -> Statement:
        kind = "SUFFICES" if isinstance(parts[0], Token) else "ASSERT"
        return Statement(kind, parts[-1].location, (parts[-1],))

    def say_expressions(self, parts: Parts) -> Statement:
        """CASE, HAVE and WITNESS."""
        return Statement(parts[0].value, parts[-1].location, tuple(parts[1::2]))

    def say_bounds(self, parts: Parts) -> Statement:
        """PICK and TAKE."""
        bounds = (_unbounded(parts[1]),) if isinstance(parts[1], Names) else parts[1]
        expressions = tuple(parts[3:4])
        last = expressions or bounds
        return Statement(parts[0].value, last[-1].location, expressions, bounds)

    def say_use(self, parts: Parts) -> Statement:
        unit: ast.UseOrHide = parts[0]
        return Statement(unit.kind, unit.location, units=(unit,))

    def say_instance(self, parts: Parts) -> Statement:
        return Statement("INSTANCE", parts[0].location, units=tuple(parts))

    def say_definitions(self, parts: Parts) -> Statement:
        units = tuple(part for part in parts if isinstance(part, ast.Unit))
        return Statement("DEFINE", units[-1].location, units=units)

    # ------------------------------------------------------------------------------------------------ facts

    def use(self, parts: Parts) -> ast.UseOrHide:
        facts, definitions, is_only = _facts_and_definitions(parts)
        return ast.UseOrHide(parts[0].value, facts, definitions, is_only, location=_over(parts))

    def facts(self, parts: Parts) -> tuple[ast.Expr, ...]:
        return tuple(parts[::2])

    def module_fact(self, parts: Parts) -> ast.Name:
        return ast.Name(f"MODULE {parts[1].value}", location=span(parts))


# ------------------------------------------------------------------------------------------------ parts of rules


def _named(token: Token) -> ast.Parameter:
    return ast.Parameter(token.value, location=token.location)


def _from(first: Token | ast.Node, parameter: ast.Parameter, domain: ast.Expr | None) -> ast.Location:
    begin = first.location if isinstance(first, Token) else parameter.location
    return spanning(begin, parameter.location if domain is None else domain.location)


def _unbounded(names: Names) -> ast.Bound:
    return ast.Bound(names.values, None, location=names.location)


def _facts_and_definitions(parts: Parts) -> tuple[tuple[ast.Expr, ...], tuple[ast.Expr, ...], bool]:
    """What stands after BY, USE or HIDE: facts, definitions, and whether ONLY came first."""
    facts: tuple[ast.Expr, ...] = ()
    definitions: tuple[ast.Expr, ...] = ()
    after_defs = False
    for part in parts[1:]:
        if isinstance(part, Token):
            after_defs = after_defs or part.type == "DEFS"
        elif after_defs:
            definitions = part
        else:
            facts = part
    return facts, definitions, len(parts) > 1 and isinstance(parts[1], Token) and parts[1].type == "ONLY"


def _over(parts: Parts) -> ast.Location:
    last = parts[-1][-1] if isinstance(parts[-1], tuple) else parts[-1]
    return spanning(parts[0].location, last.location)
