"""What a person reads when a text is wrong: each message as a whole."""

import pytest

from tlatrace.errors import TlatraceError
from tlatrace.syntax import ParseError, parse_expression, parse_module


def message_of(text: str) -> str:
    with pytest.raises(ParseError) as caught:
        parse_expression(text, "e")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a +", "e:1:4: found the end of the text, expected an expression"),
        ("(a + b", "e:1:7: found the end of the text, expected ) inside the ( opened at 1:1"),
        ("IF a THEN b", "e:1:12: found the end of the text, expected ELSE in the THEN part of the IF at 1:1"),
        ("{1, }", 'e:1:5: found "}", expected an expression inside the { opened at 1:1'),
        ("[a |-> 1, b : 2]", 'e:1:13: found ":", expected |-> inside the [ opened at 1:1'),
        ("a b", 'e:1:3: found "b", expected the end of the text or an operator'),
        (r"\A : a", 'e:1:4: found ":", expected << or an identifier inside the \\A opened at 1:1'),
        ("a = b = c", "e:1:7: = does not associate: it may not follow = without parentheses"),
        (r"a /\ b \/ c", r"e:1:8: precedence conflict between /\ and \/: put parentheses around one of them"),
        ("a ; b", "e:1:3: the character ';' (U+003B) begins no word of TLA+"),
        (
            '"abc',
            'e:1:1: a string that begins here does not end on its line, expected a closing " before the end',
        ),
        (r'"a\q"', r"e:1:1: a string has an escape that TLA+ does not know, expected \n \t \r \f \\ or \""),
        ("a (* (* *)", "e:1:3: a comment that is opened here is not closed, expected *)"),
        ("", "e:1:1: there is no expression here"),
        (
            "LET x = 1 IN x",
            'e:1:5: found "x", expected a definition or RECURSIVE in the LET at 1:1 (a definition',
        ),
        ("WF_v", "e:1:1: WF_ needs a subscript and then one action in parentheses"),
        ("1 :: a", 'e:1:3: found "::", expected the end of the text or an operator'),
        ("F(1) :: a", "e:1:6: what stands before :: is no label, expected name or name(x, y)"),
        (r"{1 \in S : x \in T}", r"e:1:2: a set {a \in S : x \in T} is not allowed, inside the { opened at 1:1"),
    ],
)
def test_messages(text: str, message: str) -> None:
    assert message_of(text).startswith(message)


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("A = 1", "a definition is written with =="),
        ("A(x) = 1", "a definition is written with =="),
        ("A == LET y = 1 IN y", "a definition is written with =="),
        ("A(x, y == x", "the ( at 2:2 is not closed before =="),
        ("A == x == 1", "== defines; equality is written ="),
        ("A == x and y", "conjunction is written /\\"),
        ("A == not x", "negation is written ~"),
        ("A == !x", "negation is written ~"),
        ("A == if x then 1 else 2", "reserved words are written in capitals: IF"),
        ("A == IF x THEN 1", "every IF has an ELSE"),
        (r"A == \A x in S : x", "did you mean \\in?"),
        ("A == S X T", "did you mean \\X?"),
        (r"A == x \uni y", r"there is no \uni; did you mean \union?"),
        ("EXTEND Naturals", "did you mean EXTENDS?"),
        ("A == x != y", "unequal is written # or /="),
        ("A == x <> y", "unequal is written # or /=; <> means eventually"),
        ("A == 'abc'", 'a string is written with "'),
        ("A == “abc”", 'a string is written with "'),
        ("A == 1;", "definitions and fields are not ended by semicolons"),
        ("/* comment */", "a comment is written (* … *), or \\* up to the end of the line"),
        ("A == [f EXCEPT ![1] := 2]", "it is written with ="),
        ("A == x.1", "the element of a tuple is written x[1]"),
        ("B == LAMBDA x : x", "LAMBDA can only be an argument, F(LAMBDA x : e), or stand behind <-"),
        ("A == CASE x -> 1 [] ELSE -> 3", "what holds in all other cases is written OTHER -> e"),
        ("A == UNCHANGED x, y", "several variables are written as a tuple: UNCHANGED <<x, y>>"),
        ("CONSTANT N = 3", "a constant is given its value in the model's configuration"),
        ("A == WF_v Next", "fairness is written WF_v(A), the action in parentheses"),
        ("A() == 1", "what takes no arguments is written without parentheses"),
        ("THEOREM x\n<1>1. y", "the steps of a proof end with a QED step"),
        (r"A == f[x \in S]", r"put parentheses around the argument: f[(x \in S)]"),
        ("A == [][Next]", "brackets are"),
        ("A == x)", None),
    ],
)
def test_hints(unit: str, hint: str | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse_module(f"---- MODULE M ----\n{unit}\n====", "M.tla")
    found = caught.value.hint
    assert found is None if hint is None else found is not None and found.startswith(hint)


def test_the_definition_and_the_open_list_are_named() -> None:
    text = "---- MODULE M ----\nFirst == 1\nFoo(a) ==\n  /\\ a\n  /\\ F(a\n  /\\ b\n===="
    with pytest.raises(ParseError) as caught:
        parse_module(text, "M.tla")
    error = caught.value
    assert error.location[1:3] == (6, 3)
    assert error.context == (
        "inside the ( opened at 5:7",
        "in the bulleted list opened at 4:3",
        "in the definition of Foo",
    )
    assert error.hint == "an item of the list opened at 4:3 must stay to the right of column 3"


def test_render_shows_the_line_and_a_caret() -> None:
    text = "---- MODULE M ----\nA ==\tx THEN\n===="
    with pytest.raises(ParseError) as caught:
        parse_module(text, "M.tla")
    assert caught.value.render(text).split("\n")[1:] == ["  |", "2 | A ==    x THEN", "  |           ^^^^"]


def test_a_parse_error_carries_its_parts() -> None:
    with pytest.raises(ParseError) as caught:
        parse_expression("{1, }", "e")
    error = caught.value
    assert isinstance(error, TlatraceError)
    assert (error.found, error.expected) == ("}", ("an expression",))
    assert error.location[1:] == (1, 5, 1, 5)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_is_shown_is_the_one_that_is_meant(end: str) -> None:
    # A form feed, or a line separator of Unicode, ends no line of TLA+.
    text = end.join(("---- MODULE M ----", "(* \f\u2028\x85 *)", "A == 1 +", "===="))
    with pytest.raises(ParseError) as caught:
        parse_module(text, "M.tla")
    assert caught.value.location.line == 4
    assert caught.value.render(text).splitlines()[2] == "4 | ===="
