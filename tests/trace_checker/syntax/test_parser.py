"""The shape of the trees, and where their nodes say they are."""

import pytest

from tlatrace.syntax import ParseError, ast, parse_expression, parse_module, source_text
from tlatrace.syntax.ast import Apply, Bound, Field, FunctionApply, Junction, Location, Name, Number, Times

a, b, c, d = (Name(letter) for letter in "abcd")


def parse(text: str) -> ast.Expr:
    return parse_expression(text, "test")


def units(body: str) -> tuple[ast.Unit, ...]:
    return parse_module(f"---- MODULE M ----\n{body}\n====", "M.tla").units


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Apply("+", (a, Apply("*", (b, c))))),
        ("a - b - c", Apply("-", (Apply("-", (a, b)), c))),
        ("-a", Apply("-.", (a,))),
        ("- - a", Apply("-.", (Apply("-.", (a,)),))),
        ("a - -b", Apply("-", (a, Apply("-.", (b,))))),
        ("~a = b", Apply("~", (Apply("=", (a, b)),))),
        ("a' = b", Apply("=", (Apply("'", (a,)), b))),
        ("a^+[b]", FunctionApply(Apply("^+", (a,)), (b,))),
        ("[]a => b", Apply("=>", (Apply("[]", (a,)), b))),
        (r"DOMAIN a \cup b", Apply("\\cup", (Apply("DOMAIN", (a,)), b))),
        ("a.b.c[1, 2]", FunctionApply(Field(Field(a, "b"), "c"), (Number(1), Number(2)))),
        (r"a /\ b /\ c", Junction("/\\", (a, b, c))),
        (r"(a /\ b) /\ c", Junction("/\\", (Junction("/\\", (a, b)), c))),
        (r"a \X b \times c", Times((a, b, c))),
        (r"(a \X b) \X c", Times((Times((a, b)), c))),
        (r"a + IF b THEN c ELSE d + 1", Apply("+", (a, ast.If(b, c, Apply("+", (d, Number(1))))))),
        (r"\A x \in a : b /\ c", ast.Quantifier("\\A", (Bound(("x",), a),), Junction("/\\", (b, c)))),
        (
            r"\E x, y \in a, <<z, w>> \in b : c",
            ast.Quantifier("\\E", (Bound(("x", "y"), a), Bound(("z", "w"), b, is_tuple=True)), c),
        ),
        (r"\AA x, y : a", ast.Quantifier("\\AA", (Bound(("x", "y"), None),), a)),
        ("CHOOSE <<x, y>> : a", ast.Choose(Bound(("x", "y"), None, is_tuple=True), a)),
        (r"{x \in a : b}", ast.SetFilter(Bound(("x",), a), b)),
        (r"{a : x \in b}", ast.SetMap(a, (Bound(("x",), b),))),
        (r"{x \in a, b}", ast.SetEnumeration((Apply("\\in", (Name("x"), a)), b))),
        (r"{\A x \in a : b}", ast.SetEnumeration((ast.Quantifier("\\A", (Bound(("x",), a),), b),))),
        (r"[x \in a |-> b]", ast.FunctionConstructor((Bound(("x",), a),), b)),
        ("[a -> b]", ast.FunctionSet(a, b)),
        ("[f |-> a, g |-> b]", ast.Record((ast.FieldItem("f", a), ast.FieldItem("g", b)))),
        ("[f : a, g : b]", ast.RecordSet((ast.FieldItem("f", a), ast.FieldItem("g", b)))),
        ("[a]_b", ast.ActionBox("[]", a, b)),
        ("<<a>>_b", ast.ActionBox("<>", a, b)),
        ("[a]_b(c)", ast.ActionBox("[]", a, Apply("b", (c,)))),
        ("WF_b(a)", ast.Fairness("WF", b, a)),
        ("SF_b(c)(a)", ast.Fairness("SF", Apply("b", (c,)), a)),
        ("WF_<<b>>(a)", ast.Fairness("WF", ast.Tuple((b,)), a)),
        (
            "[a EXCEPT ![b, c].f = @, !.g = d]",
            ast.Except(
                a,
                (
                    ast.ExceptUpdate((ast.ExceptIndex((b, c)), ast.ExceptField("f")), ast.At()),
                    ast.ExceptUpdate((ast.ExceptField("g"),), d),
                ),
            ),
        ),
        ("F(+, LAMBDA x : x)", Apply("F", (Name("+"), ast.Lambda(("x",), Name("x"))))),
        ("M(a)!Op(b)!1", ast.Selection((ast.PathStep("M", (a,)), ast.PathStep("Op", (b,)), ast.PathStep("1")))),
        ("a!<<!(b)", ast.Selection((ast.PathStep("a"), ast.PathStep("<<"), ast.PathStep("", (b,))))),
        (
            "CASE a -> CASE b -> c [] d -> a [] OTHER -> b",
            ast.Case((ast.CaseArm(a, ast.Case((ast.CaseArm(b, c), ast.CaseArm(d, a)), b)),), None),
        ),
        ("l(x) :: a + b", ast.Label("l", ("x",), Apply("+", (a, b)))),
        (r"\b101 + \o17 + \hFf", Apply("+", (Apply("+", (Number(5), Number(15))), Number(255)))),
        ('"a\\"\\\\\\n"', ast.String('a"\\\n')),
        ("1.50", ast.Decimal("1.50")),
        (r"a \union b \cup c", Apply("\\cup", (Apply("\\cup", (a, b)), c))),
        ("a /= b", Apply("#", (a, b))),
        (r"a =< b \lor a \leq c", Junction("\\/", (Apply("<=", (a, b)), Apply("<=", (a, c))))),
        (r"\lnot a \equiv b", Apply("<=>", (Apply("~", (a,)), b))),
        (
            "∀ x ∈ a : ¬ b ∧ □ c",
            ast.Quantifier("\\A", (Bound(("x",), a),), Junction("/\\", (Apply("~", (b,)), Apply("[]", (c,))))),
        ),
        ("⟨a, b⟩'", Apply("'", (ast.Tuple((a, b)),))),
        ("event.header", Field(Name("event"), "header")),
    ],
)
def test_shapes(text: str, tree: ast.Expr) -> None:
    assert parse(text) == tree


