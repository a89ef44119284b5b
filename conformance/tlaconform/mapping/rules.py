"""One entry of ``events`` as a rule of the engine."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from functools import partial

from tlaconform.errors import Collected, MappingError
from tlaconform.mapping.actions_text import flattened
from tlaconform.mapping.expressions import Context, Together
from tlaconform.mapping.model import ANY, NEXT, EventEntry, Pair, Sections, SilentEntry, TraceMapping, Written
from tlatrace.compile.api import Action
from tlatrace.engine.observation import Call, Candidate, Choices, Observation, Rule, Silent, When, action_name
from tlatrace.location import Location
from tlatrace.syntax import ast


class RuleCompiler:
    """Compiles one entry of ``events``."""

    def __init__(self, mapping: TraceMapping, entry: EventEntry, context: Context) -> None:
        self._mapping = mapping
        self._entry = entry
        self._context = context
        self._sections = mapping.sections.joined(entry.sections) if entry.inherit else entry.sections
        self._together = Together(context, self._required(), self._optional())

    def compile(self) -> Rule:
        """The rule.

        Raises:
            TlatraceError: something is wrong with the entry; MappingErrors for several things.
        """
        entry, together = self._entry, self._together
        collected = Collected()
        candidates: list[Candidate] = []
        for written, guard in zip(entry.candidates, entry.guards, strict=True):
            with collected.part():
                candidates.append(self._candidate(written, guard))
        observations: list[Observation] = []
        for observation in self._observations(self._sections):
            with collected.part():
                observations.append(observation())
        silent: list[Silent] = []
        for item in self._mapping.silent:
            with collected.part():
                silent.append(self._silent(item))
        collected.stop_on_errors()
        return Rule(
            kind=entry.kind,
            inputs=together.inputs,
            bindings=together.bindings(),
            candidates=tuple(candidates),
            observations=tuple(observations),
            silent=tuple(silent),
            location=entry.location,
            parameters=together.parameters,
            scope=self._context.evaluator.spec.scope,
        )

    def _required(self) -> list[Written]:
        """Every expression of the rule that must be read whatever the event has."""
        sections = self._sections
        pairs = (*sections.before, *sections.observe)
        return [
            *(written for written in self._entry.candidates if written is not None),
            *(guard for guard in self._entry.guards if guard is not None),
            *(side for pair in pairs for side in (pair.left, pair.right)),
            *sections.require,
            *(item.action for item in self._mapping.silent),
            *(item.when for item in self._mapping.silent if item.when is not None),
        ]

    def _optional(self) -> list[Written]:
        return [side for pair in self._sections.observe_if_present for side in (pair.left, pair.right)]

    # ----------------------------------------------------------------------------------------------- actions

    def _candidate(self, written: Written | None, guard: Written | None = None) -> Candidate:
        condition = None
        if guard is not None:
            self._context.reads.refuse_variables(guard, "`when`")
            self._refuse_lackable(guard)
            condition = self._together.compiled(guard)
        if written is None:
            place = self._entry.location if guard is None else guard.location
            return Candidate("stutter", (), place, condition)
        calls = tuple(self._call(part) for part in flattened(written.tree))
        return Candidate(written.text, calls, written.location, condition)

    def _refuse_lackable(self, guard: Written) -> None:
        """A condition has no meaning for an event that lacks what it reads, unless it asks."""
        if self._together.needs((guard.tree,)):
            raise MappingError(
                f"`when: {guard.text}` reads a field that events may lack; expected a condition that asks for it",
                location=guard.location,
                hint="PRESENT(event.a) /\\ event.a = 1, say; or give the field a `default:`",
            )

    def _call(self, tree: ast.Expr) -> Call:
        if isinstance(tree, ast.Quantifier) and tree.kind == "\\E":
            return self._choosing_call(tree)
        if tree == ast.Name(NEXT):
            return Call(NEXT, NEXT, self._context.evaluator.actions, (), tree.location)
        name, named, written = find_action(tree, self._context.evaluator.actions)
        trees = tuple(None if is_any(argument) else self._together.tree(argument) for argument in written)
        arguments = tuple(None if argument is None else self._together.evaluate(argument) for argument in trees)
        needed = tuple(() if is_any(argument) else self._together.needs((argument,)) for argument in written)
        optional = needed if any(needed) else ()
        text = call_text(name, named[0].parameters)
        return Call(name, text, named, arguments, tree.location, trees, optional)

    def _choosing_call(self, tree: ast.Quantifier) -> Call:
        """``\\E x \\in S : A(i, x)``: the action, for whichever ``x`` of what the mapping says of it."""
        together = self._together
        names: tuple[str, ...] = ()
        domains: list[ast.Expr] = []
        for bound in tree.bounds:
            if bound.domain is None or bound.is_tuple:
                raise MappingError(
                    "this \\E binds a tuple, or has no set; expected \\E x \\in S : an action", location=tree.location
                )
            for name in bound.names:
                domains.append(together.tree(bound.domain, names))
                names = (*names, name)
        name, named, written = find_action(tree.body, self._context.evaluator.actions)
        if together.needs((tree,)):
            raise MappingError(
                "this \\E reads a field that events may lack; expected one that they have",
                location=tree.location,
                hint="give the field a `default:`, or the action a guard and an alternative without it",
            )
        trees = tuple(None if is_any(argument) else together.tree(argument, names) for argument in written)
        choices = Choices(
            names,
            tuple(together.evaluate(domain, names[:number]) for number, domain in enumerate(domains)),
            tuple(None if argument is None else together.evaluate(argument, names) for argument in trees),
            tuple(domains),
            trees,
        )
        is_open = (None,) * len(written)
        return Call(name, call_text(name, named[0].parameters), named, is_open, tree.location, is_open, (), choices)

    def _silent(self, item: SilentEntry) -> Silent:
        guard, tree, reads_state = None, None, False
        if item.when is not None:
            self._context.reads.refuse_primes(item.when, "`when`")
            self._refuse_lackable(item.when)
            tree = self._together.tree(item.when.tree)
            guard = self._together.evaluate(tree)
            reads_state = bool(self._context.reads.variables(item.when.tree))
        return Silent(self._candidate(item.action), item.at_most, item.is_limit, guard, reads_state, tree)

    # ------------------------------------------------------------------------------------------ observations

    def _observations(self, sections: Sections) -> Iterator[Callable[[], Observation]]:
        """What compiles each observation, so that a mistake in one does not hide those in others."""
        for pair in sections.before:
            yield partial(self._observed, pair, When.BEFORE)
        for pair in (*sections.observe, *sections.observe_if_present):
            yield partial(self._observed, pair, When.AFTER)
        for written in sections.require:
            yield partial(self._demanded, written)

    def _demanded(self, written: Written) -> Observation:
        together = self._together
        tree = together.tree(written.tree)
        return Observation(
            text=written.text,
            left=together.evaluate(tree),
            left_tree=tree,
            when=self._when(written.tree, When.AFTER),
            optional=together.needs((written.tree,)),
            variables=self._context.reads.variables(written.tree),
            location=written.location,
            is_of_event=together.is_of_event(written.tree),
        )

    def _observed(self, pair: Pair, when: When) -> Observation:
        together, reads = self._together, self._context.reads
        both = (pair.left.tree, pair.right.tree)
        if any(self._when(tree, when) is When.STEP for tree in both):
            when = When.STEP
        left, right = map(together.tree, both)
        return Observation(
            text=pair.left.text,
            left=together.evaluate(left),
            left_tree=left,
            right_text=pair.right.text,
            right=together.evaluate(right),
            right_tree=right,
            when=when,
            optional=together.needs(both),
            variables=reads.variables(pair.left.tree) | reads.variables(pair.right.tree),
            is_of_event=together.is_of_event(pair.left.tree) or together.is_of_event(pair.right.tree),
            location=pair.left.location,
        )

    def _when(self, tree: ast.Expr, otherwise: When) -> When:
        return When.STEP if self._context.reads.speaks_of_steps(tree) else otherwise


def is_any(tree: ast.Expr) -> bool:
    """Whether an argument is left open."""
    return tree == ast.Name(ANY)


def call_text(name: str, parameters: tuple[str, ...]) -> str:
    """An action with its parameters, for messages."""
    return f"{name}({', '.join(parameters)})" if parameters else name


def find_action(tree: ast.Expr, actions: tuple[Action, ...]) -> tuple[str, tuple[Action, ...], tuple[ast.Expr, ...]]:
    """The name of the action that ``tree`` writes, the disjuncts of Next that it is, and its arguments.

    Raises:
        MappingError: Next has no such action, or it has another number of arguments.
    """
    if not isinstance(tree, ast.Name | ast.Apply):
        raise MappingError(
            "this is no action; expected an action with its arguments, `stutter`, or several joined by \\cdot",
            location=tree.location,
        )
    name = tree.name if isinstance(tree, ast.Name) else tree.operator
    written = tree.arguments if isinstance(tree, ast.Apply) else ()
    if name == NEXT:
        raise MappingError(
            f"{NEXT} stands for any action and is given {len(written)} arguments; expected none",
            location=tree.location,
        )
    named = tuple(action for action in actions if action_name(action) == name)
    if not named:
        raise _unknown_action(name, tree.location, actions)
    parameters = named[0].parameters
    if any(action.parameters != parameters for action in named):
        raise MappingError(
            f"several actions of the specification are called {name}, with different parameters; expected one",
            location=tree.location,
        )
    if len(written) != len(parameters):
        expected = f"{len(parameters)}: {call_text(name, parameters)}"
        raise MappingError(
            f"{name} is given {len(written)} arguments; expected {expected}",
            location=tree.location,
            hint=f"{ANY} leaves an argument open",
        )
    return name, named, written


def _unknown_action(name: str, location: Location, actions: tuple[Action, ...]) -> MappingError:
    known = list(dict.fromkeys(map(action_name, actions)))
    near = difflib.get_close_matches(name, known, n=1)
    if not known:
        return MappingError(
            f"{name} cannot be an action: the specification has no next-state relation; expected a definition "
            "Next or Spec, or a configuration (--config) that names another",
            location=location,
        )
    return MappingError(
        f"the specification's next-state relation has no action {name}; expected one of {', '.join(known)}",
        location=location,
        hint=f"did you mean {near[0]}?" if near else None,
    )
