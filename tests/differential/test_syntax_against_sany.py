"""Our grammar against SANY's: the corpus, our specs, all modules in SANY's own jar, and hundreds of mutants of them.

SANY's parser judges all files of a run in one JVM (SanyBatch.java). A mutant has a token deleted, doubled, swapped
with its neighbour or replaced by another, a comment put before one, or a bulleted line moved by some columns; the seed
is fixed, so a run can be repeated. The known differences are those of README.md; each must be recognised as one of
them by the word we stopped at, or by what later versions of SANY accept.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tlacheck import Toolchain
from tlatrace.syntax import ParseError, parse_module
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.tokens import LineMap, Token, module_begin, tokenize

pytestmark = pytest.mark.tlc

HERE = Path(__file__).parent
CORPUS = HERE.parent / "trace_checker" / "syntax" / "corpus.txt"
SPECS = HERE.parents[1] / "spec"
SEED = 20240229
MUTANTS_OF_THE_CORPUS = 1_200
MUTANTS_OF_SPECS = 120

ONLY_WE_REJECT = frozenset((*SYMBOL_OF_SPELLING, "[", "@", ">>_", ",", "!", "LOCAL", ">>", "PROVE", "[]PROVE"))
"""Where we stop at one of these, SANY's grammar may go on; its later phases then reject (README.md)."""

LATER = re.compile(
    r"""
    !!!                                           # the double bang by its name
  | `                                             # an inverted comma in a string
  | -\.                                           # minus by its name as a prefix operator
  | [*/^&] \s* (?:\(\*.*?\*\)\s*)* -               # minus behind an operator that binds more tightly
  | \\(?:o|odot|otimes|oslash|star|bigcirc|bullet|div|circ)\s*-
  | \[ [^][]* \\in [^][]* \]_                      # a box around membership
  | -\s*\(                                        # minus by its name, with two arguments
  | [(,]\s*\\(?:X|times)\s*[,)]                    # the product handed to an operator
  | (?:^|[^\w)\]}.'"])\s*\.[0-9]                  # a decimal without digits before its point
  | [^\x00-\x7f]                                  # Unicode
  | CASE (?:.|\n)* CASE                           # CASE in a list in CASE
    """,
    re.VERBOSE,
)
"""What later versions of SANY accept, and we; a text that we accept and SANY 2.18 rejects has one of these."""


@pytest.fixture(scope="module")
def judge(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[bool]]:
    """SANY's verdicts on texts, in order."""
    modules = subprocess.run([toolchain.java, "--list-modules"], capture_output=True, text=True, check=True)
    if "jdk.compiler" not in modules.stdout:
        problem = "SanyBatch.java needs a JDK: this Java has no compiler"
        pytest.fail(problem) if os.environ.get("CI") == "true" else pytest.skip(problem)

    def verdicts(texts: list[str]) -> list[bool]:
        folder = tmp_path_factory.mktemp("sany")
        for number, text in enumerate(texts):
            (folder / f"case{number:05}.tla").write_text(text, encoding="utf-8")
        command = [toolchain.java, f"-Djava.io.tmpdir={folder}", "-cp", toolchain.jar, HERE / "SanyBatch.java", folder]
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        found = dict(re.findall(r"^@@ (\S+) (true|false)$", run.stdout, re.MULTILINE))
        assert len(found) == len(texts), run.stderr
        return [found[f"case{number:05}"] == "true" for number in range(len(texts))]

    return verdicts


def complaint(text: str) -> ParseError | None:
    try:
        parse_module(text, "case.tla")
    except ParseError as error:
        return error
    return None


def corpus() -> list[tuple[bool, str, str]]:
    """The verdict that SANY 2.18 should give, name and text of each case."""
    found = []
    for block in CORPUS.read_text(encoding="utf-8").split("\n### ")[1:]:
        head, _, body = block.partition("\n")
        verdict, _, name = head.partition(": ")
        if not re.search(r"^----.*MODULE", body, re.MULTILINE):
            body = f"---- MODULE M ----\n{body}\n====\n"
        found.append((verdict in ("accept", "no longer"), name, body))
    return found


def specs() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("*.tla"))]


