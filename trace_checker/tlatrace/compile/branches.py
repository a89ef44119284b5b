"""The control flow of generated actions: guards, branches, and how branches come together again.

Lowering goes along a formula with a continuation that emits what comes after it, so that at each point it is known
which variables have a value. Where several branches come together, what follows becomes a nested function, one for each
set of variables that may be assigned by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tlatrace.compile.code import INDENTATION_MAX, Code
from tlatrace.compile.expressions import Expressions
from tlatrace.compile.lowering import Slot
from tlatrace.compile.program import Program
from tlatrace.compile.scopes import AssignedView, Env
from tlatrace.syntax import ast

Continuation = Callable[[], None]

# Nested conditions deeper than this go on in a function of their own, which starts again at its own indentation.
_BRANCH_LEVEL_MAX = INDENTATION_MAX // 2


class Branches(Expressions):
    """The part of the lowering of actions that jumps."""

    def __init__(self, program: Program, level: int = 1) -> None:
        super().__init__(program, level)
        # What leaves the current branch when a guard is false: a statement, or None where only an `if` will do.
        self.leave: str | None = "return"
        # The state that is being built.
        self.target = AssignedView(program.spec.variables, "'")
        # Whether the first way that is found is enough.
        self.is_search = False

    def nested(self, body: Callable[[], None]) -> None:
        kept = self.leave, self.own
        self.leave, self.own = "return", None
        try:
            super().nested(body)
        finally:
            self.leave, self.own = kept

    def action(self, formula: ast.Expr, env: Env, then: Continuation) -> None:
        raise NotImplementedError

    def guard(self, test: Code, then: Continuation) -> None:
        """Go on only if ``test`` holds."""
        if test.text == "True":
            then()
        elif self.leave is not None:
            with self.block(f"if not {test.text}:"):
                self.emit(self.leave)
            then()
        elif self.level > _BRANCH_LEVEL_MAX:
            rest = self.closure("rest", (), lambda _: then())
            with self.block(f"if {test.text}:"):
                self.run(f"{rest}()")
        else:
            with self.block(f"if {test.text}:"):
                then()

    def assign(self, variable: int, value: Code, then: Continuation) -> None:
        """Go on with a value for a variable that has none."""
        name = self.program.spec.variables[variable].name
        value = self.atom(value, name)
        before = self.target.assigned
        self.target.assigned = {**before, variable: value}
        try:
            then()
        finally:
            self.target.assigned = before

    def run(self, text: str) -> None:
        if self.is_search:
            with self.block(f"if {text}:"):
                self.emit("return True")
        else:
            self.emit(text)

    # ------------------------------------------------------------------------------------- branches

    def all_of(self, items: Sequence[ast.Expr], env: Env, then: Continuation) -> None:
        """A conjunction from left to right. As in TLC, what follows after every variable has a value is a test, true in
        one way at most, whatever branches it has.
        """
        if not items:
            then()
        else:
            self.action(items[0], env, lambda: self._rest_of(items[1:], env, then))

    def _rest_of(self, items: Sequence[ast.Expr], env: Env, then: Continuation) -> None:
        if not items:
            then()
        elif len(self.target.assigned) == len(self.program.spec.variables):
            test = self.truth(items[0], env, "a formula")
            self.guard(test, lambda: self._rest_of(items[1:], env, then))
        else:
            self.all_of(items, env, then)

    def branches(self, branches: Sequence[Callable[[Continuation], None]], then: Continuation) -> None:
        """Each of the branches, one after the other, and what follows for each."""
        join = self.join(then) if len(branches) > 1 else then
        for position, branch in enumerate(branches):
            is_last = position == len(branches) - 1
            with self.path(self.leave if is_last else None):
                branch(join)

    @contextmanager
    def path(self, leave: str | None) -> Iterator[None]:
        """Lower a branch; what it assigns and computes is forgotten afterwards."""
        kept_leave, kept_assigned = self.leave, self.target.assigned
        self.leave = leave
        try:
            with self.knowing(self.known()):
                yield
        finally:
            self.leave, self.target.assigned = kept_leave, kept_assigned

    def fork(self, test: str, one: Continuation, other: Continuation) -> None:
        with self.path(self.leave), self.block(f"if {test}:"):
            one()
        with self.path(self.leave), self.block("else:"):
            other()

    def join(self, then: Continuation) -> Continuation:
        """A continuation that several branches may use: it emits a call of a function that is emitted once, here."""
        slot, level, known = Slot(), self.level, self.known()
        self.lines.append(slot)
        start = self.target.assigned
        target = self.target
        functions: dict[tuple[int, ...], str] = {}

        def function_for(new: tuple[int, ...]) -> str:
            kept = self.lines, self.level, target.assigned
            self.lines, self.level = [], level
            variables = [self.program.spec.variables[index].name for index in new]

            def body(names: list[str]) -> None:
                values = {index: Code(name, is_atomic=True) for index, name in zip(new, names, strict=True)}
                target.assigned = {**start, **values}
                then()

            with self.knowing(known):
                name = self.closure("then", variables, body)
            slot.lines += self.lines
            self.lines, self.level, target.assigned = kept
            return name

        def join() -> None:
            new = tuple(sorted(target.assigned.keys() - start.keys()))
            if new not in functions:
                functions[new] = function_for(new)
            self.run(f"{functions[new]}({', '.join(target.assigned[index].text for index in new)})")

        return join

    def each_of(self, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, then: Continuation) -> None:
        def inside(inner: Env) -> None:
            with self.path("continue"):
                self.action(body, inner, then)

        self.loop(bounds, env, inside, self.listing)

    def case_action(self, node: ast.Case, env: Env, join: Continuation, first: int) -> None:
        if first < len(node.arms):
            arm = node.arms[first]
            test = self.truth(arm.condition, env, "a condition of CASE")
            self.fork(
                test.text,
                lambda: self.action(arm.value, env, join),
                lambda: self.case_action(node, env, join, first + 1),
            )
        elif node.other is not None:
            self.action(node.other, env, join)
        else:
            self.emit(self.mark("no_arm()", node, env))

    def counter(self, body: Callable[[list[str]], None]) -> str:
        with self.counting():
            return self.closure("count", (), body)

    @contextmanager
    def counting(self) -> Iterator[None]:
        kept, self.is_search = self.is_search, False
        try:
            yield
        finally:
            self.is_search = kept
