"""The interpreter's values of expressions, and its errors with their places."""

from pathlib import Path

import pytest

from tlatrace.compile import ExpressionError, Interpreter, run_with_deep_stack
from tlatrace.semantics import check_expression, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import Value, make_sequence, to_text

MODULE = """---- MODULE M ----
EXTENDS Integers, Sequences, FiniteSets, TLC
VARIABLES x, s, f
vars == <<x, <<s, f>>>>
Add(a, b) == a + b
Fst(a, b) == a
Twice(Op(_), a) == Op(Op(a))
Next(v) == v'
Both == x + Len(s)
RECURSIVE Sum(_)
Sum(q) == IF q = << >> THEN 0 ELSE Head(q) + Sum(Tail(q))
RECURSIVE Even(_), Odd(_)
Even(n) == IF n = 0 THEN TRUE ELSE Odd(n - 1)
Odd(n) == IF n = 0 THEN FALSE ELSE Even(n - 1)
fib[n \\in Nat] == IF n < 2 THEN n ELSE fib[n - 1] + fib[n - 2]
ack[m \\in Nat, n \\in Nat] ==
    IF m = 0 THEN n + 1 ELSE IF n = 0 THEN ack[m - 1, 1] ELSE ack[m - 1, ack[m, n - 1]]
Bad(r) == r.missing
Worse == Bad([a |-> 1])
Step == x' = x + 1
Deep(n) == LET RECURSIVE D(_)
               D(k) == IF k = 0 THEN 0 ELSE 1 + D(k - 1)
           IN D(n)
====
"""
STATE = (1, make_sequence([4, 5]), make_sequence([10, 20]))
SUCCESSOR = (2, make_sequence([4, 5]), make_sequence([10, 21]))


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    path = tmp_path_factory.mktemp("spec") / "M.tla"
    path.write_text(MODULE)
    return Interpreter(load_spec(path))


