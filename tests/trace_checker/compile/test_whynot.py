"""Why an action is not possible: the first conjunct in the way, what it read, and where."""

from pathlib import Path

import pytest

from tlatrace.compile import UNBOUND, Interpreter, Obstacle, why_not
from tlatrace.compile.api import Action, State
from tlatrace.compile.whynot import OBSTACLES_MAX
from tlatrace.semantics import load_spec
from tlatrace.values import ModelValue, Value, make_record, make_set, to_text

RAFT = Path(__file__).parents[3] / "spec" / "Raft.tla"
A, B, C, NIL, V = map(ModelValue, ("a", "b", "c", "Nil", "v"))


class Cluster:
    """Three servers of spec/Raft.tla that take the steps a test tells them."""

    def __init__(self) -> None:
        constants: dict[str, Value] = {"Server": make_set([A, B, C]), "Value": make_set([V]), "Nil": NIL}
        self.interpreter = Interpreter(load_spec(RAFT, constants=constants))
        self.actions: dict[str, Action] = {action.instance.name: action for action in self.interpreter.actions}
        self.state: State = next(self.interpreter.initial_states())

    def step(self, name: str, *arguments: Value) -> None:
        (found,) = self.actions[name].successors(self.state, arguments)
        self.state = found[0]

    def message(self) -> Value:
        messages = self.interpreter.spec.scope["messages"]
        (message,) = self.state[messages.index]  # type: ignore[union-attr, misc]
        return message

    def why_not(self, name: str, *arguments: object) -> tuple[Obstacle, ...]:
        return why_not(self.interpreter, self.actions[name].instance, self.state, arguments)  # type: ignore[arg-type]


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster()
    made.step("Timeout", A)
    made.step("RequestVote", A, B)
    return made


def operands(obstacle: Obstacle) -> list[tuple[str, str]]:
    return [(text, to_text(value)) for text, value in obstacle.operands]


def test_a_possible_action_has_no_obstacle(cluster: Cluster) -> None:
    assert cluster.why_not("GrantVote", B, cluster.message()) != ()
    cluster.step("UpdateTerm", B, cluster.message())
    assert cluster.why_not("GrantVote", B, cluster.message()) == ()
    assert cluster.why_not("Restart", A) == ()


def test_a_false_conjunct_with_the_values_it_read(cluster: Cluster) -> None:
    cluster.step("Timeout", B)
    (obstacle,) = cluster.why_not("GrantVote", B, cluster.message())
    assert (obstacle.kind, obstacle.depth) == ("false", 2)
    assert obstacle.text == "votedFor[i] \\in {Nil, m.from}"
    assert operands(obstacle) == [("votedFor[i]", "b"), ("{Nil, m.from}", "{Nil, a}"), ("m.from", "a")]
    assert obstacle.bindings["i"] is B
    assert [name for name, _ in obstacle.chain] == ["GrantVote"]
    assert RAFT.read_text().splitlines()[obstacle.location.line - 1].strip() == f"/\\ {obstacle.text}"


def test_a_definition_is_gone_into(cluster: Cluster) -> None:
    (obstacle,) = cluster.why_not("GrantVote", C, cluster.message())
    assert (obstacle.text, obstacle.depth) == ('Receives(i, m, "RequestVote")', 0)
    assert obstacle.inner is not None
    assert obstacle.inner.text == "m.to = i"
    assert operands(obstacle.inner) == [("m.to", "b")]
    assert [name for name, _ in obstacle.inner.chain] == ["GrantVote", "Receives"]


def test_a_false_disjunction_shows_every_part(cluster: Cluster) -> None:
    (obstacle,) = cluster.why_not("DenyVote", B, cluster.message())
    # b has not heard of term 1: the conjunct before the disjunction is false.
    assert obstacle.text == "m.term <= currentTerm[i]"
    cluster.step("UpdateTerm", B, cluster.message())
    (obstacle,) = cluster.why_not("DenyVote", B, cluster.message())
    assert [part.text for part in obstacle.alternatives] == [
        "m.term < currentTerm[i]",
        "votedFor[i] \\notin {Nil, m.from}",
        "~UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])",
    ]
    assert obstacle.depth == 2
    assert ("log[i]", "<<>>") in operands(obstacle.alternatives[2])


