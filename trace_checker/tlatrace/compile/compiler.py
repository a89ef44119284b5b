"""A specification compiled to Python: the fast evaluator.

Code is generated when it is first needed: each action for each pattern of arguments that it is asked with, each
expression when it is handed over. What was generated can be read in :attr:`CompiledSpec.source`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tlatrace.compile.api import UNBOUND, Action, Argument, Evaluate, State
from tlatrace.compile.code import Code
from tlatrace.compile.code_cache import CodeCache
from tlatrace.compile.errors import ExpressionError
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.lowering import NotCompiled
from tlatrace.compile.matching import Matching, Observed
from tlatrace.compile.program import Program
from tlatrace.compile.scopes import AssignedView, Bound, Env, StateView
from tlatrace.compile.steps import Steps
from tlatrace.semantics.references import resolve
from tlatrace.semantics.spec import ActionInstance, Scope, Spec
from tlatrace.syntax import ast
from tlatrace.values import Value

Found = tuple[State, tuple[Value, ...]]
Matched = Callable[..., None]


def compile_spec(spec: Spec, *, cache: CodeCache | None = None, bounded_integers: bool = False) -> CompiledSpec:
    """``spec``, ready to run. ``cache`` keeps compiled code from one run to the next; see
    :meth:`CodeCache.for_user`. With ``bounded_integers``, what TLC's 32 bits cannot hold is an evaluation error.
    """
    return CompiledSpec(spec, cache=cache, bounded_integers=bounded_integers)


class CompiledSpec:
    """An :class:`~tlatrace.compile.api.Evaluator` of generated Python functions."""

    def __init__(self, spec: Spec, *, cache: CodeCache | None = None, bounded_integers: bool = False) -> None:
        self._spec = spec
        self._program = Program(spec, cache, bounded_integers=bounded_integers)
        self._fallback = _Fallback(spec, bounded_integers)
        self._actions = tuple(CompiledAction(self._program, self._fallback, instance) for instance in spec.actions)
        self._initial: Callable[[Callable[[State], None]], None] | None = None

    @property
    def spec(self) -> Spec:
        return self._spec

    @property
    def actions(self) -> tuple[Action, ...]:
        return self._actions

    @property
    def program(self) -> Program:
        """What generates and holds the code; for the modules of this package."""
        return self._program

    @property
    def source(self) -> str:
        """The Python text generated so far, for people."""
        return "\n".join(self._program.sources)

    @property
    def interpreted(self) -> Mapping[str, str]:
        """What was left to the interpreter so far, which is slow, and why."""
        return self._fallback.reasons

    def initial_states(self) -> Iterator[State]:
        """The states that satisfy Init, in TLC's order and multiplicity."""
        init = self._spec.init
        if init is None:
            raise ExpressionError("the specification has no initial predicate: give INIT or SPECIFICATION")

        def fill(lowering: Steps) -> None:
            target = AssignedView(self._spec.variables, "")
            lowering.target = target
            lowering.listing = "in_order"
            lowering.initial(init.body, Env(init.scope, target, None), f"the initial predicate {init.name}")

        if self._initial is None:
            try:
                self._initial = self._program.add_entry("Init", "out", fill)
            except NotCompiled as problem:
                return self._fallback.interpreter(init.name, problem).initial_states()
        found: list[State] = []
        self._initial(found.append)
        return iter(found)

    def expression(self, expression: ast.Expr, scope: Scope, parameters: tuple[str, ...] = ()) -> Evaluate:
        """A function ``(state, successor, *arguments)`` of the value of ``expression``."""
        expression = resolve(expression)
        reads = self._program.analysis.reads(expression, scope, parameters)
        names = [f"argument__{self._program.next_number()}" for _ in parameters]

        def fill(lowering: Steps) -> None:
            pairs = zip(parameters, names, strict=True)
            bindings = {name: Bound(Code(local, is_atomic=True)) for name, local in pairs}
            if reads.after:
                with lowering.block("if p is None:"):
                    lowering.emit("p = NO_SUCCESSOR")
            lowering.give_back(expression, Env(scope, StateView("s"), StateView("p"), bindings))

        self._program.keep(expression, scope)
        try:
            return self._program.add_entry("expression", ", ".join(("s", "p", *names)), fill)
        except NotCompiled as problem:
            what = f"the expression at {expression.location}"
            return self._fallback.interpreter(what, problem).expression(expression, scope, parameters)


