"""The module TLC. What it prints, stores, draws and asks of the checker goes through a :class:`TlcRun`.

There is one current run a process: :func:`use_run` sets it for the length of a ``with`` statement. A run that nobody
set prints to standard error, and draws from seed 0.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cmp_to_key
from itertools import permutations
from typing import Final

from tlatrace.stdlib.module import Operator, StandardModule, operators
from tlatrace.values import (
    ANY,
    AnySet,
    EvaluationError,
    LazyFunction,
    Value,
    as_set,
    boolean,
    builder_over,
    elements,
    explicit,
    make_function,
    make_sequence,
    make_set,
    merge,
    sequence,
    shown,
    tabulated,
    to_text,
)

ASSERT_FAILED: Final = "the first argument of Assert is FALSE; its message is "


def _print_to_stderr(text: str) -> None:
    print(text, file=sys.stderr)


@dataclass(slots=True, kw_only=True)
class TlcRun:
    """What the operators of TLC see of the run they are evaluated in.

    ``named`` answers ``TLCGet("level")`` and its like; ``milliseconds`` is the clock of JavaTime, which has no value
    without one. ``trace``, ``counter_example`` and ``definition`` answer ``Trace``, ``CounterExample`` and
    ``TLCEvalDefinition`` of TLCExt. ``lines`` has what was read from files of lines: file, number of the line, value.
    ``environment`` is what IOEnv shows, the process's if None. Commands that a specification asks for (IOExec) are
    refused unless ``may_run_commands``. ``primes`` counts the primes that what is evaluated stands under, each of which
    speaks of the next level. ``is_stopped``: the specification said ``TLCSet("exit", TRUE)``; whoever searches goes no
    further.
    """

    output: Callable[[str], None] = _print_to_stderr
    seed: int = 0
    milliseconds: Callable[[], int] | None = None
    named: Mapping[str, Callable[[], Value]] = field(default_factory=dict)
    trace: Callable[[], Value] | None = None
    counter_example: Callable[[], Value] | None = None
    definition: Callable[[str], Value] | None = None
    environment: Mapping[str, str] | None = None
    may_run_commands: bool = False
    registers: dict[int, Value] = field(default_factory=dict)
    lines: list[tuple[str, int, Value]] = field(default_factory=list)
    is_stopped: bool = False
    primes: int = 0
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)


_current = [TlcRun()]


@contextmanager
def use_run(run: TlcRun) -> Iterator[TlcRun]:
    """Make this the current run."""
    _current.append(run)
    try:
        yield run
    finally:
        _current.remove(run)


def current_run() -> TlcRun:
    """The run that the operators see."""
    return _current[-1]


def print_and_return(text: Value, value: Value) -> Value:
    """``Print(text, value)``: prints both and is ``value``."""
    current_run().output(f"{to_text(text)}  {to_text(value)}")
    return value


def print_only(text: Value) -> bool:
    """``PrintT(text)``"""
    current_run().output(to_text(text))
    return True


def assert_or_fail(condition: Value, message: Value) -> bool:
    """``Assert(condition, message)``: TRUE, or an error with the message."""
    if boolean(condition, "the first argument of Assert"):
        return True
    raise EvaluationError(f"{ASSERT_FAILED}{shown(message)}")


def java_time() -> Value:
    """``JavaTime``: milliseconds, within TLC's integers."""
    clock = current_run().milliseconds
    if clock is None:
        raise EvaluationError("JavaTime is the time at which TLC evaluates it, and has no meaning here")
    return clock() & 0x7FFFFFFF


def tlc_get(index: Value) -> Value:
    """``TLCGet(index)``: a register, or what the checker knows under a name."""
    run = current_run()
    if type(index) is int:
        if index not in run.registers:
            raise EvaluationError(f"TLCGet({index}): nothing was set")
        return run.registers[index]
    answer = run.named.get(index) if type(index) is str else None
    if answer is None:
        known = ", ".join(sorted(run.named)) or "none"
        raise EvaluationError(f"TLCGet({shown(index)}): a register or a known name is expected; known names: {known}")
    value = answer()
    return value + run.primes if index == "level" and type(value) is int else value


