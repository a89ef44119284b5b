"""The nesting of a structured proof: which step belongs to which level, and whether every level ends with QED.

The grammar reads a proof as a flat list of pieces and drops what they say; the levels are checked here. A level opens
with a step of a greater number (or ``<+>``, or after PROOF) and ends with its QED step and that step's own proof.

Source: *TLA+2: A Preliminary Guide*, section 7; the meaning of ``<*>`` and ``<+>`` as in SANY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.tokens import Token


class PieceKind(Enum):
    PROOF = "PROOF"
    TERMINAL = "a proof"
    STEP = "a step"
    STEP_WITHOUT_PROOF = "a step that takes no proof"
    QED = "QED"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a proof, and the token it begins with."""

    kind: PieceKind
    token: Token


_UNDETERMINED: Final = -1
_STEPS: Final = frozenset((PieceKind.STEP, PieceKind.STEP_WITHOUT_PROOF, PieceKind.QED))


@dataclass(slots=True)
class _Level:
    number: int
    ends_with_current_step: bool = False


def check_proof(pieces: Sequence[Piece]) -> None:
    """Raise :class:`ParseError` where the nesting is wrong; the pieces are those of one proof, in order."""
    levels: list[_Level] = []
    position = _begin_proof(pieces, 0, levels)
    while levels:
        if position == len(pieces):
            raise ParseError(
                "the proof ends before its last level has a QED step",
                location=pieces[-1].token.location,
                expected=("QED",),
            )
        piece = pieces[position]
        _check_step(piece, levels)
        position += 1
        if position < len(pieces) and _begins_proof(pieces[position], levels):
            if piece.kind is PieceKind.STEP_WITHOUT_PROOF:
                raise _misplaced(pieces[position], "this step takes no proof")
            position = _begin_proof(pieces, position, levels)
        else:
            _finish_step(levels)
    if position < len(pieces):
        raise _misplaced(pieces[position], "the proof has ended before this")


def _begin_proof(pieces: Sequence[Piece], position: int, levels: list[_Level]) -> int:
    """Enter the proof that begins at ``position``; a terminal proof is left at once, and with it the step it proves."""
    if pieces[position].kind is PieceKind.PROOF:
        position += 1
    if position < len(pieces) and pieces[position].kind is PieceKind.TERMINAL:
        _finish_step(levels)
        return position + 1
    levels.append(_Level(_UNDETERMINED))
    return position


def _finish_step(levels: list[_Level]) -> None:
    while levels and levels[-1].ends_with_current_step:
        levels.pop()


def _check_step(piece: Piece, levels: list[_Level]) -> None:
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
    level.ends_with_current_step = piece.kind is PieceKind.QED


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