def evaluate(interpreter: Interpreter, text: str, *, in_step: bool = True) -> Value:
    scope = interpreter.spec.scope
    expression = check_expression(parse_expression(text, "<test>"), scope)
    return interpreter.expression(expression, scope)(STATE, SUCCESSOR if in_step else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # logic, short-circuited
        ("x = 1 /\\ s # << >>", "TRUE"),
        ("x = 2 /\\ s[9] = 1", "FALSE"),
        ("x = 1 \\/ s[9] = 1", "TRUE"),
        ("x = 2 => s[9] = 1", "TRUE"),
        ("~(x = 2) <=> TRUE", "TRUE"),
        ("\\A i, j \\in 1..2 : i + j > 1", "TRUE"),
        ("\\E <<a, b>> \\in {<<1, 2>>, <<3, 4>>}, c \\in {7} : a + b = c", "TRUE"),
        ("\\A i \\in {} : s[9] = i", "TRUE"),
        # choices
        ("CHOOSE i \\in 1..9 : i * i > 10", "4"),
        ("CHOOSE <<a, b>> \\in (1..3) \\X (1..3) : a > b", "<<2, 1>>"),
        ("IF x = 1 THEN 10 ELSE s[9]", "10"),
        ("CASE x = 2 -> 20 [] x = 1 -> 10 [] OTHER -> 0", "10"),
        ("CASE x = 2 -> 20 [] OTHER -> 0", "0"),
        # definitions, LET, operators
        ("LET a == x + 1 b == a * 2 IN a + b", "6"),
        ("LET never == s[9] IN 3", "3"),
        ("LET F(a) == a + x G(a) == F(F(a)) IN G(5)", "7"),
        ("LET h[n \\in 0..9] == IF n = 0 THEN 1 ELSE 2 * h[n - 1] IN h[9]", "512"),
        ("Fst(1, s[9])", "1"),
        ("Twice(LAMBDA a : a * 3, 2)", "18"),
        ("LET Inc(a) == a + x IN Twice(Inc, 0)", "2"),
        ("Twice(-., 5)", "5"),
        ("Sum(<<1, 2, 3>>)", "6"),
        ("<<Even(10), Odd(10)>>", "<<TRUE, FALSE>>"),
        ("fib[40]", "102334155"),
        ("ack[2, 3]", "9"),
        ("lab :: x + 1", "2"),
        # two states
        ("x' = x + 1", "TRUE"),
        ("(x + Len(s))'", "4"),
        ("Both' - Both", "1"),
        ("Next(x) + Next(Both)", "6"),
        ("LET y == x + 1 IN <<y, y'>>", "<<2, 3>>"),
        ("UNCHANGED s /\\ ~UNCHANGED vars /\\ UNCHANGED <<s, f[1]>>", "TRUE"),
        ("[x' = 7]_s", "TRUE"),
        ("<<x' = 2>>_x /\\ ~<<x' = 2>>_s", "TRUE"),
        ("ENABLED (x' = 9 /\\ x = 1)", "TRUE"),
        ("ENABLED (x' = 9 /\\ x' = 8)", "FALSE"),
        ("((x' = 5 /\\ s' = s /\\ f' = f) \\cdot (x' = x - 3 /\\ f'[1] = f[1]))", "TRUE"),
        ("((x' = 5 /\\ s' = s /\\ f' = f) \\cdot (x' = x - 2))", "FALSE"),
        # sets, functions, records
        ("{i \\in 1..5 : i % 2 = 0}", "{2, 4}"),
        ("{<<a, b>> \\in (1..2) \\X (1..2) : a < b}", "{<<1, 2>>}"),
        ("{i + j : i \\in 1..2, j \\in {10}}", "{11, 12}"),
        ("[i \\in 1..3 |-> i * x]", "<<1, 2, 3>>"),
        ("[a \\in {1}, <<b, c>> \\in {<<2, 3>>} |-> a + b + c][1, <<2, 3>>]", "6"),
        ("[i \\in Nat |-> i + 1][41]", "42"),
        ("<<1, 2>> \\in (1..2) \\X (1..2)", "TRUE"),
        ("[a |-> 1, b |-> <<2>>].b[1]", "2"),
        ("[a |-> 1] \\in [a : Nat]", "TRUE"),
        ("Cardinality([1..3 -> {0, 1}])", "8"),
        ("[f EXCEPT ![1] = @ + x, ![2] = @ * @]", "<<11, 400>>"),
        ("[[a |-> <<1, 2>>] EXCEPT !.a[2] = @ + 1, !.a[1] = 0]", "[a |-> <<0, 3>>]"),
        ("[f EXCEPT ![9] = 1]", "<<10, 20>>"),
        ("DOMAIN [f EXCEPT ![1] = 0]", "1..2"),
        ("(1 :> 2) @@ (3 :> 4)", "(1 :> 2 @@ 3 :> 4)"),
    ],
)  # fmt: skip
def test_values(interpreter: Interpreter, text: str, expected: str) -> None:
    value = evaluate(interpreter, text)
    assert to_text(value) == to_text(evaluate(interpreter, expected))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x /\\ TRUE", "a formula must be a boolean, but is the integer 1"),
        ("IF x THEN 1 ELSE 2", "a formula must be a boolean"),
        ("CASE x = 2 -> 1", "no condition is true"),
        ("CHOOSE i \\in 1..3 : i > 5", "no element of {1, 2, 3} satisfies"),
        ("CHOOSE i : i = 1", "bound to no set"),
        ("\\E i \\in Nat : i = 1 /\\ FALSE", "Nat"),
        ("\\E <<a, b>> \\in {<<1>>} : TRUE", "no tuple of 2"),
        ("s[9]", "9"),
        ("x + \"a\"", "\"a\""),
        ("[]TRUE", "temporal formula"),
        ("WF_x(Step)", "temporal formula"),
        ("1.5", "real numbers"),
        ("x = \"one\"", "cannot compare"),
    ],
)  # fmt: skip
def test_errors(interpreter: Interpreter, text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluate(interpreter, text)
    assert message in str(raised.value)
    assert raised.value.location is not None


def test_a_prime_where_there_is_no_step(interpreter: Interpreter) -> None:
    with pytest.raises(ExpressionError, match="where there is no step"):
        evaluate(interpreter, "x' = 1", in_step=False)


def test_an_error_tells_the_way_there(interpreter: Interpreter) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluate(interpreter, "1 + Worse")
    error = raised.value
    assert error.location is not None
    assert (Path(error.location.file).name, error.location.line) == ("M.tla", 18)
    assert [(name, place.line) for name, place in error.chain] == [("Worse", 1), ("Bad", 19)]
    assert "\n  in Bad, used at " in str(error)


def test_deep_recursion_is_an_error_and_not_the_end(interpreter: Interpreter) -> None:
    with pytest.raises(ExpressionError, match="the recursion is too deep"):
        evaluate(interpreter, "Deep(100000)")


def test_a_deep_stack_goes_deeper(interpreter: Interpreter) -> None:
    assert run_with_deep_stack(lambda: evaluate(interpreter, "Deep(3000)")) == 3000
    with pytest.raises(ZeroDivisionError):
        run_with_deep_stack(lambda: 1 // 0)


def test_constants_are_evaluated_once(tmp_path: Path) -> None:
    path = tmp_path / "M.tla"
    path.write_text("---- MODULE M ----\nEXTENDS Naturals, FiniteSets\nBig == SUBSET (1..10)\nUse == Big\n====\n")
    spec = load_spec(path)
    interpreter = Interpreter(spec)
    use = interpreter.expression(parse_expression("Use", "<test>"), spec.scope)
    assert use((), None) is use((), None)


def test_parameters_come_before_the_scope(interpreter: Interpreter) -> None:
    scope = interpreter.spec.scope
    function = interpreter.expression(parse_expression("x + extra", "<test>"), scope, ("x", "extra"))
    assert function(STATE, None, 40, 2) == 42
