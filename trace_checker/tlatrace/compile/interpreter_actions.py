"""Successors and initial states, enumerated as TLC does it.

Conjuncts are taken from left to right. ``x' = e`` assigns the first time and tests afterwards, ``x' \\in S`` chooses,
a disjunction and ``\\E`` branch, also where they speak of one state only: one result a branch, equal or not. IF, CASE,
LET and definitions are walked into. A primed variable that is read before it was assigned is an error, and so is one
without a value in the end. For initial states the same is done with unprimed variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from tlatrace.compile.api import UNBOUND, Argument, State
from tlatrace.compile.environment import Binding, Closure, Environment, Thunk
from tlatrace.compile.errors import ExpressionError
from tlatrace.semantics.spec import ActionInstance, Definition, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import EvaluationError, Value, as_set, elements, equal, member, same

if TYPE_CHECKING:
    from tlatrace.compile.interpreter import Interpreter


class _Unassigned:
    """The type of :data:`UNASSIGNED`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNASSIGNED"


UNASSIGNED: Final[Any] = _Unassigned()
"""What stands in a state for a variable that has no value yet."""


class StepWalker:
    """Walks a formula as TLC walks Next (``is_primed``) or Init, assigning variables on the way."""

    def __init__(self, interpreter: Interpreter, *, is_primed: bool) -> None:
        self._interpreter = interpreter
        self._is_primed = is_primed
        self._methods: dict[type, Callable[[Any, Environment, State, State], Iterator[State]]] = {
            ast.Junction: self._junction,
            ast.Quantifier: self._quantifier,
            ast.If: self._if,
            ast.Case: self._case,
            ast.Let: self._let,
            ast.Label: self._label,
            ast.ActionBox: self._action_box,
            ast.Apply: self._apply,
            ast.Name: self._name,
        }

    def steps(self, e: ast.Expr, environment: Environment, state: State, partial: State) -> Iterator[State]:
        """Every way to make ``e`` true by giving values to variables that have none in ``partial``.

        ``partial`` is the successor that is being built (or the initial state); ``state`` is the state that a step
        leaves.
        """
        try:
            yield from self._methods.get(type(e), self._test)(e, environment, state, partial)
        except ExpressionError:
            raise
        except EvaluationError as error:
            raise ExpressionError(
                error.message, location=e.location, chain=environment.chain(), hint=error.hint
            ) from error
        except RecursionError:
            raise ExpressionError("the recursion is too deep", location=e.location, chain=environment.chain()) from None

    def pair(self, state: State, partial: State) -> tuple[State, State | None]:
        """The state and the successor that expressions are evaluated in."""
        return (state, partial) if self._is_primed else (partial, None)

    def target(self, e: ast.Expr, environment: Environment) -> VariableSymbol | None:
        """The variable that ``e = …`` gives a value to; None if ``e`` is anything else."""
        match e:
            case ast.Label():
                return self.target(e.body, environment)
            case ast.Apply(operator="'", arguments=(inner,)) if self._is_primed:
                return variable_of(inner, environment)
            case ast.Name() if self._is_primed:
                reached = _through(e, environment)
                return None if reached is None else self.target(*reached)
            case ast.Name():
                return variable_of(e, environment)
            case _:
                return None

    # ---------------------------------------------------------------------------------------- what branches

    def _junction(self, e: ast.Junction, environment: Environment, state: State, partial: State) -> Iterator[State]:
        if e.operator == "\\/":
            for item in e.items:
                yield from self.steps(item, environment, state, partial)
        else:
            yield from self._all_of([(item, environment) for item in e.items], state, partial)

    def _all_of(
        self, conjuncts: Sequence[tuple[ast.Expr, Environment]], state: State, partial: State, first: int = 0
    ) -> Iterator[State]:
        if first == len(conjuncts):
            yield partial
            return
        e, environment = conjuncts[first]
        if first and not any(value is UNASSIGNED for value in partial):
            # TLC tests the rest, once every variable has a value: true in one way at most, whatever branches it has.
            if all(self._holds(rest, inner, state, partial) for rest, inner in conjuncts[first:]):
                yield partial
            return
        for extended in self.steps(e, environment, state, partial):
            yield from self._all_of(conjuncts, state, extended, first + 1)

    def _quantifier(self, e: ast.Quantifier, environment: Environment, state: State, partial: State) -> Iterator[State]:
        inner = self._interpreter.bindings(e.bounds, environment, *self.pair(state, partial))
        if e.kind == "\\E":
            for each in inner:
                yield from self.steps(e.body, each, state, partial)
        elif e.kind == "\\A":
            yield from self._all_of([(e.body, each) for each in inner], state, partial)
        else:
            yield from self._test(e, environment, state, partial)

    def _if(self, e: ast.If, environment: Environment, state: State, partial: State) -> Iterator[State]:
        holds = self._interpreter.test(e.condition, environment, *self.pair(state, partial))
        yield from self.steps(e.then if holds else e.otherwise, environment, state, partial)

    def _case(self, e: ast.Case, environment: Environment, state: State, partial: State) -> Iterator[State]:
        branch = self._interpreter.case_branch(e, environment, *self.pair(state, partial))
        yield from self.steps(branch, environment, state, partial)

    def _let(self, e: ast.Let, environment: Environment, state: State, partial: State) -> Iterator[State]:
        inner = self._interpreter.let(e, environment)
        yield from self.steps(e.body, inner, state, partial)

    def _label(self, e: ast.Label, environment: Environment, state: State, partial: State) -> Iterator[State]:
        yield from self.steps(e.body, environment, state, partial)

    def _action_box(self, e: ast.ActionBox, environment: Environment, state: State, partial: State) -> Iterator[State]:
        if not self._is_primed:
            yield from self._test(e, environment, state, partial)
        elif e.kind == "[]":
            yield from self.steps(e.action, environment, state, partial)
            yield from self._unchanged(e.subscript, environment, state, partial)
        else:
            for successor in self.steps(e.action, environment, state, partial):
                if not self._interpreter.is_unchanged(e.subscript, environment, state, successor):
                    yield successor

    # ---------------------------------------------------------------------------------------- what is applied

    def _name(self, e: ast.Name, environment: Environment, state: State, partial: State) -> Iterator[State]:
        reached = _through(e, environment)
        if reached is None:
            yield from self._test(e, environment, state, partial)
        else:
            yield from self.steps(*reached, state, partial)

    def _apply(self, e: ast.Apply, environment: Environment, state: State, partial: State) -> Iterator[State]:
        if e.operator not in environment.names:
            special = self._special(e.operator)
            if special is not None:
                yield from special(e, environment, state, partial)
                return
        pair = self.pair(state, partial)
        operator = self._interpreter.operator(e.operator, environment)
        if isinstance(operator, (Closure, Definition)):
            arguments = self._interpreter.arguments(operator, e.arguments, environment, *pair)
            inner = self._interpreter.enter(operator, arguments, e.location, environment)
            yield from self.steps(operator.body, inner, state, partial)
        else:
            yield from self._test(e, environment, state, partial)

    def _special(self, operator: str) -> Callable[[ast.Apply, Environment, State, State], Iterator[State]] | None:
        match operator:
            case "=":
                return self._equals
            case "\\in":
                return self._in
            case "=>":
                return self._implies
            case "UNCHANGED" if self._is_primed:
                return lambda e, environment, state, partial: self._unchanged(
                    e.arguments[0], environment, state, partial
                )
            case "\\cdot" if self._is_primed:
                return self._composition
            case _:
                return None

    def _equals(self, e: ast.Apply, environment: Environment, state: State, partial: State) -> Iterator[State]:
        left, right = e.arguments
        variable = self.target(left, environment)
        if variable is None:
            yield from self._test(e, environment, state, partial)
            return
        value = self._interpreter.evaluate(right, environment, *self.pair(state, partial))
        known = partial[variable.index]
        if known is UNASSIGNED:
            yield _assigned(partial, variable, value)
        elif equal(known, value):
            yield partial

    def _in(self, e: ast.Apply, environment: Environment, state: State, partial: State) -> Iterator[State]:
        left, right = e.arguments
        variable = self.target(left, environment)
        if variable is None:
            yield from self._test(e, environment, state, partial)
            return
        domain = self._interpreter.evaluate(right, environment, *self.pair(state, partial))
        known = partial[variable.index]
        if known is not UNASSIGNED:
            if member(known, domain):
                yield partial
            return
        for value in elements(as_set(domain, "\\in")):
            yield _assigned(partial, variable, value)

    def _implies(self, e: ast.Apply, environment: Environment, state: State, partial: State) -> Iterator[State]:
        left, right = e.arguments
        if self._interpreter.test(left, environment, *self.pair(state, partial)):
            yield from self.steps(right, environment, state, partial)
        else:
            yield partial

    def _unchanged(self, e: ast.Expr, environment: Environment, state: State, partial: State) -> Iterator[State]:
        variable = variable_of(e, environment)
        if variable is not None:
            old, known = state[variable.index], partial[variable.index]
            if known is UNASSIGNED:
                yield _assigned(partial, variable, old)
            elif equal(known, old):
                yield partial
            return
        if isinstance(e, ast.Tuple):
            yield from self._all_unchanged(e.items, environment, state, partial)
            return
        reached = _through(e, environment) if isinstance(e, ast.Name) else None
        if reached is not None:
            yield from self._unchanged(*reached, state, partial)
        elif self._interpreter.is_unchanged(e, environment, state, partial):
            yield partial

    def _all_unchanged(
        self, items: tuple[ast.Expr, ...], environment: Environment, state: State, partial: State
    ) -> Iterator[State]:
        if not items:
            yield partial
            return
        for extended in self._unchanged(items[0], environment, state, partial):
            yield from self._all_unchanged(items[1:], environment, state, extended)

    def _composition(self, e: ast.Apply, environment: Environment, state: State, partial: State) -> Iterator[State]:
        first, second = e.arguments
        nothing = (UNASSIGNED,) * len(partial)
        for middle in self.steps(first, environment, state, nothing):
            behind = self._interpreter.kept(first, second, environment, state, middle, partial)
            yield from self.steps(second, behind, middle, partial)

    def _holds(self, e: ast.Expr, environment: Environment, state: State, partial: State) -> bool:
        return self._interpreter.test(e, environment, *self.pair(state, partial))

    def _test(self, e: ast.Expr, environment: Environment, state: State, partial: State) -> Iterator[State]:
        if self._interpreter.test(e, environment, *self.pair(state, partial)):
            yield partial


