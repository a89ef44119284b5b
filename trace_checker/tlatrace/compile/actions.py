"""Lowering of actions and of initial predicates: text that finds every way to make a formula true by giving variables
values.

The rules are TLC's (see :mod:`tlatrace.compile.interpreter_actions`, which follows them step by step): from left to
right; ``x' = e`` assigns the first time and tests afterwards; every branch of a disjunction and every element of
``\\E`` is a way of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from tlatrace.compile.branches import Branches, Continuation
from tlatrace.compile.code import Code
from tlatrace.compile.expressions import box_as_junction
from tlatrace.compile.lowering import NotCompiled
from tlatrace.compile.operators import equality, membership
from tlatrace.compile.scopes import Alias, AssignedView, Binding, Bound, Delayed, Env, LocalOperator, StateView
from tlatrace.compile.shape import Shape, placeholders
from tlatrace.semantics.spec import BuiltinOperator, Definition, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in


class Actions(Branches):
    """Lowers expressions, and actions among them, into one generated function."""

    def action(self, formula: ast.Expr, env: Env, then: Continuation) -> None:
        """Emit statements that run what ``then`` emits for every way to make ``formula`` true."""
        match formula:
            case ast.Junction(operator="/\\", items=items):
                self.all_of(items, env, then)
            case ast.Junction(items=items):
                self.branches([partial(self.action, item, env) for item in items], then)
            case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
                self.each_of(bounds, body, env, then)
            case ast.Quantifier(kind="\\A", bounds=bounds, body=body):
                self._for_all(formula, bounds, body, env, then)
            case ast.If(condition=condition, then=one, otherwise=other):
                join = self.join(then)
                test = self.truth(condition, env, "the condition of IF")
                self.fork(test.text, lambda: self.action(one, env, join), lambda: self.action(other, env, join))
            case ast.Case():
                self.case_action(formula, env, self.join(then), 0)
            case ast.Let(definitions=definitions, body=body):
                strict = self._strict(body, env)
                self.action(body, self.bind_let(definitions, body, env, strict), then)
            case ast.Label(body=body):
                self.action(body, env, then)
            case ast.ActionBox():
                self.action(box_as_junction(formula), env, then)
            case ast.Name(name=name):
                self._named_action(name, formula, env, then)
            case ast.Apply(operator=operator, arguments=arguments):
                self._applied_action(operator, arguments, formula, env, then)
            case _:
                self.guard(self.truth(formula, env, "a formula"), then)

    def _for_all(
        self, node: ast.Quantifier, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, then: Continuation
    ) -> None:
        """A conjunction over the elements. TLC counts its ways, so a body with branches is counted for each element."""
        shape = Shape(self)
        inner = env.bind({name: Bound(Code("None", is_atomic=True)) for bound in bounds for name in bound.names})
        shape.look(body, inner)
        if shape.assigns:
            raise NotCompiled("variables are assigned below \\A")
        if self.is_search or not shape.branches:
            self.guard(self.truth(node, env, "a formula"), then)
            return

        def count(_: list[str]) -> None:
            ways = self.fresh("ways")
            self.emit(f"{ways} = 1")

            def each(one: Env) -> None:
                found = self.fresh("found")
                self.emit(f"{found} = []")
                with self.path(None), self.counting():
                    self.action(body, one, lambda: self.emit(f"{found}.append(True)"))
                self.emit(f"{ways} *= len({found})")
                with self.block(f"if not {found}:"):
                    self.emit("break")

            self.loop(bounds, env, each)
            self.emit(f"return {ways}")

        counter = self.counter(count)
        with self.block(f"for _ in range({counter}()):"), self.path("continue"):
            then()

    # -------------------------------------------------------------------------- names and operators

    def _named_action(self, name: str, node: ast.Expr, env: Env, then: Continuation) -> None:
        match env.lookup(name):
            case Delayed(expression=expression, env=inner, thunk=None, cached=None):
                self.action(expression, inner.with_views(env), then)
            case Alias(target=target, env=inner):
                self._named_action(target, node, inner.with_views(env), then)
            case LocalOperator(parameters=(), is_recursive=False) as local:
                self.action(local.body, self.inlined_local(local, (), node, env), then)
            case Definition(parameters=()) as definition if self._is_walked(definition, env):
                inner = env.enter(definition.scope, {}, definition.name, node.location)
                self.action(definition.body, inner, then)
            case _:
                self.guard(self.truth(node, env, "a formula"), then)

    def _applied_action(
        self, operator: str, arguments: tuple[ast.Expr, ...], node: ast.Apply, env: Env, then: Continuation
    ) -> None:
        if operator not in env.bindings:
            match operator:
                case "UNCHANGED" if env.after is self.target:
                    self._keep(arguments[0], node, env, then)
                    return
                case "=>":
                    self._implication(arguments, env, then)
                    return
                case "\\cdot" if env.after is not None:
                    self._composed(arguments, node, env, then)
                    return
        match env.lookup(operator):
            case BuiltinOperator(name="=" | "\\in"):
                self._equality_or_choice(node, env, then)
            case Alias(target=target, env=inner) if not isinstance(inner.lookup(target), BuiltinOperator):
                names = tuple(f"{target}!{position}" for position in range(len(arguments)))
                bindings = {name: self.argument(each, env) for name, each in zip(names, arguments, strict=True)}
                call = tuple(ast.Name(name, location=node.location) for name in names)
                elsewhere = inner.with_views(env).bind(bindings)
                self._applied_action(target, call, replace(node, operator=target, arguments=call), elsewhere, then)
            case LocalOperator(is_recursive=False) as local:
                strict = self._strict(local.body, local.env[0].with_views(env))
                self.action(local.body, self.computed(local, arguments, node, env, strict), then)
            case Definition() as definition if self._is_walked(definition, env):
                strict = self._strict(definition.body, env.enter(definition.scope, {}, "", node.location))
                self.action(definition.body, self.computed(definition, arguments, node, env, strict), then)
            case Definition(is_recursive=True, is_function=False) as definition if self._has_branches(node, env):
                late = self.late_parameters(definition, arguments, env)
                count, _ = self.program.function(definition, frozenset(late), counts_ways=True)
                items = ", ".join(self.operands(definition, arguments, late, env))
                with (
                    self.block(f"for _ in range({self.mark(f'{count}({items})', node, env)}):"),
                    self.path("continue"),
                ):
                    then()
            case LocalOperator() as local if self.depends_on_unassigned(local.body, placeholders(local, env)):
                raise NotCompiled(f"the recursive {local.name} assigns variables")
            case LocalOperator() if self._has_branches(node, env):
                raise NotCompiled(f"the recursive {operator} has branches")
            case _:
                self.guard(self.truth(node, env, "a formula"), then)

    def count_ways(self, formula: ast.Expr, env: Env) -> None:
        """Return the number of ways in which a formula that assigns nothing is true."""
        found = self.fresh("found")
        self.emit(f"{found} = []")
        self.leave = f"return len({found})"
        self.action(formula, env, lambda: self.emit(f"{found}.append(True)"))
        self.emit(f"return len({found})")

    def _has_branches(self, formula: ast.Expr, env: Env) -> bool:
        """Whether the ways of ``formula`` must be counted: where the first way is enough, a test will do."""
        if self.is_search:
            return False
        shape = Shape(self)
        shape.look(formula, env)
        return shape.branches

    def _is_walked(self, definition: Definition, env: Env) -> bool:
        """Whether the body is lowered as an action in place; a recursive one cannot be, and may only test."""
        facts = self.program.analysis.definition(definition)
        if not definition.is_recursive:
            # TLC computes a constant without parameters once; anything else it walks into, whatever its level.
            return not definition.is_function and not (facts.is_constant and not definition.parameters)
        reads = facts.after if env.after is self.target else facts.now if env.now is self.target else set()
        if any(index not in self.target.assigned for index in reads):
            raise NotCompiled(f"the recursive {definition.name} assigns variables")
        return False

    def _strict(self, body: ast.Expr, env: Env) -> frozenset[str]:
        """Names that every way through ``body`` evaluates first, or after assignments only, which cannot fail."""
        analysis = self.program.analysis
        if not isinstance(body, ast.Junction) or body.operator != "/\\":
            return analysis.strict(body, env.scope)
        names: frozenset[str] = frozenset()
        assigned = set(self.target.assigned)
        for item in body.items:
            names |= analysis.strict(item, env.scope)
            match item:
                case ast.Apply(operator="=", arguments=(left, _)):
                    variable = self.variable(left, env)
                case ast.Apply(operator="UNCHANGED", arguments=(kept,)) if env.after is self.target:
                    variable = self._variable_of(kept, env)
                case _:
                    variable = None
            if variable is None or variable in assigned:
                break
            assigned.add(variable)
        return names

    def _equality_or_choice(self, node: ast.Apply, env: Env, then: Continuation) -> None:
        left, right = node.arguments
        variable = self.variable(left, env)
        if variable is None:
            self.guard(self.truth(node, env, "a formula"), then)
            return
        known = self.target.read(variable)
        if node.operator == "=":
            value = self.value(right, env)
            if known is None:
                self.assign(variable, value, then)
            else:
                self.guard(equality(self, known, value, node, env), then)
        elif known is None:
            items = self.chosen_value(variable, right, env)
            item = self.fresh(self.program.spec.variables[variable].name)
            with self.block(f"for {item} in {items}:"), self.path("continue"):
                self.assign(variable, Code(item, is_atomic=True), then)
        else:
            self.guard(membership(self, known, right, node, env), then)

    def chosen_value(self, variable: int, domain: ast.Expr, env: Env) -> str:
        """What lists the values that ``x' \\in domain`` gives a variable."""
        return self.mark(f"{self.listing}({self.value(domain, env).text})", domain, env)

    def variable(self, expression: ast.Expr, env: Env) -> int | None:
        """The variable that ``expression = …`` gives a value to, None if it is anything else."""
        match expression:
            case ast.Label(body=body):
                return self.variable(body, env)
            case ast.Apply(operator="'", arguments=(inner,)) if env.after is self.target:
                return self._variable_of(inner, env)
            case ast.Name() if env.after is self.target:
                reached = _through(expression, env)
                return None if reached is None else self.variable(*reached)
            case ast.Name() if env.now is self.target:
                return self._variable_of(expression, env)
        return None

    def _variable_of(self, expression: ast.Expr, env: Env) -> int | None:
        """The variable that ``expression`` is, perhaps under another name."""
        while isinstance(expression, ast.Name):
            symbol = env.lookup(expression.name)
            if isinstance(symbol, VariableSymbol):
                return symbol.index
            reached = _through(expression, env)
            if reached is None:
                return None
            expression, env = reached
        return None

    def _keep(self, expression: ast.Expr, node: ast.Expr, env: Env, then: Continuation) -> None:
        variable = self._variable_of(expression, env)
        if variable is not None:
            before = env.now.read(variable)
            assert before is not None
            known = self.target.read(variable)
            if known is None:
                self.assign(variable, before, then)
            else:
                self.guard(equality(self, known, before, expression, env), then)
            return
        if isinstance(expression, ast.Tuple):
            self._keep_all(expression.items, node, env, then)
            return
        reached = _through(expression, env) if isinstance(expression, ast.Name) else None
        if reached is not None:
            self._keep(reached[0], node, reached[1], then)
        else:
            now, after = self.value(expression, env), self.value(expression, env.primed())
            self.guard(equality(self, after, now, node, env), then)

    def _keep_all(self, items: tuple[ast.Expr, ...], node: ast.Expr, env: Env, then: Continuation) -> None:
        if not items:
            then()
        else:
            self._keep(items[0], node, env, lambda: self._keep_all(items[1:], node, env, then))

    def _implication(self, arguments: tuple[ast.Expr, ...], env: Env, then: Continuation) -> None:
        left, right = arguments
        join = self.join(then)
        test = self.truth(left, env, "the left side of =>")
        self.fork(test.text, lambda: self.action(right, env, join), join)

    # ------------------------------------------------------------------- actions inside expressions

    def enabled(self, action: ast.Expr, env: Env) -> Code:
        """``ENABLED action``: whether any way makes it true, with or without values for all variables."""

        def body(_: list[str]) -> None:
            with self._building(is_search=True) as target:
                self.action(action, replace(env, after=target), lambda: self.emit("return True"))

        name = self.closure("enabled", (), body)
        return Code(f"({name}() is True)", "bool", depth=1)

    def composition(self, node: ast.Apply, env: Env) -> Code:
        """``A \\cdot B`` where both ends of the step are known."""
        if env.after is None:
            return self.failure("an action composition is evaluated where there is no step", node, env)
        first, second = node.arguments
        result = self.fresh("t")
        self.emit(f"{result} = False")
        middle = self.fresh("middle")
        found, behind = self._middles(first, second, env)
        with self.block(f"for {middle} in {found}:"):
            test = self.truth(second, replace(behind, now=StateView(middle)), "an action")
            with self.block(f"if {test.text}:"):
                self.emit(f"{result} = True")
                self.emit("break")
        return Code(result, "bool", is_atomic=True)

    def _composed(self, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env, then: Continuation) -> None:
        first, second = arguments
        middle = self.fresh("middle")
        found, behind = self._middles(first, second, env)
        with self.block(f"for {middle} in {found}:"), self.path("continue"):
            self.action(second, replace(behind, now=StateView(middle)), then)

    def _middles(self, first: ast.Expr, second: ast.Expr, env: Env) -> tuple[str, Env]:
        """The states that ``first`` leads to, as a list that is filled here, and what names mean in ``second``.

        The states may lack variables, as long as nobody asks for those: ``(x' = 1) \\cdot (x' = x + 1)`` says nothing
        of ``y``, which something beside it assigns.
        """
        found = self.fresh("found")
        self.emit(f"{found} = []")

        def body(_: list[str]) -> None:
            with self._building(is_search=False) as target:

                def reached() -> None:
                    missing.update(index for index in every if index not in target.assigned)
                    self.emit(f"{found}.append({target.as_tuple(every)})")

                self.action(first, replace(env, after=target), reached)

        every = range(len(self.program.spec.variables))
        missing: set[int] = set()
        fill = self.closure("fill", (), body)
        self.emit(f"{fill}()")
        return found, self._kept(first, second, env, missing)

    def _kept(self, first: ast.Expr, second: ast.Expr, env: Env, missing: set[int]) -> Env:
        """``env`` for the second action of a composition. TLC computes a name of LET, or an argument, once: what was
        computed before the second action, or for the first, keeps the value that it had there. What was not, and asks
        for a variable that the first action leaves open, has no other value than that either.
        """
        kept: dict[str, Binding] = {}
        for name in names_in(second) & env.bindings.keys():
            binding = env.bindings[name]
            if not isinstance(binding, Delayed):
                continue
            own = binding.env.with_views(env)
            reads = self.program.analysis.reads(binding.expression, own.scope, tuple(own.bindings))
            is_known = binding.thunk is not None or binding.cached is not None or name in names_in(first)
            if is_known or not missing.isdisjoint(reads.now):
                late = self.lazy_argument(binding.expression, own)
                value = self.fresh("kept")
                self.emit(f"{value} = Lazy({late})")
                kept[name] = Bound(Code(f"{value}()", depth=1))
        return env.bind(kept)

    @contextmanager
    def _building(self, *, is_search: bool) -> Iterator[AssignedView]:
        """Another state is built."""
        kept = self.target, self.is_search
        self.target, self.is_search = AssignedView(self.program.spec.variables, "'"), is_search
        try:
            yield self.target
        finally:
            self.target, self.is_search = kept

    def complete(self, what: str, node: ast.Node, env: Env, use: Callable[[str], str]) -> None:
        """Emit what ``use`` makes of the state that was built; an error if a variable has no value."""
        variables = self.program.spec.variables
        missing = tuple(each.name for each in variables if each.index not in self.target.assigned)
        if missing:
            self.emit(self.mark(f"incomplete({what!a}, {missing!r})", node, env))
        else:
            self.emit(use(self.target.as_tuple(range(len(variables)))))


def _through(expression: ast.Name, env: Env) -> tuple[ast.Expr, Env] | None:
    """The expression that a name stands for, None where it stands for a value."""
    match env.lookup(expression.name):
        case Delayed(expression=inner, env=inner_env):
            return inner, inner_env.with_views(env)
        case Definition(parameters=(), is_function=False) as definition:
            return definition.body, env.enter(definition.scope, {}, definition.name, expression.location)
    return None
