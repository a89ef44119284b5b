"""What is generated, and when: constants once, LET at most once, lazily; code that can be read, and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tlatrace.compile.api import UNBOUND, Evaluate
from tlatrace.compile.code import Marks, assemble
from tlatrace.compile.code_cache import CodeCache
from tlatrace.compile.compiler import CompiledSpec, compile_spec
from tlatrace.compile.errors import ExpressionError
from tlatrace.semantics import check_expression, load_spec
from tlatrace.semantics.spec import BuiltinOperator
from tlatrace.semantics.standalone import standalone_spec
from tlatrace.syntax import parse_expression
from tlatrace.syntax.ast import Location
from tlatrace.values import Value, make_function, make_sequence, make_set

Load = Callable[..., CompiledSpec]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str, cache: CodeCache | None = None, **constants: Value) -> CompiledSpec:
        path = tmp_path / "Spec.tla"
        path.write_text(f"---- MODULE Spec ----\n{text}\n====\n")
        return compile_spec(load_spec(path, constants=constants), cache=cache)

    return load_text


def expression(compiled: CompiledSpec, text: str, *parameters: str) -> Evaluate:
    scope = compiled.spec.scope
    return compiled.expression(check_expression(parse_expression(text, "<map>"), scope, parameters), scope, parameters)


COUNTING = r"""EXTENDS Integers
CONSTANT Tick(_)
VARIABLE x
Init == x = 0
Next == UNCHANGED x
Constant == Tick(1) + 1
Big == {Tick(2)} \cup {3}"""


def with_counter(compiled: CompiledSpec) -> list[int]:
    """Replace the constant operator Tick by one that notes each call."""
    calls: list[int] = []

    def tick(value: int) -> int:
        calls.append(value)
        return value

    scope = compiled.spec.scope
    assert isinstance(scope, dict)
    scope["Tick"] = BuiltinOperator("Tick", 1, tick, (0,), "Spec")
    return calls


@pytest.fixture
def counted(load: Load) -> tuple[CompiledSpec, list[int]]:
    compiled = load(COUNTING.replace("CONSTANT Tick(_)\n", "Tick(i) == i\n"))
    return compiled, with_counter(compiled)


def test_constants_are_computed_once_and_only_when_needed(counted: tuple[CompiledSpec, list[int]]) -> None:
    compiled, calls = counted
    evaluate = expression(compiled, "IF x = 0 THEN 0 ELSE Constant + x")

    assert evaluate((0,), None) == 0
    assert calls == []
    assert [evaluate((state,), None) for state in (1, 2, 3)] == [3, 4, 5]
    assert calls == [1]
    assert expression(compiled, "x \\in Big")((2,), None) is True
    assert expression(compiled, "x \\in Big")((4,), None) is False
    assert calls == [1, 2]


def test_let_is_computed_at_most_once_in_an_evaluation(counted: tuple[CompiledSpec, list[int]]) -> None:
    compiled, calls = counted
    evaluate = expression(compiled, "LET t == Tick(x) IN IF x > 5 THEN 0 ELSE \\A i \\in 1 .. 4 : i # t /\\ t = x")

    assert evaluate((9,), None) == 0
    assert calls == []
    assert evaluate((5,), None) is True
    assert calls == [5]
    assert expression(compiled, "LET t == Tick(x) IN t + t + t")((2,), None) == 6
    assert calls == [5, 2]


def test_closures_keep_the_values_they_were_made_with(load: Load) -> None:
    compiled = load("EXTENDS Integers, Sequences\nVARIABLE x\nInit == x = 0\nNext == UNCHANGED x")

    functions = expression(
        compiled, "LET fs == [i \\in 1 .. 3 |-> [n \\in Nat |-> n + i]] IN <<fs[1][10], fs[2][10], fs[3][10]>>"
    )
    recursive = expression(
        compiled,
        "LET fs == [i \\in 1 .. 2 |-> LET f[n \\in Nat] == IF n = 0 THEN i ELSE f[n - 1] + i IN f] "
        "IN <<fs[1][3], fs[2][3]>>",
    )

    assert functions((0,), None) == make_sequence([11, 12, 13])
    assert recursive((0,), None) == make_sequence([4, 8])


ACTIONS = r"""EXTENDS Integers, Sequences
CONSTANT Nodes
VARIABLES inbox, seen
Init == inbox = {} /\ seen = [n \in Nodes |-> 0]
Receive(n, m) == /\ m[1] = n
                 /\ seen' = [seen EXCEPT ![n] = @ + 1]
                 /\ UNCHANGED inbox
