"""The events of a trace as records of a module: the rule of each, what its expressions are called with, and, where the
order is partial, how many events of each other chain come before it.

Reading events is ours (formats, conversions, which rule, which candidates a guard leaves): what is left for TLC are the
actions and the observations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tlaconform.checking.source import Source
from tlaconform.export.values import ValueTexts
from tlaconform.tlc_judge.literals import LiteralError
from tlatrace.engine.match import Matcher
from tlatrace.engine.observation import MISSING, Rule
from tlatrace.engine.search.prepared import Kind, Prepared
from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event, PartialOrder


@dataclass(slots=True)
class EventRule:
    """A rule as the events of one kind have it: without what is observed of fields that they lack. ``parameters`` are
    the numbers of those that its trees use, in the order in which an event's record has them.
    """

    number: int
    rule: Rule
    parameters: tuple[int, ...]


@dataclass(slots=True)
class Chain:
    """Events that follow one another, as records, with their lines."""

    name: str
    records: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class EventTexts:
    """Writes the events of one trace."""

    def __init__(self, matcher: Matcher, values: ValueTexts, source: Source) -> None:
        self._matcher = matcher
        self._values = values
        self._source = source
        self.rules: dict[Kind, EventRule] = {}

    def chains(self) -> list[Chain]:
        """All events, a chain each process or file; one chain where they are in one order.

        Raises:
            TlatraceError: an event cannot be read, or clocks contradict each other.
            LiteralError: an event has a value that TLC has not.
        """
        if self._source.is_in_order:
            chain = Chain(self._source.name)
            for event in self._source:
                self._add(chain, event, None)
            return [chain]
        order = self._source.partial_order()
        chains = [Chain(name) for name in order.names]
        for number, chain in enumerate(chains):
            while (held := order.peek(number, len(chain.events))) is not None:
                chain.events.append(held)
        ends = [len(chain.events) for chain in chains]
        _go_through(order)
        for number, chain in enumerate(chains):
            events, chain.events = chain.events, []
            for index, event in enumerate(events):
                self._add(chain, event, _needs(order, ends, number, index))
        return chains

    def _add(self, chain: Chain, event: Event, needs: Sequence[int] | None) -> None:
        prepared = self._matcher.prepare(event)
        rule = self._rule_for(prepared)
        place = Location(self._source.log_of(event) or self._source.name, event.line, 1, event.line, 1)
        try:
            chain.records.append(self._record(rule, prepared, needs))
        except LiteralError as error:
            raise LiteralError(error.message, location=place, hint=error.hint) from None
        chain.events.append(event)

    def _rule_for(self, prepared: Prepared) -> EventRule:
        kind = prepared.expected.kind
        known = self.rules.get(kind)
        if known is None:
            rule = prepared.expected.rule
            used = {node.name for tree in trees_of(rule) for node in walk(tree) if isinstance(node, ast.Name)}
            numbers = tuple(n for n, name in enumerate(rule.parameters) if name in used)
            known = self.rules[kind] = EventRule(len(self.rules) + 1, rule, numbers)
        return known

    def _record(self, known: EventRule, prepared: Prepared, needs: Sequence[int] | None) -> str:
        rule, arguments = known.rule, prepared.arguments
        values = [
            "FALSE" if arguments[n] is MISSING else self._values.text(arguments[n], rule.parameters[n])
            for n in known.parameters
        ]
        fields = [f"line |-> {prepared.event.line}", f"rule |-> {known.number}", f"given |-> <<{', '.join(values)}>>"]
        if has_guards(rule):
            there = [n for n, candidate in enumerate(rule.candidates, 1) if candidate in prepared.candidates]
            fields.append(f"candidates |-> {{{', '.join(map(str, there))}}}")
        if rule.silent:
            allowed = [n for n, item in enumerate(rule.silent, 1) if item in prepared.silent]
            fields.append(f"silent |-> {{{', '.join(map(str, allowed))}}}")
        if needs is not None:
            fields.append(f"after |-> <<{', '.join(map(str, needs))}>>")
        return f"[{', '.join(fields)}]"


def has_guards(rule: Rule) -> bool:
    """Whether some candidates of the rule are there for some events only."""
    return any(candidate.guard is not None for candidate in rule.candidates)


def trees_of(rule: Rule) -> Iterator[ast.Expr]:
    """Every expression of a rule that is evaluated in states."""
    for candidate in (*rule.candidates, *(item.candidate for item in rule.silent)):
        for call in candidate.calls:
            yield from (tree for tree in call.argument_trees if tree is not None)
    for observation in rule.observations:
        yield from (tree for tree in (observation.left_tree, observation.right_tree) if tree is not None)
    for item in rule.silent:
        if item.guard_tree is not None and item.guard_reads_state:
            yield item.guard_tree


def _go_through(order: PartialOrder) -> None:
    """Take all events in some order, as a check does.

    Raises:
        TraceError: clocks contradict each other, or count events that are not in the trace.
    """
    here = [0] * len(order.names)
    while enabled := order.enabled(tuple(here)):
        for chain in enabled:
            here[chain] += 1


def _needs(order: PartialOrder, ends: Sequence[int], chain: int, index: int) -> list[int]:
    """How many events of each other chain come before an event. Which may be next is monotone in how many were taken,
    so the least number is found by halving."""
    needs = [0] * len(ends)
    for other, end in enumerate(ends):
        if other == chain:
            continue
        low, high = 0, end
        while low < high:
            middle = (low + high) // 2
            at = tuple(
                index if number == chain else middle if number == other else count for number, count in enumerate(ends)
            )
            if order.waits_for(at, chain) is None:
                high = middle
            else:
                low = middle + 1
        needs[other] = low
    return needs
