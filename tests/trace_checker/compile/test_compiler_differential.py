"""The compiler and the interpreter are twins: for every expression the same value, or both an error; the same steps.

Expressions are generated as text, mostly well typed, with a few slips (a field that is not there, an index outside
the domain), since an error must be one in both. A failure prints the expression; Hypothesis prints how to replay it.
"""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlatrace.compile.api import Action, State
from tlatrace.compile.compiler import CompiledSpec, compile_spec
from tlatrace.compile.errors import ExpressionError
from tlatrace.compile.interpreter import Interpreter
from tlatrace.semantics import SemanticErrors, check_expression, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import (
    FunctionValue,
    LazyFunction,
    Value,
    make_function,
    make_record,
    make_sequence,
    make_set,
    same,
)

MODULE = r"""
---- MODULE Mixed ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES n, b, s, q, r, f
Plus(i, j) == i + j
Pick(c, i, j) == IF c THEN i ELSE j
Second(i, j) == j
Twice(Op(_), i) == Op(Op(i))
Total == n + Len(q)
Next1 == n' = n + 1
Keep(v) == v' = v
Last(t) == t[Len(t)]
RECURSIVE Sum(_)
Sum(t) == IF t = << >> THEN 0 ELSE Head(t) + Sum(Tail(t))
RECURSIVE Loop(_, _)
Loop(i, a) == IF i <= 0 THEN a ELSE Loop(i - 1, a + i)
RECURSIVE Walk(_, _, _)
Walk(i, c, d) == IF i <= 0 THEN d ELSE IF i = 7 THEN c ELSE Walk(i - 1, c, d)
Fact[i \in 0 .. 6] == IF i = 0 THEN 1 ELSE i * Fact[i - 1]
Down[i \in Nat] == IF i = 0 THEN n ELSE Down[i - 1]
Small == {1, 2, 3}
Const == CHOOSE i \in Small : i * i = 4
====
"""

BEFORE: State = (
    3,
    True,
    make_set([1, 2, 5]),
    make_sequence([4, 2]),
    make_record({"a": 1, "c": make_sequence([True])}),
    make_function({1: 10, 2: 20, 5: 50}),
)
AFTER: State = (
    4,
    False,
    make_set([2, 5]),
    make_sequence([4, 2, 9]),
    make_record({"a": 2, "c": make_sequence([False])}),
    make_function({1: 10, 2: 21, 5: 50}),
)


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompiledSpec, Interpreter]:
    path = tmp_path_factory.mktemp("mixed") / "Mixed.tla"
    path.write_text(MODULE)
    spec = load_spec(path)
    return compile_spec(spec), Interpreter(spec)


