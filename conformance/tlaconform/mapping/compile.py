"""From a mapping as it was written to the rules that the engine runs.

Each kind of event becomes one :class:`~tlatrace.engine.observation.Rule`. Fields of the event that an expression names
(``event.vars.term``) become its inputs, so that only they are turned into values; names under ``let:`` that are used
become its bindings. Everything that the mapping names is looked up here, before the first event is read.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tlaconform.errors import MappingError
from tlaconform.mapping.fields import EVENT, Fields
from tlaconform.mapping.model import ANY, NEXT, EventEntry, Pair, Sections, SilentEntry, TraceMapping, Written
from tlatrace.compile.api import Evaluate, Evaluator
from tlatrace.engine.observation import (
    Call,
    Candidate,
    EventError,
    Observation,
    Rule,
    Silent,
    Translation,
    When,
    action_name,
    read_inputs,
)
from tlatrace.location import Location
from tlatrace.semantics import check_expression
from tlatrace.semantics.reads import speaks_of_steps, variables_read
from tlatrace.semantics.spec import Scope, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event
from tlatrace.values import Value, to_text

KindOf = Callable[[Event, str], str]
"""The kind of an event; the second argument names the trace in errors."""


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """Rules by kind of event, how to tell the kind, and what scalars of the trace stand for."""

    rules: Mapping[str, Rule]
    kind_of: KindOf
    translation: Translation


def compile_mapping(mapping: TraceMapping, evaluator: Evaluator) -> CompiledMapping:
    """Compile ``mapping`` for one specification.

    Raises:
        MappingError: an action that Next does not have, a wrong number of arguments, a name under ``let:`` that the
        specification has. TlatraceError: an unknown name in an expression.
    """
    spec = evaluator.spec
    if mapping.spec is not None and mapping.spec not in spec.modules and mapping.spec != spec.name:
        raise MappingError(
            f"this mapping is for the module {mapping.spec}; expected `spec: {spec.name}`, or another specification",
            location=mapping.locations["spec"],
        )
    reads = _Reads(spec.scope)
    for name, written in mapping.let.items():
        reads.refuse_variables(written, f"`let` {name}")
        if name in spec.scope or name in (EVENT, ANY):
            raise MappingError(
                f"`let` defines {name}, which means something already; expected a new name", location=written.location
            )
    if isinstance(variable := spec.scope.get(EVENT), VariableSymbol):
        raise MappingError(
            f"the specification has a variable {EVENT}; in a mapping, {EVENT} is a line of the trace",
            location=variable.location,
            hint="give the variable another name",
        )
    for written in (mapping.kind, *mapping.strings.values(), *([] if mapping.null is None else [mapping.null])):
        reads.refuse_variables(written, "`kind`" if written is mapping.kind else "`values`")
    translation = Translation(
        None if mapping.null is None else _constant(mapping.null, evaluator),
        {text: _constant(written, evaluator) for text, written in mapping.strings.items()},
    )
    rules = {kind: _RuleCompiler(mapping, entry, evaluator, reads).compile() for kind, entry in mapping.events.items()}
    return CompiledMapping(rules, _kind_reader(mapping, rules, evaluator, translation), translation)


def _constant(written: Written, evaluator: Evaluator) -> Value:
    return _expression(evaluator, written.tree)(None, None)


def _expression(evaluator: Evaluator, tree: ast.Expr, parameters: tuple[str, ...] = ()) -> Evaluate:
    scope = evaluator.spec.scope
    return evaluator.expression(check_expression(tree, scope, parameters), scope, parameters)


def _kind_reader(
    mapping: TraceMapping, rules: Mapping[str, Rule], evaluator: Evaluator, translation: Translation
) -> KindOf:
    fields = Fields(EVENT)
    fields.add(mapping.kind.tree, is_optional=False)
    evaluate = _expression(evaluator, fields.replaced(mapping.kind.tree), fields.names)
    inputs = fields.inputs

    def kind_of(event: Event, trace: str) -> str:
        kind = evaluate(None, None, *read_inputs(inputs, event, trace, translation))
        if isinstance(kind, str) and kind in rules:
            return kind
        place = Location(trace, event.line, 1, event.line, 1)
        if not isinstance(kind, str):
            raise EventError(
                f"`kind: {mapping.kind.text}` gives {to_text(kind)} here; expected a string, one of `events:`",
                location=place,
            )
        near = difflib.get_close_matches(kind, rules, n=1)
        raise EventError(
            f"unknown event {kind!r}; expected one of {', '.join(rules)}",
            location=place,
            hint=f"did you mean {near[0]!r}?" if near else f"add it under `events:` in {mapping.file}",
        )

    return kind_of


class _Reads:
    """What the expressions of a mapping read. Most are shared by all of its rules, and looked at once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        # By identity: the mapping keeps its trees alive.
        self._variables: dict[int, frozenset[str]] = {}
        self._of_steps: dict[int, bool] = {}

    def variables(self, tree: ast.Expr) -> frozenset[str]:
        if id(tree) not in self._variables:
            self._variables[id(tree)] = variables_read(tree, self._scope)
        return self._variables[id(tree)]

    def speaks_of_steps(self, tree: ast.Expr) -> bool:
        if id(tree) not in self._of_steps:
            self._of_steps[id(tree)] = speaks_of_steps(tree, self._scope)
        return self._of_steps[id(tree)]

    def refuse_variables(self, written: Written, where: str) -> None:
        """For what is evaluated once an event, in no state.

        Raises:
            MappingError: it reads a variable of the specification.
        """
        variables = sorted(self.variables(written.tree))
        if variables:
            raise MappingError(
                f"{where} reads the variable {variables[0]}; expected an expression over the event alone",
                location=written.location,
            )


