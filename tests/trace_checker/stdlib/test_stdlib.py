"""The standard modules: each operator with a result that TLC 2.18 gives, and a twin that TLC refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tlatrace.stdlib import BUILTINS, MODULES, Operator, TlcRun, current_run, use_run
from tlatrace.values import (
    EMPTY_SEQUENCE,
    EMPTY_SET,
    NATURALS,
    EvaluationError,
    IntervalSet,
    LazyFunction,
    ModelValue,
    PowerSet,
    SetValue,
    make_function,
    make_record,
    make_sequence,
    make_set,
    to_text,
)


def operator(name: str) -> Callable[..., Any]:
    """The operator of this name, in whatever module it stands."""
    found = [
        table[name].function
        for table in (BUILTINS, *(module.operators for module in MODULES.values()))
        if name in table
    ]
    assert len(found) == 1, name
    return found[0]


def seq(*items: Any) -> Any:
    return make_sequence(items)


def bag(**counts: int) -> Any:
    return make_record(counts)


M, N = ModelValue("m"), ModelValue("n")

RESULTS: list[tuple[str, tuple[Any, ...], str]] = [
    ("+", (2, 3), "5"),
    ("-", (2, 3), "-1"),
    ("*", (2**40, 2**40), str(2**80)),
    ("-.", (5,), "-5"),
    ("^", (2, 10), "1024"),
    ("^", (0, 1), "0"),
    ("^", (5, 0), "1"),
    ("\\div", (-5, 2), "-3"),
    ("\\div", (5, -2), "-3"),
    ("%", (-5, 2), "1"),
    ("..", (1, 3), "{1, 2, 3}"),
    ("..", (1, 0), "{}"),
    ("<", (1, 2), "TRUE"),
    (">", (1, 2), "FALSE"),
    ("<=", (2, 2), "TRUE"),
    (">=", (1, 2), "FALSE"),
    ("Nat", (), "Nat"),
    ("Int", (), "Int"),
    ("Real", (), "Real"),
    ("Len", ("abc",), "3"),
    ("Len", (seq(1, 2),), "2"),
    ("\\o", ("ab", "cd"), '"abcd"'),
    ("\\o", (seq(1), seq(2, 3)), "<<1, 2, 3>>"),
    ("\\o", (EMPTY_SEQUENCE, seq(1)), "<<1>>"),
    ("Append", (seq(1), "x"), '<<1, "x">>'),
    ("Append", ("abc", "d"), '"abcd"'),
    ("Head", (seq(4, 5),), "4"),
    ("Head", ("abc",), '"a"'),
    ("Tail", (seq(4, 5, 6),), "<<5, 6>>"),
    ("Tail", ("abc",), '"bc"'),
    ("SubSeq", (seq(1, 2, 3), 2, 3), "<<2, 3>>"),
    ("SubSeq", (seq(1, 2, 3), 3, 2), "<<>>"),
    ("SubSeq", (seq(1, 2, 3), 7, 2), "<<>>"),
    ("SubSeq", ("abcd", 2, 3), '"bc"'),
    ("SelectSeq", (seq(1, 2, 3, 4), lambda x: x % 2 == 0), "<<2, 4>>"),
    ("Seq", (make_set((1,)),), "Seq({1})"),
    ("Cardinality", (PowerSet(IntervalSet(1, 3)),), "8"),
    ("Cardinality", (make_set((M, N, M)),), "2"),
    ("IsFiniteSet", (NATURALS,), "FALSE"),
    ("IsFiniteSet", (EMPTY_SET,), "TRUE"),
    ("SetToBag", (make_set("ab"),), "[a |-> 1, b |-> 1]"),
    ("EmptyBag", (), "<<>>"),
    ("BagToSet", (make_function({1: 2, 4: 1}),), "{1, 4}"),
    ("BagIn", ("a", bag(a=1)), "TRUE"),
    ("CopiesIn", ("a", bag(a=2)), "2"),
    ("CopiesIn", ("b", bag(a=2)), "0"),
    ("BagCardinality", (bag(a=2, b=3),), "5"),
    ("(+)", (bag(a=1, b=1), bag(b=1)), "[a |-> 1, b |-> 2]"),
    ("(+)", (bag(b=1), EMPTY_SEQUENCE), "[b |-> 1]"),
    ("(-)", (bag(a=1, b=3), bag(a=1, b=1, c=7)), "[b |-> 2]"),
    ("(-)", (seq(1, 1), seq(0, 1)), "<<1>>"),
    ("BagUnion", (make_set([seq(1, 1), make_function({2: 1})]),), "<<1, 2>>"),
    ("\\sqsubseteq", (bag(a=1), bag(a=2, b=1)), "TRUE"),
    ("\\sqsubseteq", (bag(a=3), bag(a=2, b=1)), "FALSE"),
    ("SubBag", (seq(1, 1),), "{<<>>, <<1>>, (2 :> 1), <<1, 1>>}"),
    ("BagOfAll", (lambda x: x % 2, seq(1, 1, 1)), "(0 :> 1 @@ 1 :> 2)"),
    ("IsABag", (make_function({1: 0}),), "FALSE"),
    ("IsABag", (seq(2),), "TRUE"),
    ("IsABag", (5,), "FALSE"),
    (":>", (1, 2), "<<2>>"),
    (":>", (M, 2), "(m :> 2)"),
    ("@@", (seq(7), seq(8, 9)), "<<7, 9>>"),
    ("@@", (bag(a=1), bag(a=2, b=3)), "[a |-> 1, b |-> 3]"),
    ("Permutations", (make_set((1, 2)),), "{<<1, 2>>, <<2, 1>>}"),
    ("Permutations", (make_set((M, N)),), "{(m :> m @@ n :> n), (m :> n @@ n :> m)}"),
    ("SortSeq", (seq(3, 1, 2), lambda a, b: a < b), "<<1, 2, 3>>"),
    ("ToString", (make_record({"a": 1, "b": seq("x", True)}),), r'"[a |-> 1, b |-> <<\"x\", TRUE>>]"'),
    ("Assert", (True, "no"), "TRUE"),
    ("TLCEval", (LazyFunction(IntervalSet(1, 2), lambda n: n),), "<<1, 2>>"),
    ("Any", (), "Any"),
    ("RandomElement", (make_set((7,)),), "7"),
    ("=", (1, 1), "TRUE"),
    ("#", (1, 1), "FALSE"),
    ("\\in", (1, NATURALS), "TRUE"),
    ("\\notin", (1, NATURALS), "FALSE"),
    ("\\cup", (make_set((1,)), make_set((2,))), "{1, 2}"),
    ("\\cap", (make_set((1, 2)), make_set((2,))), "{2}"),
    ("\\", (make_set((1, 2)), make_set((2,))), "{1}"),
    ("\\subseteq", (make_set((1,)), NATURALS), "TRUE"),
    ("SUBSET", (make_set((1,)),), "{{}, {1}}"),
    ("UNION", (make_set([make_set((1,)), make_set((2,))]),), "{1, 2}"),
    ("DOMAIN", (seq(5, 6),), "{1, 2}"),
    ("~", (True,), "FALSE"),
    ("<=>", (True, False), "FALSE"),
    ("/\\", (lambda: False, lambda: 1 // 0), "FALSE"),
    ("\\/", (lambda: True, lambda: 1 // 0), "TRUE"),
    ("=>", (lambda: False, lambda: 1 // 0), "TRUE"),
    ("=>", (lambda: True, lambda: False), "FALSE"),
    ("TRUE", (), "TRUE"),
    ("FALSE", (), "FALSE"),
    ("BOOLEAN", (), "{FALSE, TRUE}"),
    ("STRING", (), "STRING"),
]


@pytest.mark.parametrize(("name", "arguments", "text"), RESULTS)
def test_results(name: str, arguments: tuple[Any, ...], text: str) -> None:
    assert to_text(operator(name)(*arguments)) == text


REFUSALS: list[tuple[str, tuple[Any, ...], str]] = [
    ("+", ("a", 1), 'left operand of \\+ must be an integer, but is the string "a"'),
    ("+", (1, True), "right operand of \\+ must be an integer, but is the boolean TRUE"),
    ("-", (True, 1), "left operand of -"),
    ("*", (1, M), "right operand of \\*"),
    ("-.", (True,), "operand of - must be an integer"),
    ("^", (2, -1), "must be a natural number, but is -1"),
    ("^", (0, 0), "undefined"),
    ("^", (2, True), "right operand"),
    ("^", (10, 10**9), "more than 1000000 bits"),
    ("\\div", (5, 0), "5 .div 0: the divisor is zero"),
    ("\\div", (5, "a"), "right operand"),
    ("%", (5, -2), "the divisor must be positive"),
    ("%", (5, 0), "the divisor must be positive"),
    ("..", (1, "a"), "right operand"),
    ("<", (True, 1), "left operand of < must be an integer, but is the boolean TRUE"),
    (">", ("a", "b"), "left operand of >"),
    ("<=", (1, "b"), "right operand of <="),
    (">=", (False, 1), "left operand of >="),
    ("/", (4, 2), "a real number"),
    ("Infinity", (), "not a value"),
    ("Len", (5,), "argument of Len must be a sequence, but is the integer 5"),
    ("\\o", (seq(1), "a"), "right operand"),
    ("\\o", ("a", seq(1)), "left operand"),
    ("Append", (make_record({"a": 1}), 1), "first argument of Append must be a sequence"),
    ("Append", ("a", 1), "cannot be appended"),
    ("Head", (EMPTY_SEQUENCE,), "empty sequence"),
    ("Tail", ("",), "empty sequence"),
    ("SubSeq", (seq(1, 2, 3), 2, 5), r"third argument of SubSeq must be in the domain 1..3 of <<1, 2, 3>>, but is 5"),
    ("SubSeq", (seq(1, 2, 3), 0, 2), "second argument of SubSeq"),
    ("SubSeq", (seq(1, 2, 3), True, 2), "must be an integer"),
    ("SelectSeq", (seq(1), lambda x: x), "test of SelectSeq must be a boolean"),
    ("Seq", (1,), "must be a set"),
    ("Cardinality", (NATURALS,), "infinite"),
    ("Cardinality", (5,), "must be a set"),
    ("IsFiniteSet", (5,), "must be a set"),
    ("SetToBag", (5,), "must be a set"),
    ("BagToSet", (5,), "must be a function"),
    ("BagCardinality", (bag(a=True),), "positive integers, but one to TRUE"),
    ("(+)", (bag(a=1), make_function({0: 1})), "cannot be compared"),
    ("JavaTime", (), "no meaning here"),
    ("BagUnion", (5,), "not a set"),
    ("@@", (5, bag(a=1)), "left operand of @@"),
    ("Permutations", (NATURALS,), "cannot|infinite"),
    ("SortSeq", (seq(1, 2), lambda a, b: 1), "order of SortSeq must be a boolean"),
    ("Assert", (False, "no"), 'FALSE; its message is "no"'),
    ("Assert", (1, "no"), "must be a boolean"),
    ("TLCGet", (77,), "nothing was set"),
    ("TLCGet", ("level",), "known names: none"),
    ("TLCSet", ("a", 1), "natural number"),
    ("RandomElement", (EMPTY_SET,), "empty set"),
    ("=", (1, "a"), "cannot compare the integer 1 with the string"),
    ("\\in", (1, 1), "not a set"),
    ("\\notin", ("a", NATURALS), "cannot tell"),
    ("SUBSET", (1,), "operand of SUBSET must be a set"),
    ("UNION", (make_set((1,)),), "operand of UNION must be a set"),
    ("DOMAIN", (1,), "not a function"),
    ("~", (1,), "operand of ~ must be a boolean"),
    ("<=>", (1, True), "left side of <=>"),
    ("/\\", (lambda: True, lambda: 1), "right side of"),
    ("\\/", (lambda: 1, lambda: True), "left side of"),
    ("=>", (lambda: 1, lambda: True), "left side of =>"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSALS)
def test_refusals(name: str, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        operator(name)(*arguments)


def test_every_operator_is_seen_here() -> None:
    seen = {name for name, _, _ in RESULTS} | {name for name, _, _ in REFUSALS} | {"Print", "PrintT", "TLCSet"}
    known = set(BUILTINS) | {name for module in MODULES.values() for name in module.operators}
    assert known == seen


def test_modules_say_what_they_extend_and_take() -> None:
    assert {name: module.extends for name, module in MODULES.items() if module.extends} == {
        "Integers": ("Naturals",),
        "Reals": ("Integers",),
        "Bags": ("TLC",),
    }
    for module in MODULES.values():
        for name, one in module.operators.items():
            assert isinstance(one, Operator)
            assert one.name == name
            assert len(one.operator_arguments) in (0, one.arity)


class TestTlc:
    def test_prints_and_registers_belong_to_the_run(self) -> None:
        printed: list[str] = []
        with use_run(TlcRun(output=printed.append, named={"level": lambda: 4}, milliseconds=lambda: 2**40 + 5)) as run:
            assert current_run() is run
            assert operator("Print")("x", 1) == 1
            assert operator("PrintT")(seq("k", 2)) is True
            assert operator("TLCSet")(3, "kept") is True
            assert operator("TLCGet")(3) == "kept"
            assert operator("TLCGet")("level") == 4
            assert operator("JavaTime")() == 5
        assert printed == ['"x"  1', '<<"k", 2>>']
        with use_run(TlcRun()), pytest.raises(EvaluationError, match="nothing was set"):
            operator("TLCGet")(3)

    def test_the_seed_decides_what_is_drawn(self) -> None:
        def drawn(seed: int) -> list[Any]:
            with use_run(TlcRun(seed=seed)):
                return [operator("RandomElement")(IntervalSet(1, 1000)) for _ in range(5)]

        assert drawn(1) == drawn(1)
        assert drawn(1) != drawn(2)

    def test_sort_seq_is_stable(self) -> None:
        records = seq(*(make_record({"k": k, "v": v}) for k, v in ((1, 1), (0, 2), (1, 3), (0, 4))))
        ordered = operator("SortSeq")(records, lambda a, b: a.apply("k") < b.apply("k"))
        assert [record.apply("v") for record in ordered] == [2, 4, 1, 3]


COUNTS = st.dictionaries(st.integers(0, 60), st.integers(1, 3), max_size=60)


@settings(max_examples=80, deadline=None)
@given(COUNTS, COUNTS)
def test_bags_against_dictionaries(left: dict[int, int], right: dict[int, int]) -> None:
    one, other = make_function(left), make_function(right)
    total = {item: left.get(item, 0) + right.get(item, 0) for item in left | right}
    rest = {item: count - right.get(item, 0) for item, count in left.items() if count > right.get(item, 0)}
    assert operator("(+)")(one, other) == make_function(total)
    assert operator("(-)")(one, other) == make_function(rest)
    assert hash(operator("(-)")(one, other)) == hash(make_function(rest))
    assert operator("\\sqsubseteq")(one, other) == all(right.get(item, 0) >= count for item, count in left.items())
    assert isinstance(operator("DOMAIN")(one).normal(), SetValue)
