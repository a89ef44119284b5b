"""One event, or one silent action, from one node: every way to take it, with what it violates.

Nothing here merges or forgets, but for the states within a composition. Violated properties do not prune: they become
the marks of the node that a step leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from tlatrace.compile.api import Action, State
from tlatrace.engine.observation import Call, Candidate, Observation, Silent, When, action_name
from tlatrace.engine.search.judging import Checker, agrees
from tlatrace.engine.search.nodes import Frontier, Node
from tlatrace.engine.search.prepared import Prepared, is_allowed_in
from tlatrace.engine.states import key_of


class LimitReached(Exception):
    """The search of one event ended at a limit; the message says at which."""


class TooWide(LimitReached):
    """There are more states than allowed."""


class Stepper:
    """Takes steps. ``checker`` is None where there are no properties."""

    def __init__(self, checker: Checker | None, must_stop: Callable[[], str] | None, states_max: int) -> None:
        self.checker = checker
        self.must_stop = must_stop
        self.states_max = states_max
        self._names: dict[Action, tuple[str, ...]] = {}

    def explained(
        self, prepared: Prepared, starts: Sequence[Node], key: Callable[[State], Hashable] = key_of
    ) -> Frontier:
        """The nodes after the event; ``key`` tells states apart.

        Raises:
            LimitReached: there are too many.
        """
        reached = Frontier(key=key)
        states_max = self.states_max
        for start in starts:
            for node in self.explanations(prepared, start):
                reached.add(node)
                if len(reached) > states_max:
                    raise self._overflow("explain the trace up to here")
        return reached

    def explanations(self, prepared: Prepared, start: Node) -> Iterator[Node]:
        """The nodes after the event that one node leads to, by its candidates in their order; a state may come more
        than once.
        """
        if self.must_stop is not None and (reason := self.must_stop()):
            raise LimitReached(reason)
        arguments, observations, event = prepared.arguments, prepared.observations, prepared.event
        # Where somebody has changed what is observed, nothing was compiled for that.
        expected = observations if observations is prepared.expected.observations else ()
        before_holds: bool | None = None
        for candidate in prepared.candidates:
            for node, successor, action, values in self._last_steps(candidate, arguments, start, expected):
                # What was observed before the step is asked for when there is a step, and once.
                if before_holds is None:
                    before_holds = all(
                        agrees(o, start.state, start.state, arguments) for o in observations if o.when is When.BEFORE
                    )
                if not before_holds:
                    return
                if self._agree(observations, start.state, successor, arguments):
                    yield self._stepped(node, successor, action, values, event.line, event.log)

    def silent_steps(self, silent: Silent, arguments: list[Any], start: Node) -> Iterator[Node]:
        """The nodes after a silent action, none where its guard does not hold of the state."""
        if silent.guard_reads_state and not is_allowed_in(silent, start.state, arguments):
            return iter(())
        return self.outcomes(silent.candidate, arguments, start)

    def outcomes(self, candidate: Candidate, arguments: list[Any], start: Node) -> Iterator[Node]:
        """The nodes after a candidate, whatever was observed: what a silent action leads to."""
        if self.must_stop is not None and (reason := self.must_stop()):
            raise LimitReached(reason)
        for node, successor, action, values in self._last_steps(candidate, arguments, start):
            yield self._stepped(node, successor, action, values, None, 0)

    def steps(
        self, call: Call, arguments: list[Any], state: State, observations: Sequence[Observation] = ()
    ) -> Iterator[tuple[State, Action, Sequence[Any]]]:
        """Every successor by ``call`` that can agree with the ``observations`` of the state after it, with the action
        that leads to it and the values of its parameters.
        """
        for given in call.given(state, arguments):
            if call.specialised is not None:
                yield from call.specialised.steps(call, observations, state, given, arguments)
                continue
            for action in call.actions:
                for successor, values in action.successors(state, given):
                    yield successor, action, values

    def violated(self, state: State, successor: State) -> int:
        """The properties that a step violates, or the state that it leads to."""
        checker = self.checker
        if checker is None:
            return 0
        mask = checker.of_step(state, successor)
        return mask if successor is state else mask | checker.of_state(successor)

    def _last_steps(
        self, candidate: Candidate, arguments: list[Any], start: Node, observations: Sequence[Observation] = ()
    ) -> Iterator[tuple[Node, State, Action | None, Sequence[Any]]]:
        """The last step of each way to take ``candidate`` that can agree with the ``observations``: the node before it,
        and what it leads to.
        """
        calls = candidate.calls
        if not calls:
            yield start, start.state, None, ()
            return
        befores = (start,) if len(calls) == 1 else self._before_last(candidate, arguments, start)
        for node in befores:
            for successor, action, values in self.steps(calls[-1], arguments, node.state, observations):
                yield node, successor, action, values

    def _before_last(self, candidate: Candidate, arguments: list[Any], start: Node) -> Sequence[Node]:
        """The nodes after all calls of a composition but the last."""
        befores: Sequence[Node] = (start,)
        for call in candidate.calls[:-1]:
            middles = Frontier()
            for node in befores:
                for successor, action, values in self.steps(call, arguments, node.state):
                    middles.add(self._stepped(node, successor, action, values, None, 0))
                    if len(middles) > self.states_max:
                        raise self._overflow(f"lie within {candidate.text}")
            befores = middles.nodes()
        return befores

    @staticmethod
    def _agree(observations: Sequence[Observation], state: State, successor: State, arguments: list[Any]) -> bool:
        for observation in observations:
            if observation.when is not When.BEFORE and not agrees(observation, state, successor, arguments):
                return False
        return True

    def _stepped(
        self, node: Node, successor: State, action: Action | None, values: Sequence[Any], line: int | None, log: int
    ) -> Node:
        marks = node.marks
        if self.checker is not None and (mask := self.violated(node.state, successor)):
            marks = marks.stepped(mask)
        actions = node.actions
        if action is not None:
            name = self._names.get(action)
            if name is None:
                name = self._names[action] = (action_name(action),)
            if not actions:
                actions = name
            elif name[0] not in actions:
                actions = actions + name
        trail = node.trail
        if trail is not None:
            trail = trail.then(actions_text(action), values, node.state, successor, line, log)
        return Node(successor, marks, actions, trail, node.taken)

    def _overflow(self, what: str) -> TooWide:
        return TooWide(f"more than {self.states_max} states {what} (--max-frontier); the mapping leaves too much open")


def actions_text(action: Action | None) -> str:
    """What a step of a witness is called: as the definition, empty for an event without a step."""
    return "" if action is None else action_name(action)
