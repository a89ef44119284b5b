"""TLC's order of names, and functions without a value for some argument."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tlatrace.values import (
    Appearance,
    EvaluationError,
    ModelValue,
    PowerSet,
    RecordSpace,
    function_when_applied,
    make_record,
    make_set,
    to_text,
)

ORDER = Appearance(("zeta", "m2", "beta", "m1"))


def test_names_stand_as_they_appeared_and_others_behind_them() -> None:
    assert list(ORDER.ordered(make_set(["beta", "alpha", "zeta", "also"]))) == ["zeta", "beta", "alpha", "also"]
    assert [to_text(one) for one in ORDER.ordered(make_set([ModelValue("m1"), ModelValue("m2")]))] == ["m2", "m1"]


def test_a_set_given_by_a_rule_follows_the_order_of_its_parts() -> None:
    subsets = [to_text(one) for one in ORDER.ordered(PowerSet(make_set(["beta", "zeta"])))]
    assert subsets[1:3] == ['{"zeta"}', '{"beta"}']
    first = next(iter(ORDER.ordered(RecordSpace({"beta": make_set([1, 2]), "zeta": make_set([3, 4])}))))
    assert first == make_record({"beta": 1, "zeta": 3})
    assert ORDER.choose(make_set(["beta", "zeta"]), lambda value: False) is None


def test_a_function_fails_where_it_is_applied_and_as_a_whole() -> None:
    def rule(value: object) -> int:
        if value == 2:
            raise EvaluationError("no value for 2")
        return 7

    function = function_when_applied(make_set([1, 2]), rule, lambda error: error)
    assert function.apply(1) == 7
    asks: list[Callable[[], object]] = [
        *(lambda: function.apply(2), lambda: hash(function), lambda: to_text(function)),
        function.domain,
    ]
    for ask in asks:
        with pytest.raises(EvaluationError, match="no value for 2"):
            ask()
    assert function.replace(2, 3).apply(2) == 3