class _RuleCompiler:
    """Compiles one entry of ``events``."""

    def __init__(self, mapping: TraceMapping, entry: EventEntry, evaluator: Evaluator, reads: _Reads) -> None:
        self._mapping = mapping
        self._entry = entry
        self._evaluator = evaluator
        self._reads = reads
        self._sections = mapping.sections.joined(entry.sections) if entry.inherit else entry.sections
        self._fields = Fields(EVENT)
        self._let = self._used_definitions()
        self._collect_fields()
        self._parameters = (*self._fields.names, *self._let)

    def compile(self) -> Rule:
        entry = self._entry
        return Rule(
            kind=entry.kind,
            inputs=self._fields.inputs,
            bindings=tuple(self._bindings()),
            candidates=tuple(self._candidate(written) for written in entry.candidates),
            observations=tuple(self._observations(self._sections)),
            silent=tuple(self._silent(item) for item in self._mapping.silent),
            location=entry.location,
            parameters=self._parameters,
            scope=self._evaluator.spec.scope,
        )

    def _required(self) -> list[Written]:
        """Every expression of the rule that must be read whatever the event has."""
        sections = self._sections
        pairs = (*sections.before, *sections.observe)
        return [
            *(written for written in self._entry.candidates if written is not None),
            *(side for pair in pairs for side in (pair.left, pair.right)),
            *sections.require,
            *(item.action for item in self._mapping.silent),
            *(item.when for item in self._mapping.silent if item.when is not None),
        ]

    def _optional(self) -> list[Written]:
        return [side for pair in self._sections.observe_if_present for side in (pair.left, pair.right)]

    def _used_definitions(self) -> dict[str, Written]:
        used: set[str] = set()
        pending = [*self._required(), *self._optional()]
        while pending:
            for node in walk(pending.pop().tree):
                if isinstance(node, ast.Name) and node.name in self._mapping.let and node.name not in used:
                    used.add(node.name)
                    pending.append(self._mapping.let[node.name])
        return {name: written for name, written in self._mapping.let.items() if name in used}

    def _collect_fields(self) -> None:
        for written in (*self._required(), *self._let.values()):
            self._fields.add(written.tree, is_optional=False)
        for written in self._optional():
            self._fields.add(written.tree, is_optional=True)

    def _bindings(self) -> Iterator[tuple[str, Evaluate]]:
        known = self._fields.names
        for name, written in self._let.items():
            yield name, _expression(self._evaluator, self._fields.replaced(written.tree), known)
            known = (*known, name)

    def _tree(self, tree: ast.Expr) -> ast.Expr:
        """``tree`` over the rule's parameters."""
        return check_expression(self._fields.replaced(tree), self._evaluator.spec.scope, self._parameters)

    def _evaluate(self, tree: ast.Expr) -> Evaluate:
        """What evaluates a tree that :meth:`_tree` gave."""
        return self._evaluator.expression(tree, self._evaluator.spec.scope, self._parameters)

    def _candidate(self, written: Written | None) -> Candidate:
        if written is None:
            return Candidate("stutter", (), self._entry.location)
        return Candidate(written.text, tuple(self._call(part) for part in _parts(written.tree)), written.location)

    def _call(self, tree: ast.Expr) -> Call:
        actions = self._evaluator.actions
        if tree == ast.Name(NEXT):
            return Call(NEXT, NEXT, actions, (), tree.location)
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
            raise self._unknown_action(name, tree.location)
        parameters = named[0].parameters
        if any(action.parameters != parameters for action in named):
            raise MappingError(
                f"several actions of the specification are called {name}, with different parameters; expected one",
                location=tree.location,
            )
        if len(written) != len(parameters):
            expected = f"{len(parameters)}: {_call_text(name, parameters)}"
            raise MappingError(
                f"{name} is given {len(written)} arguments; expected {expected}",
                location=tree.location,
                hint=f"{ANY} leaves an argument open",
            )
        trees = tuple(None if argument == ast.Name(ANY) else self._tree(argument) for argument in written)
        arguments = tuple(None if argument is None else self._evaluate(argument) for argument in trees)
        return Call(name, _call_text(name, parameters), named, arguments, tree.location, trees)

    def _is_of_event(self, tree: ast.Expr) -> bool:
        names = (EVENT, *self._mapping.let)
        return any(isinstance(node, ast.Name) and node.name in names for node in walk(tree))

    def _unknown_action(self, name: str, location: Location) -> MappingError:
        known = list(dict.fromkeys(action_name(action) for action in self._evaluator.actions))
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

    def _observations(self, sections: Sections) -> Iterator[Observation]:
        for pair in sections.before:
            yield self._observation(pair, When.BEFORE, is_optional=False)
        for pair in sections.observe:
            yield self._observation(pair, When.AFTER, is_optional=False)
        for pair in sections.observe_if_present:
            yield self._observation(pair, When.AFTER, is_optional=True)
        for written in sections.require:
            tree = self._tree(written.tree)
            yield Observation(
                text=written.text,
                left=self._evaluate(tree),
                left_tree=tree,
                when=self._when(written.tree, When.AFTER),
                variables=self._reads.variables(written.tree),
                location=written.location,
                is_of_event=self._is_of_event(written.tree),
            )

    def _observation(self, pair: Pair, when: When, *, is_optional: bool) -> Observation:
        both = (pair.left.tree, pair.right.tree)
        if any(self._when(tree, when) is When.STEP for tree in both):
            when = When.STEP
        left, right = map(self._tree, both)
        return Observation(
            text=pair.left.text,
            left=self._evaluate(left),
            left_tree=left,
            right_text=pair.right.text,
            right=self._evaluate(right),
            right_tree=right,
            when=when,
            optional=self._fields.optional(both) if is_optional else (),
            variables=self._reads.variables(pair.left.tree) | self._reads.variables(pair.right.tree),
            is_of_event=self._is_of_event(pair.left.tree) or self._is_of_event(pair.right.tree),
            location=pair.left.location,
        )

    def _when(self, tree: ast.Expr, otherwise: When) -> When:
        return When.STEP if self._reads.speaks_of_steps(tree) else otherwise

    def _silent(self, item: SilentEntry) -> Silent:
        if item.when is not None:
            self._reads.refuse_variables(item.when, "`when`")
        guard = None if item.when is None else self._evaluate(self._tree(item.when.tree))
        return Silent(self._candidate(item.action), item.at_most, item.is_limit, guard)


def _parts(tree: ast.Expr) -> Iterator[ast.Expr]:
    """``A \\cdot B \\cdot C`` as its actions, in order."""
    if isinstance(tree, ast.Apply) and tree.operator == "\\cdot":
        for argument in tree.arguments:
            yield from _parts(argument)
    else:
        yield tree


def _call_text(name: str, parameters: tuple[str, ...]) -> str:
    return f"{name}({', '.join(parameters)})" if parameters else name
