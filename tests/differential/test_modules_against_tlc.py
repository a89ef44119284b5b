"""The modules that are shipped as TLA+ text, against TLC and SANY, which read the very same texts.

The expressions are those of ``tests/trace_checker/stdlib/cases``: one run of TLC evaluates all of a file's, each in an
assumption of its own, and goes on after one that has no value.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

import tlacheck
from tlatrace.compile import Interpreter
from tlatrace.errors import TlatraceError
from tlatrace.semantics import Definition, load_spec
from tlatrace.semantics.library import Library
from tlatrace.stdlib import MODULES, MODULES_FOLDER, TlcRun, shipped_names, use_run
from tlatrace.syntax import ast, parse_module
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.values import EvaluationError, to_text

pytestmark = pytest.mark.tlc

CASES = sorted((Path(__file__).parents[1] / "trace_checker" / "stdlib" / "cases").glob("*.txt"))
REFUSED = "refused: "
# TLC 2.18 overrides these with Java, whose values differ from any text: there is nothing to compare.
NOT_COMPARED = ("Json", "IOUtils", "CSV", "TLCExt", "Randomization")


def spaced_alike(text: str) -> str:
    """TLC breaks long values into lines, prints an interval as such, and ``<< >>`` where it pleases."""
    text = re.sub(r"\s+", "", text)
    return re.sub(r"(-?\d+)\.\.(-?\d+)", lambda ends: _listed(int(ends[1]), int(ends[2])), text)


def _listed(low: int, high: int) -> str:
    return "{" + ",".join(map(str, range(low, high + 1))) + "}"


def expressions(path: Path) -> tuple[str, list[str]]:
    """The EXTENDS of a file of cases, and its expressions."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return lines[0], lines[1:]


@pytest.mark.parametrize("path", [path for path in CASES if path.stem not in NOT_COMPARED], ids=lambda path: path.stem)
def test_tlc_gives_the_same_values(path: Path, tmp_path: Path) -> None:
    extends, lines = expressions(path)
    extends += ", TLC" if "TLC" not in extends.replace(",", " ").split() else ""
    cases = [f"Case{at} == {line.removeprefix(REFUSED)}" for at, line in enumerate(lines)]
    printed = [f'ASSUME PrintT(<<"case", {at}, Case{at}>>)' for at in range(len(lines))]
    spec_file = tmp_path / "Cases.tla"
    spec_file.write_text("\n".join(("---- MODULE Cases ----", extends, *cases, *printed, "====", "")))
    spec_file.with_suffix(".cfg").write_text("")
    spec = load_spec(spec_file)
    evaluator = Interpreter(spec)

    result = tlacheck.run_tlc(spec_file, deadlock=False, time_limit_s=120, library=(MODULES_FOLDER,))

    output = "\n".join(result.output)
    found = dict(re.findall(r'<<\s*"case",\s*(\d+),\s*(.*?)>>\n?(?=<<\s*"case"|\Z)', output, re.DOTALL))
    assert found, result.errors
    wrong = []
    for at, line in enumerate(lines):
        ours = value_of(f"Case{at}", evaluator)
        if spaced_alike(found.get(str(at), REFUSED)) != spaced_alike(ours):
            wrong.append(f"{line}: TLC says {found.get(str(at))}, we say {ours}")
    assert not wrong, "\n".join([*wrong[:20], str(result.errors)])


def value_of(name: str, evaluator: Interpreter) -> str:
    """What a definition prints as."""
    symbol = evaluator.spec.scope[name]
    assert isinstance(symbol, Definition)
    try:
        return to_text(evaluator.expression(symbol.body, evaluator.spec.scope)((), None))
    except EvaluationError:
        return REFUSED


def exported(module: ast.Module) -> dict[str, tuple[int, ...]]:
    """The operators that a module defines for others, with the arities of their parameters."""
    found = {}
    for unit in module.units:
        if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition) and not unit.is_local:
            parameters = unit.parameters if isinstance(unit, ast.OperatorDefinition) else ()
            found[unit.name] = tuple(parameter.arity for parameter in parameters)
    return found


def test_the_standard_modules_have_the_operators_that_sany_knows() -> None:
    jar = zipfile.ZipFile(tlacheck.find_toolchain().jar)
    texts = [name for name in jar.namelist() if name.startswith("tla2sany/StandardModules/") and name.endswith(".tla")]
    assert len(texts) >= 10
    for file in texts:
        module = parse_module(jar.read(file).decode(), file)
        expected = exported(module)
        if module.name in MODULES:
            operators = MODULES[module.name].operators.items()
            ours = {
                SYMBOL_OF_SPELLING.get(name, name): one.operator_arguments or (0,) * one.arity
                for name, one in operators
            }
        else:
            ours = exported(Library((), environment={}).read(MODULES_FOLDER / f"{module.name}.tla"))
            ours = {name: arities for name, arities in ours.items() if name in expected}  # Other years have more.
        assert ours == expected, module.name


def test_copies_of_the_standard_modules_keep_their_values(tmp_path: Path) -> None:
    jar = zipfile.ZipFile(tlacheck.find_toolchain().jar)
    for name in MODULES:
        (tmp_path / f"{name}.tla").write_bytes(jar.read(f"tla2sany/StandardModules/{name}.tla"))
    extends, lines = expressions(next(path for path in CASES if path.stem == "Standard"))
    cases = [f"Case{at} == {line.removeprefix(REFUSED)}" for at, line in enumerate(lines)]
    text = "\n".join(("---- MODULE Cases ----", extends, *cases, "====", ""))
    (tmp_path / "Cases.tla").write_text(text)
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "Cases.tla").write_text(text)

    with_copies = Interpreter(load_spec(tmp_path / "Cases.tla"))
    without = Interpreter(load_spec(tmp_path / "alone" / "Cases.tla"))

    for at, line in enumerate(lines):
        with use_run(TlcRun(output=lambda text: None)):
            expected = value_of(f"Case{at}", without)
        with use_run(TlcRun(output=lambda text: None)):
            assert value_of(f"Case{at}", with_copies) == expected, line


def test_sany_accepts_every_text(tmp_path: Path) -> None:
    names = sorted(shipped_names())
    root = tmp_path / "All.tla"
    instances = [f"I{at} == INSTANCE {name}" for at, name in enumerate(names) if name != "RealTime"]
    root.write_text("\n".join(("---- MODULE All ----", "EXTENDS RealTime", *instances, "====", "")))

    result = tlacheck.run_sany(root, library=(MODULES_FOLDER,))

    assert result.errors == ()
    assert not load_errors(root)


def test_sany_refuses_an_instance_of_no_module(tmp_path: Path) -> None:
    root = tmp_path / "All.tla"
    root.write_text("---- MODULE All ----\nI == INSTANCE NoSuchModule\n====\n")

    result = tlacheck.run_sany(root, library=(MODULES_FOLDER,))

    assert result.errors
    assert load_errors(root)


def load_errors(root: Path) -> str:
    """What we have against a specification."""
    try:
        load_spec(root)
    except TlatraceError as error:
        return str(error)
    return ""
