"""Structured proofs: from a flat list of pieces to the tree of steps, each with the proof that follows it.

The grammar does not see levels: a proof is to it a list of pieces. Here a level opens with a step of a greater number
(or ``<+>``, or after PROOF) and ends with its QED step and that step's own proof. The tree is grown with a stack of
open levels, so depth costs no recursion.

Source: *TLA+2: A Preliminary Guide*, section 7; the meaning of ``<*>`` and ``<+>`` as in SANY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, NamedTuple, TypeVar

from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.precedence import spanning
from tlatrace.syntax.rewrite import rewrite
from tlatrace.syntax.tokens import Token

N = TypeVar("N", bound=ast.Node)


class PieceKind(Enum):
    PROOF = "PROOF"
    TERMINAL = "a proof"
    STEP = "a step"
    STEP_WITHOUT_PROOF = "a step that takes no proof"
    QED = "QED"


class Statement(NamedTuple):
    """What a step says, under the names that :class:`ast.ProofStep` has for it."""

    kind: str
    location: Location
    expressions: tuple[ast.Expr, ...] = ()
    bounds: tuple[ast.Bound, ...] = ()
    units: tuple[ast.Unit, ...] = ()


class Piece(NamedTuple):
    """One piece of a proof, the token it begins with, and what it says: a step its statement, a proof without steps
    its node.
    """

    kind: PieceKind
    token: Token
    statement: Statement | None = None
    terminal: ast.TerminalProof | None = None


_UNDETERMINED: Final = -1
_STEPS: Final = frozenset((PieceKind.STEP, PieceKind.STEP_WITHOUT_PROOF, PieceKind.QED))


@dataclass(slots=True)
class _Level:
    """A level whose QED is still to come; ``pending`` is the step that may yet be given a proof."""

    number: int = _UNDETERMINED
    steps: list[ast.ProofStep] = field(default_factory=list)
    pending: Piece | None = None


def proof_of(pieces: Sequence[Piece]) -> ast.Proof:
    """The tree of one proof, whose pieces are given in order; :class:`ParseError` where the nesting is wrong."""
    levels: list[_Level] = []
    position, proof = _begin_proof(pieces, 0, levels)
    while levels:
        if position == len(pieces):
            raise ParseError(
                "the proof ends before its last level has a QED step",
                location=pieces[-1].token.location,
                expected=("QED",),
            )
        piece = pieces[position]
        _take_step(piece, levels)
        position += 1
        if position < len(pieces) and _begins_proof(pieces[position], levels):
            if piece.kind is PieceKind.STEP_WITHOUT_PROOF:
                raise _misplaced(pieces[position], "this step takes no proof")
            position, proof = _begin_proof(pieces, position, levels)
        else:
            proof = _finish_steps(None, levels)
    if position < len(pieces):
        raise _misplaced(pieces[position], "the proof has ended before this")
    assert proof is not None
    return proof


def with_numbered_references(node: N, level: int = _UNDETERMINED) -> N:
    """``node`` with each reference ``<*>name`` to a step of the level it stands in written with that level's number."""

    def change(part: ast.Node) -> ast.Node | None:
        if isinstance(part, ast.ProofStep) and part.level != level:
            return with_numbered_references(part, part.level)
        if isinstance(part, ast.Name | ast.PathStep) and part.name.startswith("<*>") and level >= 0:
            return replace(part, name=f"<{level}>{part.name[3:]}")
        return None

    return rewrite(node, change)


def _begin_proof(pieces: Sequence[Piece], position: int, levels: list[_Level]) -> tuple[int, ast.Proof | None]:
    """Enter the proof that begins at ``position``; a terminal proof is left at once, and with it the step it proves."""
    if pieces[position].kind is PieceKind.PROOF:
        position += 1
    if position < len(pieces) and pieces[position].kind is PieceKind.TERMINAL:
        return position + 1, _finish_steps(pieces[position].terminal, levels)
    levels.append(_Level())
    return position, None


def _finish_steps(proof: ast.Proof | None, levels: list[_Level]) -> ast.Proof | None:
    """Give the pending step its proof; where it was a QED its level ends, which is the proof of the step above."""
    while levels:
        level = levels[-1]
        piece = level.pending
        assert piece is not None
        level.pending = None
        level.steps.append(_step(piece, level.number, proof))
        if piece.kind is not PieceKind.QED:
            return None
        levels.pop()
        place = spanning(level.steps[0].location, level.steps[-1].location)
        proof = ast.StructuredProof(tuple(level.steps), location=place)
    return proof


def _step(piece: Piece, level: int, proof: ast.Proof | None) -> ast.ProofStep:
    statement = piece.statement
    assert statement is not None
    written = piece.token.value
    name = written[written.index(">") + 1 :].rstrip(".")
    return ast.ProofStep(
        statement.kind,
        level,
        f"<{level}>{name}" if name not in ("", "*", "-") else None,
        statement.expressions,
        statement.bounds,
        statement.units,
        proof,
        written,
        location=spanning(piece.token.location, statement.location if proof is None else proof.location),
    )


def _take_step(piece: Piece, levels: list[_Level]) -> None:
    if piece.kind not in _STEPS:
        raise _misplaced(piece, "a proof step must come here")
    level = levels[-1]
    outer = levels[-2].number if len(levels) > 1 else _UNDETERMINED
    written = _written_level(piece.token)
    if level.number == _UNDETERMINED:
        level.number = outer + 1 if written in ("*", "+") else int(written)
        is_right = level.number > outer
    else:
        is_right = written == "*" or (written != "+" and int(written) == level.number)
    if not is_right:
        raise _misplaced(piece, f"this step has another level than the proof it stands in (<{level.number}>)")
    level.pending = piece


def _begins_proof(piece: Piece, levels: list[_Level]) -> bool:
    if piece.kind in (PieceKind.PROOF, PieceKind.TERMINAL):
        return True
    written = _written_level(piece.token)
    if written == "*":
        return False
    return written == "+" or int(written) > levels[-1].number


def _written_level(token: Token) -> str:
    return token.value[1 : token.value.index(">")]


def _misplaced(piece: Piece, problem: str) -> ParseError:
    return ParseError(problem, location=piece.token.location, found=piece.token.value)