# Templates of each type, separated by | or a new line. A hole names a type, and after a colon the new names that it may
# use: integers i, booleans p, sets of integers e, sequences t. «v» and «w» are the new names themselves.
TEMPLATES = {
    "i": r"""
        0|1|2|7|(-1)|n|r.a|Total|Const|Cardinality(s)|Len(q)|n'|(n + 1)'|Total'|r.missing
        («i» + «i»)|(«i» - «i»)|(«i» * «i»)|(«i» % «i»)|(«i» \div «i»)|(- «i»)
        (IF «p» THEN «i» ELSE «i»)|(CASE «p» -> «i» [] «p» -> «i» [] OTHER -> «i»)|(CASE «p» -> «i» [] «p» -> «i»)
        (LET «v» == «i» IN «i:v»)|(LET «v»(«w») == «i:w» IN «v»(«i») + «v»(1))|(LET «v» == «i» «w» == «i:v» IN «i:vw»)
        (LET «v»[«w» \in 0 .. 3] == IF «w» = 0 THEN «i» ELSE «v»[«w» - 1] + «i:w» IN «v»[«i»])
        (CHOOSE «v» \in «e» : «p:v»)|(CHOOSE <<«v», «w»>> \in «e» \X «e» : «p:vw»)[1]
        q[«i»]|f[«i»]|f'[«i»]|Head(«t»)|Len(«t»)|Sum(«t»)|Last(«t»)
        Loop(«i», «i»)|Walk(«i», «i», «i»)|Plus(«i», «i»)|Pick(«p», «i», «i»)|Second(«i», «i»)
        Twice(LAMBDA «v» : «i:v», «i»)|Twice(LAMBDA «v» : Second(«i:v», «v»), «i»)|Fact[«i»]|Down[«i»]
        [«v» \in «e» |-> «i:v»][«i»]|[«v» \in Nat |-> «i:v»][«i»]|[«v», «w» \in «e» |-> «i:vw»][«i», «i»]
        [f EXCEPT ![«i»] = @ + «i»][«i»]|[f EXCEPT ![1] = «i», ![«i»] = 3][«i»]|[r EXCEPT !.a = «i», !.c[1] = «p»].a
        [a |-> «i», b |-> «p»].a|<<«i», «p»>>[1]
    """,
    "p": r"""
        TRUE|FALSE|b|b'|r.c[1]|Next1|Keep(n)|Keep(s)|(«i» = «p»)|(ENABLED (n' \in «e» /\ n' > «i»))
        («p» /\ «p» /\ «p»)|(«p» \/ «p»)|(«p» => «p»)|(«p» <=> «p»)|(~«p»)
        («i» = «i»)|(«t» # «t»)|(«e» = «e»)|(«i» < «i»)|(«i» >= «i»)|(«e» \subseteq «e»)
        («i» \in «e»)|(«i» \notin {«i», «i»})|(«i» \in {1, 2})|(«i» \in «i» .. «i»)|(«i» \in Nat)|(«t» \in Seq(«e»))
        («i» \in {«v» \in «e» : «p:v»})|(«i» \in («e» \cup «e»))|(«i» \in («e» \ «e»))|(«i» \in («e» \cap {«i»}))
        (\A «v» \in «e» : «p:v»)|(\E «v» \in «e» : «p:v»)|(\E «v», «w» \in «e» : «p:vw»)
        (\A «v» \in «e», «w» \in «e» : «p:vw»)|(\A <<«v», «w»>> \in «e» \X «e» : «p:vw»)|(\E «v» \in «i» .. «i» : «p:v»)
        (LET «v» == «i» IN «p:v»)|(IF «p» THEN «p» ELSE «p»)
        UNCHANGED <<n, b>>|UNCHANGED s|([n' = n + 1]_<<b, s>>)|(<<n' = n + 1>>_n)|(Next1 \cdot Next1)
    """,
    "e": r"""
        s|s'|{}|{1, 2}|Small|(DOMAIN q)|(DOMAIN f)|{«i», «i»}|(«e» \cup {«i»})
        («e» \cap «e»)|(«e» \ «e»)|((0 - 1) .. («i» % 5))
        {«v» \in «e» : «p:v»}|{«i:v» : «v» \in «e»}|{«i:vw» : «v» \in «e», «w» \in «e»}
        (UNION {«e», «e»})|(IF «p» THEN «e» ELSE «e»)
    """,
    "t": r"""
        q|q'|<< >>|<<3, 1>>|<<«i», «i»>>|Append(«t», «i»)|(«t» \o «t»)|SubSeq(«t», «i», «i»)|Tail(«t»)
        [«t» EXCEPT ![«i»] = @ + «i»]|[«v» \in 1 .. 3 |-> «i:v»]|SelectSeq(«t», LAMBDA «v» : «p:v»)
    """,
}
Choices = dict[str, list[str]]


def choices(templates: dict[str, str]) -> Choices:
    """The templates one by one; the | of |-> separates nothing."""
    return {
        kind: [
            each.strip().replace("\0", "|->") for each in re.split(r"\||\n", text.replace("|->", "\0")) if each.strip()
        ]
        for kind, text in templates.items()
    }


def filled(draw: st.DrawFn, templates: Choices, kind: str, names: tuple[str, ...], depth: int) -> str:
    """A text of type ``kind`` that may use the integers ``names``."""
    fresh = count(1)

    def text(kind: str, names: tuple[str, ...], depth: int) -> str:
        if kind == "i" and names and draw(st.integers(0, 3)) == 0:
            return draw(st.sampled_from(names))
        suitable = templates[kind] if depth > 0 else [each for each in templates[kind] if "«" not in each]
        template = draw(st.sampled_from(suitable))
        number = next(fresh)

        def fill(hole: re.Match[str]) -> str:
            what, _, bound = hole[1].partition(":")
            if what in "vw":
                return f"{what}{number}"
            return text(what, (*names, *(f"{each}{number}" for each in bound)), depth - 1)

        return re.sub("«(.*?)»", fill, template)

    return text(kind, names, depth)


