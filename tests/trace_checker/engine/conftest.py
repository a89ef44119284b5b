"""A small specification, and rules for it that are made in Python: the engine knows nothing of mappings.

Counters that go up and down, and ``flag``, a variable that may hold 1 or TRUE, which Python takes for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tlatrace.compile import CompiledSpec, Interpreter, compile_spec
from tlatrace.engine import (
    Call,
    Candidate,
    Explanation,
    Input,
    Matcher,
    Observation,
    Property,
    Rule,
    Silent,
    Status,
    Translation,
    When,
    explain,
)
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics import check_expression, load_spec
from tlatrace.semantics.reads import variables_read
from tlatrace.syntax import parse_expression
from tlatrace.traces import Event

COUNTERS_TLA = r"""
------------------------------ MODULE Counters ------------------------------
EXTENDS Integers
VARIABLES x, y, flag
vars == <<x, y, flag>>

Init == x = 0 /\ y = 0 /\ flag = 0

Up(n) == /\ n > 0
         /\ x + n <= 5
         /\ x' = x + n
         /\ UNCHANGED <<y, flag>>

Down == x > 0 /\ x' = x - 1 /\ UNCHANGED <<y, flag>>

Hide == y < 4 /\ y' = y + 1 /\ UNCHANGED <<x, flag>>

Fill == y' = 4 /\ UNCHANGED <<x, flag>>

Mark(v) == flag' = v /\ UNCHANGED <<x, y>>

Next == \/ \E n \in 1 .. 3 : Up(n)
        \/ \E n \in {5} : Up(n)
        \/ Down
        \/ Hide
        \/ Fill
        \/ \E b \in BOOLEAN : Mark(b)
        \/ Mark(1)

SmallInv == x <= 2
OneByOneProp == [x' - x \in {0, 1, -1}]_vars
=============================================================================
"""

NOWHERE = Location("rules", 1, 1, 1, 1)


@dataclass
class Counters:
    """Rules for the specification, kind by kind, and matchers that run them."""

    compiled: CompiledSpec
    rules: dict[str, Rule] = field(default_factory=dict)
    translation: Translation = field(default_factory=Translation)

    def tree(self, text: str, parameters: tuple[str, ...] = ("n",)) -> Any:
        return check_expression(parse_expression(text, "rules"), self.compiled.spec.scope, parameters)

    def expression(self, text: str, parameters: tuple[str, ...] = ("n",)) -> Any:
        return self.compiled.expression(self.tree(text, parameters), self.compiled.spec.scope, parameters)

    def variables(self, text: str) -> frozenset[str]:
        return variables_read(self.tree(text), self.compiled.spec.scope)

    def candidate(self, *calls: str) -> Candidate:
        """``Up(n)``, ``Up(ANY)``, ``Down``; several are a composition, none is stuttering."""
        return Candidate(" . ".join(calls) or "stutter", tuple(map(self._call, calls)), NOWHERE)

    def _call(self, text: str) -> Call:
        name, _, rest = text.removesuffix(")").partition("(")
        texts = [rest] if rest else []
        arguments = tuple(None if a == "ANY" else self.expression(a) for a in texts)
        trees = tuple(None if a == "ANY" else self.tree(a) for a in texts)
        all_actions = self.compiled.actions
        actions = all_actions if name == "Next" else tuple(a for a in all_actions if a.instance.name == name)
        return Call(name, text, actions, arguments, NOWHERE, trees)

    def observation(
        self, left: str, right: str = "", when: When = When.AFTER, optional: tuple[int, ...] = ()
    ) -> Observation:
        return Observation(
            text=left,
            left=self.expression(left),
            right_text=right,
            right=self.expression(right) if right else None,
            when=when,
            optional=optional,
            variables=self.variables(left),
            left_tree=self.tree(left),
            right_tree=self.tree(right) if right else None,
            location=NOWHERE,
        )

    def silent(self, call: str, at_most: int, *, is_limit: bool = False) -> Silent:
        return Silent(self.candidate(call), at_most, is_limit, None)

    def rule(
        self,
        kind: str,
        *candidates: Candidate,
        observations: Sequence[Observation] = (),
        silent: Sequence[Silent] = (),
        is_optional: bool = False,
    ) -> None:
        """A rule with one input, ``event.n``, which expressions call ``n``."""
        self.rules[kind] = Rule(
            kind=kind,
            inputs=(Input(("n",), is_optional, NOWHERE),),
            bindings=(),
            candidates=candidates,
            observations=tuple(observations),
            silent=tuple(silent),
            location=NOWHERE,
            parameters=("n",),
            scope=self.compiled.spec.scope,
        )

    def matcher(self, *properties: Property, **options: Any) -> Matcher:
        return Matcher(
            tuple(self.compiled.initial_states()),
            self.rules,
            self.kind_of,
            trace="trace",
            translation=self.translation,
            properties=properties,
            **options,
        )

    def kind_of(self, event: Event, trace: str) -> str:
        kind = event.fields["kind"]
        if kind not in self.rules:
            raise TlatraceError(f"unknown event {kind}")
        return str(kind)

    def property(self, name: str, *, is_step: bool = False) -> Property:
        indexes = {variable.name: variable.index for variable in self.compiled.spec.variables}
        variables = frozenset(indexes[each] for each in self.variables(name))
        return Property(name, self.expression(name, ()), is_step, variables=variables)

    def run(self, matcher: Matcher, *events: tuple[str, Any]) -> list[Status]:
        """The status of each event, up to the first that is not matched."""
        statuses: list[Status] = []
        for line, (kind, n) in enumerate(events, 1):
            statuses.append(matcher.advance(Event(line, {"kind": kind, "n": n})))
            if statuses[-1] is not Status.MATCHED:
                break
        return statuses

    def explain(self, matcher: Matcher, kind: str, n: Any) -> tuple[Explanation, ...]:
        rule = self.rules[kind]
        arguments = matcher.arguments_of(rule, Event(1, {"kind": kind, "n": n}))
        return explain(matcher, rule, arguments, Interpreter(self.compiled.spec))[0]


@pytest.fixture(scope="session")
def compiled_counters(tmp_path_factory: pytest.TempPathFactory) -> CompiledSpec:
    path: Path = tmp_path_factory.mktemp("counters") / "Counters.tla"
    path.write_text(COUNTERS_TLA, encoding="utf-8")
    return compile_spec(load_spec(path))


@pytest.fixture
def counters(compiled_counters: CompiledSpec) -> Counters:
    return Counters(compiled_counters)


@pytest.fixture
def statuses(counters: Counters) -> Callable[..., list[Status]]:
    """The statuses of events under a fresh matcher."""
    return lambda *events, **options: counters.run(counters.matcher(**options), *events)
