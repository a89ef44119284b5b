"""The modules that are shipped as TLA+ text: the texts are complete, and the Python says what they say.

Expressions stand in ``cases/*.txt``, one a line. Each is evaluated three times: by the texts alone, with the Python in
their place, and compiled. ``tests/differential/test_modules_against_tlc.py`` has TLC evaluate the same lines.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter, compile_spec
from tlatrace.semantics import Definition, Spec
from tlatrace.semantics.elaboration import Elaborator
from tlatrace.semantics.library import Library
from tlatrace.stdlib import (
    IMPURE,
    MODULES,
    MODULES_FOLDER,
    NOT_IN_TLA,
    TlcRun,
    shipped_names,
    shipped_operators,
    use_run,
)
from tlatrace.stdlib.shipped import SHIPPED
from tlatrace.syntax import ast, parse_module
from tlatrace.values import EvaluationError, Value, to_text

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
REFUSED = "refused: "


def spec_of(text: str, *, use_python: bool) -> Spec:
    """The specification of a module's text."""
    library = Library((), environment={}, use_python=use_python)
    elaborator = Elaborator(library, lambda parameter: None)
    module = parse_module(text, "Cases.tla")
    scope = elaborator.build(module)
    elaborator.stop_on_errors()
    return Spec(
        name=module.name,
        scope=scope,
        variables=(),
        init=None,
        next=None,
        actions=(),
        invariants=(),
        properties=(),
        constraints=(),
        action_constraints=(),
        assumptions=(),
        modules={module.name: module, **library.modules},
    )


