r"""The lowering of an action for an event: bind first, then enumerate what is left, and test as soon as possible.

What was observed of the state after the step is known when the search for the step begins. Here it is used in two
places, which differ from plain lowering (:mod:`tlatrace.compile.steps`) in nothing else:

* the identifiers of ``\E`` and the right side of ``x' \in S`` take only values that can make the rest true, as far as
  :mod:`tlatrace.compile.solving` can tell. So ``\E m \in messages`` becomes a look-up, and ``\E t \in Nat`` a
  membership test;
* an observation is tested when the last variable that it reads has a value, before the rest of the action is evaluated.

The successors are those of plain lowering that agree with the observations, each as often as there. Errors are not
always the same: a binding that the event excludes is not evaluated, so an error that lies in one is not met. In TLC's
terms, what the event says stands in front of the action. An error in comparing with the event, or in a binding that the
event does not exclude, is raised as ever; and what cannot be told without an error is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tlatrace.compile.branches import Continuation
from tlatrace.compile.code import Code
from tlatrace.compile.element_kinds import element_kind
from tlatrace.compile.program import Program
from tlatrace.compile.scopes import Bound, Env, StateView
from tlatrace.compile.solving import Solver
from tlatrace.compile.sources import Fact, Source, Step, path_of
from tlatrace.compile.steps import Steps
from tlatrace.semantics.spec import ActionInstance, Scope
from tlatrace.syntax import ast

FULL_SOURCES_MAX = 3
"""So many ways to the value of one identifier are tried; the first that succeeds decides."""


@dataclass(frozen=True, slots=True)
class Observed:
    """``left = right``, or the formula ``left`` where there is no right side. ``is_step``: unprimed variables are those
    of the state before the step, and primed ones those after it; otherwise unprimed ones are those after it.
    """

    left: ast.Expr
    right: ast.Expr | None
    is_step: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """An observation, with the variables of the state after the step that it reads."""

    observed: Observed
    reads: frozenset[int]


class Matching(Steps):
    """Lowers an action for a rule. ``useful`` tells afterwards whether anything is enumerated at all."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.useful = False
        self.enumeration = "listed"
        """What lists a set of which nothing is known."""
        self._facts: dict[int, list[Fact]] = {}
        self._tests: list[_Test] = []
        self._observing = self.target
        self._event = Env({}, StateView("s"), self.target)

    def match(
        self,
        instance: ActionInstance,
        known: Mapping[int, str],
        parameters: Mapping[str, str],
        scope: Scope,
        observed: Sequence[Observed],
    ) -> None:
        """The body of a function that hands every successor by ``instance`` that agrees with ``observed`` to ``out``,
        and perhaps others. ``parameters`` are the Python names of what the observations speak of, besides the names
        of ``scope``.
        """
        bindings = {name: Bound(Code(local, is_atomic=True)) for name, local in parameters.items()}
        self._event = Env(scope, StateView("s"), self.target, bindings)
        for each in observed:
            self._learn(each)
        self.instance(instance, known)

    # ------------------------------------------------------------------------------------- what was observed

    def _learn(self, observed: Observed) -> None:
        """Take in one observation, in its parts."""
        left, right = observed.left, observed.right
        if right is None:
            match left:
                case ast.Junction(operator="/\\", items=items):
                    for item in items:
                        self._learn(replace(observed, left=item))
                    return
                case ast.Apply(operator="=", arguments=(one, other)):
                    self._learn(Observed(one, other, observed.is_step))
                    return
                case ast.Apply(operator="\\in", arguments=(item, container)):
                    self._learn_path(container, item, observed.is_step, is_element=True)
        else:
            self._learn_path(left, right, observed.is_step, is_element=False)
            self._learn_path(right, left, observed.is_step, is_element=False)
        reads: set[int] = set()
        for side in (left, right):
            if side is not None:
                facts = self.program.analysis.reads(side, self._event.scope, self._event.bindings)
                if not facts.is_pure:
                    return
                reads |= facts.after if observed.is_step else facts.now
        if reads:
            self._tests.append(_Test(observed, frozenset(reads)))

    def _learn_path(self, place: ast.Expr, value: ast.Expr, is_step: bool, *, is_element: bool) -> None:
        found = path_of(place, self._event, is_step)
        if found is None or not self._is_of_event(value):
            return
        variable, path = found
        if not all(self._is_of_event(step.key) for step in path):
            return
        name = self.fresh("fact")
        with self.block("try:"):
            self.emit(f"{name} = {self.value(value, self._event).text}")
            keys = [self.value(step.key, self._event) for step in path]
            locals_ = []
            for key in keys:
                local = self.fresh("key")
                self.emit(f"{local} = {key.text}")
                locals_.append(local)
        with self.block("except FAILURES:"):
            self.emit(" = ".join([name, *locals_, "NOTHING"]))
        steps = tuple(
            step if step.field is not None else Step(ast.Name(local), self._named(local))
            for step, local in zip(path, locals_, strict=True)
        )
        self._facts.setdefault(variable.index, []).append(Fact(steps, lambda: f"settled({name})", is_element))

    def _named(self, local: str) -> Env:
        """Where the name ``local`` means the Python name."""
        return self._event.bind({local: Bound(Code(local, is_atomic=True))})

    def _is_of_event(self, expression: ast.Expr) -> bool:
        reads = self.program.analysis.reads(expression, self._event.scope, self._event.bindings)
        return reads.is_constant

    # ------------------------------------------------------------------------------------- early tests

    def assign(self, variable: int, value: Code, then: Continuation) -> None:
        if self.target is not self._observing:
            super().assign(variable, value, then)
            return
        super().assign(variable, value, lambda: self._tested(variable, then))

    def _tested(self, variable: int, then: Continuation) -> None:
        """Go on if nothing that was observed of ``variable`` contradicts the value that it has now."""
        assigned = self.target.assigned
        due = [test for test in self._tests if variable in test.reads and test.reads <= assigned.keys()]
        if not due or len(assigned) == len(self.program.spec.variables):
            # The whole state is there: whoever asked for it tests it.
            then()
            return
        result = self.fresh("agrees")
        with self.block("try:"):
            for position, test in enumerate(due):
                if position:
                    with self.block(f"if {result}:"):
                        self.emit(f"{result} = {self._agrees(test)}")
                else:
                    self.emit(f"{result} = {self._agrees(test)}")
        with self.block("except FAILURES:"):
            # It will be met again, where it is reported.
            self.emit(f"{result} = True")
        self.guard(Code(result, "bool", is_atomic=True), then)

    def _agrees(self, test: _Test) -> str:
        observed = test.observed
        env = self._event if observed.is_step else replace(self._event, now=self.target, after=None)
        left = self.value(observed.left, env).text
        if observed.right is None:
            return f"{left} is not False"
        return f"equal({left}, {self.value(observed.right, env).text})"

    # ------------------------------------------------------------------------------------- binding

    def each_of(self, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, then: Continuation) -> None:
        if self.target is not self._observing or any(bound.is_tuple or bound.domain is None for bound in bounds):
            super().each_of(bounds, body, env, then)
            return
        waiting: list[tuple[str, ast.Bound, Code]] = []
        for bound in bounds:
            assert bound.domain is not None
            domain = self.atom(self.value(bound.domain, env))
            waiting += [(name, bound, domain) for name in bound.names]

        def sources(solver: Solver, inner: Env) -> list[Source]:
            return list(solver.sources(body, inner))

        self._bind(waiting, env, env, sources, lambda inner: self.action(body, inner, then))

    def _bind(
        self,
        waiting: list[tuple[str, ast.Bound, Code]],
        env: Env,
        outer: Env,
        sources: Callable[[Solver, Env], list[Source]],
        then: Callable[[Env], None],
    ) -> None:
        """Give values to the identifiers that are ``waiting``, those first that are determined."""
        if not waiting:
            then(env)
            return
        solver = Solver(self, self._facts)
        hidden = {name: solver.hide(name) for name, _, _ in waiting}
        found = sources(solver, env.bind(hidden))
        mine = {name: [each for each in found if each.target is hidden[name]] for name in hidden}
        chosen = min(waiting, key=lambda each: _rank(mine[each[0]]))
        name, bound, domain = chosen
        rest = [each for each in waiting if each is not chosen]
        items = self._candidates(domain, mine[name], bound, outer)
        item = self.fresh(name)
        assert bound.domain is not None
        kind = element_kind(bound.domain, outer)
        with self.block(f"for {item} in {items}:"), self.path("continue"):
            inner = env.bind({name: Bound(Code(item, kind, is_atomic=True))})
            self._bind(rest, inner, outer, sources, then)

    def _candidates(self, domain: Code, sources: Sequence[Source], bound: ast.Bound, env: Env) -> str:
        """The name of what lists the elements of ``domain`` that the sources leave."""
        listed = self.mark(f"{self.enumeration}({domain.text})", bound.domain or bound, env)
        self.useful = True
        if not sources:
            return listed
        result = self.fresh("candidates")
        self.emit(f"{result} = None")
        full = [source for source in sources if not source.path and not source.branches][:FULL_SOURCES_MAX]
        choices = [source for source in sources if source.branches][:1]
        parts = [source for source in sources if source.path]
        for source in full:
            with self.block(f"if {result} is None:"):
                self._attempt(
                    lambda source=source: f"{result} = within({domain.text}, {source.known()})",  # type: ignore[misc]
                    f"{result} = ()",
                )
        if parts:
            with self.block(f"if {result} is None:"):
                known = self.fresh("parts")
                self.emit(f"{known} = []")
                for source in parts:
                    self._attempt(
                        lambda source=source: f"{known}.append(({source.path!r}, {source.known()}))",  # type: ignore[misc]
                        f"{result} = ()",
                    )
                with self.block(f"if {known} and {result} is None:"):
                    self._attempt(lambda: f"{result} = having({domain.text}, {known})")
        for source in choices:
            with self.block(f"if {result} is None:"):
                self._attempt(lambda source=source: self._chosen_of(result, domain, source))  # type: ignore[misc]
        with self.block(f"if {result} is None:"):
            self.emit(f"{result} = {listed}")
        return result

    def _chosen_of(self, result: str, domain: Code, source: Source) -> str:
        """What the branches of a disjunction leave, taken together."""
        listed = []
        for branch in source.branches:
            name = self.fresh("branch")
            is_possible = self._is_possible([each for each in branch if each.target is None])
            self.emit(f"{name} = ()")
            with self.block(f"if {is_possible}:"):
                with self.block("try:"):
                    self._of_branch(name, domain, [each for each in branch if each.target is not None])
                with self.block("except Impossible:"):
                    self.emit("pass")
            listed.append(name)
        return f"{result} = distinct({', '.join(listed)})"

    def _is_possible(self, checks: Sequence[Source]) -> str:
        """Text that is false where one of the checks of a branch is."""
        if not checks:
            return "True"
        name = self.fresh("possible")
        self.emit(f"{name} = True")
        with self.block("try:"):
            for check in checks:
                with self.block(f"if {name}:"):
                    self.emit(f"{name} = {check.known()}")
        with self.block("except FAILURES:"):
            self.emit("pass")
        return f"{name} is not False"

    def _of_branch(self, name: str, domain: Code, sources: Sequence[Source]) -> None:
        full = next((each for each in sources if not each.branches and not each.path), None)
        if full is not None:
            self.emit(f"{name} = within({domain.text}, {full.known()})")
            return
        paths = [each for each in sources if each.path]
        if paths:
            items = ", ".join(f"({each.path!r}, {each.known()})" for each in paths)
            self.emit(f"{name} = having({domain.text}, [{items}])")
        elif sources:
            self.emit(self._chosen_of(name, domain, sources[0]))
        else:
            # Nothing excludes this branch, and nothing says which elements can make it true.
            self.emit("needs(False)")

    def _attempt(self, text: Callable[[], str], impossible: str = "pass") -> None:
        """Emit ``text``, which may fail, and what is done if it finds that nothing can be."""
        with self.block("try:"):
            self.emit(text())
        with self.block("except Impossible:"):
            self.emit(impossible)
        with self.block("except FAILURES:"):
            self.emit("pass")

    # ------------------------------------------------------------------------------------- the instance

    def open_binder(
        self,
        instance: ActionInstance,
        first: int,
        given: Mapping[str, str],
        env: Env,
        outer: Env,
        then: Callable[[Env], None],
    ) -> None:
        binder = instance.binders[first]
        later = [each.name for each in instance.binders[first + 1 :] if each.name not in given]
        fixed = {each.name: given[each.name] for each in instance.binders[first + 1 :] if each.name in given}

        def sources(solver: Solver, inner: Env) -> list[Source]:
            names = {name: solver.hide(name) for name in later}
            names |= {name: Bound(Code(local, is_atomic=True)) for name, local in fixed.items()}
            whole = replace(inner, scope=instance.scope).bind(names)
            found = [each for part in (*instance.guards, instance.body) for each in solver.sources(part, whole)]
            for argument, name in self.compared:
                found += solver.unify(argument, whole, (), lambda name=name: name)  # type: ignore[misc]
            return found

        bound = ast.Bound((binder.name,), binder.domain, location=binder.domain.location)
        domain = self.atom(self.value(binder.domain, outer))
        self._bind(
            [(binder.name, bound, domain)],
            env,
            outer,
            sources,
            lambda inner: self.binders(instance, first + 1, given, inner, then),
        )

    def chosen_value(self, variable: int, domain: ast.Expr, env: Env) -> str:
        facts = [fact for fact in self._facts.get(variable, ()) if not fact.is_element]
        if self.target is not self._observing:
            return super().chosen_value(variable, domain, env)
        self.useful = True
        base = self.atom(self.value(domain, env))
        if not facts:
            return self.mark(f"listed({base.text})", domain, env)
        target = Bound(Code("not_bound"))
        whole = [Source(target, (), fact.known) for fact in facts if not fact.path]
        if whole:
            bound = ast.Bound((self.program.spec.variables[variable].name,), domain, location=domain.location)
            return self._candidates(base, whole, bound, env)
        result = self.fresh("candidates")
        self.emit(f"{result} = None")
        known = self.fresh("parts")

        def parts() -> str:
            items = []
            for fact in facts:
                keys = "".join(f"settled({self.value(step.key, step.env).text}), " for step in fact.path)
                items.append(f"(({keys}), {fact.known()})")
            self.emit(f"{known} = [{', '.join(items)}]")
            return f"{result} = having({base.text}, {known})"

        self._attempt(parts)
        with self.block(f"if {result} is None:"):
            self.emit(f"{result} = {self.mark(f'listed({base.text})', domain, env)}")
        return result


def _rank(sources: Sequence[Source]) -> int:
    """How well an identifier is determined."""
    if any(not source.path and not source.branches for source in sources):
        return 0
    if any(source.path for source in sources):
        return 1
    return 2 if sources else 3
