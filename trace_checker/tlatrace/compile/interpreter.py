"""The slow twin: an evaluator that walks syntax trees, easy to trust, and used where a single step is looked at
closely.

Arguments of operators and LET definitions are evaluated when they are used, constant-level definitions once and for
all, functions over infinite domains where they are applied. Successors are enumerated as TLC does it; see
:mod:`tlatrace.compile.interpreter_actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Action, Evaluate, State
from tlatrace.compile.appearance import Chooser
from tlatrace.compile.bounded import bounded
from tlatrace.compile.environment import Binding, Closure, Environment, Link, OperatorValue, Thunk
from tlatrace.compile.errors import ExpressionError
from tlatrace.compile.interpreter_actions import UNASSIGNED, InterpretedAction, StepWalker
from tlatrace.compile.interpreter_binding import Binder
from tlatrace.compile.interpreter_values import METHODS, big_union, recursive_function
from tlatrace.semantics.checking import CONSTANT
from tlatrace.semantics.reads import variables_read
from tlatrace.semantics.references import resolve
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, Scope, Spec, VariableSymbol
from tlatrace.stdlib.tlc import primed
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, walk
from tlatrace.values import (
    EvaluationError,
    Value,
    boolean,
    equal,
)

_TEMPORAL = frozenset(("[]", "<>", "~>", "-+->"))


class Interpreter(Binder):
    """An :class:`~tlatrace.compile.api.Evaluator` that compiles nothing."""

    def __init__(self, spec: Spec, *, bounded_integers: bool = False) -> None:
        self._spec = spec
        self.bounded_integers = bounded_integers
        self._constants: dict[Definition, Value] = {}
        self._analysis = Analysis()
        self._primes_read = 0
        self._chooser = Chooser(spec)
        self._methods: dict[type, Callable[[Any, Environment, State, State | None], Value]] = {
            **{kind: getattr(self, f"_{kind.__name__.lower()}") for kind in _EVALUATED},
            **{kind: partial(method, self) for kind, method in METHODS.items()},
        }
        self.next_walker = StepWalker(self, is_primed=True)
        self.init_walker = StepWalker(self, is_primed=False)
        self._actions = tuple(InterpretedAction(self, instance) for instance in spec.actions)

    @property
    def spec(self) -> Spec:
        return self._spec

    @property
    def actions(self) -> tuple[Action, ...]:
        return self._actions

    def initial_states(self) -> Iterator[State]:
        """The states that satisfy Init, in TLC's order and multiplicity."""
        init = self._spec.init
        if init is None:
            raise ExpressionError("the specification has no initial predicate: give INIT or SPECIFICATION")
        nothing = (UNASSIGNED,) * len(self._spec.variables)
        for state in self.init_walker.steps(init.body, Environment({}, init.scope), nothing, nothing):
            self.require_complete(state, f"the initial predicate {init.name}", init.location)
            yield state

    def expression(self, expression: ast.Expr, scope: Scope, parameters: tuple[str, ...] = ()) -> Evaluate:
        """A function ``(state, successor, *arguments)`` of the value of ``expression``."""
        resolved = resolve(expression)

        def evaluate(state: State, successor: State | None, *arguments: Value) -> Value:
            names = dict(zip(parameters, arguments, strict=True))
            return self.evaluate(resolved, Environment(names, scope), state, successor)

        return evaluate

    def require_complete(self, state: State, what: str, location: ast.Location) -> None:
        """Raises when a variable was left without a value."""
        missing = [v.name for v, value in zip(self._spec.variables, state, strict=True) if value is UNASSIGNED]
        if missing:
            raise ExpressionError(f"{what} leaves {', '.join(missing)} without a value", location=location)

    # ---------------------------------------------------------------------------------------- the heart

    def evaluate(self, expression: ast.Expr, environment: Environment, state: State, successor: State | None) -> Value:
        """The value of ``expression`` in a step from ``state`` to ``successor``."""
        try:
            method = self._methods.get(type(expression))
            if method is None:
                raise EvaluationError(f"{_describe(expression)} cannot be evaluated")
            return method(expression, environment, state, successor)
        except ExpressionError:
            raise
        except EvaluationError as error:
            raise _located(error, expression, environment) from error
        except RecursionError:
            raise ExpressionError(
                "the recursion is too deep", location=expression.location, chain=environment.chain()
            ) from None

    def test(self, expression: ast.Expr, environment: Environment, state: State, successor: State | None) -> bool:
        """The value of a formula, which must be a boolean."""
        value = self.evaluate(expression, environment, state, successor)
        if value is True or value is False:
            return value
        try:
            return boolean(value, "a formula")
        except EvaluationError as error:
            raise _located(error, expression, environment) from error

    def force(self, thunk: Thunk, state: State, successor: State | None) -> Value:
        """The value of a thunk in a step."""
        is_same_step = thunk.known_state is state and (not thunk.reads_successor or thunk.known_successor is successor)
        if thunk.known is not None and is_same_step:
            return thunk.known
        primes_before = self._primes_read
        if thunk.function_name is None:
            value = self.evaluate(thunk.expression, thunk.environment, state, successor)
        else:
            assert isinstance(thunk.expression, ast.FunctionConstructor)
            function, environment = thunk.expression, thunk.environment
            value = recursive_function(self, thunk.function_name, function, environment, state, successor)
        thunk.known, thunk.known_state, thunk.known_successor = value, state, successor
        thunk.reads_successor = self._primes_read != primes_before
        return value

    def call(
        self,
        operator: OperatorValue,
        arguments: Sequence[Binding],
        location: ast.Location,
        environment: Environment,
        state: State,
        successor: State | None,
    ) -> Value:
        """The value of an operator's application."""
        if isinstance(operator, (Closure, Definition)):
            inner = self.enter(operator, arguments, location, environment)
            return self.evaluate(operator.body, inner, state, successor)
        if isinstance(operator, BuiltinOperator):
            if operator.is_lazy:
                return operator.function(*(self._delayed(argument, state, successor) for argument in arguments))
            operator = bounded(operator) if self.bounded_integers else operator.function
        return operator(*(self._given(argument, location, environment, state, successor) for argument in arguments))

    @staticmethod
    def enter(
        operator: Closure | Definition, arguments: Sequence[Binding], location: ast.Location, environment: Environment
    ) -> Environment:
        """The environment of an operator's body."""
        link = Link(operator.name, location, environment.link)
        own = {parameter.name: argument for parameter, argument in zip(operator.parameters, arguments, strict=True)}
        if isinstance(operator, Definition):
            return Environment(own, operator.scope, link)
        return Environment({**operator.environment.names, **own}, operator.environment.scope, link)

    def operator(self, name: str, environment: Environment) -> OperatorValue | Thunk | None:
        """What an applied name stands for; None for what works on more than values."""
        bound = environment.names.get(name)
        if bound is not None:
            return bound  # type: ignore[return-value]
        symbol = environment.scope.get(name)
        return symbol if isinstance(symbol, (Definition, BuiltinOperator)) else None

    def argument(
        self, expression: ast.Expr, arity: int, environment: Environment, state: State, successor: State | None
    ) -> Binding:
        """What a parameter is bound to: a thunk for a value, an operator where one is expected."""
        if isinstance(expression, ast.Lambda):
            parameters = tuple(ast.Parameter(name) for name in expression.parameters)
            return Closure("LAMBDA", parameters, expression.body, environment)
        if isinstance(expression, ast.Name):
            bound = environment.names.get(expression.name)
            if bound is not None:
                return bound
            if arity > 0:
                return self._operator_argument(expression, arity, environment, state, successor)
            symbol = environment.scope.get(expression.name)
            if isinstance(symbol, ConstantSymbol):
                return self._constant(symbol)
        if isinstance(expression, ast.String):
            return expression.value
        return Thunk(expression, environment)

    def _operator_argument(
        self, name: ast.Name, arity: int, environment: Environment, state: State, successor: State | None
    ) -> OperatorValue:
        symbol = self.operator(name.name, environment)
        if symbol is None:
            # An operator such as => that is no function of values: wrapped into one.
            parameters = tuple(ast.Parameter(f"{name.name}!{i}") for i in range(arity))
            body = ast.Apply(name.name, tuple(ast.Name(p.name) for p in parameters), location=name.location)
            return Closure(name.name, parameters, body, environment)
        assert not isinstance(symbol, Thunk)
        return symbol

    def arguments(
        self,
        operator: OperatorValue,
        expressions: tuple[ast.Expr, ...],
        environment: Environment,
        state: State,
        successor: State | None,
    ) -> list[Binding]:
        """The bindings of an operator's parameters."""
        if isinstance(operator, (Closure, Definition)):
            arities: Sequence[int] = [parameter.arity for parameter in operator.parameters]
        elif isinstance(operator, BuiltinOperator):
            arities = operator.parameter_arities or (0,) * operator.arity
        else:
            arities = (0,) * len(expressions)
        if len(arities) != len(expressions):
            raise EvaluationError(f"an operator of {len(arities)} parameters got {len(expressions)} arguments")
        return [
            self.argument(expression, arity, environment, state, successor)
            for expression, arity in zip(expressions, arities, strict=True)
        ]

    def _given(
        self,
        argument: Binding,
        location: ast.Location,
        environment: Environment,
        state: State,
        successor: State | None,
    ) -> Any:
        """An argument as Python code takes it: a value, or a callable for an operator."""
        if isinstance(argument, Thunk):
            return self.force(argument, state, successor)
        if isinstance(argument, (Closure, Definition, BuiltinOperator)):
            operator = argument
            return lambda *values: self.call(operator, values, location, environment, state, successor)
        return argument

    def _delayed(self, argument: Binding, state: State, successor: State | None) -> Callable[[], Value]:
        if isinstance(argument, Thunk):
            thunk = argument
            return lambda: self.force(thunk, state, successor)
        return lambda: argument  # type: ignore[return-value]

    # ---------------------------------------------------------------------------------------- names

    def _name(self, e: ast.Name, environment: Environment, state: State, successor: State | None) -> Value:
        bound = environment.names.get(e.name)
        if bound is not None:
            if isinstance(bound, Thunk):
                return self.force(bound, state, successor)
            if isinstance(bound, Closure):
                raise EvaluationError(f"the operator {e.name} stands where a value is expected")
            return bound  # type: ignore[return-value]
        symbol = environment.scope.get(e.name)
        match symbol:
            case VariableSymbol():
                value = state[symbol.index]
                if value is UNASSIGNED:
                    raise EvaluationError(f"{e.name} is read before it has a value")
                return value
            case ConstantSymbol():
                return self._constant(symbol)
            case Definition():
                return self._definition(symbol, e, environment, state, successor)
            case BuiltinOperator():
                return self.call(symbol, (), e.location, environment, state, successor)
            case None:
                raise EvaluationError(f"unknown name {e.name}")

    @staticmethod
    def _constant(symbol: ConstantSymbol) -> Value:
        if symbol.value is None:
            raise EvaluationError(f"the constant {symbol.name} has no value")
        return symbol.value

    def _definition(
        self, definition: Definition, e: ast.Name, environment: Environment, state: State, successor: State | None
    ) -> Value:
        if definition.parameters:
            raise EvaluationError(f"the operator {definition.name} stands where a value is expected")
        known = self._constants.get(definition)
        if known is not None:
            return known
        inner = self.enter(definition, (), e.location, environment)
        if definition.is_function and definition.is_recursive:
            assert isinstance(definition.body, ast.FunctionConstructor)
            value: Value = recursive_function(self, definition.name, definition.body, inner, state, successor)
        else:
            value = self.evaluate(definition.body, inner, state, successor)
        if definition.level == CONSTANT and self._analysis.definition(definition).is_constant:
            self._constants[definition] = value
        return value

    def _apply(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        special = _SPECIAL.get(e.operator)
        if special is not None and e.operator not in environment.names:
            return special(self, e, environment, state, successor)
        operator = self.operator(e.operator, environment)
        if operator is None:
            raise EvaluationError(f"unknown operator {e.operator}")
        assert not isinstance(operator, Thunk)
        arguments = self.arguments(operator, e.arguments, environment, state, successor)
        return self.call(operator, arguments, e.location, environment, state, successor)

    def _selection(self, e: ast.Selection, environment: Environment, state: State, successor: State | None) -> Value:
        return self.evaluate(resolve(e), environment, state, successor)

    def _label(self, e: ast.Label, environment: Environment, state: State, successor: State | None) -> Value:
        return self.evaluate(e.body, environment, state, successor)

    def _at(self, e: ast.At, environment: Environment, state: State, successor: State | None) -> Value:
        return environment.names["@"]  # type: ignore[return-value]

    # ---------------------------------------------------------------------------------------- two states

    def _prime(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        if successor is None:
            raise EvaluationError("a primed expression is evaluated where there is no step")
        self._primes_read += 1
        inner = e.arguments[0]
        if isinstance(inner, ast.Name) and inner.name not in environment.names:
            symbol = environment.scope.get(inner.name)
            if isinstance(symbol, VariableSymbol):
                value = successor[symbol.index]
                if value is UNASSIGNED:
                    raise EvaluationError(f"{inner.name}' is read before it is assigned")
                return value
        return primed(lambda: self.evaluate(inner, environment, successor, None))

    def _unchanged(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        return self.is_unchanged(e.arguments[0], environment, state, successor)

    def is_unchanged(
        self, expression: ast.Expr, environment: Environment, state: State, successor: State | None
    ) -> bool:
        """Whether ``expression`` has the same value in both states."""
        if successor is None:
            raise EvaluationError("UNCHANGED is evaluated where there is no step")
        self._primes_read += 1
        before = self.evaluate(expression, environment, state, None)
        return equal(before, self.evaluate(expression, environment, successor, None))

    def _enabled(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        nothing = (UNASSIGNED,) * len(self._spec.variables)
        return any(True for _ in self.next_walker.steps(e.arguments[0], environment, state, nothing))

    def _composition(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        if successor is None:
            raise EvaluationError("an action composition is evaluated where there is no step")
        self._primes_read += 1
        nothing = (UNASSIGNED,) * len(self._spec.variables)
        first, second = e.arguments
        for middle in self.next_walker.steps(first, environment, state, nothing):
            behind = self.kept(first, second, environment, state, middle, successor)
            if self.test(second, behind, middle, successor):
                return True
        return False

    def kept(
        self, first: ast.Expr, second: ast.Expr, environment: Environment, state: State, middle: State, after: State
    ) -> Environment:
        """``environment`` for the second action of a composition. TLC computes a name of LET, or an argument, once:
        what was computed before the second action, or for the first, keeps the value that it had there. What was not,
        and asks for a variable that the first action leaves open, has no other value than that either.
        """
        missing = {v.name for v, value in zip(self._spec.variables, middle, strict=True) if value is UNASSIGNED}
        kept: dict[str, Binding] = {}
        for name in names_in(second) & environment.names.keys():
            thunk = environment.names[name]
            if not isinstance(thunk, Thunk) or thunk.function_name is not None:
                continue
            is_known = thunk.known is not None and thunk.known_state is state
            reads = variables_read(thunk.expression, thunk.environment.scope)
            if is_known or name in names_in(first) or not missing.isdisjoint(reads):
                try:
                    kept[name] = self.force(thunk, state, after)
                except EvaluationError:
                    continue  # it is met again where it is asked for, if it is
        return Environment({**environment.names, **kept}, environment.scope, environment.link)

    def _actionbox(self, e: ast.ActionBox, environment: Environment, state: State, successor: State | None) -> Value:
        if e.kind == "[]":
            taken = self.test(e.action, environment, state, successor)
            return taken or self.is_unchanged(e.subscript, environment, state, successor)
        taken = self.test(e.action, environment, state, successor)
        return taken and not self.is_unchanged(e.subscript, environment, state, successor)

    def _temporal(self, e: ast.Expr, environment: Environment, state: State, successor: State | None) -> NoReturn:
        raise EvaluationError("a temporal formula is true or false of a behavior; it has no value in a step")

    def _fairness(self, e: ast.Fairness, environment: Environment, state: State, successor: State | None) -> Value:
        self._temporal(e, environment, state, successor)

    # ---------------------------------------------------------------------------------------- logic

    def _junction(self, e: ast.Junction, environment: Environment, state: State, successor: State | None) -> Value:
        decisive = e.operator == "\\/"
        for item in e.items:
            if self.test(item, environment, state, successor) is decisive:
                return decisive
        return not decisive

    def _implies(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        left, right = e.arguments
        return not self.test(left, environment, state, successor) or self.test(right, environment, state, successor)

    def _big_union(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        return big_union(self, e.arguments[0], environment, state, successor)

    def _equivalent(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        left, right = e.arguments
        return self.test(left, environment, state, successor) is self.test(right, environment, state, successor)

    def _not(self, e: ast.Apply, environment: Environment, state: State, successor: State | None) -> Value:
        return not self.test(e.arguments[0], environment, state, successor)

    def _quantifier(self, e: ast.Quantifier, environment: Environment, state: State, successor: State | None) -> Value:
        if e.kind in ("\\AA", "\\EE"):
            self._temporal(e, environment, state, successor)
        decisive = e.kind == "\\E"
        for inner in self.bindings(e.bounds, environment, state, successor):
            if self.test(e.body, inner, state, successor) is decisive:
                return decisive
        return not decisive

    def _choose(self, e: ast.Choose, environment: Environment, state: State, successor: State | None) -> Value:
        domain, bind = self.domain_and_binder((e.bound,), environment, state, successor)
        return self._chooser.choose(domain, lambda value: self.test(e.body, bind(value), state, successor))

    def _if(self, e: ast.If, environment: Environment, state: State, successor: State | None) -> Value:
        branch = e.then if self.test(e.condition, environment, state, successor) else e.otherwise
        return self.evaluate(branch, environment, state, successor)

    def _case(self, e: ast.Case, environment: Environment, state: State, successor: State | None) -> Value:
        return self.evaluate(self.case_branch(e, environment, state, successor), environment, state, successor)

    def case_branch(self, e: ast.Case, environment: Environment, state: State, successor: State | None) -> ast.Expr:
        """The branch of a CASE that is taken: the first whose condition is true."""
        for arm in e.arms:
            if self.test(arm.condition, environment, state, successor):
                return arm.value
        if e.other is None:
            raise EvaluationError("CASE: no condition is true, and there is no OTHER")
        return e.other

    def _let(self, e: ast.Let, environment: Environment, state: State, successor: State | None) -> Value:
        return self.evaluate(e.body, self.let(e, environment), state, successor)

    def let(self, e: ast.Let, environment: Environment) -> Environment:
        """The environment inside a LET."""
        names: dict[str, Binding] = dict(environment.names)
        inner = Environment(names, environment.scope, environment.link)
        for unit in e.definitions:
            match unit:
                case ast.OperatorDefinition() if unit.parameters:
                    names[unit.name] = Closure(unit.name, unit.parameters, unit.body, inner)
                case ast.OperatorDefinition():
                    names[unit.name] = Thunk(unit.body, inner)
                case ast.FunctionDefinition():
                    body = ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
                    is_recursive = any(node == ast.Name(unit.name) for node in walk(unit.body))
                    names[unit.name] = Thunk(body, inner, function_name=unit.name if is_recursive else None)
                case ast.Recursive():
                    pass  # All definitions of a LET see one another here.
                case _:
                    raise EvaluationError(f"{type(unit).__name__} inside LET cannot be evaluated")
        return inner


def _located(error: EvaluationError, expression: ast.Expr, environment: Environment) -> ExpressionError:
    location = error.location or expression.location
    return ExpressionError(error.message, location=location, chain=environment.chain(), hint=error.hint)


def _describe(expression: ast.Expr) -> str:
    return f"a {type(expression).__name__}"


_EVALUATED: tuple[type[ast.Expr], ...] = (
    ast.Name,
    ast.At,
    ast.Apply,
    ast.Selection,
    ast.Junction,
    ast.Quantifier,
    ast.Choose,
    ast.If,
    ast.Case,
    ast.Let,
    ast.ActionBox,
    ast.Fairness,
    ast.Label,
)

# Operators that do not work on the values of their arguments.
_SPECIAL: dict[str, Callable[[Interpreter, ast.Apply, Environment, State, State | None], Value]] = {
    "'": Interpreter._prime,
    "UNCHANGED": Interpreter._unchanged,
    "ENABLED": Interpreter._enabled,
    "\\cdot": Interpreter._composition,
    "=>": Interpreter._implies,
    "<=>": Interpreter._equivalent,
    "~": Interpreter._not,
    "UNION": Interpreter._big_union,
    **dict.fromkeys(_TEMPORAL, Interpreter._temporal),
}