class TestBulletedLists:
    def test_nested_by_column(self) -> None:
        assert parse("/\\ a\n/\\ \\/ b\n   \\/ c\n/\\ d") == Junction("/\\", (a, Junction("\\/", (b, c)), d))

    def test_one_bullet_is_a_list(self) -> None:
        assert parse("/\\ a") == Junction("/\\", (a,))

    def test_what_stands_right_of_the_bullets_belongs_to_the_item(self) -> None:
        assert parse("/\\ a\n   \\/ b\n/\\ c") == Junction("/\\", (Junction("\\/", (a, b)), c))

    def test_what_stands_left_of_them_ends_the_list(self) -> None:
        assert parse("   /\\ a\n   /\\ b\n=> c") == Apply("=>", (Junction("/\\", (a, b)), c))

    def test_then_and_else_end_lists(self) -> None:
        tree = parse("IF /\\ a\n   /\\ b THEN \\/ c ELSE /\\ d")
        assert tree == ast.If(Junction("/\\", (a, b)), Junction("\\/", (c,)), Junction("/\\", (d,)))

    def test_a_comma_ends_a_list_but_not_the_one_around_a_quantifier(self) -> None:
        assert parse("F(/\\ a\n  /\\ b, c)") == Apply("F", (Junction("/\\", (a, b)), c))
        quantifier = ast.Quantifier("\\A", (Bound(("x",), a), Bound(("y",), b)), c)
        assert parse("/\\ \\A x \\in a, y \\in b : c\n/\\ d") == Junction("/\\", (quantifier, d))

    def test_the_separator_of_case_ends_a_list(self) -> None:
        arms = (ast.CaseArm(a, Junction("/\\", (b, c))), ast.CaseArm(d, a))
        assert parse("CASE a -> /\\ b\n          /\\ c\n  [] d -> a") == ast.Case(arms, None)

    def test_a_comment_between_items_changes_nothing(self) -> None:
        assert parse("/\\ a (* x\n(* y *) z *)\n\\* w\n/\\ b") == Junction("/\\", (a, b))

    def test_a_moved_bullet_is_another_tree(self) -> None:
        assert parse("/\\ a\n /\\ b") == Junction("/\\", (Junction("/\\", (a, b)),))

    def test_an_item_must_stay_right_of_its_bullet(self) -> None:
        with pytest.raises(ParseError, match=r"must stay to the right of column 3"):
            parse("  /\\ a +\n  b")


def steps(proof: str) -> tuple[ast.ProofStep, ...]:
    (theorem,) = units(f"THEOREM a\n{proof}")
    assert isinstance(theorem, ast.Theorem)
    assert isinstance(theorem.proof, ast.StructuredProof)
    return theorem.proof.steps


