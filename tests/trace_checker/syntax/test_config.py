"""Configuration files of TLC."""

import pytest

from tlatrace.syntax import ConstantAssignment, ConstantSubstitution, ParseError, parse_config
from tlatrace.syntax.ast import Location, Name, Number, SetEnumeration, String

EVERYTHING = r"""
\* a comment
CONSTANTS
    N = 3                (* another (* nested *) *)
    Text = "a b"
    Server = {s1, s2, {"x", 1}, {}}
    Nil = Nil
    Flag = TRUE
    F(1, a) = b
    Inner!Bound = 4
    K = [Mod] 5
    Op <- MyOp
    Other <- [Mod] MyOther
    + <- Plus
CONSTANT M = 1
INIT Init
NEXT Next
INVARIANTS TypeOK Safe
INVARIANT More
PROPERTY Live
PROPERTIES Fair Step
CONSTRAINT C1 C2
ACTION_CONSTRAINTS A1
SYMMETRY Perms
VIEW view
ALIAS Alias
POSTCONDITION Post
TYPE_CONSTRAINT T
_PERIODIC P
_RL_REWARD R
CHECK_DEADLOCK FALSE
"""


def test_everything() -> None:
    text = EVERYTHING.replace("    + <- Plus\n", "")
    config = parse_config(text, "M.cfg")
    assert config.constants == (
        ConstantAssignment("N", Number(3)),
        ConstantAssignment("Text", String("a b")),
        ConstantAssignment(
            "Server",
            SetEnumeration((Name("s1"), Name("s2"), SetEnumeration((String("x"), Number(1))), SetEnumeration(()))),
        ),
        ConstantAssignment("Nil", Name("Nil")),
        ConstantAssignment("Flag", Name("TRUE")),
        ConstantAssignment("F", Name("b"), arguments=(Number(1), Name("a"))),
        ConstantAssignment("Inner!Bound", Number(4)),
        ConstantAssignment("K", Number(5), module="Mod"),
        ConstantAssignment("M", Number(1)),
    )
    assert config.substitutions == (
        ConstantSubstitution("Op", "MyOp"),
        ConstantSubstitution("Other", "MyOther", module="Mod"),
    )
    assert (config.init, config.next, config.specification) == (Name("Init"), Name("Next"), None)
    assert config.invariants == (Name("TypeOK"), Name("Safe"), Name("More"))
    assert config.properties == (Name("Live"), Name("Fair"), Name("Step"))
    assert (config.constraints, config.action_constraints) == ((Name("C1"), Name("C2")), (Name("A1"),))
    assert (config.symmetry, config.view, config.alias) == (Name("Perms"), Name("view"), Name("Alias"))
    assert (config.postcondition, config.type_constraint) == (Name("Post"), Name("T"))
    assert (config.periodic, config.rl_reward) == (Name("P"), Name("R"))
    assert config.check_deadlock is False


def test_an_empty_file_says_nothing() -> None:
    config = parse_config("", "M.cfg")
    assert (config.constants, config.init, config.check_deadlock) == ((), None, None)


def test_operators_can_be_replaced() -> None:
    assert parse_config("CONSTANT + <- Plus", "M.cfg").substitutions == (ConstantSubstitution("+", "Plus"),)


def test_entries_know_their_places() -> None:
    config = parse_config("CONSTANTS\n  A = {1,\n   2}\nINVARIANT  Inv", "M.cfg")
    assert config.constants[0].location == Location("M.cfg", 2, 3, 3, 5)
    assert config.constants[0].value.location == Location("M.cfg", 2, 7, 3, 5)
    assert config.invariants[0].location == Location("M.cfg", 4, 12, 4, 14)


def test_depth_costs_no_recursion() -> None:
    assert parse_config("CONSTANT A = " + "{" * 3_000 + "}" * 3_000, "M.cfg").constants


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INVARIANTS A,", 'M.cfg:1:13: found ",", expected the name of a definition after INVARIANTS'),
        ("Invariant A", 'M.cfg:1:1: found "Invariant", expected a keyword'),
        ("INIT", "M.cfg:1:5: found the end of the file, expected the name of a definition after INIT"),
        ("INIT NEXT Next", 'M.cfg:1:6: found "NEXT", expected the name of a definition after INIT'),
        ("INIT A\nINIT B", "M.cfg:2:1: INIT is given twice, expected it once"),
        ("CHECK_DEADLOCK false", 'M.cfg:1:16: found "false", expected TRUE or FALSE after CHECK_DEADLOCK'),
        ("CHECK_DEADLOCK TRUE CHECK_DEADLOCK TRUE", "M.cfg:1:21: CHECK_DEADLOCK is given twice"),
        ("CONSTANT A", "M.cfg:1:11: found the end of the file, expected = or <- in the assignment to A"),
        ("CONSTANT A 3", 'M.cfg:1:12: found "3", expected = or <- in the assignment to A'),
        ("CONSTANT A = {1 2}", 'M.cfg:1:17: found "2", expected , or } in the assignment to A'),
        ("CONSTANT A = [M 2", 'M.cfg:1:17: found "2", expected ] in the assignment to A'),
        ("CONSTANT A = -1", 'M.cfg:1:14: found "-", expected a number, a string, a set or a model value'),
        ("CONSTANT A <- 1", 'M.cfg:1:15: found "1", expected the name of a definition in the assignment to A'),
        ('CONSTANT A = "b', "M.cfg:1:14: a string that begins here does not end on its line"),
    ],
)
def test_rejects(text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_config(text, "M.cfg")
    assert str(caught.value).startswith(message)


def test_a_keyword_in_small_letters_is_suggested() -> None:
    with pytest.raises(ParseError, match="did you mean INVARIANT"):
        parse_config("Invariant A", "M.cfg")
