"""The state of lowering one generated function: the statements so far, what was computed already, nested functions.

Lowering an expression returns a :class:`~tlatrace.compile.code.Code` and may emit statements before it. Where an
expression is evaluated only on a condition, it is lowered inside :meth:`Emitter.capture`; if that emitted nothing the
condition becomes a Python expression, otherwise a statement. Since TLA+ has no effects, text may be evaluated later
than it was lowered, but never more often, and never where TLA+ would not evaluate it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from tlatrace.compile.code import INDENTATION_MAX, NESTING_MAX, Code
from tlatrace.compile.scopes import Env, LocalFunction, LocalOperator
from tlatrace.semantics.spec import Definition
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.program import Program

_LOCAL: Final = re.compile(r"\b[A-Za-z_]\w*?__\d+\b")
_NOT_IN_NAMES: Final = re.compile(r"\W", re.ASCII)

Line: TypeAlias = tuple[int, str]
Lines: TypeAlias = "list[Line | Slot]"
"""Indentation and text; or a slot, where statements may still be put."""
Known = list[dict[Hashable, Code]]


class Slot:
    """A place among statements that is filled later."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: Lines = []


def flat(lines: Lines) -> Iterator[Line]:
    """The statements of ``lines``, with what was put into slots."""
    for line in lines:
        if isinstance(line, Slot):
            yield from flat(line.lines)
        else:
            yield line


class NotCompiled(Exception):
    """Something that only the interpreter can evaluate; the text says why."""


def python_name(name: str) -> str:
    """``name`` with everything replaced that a Python identifier cannot hold."""
    return _NOT_IN_NAMES.sub("_", name)


