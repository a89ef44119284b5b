"""What SANY prints, read into errors and warnings with their places.

SANY has one shape for each of its phases: lexical errors, parse errors (with a residual stack), errors of finding and
naming files, semantic and level errors (in counted lists). Where it names no place, the place is looked up in the
source: the name that it could not find, or the header of the module. No error text is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tlacheck.places import RANGE
from tlacheck.results import ParsedModule, ParseError


@dataclass(frozen=True, slots=True, kw_only=True)
class SanyReport:
    errors: tuple[ParseError, ...]
    warnings: tuple[ParseError, ...]
    modules: tuple[ParsedModule, ...]


def parse_sany_output(text: str, *, spec: Path) -> SanyReport:
    """Read all that SANY printed while it worked on `spec`."""
    return _Reader(text, spec).read()


_PARSING = re.compile(r"Parsing file (.+)")
_PROCESSING = re.compile(r"Semantic processing of module (\w+)")
_LEXICAL = re.compile(
    r"Lexical (?:error at line (?P<line>\d+), column (?P<column>\d+)\.|\{?[Ee]rror:)\s*(?P<message>.*)"
)
_AROUND_LINE = re.compile(r"around line (\d+)")
_LIST_HEADER = re.compile(r"\*\*\* (Errors|Warnings|Abort messages): \d+")
_RANGE_LINE = re.compile(RANGE)
_AT_LINE = re.compile(r"at line (\d+), col(?:umn)? (\d+)")
_IN_MODULE = re.compile(r"In module (\w+)")
_NOT_FOUND = re.compile(r"Cannot find source file for module (\w+)(?: imported in module (\w+))?")
_WRONG_NAME = re.compile(r"File name '(?P<file>.*?)' does not match the name '(?P<module>\w+)' of the top level module")
_NO_FILE = re.compile(r"Cannot find the specified file (.+?)\.?")
_LIST_END = re.compile(r"\*\*\*|Parsing |Semantic |Fatal errors|tla2sany\.|SANY |@!@!@|Parsing or semantic")


class _Reader:
    def __init__(self, text: str, spec: Path) -> None:
        self._lines = text.splitlines()
        self._index = 0
        self._spec = spec
        self._files: dict[str, Path] = {}
        self._processed: list[str] = []
        self._parsing = spec
        self._errors: list[ParseError] = []
        self._warnings: list[ParseError] = []
        self._fatal: list[str] = []

    def read(self) -> SanyReport:
        while self._index < len(self._lines):
            line = self._lines[self._index].rstrip()
            self._index += 1
            if match := _PARSING.fullmatch(line):
                self._parsing = Path(match[1])
                self._files[self._parsing.stem] = self._parsing
            elif match := _PROCESSING.fullmatch(line):
                self._processed.append(match[1])
            elif line.startswith("***Parse Error***"):
                self._parse_error()
            elif match := _LEXICAL.match(line):
                self._lexical_error(match)
            elif match := _NO_FILE.fullmatch(line):
                self._add(Path(match[1]), None, None, "no such file")
            elif match := _LIST_HEADER.fullmatch(line):
                self._list(match[1])
            elif line.startswith("Fatal errors while parsing"):
                self._fatal_error()
        if self._fatal and not self._errors:
            self._add(self._spec, None, None, "SANY gave up: " + "; ".join(self._fatal))
        names = dict.fromkeys((*self._processed, *self._files))
        return SanyReport(
            errors=tuple(dict.fromkeys(self._errors)),
            warnings=tuple(dict.fromkeys(self._warnings)),
            modules=tuple(ParsedModule(name, self._files[name]) for name in names if name in self._files),
        )

    def _parse_error(self) -> None:
        message: list[str] = []
        stack: list[str] = []
        current = message
        while self._index < len(self._lines):
            line = self._lines[self._index].strip()
            if line.startswith(("Fatal errors", "***", "Parsing file", "Semantic ")):
                break
            self._index += 1
            if line.startswith("Residual stack trace"):
                current = stack
            elif line:
                current.append(line)
        text = " ".join(message)
        place = _AT_LINE.search(text) or _RANGE_LINE.search(text) or _AT_LINE.search("\n".join(stack))
        line_number, column = (int(place[1]), int(place[2])) if place else (None, None)
        if stack and place is not None:
            text += f" (in: {stack[0].rstrip('.')})"
        self._add(self._parsing, line_number, column, text)

    def _lexical_error(self, match: re.Match[str]) -> None:
        message = f"Lexical error: {match['message'].strip()}"
        if match["line"] is not None:
            self._add(self._parsing, int(match["line"]), int(match["column"]), message)
            return
        around = _AROUND_LINE.search(message)
        self._add(self._parsing, int(around[1]) if around else None, None, message)

    def _list(self, kind: str) -> None:
        """Entries of a place and a text, apart by empty lines; the text itself may hold one."""
        place: re.Match[str] | None = None
        text: list[str] = []
        begun = False

        def flush() -> None:
            if begun:
                self._entry(kind, place, " ".join(" ".join(text).split()))

        while self._index < len(self._lines):
            line = self._lines[self._index].strip()
            if _LIST_END.match(line):
                break
            self._index += 1
            located = _RANGE_LINE.fullmatch(line)
            if located or line == "Unknown location" or _IN_MODULE.fullmatch(line):
                flush()
                place, text, begun = located or _IN_MODULE.fullmatch(line), [], True
            elif line:
                text.append(line)
        flush()

    def _entry(self, kind: str, place: re.Match[str] | None, text: str) -> None:
        if text.startswith("Could not parse module") and self._errors:
            return  # the consequence of an error that has its place already
        if place is not None and "line" in place.re.groupindex:
            file = self._files.get(place["module"], self._spec)
            self._add(file, int(place["line"]), int(place["column"]), text, warning=kind == "Warnings")
            return
        file = self._files.get(place[1], self._spec) if place is not None else self._spec
        line, column = None, None
        if missing := _NOT_FOUND.match(text):
            file = self._files.get(missing[2], file) if missing[2] else file
            line, column = _find_word(file, missing[1])
        elif wrong := _WRONG_NAME.match(text):
            file = next((path for path in self._files.values() if path.stem == wrong["file"]), file)
            line, column = _find_word(file, wrong["module"])
        self._add(file, line, column, text, warning=kind == "Warnings")

    def _fatal_error(self) -> None:
        for line in self._lines[self._index :]:
            if line.startswith("***"):
                return
            if line.strip() and not line.startswith("tla2sany.semantic.AbortException"):
                self._fatal.append(line.strip())

    def _add(self, file: Path, line: int | None, column: int | None, message: str, *, warning: bool = False) -> None:
        if not file.is_absolute():
            file = self._spec.parent / file
        error = ParseError(file=file, line=line, column=column, message=message)
        (self._warnings if warning else self._errors).append(error)


def _find_word(file: Path, word: str) -> tuple[int | None, int | None]:
    try:
        source = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None, None
    match = re.search(rf"\b{re.escape(word)}\b", source)
    if match is None:
        return None, None
    return source.count("\n", 0, match.start()) + 1, match.start() - source.rfind("\n", 0, match.start())
