"""The actions of an event as they are written: ``A(n)``, ``A(n) \\cdot B(n)?``, ``A(n) \\/ B(n)``.

``?`` behind a part of a composition says that it may be left out. It is no TLA+, so it is taken out before the text is
parsed, and the composition becomes one candidate for each choice of the parts that are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from tlaconform.errors import MappingError
from tlaconform.mapping.model import STUTTER, Written
from tlatrace.location import Location
from tlatrace.syntax import ast, parse_expression
from tlatrace.syntax.printer import print_expression

COMPOSE = "\\cdot"

OPTIONAL_PARTS_MAX = 6
"""Each doubles the candidates of an event."""

# Strings and comments hold anything; `??` is an operator of the user's.
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"?|\(\*.*?\*\)|\\\*[^\n]*|\?\?|\\cdot(?![A-Za-z])|[·⋅?()\[\]{}⟨⟩]|<<|>>', re.DOTALL
)


def parse_candidates(text: str, place: Location) -> list[Written | None]:
    """The candidates that a text stands for; None is ``stutter``.

    Raises:
        MappingError: a ``?`` that is not behind a part of a composition. ParseError: this is not TLA+.
    """
    if text.strip() == STUTTER:
        return [None]
    plain, marks = _without_marks(text, place)
    tree = parse_expression(plain, place.file, place.line, place.column)
    if isinstance(tree, ast.Junction) and tree.operator == "\\/":
        if marks:
            raise _misplaced(place)
        return [Written(print_expression(item), item) for item in tree.items]
    if not marks:
        return [Written(text.strip(), tree)]
    parts = _parts(tree, max(marks))
    if parts is None:
        raise _misplaced(place)
    return compose([(part, number in marks) for number, part in enumerate(parts)], text.strip(), place)


def compose(parts: Sequence[tuple[ast.Expr, bool]], text: str, place: Location) -> list[Written | None]:
    """One candidate for each choice of the parts that are taken; a part is an action and whether it may be left
    out. The longest comes first.
    """
    if sum(is_optional for _, is_optional in parts) > OPTIONAL_PARTS_MAX:
        raise MappingError(
            f"more than {OPTIONAL_PARTS_MAX} parts of `{text}` may be left out; expected fewer",
            location=place,
            hint="a silent action with a bound says the same of steps that repeat",
        )
    found: list[Written | None] = []
    for choice in product(*((True, False) if is_optional else (True,) for _, is_optional in parts)):
        taken = [part for (part, _), is_taken in zip(parts, choice, strict=True) if is_taken]
        if not taken:
            found.append(None)
            continue
        tree = taken[0]
        for part in taken[1:]:
            tree = ast.Apply(COMPOSE, (tree, part), location=tree.location)
        found.append(Written(" \\cdot ".join(map(print_expression, taken)), tree))
    return found


def _without_marks(text: str, place: Location) -> tuple[str, set[int]]:
    """The text with its marks blanked, and the numbers of the parts that they stand behind."""
    marks: set[int] = set()
    plain = list(text)
    part = depth = 0
    last_mark = -1
    for token in _TOKEN.finditer(text):
        if token[0] in ("(", "[", "{", "<<", "⟨"):
            depth += 1
        elif token[0] in (")", "]", "}", ">>", "⟩"):
            depth -= 1
        elif token[0] in (COMPOSE, "·", "⋅") and depth == 0:
            part += 1
        elif token[0] == "?":
            if depth or part == last_mark:
                raise _misplaced(place)
            plain[token.start()] = " "
            marks.add(part)
            last_mark = part
        if token[0] == "·":
            plain[token.start()] = "⋅"
    return "".join(plain), marks


def _parts(tree: ast.Expr, least: int) -> list[ast.Expr] | None:
    """The parts of a composition in order, at least ``least + 1`` of them, else None."""
    parts: list[ast.Expr] = []
    while isinstance(tree, ast.Apply) and tree.operator == COMPOSE:
        parts.append(tree.arguments[1])
        tree = tree.arguments[0]
    parts.append(tree)
    return parts[::-1] if len(parts) > least else None


def flattened(tree: ast.Expr) -> Iterator[ast.Expr]:
    """``A \\cdot B \\cdot C`` as its actions, in order."""
    if isinstance(tree, ast.Apply) and tree.operator == COMPOSE:
        for argument in tree.arguments:
            yield from flattened(argument)
    else:
        yield tree


def _misplaced(place: Location) -> MappingError:
    return MappingError(
        "a `?` stands here that makes no action optional; expected `A \\cdot B?`, or a list under `sequence:`",
        location=place,
    )
