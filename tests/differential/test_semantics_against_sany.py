"""Names, arities and levels: our verdicts against those of SANY's whole front end.

The catalogue (tests/trace_checker/semantics/catalogue.txt) has a small module for each rule, right and wrong; the
mutants are our specs with one identifier renamed, a definition dropped or doubled, an argument added or taken away, an
EXTENDS dropped, something primed. SANY judges all files of a test in one JVM (SanyFrontEnd.java).
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tlacheck import Toolchain
from tlatrace.semantics.accept import check_module
from tlatrace.semantics.library import Library
from tlatrace.syntax import ParseError, parse_module
from tlatrace.syntax.tokens import LineMap, Token, module_begin, tokenize

pytestmark = pytest.mark.tlc

HERE = Path(__file__).parent
SEMANTICS = HERE.parent / "trace_checker" / "semantics"
SPECS = HERE.parents[1] / "spec"
SEED = 20240302
MUTANTS = 60

Judge = Callable[[list[Path]], dict[Path, str | None]]


@pytest.fixture(scope="module")
def judge(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """For each file what SANY found wrong, None where it accepts."""
    modules = subprocess.run([toolchain.java, "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in modules.stdout:
        problem = "SanyFrontEnd.java needs a JDK: this Java has no compiler"
        pytest.fail(problem) if os.environ.get("CI") == "true" else pytest.skip(problem)

    def verdicts(paths: list[Path]) -> dict[Path, str | None]:
        folder = tmp_path_factory.mktemp("sany")
        listed = folder / "paths.txt"
        listed.write_text("".join(f"{path}\n" for path in paths))
        options = [f"-Djava.io.tmpdir={folder}", "-Xss16m", "-cp", str(toolchain.jar)]
        command = [str(toolchain.java), *options, str(HERE / "SanyFrontEnd.java"), str(listed)]
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        found = re.findall(r"^@@ (\S+) (accept|reject.*)$", run.stdout, re.MULTILINE)
        assert len(found) == len(paths), run.stderr
        return {Path(path): None if verdict == "accept" else verdict for path, verdict in found}

    return verdicts


def catalogue() -> list[tuple[str, str, str]]:
    specification = importlib.util.spec_from_file_location("catalogue", SEMANTICS / "test_catalogue.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    found: list[tuple[str, str, str]] = module.cases()
    return found


def test_the_catalogue_has_the_verdicts_of_sany(judge: Judge, tmp_path: Path) -> None:
    cases = catalogue()
    paths = []
    for number, (_verdict, _name, text) in enumerate(cases):
        folder = tmp_path / f"case{number:04}"
        folder.mkdir()
        paths.append(folder / "M.tla")
        paths[-1].write_text(text)
    verdicts = judge(paths)
    wrong = [
        f"{name}: SANY says {verdicts[path] or 'accept'}"
        for path, (verdict, name, _text) in zip(paths, cases, strict=True)
        if verdict.startswith("accept") != (verdicts[path] is None)
    ]
    assert wrong == []


# ------------------------------------------------------------------------------------------------ mutants


def mutant(source: str, draw: random.Random) -> str:
    """``source`` with one name or number of arguments wrong, perhaps; it may stay right."""
    lines = LineMap(source)
    tokens = list(tokenize(source, "source.tla", start=module_begin(source) or 0))
    names = [token for token in tokens if token.type == "NAME"]

    def extent(token: Token) -> tuple[int, int]:
        place = token.location
        return lines.offset(place.line, place.column), lines.offset(place.end_line, place.end_column) + 1

    begin, end = extent(draw.choice(names))
    word = source[begin:end]
    match draw.choice(("rename", "other", "prime", "argument", "definition", "extends", "twice")):
        case "rename":
            return f"{source[:begin]}{word}x{source[end:]}"
        case "other":
            other_begin, other_end = extent(draw.choice(names))
            return source[:begin] + source[other_begin:other_end] + source[end:]
        case "prime":
            return f"{source[:begin]}({word}'){source[end:]}"
        case "argument":
            return re.sub(rf"\b{re.escape(word)}\(", f"{word}({word}, ", source, count=1)
        case "extends":
            return re.sub(r"^EXTENDS.*$", "", source, count=1, flags=re.MULTILINE)
        case kind:
            return with_a_definition(source, draw, is_doubled=kind == "twice")


def with_a_definition(source: str, draw: random.Random, *, is_doubled: bool) -> str:
    """One definition twice, or not at all; it ends where the next unit begins."""
    starts = [found.start() for found in re.finditer(r"^\w+(\(.*\))? ==", source, re.MULTILINE)]
    ends = [*starts[1:], source.rindex("====")]
    number = draw.randrange(len(starts))
    begin, end = starts[number], ends[number]
    if "----" in source[begin:end] or "\nTHEOREM" in source[begin:end]:
        return source
    return source[:end] + source[begin:end] * is_doubled + source[end:] if is_doubled else source[:begin] + source[end:]


def test_mutants_of_our_specs(judge: Judge, tmp_path: Path) -> None:
    draw = random.Random(SEED)
    originals = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("*.tla"))}
    paths: list[Path] = []
    while len(paths) < MUTANTS:
        name = draw.choice(list(originals))
        text = mutant(originals[name], draw)
        try:
            parse_module(text, "mutant.tla")
        except ParseError:
            continue  # the grammar has tests of its own
        folder = tmp_path / f"mutant{len(paths):04}"
        folder.mkdir()
        for other, original in originals.items():
            (folder / f"{other}.tla").write_text(original)
        paths.append(folder / f"{name}.tla")
        paths[-1].write_text(text)
    verdicts = judge(paths)
    different = []
    for path in paths:
        errors = check_module(path, Library((path.parent,)))
        if bool(errors) != (verdicts[path] is not None):
            ours = f"we say {errors[0]}" if errors else "we accept"
            different.append(f"{path}: SANY says {verdicts[path] or 'accept'}; {ours}")
    assert different == []
    rejected = sum(verdict is not None for verdict in verdicts.values())
    assert MUTANTS * 0.2 < rejected < MUTANTS * 0.9, "both verdicts must be common"
