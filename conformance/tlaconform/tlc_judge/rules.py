"""The rules of a mapping as actions of a generated module.

A step of the module is one step of the specification. Where an event may be a composition, its parts are steps of their
own, and the variable *stage* says which part of which composition comes next; TLC has no operator for compositions.
Steps that no event reports are counted in the variable *silent* until the next event is taken. A module has these two
variables only if its mapping needs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tlaconform.mapping.fields import Fields
from tlaconform.mapping.model import EventEntry, Pair, SilentEntry, TraceMapping, Written
from tlaconform.tlc_judge.actions import ActionOperators
from tlaconform.tlc_judge.judgement import TlcJudgeError
from tlaconform.tlc_judge.literals import spell
from tlaconform.tlc_judge.projection import definitions_for, fields_of, sections_of
from tlaconform.tlc_judge.wording import Wording, conjunction, disjunction, enclosed
from tlatrace.semantics import Definition, Scope, Spec, VariableSymbol
from tlatrace.semantics.reads import speaks_of_steps, variables_read
from tlatrace.syntax import ast

READY = '<<"", 0>>'
"""The stage between two events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """The names that the rules of one module share.

    ``stage`` and ``silent`` are None where the mapping needs no such variable, ``kept`` where there is no property.
    ``unchanged`` is the tuple of the specification's variables, ``taken`` ends an event, ``cut`` tells of a bound.
    """

    trace: str
    position: str
    stage: str | None
    silent: str | None
    unchanged: str
    kept: str | None
    taken: str
    cut: str


class RuleOperators:
    """Writes the operators for kinds of events and for silent actions."""

    def __init__(
        self, mapping: TraceMapping, spec: Spec, wording: Wording, actions: ActionOperators, machinery: Machinery
    ) -> None:
        self._mapping = mapping
        self._scope = spec.scope
        self._wording = wording
        self._actions = actions
        self._machinery = machinery

    def rule(self, entry: EventEntry) -> tuple[str, str]:
        """The name and the definition of the operator that takes an event of this kind.

        Raises:
            TlcJudgeError: a part of the rule cannot be said to stock TLC.
        """
        sections = sections_of(self._mapping, entry)
        first, last = self._observations(entry)
        singles: list[str] = []
        ways: list[list[str]] = []
        for number, written in enumerate(entry.candidates, 1):
            calls = [] if written is None else self._calls(written)
            if len(calls) > 1:
                self._refuse_both_states(entry)
                label = f"{entry.kind} {number}"
                ways += self._chain(label, calls, first, [*last, self._machinery.taken])
            else:
                singles.append(calls[0] if calls else f"UNCHANGED {self._machinery.unchanged}")
        if singles:
            step = singles[0] if len(singles) == 1 else "(" + " \\/ ".join(singles) + ")"
            ways.insert(0, [*self._ready(), *first, step, *self._kept(), *last, self._machinery.taken])
        pairs = (*sections.before, *sections.observe, *sections.observe_if_present)
        used = [side for pair in pairs for side in (pair.left, pair.right)] + list(sections.require)
        used += [written for written in entry.candidates if written is not None]
        return self._operator(
            f"Rule_{entry.kind}", used, ways, f"events: {spell(entry.kind)}, {_place(entry.location)}"
        )

    def silent(self, number: int, item: SilentEntry) -> tuple[str, str]:
        """The same for a silent action, the ``number``-th (from 1) of the mapping."""
        machinery = self._machinery
        guard = [] if item.when is None else [enclosed(item.when.tree, self._wording.of_mapping(item.when.tree))]
        calls = self._calls(item.action)
        count = f"{machinery.silent}[{number}]"
        counted = [f"{machinery.silent}' = [{machinery.silent} EXCEPT ![{number}] = @ + 1]"]
        counted.append(f"UNCHANGED <<{machinery.trace}, {machinery.position}>>")
        counted += [] if machinery.stage is None else [f"{machinery.stage}' = {READY}"]
        ways = self._chain(f"silent {number}", calls, [*guard, f"{count} < {item.at_most}"], counted)
        if item.is_limit:
            moved = f"{machinery.unchanged}' # {machinery.unchanged}"
            ways.append(
                [
                    *self._ready(),
                    *guard,
                    f"{count} = {item.at_most}",
                    calls[0],
                    *self._kept(),
                    moved,
                    machinery.cut,
                    "FALSE",
                ]
            )
        used = [item.action, *([item.when] if item.when is not None else [])]
        return self._operator(f"Silent_{number}", used, ways, f"silent, {_place(item.action.location)}")

    # ------------------------------------------------------------------------------------------------ steps

    def _chain(self, label: str, calls: Sequence[str], first: Sequence[str], last: Sequence[str]) -> list[list[str]]:
        """The steps of a composition, one way each; ``first`` is asked before it and ``last`` after it."""
        machinery = self._machinery
        kept = [name for name in (machinery.trace, machinery.position, machinery.silent) if name is not None]
        ways = []
        for done, call in enumerate(calls):
            before = [*self._ready(), *first] if done == 0 else [f'{machinery.stage} = <<"{_label(label)}", {done}>>']
            after = [f'{machinery.stage}\' = <<"{_label(label)}", {done + 1}>>', f"UNCHANGED <<{', '.join(kept)}>>"]
            ways.append([*before, call, *self._kept(), *(last if done == len(calls) - 1 else after)])
        return ways

    def _calls(self, written: Written) -> list[str]:
        return [self._actions.call(part) for part in parts(written.tree)]

    def _ready(self) -> list[str]:
        return [] if self._machinery.stage is None else [f"{self._machinery.stage} = {READY}"]

    def _kept(self) -> list[str]:
        return [] if self._machinery.kept is None else [self._machinery.kept]

    def _operator(self, name: str, used: list[Written], ways: list[list[str]], origin: str) -> tuple[str, str]:
        operator = self._wording.fresh(re.sub(r"[^A-Za-z0-9_]", "_", name))
        lets = [
            f"{name} == {self._wording.of_mapping(written.tree)}"
            for name, written in definitions_for(self._mapping, used).items()
        ]
        indent = 8 if lets else 4
        deeper = indent + (0 if len(ways) == 1 else 3)
        written_ways = [conjunction(way, deeper) for way in ways]
        body = written_ways[0] if len(ways) == 1 else disjunction(written_ways, indent)
        text = "    LET " + "\n        ".join(lets) + f"\n    IN  {body}" if lets else f"    {body}"
        return operator, f"\\* {origin}\n{operator}({self._wording.event}) ==\n{text}\n"

    # ------------------------------------------------------------------------------------------------ observations

    def _observations(self, entry: EventEntry) -> tuple[list[str], list[str]]:
        """What is asked before the step, and what with both states at hand."""
        sections = sections_of(self._mapping, entry)
        fields = fields_of(self._mapping, entry)
        first: list[str] = []
        last: list[str] = []
        for pair in sections.before:
            (last if self._speaks_of_steps(pair) else first).append(self._wording.of_mapping(_equation(pair)))
        for pair in sections.observe:
            last.append(self._after(_equation(pair)))
        for pair in sections.observe_if_present:
            present = self._presence(pair, fields)
            equation = self._after(_equation(pair))
            last.append(f"({present}) => ({equation})" if present else equation)
        last += [self._after(written.tree) for written in sections.require]
        return first, last

    def _after(self, tree: ast.Expr) -> str:
        """``tree``, read in the state after the step unless it has primes of its own."""
        if speaks_of_steps(tree, self._scope):
            return f"({self._wording.of_mapping(tree)})"
        return self._wording.of_mapping(ast.Apply("'", (tree,)))

    def _speaks_of_steps(self, pair: Pair) -> bool:
        return speaks_of_steps(_equation(pair), self._scope)

    def _presence(self, pair: Pair, fields: Fields) -> str:
        """The condition that the event has the fields that ``pair`` reads and that it may lack."""
        needed = [item.path for item in fields.inputs if not item.is_optional]
        conditions: dict[str, None] = {}
        for number in fields.optional((pair.left.tree, pair.right.tree)):
            path = fields.inputs[number].path
            for depth, key in enumerate(path):
                if not any(other[: depth + 1] == path[: depth + 1] for other in needed):
                    record = ".".join((self._wording.event, *path[:depth]))
                    conditions[f'"{key}" \\in DOMAIN {record}'] = None
        return " /\\ ".join(conditions)

    def _refuse_both_states(self, entry: EventEntry) -> None:
        """The parts of a composition are steps of TLC, none of which has both the first state and the last."""
        sections = sections_of(self._mapping, entry)
        pairs = (*sections.before, *sections.observe, *sections.observe_if_present)
        for tree in (*map(_equation, pairs), *(written.tree for written in sections.require)):
            if not (speaks_of_steps(tree, self._scope) and reads_state_before(tree, self._scope)):
                continue
            raise TlcJudgeError(
                f"`{self._wording.of_mapping(tree)}` cannot be said to stock TLC for the event {entry.kind}, which may "
                "be a composition: it compares the states before and after, and TLC sees one action at a time",
                location=tree.location,
                hint="speak of the state after with primes, or of the one before under `before:`",
            )


