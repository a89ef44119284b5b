"""Modules and configurations become a Spec: scopes, levels, constants, INSTANCE."""

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter
from tlatrace.semantics import Definition, SemanticErrors, Spec, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import ModelValue, Value, make_set

RAFT = Path(__file__).parents[3] / "spec" / "Raft.tla"
CONSTANTS: dict[str, Value] = {
    "Server": make_set([ModelValue("a"), ModelValue("b"), ModelValue("c")]),
    "Value": make_set([ModelValue("v")]),
    "Nil": ModelValue("Nil"),
}


def write(folder: Path, text: str, config: str | None = None, name: str = "M") -> Path:
    path = folder / f"{name}.tla"
    path.write_text(text.lstrip("\n"))
    if config is not None:
        path.with_suffix(".cfg").write_text(config)
    return path


def load(folder: Path, text: str, config: str | None = None, **options: object) -> Spec:
    path = write(folder, text, config)
    return load_spec(path, path.with_suffix(".cfg") if config is not None else None, **options)  # type: ignore[arg-type]


def value(spec: Spec, text: str) -> Value:
    return Interpreter(spec).expression(parse_expression(text, "<test>"), spec.scope)((), None)


def level(spec: Spec, name: str) -> int:
    symbol = spec.scope[name]
    assert isinstance(symbol, Definition)
    return symbol.level


def test_raft_without_a_configuration() -> None:
    spec = load_spec(RAFT, constants=CONSTANTS)
    assert [variable.name for variable in spec.variables][:4] == ["currentTerm", "votedFor", "log", "role"]
    assert spec.init is not None
    assert spec.init.name == "Init"
    assert len(spec.actions) == 18
    assert {level(spec, name) for name in ("Quorum", "Follower", "LastNotAfter")} == {0}
    assert level(spec, "MatchInv") == 1
    assert level(spec, "GrantVote") == 2
    assert level(spec, "Spec") == level(spec, "LeaderAppendOnlyProp") == 3


def test_a_constant_without_a_value_is_an_error_that_helps() -> None:
    some = {name: value for name, value in CONSTANTS.items() if name != "Nil"}
    with pytest.raises(
        SemanticErrors, match=r"Raft\.tla:\d+:5: the constant Nil has no value .*CONSTANT Nil = "
    ) as raised:
        load_spec(RAFT, constants=some)
    assert len(raised.value.errors) == 1


def test_a_value_for_an_unknown_constant_is_an_error() -> None:
    with pytest.raises(SemanticErrors, match=r"constant Servers, which does not exist .*did you mean Server\?"):
        load_spec(RAFT, constants={**CONSTANTS, "Servers": 1})


TWO_FOLD = """
---- MODULE M ----
EXTENDS Naturals
CONSTANTS N, S, Big, Op(_)
VARIABLE x
Two == {1, 2}
Double(n) == 2 * n
Begin == x = 0
Step == x' = x + N
Other == x' = 7
Inv == x \\in Nat
Prop == [][Step]_x
Spec == Begin /\\ [][Step]_x
====
"""
CONFIG = """
CONSTANTS N = 3  Big <- Two  Op <- Double  S = {a, "b", {1, TRUE}}
INIT Begin
NEXT Step
INVARIANT Inv
PROPERTY Prop
"""


def test_a_configuration_gives_values_and_names(tmp_path: Path) -> None:
    spec = load(tmp_path, TWO_FOLD, CONFIG.replace("{1, TRUE}", "c"))
    assert value(spec, "N") == 3
    assert value(spec, "Big") == make_set([1, 2])
    assert value(spec, "Op(N)") == 6
    assert [formula.name for formula in (*spec.invariants, *spec.properties)] == ["Inv", "Prop"]
    assert [action.name for action in spec.actions] == ["Step"]


def test_values_from_outside_come_first(tmp_path: Path) -> None:
    spec = load(tmp_path, TWO_FOLD, CONFIG.replace("{1, TRUE}", "c"), constants={"N": 5, "Big": 9})
    assert (value(spec, "N"), value(spec, "Big")) == (5, 9)


def test_the_caller_may_name_init_and_next(tmp_path: Path) -> None:
    spec = load(tmp_path, TWO_FOLD, CONFIG.replace("{1, TRUE}", "c"), next="Other")
    assert [action.name for action in spec.actions] == ["Other"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("INVARIANT Inf", "the invariant Inf does not exist (did you mean Inv?)"),
        ("INVARIANT Step", "the invariant Step is an action, which is more than a state formula"),
        ("CONSTRAINT Double", "the constraint Double takes arguments"),
        ("CONSTANT N <- Three", "N is to be replaced by Three, which does not exist"),
        ("CONSTANT N <- Double", "N takes 0 arguments, and Double 1"),
        ("CONSTANT N <- [Elsewhere] Two", "the specification has no module Elsewhere"),
        ("SPECIFICATION Spec", "SPECIFICATION, or INIT and NEXT, not both"),
        ("SYMMETRY Perms", "the definition for SYMMETRY Perms does not exist"),
        ("CONSTANT S = {1, TRUE}", "cannot compare"),
    ],
)
def test_a_wrong_line_of_a_configuration(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SemanticErrors) as raised:
        load(tmp_path, TWO_FOLD, CONFIG.replace("{1, TRUE}", "c") + line)
    assert message in str(raised.value)
    place = raised.value.errors[0].location
    assert place is not None
    assert (Path(place.file).name, place.line) == ("M.cfg", 7)