def test_an_argument_outside_its_domain(cluster: Cluster) -> None:
    unsent = make_record({"type": "RequestVote", "to": B})
    (obstacle,) = cluster.why_not("GrantVote", B, unsent)
    assert (obstacle.kind, obstacle.text) == ("domain", "m \\in messages")
    assert [text for text, _ in obstacle.operands] == ["m", "messages"]


def test_each_way_of_binding_has_its_obstacle(cluster: Cluster) -> None:
    found = cluster.why_not("BecomeLeader", UNBOUND)
    assert [(o.bindings["i"], o.text, o.depth) for o in found] == [
        (A, "votesGranted[i] \\in Quorum", 1),
        (B, "role[i] = Candidate", 0),
        (C, "role[i] = Candidate", 0),
    ]


SMALL = """---- MODULE M ----
EXTENDS Naturals, Sequences
VARIABLES x, s
Sorted == \\A i \\in 1 .. Len(s) - 1 : s[i] <= s[i + 1]
Ready(n) == /\\ n > 0
            /\\ LET k == n + 1 IN k < x
Witness == Sorted /\\ UNCHANGED <<x, s>>
Nested(n) == Ready(n) /\\ x' = n /\\ UNCHANGED s
Wrong == x > 0 /\\ s[9] = 1 /\\ UNCHANGED <<x, s>>
Branch == \\/ x > 5 /\\ x' = 1 /\\ UNCHANGED s
          \\/ x > 0 /\\ x < 2 /\\ x' = 2 /\\ UNCHANGED s
Twice == x' = x + 1 /\\ x' = 7 /\\ UNCHANGED s
Forgets == x' = 1
Implies == (x > 0 => Len(s) > 5) /\\ UNCHANGED <<x, s>>
Choose(n) == n > 1000 /\\ x' = n /\\ UNCHANGED s
Exists == (\\E i \\in 1..2 : s[i] = 9) /\\ UNCHANGED <<x, s>>
Picks == (\\E i \\in {} : x' = i) /\\ UNCHANGED s
Cond == (IF x = 3 THEN Len(s) = 0 ELSE TRUE) /\\ UNCHANGED <<x, s>>
Init == x = 3 /\\ s = <<1, 3, 2>>
Next == \\/ Witness \\/ (\\E n \\in 0..3 : Nested(n)) \\/ Wrong \\/ Branch \\/ Twice \\/ Forgets \\/ Implies
        \\/ (\\E n \\in 1..500 : Choose(n)) \\/ (\\E n \\in 0..1 : Nested(n + 1)) \\/ Exists \\/ Picks \\/ Cond
====
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    path = tmp_path_factory.mktemp("small") / "M.tla"
    path.write_text(SMALL)
    return Interpreter(load_spec(path))


def why(small: Interpreter, name: str, *arguments: object, nth: int = 0) -> tuple[Obstacle, ...]:
    instance = [action.instance for action in small.actions if action.instance.name == name][nth]
    return why_not(small, instance, next(small.initial_states()), arguments)  # type: ignore[arg-type]


def test_the_witness_of_a_false_forall(small: Interpreter) -> None:
    (obstacle,) = why(small, "Witness")
    assert obstacle.text == "Sorted"
    assert obstacle.inner is not None
    assert obstacle.inner.bindings == {"i": 2}
    assert obstacle.inner.inner is not None
    assert obstacle.inner.inner.text == "s[i] <= s[i + 1]"
    assert operands(obstacle.inner.inner) == [("s[i]", "3"), ("s[i + 1]", "2"), ("i + 1", "3")]


def test_conjuncts_inside_definitions_and_let(small: Interpreter) -> None:
    (obstacle,) = why(small, "Nested", 2)
    assert obstacle.inner is not None
    assert (obstacle.inner.text, obstacle.inner.bindings) == ("k < x", {"n": 2, "k": 3})
    assert operands(obstacle.inner) == [("x", "3")]


def test_an_error_is_an_obstacle(small: Interpreter) -> None:
    (obstacle,) = why(small, "Wrong")
    assert (obstacle.kind, obstacle.text, obstacle.depth) == ("error", "s[9] = 1", 1)
    assert "9" in obstacle.detail


def test_each_branch_has_its_obstacle(small: Interpreter) -> None:
    assert [(o.text, o.depth) for o in why(small, "Branch")] == [("x > 5", 0), ("x < 2", 1)]


def test_a_second_assignment_that_differs(small: Interpreter) -> None:
    (obstacle,) = why(small, "Twice")
    assert (obstacle.text, obstacle.depth, operands(obstacle)) == ("x' = 7", 1, [("x'", "4")])


def test_a_variable_without_a_value(small: Interpreter) -> None:
    (obstacle,) = why(small, "Forgets")
    assert obstacle.kind == "error"
    assert "leaves s without a value" in obstacle.detail


def test_an_implication_an_exists_and_a_choice_from_nothing(small: Interpreter) -> None:
    (implies,) = why(small, "Implies")
    assert implies.inner is not None
    assert (implies.inner.text, operands(implies.inner)) == ("Len(s) > 5", [("Len(s)", "3"), ("s", "<<1, 3, 2>>")])
    (exists,) = why(small, "Exists")
    assert [(part.bindings["i"], part.text) for part in exists.alternatives] == [(1, "s[i] = 9"), (2, "s[i] = 9")]
    (picks,) = why(small, "Picks")
    assert picks.detail == "there is nothing to choose from"
    (cond,) = why(small, "Cond")
    assert cond.inner is not None
    assert cond.inner.text == "Len(s) = 0"


def test_an_argument_that_is_no_binder(small: Interpreter) -> None:
    found = why(small, "Nested", 7, nth=1)
    assert {obstacle.kind for obstacle in found} == {"domain", "false"}
    assert "the argument that was given has another value" in {obstacle.detail for obstacle in found}


def test_many_ways_are_cut_and_that_is_said(small: Interpreter) -> None:
    found = why(small, "Choose", UNBOUND)
    assert len(found) == OBSTACLES_MAX + 1
    assert found[-1].kind == "cut"
    assert found[0].kind == "false"


COMPOSED = r"""---- MODULE Composed ----
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Up(d) == d < 3 /\ x' = x + d /\ UNCHANGED y
Over == x > 5 /\ y' = 1 /\ UNCHANGED x
Next == %s
====
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"Up(7) \cdot Over", ["d < 3"]),
        (r"Up(2) \cdot Over", ["x > 5"]),
        (r"\E d \in 1..2 : Up(d) \cdot Over", ["x > 5", "x > 5"]),
        (r"IF ~ENABLED Over THEN Up(1) \cdot Over ELSE Over", ["x > 5"]),
    ],
)
def test_a_composition_is_explained_by_the_action_that_is_not_possible(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    (tmp_path / "Composed.tla").write_text(COMPOSED % text)
    (tmp_path / "Composed.cfg").write_text("INIT Init\nNEXT Next\n")
    interpreter = Interpreter(load_spec(tmp_path / "Composed.tla", tmp_path / "Composed.cfg"))
    found = [each for action in interpreter.spec.actions for each in why_not(interpreter, action, (0, 0))]
    assert [innermost(each).text for each in found] == told


def innermost(obstacle: Obstacle) -> Obstacle:
    while obstacle.inner is not None:
        obstacle = obstacle.inner
    return obstacle


def test_what_stands_for_the_old_value_in_an_except_is_no_operand(tmp_path: Path) -> None:
    (tmp_path / "Composed.tla").write_text(
        COMPOSED % r"[k \in 1..2 |-> x] = [[k \in 1..2 |-> y + 1] EXCEPT ![1] = Twice(@)] /\ UNCHANGED <<x, y>>"
    )
    text = (tmp_path / "Composed.tla").read_text().replace("Up(d) ==", "Twice(n) == n + n + x\nUp(d) ==")
    (tmp_path / "Composed.tla").write_text(text)
    (tmp_path / "Composed.cfg").write_text("INIT Init\nNEXT Next\n")
    interpreter = Interpreter(load_spec(tmp_path / "Composed.tla", tmp_path / "Composed.cfg"))
    (found,) = why_not(interpreter, interpreter.spec.actions[0], (0, 0))
    assert "Twice(@)" not in dict(found.operands)
