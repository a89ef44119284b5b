"""TLCExt: what the run knows, and expressions that are evaluated now, later or with an error expected."""

from __future__ import annotations

from collections.abc import Callable

from tlatrace.stdlib.module import Operator, operators
from tlatrace.stdlib.tlc import ASSERT_FAILED, current_run, tlc_set
from tlatrace.values import (
    EvaluationError,
    ModelValue,
    Value,
    elements,
    equal,
    field,
    integer,
    make_sequence,
    sequence,
    shown,
    to_text,
)

Thunk = Callable[[], Value]

_SECOND = "the second argument was:\n"


def assert_error(message: Thunk, expression: Thunk) -> bool:
    """``AssertError(message, expression)``: whether the expression has no value.

    TLC's text of the error is compared for failures of Assert, whose text comes from the specification; other errors
    are worded differently here, so that any of them will do.
    """
    expected = message()
    try:
        expression()
    except EvaluationError as error:
        text = error.message.partition(ASSERT_FAILED)[2]
        return not text or expected in (text, f"The first argument of Assert evaluated to FALSE; {_SECOND}{text}")
    return False


def get_or_default(index: Value, default: Value) -> Value:
    """``TLCGetOrDefault(index, default)``"""
    registers = current_run().registers
    return registers[index] if type(index) is int and index in registers else default


def get_and_set(index: Value, op: Callable[[Value, Value], Value], value: Value, default: Value) -> Value:
    """``TLCGetAndSet(index, op, value, default)``: the old value; the register becomes ``op(old, value)``."""
    old = get_or_default(index, default)
    tlc_set(index, op(old, value))
    return old


def trace() -> Value:
    """``Trace``"""
    return _answer(current_run().trace, "Trace", "it is the way to the current state of an exploration")


def counter_example() -> Value:
    """``CounterExample``"""
    return _answer(current_run().counter_example, "CounterExample", "it is there for a postcondition")


def to_trace(example: Value) -> Value:
    """``ToTrace(example)``: the states of a counterexample in order."""
    states = {}
    for each in elements(field(example, "state")):
        pair = sequence(each, "a state of a counterexample")
        states[integer(pair[0], "the number of a state")] = pair[1]
    return make_sequence([states[number] for number in sorted(states)])


def model_value(name: Value) -> Value:
    """``TLCModelValue(name)``"""
    if type(name) is not str:
        raise EvaluationError(f"the argument of TLCModelValue must be a string, but is {shown(name)}")
    return ModelValue(name)


def defer(expression: Thunk) -> bool:
    """``TLCDefer(expression)``: TRUE; the expression is evaluated here and now."""
    expression()
    return True


def same(value: Value) -> Value:
    """``TLCNoOp(value)``"""
    return value


def pick_successor(expression: Value) -> bool:
    """``PickSuccessor(expression)``: nobody is asked, every successor is taken."""
    return True


def cached(expression: Thunk, closure: Thunk) -> Value:
    """``TLCCache(expression, closure)``"""
    return expression()


def fingerprint(value: Value) -> Value:
    """``TLCFP(value)``"""
    raise EvaluationError(f"TLCFP({shown(value)}): TLC's fingerprints of values are not computed here")


def evaluate_definition(name: Value) -> Value:
    """``TLCEvalDefinition(name)``"""
    look_up = current_run().definition
    if type(name) is not str or look_up is None:
        raise EvaluationError(f"TLCEvalDefinition({shown(name)}): there is no definition with this name")
    return look_up(name)


def assert_equal(left: Value, right: Value) -> bool:
    """``AssertEq(left, right)``: prints both where they differ."""
    if equal(left, right):
        return True
    for text in (to_text("Assertion failed"), to_text(left), to_text(right)):
        current_run().output(text)
    return False


def _answer(known: Thunk | None, name: str, why: str) -> Value:
    if known is None:
        raise EvaluationError(f"{name} has no value here: {why}")
    return known()


OPERATORS = operators(
    {
        "AssertEq": (2, assert_equal),
        "TLCGetOrDefault": (2, get_or_default),
        "Trace": (0, trace),
        "CounterExample": (0, counter_example),
        "ToTrace": (1, to_trace),
        "TLCModelValue": (1, model_value),
        "TLCNoOp": (1, same),
        "PickSuccessor": (1, pick_successor),
        "TLCFP": (1, fingerprint),
        "TLCEvalDefinition": (1, evaluate_definition),
    },
    (
        Operator(name="AssertError", arity=2, function=assert_error, lazy=True),
        Operator(name="TLCDefer", arity=1, function=defer, lazy=True),
        Operator(name="TLCCache", arity=2, function=cached, lazy=True),
        Operator(name="TLCGetAndSet", arity=4, function=get_and_set, operator_arguments=(0, 2, 0, 0)),
    ),
)