def test_a_definition_replaced_everywhere_and_levels_follow(tmp_path: Path) -> None:
    write(tmp_path, "---- MODULE Base ----\nLimit == 5\nTwice == <<Limit, Limit>>\n====\n", name="Base")
    text = "---- MODULE M ----\nEXTENDS Base\nVARIABLE x\nMine == x\nUse == Twice\n====\n"
    spec = load(tmp_path, text, "CONSTANT Limit <- Mine")
    assert (level(spec, "Twice"), level(spec, "Use")) == (1, 1)
    assert Interpreter(spec).expression(parse_expression("Use", "<test>"), spec.scope)((8,), None) == value(
        spec, "<<8, 8>>"
    )


def test_operator_constants_from_a_table(tmp_path: Path) -> None:
    spec = load(tmp_path, TWO_FOLD, CONFIG.replace("{1, TRUE}", "c").replace("Op <- Double", "Op(1) = 10 Op(2) = 20"))
    assert value(spec, "Op(2)") == 20
    with pytest.raises(Exception, match=r"gives no value for Op\(3\)"):
        value(spec, "Op(3)")


def test_local_definitions_stay_at_home(tmp_path: Path) -> None:
    base = "---- MODULE Base ----\nLOCAL INSTANCE Naturals\nLOCAL One == 1\nTwo == One + One\n====\n"
    write(tmp_path, base, name="Base")
    spec = load(tmp_path, "---- MODULE M ----\nEXTENDS Base\nOne == Two\n====\n")
    assert value(spec, "One") == 2
    with pytest.raises(SemanticErrors, match=r"unknown name \+"):
        load(tmp_path, "---- MODULE M ----\nEXTENDS Base\nThree == Two + 1\n====\n")


def test_one_module_reached_on_two_ways_is_one_module(tmp_path: Path) -> None:
    write(tmp_path, "---- MODULE Base ----\nOne == 1\n====\n", name="Base")
    write(tmp_path, "---- MODULE Left ----\nEXTENDS Base\n====\n", name="Left")
    spec = load(tmp_path, "---- MODULE M ----\nEXTENDS Left, Base\nINSTANCE Base\nB == INSTANCE Base\n====\n")
    assert value(spec, "<<One, B!One>>") == value(spec, "<<1, 1>>")


INSTANCES = """
---- MODULE M ----
EXTENDS Naturals
VARIABLES p, q
---- MODULE Cell ----
CONSTANT F(_, _)
VARIABLES v, limit
Full == v >= limit
Room(n) == F(limit, v) >= n
Apply(G(_), n) == G(n)
Ask(n) == Apply(Room, n)
fact[n \\in Nat] == IF n = 0 THEN limit ELSE n * fact[n - 1]
---- MODULE Deep ----
CONSTANT d
Sum == d + limit + v
====
D(d) == INSTANCE Deep
Down(x) == D(x)!Sum
====
P == INSTANCE Cell WITH limit <- 5, v <- p, F <- -
Q(max) == INSTANCE Cell WITH limit <- max + q, v <- q, F <- LAMBDA a, b : a - b
====
"""


def test_instances_with_and_without_parameters(tmp_path: Path) -> None:
    spec = load(tmp_path, INSTANCES)
    interpreter = Interpreter(spec)

    def at(text: str, p: int, q: int) -> Value:
        return interpreter.expression(parse_expression(text, "<test>"), spec.scope)((p, q), None)

    assert [at("P!Full", p, 0) for p in (4, 5)] == [False, True]
    assert [at("P!Room(2)", p, 0) for p in (3, 4)] == [True, False]
    assert [at("Q(3)!Ask(2)", 0, 5), at("Q(1)!Ask(2)", 0, 5)] == [True, False]
    assert at("Q(3)!fact[3]", 0, 1) == 24
    assert at("Q(10)!D(100)!Sum", 0, 1) == 112
    assert at("Q(10)!Down(100)", 0, 1) == 112
    assert at("\\A max \\in 1..3 : ~Q(max)!Full", 0, 7) is True


def test_sources_are_at_hand_for_messages() -> None:
    spec = load_spec(RAFT, constants=CONSTANTS)
    symbol = spec.scope["GrantVote"]
    assert isinstance(symbol, Definition)
    assert spec.source_line(symbol.location) == "GrantVote(i, m) =="