EXPRESSIONS = choices(TEMPLATES)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    return filled(draw, EXPRESSIONS, draw(st.sampled_from("ipet")), (), draw(st.integers(1, 4)))


def outcome(evaluate: Any) -> Value | ExpressionError:
    try:
        value = evaluate(BEFORE, AFTER)
        return value.table() if isinstance(value, LazyFunction) else value  # type: ignore[no-any-return]
    except ExpressionError as error:
        return error


@given(text=expressions())
@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_twins_agree_on_expressions(twins: tuple[CompiledSpec, Interpreter], text: str) -> None:
    compiled, interpreted = twins
    scope = compiled.spec.scope
    expression = check_expression(parse_expression(text, "<generated>"), scope)

    fast = outcome(compiled.expression(expression, scope))
    slow = outcome(interpreted.expression(expression, scope))

    if isinstance(slow, ExpressionError):
        assert isinstance(fast, ExpressionError), f"{text}: {fast} instead of the error {slow}"
        assert fast.location is not None, text
    else:
        assert not isinstance(fast, ExpressionError), f"{text}: the error {fast} instead of {slow}"
        assert same(fast, slow), f"{text}: {fast} instead of {slow}"


def test_the_comparison_notices_a_difference(twins: tuple[CompiledSpec, Interpreter]) -> None:
    compiled, interpreted = twins
    scope = compiled.spec.scope
    one = compiled.expression(parse_expression("n + 1", "<one>"), scope)
    other = interpreted.expression(parse_expression("n + 2", "<other>"), scope)

    assert not same(one(BEFORE, AFTER), other(BEFORE, AFTER))
    assert isinstance(outcome(compiled.expression(parse_expression("r.missing", "<one>"), scope)), ExpressionError)
    assert isinstance(BEFORE[4], FunctionValue)


ACTIONS = r"""
---- MODULE Branching ----
EXTENDS Integers, Sequences, FiniteSets
CONSTANT Nodes
VARIABLES x, y, z
vars == <<x, y, z>>
Init == /\ x \in 0 .. 1
        /\ \/ y = x \/ y = 1
        /\ z = [i \in Nodes |-> 0]
Keep(v) == v' = v
Bump(i) == z' = [z EXCEPT ![i] = @ + 1]
Either == \/ x' = 1 /\ y' = 2
          \/ y' = 3
          \/ x' \in {4, 5}
Small(i) == z[i] < 2
Low == \A i \in Nodes : z[i] = 0 \/ z[i] <= 1
\* Branches that assign different variables, and what follows for each.
Different == /\ x < 3
             /\ \/ x' = x + 1
                \/ y' = y
             /\ \/ x' = x + 1 /\ y' = y
                \/ x' = x + 1 /\ y' = y + 1
             /\ UNCHANGED z
\* Duplicates are kept: two guards that hold make two steps.
Twice(i) == /\ (x >= 0 \/ y >= 0)
            /\ \E k \in {1, 2} : k > 0
            /\ Small(i)
            /\ Bump(i)
            /\ UNCHANGED <<x, y>>
Counted(i) == Low /\ Bump(i) /\ Keep(x) /\ Keep(y)
Chosen == x' \in 0 .. 2 /\ x' # x /\ y' = x' /\ UNCHANGED z
Conditional(i) == IF z[i] = 0 THEN Bump(i) /\ UNCHANGED <<x, y>>
                  ELSE /\ UNCHANGED z
                       /\ CASE x = 0 -> x' = 1 /\ y' = y
                            [] x = 1 -> x' = 0 /\ y' \in {0, 1}
                            [] OTHER -> UNCHANGED <<x, y>>
Local(i) == LET next == [z EXCEPT ![i] = 1 - @]
                Go(k) == x' = k /\ y' = k
            IN  z' = next /\ (Go(0) \/ Go(1)) /\ (x' = 0 => y' = 0)
Boxed == [x' = x + 1 /\ x < 2 /\ UNCHANGED <<y, z>>]_vars
Angle == <<x' \in {x, 1} /\ UNCHANGED <<y, z>>>>_vars
Possible == ENABLED (x' = x + 1 /\ x' < 2) /\ UNCHANGED vars
Both == (x' = 1 /\ UNCHANGED <<y, z>>) \cdot (x = 1 /\ x' = 2 /\ y' = y + 1 /\ UNCHANGED z)
Each == /\ \A i \in Nodes : x' = 1
        /\ UNCHANGED <<y, z>>
RECURSIVE Deep(_)
Deep(k) == IF k = 0 THEN x' = 0 ELSE Deep(k - 1)
Recursive == Deep(3) /\ UNCHANGED <<y, z>>
Passed(A, v) == A /\ v' = 0
Handed == Passed(x' = 1 \/ x' = 2, y) /\ UNCHANGED z
Next == \/ Different \/ Chosen \/ Boxed \/ Angle \/ Possible \/ Both \/ Each \/ Recursive \/ Handed
        \/ \E i \in Nodes : Twice(i) \/ Counted(i) \/ Conditional(i) \/ Local(i)
        \/ \E i, j \in Nodes : i # j /\ z' = [z EXCEPT ![i] = z[j]] /\ UNCHANGED <<x, y>>
====
"""