class TestModules:
    def test_units(self) -> None:
        variables, definition, function, instance, local = units(
            "VARIABLES x, y\nOp(p, F(_, _), _ + _) == p\nf[i \\in S] == i\nI(q) == INSTANCE N WITH z <- q\nLOCAL g == 1"
        )
        assert variables == ast.Variables((ast.Parameter("x"), ast.Parameter("y")))
        parameters = (ast.Parameter("p"), ast.Parameter("F", 2), ast.Parameter("+", 2))
        assert definition == ast.OperatorDefinition("Op", parameters, Name("p"))
        assert function == ast.FunctionDefinition("f", (Bound(("i",), Name("S")),), Name("i"))
        assert instance == ast.Instance("N", (ast.Substitution("z", Name("q")),), "I", (ast.Parameter("q"),))
        assert local == ast.OperatorDefinition("g", (), Number(1), is_local=True)

    def test_operator_symbols_are_normalised_where_they_are_defined(self) -> None:
        infix, prefix, postfix = units("a (+) b == a\n-. a == a\na ^# == a")
        assert isinstance(infix, ast.OperatorDefinition)
        assert isinstance(prefix, ast.OperatorDefinition)
        assert isinstance(postfix, ast.OperatorDefinition)
        assert (infix.name, prefix.name, postfix.name) == ("\\oplus", "-.", "^#")
        assert [len(unit.parameters) for unit in (infix, prefix, postfix)] == [2, 1, 1]

    def test_use_and_hide(self) -> None:
        assert units("USE a DEF b, +\n----\nHIDE MODULE N") == (
            ast.UseOrHide("USE", (a,), (b, ast.Name("+"))),
            ast.UseOrHide("HIDE", (ast.Name("MODULE N"),), ()),
        )

    def test_nested_modules(self) -> None:
        (inner,) = units("---- MODULE N ----\nA == 1\n====")
        assert inner == ast.Module("N", (), (ast.OperatorDefinition("A", (), Number(1)),))

    def test_what_stands_around_the_module_is_not_read(self) -> None:
        module = parse_module('a ; b "\n---- MODULE M ----\nEXTENDS N, O\n====\n(* open "', "M.tla")
        assert module == ast.Module("M", (ast.Parameter("N"), ast.Parameter("O")), ())

    def test_a_text_without_a_module(self) -> None:
        with pytest.raises(ParseError, match=r"no module in this text, expected ---- MODULE Name ----"):
            parse_module("A == 1", "M.tla")

    def test_line_ends_of_other_systems(self) -> None:
        assert parse_module("---- MODULE M ----\r\nA == /\\ 1\r\n     /\\ 2\r\n====\r\n", "M.tla").units == units(
            "A == /\\ 1\n     /\\ 2"
        )


class TestProofs:
    def test_an_assume_prove(self) -> None:
        text = "THEOREM []ASSUME NEW x \\in a, CONSTANT F(_), NEW STATE b, l :: ASSUME a PROVE b, a []PROVE x"
        assumed = (
            ast.NewSymbol("CONSTANT", ast.Parameter("x"), a),
            ast.NewSymbol("CONSTANT", ast.Parameter("F", 1)),
            ast.NewSymbol("STATE", ast.Parameter("b")),
            ast.Label("l", (), ast.AssumeProve((a,), b)),
            a,
        )
        assert units(text) == (ast.Theorem(None, ast.AssumeProve(assumed, ast.Name("x"), is_boxed=True)),)

    def test_a_proof_without_steps(self) -> None:
        (theorem,) = units("THEOREM T == a\nPROOF BY a, MODULE N DEFS b")
        by = ast.TerminalProof("BY", (a, ast.Name("MODULE N")), (b,))
        assert theorem == ast.Theorem("T", a, by)

    def test_what_steps_say(self) -> None:
        proof = steps("""<1>1. a
  <2>1 SUFFICES ASSUME b PROVE a  OBVIOUS
  <2>2. QED  BY <1>1
<1> CASE b
<1>3 PICK x, y \\in a : b
<1>4 TAKE x
<1>5 WITNESS a, b
<1>6 HAVE a
<1>7 USE ONLY a
<1>8 DEFINE A == a
            B == b
<1>9 INSTANCE N
<1> QED""")
        assert [(step.kind, step.level, step.label) for step in proof] == [
            ("ASSERT", 1, "<1>1"),
            ("CASE", 1, None),
            ("PICK", 1, "<1>3"),
            ("TAKE", 1, "<1>4"),
            ("WITNESS", 1, "<1>5"),
            ("HAVE", 1, "<1>6"),
            ("USE", 1, "<1>7"),
            ("DEFINE", 1, "<1>8"),
            ("INSTANCE", 1, "<1>9"),
            ("QED", 1, None),
        ]
        assert proof[0].proof == ast.StructuredProof(
            (
                ast.ProofStep("SUFFICES", 2, "<2>1", (ast.AssumeProve((b,), a),), proof=ast.TerminalProof("OBVIOUS")),
                ast.ProofStep("QED", 2, "<2>2", proof=ast.TerminalProof("BY", (ast.Name("<1>1"),))),
            )
        )
        assert proof[2].bounds == (ast.Bound(("x", "y"), a),)
        assert proof[2].expressions == (b,)
        assert proof[3].bounds == (ast.Bound(("x",), None),)
        assert [unit.name for unit in proof[7].units if isinstance(unit, ast.OperatorDefinition)] == ["A", "B"]

    def test_steps_are_named_in_expressions(self) -> None:
        (first, second, _qed) = steps("<1>1. a\n<1>2. <1>1!a /\\ <1>1\n<1> QED")
        step = ast.Selection((ast.PathStep("<1>1"), ast.PathStep("a")))
        assert second.expressions == (ast.Junction("/\\", (step, ast.Name("<1>1"))),)
        assert first.written == "<1>1."

    def test_relative_names_are_numbered(self) -> None:
        first, _qed = steps("<3>1. a\n<+>2. a\n<*>3. QED BY <*>2, <3>1\n<*> QED")
        assert isinstance(first.proof, ast.StructuredProof)
        assert first.proof.steps[1].proof == ast.TerminalProof("BY", (ast.Name("<4>2"), ast.Name("<3>1")))
        assert first.proof.steps[1].written == "<*>3."

    def test_a_theorem_reaches_to_the_end_of_its_proof(self) -> None:
        (theorem,) = units("THEOREM a\n<1> QED\n  OBVIOUS")
        assert theorem.location[1:] == (2, 1, 4, 9)


