"""Entries for exploration: a disjunct of Next that hands over what it changes, without the action's arguments.

Which arguments led to a state matters only to a counterexample, which asks again. So nothing is computed for them,
nor fails: TLC does not evaluate an argument that the action does not use.

What a successor depends on is read off the generated text: a variable that an action only carries over, as by
``UNCHANGED``, appears nowhere in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Action, Evaluator, State
from tlatrace.compile.code import unmarked
from tlatrace.compile.compiler import CompiledSpec
from tlatrace.compile.early_actions import early_action
from tlatrace.compile.lowering import NotCompiled, flat
from tlatrace.compile.matching import Matching
from tlatrace.compile.program import Program
from tlatrace.compile.steps import Steps
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import ActionInstance

Change: TypeAlias = tuple[Any, ...]
"""A number, and the values of the variables that :attr:`Generator.assigned` has under that number."""

Generate: TypeAlias = Callable[[State, Callable[[Change], object]], object]

_READ: Final = re.compile(r"(?<![\w.])s\[(\d+)\]")
# The state handed on as a whole: to a definition's function, or to something that is not known here.
_WHOLE: Final = re.compile(r"(?:\b(\w+)\()?(?<![\w.])s(?![\w\[])")


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A disjunct of Next.

    ``generate(state, out)`` calls ``out`` with a :data:`Change` for every successor, in TLC's multiplicity and, unless
    tests are made early, in its order.
    ``reads`` are the variables that the changes depend on; None where they may depend on more than variables.
    """

    generate: Generate
    assigned: Sequence[tuple[int, ...]]
    reads: tuple[int, ...] | None


def generators(evaluator: Evaluator, *, is_early: bool = False) -> list[Generator]:
    """A generator for each of ``evaluator.actions``, in its order. ``is_early``: tests are made as soon as they can be
    (:mod:`~tlatrace.compile.early_actions`), so that an action that TLC has no value for may have no successor instead.
    """
    variable_count = len(evaluator.spec.variables)
    if not isinstance(evaluator, CompiledSpec):
        return [_from_action(action, variable_count) for action in evaluator.actions]
    made: list[Generator] = []
    for action in evaluator.actions:
        try:
            made.append(_compiled(evaluator, action.instance, is_early=is_early))
        except NotCompiled:
            made.append(_from_action(action, variable_count))
    return made


def _compiled(evaluator: CompiledSpec, instance: ActionInstance, *, is_early: bool) -> Generator:
    assigned: list[tuple[int, ...]] = []
    texts: list[str] = []

    def entry(instance: ActionInstance, make: Callable[[Program], Steps] | None = None) -> Generate:
        def fill(lowering: Steps) -> None:
            lowering.explored(instance, assigned)
            texts.extend(unmarked(text) for _, text in flat(lowering.lines))

        return evaluator.program.add_entry(f"explore_{instance.name}", "s, out", fill, make)

    generate = entry(instance)
    is_pure = _is_pure(instance)
    # What prints or counts must do so once, so it is not tried in two ways.
    early = early_action(instance, evaluator.program.analysis) if is_early and is_pure else None
    if early is not None:
        try:
            generate = _first(entry(early, Following), generate, assigned)
        except NotCompiled:
            early = None
    reads = _reads(texts, evaluator.program) if is_pure else None
    return Generator(generate, assigned, reads)


class Following(Matching):
    """Lowers an action for exploration so that what is assigned already says which choices to try: where the trace gave
    ``x'`` before the action is asked, ``\\E k \\in S : x' = [x EXCEPT ![k] = …]`` is a look-up.
    """

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.enumeration = "in_order"


def _first(early: Generate, plain: Generate, assigned: Sequence[tuple[int, ...]]) -> Generate:
    """``early``; where that has no value, ``plain`` for what ``early`` did not make: both make the same successors
    equally often, but perhaps not in the same order.
    """

    def generate(state: State, out: Callable[[Change], object]) -> None:
        made: list[Change] = []
        is_outside = False

        def handed(change: Change) -> None:
            nonlocal is_outside
            made.append(change)
            is_outside = True
            out(change)
            is_outside = False

        try:
            early(state, handed)
            return
        except TlatraceError:
            if is_outside:  # It is the caller's own error.
                raise

        due = Counter(_identity(state, change, assigned) for change in made)

        def rest(change: Change) -> None:
            key = _identity(state, change, assigned)
            if due[key]:
                due[key] -= 1
            else:
                out(change)

        plain(state, rest)

    return generate


def _identity(state: State, change: Change, assigned: Sequence[tuple[int, ...]]) -> tuple[tuple[bool, Any], ...]:
    """What two changes of ``state`` share if they lead to the same state: Python's TRUE is 1."""
    after = list(state)
    for index, value in zip(assigned[change[0]], change[1:], strict=True):
        after[index] = value
    return tuple([(type(value) is bool, value) for value in after])


def _is_pure(instance: ActionInstance) -> bool:
    """Whether the same values of variables always make the same successors."""
    analysis = Analysis()
    bound = tuple(binder.name for binder in instance.binders)
    parts = [(part, instance.scope) for part in (*instance.guards, instance.body)]
    parts += [(binder.domain, binder.scope) for binder in instance.binders]
    return all(analysis.reads(part, scope, bound).is_pure for part, scope in parts)


def _reads(texts: Sequence[str], program: Program) -> tuple[int, ...] | None:
    found: set[int] = set()
    for text in texts:
        found.update(map(int, _READ.findall(text)))
        for match in _WHOLE.finditer(text):
            definition = program.definitions.get(match[1] or "")
            if definition is None:
                return None
            facts = program.analysis.definition(definition)
            found |= facts.now | facts.after
    return tuple(sorted(found))


def _from_action(action: Action, variable_count: int) -> Generator:
    """What the interpreter makes: whole states."""

    def generate(state: State, out: Callable[[Change], object]) -> None:
        for successor, _ in action.successors(state):
            out((0, *successor))

    return Generator(generate, [tuple(range(variable_count))], None)