def test_twins_agree_on_steps(tmp_path: Path) -> None:
    path = tmp_path / "Branching.tla"
    path.write_text(ACTIONS)
    spec = load_spec(path, constants={"Nodes": make_set(["a", "b"])})
    compiled, interpreted = compile_spec(spec), Interpreter(spec)

    frontier = list(compiled.initial_states())
    assert frontier == list(interpreted.initial_states())
    seen, steps = set(frontier), 0
    while frontier and steps < 3000:
        state = frontier.pop()
        for fast, slow in zip(compiled.actions, interpreted.actions, strict=True):
            found = list(fast.successors(state))
            assert found == list(slow.successors(state)), (fast.instance.name, state)
            for successor, arguments in found:
                assert list(fast.successors(state, arguments)) == list(slow.successors(state, arguments))
                steps += 1
                if successor not in seen and successor[0] < 6 and successor[1] < 6:
                    seen.add(successor)
                    frontier.append(successor)

    names = {action.instance.name for action in compiled.actions}
    assert steps >= 3000
    assert {"Different", "Twice", "Counted", "Both", "Each", "Recursive", "Handed"} <= names


def test_a_guard_that_holds_twice_makes_two_steps(tmp_path: Path) -> None:
    path = tmp_path / "Branching.tla"
    path.write_text(ACTIONS)
    spec = load_spec(path, constants={"Nodes": make_set(["a", "b"])})
    compiled = compile_spec(spec)
    state = (0, 0, make_function({"a": 0, "b": 0}))
    count = {
        action.instance.name: len(list(action.successors(state, ("a",) if action.parameters else ())))
        for action in compiled.actions
        if action.instance.name in ("Twice", "Counted", "Possible")
    }

    # Two disjuncts times two elements; two disjuncts for each of two nodes; ENABLED is one test.
    assert count == {"Twice": 4, "Counted": 4, "Possible": 1}


STEPS = r"""
---- MODULE Steps ----
EXTENDS Integers
VARIABLES x, y
vars == <<x, y>>
Keep(v) == v' = v
Put(k) == x' = k /\ k < 3
Passed(A) == A /\ x < 3
Both(A, B) == A /\ B
Given(a, b) == x' = a /\ y' = a + b
Max(a, b) == IF a > b THEN a ELSE b
Pick(c, a, b) == IF c THEN a ELSE b
Maybe(a, b) == IF a = 0 THEN x' = b ELSE (x' = a \/ y' = b)
RECURSIVE Sure(_)
Sure(k) == IF k <= 0 THEN UNCHANGED y ELSE Sure(k - 1)
RECURSIVE Reach(_, _)
Reach(k, w) == k <= 0 \/ (k < 3 /\ \E q \in {0, 1} : q < w /\ Reach(k - 1, w)) \/ (x = k /\ y < w)
Low(k) == x < k \/ y < k
Init == x \in {0, 1} /\ (y = x \/ y = 2)
Next == \E k \in {1, 2} : Act(k)
====
"""

