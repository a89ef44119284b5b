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
        ("a * -b", "e:1:5: precedence conflict between * and -: put parentheses around one of them"),
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
            'e:1:5: found "x", expected a definition, LOCAL or RECURSIVE in the LET at 1:1 (a definition',
        ),
        ("WF_v", "e:1:1: WF_ needs a subscript and then one action in parentheses"),
        ("1 :: a", 'e:1:3: found "::", expected the end of the text or an operator'),
        ("F(1) :: a", "e:1:6: what stands before :: is no label, expected name or name(x, y)"),
        (r"{1 \in S : x \in T}", r"e:1:2: a set {a \in S : x \in T} is not allowed, inside the { opened at 1:1"),
    ],
)
def test_messages(text: str, message: str) -> None:
    assert message_of(text).startswith(message)


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
