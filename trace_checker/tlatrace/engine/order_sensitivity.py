"""How many small edits of an accepted trace would have been noticed, where its events are ordered only in part.

The edits are those of :mod:`tlatrace.engine.edits`, made within a chain; each is judged over all orders of the events
around it. What must come before what stays as it was: an edit that a clock alone would tell counts as not noticed. The
search starts at a cut from the states that one order led to. Where that is the beginning of the trace, an edit that is
noticed is one that no order explains; elsewhere another order of the events before may explain it, so the share is an
upper bound (``in_one_order``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.edits import Edit, EditKind, drawn
from tlatrace.engine.findings import Sensitivity
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.sampling import spread
from tlatrace.engine.sensitivity import Outcome, counted
from tlatrace.engine.trail import Stretch
from tlatrace.errors import TlatraceError
from tlatrace.traces import PartialOrder
from tlatrace.traces.given_order import GivenOrder, load

PIECE_EVENTS_MAX = 192
"""Events of a piece: some more than an edit is followed over."""

PIECES_MAX = 8
"""So many pieces of a trace, spread over it: each is held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Events in all the orders that are left, and a matcher that stands before them. ``is_from_start``: nothing comes
    before that.
    """

    order: GivenOrder
    matcher: Matcher
    is_from_start: bool


def sensitivity_in_part(
    pieces: Sequence[Piece], count: int, seed: int, *, must_stop: Callable[[], str] | None = None
) -> Sensitivity:
    """Make ``count`` edits drawn by ``seed``. ``must_stop`` gives a reason to end early, or nothing."""
    chains = [(piece, chain) for piece in pieces for chain in range(piece.order.log_count)]
    chains = [(piece, chain) for piece, chain in chains if piece.order.chains[chain]]
    edits, unread = drawn(_stretches(chains), count, seed)
    edits = [edit for edit in edits if not _is_trivial(edit, *chains[edit.stretch])]
    outcomes: list[Outcome] = []
    cut = ""
    for edit in edits:
        if must_stop is not None and (cut := must_stop()):
            cut = f"{cut}; {len(outcomes)} of {len(edits)} edits were tried"
            break
        outcomes.append((edit, _outcome(edit, *chains[edit.stretch], must_stop)))
    is_exact = all(piece.is_from_start for piece in pieces)
    return counted(outcomes, seed, unread, cut, window=PIECE_EVENTS_MAX, in_one_order=not is_exact)


def pieces_of(
    order: PartialOrder, places: Sequence[str], chains: Sequence[int], stretches: Sequence[Stretch]
) -> list[Piece]:
    """Parts of ``order``, which nobody has read yet, spread over it; the whole, as one piece, where it is short.
    ``chains`` tells the order that ``stretches`` are of, ``places`` are the names of the logs.

    Raises:
        TraceError: a line cannot be read.
    """
    found: list[Piece] = []
    at = [0] * order.log_count
    position = 0
    for stretch in spread(stretches, PIECES_MAX) if len(chains) > PIECE_EVENTS_MAX else stretches[:1]:
        for chain in chains[position : stretch.start]:
            order.peek(chain, at[chain])
            at[chain] += 1
            order.forget(tuple(at))
        position = stretch.start
        # What comes next in this order is explained from there; what comes next in another need not be.
        first = chains[position : position + PIECE_EVENTS_MAX]
        given = load(order, tuple(at), places, len(first), first)
        found.append(Piece(order=given, matcher=stretch.matcher, is_from_start=position == 0))
    return found


def _stretches(chains: Sequence[tuple[Piece, int]]) -> list[Stretch]:
    """Each chain of each piece as a stretch: one that another follows at once where nothing was left out after it."""
    found: list[Stretch] = []
    start = 0
    for piece, chain in chains:
        events = [placed.event for placed in piece.order.chains[chain]]
        found.append(Stretch(start, piece.matcher, events))
        start += len(events) + (not piece.order.is_whole)
    return found


def _is_trivial(edit: Edit, piece: Piece, chain: int) -> bool:
    """Without its last event, a log is as good as before."""
    return edit.kind is EditKind.DROPPED and edit.number == len(piece.order.chains[chain]) - 1


def _outcome(edit: Edit, piece: Piece, chain: int, must_stop: Callable[[], str] | None) -> Status | None:
    """What becomes of the piece with the edit; None where it cannot be judged any more."""
    order = piece.order
    match edit.kind:
        case EditKind.WRONG_VALUE:
            assert edit.event is not None
            order = order.replaced(chain, edit.number, edit.event)
        case EditKind.DROPPED:
            order = order.without({(chain, edit.number)})
        case EditKind.SWAPPED:
            order = order.swapped(chain, edit.number)
    try:
        return CutSearch(piece.matcher.fork(must_stop=must_stop), order).run()
    except TlatraceError:
        return None