def variable_of(e: ast.Expr, environment: Environment) -> VariableSymbol | None:
    """The variable that ``e`` is, perhaps under another name (a parameter, a definition, a substitution)."""
    while isinstance(e, ast.Name):
        if e.name not in environment.names:
            symbol = environment.scope.get(e.name)
            if isinstance(symbol, VariableSymbol):
                return symbol
        reached = _through(e, environment)
        if reached is None:
            return None
        e, environment = reached
    return None


def _through(e: ast.Name, environment: Environment) -> tuple[ast.Expr, Environment] | None:
    """The expression that a name stands for, and its environment; None where the name stands for a value."""
    bound = environment.names.get(e.name)
    if bound is not None:
        if isinstance(bound, Thunk) and bound.function_name is None:
            return bound.expression, bound.environment
        return None
    symbol = environment.scope.get(e.name)
    if isinstance(symbol, Definition) and not symbol.parameters and not symbol.is_function:
        from tlatrace.compile.interpreter import Interpreter

        return symbol.body, Interpreter.enter(symbol, (), e.location, environment)
    return None


def _assigned(partial: State, variable: VariableSymbol, value: Value) -> State:
    return (*partial[: variable.index], value, *partial[variable.index + 1 :])


class InterpretedAction:
    """An :class:`~tlatrace.compile.api.Action`."""

    def __init__(self, interpreter: Interpreter, instance: ActionInstance) -> None:
        self._interpreter = interpreter
        self._instance = instance
        definition = instance.definition
        self._parameters = tuple(p.name for p in definition.parameters) if definition is not None else ()

    @property
    def instance(self) -> ActionInstance:
        return self._instance

    @property
    def parameters(self) -> tuple[str, ...]:
        return self._parameters

    def successors(self, state: State, arguments: Sequence[Argument] = ()) -> Iterator[tuple[State, tuple[Value, ...]]]:
        """Every successor of ``state`` by this action, with the values of its parameters."""
        walker = self._interpreter.next_walker
        nothing: State = (UNASSIGNED,) * len(state)
        fixed = self.fixed_binders(arguments)
        if fixed is None:
            return
        for environment in self._environments(state, fixed):
            for partial in self._guarded(environment, state, nothing):
                for successor in walker.steps(self._instance.body, environment, state, partial):
                    what = f"the action {self._instance.name}"
                    self._interpreter.require_complete(successor, what, self._instance.location)
                    values = tuple(
                        self._shown_argument(argument, environment, state, successor)
                        for argument in self._instance.arguments
                    )
                    if all(
                        given is UNBOUND or same(cast("Value", given), value)
                        for given, value in zip(arguments, values, strict=bool(arguments))
                    ):
                        yield successor, values

    def _shown_argument(self, argument: ast.Expr, environment: Environment, state: State, successor: State) -> Value:
        """An argument as a value; an operator is shown by its name."""
        if isinstance(argument, ast.Lambda):
            return "LAMBDA"
        if isinstance(argument, ast.Name):
            names = environment.names
            symbol = names[argument.name] if argument.name in names else environment.scope.get(argument.name)
            arity = len(symbol.parameters) if isinstance(symbol, Definition) else getattr(symbol, "arity", 0)
            if arity:
                return argument.name
        return self._interpreter.evaluate(argument, environment, state, successor)

    def _guarded(self, environment: Environment, state: State, partial: State) -> Iterator[State]:
        guards = self._instance.guards
        if not guards:
            yield partial
        elif len(guards) == 1:
            yield from self._interpreter.next_walker.steps(guards[0], environment, state, partial)
        else:
            together = ast.Junction("/\\", guards, location=guards[0].location)
            yield from self._interpreter.next_walker.steps(together, environment, state, partial)

    def fixed_binders(self, arguments: Sequence[Argument]) -> dict[str, Value] | None:
        """The binders that given arguments fix; None when two arguments contradict each other."""
        if arguments and len(arguments) != len(self._parameters):
            raise ExpressionError(
                f"the action {self._instance.name} has {len(self._parameters)} parameters, not {len(arguments)}",
                location=self._instance.location,
            )
        binders = {binder.name for binder in self._instance.binders}
        fixed: dict[str, Value] = {}
        for expression, given in zip(self._instance.arguments, arguments, strict=bool(arguments)):
            if given is UNBOUND or not isinstance(expression, ast.Name) or expression.name not in binders:
                continue
            value = cast("Value", given)
            if not same(fixed.setdefault(expression.name, value), value):
                return None
        return fixed

    def _environments(self, state: State, fixed: dict[str, Value]) -> Iterator[Environment]:
        """The binders' environments, outermost binder slowest."""

        def choose(index: int, names: dict[str, Binding]) -> Iterator[Environment]:
            if index == len(self._instance.binders):
                yield Environment(names, self._instance.scope)
                return
            binder = self._instance.binders[index]
            environment = Environment(names, binder.scope)
            domain = self._interpreter.evaluate(binder.domain, environment, state, None)
            try:
                chosen = elements(domain)
                if binder.name in fixed:
                    chosen = (fixed[binder.name],) if member(fixed[binder.name], domain) else ()
                for value in chosen:
                    yield from choose(index + 1, {**names, binder.name: value})
            except ExpressionError:
                raise
            except EvaluationError as error:
                raise ExpressionError(error.message, location=binder.domain.location, hint=error.hint) from error

        return choose(0, {})