def lines_of(path: Path) -> tuple[str, list[str]]:
    """The EXTENDS of a file of cases, and its expressions."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return lines[0], lines[1:]


def module_of(path: Path) -> str:
    """A module with a definition for each expression."""
    extends, lines = lines_of(path)
    definitions = [f"Case{at} == {line.removeprefix(REFUSED)}" for at, line in enumerate(lines)]
    return "\n".join(("---- MODULE Cases ----", extends, *definitions, "====", ""))


def values_of(evaluator: Interpreter | object, spec: Spec, lines: list[str]) -> list[str]:
    """What each expression prints as; ``refused`` for one without a value."""
    found = []
    for at in range(len(lines)):
        symbol = spec.scope[f"Case{at}"]
        assert isinstance(symbol, Definition)
        try:
            with use_run(TlcRun(output=lambda text: None)):
                value: Value = evaluator.expression(symbol.body, spec.scope)((), None)  # type: ignore[attr-defined]
            found.append(to_text(value))
        except EvaluationError:
            found.append("refused")
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_python_says_what_the_text_says(path: Path) -> None:
    _, lines = lines_of(path)
    by_text = spec_of(module_of(path), use_python=False)
    by_python = spec_of(module_of(path), use_python=True)

    expected = values_of(Interpreter(by_text), by_text, lines)

    assert [
        line for line, value in zip(lines, expected, strict=True) if (value == "refused") != (REFUSED in line)
    ] == []
    for evaluator in (Interpreter(by_python), compile_spec(by_python)):
        found = values_of(evaluator, by_python, lines)
        wrong = [
            f"{line}: the text gives {one}, Python {other}"
            for line, one, other in zip(lines, expected, found, strict=True)
            if one != other
        ]
        assert wrong == []


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_override_has_a_definition_with_its_parameters(name: str) -> None:
    module = Library((), environment={}).read(MODULES_FOLDER / f"{name}.tla")
    arities = {
        unit.name: tuple(parameter.arity for parameter in unit.parameters)
        for unit in module.units
        if isinstance(unit, ast.OperatorDefinition)
    }
    expected = {
        operator: one.operator_arguments or (0,) * one.arity for operator, one in shipped_operators(name).items()
    }
    assert {operator: arities.get(operator) for operator in expected} == expected


@pytest.mark.parametrize("name", sorted(shipped_names()))
def test_every_text_can_be_extended_and_instantiated(name: str) -> None:
    header = "---- MODULE Cases ----\n"
    extended = spec_of(f"{header}EXTENDS {name}\n====\n", use_python=True)
    assert extended.scope
    if name != "RealTime":  # It declares a variable.
        spec_of(f"{header}I == INSTANCE {name}\nLOCAL INSTANCE {name}\n====\n", use_python=True)


def test_a_text_that_says_nothing_is_always_evaluated_by_python() -> None:
    assert set(SHIPPED) <= shipped_names()
    assert set(SHIPPED) >= NOT_IN_TLA
    assert not set(SHIPPED) & set(MODULES)
    known = {operator for name in SHIPPED for operator in shipped_operators(name)}
    assert known >= IMPURE


def test_local_instances_are_not_handed_on() -> None:
    scope = spec_of("---- MODULE Cases ----\nEXTENDS SequencesExt\n====\n", use_python=True).scope
    assert "Reverse" in scope
    assert "Len" not in scope
    assert "FoldSet" not in scope
    assert "+" not in scope


@pytest.mark.parametrize(
    ("name", "operators"),
    [
        ("Folds", "MapThenFoldSet"),
        (
            "Functions",
            "Restrict RestrictDomain RestrictValues IsRestriction Range Pointwise Inverse AntiFunction "
            "IsInjective Injection Surjection Bijection ExistsInjection ExistsSurjection ExistsBijection "
            "FoldFunction FoldFunctionOnSet SumFunction SumFunctionOnSet",
        ),
        (
            "FiniteSetsExt",
            "FoldSet ReduceSet SumSet ProductSet MapThenSumSet FlattenSet SymDiff Quantify kSubset Max Min "
            "Choices ChooseUnique",
        ),
        (
            "SequencesExt",
            "ToSet ToBag SetToSeq SetToSeqs SetToSortSeq SetToAllKPermutations TupleOf SeqOf BoundedSeq Contains "
            "Reverse Remove ReplaceAll SelectInSeq SelectInSubSeq SelectLastInSeq SelectLastInSubSeq InsertAt "
            "ReplaceAt RemoveAt RemoveFirst RemoveFirstMatch Cons Snoc Front Last IsPrefix IsStrictPrefix "
            "IsSuffix IsStrictSuffix Prefixes CommonPrefixes LongestCommonPrefix Suffixes SeqMod FoldSeq FoldLeft "
            "FoldRight FoldLeftDomain FoldRightDomain FlattenSeq Zip Interleave SubSeqs AllSubSeqs "
            "IndexFirstSubSeq ReplaceSubSeqAt ReplaceFirstSubSeq ReplaceAllSubSeqs",
        ),
        ("Json", "ToJson ToJsonArray ToJsonObject JsonSerialize JsonDeserialize ndJsonSerialize ndJsonDeserialize"),
        (
            "IOUtils",
            "IOSerialize IODeserialize Serialize Deserialize IOExec IOEnvExec IOExecTemplate IOEnvExecTemplate "
            "IOEnv atoi zeroPadN",
        ),
        ("CSV", "CSVWrite CSVWriteRecord CSVRead CSVRecords"),
        (
            "TLCExt",
            "AssertEq AssertError TLCGetOrDefault TLCGetAndSet Trace CounterExample ToTrace TLCModelValue "
            "TLCDefer TLCNoOp PickSuccessor TLCCache TLCFP TLCEvalDefinition",
        ),
        ("Randomization", "RandomSubset RandomSetOfSubsets RandomSubsetSet TestRandomSetOfSubsets"),
        ("Variants", "UNIT Variant VariantTag VariantFilter VariantGetOrElse VariantGetUnsafe"),
        (
            "Apalache",
            ":= Gen Guess SetAsFun MkSeq FunAsSeq Repeat ApaFoldSet ApaFoldSeqLeft Skolem Expand ConstCardinality",
        ),
    ],
)
def test_a_module_hands_on_the_published_operators_and_no_other(name: str, operators: str) -> None:
    empty = spec_of("---- MODULE Cases ----\n====\n", use_python=True).scope
    scope = spec_of(f"---- MODULE Cases ----\nEXTENDS {name}\n====\n", use_python=True).scope
    assert set(scope) - set(empty) == set(operators.split())