class TestPlaces:
    TEXT = "---- MODULE M ----\nA ==\n  /\\ (b\n      + c)\n  /\\ d'\n===="

    def test_of_a_definition_and_its_parts(self) -> None:
        (definition,) = parse_module(self.TEXT, "M.tla").units
        assert isinstance(definition, ast.OperatorDefinition)
        assert definition.location == Location("M.tla", 2, 1, 5, 7)
        assert isinstance(definition.body, Junction)
        assert [item.location[1:] for item in definition.body.items] == [(3, 7, 4, 9), (5, 6, 5, 7)]

    def test_source_text_is_what_was_written(self) -> None:
        (definition,) = parse_module(self.TEXT, "M.tla").units
        assert isinstance(definition, ast.OperatorDefinition)
        assert [source_text(item.location, self.TEXT) for item in definition.body.children()] == ["b\n      + c", "d'"]

    def test_with_tabulators(self) -> None:
        text = "---- MODULE M ----\nA ==\tb\n===="
        (definition,) = parse_module(text, "M.tla").units
        assert isinstance(definition, ast.OperatorDefinition)
        assert definition.body.location == Location("M.tla", 2, 9, 2, 9)
        assert source_text(definition.body.location, text) == "b"

    def test_an_expression_points_into_the_file_it_stands_in(self) -> None:
        tree = parse_expression("/\\ a\n/\\ b", "map.yaml", line=7, column=11)
        assert [item.location for item in tree.children()] == [
            Location("map.yaml", 7, 14, 7, 14),
            Location("map.yaml", 8, 14, 8, 14),
        ]
        with pytest.raises(ParseError) as caught:
            parse_expression("a + ", "map.yaml", line=7, column=11)
        assert caught.value.location[:3] == ("map.yaml", 7, 14)

    def test_every_node_has_a_place(self) -> None:
        (definition,) = parse_module(self.TEXT, "M.tla").units
        pending: list[ast.Node] = [definition]
        while pending:
            node = pending.pop()
            assert node.location.file == "M.tla"
            pending.extend(node.children())


class TestDepth:
    """Depth costs no recursion: nothing below may raise RecursionError."""

    DEPTH = 2_000

    @pytest.mark.parametrize(
        "text",
        [
            "(" * DEPTH + "a" + ")" * DEPTH,
            "{" * DEPTH + "a" + "}" * DEPTH,
            "IF a THEN b ELSE " * DEPTH + "c",
            "(" * DEPTH + "a" + " => b)" * DEPTH,
            "\n".join(" " * level + "/\\ a" for level in range(300)),
        ],
        ids=["parentheses", "sets", "if", "operators", "lists"],
    )
    def test_deep(self, text: str) -> None:
        assert parse(text)

    def test_wide(self) -> None:
        tree = parse("\n".join(f"/\\ a = {number}" for number in range(5_000)))
        assert isinstance(tree, Junction)
        assert len(tree.items) == 5_000

    def test_deep_and_wrong(self) -> None:
        with pytest.raises(ParseError, match="end of the text"):
            parse("(" * self.DEPTH + "a")