ACTION_TEMPLATES = choices(
    {
        "a": r"""
            x' = «i»|y' = «i»|x' \in «e»|y' \in {x', «i»}|UNCHANGED x|UNCHANGED y|UNCHANGED <<x, y>>|UNCHANGED vars
            Keep(x)|Keep(y)|Put(«i»)|(x' = 1 /\ y' = 2)|x' = y'|x' = x|Given(«i», «i»)|Maybe(«i», «i»)
            («a» /\ «a»)|(«a» /\ «a» /\ «a»)|(«a» \/ «a»)|(\E «v» \in «e» : «a:v»)|(\E «v», «w» \in «e» : «a:vw»)
            (IF «p» THEN «a» ELSE «a»)|(CASE «p» -> «a» [] «p» -> «a»)|(CASE «p» -> «a» [] OTHER -> «a»)|(«p» => «a»)
            (LET «v» == «i» IN «a:v»)|(LET «v» == «a» IN «v»)|(LET «v»(«w») == «a:w» IN «v»(«i») /\ «a»)
            (LET «v»(«w») == «a:w» IN «v»(«i») \/ «v»(2))|Passed(«a»)|Both(«a», «a»)
            [«a»]_vars|[«a»]_x|<<«a»>>_x|(\A «v» \in «e» : «p:v»)|(\A «v» \in {1, 2} : («p:v» \/ «p:v»))
            (\A «v» \in {1, 2} : «a:v»)|ENABLED («a»)|((«a») \cdot («a»))|«p»|(~(«p»))|Sure(«i»)|Low(«i»)|Reach(2, «i»)
            (LET RECURSIVE «v»(_) «v»(«w») == IF «w» <= 0 THEN «a:w» ELSE «v»(«w» - 1) IN «v»(«i»))
        """,
        "p": r"""
            x = «i»|y < «i»|(«p» /\ «p»)|(«p» \/ «p»)|~(«p»)|x' = «i»|(\E «v» \in «e» : «p:v»)|«i» \in «e»
            TRUE|FALSE|x # y|Low(«i»)|x' > 1|(y' = y)|Reach(2, «i»)
        """,
        "i": r"""
            0|1|2|x|y|x|y|x'|y'|(«i» + «i»)|(x + 1)|Pick(«p», «i», «i»)|Max(«i», «i»)|(IF «p» THEN «i» ELSE «i»)
            (1 \div «i»)|(LET «v» == «i» IN («v» + «v»))
        """,
        "e": r"{1, 2}|{0, «i»}|0 .. «i»|{«v» \in {0, 1, 2} : «p:v»}|{}|{«i:v» : «v» \in {0, 1}}|({1} \cup «e»)",
    }
)


@st.composite
def actions(draw: st.DrawFn) -> str:
    action = filled(draw, ACTION_TEMPLATES, "a", ("k",), draw(st.integers(1, 4)))
    # What the action leaves open is given values, most of the time: errors alone would show little.
    return f"({action})" + (" /\\ x' \\in 0 .. 2 /\\ y' \\in {0, x', 2}" if draw(st.integers(0, 3)) else "")


def found_steps(action: Action, state: State, arguments: tuple[Value, ...]) -> object:
    try:
        return list(action.successors(state, arguments))
    except ExpressionError as error:
        return f"an error {'with' if error.location else 'without'} a place"


@given(text=actions())
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_twins_agree_on_generated_actions(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "Steps.tla"
    path.write_text(STEPS.replace("Init ==", f"Act(k) == {text}\nInit =="))
    try:
        spec = load_spec(path)
    except SemanticErrors:
        return  # Primed twice, for example; the loader has told.
    fast, slow = compile_spec(spec).actions[0], Interpreter(spec).actions[0]

    for state in ((0, 0), (1, 2), (3, 1)):
        for arguments in ((), (1,)):
            given_arguments = arguments if fast.parameters else ()
            assert found_steps(fast, state, given_arguments) == found_steps(slow, state, given_arguments), text
