"""Printing and reading again is the identity, over all trees that the parser can make."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tlatrace.syntax import ast, parse_expression, parse_module, print_expression, print_module, print_unit
from tlatrace.syntax.operators import INFIX, POSTFIX, PREFIX
from tlatrace.syntax.tokens import KEYWORDS

CORPUS = Path(__file__).with_name("corpus.txt")

NAMES = st.sampled_from(["a", "b", "x1", "_y", "Op", "1a", "WFx", "S", "event", "very_long_name"])
FIELDS = st.sampled_from(["f", "g", "term", *sorted(KEYWORDS)[:4]])
RECORD_FIELDS = st.sampled_from(["f", "g", "term"])
JUNCTIONS = ("/\\", "\\/")
PLAIN_INFIX = sorted(set(INFIX) - {*JUNCTIONS, "\\X"})
STEP_OPERATORS = ["+", "\\prec", "-.", "'", "~", "!!", "(+)"[1:2], "/\\"]


def corpus_cases() -> list[str]:
    """The texts of the accepted cases of corpus.txt."""
    blocks = CORPUS.read_text(encoding="utf-8").split("\n### ")[1:]
    bodies = [
        body for head, _, body in (block.partition("\n") for block in blocks) if head.startswith(("accept", "later"))
    ]
    return [
        body if re.search(r"^----.*MODULE", body, re.MULTILINE) else f"---- MODULE M ----\n{body}\n====\n"
        for body in bodies
    ]


Exprs = st.SearchStrategy[ast.Expr]


def tuples_of(items: st.SearchStrategy[object], *, min_size: int = 0, max_size: int = 3) -> st.SearchStrategy[tuple]:
    return st.lists(items, min_size=min_size, max_size=max_size).map(tuple)


def bounds_of(inner: Exprs) -> st.SearchStrategy[ast.Bound]:
    plain = st.builds(ast.Bound, tuples_of(NAMES, min_size=1), inner)
    return plain | st.builds(ast.Bound, tuples_of(NAMES, min_size=1), inner, is_tuple=st.just(True))


def targets_of(inner: Exprs) -> st.SearchStrategy[ast.Bound]:
    plain = st.builds(ast.Bound, tuples_of(NAMES, min_size=1, max_size=1), inner)
    return plain | st.builds(ast.Bound, tuples_of(NAMES, min_size=1), inner, is_tuple=st.just(True))


def arguments_of(inner: Exprs) -> st.SearchStrategy[tuple[ast.Expr, ...]]:
    operators = st.sampled_from([*PLAIN_INFIX, *JUNCTIONS, *PREFIX, *POSTFIX]).map(ast.Name)
    functions = st.builds(ast.Lambda, tuples_of(NAMES, min_size=1), inner)
    return tuples_of(inner | operators | functions, min_size=1)


def definitions_of(inner: Exprs) -> st.SearchStrategy[ast.Unit]:
    symbols = st.sampled_from(["\\oplus", "##", "-."]).map(
        lambda symbol: ast.Parameter(symbol, 1 if symbol == "-." else 2)
    )
    parameters = st.builds(ast.Parameter, NAMES, st.integers(0, 2)) | symbols
    two = st.tuples(NAMES.map(ast.Parameter), NAMES.map(ast.Parameter))
    one = st.tuples(NAMES.map(ast.Parameter))
    substitutions = st.builds(
        ast.Substitution, NAMES | st.sampled_from(["+", "~"]), arguments_of(inner).map(lambda each: each[0])
    )
    return st.one_of(
        st.builds(ast.OperatorDefinition, NAMES, tuples_of(parameters), inner),
        st.builds(ast.OperatorDefinition, st.sampled_from(["\\oplus", "@@", "-", "\\o"]), two, inner),
        st.builds(ast.OperatorDefinition, st.sampled_from(["-.", "^+", "^#"]), one, inner),
        st.builds(ast.FunctionDefinition, NAMES, tuples_of(bounds_of(inner), min_size=1), inner),
        st.builds(ast.Instance, NAMES, tuples_of(substitutions), NAMES, tuples_of(parameters)),
        st.builds(ast.Recursive, tuples_of(parameters, min_size=1)),
    )


def extend(inner: Exprs) -> Exprs:
    some = tuples_of(inner, min_size=1)
    several = tuples_of(inner, min_size=2)
    bounds = tuples_of(bounds_of(inner), min_size=1)
    unbounded = tuples_of(NAMES, min_size=1).map(lambda names: (ast.Bound(names, None),))
    steps = st.one_of(
        st.builds(ast.PathStep, NAMES, st.just(()) | arguments_of(inner)),
        st.builds(ast.PathStep, st.sampled_from(STEP_OPERATORS), st.just(()) | arguments_of(inner)),
        st.builds(ast.PathStep, st.sampled_from(["1", "<<", ">>", ":", "@"])),
        st.builds(ast.PathStep, st.just(""), arguments_of(inner)),
    )
    first = st.builds(ast.PathStep, NAMES, st.just(()) | arguments_of(inner))
    index = st.builds(ast.ExceptIndex, some) | st.builds(ast.ExceptField, FIELDS)
    updates = st.builds(ast.ExceptUpdate, tuples_of(index, min_size=1), inner)
    arms = tuples_of(st.builds(ast.CaseArm, inner, inner), min_size=1)
    return st.one_of(
        st.builds(ast.Apply, NAMES, arguments_of(inner)),
        st.builds(ast.Apply, st.sampled_from(PLAIN_INFIX), st.tuples(inner, inner)),
        st.builds(ast.Apply, st.just("\\in"), st.tuples(NAMES.map(ast.Name), inner)),
        st.builds(ast.Apply, st.sampled_from(sorted(PREFIX)), st.tuples(inner)),
        st.builds(ast.Apply, st.sampled_from(sorted(POSTFIX)), st.tuples(inner)),
        st.builds(ast.Junction, st.sampled_from(JUNCTIONS), some),
        st.builds(ast.Times, several),
        st.builds(lambda one, more: ast.Selection((one, *more)), first, tuples_of(steps, min_size=1)),
        st.builds(ast.Quantifier, st.sampled_from(["\\A", "\\E"]), bounds | unbounded, inner),
        st.builds(ast.Quantifier, st.sampled_from(["\\AA", "\\EE"]), unbounded, inner),
        st.builds(ast.Choose, targets_of(inner) | targets_of(st.none()), inner),  # type: ignore[arg-type]
        st.builds(ast.If, inner, inner, inner),
        st.builds(ast.Case, arms, st.none() | inner),
        st.builds(ast.Let, tuples_of(definitions_of(inner), min_size=1), inner),
        st.builds(ast.SetEnumeration, tuples_of(inner)),
        st.builds(ast.SetFilter, targets_of(inner), inner),
        st.builds(ast.SetMap, inner, bounds),
        st.builds(ast.FunctionConstructor, bounds, inner),
        st.builds(ast.FunctionSet, inner, inner),
        st.builds(ast.Record, tuples_of(st.builds(ast.FieldItem, RECORD_FIELDS, inner), min_size=1)),
        st.builds(ast.RecordSet, tuples_of(st.builds(ast.FieldItem, RECORD_FIELDS, inner), min_size=1)),
        st.builds(ast.Tuple, tuples_of(inner)),
        st.builds(ast.Except, inner, tuples_of(updates, min_size=1)),
        st.builds(ast.FunctionApply, inner, some),
        st.builds(ast.Field, inner, FIELDS),
        st.builds(ast.ActionBox, st.sampled_from(["[]", "<>"]), inner, inner),
        st.builds(ast.Fairness, st.sampled_from(["WF", "SF"]), inner, inner),
        st.builds(ast.Label, NAMES, tuples_of(NAMES), inner),
    )


LEAVES = st.one_of(
    NAMES.map(ast.Name),
    st.integers(0, 99).map(ast.Number),
    st.sampled_from(["1.5", "0.25"]).map(ast.Decimal),
    st.text(alphabet='ab"\\ \n\t\r\fé{}(*', max_size=4).map(ast.String),
    st.just(ast.At()),
)

EXPRESSIONS: Exprs = st.recursive(LEAVES, extend, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_round_trip(tree: ast.Expr) -> None:
    text = print_expression(tree)
    assert parse_expression(text, "printed") == tree, text


@settings(max_examples=20, deadline=None)
@given(EXPRESSIONS)
def test_a_printed_tree_is_one_line(tree: ast.Expr) -> None:
    assert "\n" not in print_expression(tree)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("/\\ a\n/\\ b = (c + 1)", r"a /\ b = c + 1"),
        (r"((a) \/ (b)) /\ c", r"(a \/ b) /\ c"),
        ("x' = [f EXCEPT ![i] = @ + 1]", "x' = [f EXCEPT ![i] = @ + 1]"),
        ("[]<>p ~> ~q", "[]<>p ~> ~q"),
        ("a - (b - c)", "a - (b - c)"),
        (r"a /\ \E x \in S : x", r"a /\ (\E x \in S : x)"),
        ("- (- a)", "- -a"),
        ("F(+)".replace("(+)", "( + )"), "F( + )"),
        (r"(1..2) \union {}", r"1 .. 2 \cup {}"),
        ("UNCHANGED <<x, y>>", "UNCHANGED <<x, y>>"),
        ("WF_vars(Next)", "WF_vars(Next)"),
    ],
)
def test_printed(text: str, printed: str) -> None:
    assert print_expression(parse_expression(text, "e")) == printed


def test_a_tree_without_text_is_refused() -> None:
    with pytest.raises(TypeError, match="Expr cannot be printed"):
        print_expression(ast.Expr())


@pytest.mark.parametrize("text", corpus_cases())
def test_a_module_reads_again_as_it_was(text: str) -> None:
    module = parse_module(text, "M.tla")
    printed = print_module(module)
    assert parse_module(printed, "printed") == module, printed


def test_a_printed_proof_has_a_line_for_each_step() -> None:
    text = "THEOREM T == x\n<1>a. y\n<2>1. PICK z \\in S : z\nBY a DEFS b\n<2> QED\n<1> QED\nOBVIOUS"
    (theorem,) = parse_module(f"---- MODULE M ----\n{text}\n====", "M.tla").units
    assert print_unit(theorem) == text


def test_depth_costs_no_recursion() -> None:
    deep = parse_expression("{" * 2_000 + "}" * 2_000, "e")
    assert print_expression(deep) == "{" * 2_000 + "}" * 2_000
