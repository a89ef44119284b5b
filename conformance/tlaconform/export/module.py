"""The text of an exported module: one step of it is one step of the specification.

``at`` counts the events that were taken, plus one, of each chain. Where an event may be a composition, its parts are
steps of their own, and ``stage`` says which part of which candidate comes next. Silent steps are counted in ``silent``
until the event that they come before is taken; ``chosen`` is the chain of that event, where there are several. A module
has these variables only if its trace needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tlaconform.export.events import Chain, EventRule, has_guards
from tlaconform.tlc_judge.actions import ActionOperators
from tlaconform.tlc_judge.judgement import TlcJudgeError
from tlaconform.tlc_judge.literals import ascii_text, sequence_definitions
from tlaconform.tlc_judge.rules import reads_state_before
from tlaconform.tlc_judge.wording import Wording, conjunction, disjunction, enclosed
from tlatrace.engine.observation import Call, Observation, Rule, Silent, When
from tlatrace.semantics import Definition, NamedFormula, Scope, Spec
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite

READY = "<<0, 0>>"
"""The stage between two events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a module calls its own things; ``stage``, ``silent``, ``chosen``, ``kept`` are empty where it has none."""

    trace: str
    at: str
    stage: str
    silent: str
    chosen: str
    kept: str
    taken: str
    cut: str
    chain: str
    event: str
    other: str
    steps: str
    length: str
    accepted: str
    not_accepted: str

    @property
    def variables(self) -> list[str]:
        return [name for name in (self.at, self.stage, self.silent, self.chosen) if name]


class ModuleText:
    """Writes one module."""

    def __init__(
        self, spec: Spec, wording: Wording, chains: Sequence[Chain], rules: Sequence[EventRule], initial: str
    ) -> None:
        self._spec = spec
        self._wording = wording
        self._chains = chains
        self._rules = rules
        self._initial = initial
        self._unchanged = f"<<{', '.join(variable.name for variable in spec.variables)}>>"
        self._actions = ActionOperators(spec, wording)
        self._formals: dict[str, str] = {}
        self._invariants = [formula_text(spec, wording, invariant) for invariant in spec.invariants]
        self._step_properties = [
            wording.of_spec(box, formula.scope, f"the property {formula.name}")
            for formula in spec.properties
            if (box := _step_formula(formula.body)) is not None
        ]
        silent = max((len(known.rule.silent) for known in rules), default=0)
        self._silent_count = silent
        is_staged = any(
            len(candidate.calls) > 1
            for known in rules
            for candidate in (*known.rule.candidates, *(item.candidate for item in known.rule.silent))
        )
        fresh = wording.fresh
        self.names = Names(
            trace=fresh("Trace"),
            at=fresh("at"),
            stage=fresh("stage") if is_staged else "",
            silent=fresh("silent") if silent else "",
            chosen=fresh("chosen") if len(chains) > 1 and (silent or is_staged) else "",
            kept=fresh("Kept") if self._invariants or self._step_properties else "",
            taken=fresh("Taken"),
            cut=fresh("Cut") if any(item.is_limit for known in rules for item in known.rule.silent) else "",
            chain=fresh("chain"),
            event=fresh("event"),
            other=fresh("other"),
            steps=fresh("EventsTaken"),
            length=fresh("Events"),
            accepted=fresh("TraceAccepted"),
            not_accepted=fresh("TraceNotAccepted"),
        )
        self.init, self.next = fresh("TraceInit"), fresh("TraceNext")

    def sections(self) -> Iterator[str]:
        """The parts of the module below its constants."""
        operators = [self._rule(known) for known in self._rules]
        yield from self._data()
        yield self._bookkeeping()
        yield self._actions.definitions
        for _, definition in operators:
            yield definition
        yield self._behavior([name for name, _ in operators])

    # ------------------------------------------------------------------------------------------------- data

    def _data(self) -> Iterator[str]:
        names = [self._wording.fresh_family(f"Chain{number}") for number in range(1, len(self._chains) + 1)]
        for name, chain in zip(names, self._chains, strict=True):
            yield f"\\* {ascii_text(chain.name)}\n{sequence_definitions(name, chain.records)}"
        yield f"{self.names.trace} == <<{', '.join(names)}>>\n"

    def _bookkeeping(self) -> str:
        n = self.names
        ends = " + ".join(f"Len({n.trace}[{number}])" for number in range(1, len(self._chains) + 1))
        done = " + ".join(f"{n.at}[{number}]" for number in range(1, len(self._chains) + 1))
        told = f"TLCSet(1, {n.steps}') /\\ PrintT(<<\"taken\", 1, {n.steps}'>>)"
        taken = [
            f"{n.at}' = [{n.at} EXCEPT ![{n.chain}] = @ + 1]",
            *self._reset(),
            f"IF {n.steps}' > TLCGet(1) THEN {told} ELSE TRUE",
        ]
        parts = [
            f"VARIABLES {', '.join(n.variables)}\n",
            f"{n.length} == {ends}",
            f"{n.steps} == {done} - {len(self._chains)}\n",
            "ASSUME TLCSet(1, 0) /\\ TLCSet(2, 0)\n",
            f"{n.taken}({n.chain}) ==\n    {conjunction(taken, 4)}\n",
        ]
        if n.cut:
            parts.append(f'{n.cut} == TLCGet(2) = 0 => TLCSet(2, 1) /\\ PrintT(<<"cut", 1, {n.steps}>>)\n')
        if n.kept:
            kept = [*(f"({text})'" for text in self._invariants), *(f"({text})" for text in self._step_properties)]
            parts.append(f"{n.kept} ==\n    {conjunction(kept, 4)}\n")
        return "\n".join(parts)

    def _reset(self) -> list[str]:
        n = self.names
        return [
            *([f"{n.stage}' = {READY}"] if n.stage else []),
            *([f"{n.silent}' = {self._no_silent()}"] if n.silent else []),
            *([f"{n.chosen}' = 0"] if n.chosen else []),
        ]

    def _no_silent(self) -> str:
        return f"<<{', '.join('0' for _ in range(self._silent_count))}>>"

    # ------------------------------------------------------------------------------------------------- rules

    def _rule(self, known: EventRule) -> tuple[str, str]:
        """The operator that takes an event by one rule, and one for each of its silent actions, in one."""
        n, rule = self.names, known.rule
        renamed = {rule.parameters[number]: self._formal(rule.parameters[number]) for number in known.parameters}
        first, last = self._observations(rule, renamed)
        ways: list[list[str]] = []
        for number, candidate in enumerate(rule.candidates, 1):
            guard = [f"{number} \\in {n.event}.candidates"] if has_guards(rule) else []
            calls = [self._call(call, rule.scope, renamed) for call in candidate.calls]
            if len(calls) > 1:
                self._refuse_both_states(rule)
            ways += self._chain_of(
                number, calls or [f"UNCHANGED {self._unchanged}"], [*guard, *first], [*last, f"{n.taken}({n.chain})"]
            )
        for number, item in enumerate(rule.silent, 1):
            ways += self._silent_ways(number, item, rule, renamed)
        name = self._wording.fresh(f"Take_rule_{known.number}")
        formals = ", ".join((n.chain, n.event, *renamed.values()))
        body = disjunction([conjunction(way, 7) for way in ways], 4)
        about = f"\\* {ascii_text(rule.kind)}, line {rule.location.line} of the mapping"
        return name, f"{about}\n{name}({formals}) ==\n    {body}\n"

    def _formal(self, parameter: str) -> str:
        """What a parameter of rules is called in the module."""
        if parameter not in self._formals:
            plain = "".join(c if c.isalnum() and c.isascii() else "_" for c in parameter)
            self._formals[parameter] = self._wording.fresh(f"given_{plain}")
        return self._formals[parameter]

    def _chain_of(
        self, number: int, calls: Sequence[str], first: Sequence[str], last: Sequence[str]
    ) -> list[list[str]]:
        """The steps of a candidate, one way each; ``first`` is asked before it and ``last`` after it. ``number`` is
        negative for a silent action."""
        n = self.names
        ways = []
        for done, call in enumerate(calls):
            before = [*self._ready(), *first] if done == 0 else [f"{n.stage} = <<{number}, {done}>>"]
            after = [f"{n.stage}' = <<{number}, {done + 1}>>", *self._committed(), f"UNCHANGED {self._kept_at()}"]
            kept = [n.kept] if n.kept else []
            ways.append([*before, call, *kept, *(last if done == len(calls) - 1 else after)])
        return ways

    def _kept_at(self) -> str:
        n = self.names
        return f"<<{', '.join(name for name in (n.at, n.silent) if name)}>>"

    def _ready(self) -> list[str]:
        return [f"{self.names.stage} = {READY}"] if self.names.stage else []

    def _committed(self) -> list[str]:
        return [f"{self.names.chosen}' = {self.names.chain}"] if self.names.chosen else []

    def _silent_ways(self, number: int, item: Silent, rule: Rule, renamed: dict[str, str]) -> list[list[str]]:
        n = self.names
        count = f"{n.silent}[{number}]"
        guard = [f"{number} \\in {n.event}.silent"]
        if item.guard_reads_state and item.guard_tree is not None:
            guard.append(self._enclosed(item.guard_tree, rule.scope, renamed))
        calls = [self._call(call, rule.scope, renamed) for call in item.candidate.calls]
        counted = [
            f"{n.silent}' = [{n.silent} EXCEPT ![{number}] = @ + 1]",
            *([f"{n.stage}' = {READY}"] if n.stage else []),
            *self._committed(),
            f"UNCHANGED {n.at}",
        ]
        ways = self._chain_of(-number, calls, [*guard, f"{count} < {item.at_most}"], counted)
        if item.is_limit:
            moved = f"{self._unchanged}' # {self._unchanged}"
            kept = [n.kept] if n.kept else []
            ways.append([*self._ready(), *guard, f"{count} = {item.at_most}", calls[0], *kept, moved, n.cut, "FALSE"])
        return ways

    def _call(self, call: Call, scope: Scope, renamed: dict[str, str]) -> str:
        is_given = tuple(argument is not None for argument in call.argument_trees)
        operator = self._actions.operator(call.name, [action.instance for action in call.actions], is_given)
        arguments = [self._text(tree, scope, renamed) for tree in call.argument_trees if tree is not None]
        return f"{operator}({', '.join(arguments)})" if arguments else operator

    # ------------------------------------------------------------------------------------------ observations

    def _observations(self, rule: Rule, renamed: dict[str, str]) -> tuple[list[str], list[str]]:
        """What is asked before the step, and what with both states at hand."""
        first: list[str] = []
        last: list[str] = []
        for observation in rule.observations:
            text = self._text(_formula_of(observation), rule.scope, renamed)
            if observation.when is When.BEFORE:
                first.append(text)
            else:
                last.append(f"({text})" if observation.when is When.STEP else f"({text})'")
        return first, last

    def _refuse_both_states(self, rule: Rule) -> None:
        for observation in rule.observations:
            tree = _formula_of(observation)
            if observation.when is When.STEP and reads_state_before(tree, rule.scope):
                raise TlcJudgeError(
                    f"`{observation.text}` cannot be said to stock TLC for the event {rule.kind}, which may be a "
                    "composition: it compares the states before and after, and TLC sees one action at a time",
                    location=observation.location,
                    hint="speak of the state after with primes, or of the one before under `before:`",
                )

    def _enclosed(self, tree: ast.Expr, scope: Scope, renamed: dict[str, str]) -> str:
        return enclosed(tree, self._text(tree, scope, renamed))

    def _text(self, tree: ast.Expr, scope: Scope, renamed: dict[str, str]) -> str:
        """An expression of a rule, its parameters by their names in the module."""

        def change(node: ast.Node) -> ast.Node | None:
            match node:
                case ast.Name() if node.name in renamed:
                    return ast.Name(renamed[node.name], location=node.location)
                case ast.String() if ascii_text(node.value) != node.value:
                    return ast.String(ascii_text(node.value), location=node.location)
                case _:
                    return None

        return self._wording.of_spec(rewrite(tree, change), scope, "an expression of the mapping")

    # ---------------------------------------------------------------------------------------------- behavior

    def _behavior(self, operators: Sequence[str]) -> str:
        n = self.names
        count = len(self._chains)
        init = [
            self._initial,
            *self._invariants,
            f"{n.at} = <<{', '.join('1' for _ in self._chains)}>>",
            *([f"{n.stage} = {READY}"] if n.stage else []),
            *([f"{n.silent} = {self._no_silent()}"] if n.silent else []),
            *([f"{n.chosen} = 0"] if n.chosen else []),
        ]
        arms = []
        for known, name in zip(self._rules, operators, strict=True):
            given = [f"{n.event}.given[{place}]" for place in range(1, len(known.parameters) + 1)]
            arms.append(f"{n.event}.rule = {known.number} -> {name}({', '.join((n.chain, n.event, *given))})")
        free = [f"{n.chosen} \\in {{0, {n.chain}}}"] if n.chosen else []
        if count > 1:
            event = f"{n.trace}[{n.chain}][{n.at}[{n.chain}]]"
            free.append(f"\\A {n.other} \\in 1 .. {count} : {n.at}[{n.other}] > {event}.after[{n.other}]")
        lines = [f"{n.at}[{n.chain}] <= Len({n.trace}[{n.chain}])", *free]
        choice = f"CASE {f'{chr(10)}              [] '.join(arms)}"
        nexts = "\n    ".join(f"  /\\ {line}" for line in lines)
        return (
            f"{self.init} ==\n    {conjunction(init, 4)}\n\n"
            f"{self.next} == \\E {n.chain} \\in 1 .. {count} :\n    {nexts}\n"
            f"      /\\ \\E {n.event} \\in {{{n.trace}[{n.chain}][{n.at}[{n.chain}]]}} :\n"
            f"           {choice}\n\n"
            f"{n.accepted} == TLCGet(1) = {n.length}\n\n"
            f"{n.not_accepted} == {n.steps} < {n.length}\n"
        )


def formula_text(spec: Spec, wording: Wording, formula: NamedFormula) -> str:
    """A formula of the specification: by its name where it has one that can be used."""
    symbol = spec.scope.get(formula.name)
    if isinstance(symbol, Definition) and symbol.body is formula.body and not symbol.is_local:
        return formula.name
    return f"({wording.of_spec(formula.body, formula.scope, formula.name)})"


def _formula_of(observation: Observation) -> ast.Expr:
    assert observation.left_tree is not None, "the rules of a mapping have trees"
    if observation.right_tree is None:
        return observation.left_tree
    return ast.Apply("=", (observation.left_tree, observation.right_tree), location=observation.location)


def _step_formula(body: ast.Expr) -> ast.Expr | None:
    if isinstance(body, ast.Apply) and body.operator == "[]" and isinstance(body.arguments[0], ast.ActionBox):
        return body.arguments[0]
    return None
