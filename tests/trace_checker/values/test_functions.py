"""Records, functions, EXCEPT, lazy functions, equality that TLC refuses, JSON errors, differences."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.values import (
    EMPTY_SEQUENCE,
    INTEGERS,
    NATURALS,
    EvaluationError,
    FunctionValue,
    IntervalSet,
    LazyFunction,
    ModelValue,
    apply,
    boolean,
    builder_over,
    difference,
    domain,
    equal,
    except_,
    except_with,
    field,
    from_json,
    function_over,
    integer,
    make_function,
    make_record,
    make_sequence,
    make_set,
    merge,
    record_maker,
    sequence,
    to_json,
    to_text,
)

M, N = ModelValue("m"), ModelValue("n")
T1, T2, U1 = ModelValue("t_1"), ModelValue("t_2"), ModelValue("u_1")


def test_model_values_are_interned() -> None:
    assert ModelValue("m") is M
    assert M != N
    assert T1.type_tag == "t"
    assert M.type_tag is None


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1, True),
        ("a", "b", False),
        (M, 1, False),
        ("a", M, False),
        (M, N, False),
        (T1, M, False),
        (T1, T2, False),
        (make_sequence((1, 2)), make_function({1: 1, 2: 2}), True),
        (make_sequence((1, 2)), make_sequence((2, "a")), False),
        (make_record({"a": 1}), make_record({"b": 1}), False),
        (make_record({"a": 1}), EMPTY_SEQUENCE, False),
        (make_set((1, 2)), make_set("a"), False),
        (make_set((1, 2)), IntervalSet(1, 2), True),
        (LazyFunction(IntervalSet(1, 2), lambda n: n), make_sequence((1, 2)), True),
    ],
)
def test_equal(left: Any, right: Any, expected: bool) -> None:
    assert equal(left, right) is expected
    assert equal(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, "a"),
        (1, True),
        (1, make_set(())),
        (make_set((1,)), make_sequence((1,))),
        (T1, 1),
        (T1, U1),
        (make_sequence((1,)), make_sequence("a")),
        (make_sequence((1,)), make_sequence((True,))),
        (make_record({"a": 1}), make_record({"a": "x"})),
        (make_record({"a": 1}), make_sequence((1,))),
        (make_set((1,)), make_set("a")),
        (make_sequence([0] * 99 + [1]), make_sequence([0] * 99 + ["a"])),
        (LazyFunction(NATURALS, lambda n: n), make_sequence((1,))),
    ],
)
def test_equality_that_tlc_refuses(left: Any, right: Any) -> None:
    for one, other in ((left, right), (right, left)):
        with pytest.raises(EvaluationError, match=r"cannot (compare|be listed)|infinite domain"):
            equal(one, other)


class TestRecords:
    def test_a_maker_puts_fields_in_canonical_order(self) -> None:
        make = record_maker(("term", "index"))
        assert make((3, 7)) == make_record({"index": 7, "term": 3})
        assert to_text(make((3, 7))) == "[index |-> 7, term |-> 3]"
        assert record_maker(("a", "b"))((1, 2)) == make_record({"a": 1, "b": 2})
        assert record_maker(("a",))((1,)) == make_record({"a": 1})
        assert record_maker(())(()) is EMPTY_SEQUENCE
        many = [f"f{number}" for number in range(40)]
        assert record_maker(many)(tuple(range(40))) == make_record(dict(zip(many, range(40), strict=True)))

    def test_a_field_named_twice_is_refused(self) -> None:
        with pytest.raises(EvaluationError, match="twice"):
            record_maker(("a", "a"))

    def test_fields(self) -> None:
        record = make_record({"a": 1})
        assert field(record, "a") == 1
        with pytest.raises(EvaluationError, match=r"\[a \|-> 1\] has no field b; it has a"):
            field(record, "b")
        with pytest.raises(EvaluationError, match="from the integer 3, not a record"):
            field(3, "b")


class TestFunctions:
    def test_over_a_domain(self) -> None:
        assert function_over(IntervalSet(1, 3), lambda n: n) == make_sequence((1, 2, 3))
        assert function_over(make_set((2, 1)), lambda n: n) == make_sequence((1, 2))
        servers = make_set((N, M))
        for _ in range(2):
            assert to_text(function_over(servers, lambda s: 0)) == "(m :> 0 @@ n :> 0)"
        assert builder_over(servers)((1, 2)).apply(N) == 2
        with pytest.raises(EvaluationError, match="domain of a function must be a set, but is 3"):
            function_over(3, lambda n: n)

    @pytest.mark.parametrize(
        ("function", "argument", "shown_domain"),
        [
            (make_sequence((5, 6)), 3, "{1, 2}"),
            (make_sequence((5, 6)), 0, "{1, 2}"),
            (make_sequence((5, 6)), True, "{1, 2}"),
            (make_sequence(range(100)), 101, "1..100"),
            (make_function({0: 5}), True, "{0}"),
            (make_record({"a": 5}), "b", '{"a"}'),
            (make_function({make_sequence((1, 2)): 5}), make_sequence((2, 1)), "{<<1, 2>>}"),
            (function_over(NATURALS, lambda n: n), -1, "Nat"),
        ],
    )
    def test_applied_outside_the_domain(self, function: Any, argument: Any, shown_domain: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            apply(function, argument)
        assert to_text(argument) in str(caught.value)
        assert f"the domain is {shown_domain}" in str(caught.value)

    def test_what_is_not_a_function_is_refused(self) -> None:
        for operation in (lambda: apply(3, 1), lambda: domain(3), lambda: except_(3, (1,), 1)):
            with pytest.raises(EvaluationError, match="not a function"):
                operation()

    def test_except(self) -> None:
        nested = make_function(
            {M: make_record({"log": make_sequence((1, 2))}), N: make_record({"log": EMPTY_SEQUENCE})}
        )
        changed = except_(nested, (M, "log", 2), 9)
        assert to_text(changed) == "(m :> [log |-> <<1, 9>>] @@ n :> [log |-> <<>>])"
        assert except_with(nested, (M, "log", 2), lambda old: integer(old, "@") + 7) == changed
        assert apply(changed, N) is apply(nested, N)
        assert except_(nested, (M, "log", 3), 9) is nested
        assert except_(nested, (ModelValue("stranger"),), 9) is nested
        assert to_text(nested) == "(m :> [log |-> <<1, 2>>] @@ n :> [log |-> <<>>])"

    def test_except_at_what_cannot_be_compared_with_the_domain(self) -> None:
        for function in (make_sequence((1, 2)), make_function({0: 1}), make_function(dict.fromkeys(range(50), 1))):
            with pytest.raises(EvaluationError, match=r'EXCEPT of .* at "a"'):
                except_(function, ("a",), 1)

    def test_merge_keeps_the_left_value(self) -> None:
        left, right = make_record({"a": 1}), make_record({"a": 2, "b": 3})
        assert to_text(merge(left, right)) == "[a |-> 1, b |-> 3]"
        assert to_text(merge(right, left)) == "[a |-> 2, b |-> 3]"
        with pytest.raises(EvaluationError, match="cannot be compared"):
            merge(make_record({"a": 1}), make_function({0: 1}))

    def test_a_lazy_function_evaluates_once_what_is_asked(self) -> None:
        asked: list[Any] = []
        square = function_over(INTEGERS, lambda n: asked.append(n) or n * n)  # type: ignore[func-returns-value, operator]
        assert [apply(square, 5), apply(square, 5), apply(square, -2)] == [25, 25, 4]
        assert asked == [5, -2]
        assert apply(except_(square, (5,), 0), 5) == 0
        assert apply(except_(square, (5,), 0), 4) == 16
        with pytest.raises(EvaluationError, match="cannot be listed"):
            make_set([square, make_sequence((1,))]).sorted()


class TestChecks:
    def test_booleans_and_integers_are_told_apart(self) -> None:
        assert boolean(True, "it") is True
        assert integer(1, "it") == 1
        assert sequence(LazyFunction(IntervalSet(1, 1), lambda n: n), "it") == make_sequence((1,))
        with pytest.raises(EvaluationError, match="the condition of IF must be a boolean, but is the integer 1"):
            boolean(1, "the condition of IF")
        with pytest.raises(EvaluationError, match="it must be an integer, but is the boolean TRUE"):
            integer(True, "it")
        with pytest.raises(EvaluationError, match="it must be a sequence, but is the record"):
            sequence(make_record({"a": 1}), "it")

    def test_a_python_object_is_not_a_value(self) -> None:
        with pytest.raises(EvaluationError, match="not a TLA\\+ value: a Python object of type list"):
            equal([], 1)  # type: ignore[arg-type]
        with pytest.raises(EvaluationError, match="float"):
            make_set((1.5,))  # type: ignore[arg-type]


class TestJson:
    def test_what_is_what(self) -> None:
        data = {
            "log": [1, True, "x"],
            "set": {"#set": [2, 1, 1]},
            "pair": {"#tup": [1]},
            "big": {"#bigint": "-99999999999999999999"},
            "map": {"#map": [[0, "a"], [5, "b"]]},
        }
        made = from_json(data)
        assert isinstance(made, FunctionValue)
        assert to_text(made) == (
            '[big |-> -99999999999999999999, log |-> <<1, TRUE, "x">>, map |-> (0 :> "a" @@ 5 :> "b"), '
            "pair |-> <<1>>, set |-> {1, 2}]"
        )
        assert to_json(made)["set"] == {"#set": [1, 2]}  # type: ignore[index]

    def test_null_where_the_caller_says_what_it_means(self) -> None:
        assert from_json([None], null=M) == make_sequence((M,))
        assert from_json(["m", "x"], model_values={"m": M}) == make_sequence((M, "x"))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"a": [1, None]}, r"\$\.a\[1\]: null"),
            ([1.5], r"\$\[0\]: 1.5 is not an integer"),
            ({"#bigint": 5}, r'\$\["#bigint"\]: a string of decimal digits'),
            ({"#bigint": "5x"}, "decimal digits"),
            ({"#set": 5}, r'\$\["#set"\]: an array is expected'),
            ({"#map": [[1]]}, r'\$\["#map"\]\[0\]: a pair'),
            ({"#map": [[1, 2], [1, 3]]}, "a key stands twice"),
            ({"#set": [], "x": 1}, "must stand alone"),
            ({"#unserializable": "x"}, "unknown tag #unserializable"),
            ({"#set": [1, "a"]}, "cannot compare"),
            ({1: 2}, "not named by a string"),
            ((1,), "a Python tuple is not JSON"),
        ],
    )
    def test_what_cannot_be_a_value_is_named(self, data: object, message: str) -> None:
        with pytest.raises(EvaluationError, match=message):
            from_json(data)

    def test_what_is_infinite_cannot_be_written(self) -> None:
        for infinite in (NATURALS, LazyFunction(NATURALS, lambda n: n)):
            with pytest.raises(EvaluationError, match="infinite"):
                to_json(make_sequence((infinite,)))


class TestDifference:
    def test_paths(self) -> None:
        left = make_function({M: make_record({"term": 1, "log": make_sequence((1, 2))}), N: 0})
        right = make_function({M: make_record({"term": 2, "log": make_sequence((1, 3, 4))}), N: 0})
        assert difference(left, right) == [("[m].log[2]", 2, 3), ("[m].log[3]", None, 4), ("[m].term", 1, 2)]

    def test_sets_functions_and_strangers(self) -> None:
        assert difference(make_set((1, 2)), make_set((2, 3))) == [("{}", 1, None), ("{}", None, 3)]
        assert difference(make_record({"a b": 1, "c": 1}), make_record({"a b": 2, "c": 1})) == [('["a b"]', 1, 2)]
        assert difference(make_record({"a": 1}), make_record({"b": 1}))[0].path == ""
        assert difference(1, True) == [("", 1, True)]
        assert difference(make_set((1,)), make_set("a"))[0].path == ""

    def test_is_bounded(self) -> None:
        assert len(difference(make_sequence(range(100)), make_sequence(range(1, 101)))) == 50


def test_a_rest_is_a_sequence_like_any_other() -> None:
    whole = make_sequence(range(200))
    rest = whole.slice(1, 200).slice(9, 199)

    assert (rest[0], rest[-1], len(rest)) == (10, 199, 190)
    assert rest.apply(190) == 199
    with pytest.raises(EvaluationError, match="not in the domain"):
        rest.apply(191)
    assert rest.slice(0, 33) == make_sequence(range(10, 43))
    assert rest == make_sequence(range(10, 200))
    assert hash(rest) == hash(make_sequence(range(10, 200)))
    assert rest.append(200) == make_sequence(range(10, 201))
    assert rest != make_sequence(range(11, 201))
    assert type(whole.slice(168, 200)) is type(make_sequence(range(32)))


def test_a_walk_to_the_end_does_not_copy() -> None:
    rest = make_sequence(range(100_000))
    total = 0
    while len(rest) > 32:
        total += rest[0]
        rest = rest.slice(1, len(rest))
    assert total + sum(rest) == sum(range(100_000))