def primed(expression: Callable[[], Value]) -> Value:
    """The value of what stands under a prime, where it may ask for the level."""
    run = current_run()
    run.primes += 1
    try:
        return expression()
    finally:
        run.primes -= 1


def tlc_set(index: Value, value: Value) -> bool:
    """``TLCSet(index, value)``: sets a register, or asks the search to end.

    Nobody sits at a terminal here to end a pause, so that ``TLCSet("pause", TRUE)`` goes on at once.
    """
    if index == "exit" or index == "pause":
        if index == "exit" and value is True:
            current_run().is_stopped = True
        return True
    if type(index) is not int or index < 0:
        raise EvaluationError(
            f'TLCSet({shown(index)}, …): a register is a natural number; "exit" and "pause" are known, too'
        )
    current_run().registers[index] = value
    return True


def single_mapping(key: Value, value: Value) -> Value:
    """``key :> value``"""
    return make_function([(key, value)])


def override(left: Value, right: Value) -> Value:
    """``left @@ right``: both functions; where both are defined, ``left`` decides."""
    return merge(tabulated(left, "the left operand of @@"), tabulated(right, "the right operand of @@"))


def permutations_of(base: Value) -> AnySet:
    """``Permutations(base)``: the bijections of a finite set with itself."""
    items = explicit(as_set(base, "Permutations"))
    build = builder_over(items)
    return make_set(tuple(map(build, permutations(items.sorted()))))


def sort_sequence(items: Value, before: Callable[[Value, Value], Value]) -> Value:
    """``SortSeq(items, before)``: sorted so that no element stands behind one it must stand before; stable."""

    def order(left: Value, right: Value) -> int:
        if boolean(before(left, right), "the order of SortSeq"):
            return -1
        return 1 if boolean(before(right, left), "the order of SortSeq") else 0

    return make_sequence(sorted(sequence(items, "the first argument of SortSeq"), key=cmp_to_key(order)))


def random_element(base: Value) -> Value:
    """``RandomElement(base)``: drawn from the run's seed."""
    choices = tuple(elements(base))
    if not choices:
        raise EvaluationError("RandomElement is applied to the empty set")
    return choices[draw_below(current_run().random, len(choices))]


def to_string(value: Value) -> str:
    """``ToString(value)``"""
    return to_text(value)


def tlc_eval(value: Value) -> Value:
    """``TLCEval(value)``: what is lazy is evaluated now, where it is finite."""
    if isinstance(value, AnySet):
        return value.normal()
    if isinstance(value, LazyFunction) and value.is_finite():
        return value.table()
    return value


def any_value() -> Value:
    """``Any``: the set that contains everything."""
    return ANY


def draw_below(source: random.Random, bound: int) -> int:
    """A number within 0..bound-1, from ``getrandbits`` alone, which every Python version draws alike."""
    bits = bound.bit_length()
    while True:
        drawn = source.getrandbits(bits)
        if drawn < bound:
            return drawn


TLC_MODULE = StandardModule(
    name="TLC",
    extends=(),
    operators=operators(
        {
            "Print": (2, print_and_return),
            "PrintT": (1, print_only),
            "Assert": (2, assert_or_fail),
            "JavaTime": (0, java_time),
            "TLCGet": (1, tlc_get),
            "TLCSet": (2, tlc_set),
            ":>": (2, single_mapping),
            "@@": (2, override),
            "Permutations": (1, permutations_of),
            "RandomElement": (1, random_element),
            "Any": (0, any_value),
            "ToString": (1, to_string),
            "TLCEval": (1, tlc_eval),
        },
        (Operator(name="SortSeq", arity=2, function=sort_sequence, operator_arguments=(0, 2)),),
    ),
)
