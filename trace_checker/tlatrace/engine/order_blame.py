"""Blame where events are ordered only in part: the smallest change of the logs under which some order of them passes.

The same relaxations of one event as in :mod:`tlatrace.engine.blame`, but each is judged by a search over all orders
(:class:`~tlatrace.engine.cuts.CutSearch`). The search starts at a cut some way before the furthest one, from the states
that one order led to. So what is found to pass does pass; where the trace is longer than that, other orders of the
events before it are not tried, and a change that is not found may exist.

Tried first are the events that could not be next at the furthest cuts, then those before them in each chain; where
something near by makes the logs pass, nothing further back is tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tlatrace.compile.api import Action
from tlatrace.engine.blame_words import claim
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.findings import Blame, Finding, Relaxation, Relaxing, Suspect
from tlatrace.engine.match import Matcher, Prepared, Status
from tlatrace.engine.observation import Call, Candidate, action_name
from tlatrace.engine.outcomes import short_text
from tlatrace.engine.relaxations import Field, Relaxed, fields_of, without_fields
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event, Positions
from tlatrace.traces.given_order import GivenOrder

BACK_EVENTS = 4
"""So many events of each chain before the furthest cuts are relaxed; a mistake that shows later is rarely the log's."""

ATTEMPTS_MAX = 500
"""So many searches; each costs as much as judging the last events did."""

STATES_MAX = 500
"""A relaxation that leads to more states than this leaves too much open to be an answer."""

CUTS_MAX = 2_000
"""One change is followed over so many cuts, or as many more as there are events: then another is tried."""

FINDINGS_MAX = 5