class _Fallback:
    """The slow twin, which takes over where something cannot be compiled."""

    def __init__(self, spec: Spec, bounded_integers: bool) -> None:
        self.reasons: dict[str, str] = {}
        self._spec = spec
        self._bounded_integers = bounded_integers
        self._interpreter: Interpreter | None = None

    def interpreter(self, what: str, problem: NotCompiled) -> Interpreter:
        self.reasons[what] = str(problem)
        if self._interpreter is None:
            self._interpreter = Interpreter(self._spec, bounded_integers=self._bounded_integers)
        return self._interpreter


class CompiledAction:
    """An :class:`~tlatrace.compile.api.Action`."""

    def __init__(self, program: Program, fallback: _Fallback, instance: ActionInstance) -> None:
        self._program = program
        self._fallback = fallback
        self._instance = instance
        definition = instance.definition
        self._parameters = tuple(parameter.name for parameter in definition.parameters) if definition else ()
        self._parameter_count = len(self._parameters)
        # By which parameters are given. The function for all of them is the one that checking a trace asks for.
        self._functions: dict[tuple[bool, ...], Callable[..., None]] = {}
        self._complete: Callable[..., None] | None = None
        self._interpreted: Action | None = None

    @property
    def instance(self) -> ActionInstance:
        return self._instance

    @property
    def parameters(self) -> tuple[str, ...]:
        return self._parameters

    def successors(self, state: State, arguments: Sequence[Argument] = ()) -> Iterator[Found]:
        """Every successor of ``state`` by this action, with the values of its parameters."""
        function = self._complete
        if function is None or len(arguments) != self._parameter_count:
            return self._successors_of_some(state, arguments)
        for argument in arguments:
            if argument is UNBOUND:
                return self._successors_of_some(state, arguments)
        found: list[Found] = []
        function(state, found.append, *arguments)
        return iter(found)

    def _successors_of_some(self, state: State, arguments: Sequence[Argument]) -> Iterator[Found]:
        count = self._parameter_count
        if arguments and len(arguments) != count:
            raise ExpressionError(
                f"the action {self._instance.name} has {count} parameters, and got {len(arguments)} arguments",
                location=self._instance.location,
            )
        if self._interpreted is not None:
            return self._interpreted.successors(state, arguments)
        pattern = tuple(argument is not UNBOUND for argument in arguments) if arguments else (False,) * count
        function = self._functions.get(pattern)
        if function is None:
            try:
                function = self._functions[pattern] = self._compile(pattern)
            except NotCompiled as problem:
                twin = self._fallback.interpreter(self._instance.name, problem)
                self._interpreted = next(each for each in twin.actions if each.instance is self._instance)
                return self._interpreted.successors(state, arguments)
        if all(pattern):
            self._complete = function
        found: list[Found] = []
        function(state, found.append, *(argument for argument in arguments if argument is not UNBOUND))
        return iter(found)

    def matching(
        self, given: Sequence[bool], parameters: Sequence[str], scope: Scope, observed: Sequence[Observed]
    ) -> Matched | None:
        """A function ``(state, out, *arguments, *values)`` that calls ``out`` with every successor, and the values of
        the action's parameters, that agrees with what was ``observed`` of the step, and perhaps with others.
        ``arguments`` are those that are ``given``, ``values`` those of ``parameters``, of which the observations speak.

        None where that is of no advantage.
        """
        known = {n: f"argument__{self._program.next_number()}" for n, is_given in enumerate(given) if is_given}
        names = {name: f"argument__{self._program.next_number()}" for name in parameters}
        self._program.keep(scope, *(side for each in observed for side in (each.left, each.right)))
        useful = False

        def fill(lowering: Matching) -> None:
            nonlocal useful
            lowering.match(self._instance, known, names, scope, observed)
            useful = lowering.useful

        signature = ", ".join(("s", "out", *known.values(), *names.values()))
        try:
            function = self._program.add_entry(f"match_{self._instance.name}", signature, fill, Matching)
        except NotCompiled:
            return None
        return function if useful else None

    def _compile(self, pattern: tuple[bool, ...]) -> Callable[..., Any]:
        known = {
            position: f"argument__{self._program.next_number()}" for position, given in enumerate(pattern) if given
        }
        signature = ", ".join(("s", "out", *known.values()))
        return self._program.add_entry(
            f"action_{self._instance.name}", signature, lambda lowering: lowering.instance(self._instance, known)
        )
