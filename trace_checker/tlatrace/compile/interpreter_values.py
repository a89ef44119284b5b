"""The interpreter's part for what is built and taken apart: literals, sets, functions, records, tuples, EXCEPT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tlatrace.compile.api import State
from tlatrace.compile.bounded import fits, literal_too_big
from tlatrace.compile.environment import Environment
from tlatrace.syntax import ast
from tlatrace.values import (
    EvaluationError,
    FunctionSpace,
    LazyFunction,
    ProductSet,
    RecordSpace,
    Value,
    apply,
    as_set,
    except_with,
    field,
    function_when_applied,
    make_record,
    make_sequence,
    make_set,
    set_filter,
    union_of,
)

if TYPE_CHECKING:
    from tlatrace.compile.interpreter import Interpreter


def _number(
    interpreter: Interpreter, e: ast.Number, environment: Environment, state: State, successor: State | None
) -> Value:
    if interpreter.bounded_integers and not fits(e.value):
        raise EvaluationError(literal_too_big(e.value))
    return e.value


def _string(
    interpreter: Interpreter, e: ast.String, environment: Environment, state: State, successor: State | None
) -> Value:
    return e.value


def _decimal(
    interpreter: Interpreter, e: ast.Decimal, environment: Environment, state: State, successor: State | None
) -> Value:
    raise EvaluationError(f"{e.text}: real numbers cannot be evaluated")


def _tuple(
    interpreter: Interpreter, e: ast.Tuple, environment: Environment, state: State, successor: State | None
) -> Value:
    return make_sequence([interpreter.evaluate(item, environment, state, successor) for item in e.items])


def _set_enumeration(
    interpreter: Interpreter, e: ast.SetEnumeration, environment: Environment, state: State, successor: State | None
) -> Value:
    return make_set([interpreter.evaluate(item, environment, state, successor) for item in e.items])


def big_union(
    interpreter: Interpreter, e: ast.Expr, environment: Environment, state: State, successor: State | None
) -> Value:
    """``UNION e``. As in TLC, sets that are written out, or mapped to, are not compared with one another."""
    match e:
        case ast.SetEnumeration(items=items):
            return union_of([interpreter.evaluate(item, environment, state, successor) for item in items])
        case ast.SetMap(bounds=bounds, element=element):
            inner = interpreter.bindings(bounds, environment, state, successor)
            return union_of([interpreter.evaluate(element, each, state, successor) for each in inner])
        case _:
            return union_of(as_set(interpreter.evaluate(e, environment, state, successor), "UNION"))


def _set_filter(
    interpreter: Interpreter, e: ast.SetFilter, environment: Environment, state: State, successor: State | None
) -> Value:
    domain, bind = interpreter.domain_and_binder((e.bound,), environment, state, successor)
    return set_filter(domain, lambda value: interpreter.test(e.predicate, bind(value), state, successor))


def _set_map(
    interpreter: Interpreter, e: ast.SetMap, environment: Environment, state: State, successor: State | None
) -> Value:
    inner = interpreter.bindings(e.bounds, environment, state, successor)
    return make_set([interpreter.evaluate(e.element, each, state, successor) for each in inner])


def _function_constructor(
    interpreter: Interpreter,
    e: ast.FunctionConstructor,
    environment: Environment,
    state: State,
    successor: State | None,
) -> Value:
    domain, bind = interpreter.domain_and_binder(e.bounds, environment, state, successor)
    return function_when_applied(
        domain, lambda value: interpreter.evaluate(e.body, bind(value), state, successor), lambda error: error
    )


def recursive_function(
    interpreter: Interpreter,
    name: str,
    e: ast.FunctionConstructor,
    environment: Environment,
    state: State,
    successor: State | None,
) -> Value:
    """A function whose body may apply it: evaluated where it is applied, each result remembered."""
    domain, bind = interpreter.domain_and_binder(e.bounds, environment, state, successor)

    def body(value: Value) -> Value:
        return interpreter.evaluate(e.body, bind(value).bind(name, result), state, successor)

    result = LazyFunction(as_set(domain, "a function definition"), body)
    return result


def _function_set(
    interpreter: Interpreter, e: ast.FunctionSet, environment: Environment, state: State, successor: State | None
) -> Value:
    domain = interpreter.evaluate(e.domain, environment, state, successor)
    codomain = interpreter.evaluate(e.codomain, environment, state, successor)
    return FunctionSpace(as_set(domain, "[S -> T]"), as_set(codomain, "[S -> T]"))


def _record(
    interpreter: Interpreter, e: ast.Record, environment: Environment, state: State, successor: State | None
) -> Value:
    return make_record({item.name: interpreter.evaluate(item.value, environment, state, successor) for item in e.items})


def _record_set(
    interpreter: Interpreter, e: ast.RecordSet, environment: Environment, state: State, successor: State | None
) -> Value:
    return RecordSpace(
        {
            item.name: as_set(interpreter.evaluate(item.value, environment, state, successor), "a set of records")
            for item in e.items
        }
    )


def _times(
    interpreter: Interpreter, e: ast.Times, environment: Environment, state: State, successor: State | None
) -> Value:
    return ProductSet(
        tuple(as_set(interpreter.evaluate(item, environment, state, successor), "\\X") for item in e.items)
    )


def _function_apply(
    interpreter: Interpreter, e: ast.FunctionApply, environment: Environment, state: State, successor: State | None
) -> Value:
    function = interpreter.evaluate(e.function, environment, state, successor)
    return apply(function, _index(interpreter, e.arguments, environment, state, successor))


def _index(
    interpreter: Interpreter,
    arguments: tuple[ast.Expr, ...],
    environment: Environment,
    state: State,
    successor: State | None,
) -> Value:
    values = [interpreter.evaluate(argument, environment, state, successor) for argument in arguments]
    return values[0] if len(values) == 1 else make_sequence(values)


def _field(
    interpreter: Interpreter, e: ast.Field, environment: Environment, state: State, successor: State | None
) -> Value:
    return field(interpreter.evaluate(e.record, environment, state, successor), e.name)


def _except(
    interpreter: Interpreter, e: ast.Except, environment: Environment, state: State, successor: State | None
) -> Value:
    value = interpreter.evaluate(e.function, environment, state, successor)
    for update in e.updates:
        path = [
            step.name
            if isinstance(step, ast.ExceptField)
            else _index(interpreter, step.arguments, environment, state, successor)
            for step in update.path
        ]
        value = except_with(value, path, _updater(interpreter, update, environment, state, successor))
    return value


def _updater(
    interpreter: Interpreter, update: ast.ExceptUpdate, environment: Environment, state: State, successor: State | None
) -> Callable[[Value], Value]:
    return lambda old: interpreter.evaluate(update.value, environment.bind("@", old), state, successor)


METHODS: dict[type[ast.Expr], Callable[[Any, Any, Environment, State, State | None], Value]] = {
    ast.Number: _number,
    ast.String: _string,
    ast.Decimal: _decimal,
    ast.Tuple: _tuple,
    ast.SetEnumeration: _set_enumeration,
    ast.SetFilter: _set_filter,
    ast.SetMap: _set_map,
    ast.FunctionConstructor: _function_constructor,
    ast.FunctionSet: _function_set,
    ast.Record: _record,
    ast.RecordSet: _record_set,
    ast.Times: _times,
    ast.FunctionApply: _function_apply,
    ast.Field: _field,
    ast.Except: _except,
}
"""How each kind of expression is evaluated: ``(interpreter, expression, environment, state, successor)``."""