_ORDER = {kind: number for number, kind in enumerate(Relaxing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Where the events got stuck: the order of those that are relaxed and all after them, a matcher that stands before
    it, and the furthest cuts, counted from there. ``is_from_start``: nothing comes before that.
    """

    order: GivenOrder
    matcher: Matcher
    furthest: Sequence[Positions]
    is_from_start: bool


class _OutOfBudget(Exception):
    """No more may be tried; the message says why."""


@dataclass(frozen=True, slots=True)
class _Passing:
    """A change under which the logs pass; the smaller ``rank``, the better."""

    rank: tuple[int, int, int]
    relaxation: Relaxation


def blame_in_part(
    stuck: Stuck, actions: Sequence[Action], log_of: Callable[[Event], str], *, must_stop: Callable[[], str] | None
) -> Blame | None:
    """Who is to blame that no order of the events gets further; None where they are not rejected from there.

    ``actions`` are those of Next; ``log_of`` names the file of an event. ``must_stop`` gives a reason to end the
    search, or nothing.
    """
    return _Search(stuck, actions, log_of, must_stop).run()


class _Search:
    """What is tried, and what came of it."""

    def __init__(
        self,
        stuck: Stuck,
        actions: Sequence[Action],
        log_of: Callable[[Event], str],
        must_stop: Callable[[], str] | None,
    ) -> None:
        self._stuck = stuck
        self._order = stuck.order
        self._actions = actions
        self._log_of = log_of
        self._must_stop = must_stop
        self._matcher = stuck.matcher.fork(must_stop=must_stop, frontier_states_max=STATES_MAX)
        self._relaxed: Relaxed = {}
        self._untried: dict[str, None] = {}
        self._tried: Counter[str] = Counter()
        self._left = ATTEMPTS_MAX
        self._undecided = 0
        """Changes of which a limit left open whether the logs pass."""
        self._after = stuck.order.event_count - sum(stuck.furthest[0]) - 1
        """Events that are left behind the one that is stuck."""

    def run(self) -> Blame | None:
        cut = ""
        passing: list[_Passing] = []
        lines: list[int] = []
        try:
            if self._status(self._order) is not Status.REJECTED:
                return None
            for distance, events in enumerate(self._near()):
                for chain, index in events:
                    lines.append(self._order.event(chain, index).line)
                    passing += self._passing(distance, chain, index)
                if passing:
                    break
        except _OutOfBudget as stop:
            cut = str(stop)
        if self._undecided and not passing:
            cut = cut or f"{self._undecided} changes leave too many ways open to be judged"
        if not self._order.is_whole:
            cut = cut or f"the logs were looked at for {self._order.event_count:,} events only"
        findings = [self._finding(item.relaxation) for item in sorted(passing, key=lambda item: item.rank)]
        found = Blame(
            findings=tuple(findings[:FINDINGS_MAX]),
            findings_omitted=max(0, len(findings) - FINDINGS_MAX),
            tried=dict(self._tried),
            first_line=min(lines, default=0),
            last_line=max(lines, default=0),
            cut=cut,
            untried=tuple(self._untried),
        )
        return self._concluded(found, len(lines))

    def _near(self) -> Iterator[Sequence[tuple[int, int]]]:
        """The events to relax, nearest first: those that may be next at a furthest cut, then those before it."""
        seen: set[tuple[int, int]] = set()
        for distance in range(BACK_EVENTS + 1):
            found: list[tuple[int, int]] = []
            for at in self._stuck.furthest:
                chains = self._order.enabled(at) if distance == 0 else range(len(at))
                for chain in chains:
                    key = chain, at[chain] - distance
                    if key[1] >= 0 and self._order.peek(*key) is not None and key not in seen:
                        seen.add(key)
                        found.append(key)
            yield found

    # ------------------------------------------------------------------------------------------ what is tried

    def _passing(self, distance: int, chain: int, index: int) -> Iterator[_Passing]:
        """The changes of one event under which the logs pass."""
        order, event = self._order, self._order.event(chain, index)

        def found(kind: Relaxing, weight: int = 0, **more: str | int | None) -> _Passing:
            plain = Relaxation(kind=kind, line=event.line, log=self._log_of(event))
            return _Passing((distance, _ORDER[kind], weight), replace(plain, **more))  # type: ignore[arg-type]

        for field in self._fields(event):
            if self._passes(Relaxing.FIELD, order, event, self._ignoring(event, field)):
                logged = "" if field.value is None else short_text(field.value)
                yield found(Relaxing.FIELD, field.weight, what=field.name, logged=logged)
        copy = order.peek(chain, index - 1) if index else None
        copied = copy.line if copy is not None and copy.fields == event.fields else None
        # Without the event at which the last one of all is stuck, a trace is as good as before.
        is_trivial = distance == 0 and self._after == 0 and copied is None
        if self._passes(Relaxing.DROP, order.without({(chain, index)})) and not is_trivial:
            yield found(Relaxing.DROP, other_line=copied)
        if self._passes(Relaxing.DUPLICATE, order.inserted(chain, index, event)):
            yield found(Relaxing.DUPLICATE)
        after = order.peek(chain, index + 1)
        if after is not None and self._passes(Relaxing.SWAP, order.swapped(chain, index)):
            yield found(Relaxing.SWAP, other_line=after.line)
        names = self._hidden_steps(chain, index)
        if names:
            yield found(Relaxing.HIDDEN_STEP, what=" or ".join(names))

    def _hidden_steps(self, chain: int, index: int) -> list[str]:
        """The actions of which one step that no event reports helps, if it comes before this event."""
        try:
            before = self._matcher.prepare(self._order.event(chain, index))
        except TlatraceError:
            return []
        step = before.event._replace(fields={})
        order = self._order.inserted(chain, index, step)
        actions = self._listable()

        def passes(some: Sequence[Action]) -> bool:
            candidates = tuple(_any_step(action, before) for action in some)
            hidden = replace(before, event=step, candidates=candidates, observations=(), silent=())
            return self._passes(Relaxing.HIDDEN_STEP, order, step, lambda: hidden)

        if not actions or not passes(actions):
            return []
        return list(dict.fromkeys(action_name(action) for action in actions if passes([action])))

    def _listable(self) -> list[Action]:
        """The actions whose steps can be listed without an event that gives their arguments; others are remembered."""
        found = []
        for action in self._actions:
            try:
                next(action.successors(self._matcher.frontier[0], ()), None)
            except TlatraceError:
                self._untried.setdefault(action_name(action))
            else:
                found.append(action)
        return found

    def _fields(self, event: Event) -> list[Field]:
        try:
            return fields_of(self._matcher.prepare(event), self._matcher.frontier[0])
        except TlatraceError:
            return []  # the event cannot be read; leaving it out is tried

    def _ignoring(self, event: Event, field: Field) -> Callable[[], Prepared]:
        return lambda: without_fields(self._matcher.prepare(event), [field], self._relaxed)

    def _passes(
        self,
        kind: Relaxing,
        order: GivenOrder,
        changed: Event | None = None,
        instead: Callable[[], Prepared] | None = None,
    ) -> bool:
        """Whether some order passes, with ``instead`` in the place of what the mapping makes of the event ``changed``.

        Raises:
            _OutOfBudget: nothing more may be tried.
        """
        self._tried[kind.value] += 1
        return self._status(order, changed, instead) is Status.MATCHED

    def _status(
        self, order: GivenOrder, changed: Event | None = None, instead: Callable[[], Prepared] | None = None
    ) -> Status | None:
        if self._must_stop is not None and (reason := self._must_stop()):
            raise _OutOfBudget(reason)
        self._left -= 1
        if self._left < 0:
            raise _OutOfBudget(f"{ATTEMPTS_MAX} changes were tried")

        def prepare(event: Event) -> Prepared:
            return self._matcher.prepare(event) if instead is None or event is not changed else instead()

        try:
            status = CutSearch(self._matcher, order, prepare=prepare).run(CUTS_MAX + order.event_count)
            self._undecided += status is None or status is Status.UNDECIDED
            return status
        except TlatraceError:
            return None  # an event that cannot be read, or an expression that has no value in these states

    # ------------------------------------------------------------------------------------------ what was found

    def _finding(self, relaxation: Relaxation) -> Finding:
        what = claim(relaxation)
        what = what[:1].upper() + what[1:]
        passes = self._order.is_whole
        if not passes:
            suspect, rest = Suspect.UNKNOWN, "With that, the events that were looked at are explained in some order."
        elif relaxation.kind is Relaxing.DROP and relaxation.other_line is None:
            suspect, rest = (
                Suspect.UNKNOWN,
                "Without it, the other events are in some order a behavior of the specification: it was logged in "
                "error, or the implementation did something forbidden that left no mark.",
            )
        elif self._after > 0:
            suspect, rest = (
                Suspect.LOG,
                "With that, all events are in some order a behavior of the specification: most likely a mistake of "
                "the log.",
            )
        else:
            suspect, rest = (
                Suspect.UNKNOWN,
                "With that, all events are in some order a behavior of the specification; but no other event is left "
                "that could tell whether log or implementation is wrong.",
            )
        return Finding(
            relaxations=(relaxation,),
            passes=passes,
            events_explained=self._after + 1,
            until_line=relaxation.line,
            stopped="" if passes else "only so many events were looked at",
            suspect=suspect,
            conclusion=f"{what}. {rest}",
        )

    def _concluded(self, found: Blame, events: int) -> Blame:
        """The answer in a word and in a sentence or two."""
        if found.findings:
            best = found.findings[0]
            return replace(found, suspect=best.suspect, summary=best.conclusion)
        where = f"the {events} events nearest to where they get stuck" if events > 1 else "the event that is stuck"
        if found.cut:
            summary = f"Nothing that makes the logs pass was found at {where} before the search ended ({found.cut})."
            return replace(found, suspect=Suspect.UNKNOWN, summary=summary)
        summary = f"No field, missing, superfluous, doubled or misplaced event at {where} makes the logs pass"
        if found.untried:
            summary += f"; but a missing event of {' or '.join(found.untried)} could not be tried."
        elif not self._stuck.is_from_start:
            summary += (
                f" in any order of the last {self._order.event_count} events; other orders of those before them were "
                "not tried."
            )
        else:
            summary += (
                ", in any order: most likely the implementation took a step that the specification does not allow."
            )
            return replace(found, suspect=Suspect.IMPLEMENTATION, summary=summary)
        return replace(found, suspect=Suspect.UNKNOWN, summary=summary)


def _any_step(action: Action, before: Prepared) -> Candidate:
    """A step of ``action`` with any arguments."""
    place, name = before.rule.location, action_name(action)
    nothing = (None,) * len(action.parameters)
    return Candidate(name, (Call(name, name, (action,), nothing, place, argument_trees=nothing),), place)
