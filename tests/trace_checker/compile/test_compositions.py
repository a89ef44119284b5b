r"""``A \cdot B`` as trace specifications use it: beside conjuncts that assign what neither of the two speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter, compile_spec
from tlatrace.compile.api import Evaluator
from tlatrace.errors import TlatraceError
from tlatrace.semantics import load_spec

SPEC = r"""---- MODULE Net ----
EXTENDS Naturals, Sequences
VARIABLES term, log, l
Lines == <<[node |-> 1, term |-> 3], [node |-> 2, term |-> 1]>>
line == Lines[l]
Init == term = <<1, 1>> /\ log = <<<<>>, <<>>>> /\ l = 1
Update(i, t) == t > term[i] /\ term' = [term EXCEPT ![i] = t] /\ UNCHANGED log
Add(i, t) == t = term[i] /\ log' = [log EXCEPT ![i] = Append(@, t)] /\ UNCHANGED term
Next == %s
====
"""


@pytest.fixture(params=[False, True], ids=["compiled", "interpreted"])
def slow(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def evaluator(folder: Path, text: str, *, slow: bool) -> Evaluator:
    (folder / "Net.tla").write_text(SPEC % text)
    (folder / "Net.cfg").write_text("INIT Init\nNEXT Next\n")
    spec = load_spec(folder / "Net.tla", folder / "Net.cfg")
    return Interpreter(spec) if slow else compile_spec(spec)


def successors(spec: Evaluator) -> list[str]:
    (start,) = spec.initial_states()
    return [str(after) for action in spec.actions for after, _ in action.successors(start)]


def test_what_stands_beside_it_assigns_what_it_leaves_open(tmp_path: Path, slow: bool) -> None:
    spec = evaluator(
        tmp_path, r"l' = l + 1 /\ LET i == line.node t == line.term IN Update(i, t) \cdot Add(i, t)", slow=slow
    )
    (start,) = spec.initial_states()
    found = [after for action in spec.actions for after, _ in action.successors(start)]
    assert len(found) == 1
    term, log, index = found[0]
    assert (list(term), [list(each) for each in log], index) == ([3, 1], [[3], []], 2)  # type: ignore[arg-type, union-attr]


def test_a_name_keeps_the_value_that_the_first_action_gave_it(tmp_path: Path, slow: bool) -> None:
    text = r"l' = l + 1 /\ LET t == term[1] + 1 IN Update(1, t) \cdot (term[1] = t /\ UNCHANGED <<term, log>>)"
    assert len(successors(evaluator(tmp_path, text, slow=slow))) == 1


def test_a_name_that_only_the_second_uses_is_read_there(tmp_path: Path, slow: bool) -> None:
    text = r"l' = l + 1 /\ LET t == term[1] IN Update(1, 5) \cdot (t = 5 /\ UNCHANGED <<term, log>>)"
    assert len(successors(evaluator(tmp_path, text, slow=slow))) == 1


def test_to_ask_for_what_it_leaves_open_is_an_error(tmp_path: Path, slow: bool) -> None:
    text = r"l' = l + 1 /\ Update(1, 3) \cdot (line.node = 1 /\ Add(1, 3))"
    with pytest.raises(TlatraceError, match=r"\bl'? is read before"):
        successors(evaluator(tmp_path, text, slow=slow))


def test_both_ends_known(tmp_path: Path, slow: bool) -> None:
    spec = evaluator(tmp_path, r"l' = l + 1 /\ Update(1, 3) \cdot Add(1, 3)", slow=slow)
    (start,) = spec.initial_states()
    (after,) = [after for action in spec.actions for after, _ in action.successors(start)]
    formula = spec.spec.next
    assert formula is not None
    holds = spec.expression(formula.body, formula.scope)
    assert holds(start, after) is True
    assert holds(start, (after[0], after[1], 3)) is False
    assert holds(start, (after[0], start[1], 2)) is False
