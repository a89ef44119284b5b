"""Whole generated functions: the successors by an action, for given arguments, and the initial states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tlatrace.compile.actions import Actions
from tlatrace.compile.branches import Continuation
from tlatrace.compile.code import Code, unmarked
from tlatrace.compile.operators import membership
from tlatrace.compile.scopes import Bound, Env, StateView
from tlatrace.semantics.spec import ActionInstance, Definition
from tlatrace.syntax import ast


class Steps(Actions):
    """Lowers one generated function, whatever it is for."""

    compared: Sequence[tuple[ast.Expr, str]] = ()
    """Arguments that are compared with what the caller gives, by its Python name."""

    def instance(self, instance: ActionInstance, known: Mapping[int, str]) -> None:
        """The body of a function that hands every successor by ``instance`` to ``out``.

        ``known`` gives the Python names of the arguments that the caller fixes, by position.
        """
        env = Env(instance.scope, StateView("s"), self.target)
        names = {binder.name for binder in instance.binders}
        given: dict[str, str] = {}
        compared: list[tuple[ast.Expr, str]] = []
        for position, argument in enumerate(instance.arguments):
            if position not in known:
                continue
            if isinstance(argument, ast.Name) and argument.name in names and argument.name not in given:
                given[argument.name] = known[position]
            else:
                compared.append((argument, known[position]))
        self.compared = compared
        self.binders(instance, 0, given, env, lambda inner: self._guarded_instance(instance, compared, inner))

    def explored(self, instance: ActionInstance, assigned: list[tuple[int, ...]]) -> None:
        """The body of a function that hands every successor by ``instance`` to ``out`` as a tuple: a number, and the
        values of the variables that ``assigned`` has under that number; all others keep theirs. The action's arguments
        are not even evaluated.
        """
        self.listing = "in_order"
        env = Env(instance.scope, StateView("s"), self.target)
        formulas = (*instance.guards, instance.body)

        def use(_: str) -> str:
            codes = {index: code.text for index, code in self.target.assigned.items()}
            changed = tuple(index for index in sorted(codes) if unmarked(codes[index]) != f"s[{index}]")
            if changed not in assigned:
                assigned.append(changed)
            return f"out(({', '.join((str(assigned.index(changed)), *(codes[index] for index in changed)))},))"

        def complete(inner: Env) -> None:
            self.complete(f"the action {instance.name}", instance.body, inner, use)

        self.binders(instance, 0, {}, env, lambda inner: self.all_of(formulas, inner, lambda: complete(inner)))

    def binders(
        self, instance: ActionInstance, first: int, given: Mapping[str, str], env: Env, then: Callable[[Env], None]
    ) -> None:
        if first == len(instance.binders):
            then(replace(env, scope=instance.scope))
            return
        binder = instance.binders[first]
        outer = Env(binder.scope, env.now, None, env.bindings, env.chain)
        if binder.name in given:
            item = Code(given[binder.name], is_atomic=True)
            inner = env.bind({binder.name: Bound(item)})
            test = membership(self, item, binder.domain, binder.domain, outer)
            self.guard(test, lambda: self.binders(instance, first + 1, given, inner, then))
            return
        self.open_binder(instance, first, given, env, outer, then)

    def open_binder(
        self,
        instance: ActionInstance,
        first: int,
        given: Mapping[str, str],
        env: Env,
        outer: Env,
        then: Callable[[Env], None],
    ) -> None:
        """A binder whose value is not given, and those behind it; ``outer`` is what its domain is read in."""
        binder = instance.binders[first]
        bound = ast.Bound((binder.name,), binder.domain, location=binder.domain.location)

        def inside(each: Env) -> None:
            with self.path("continue"):
                inner = env.bind({binder.name: each.bindings[binder.name]})
                self.binders(instance, first + 1, given, inner, then)

        self.loop((bound,), outer, inside, self.listing)

    def _guarded_instance(self, instance: ActionInstance, compared: list[tuple[ast.Expr, str]], env: Env) -> None:
        early = [each for each in compared if not self.depends_on_unassigned(each[0], env)]
        late = [each for each in compared if each not in early]

        def test(pairs: list[tuple[ast.Expr, str]], then: Continuation) -> None:
            if not pairs:
                then()
                return
            argument, name = pairs[0]
            value = self.value(argument, env)
            self.guard(Code(f"same({value.text}, {name})", "bool"), lambda: test(pairs[1:], then))

        def found() -> None:
            values = "".join(f"{self._shown_argument(argument, env)}, " for argument in instance.arguments)
            what = f"the action {instance.name}"
            self.complete(what, instance.body, env, lambda state: f"out(({state}, ({values})))")

        # An argument that speaks of the step can be told only when the step is known.
        test(early, lambda: self.all_of((*instance.guards, instance.body), env, lambda: test(late, found)))

    def _shown_argument(self, argument: ast.Expr, env: Env) -> str:
        """An argument as a value; an operator is shown by its name."""
        if isinstance(argument, ast.Lambda):
            return "'LAMBDA'"
        if isinstance(argument, ast.Name):
            symbol = env.lookup(argument.name)
            arity = len(symbol.parameters) if isinstance(symbol, Definition) else getattr(symbol, "arity", 0)
            if arity:
                return ascii(argument.name)
        return self.value(argument, env).text

    def initial(self, formula: ast.Expr, env: Env, what: str) -> None:
        """The body of a function that hands every state satisfying ``formula`` to ``out``; ``env`` reads from the
        target.
        """
        self.action(formula, env, lambda: self.complete(what, formula, env, lambda state: f"out({state})"))