def needs_stage(mapping: TraceMapping) -> bool:
    """Whether any event or silent action is a composition."""
    events = [c for entry in mapping.events.values() for c in entry.candidates if c is not None]
    return any(len(parts(written.tree)) > 1 for written in (*events, *(item.action for item in mapping.silent)))


def parts(tree: ast.Expr) -> list[ast.Expr]:
    """``A \\cdot B \\cdot C`` as its actions, in order."""
    if isinstance(tree, ast.Apply) and tree.operator == "\\cdot":
        return [part for argument in tree.arguments for part in parts(argument)]
    return [tree]


def _equation(pair: Pair) -> ast.Expr:
    return ast.Apply("=", (pair.left.tree, pair.right.tree), location=pair.left.location)


def reads_state_before(tree: ast.Node, scope: Scope) -> bool:
    """Whether a variable is read without a prime in an expression that has primes."""
    match tree:
        case ast.Apply(operator="'"):
            return False
        case ast.Apply(operator="UNCHANGED") | ast.ActionBox():
            return True
        case ast.Name(name=name) | ast.Apply(operator=name):
            symbol = scope.get(name)
            if isinstance(symbol, VariableSymbol):
                return True
            if isinstance(symbol, Definition) and variables_read(symbol.body, symbol.scope):
                return True
    return any(reads_state_before(child, scope) for child in tree.children())


def _label(text: str) -> str:
    """A label that needs no escapes."""
    return re.sub(r"[^A-Za-z0-9_ ]", "_", text)


def _place(location: ast.Location) -> str:
    return f"line {location.line} of the mapping"