class Emitter:
    """Collects the statements of one generated function."""

    def __init__(self, program: Program, level: int = 1) -> None:
        self.program = program
        self.lines: Lines = []
        self.level = level
        self._remembered: Known = [{}]
        self._locals: set[str] = set()

    # ----------------------------------------------------------------------------------- statements

    def emit(self, text: str) -> None:
        self.lines.append((self.level, text))

    @contextmanager
    def capture(self) -> Iterator[Lines]:
        """Statements go to the list that is given, one level deeper, and what they compute is forgotten afterwards."""
        if self.level >= INDENTATION_MAX:
            raise NotCompiled("it is nested too deep")
        outside, self.lines = self.lines, []
        self.level += 1
        kept, self._remembered = self._remembered, [*self._remembered, {}]
        try:
            yield self.lines
        finally:
            self._remembered = kept
            self.level -= 1
            self.lines = outside

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Statements go below ``header``."""
        with self.capture() as lines:
            yield
        self.emit(header)
        self.lines += lines
        if all(isinstance(line, Slot) for line in lines):
            self.lines.append((self.level + 1, "pass"))

    def fresh(self, base: str) -> str:
        """A local name that nothing else has."""
        name = f"{python_name(base)}__{self.program.next_number()}"
        self._locals.add(name)
        return name

    def atom(self, code: Code, base: str = "t") -> Code:
        """``code``, computed into a local name unless its text may be repeated."""
        if code.is_atomic:
            return code
        name = self.fresh(base)
        self.emit(f"{name} = {code.text}")
        return Code(name, code.kind, is_atomic=True)

    def shallow(self, code: Code) -> Code:
        """``code``, cut off by an assignment where its text is nested deep."""
        return self.atom(code) if code.depth > NESTING_MAX else code

    # --------------------------------------------------------------------------- what is known here

    def remember(self, key: Hashable, code: Code) -> Code:
        """``code`` stands for ``key`` until the end of the current block."""
        self._remembered[-1][key] = code
        return code

    def recall(self, key: Hashable) -> Code | None:
        """What stands for ``key`` here."""
        for level in reversed(self._remembered):
            if key in level:
                return level[key]
        return None

    @contextmanager
    def knowing(self, known: Known) -> Iterator[None]:
        """Only ``known`` can be recalled, and what is remembered meanwhile; that is forgotten afterwards."""
        kept, self._remembered = self._remembered, [*known, {}]
        try:
            yield
        finally:
            self._remembered = kept

    def known(self) -> Known:
        """What can be recalled here; later it does not change."""
        known = self._remembered
        self._remembered = [*known, {}]
        return known

    # ------------------------------------------------------------------ places and nested functions

    def mark(self, text: str, node: ast.Node, env: Env) -> str:
        """``text`` that an error can be traced from to ``node``."""
        return self.program.marks.mark(text, node.location, env.chain)

    def closure(
        self, base: str, parameters: Sequence[str], body: Callable[[list[str]], None], *, refers_to_itself: bool = False
    ) -> str:
        """Emit a nested function, and give its name. ``body`` gets the Python names of the parameters.

        Local names of the outer function are bound by default arguments: the function may outlive the iteration it was
        made in. One that ``refers_to_itself`` gets its own name in front; it is made by a factory, so that each refers
        to itself.
        """
        start = self.program.next_number()
        name = self.fresh(base)
        with self.capture() as lines:
            if refers_to_itself:
                self.level += 1
            names = [self.fresh(parameter) for parameter in parameters]
            self.nested(lambda: body([name, *names] if refers_to_itself else names[:]))
            if refers_to_itself:
                self.level -= 1
        used = {found for _, text in flat(lines) for found in _LOCAL.findall(text)} & self._locals
        captured = sorted(found for found in used if int(found.rpartition("__")[2]) < start)
        signature = ", ".join(names + [f"{each}={each}" for each in captured])
        if not refers_to_itself:
            self.emit(f"def {name}({signature}):")
            self.lines += lines
            return name
        factory = self.fresh("make")
        self.emit(f"def {factory}({', '.join(captured)}):")
        self.lines.append((self.level + 1, f"def {name}({', '.join(names)}):"))
        self.lines += lines
        self.lines.append((self.level + 1, f"return {name}"))
        self.emit(f"{name} = {factory}({', '.join(captured)})")
        return name

    def nested(self, body: Callable[[], None]) -> None:
        """Lower the body of a nested function; where subclasses put away what belongs to the function around it."""
        body()


class Lowering(Emitter):
    """What the parts of the lowering promise one another; :class:`~tlatrace.compile.actions.Actions` has them all."""

    def __init__(self, program: Program, level: int = 1) -> None:
        super().__init__(program, level)
        # The definition this function computes, its parameters and which of them come late, for calls of itself in its
        # last step.
        self.own: tuple[Definition, tuple[str, ...], frozenset[str]] | None = None
        self.has_tail_call = False
        # Recursive functions that are being defined around here: their definition, and the name of the function value.
        self.functions: dict[int, str] = {}
        # Bindings whose identity is a key of what is remembered: as long as they live, no other object has it.
        self._kept_alive: list[LocalOperator | LocalFunction] = []

    def value(self, expression: ast.Expr, env: Env) -> Code:
        raise NotImplementedError

    def truth(self, expression: ast.Expr, env: Env, what: str) -> Code:
        raise NotImplementedError

    def give_back(self, expression: ast.Expr, env: Env, what: str | None = None) -> set[str]:
        raise NotImplementedError

    def domain_of(self, bounds: tuple[ast.Bound, ...], env: Env) -> Code:
        raise NotImplementedError

    def function_of_bounds(
        self,
        bounds: tuple[ast.Bound, ...],
        env: Env,
        body: Callable[[Env], object],
        base: str,
        itself: bool = False,
    ) -> str:
        raise NotImplementedError

    def collected(self, maker: str, node: ast.SetMap, place: ast.Node, env: Env) -> Code:
        raise NotImplementedError

    def enabled(self, action: ast.Expr, env: Env) -> Code:
        raise NotImplementedError

    def composition(self, node: ast.Apply, env: Env) -> Code:
        raise NotImplementedError

    def failure(self, message: str, node: ast.Node, env: Env) -> Code:
        """Text that raises ``message`` when it is evaluated."""
        return Code(self.mark(f"fail({message!a})", node, env))

    def is_plain(self, expression: ast.Expr, env: Env) -> bool:
        raise NotImplementedError

    def callable(self, argument: ast.Expr, arity: int, env: Env) -> str:
        raise NotImplementedError

    def computed(
        self,
        definition: Definition | LocalOperator,
        arguments: tuple[ast.Expr, ...],
        node: ast.Node,
        env: Env,
        strict: frozenset[str],
    ) -> Env:
        raise NotImplementedError