def mutant(source: str, draw: random.Random) -> str:
    """``source`` with one small thing wrong, or another."""
    lines = LineMap(source)
    tokens = list(tokenize(source, "source.tla", start=module_begin(source) or 0))

    def extent(token: Token) -> tuple[int, int]:
        place = token.location
        return lines.offset(place.line, place.column), lines.offset(place.end_line, place.end_column) + 1

    kind = draw.choice(("delete", "double", "swap", "replace", "comment", "move", "move"))
    if kind == "move":
        return _with_a_bullet_moved(source, draw)
    index = draw.randrange(len(tokens) - 1)
    begin, end = extent(tokens[index])
    word = source[begin:end]
    if kind == "comment":
        return source[:begin] + draw.choice(("(* c *)", "\\* c\n", "(* c\n *)")) + source[begin:]
    if kind == "delete":
        return source[:begin] + source[end:]
    if kind == "double":
        return f"{source[:end]} {word}{source[end:]}"
    if kind == "replace":
        other_begin, other_end = extent(draw.choice(tokens))
        return source[:begin] + source[other_begin:other_end] + source[end:]
    next_begin, next_end = extent(tokens[index + 1])
    return source[:begin] + source[next_begin:next_end] + source[end:next_begin] + word + source[next_end:]


def _with_a_bullet_moved(source: str, draw: random.Random) -> str:
    lines = source.split("\n")
    bulleted = [number for number, line in enumerate(lines) if re.match(r"\s*(/\\|\\/)", line)] or range(len(lines))
    number = draw.choice(list(bulleted))
    columns = draw.choice((-3, -2, -1, 1, 2, 3))
    indent = len(lines[number]) - len(lines[number].lstrip(" "))
    lines[number] = " " * max(0, indent + columns) + lines[number].lstrip(" ")
    return "\n".join(lines)


def mutants(sources: list[str], count: int) -> list[str]:
    draw = random.Random(SEED)
    found: list[str] = []
    while len(found) < count:
        source = draw.choice(sources)
        changed = mutant(source, draw)
        if changed != source:
            found.append(changed)
    return found


def compare(texts: list[str], verdicts: list[bool]) -> tuple[int, list[str]]:
    """How many known differences there are, and all that are not known, told with our complaint."""
    known, unknown = 0, []
    for text, is_accepted in zip(texts, verdicts, strict=True):
        error = complaint(text)
        if (error is None) == is_accepted:
            continue
        if (error is None and LATER.search(text)) or (error is not None and error.found in ONLY_WE_REJECT):
            known += 1
        else:
            told = "we accept, SANY rejects:" if error is None else f"SANY accepts, {error.render(text)}"
            unknown.append(f"{told}\n{text}")
    return known, unknown


def test_the_corpus(judge: Callable[[list[str]], list[bool]]) -> None:
    cases = corpus()
    verdicts = judge([text for _accepted, _name, text in cases])
    wrong = [
        name for (accepted, name, _text), is_accepted in zip(cases, verdicts, strict=True) if accepted != is_accepted
    ]
    # SANY's parser takes the second and then dies of an exception.
    assert wrong == ["an operator alone", "an action without an element"], "the known differences of the corpus"


def test_real_modules(judge: Callable[[list[str]], list[bool]], toolchain: Toolchain) -> None:
    texts = specs()
    with zipfile.ZipFile(toolchain.jar) as jar:
        names = [name for name in jar.namelist() if name.endswith(".tla")]
        texts += [jar.read(name).decode() for name in names]
    assert len(names) >= 18, "SANY's standard modules, the translator's own specification, TLC's fingerprint sets"
    assert all(judge(texts))
    assert [str(complaint(text)) for text in texts if complaint(text) is not None] == []


def test_mutants_of_the_corpus(judge: Callable[[list[str]], list[bool]]) -> None:
    sources = [text for accepted, _name, text in corpus() if accepted and complaint(text) is None]
    texts = mutants(sources, MUTANTS_OF_THE_CORPUS)
    verdicts = judge(texts)
    known, unknown = compare(texts, verdicts)
    assert unknown == []
    assert known <= MUTANTS_OF_THE_CORPUS * 0.02
    assert MUTANTS_OF_THE_CORPUS * 0.2 < sum(verdicts) < MUTANTS_OF_THE_CORPUS * 0.6, "both verdicts must be common"


def test_mutants_of_our_specs(judge: Callable[[list[str]], list[bool]]) -> None:
    texts = mutants(specs(), MUTANTS_OF_SPECS)
    known, unknown = compare(texts, judge(texts))
    assert unknown == []
    assert known <= MUTANTS_OF_SPECS * 0.05