Shift(n, k) == seen' = [seen EXCEPT ![n] = k] /\ UNCHANGED inbox
Next == \/ \E n \in Nodes, m \in inbox : Receive(n, m)
        \/ \E n \in Nodes : Shift(n, seen[n] + 10)"""


def test_given_arguments_bind_and_others_are_enumerated(load: Load) -> None:
    compiled = load(ACTIONS, Nodes=make_set(["a", "b"]))
    receive, shift = compiled.actions
    one, other = make_sequence(["a", 1]), make_sequence(["b", 2])
    state = (make_set([one, other]), make_function({"a": 0, "b": 5}))

    assert receive.parameters == ("n", "m")
    assert [arguments for _, arguments in receive.successors(state)] == [("a", one), ("b", other)]
    assert [arguments for _, arguments in receive.successors(state, ("b", UNBOUND))] == [("b", other)]
    assert [arguments for _, arguments in receive.successors(state, (UNBOUND, one))] == [("a", one)]
    assert list(receive.successors(state, ("a", other))) == []
    # Not an element of a binder's domain, though the action itself would accept it.
    stranger = make_sequence(["a", 9])
    assert list(receive.successors(state, ("a", stranger))) == []
    # An argument that is no binder is compared.
    assert [arguments for _, arguments in shift.successors(state, (UNBOUND, 15))] == [("b", 15)]
    assert list(shift.successors(state, ("a", 15))) == []
    assert list(shift.successors(state, ("a", "ten"))) == []


def test_a_lookup_does_not_depend_on_the_number_of_messages(load: Load) -> None:
    compiled = load(ACTIONS, Nodes=make_set(["a", "b"]))
    receive = compiled.actions[0]
    messages = make_set([make_sequence(["a", number]) for number in range(5000)])
    state = (messages, make_function({"a": 0, "b": 5}))

    list(receive.successors(state, ("a", make_sequence(["a", 17]))))

    # The loop over the messages is in the code for unbound arguments only.
    assert "for m" not in compiled.source
    list(receive.successors(state, ("a", UNBOUND)))
    assert "for m" in compiled.source


def test_ad_hoc_expressions_take_parameters(load: Load) -> None:
    compiled = load(ACTIONS, Nodes=make_set(["a", "b"]))
    evaluate = expression(compiled, "seen[n] + k", "n", "k")

    assert evaluate((make_set(()), make_function({"a": 1, "b": 5})), None, "b", 2) == 7
    with pytest.raises(ExpressionError, match="not in the domain"):
        evaluate((make_set(()), make_function({"a": 1, "b": 5})), None, "c", 2)


def test_expressions_need_no_variables() -> None:
    compiled = compile_spec(standalone_spec(["Integers", "Sequences"]))

    assert expression(compiled, "Len(<<1, 2>>) + n", "n")((), None, 3) == 5
    with pytest.raises(ExpressionError, match="initial predicate"):
        list(compiled.initial_states())


def test_what_cannot_be_compiled_is_interpreted_and_said_so(load: Load) -> None:
    deep = "x"
    for level in range(30):
        deep = f"(\\E i{level} \\in {{1}} : {deep} = i{level})" if level == 0 else f"(\\E i{level} \\in {{1}} : {deep})"
    compiled = load(
        "EXTENDS Integers\nVARIABLE x\nInit == x = 1\nEach == \\A i \\in {1, 2} : x' = 3\n"
        "One == x' = 2\nNext == Each \\/ One"
    )
    each, one = compiled.actions

    assert [state for state, _ in one.successors((1,))] == [(2,)]
    assert dict(compiled.interpreted) == {}
    assert [state for state, _ in each.successors((1,))] == [(3,)]
    assert expression(compiled, deep)((1,), None) is True
    assert list(compiled.interpreted) == ["Each", "the expression at <map>:1:2"]
    assert "below \\A" in compiled.interpreted["Each"]


def test_marks_become_spans() -> None:
    marks = Marks()
    place, other = Location("f", 1, 2, 1, 9), Location("f", 1, 5, 1, 9)
    inner = marks.mark("b()", other, ())
    text = marks.mark(f"a({inner})", place, (("D", other),))

    assembled = assemble([(0, "def f():"), (1, f"return {text}")])

    assert assembled.text == "def f():\n return a(b())\n"
    assert assembled.spans == {2: [(10, 13, 0), (8, 14, 1)]}
    assert [each.location for each in marks.places] == [other, place]
    assert marks.mark(text, place, ()) == text


# ------------------------------------------------------------------------------------------------ the cache on disk

SMALL = "EXTENDS Integers\nVARIABLE x\nInit == x = 0\nNext == x' = x + 1"


def run(compiled: CompiledSpec) -> list[tuple[Value, ...]]:
    return [state for start in compiled.initial_states() for state, _ in compiled.actions[0].successors(start)]


def test_code_is_kept_and_found_again(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CodeCache(tmp_path / "cache")
    assert run(load(SMALL, cache)) == [(1,)]
    entries = sorted(cache.folder.glob("*.code"))
    assert len(entries) == 2

    def no_compile(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr("tlatrace.compile.program.compile", no_compile, raising=False)
    assert run(load(SMALL, cache)) == [(1,)]
    with pytest.raises(AssertionError, match="compiled again"):
        run(load(SMALL.replace("x + 1", "x + 2"), cache))
    assert sorted(cache.folder.glob("*.code")) == entries
    assert [path for path in cache.folder.iterdir() if path.suffix != ".code"] == []


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_entry_is_ignored_and_replaced(load: Load, tmp_path: Path, damage: bytes | None) -> None:
    cache = CodeCache(tmp_path / "cache")
    run(load(SMALL, cache))
    before = {path: path.read_bytes() for path in cache.folder.glob("*.code")}
    for path, content in before.items():
        path.write_bytes(content[:-3] + b"xyz" if damage is None else damage)

    assert run(load(SMALL, cache)) == [(1,)]
    assert {path: path.read_bytes() for path in cache.folder.glob("*.code")} == before


def test_a_folder_that_cannot_be_written_is_no_error(load: Load, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    assert run(load(SMALL, CodeCache(blocked / "cache"))) == [(1,)]
    assert blocked.read_text() == "not a folder"


def test_the_same_questions_give_the_same_text(load: Load) -> None:
    first, second = load(ACTIONS, Nodes=make_set(["a"])), load(ACTIONS, Nodes=make_set(["a"]))
    for compiled in (first, second):
        for state in compiled.initial_states():
            for action in compiled.actions:
                list(action.successors(state))

    assert first.source == second.source
    assert "def action_Receive" in first.source


def test_what_is_not_determined_by_its_arguments_is_not_kept(load: Load) -> None:
    from tlatrace.compile.analysis import IMPURE
    from tlatrace.stdlib import IMPURE as IMPURE_IN_MODULES

    compiled = load(
        "EXTENDS Naturals, Randomization\nVARIABLE x\n"
        "Some == RandomSubset(1, 1..1000000)\nFixed == {{i} : i \\in 1..2}\nInit == x = 0\nNext == x' = x\n"
    )
    evaluate, fixed = expression(compiled, "Some"), expression(compiled, "Fixed")

    assert IMPURE_IN_MODULES <= IMPURE
    assert {"Print", "PrintT", "Assert", "TLCGet", "TLCSet", "JavaTime", "RandomElement"} <= IMPURE
    assert len({evaluate((0,), None) for _ in range(20)}) > 1
    assert fixed((0,), None) is fixed((1,), None)
