"""Lowering of actions and of initial predicates: text that finds every way to make a formula true by giving variables values.

The rules are TLC's (see :mod:`tlatrace.compile.interpreter_actions`, which follows them step by step): from left to right; ``x' = e``
assigns the first time and tests afterwards; every branch of a disjunction and every element of ``\\E`` is a way of its own.

Lowering goes along the formula with a continuation that emits what comes after it, so that at each point it is known which variables
have a value: assignments become local names and guards become jumps. Where several branches come together again, what follows
becomes a nested function, one for each set of variables that may be assigned by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from tlatrace.compile.code import INDENTATION_MAX, Code
from tlatrace.compile.expressions import Expressions, box_as_junction
from tlatrace.compile.lowering import NotCompiled, Slot
from tlatrace.compile.operators import equality, membership
from tlatrace.compile.program import Program
from tlatrace.compile.scopes import Alias, AssignedView, Binding, Bound, Delayed, Env, LocalOperator, StateView
from tlatrace.semantics.spec import ActionInstance, BuiltinOperator, Definition, VariableSymbol
from tlatrace.syntax import ast

Continuation = Callable[[], None]

# Nested conditions deeper than this go on in a function of their own, which starts again at its own indentation.
_BRANCH_LEVEL_MAX = INDENTATION_MAX // 2


class Actions(Expressions):
    """Lowers expressions, and actions among them, into one generated function."""

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

    # ------------------------------------------------------------------------------------------------ formulas that assign

    def action(self, formula: ast.Expr, env: Env, then: Continuation) -> None:
        """Emit statements that run what ``then`` emits for every way to make ``formula`` true."""
        match formula:
            case ast.Junction(operator="/\\", items=items):
                self._all(items, env, then)
            case ast.Junction(items=items):
                self._branch([partial(self.action, item, env) for item in items], then)
            case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
                self._each(bounds, body, env, then)
            case ast.Quantifier(kind="\\A", bounds=bounds, body=body):
                self._for_all(formula, bounds, body, env, then)
            case ast.If(condition=condition, then=one, otherwise=other):
                join = self._join(then)
                test = self.truth(condition, env, "the condition of IF")
                self._fork(test.text, lambda: self.action(one, env, join), lambda: self.action(other, env, join))
            case ast.Case():
                self._case_action(formula, env, self._join(then), 0)
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
                self._call(f"{rest}()")
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

    def _call(self, text: str) -> None:
        if self.is_search:
            with self.block(f"if {text}:"):
                self.emit("return True")
        else:
            self.emit(text)

    # ------------------------------------------------------------------------------------------------ branches

    def _all(self, items: Sequence[ast.Expr], env: Env, then: Continuation) -> None:
        if not items:
            then()
        else:
            self.action(items[0], env, lambda: self._all(items[1:], env, then))

    def _branch(self, branches: Sequence[Callable[[Continuation], None]], then: Continuation) -> None:
        """Each of the branches, one after the other, and what follows for each."""
        join = self._join(then) if len(branches) > 1 else then
        for position, branch in enumerate(branches):
            is_last = position == len(branches) - 1
            with self._path(self.leave if is_last else None):
                branch(join)

    @contextmanager
    def _path(self, leave: str | None) -> Iterator[None]:
        """Lower a branch; what it assigns and computes is forgotten afterwards."""
        kept_leave, kept_assigned = self.leave, self.target.assigned
        self.leave = leave
        try:
            with self.knowing(self.known()):
                yield
        finally:
            self.leave, self.target.assigned = kept_leave, kept_assigned

    def _fork(self, test: str, one: Continuation, other: Continuation) -> None:
        with self._path(self.leave), self.block(f"if {test}:"):
            one()
        with self._path(self.leave), self.block("else:"):
            other()

    def _join(self, then: Continuation) -> Continuation:
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
            self._call(f"{functions[new]}({', '.join(target.assigned[index].text for index in new)})")

        return join

    def _each(self, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, then: Continuation) -> None:
        def inside(inner: Env) -> None:
            with self._path("continue"):
                self.action(body, inner, then)

        self.loop(bounds, env, inside)

    def _case_action(self, node: ast.Case, env: Env, join: Continuation, first: int) -> None:
        if first < len(node.arms):
            arm = node.arms[first]
            test = self.truth(arm.condition, env, "a condition of CASE")
            self._fork(
                test.text,
                lambda: self.action(arm.value, env, join),
                lambda: self._case_action(node, env, join, first + 1),
            )
        elif node.other is not None:
            self.action(node.other, env, join)
        else:
            self.emit(self.mark("no_arm()", node, env))

    def _for_all(
        self, node: ast.Quantifier, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, then: Continuation
    ) -> None:
        """A conjunction over the elements. TLC counts its ways, so a body with branches is counted for each element."""
        shape = _Shape(self)
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
                with self._path(None), self._counting():
                    self.action(body, one, lambda: self.emit(f"{found}.append(True)"))
                self.emit(f"{ways} *= len({found})")
                with self.block(f"if not {found}:"):
                    self.emit("break")

            self.loop(bounds, env, each)
            self.emit(f"return {ways}")

        counter = self._counter(count)
        with self.block(f"for _ in range({counter}()):"), self._path("continue"):
            then()

    def _counter(self, body: Callable[[list[str]], None]) -> str:
        with self._counting():
            return self.closure("count", (), body)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        kept, self.is_search = self.is_search, False
        try:
            yield
        finally:
            self.is_search = kept

    # ------------------------------------------------------------------------------------------------ names and operators

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
                bindings = {name: self._argument(each, env) for name, each in zip(names, arguments, strict=True)}
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
                with self.block(f"for _ in range({self.mark(f'{count}({items})', node, env)}):"), self._path("continue"):
                    then()
            case LocalOperator() as local if self.depends_on_unassigned(local.body, _placeholders(local, env)):
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
        shape = _Shape(self)
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
            domain = self.value(right, env)
            item = self.fresh(self.program.spec.variables[variable].name)
            with (
                self.block(f"for {item} in {self.mark(f'elements({domain.text})', right, env)}:"),
                self._path("continue"),
            ):
                self.assign(variable, Code(item, is_atomic=True), then)
        else:
            self.guard(membership(self, known, right, node, env), then)

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
        join = self._join(then)
        test = self.truth(left, env, "the left side of =>")
        self._fork(test.text, lambda: self.action(right, env, join), join)

    # ------------------------------------------------------------------------------------------------ actions inside expressions

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
        with self.block(f"for {middle} in {self._middles(first, env)}:"):
            test = self.truth(second, replace(env, now=StateView(middle)), "an action")
            with self.block(f"if {test.text}:"):
                self.emit(f"{result} = True")
                self.emit("break")
        return Code(result, "bool", is_atomic=True)

    def _composed(self, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env, then: Continuation) -> None:
        first, second = arguments
        middle = self.fresh("middle")
        with self.block(f"for {middle} in {self._middles(first, env)}:"), self._path("continue"):
            self.action(second, replace(env, now=StateView(middle)), then)

    def _middles(self, action: ast.Expr, env: Env) -> str:
        """The states that ``action`` leads to, as a list that is filled here."""
        found = self.fresh("found")
        self.emit(f"{found} = []")

        def body(_: list[str]) -> None:
            with self._building(is_search=False) as target:
                what = "the first action of a composition"
                self.action(
                    action,
                    replace(env, after=target),
                    lambda: self.complete(what, action, env, lambda state: f"{found}.append({state})"),
                )

        fill = self.closure("fill", (), body)
        self.emit(f"{fill}()")
        return found

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
            self.emit(self.mark(f"incomplete({ascii(what)}, {missing!r})", node, env))
        else:
            self.emit(use(self.target.as_tuple(range(len(variables)))))

    # ------------------------------------------------------------------------------------------------ whole functions

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
        self._binders(instance, 0, given, env, lambda inner: self._guarded_instance(instance, compared, inner))

    def _binders(
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
            self.guard(test, lambda: self._binders(instance, first + 1, given, inner, then))
            return
        bound = ast.Bound((binder.name,), binder.domain, location=binder.domain.location)

        def inside(each: Env) -> None:
            with self._path("continue"):
                inner = env.bind({binder.name: each.bindings[binder.name]})
                self._binders(instance, first + 1, given, inner, then)

        self.loop((bound,), outer, inside)

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
        test(early, lambda: self._all((*instance.guards, instance.body), env, lambda: test(late, found)))

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
        """The body of a function that hands every state satisfying ``formula`` to ``out``; ``env`` reads from the target."""
        self.action(formula, env, lambda: self.complete(what, formula, env, lambda state: f"out({state})"))


def _through(expression: ast.Name, env: Env) -> tuple[ast.Expr, Env] | None:
    """The expression that a name stands for, None where it stands for a value."""
    match env.lookup(expression.name):
        case Delayed(expression=inner, env=inner_env):
            return inner, inner_env.with_views(env)
        case Definition(parameters=(), is_function=False) as definition:
            return definition.body, env.enter(definition.scope, {}, definition.name, expression.location)
    return None


def _placeholders(local: LocalOperator, env: Env) -> Env:
    names = {parameter.name: Bound(Code("None")) for parameter in local.parameters}
    return local.env[0].with_views(env).bind(names)


class _Shape:
    """Whether a formula, looked at as an action, has branches, and whether it could assign a variable that has no value."""

    def __init__(self, lowering: Actions) -> None:
        self._lowering = lowering
        self.branches = False
        self.assigns = False
        # Recursive definitions that were looked into.
        self._seen: set[int] = set()

    def look(self, formula: ast.Expr, env: Env) -> None:
        lowering = self._lowering
        match formula:
            case ast.Junction(operator=operator, items=items):
                self.branches = self.branches or operator == "\\/"
                for item in items:
                    self.look(item, env)
            case ast.Quantifier(kind=kind, bounds=bounds, body=body):
                self.branches = self.branches or kind == "\\E"
                names = {name: Bound(Code("None", is_atomic=True)) for bound in bounds for name in bound.names}
                self.look(body, env.bind(names))
            case ast.If(then=one, otherwise=other):
                self.look(one, env)
                self.look(other, env)
            case ast.Case(arms=arms, other=default):
                for arm in arms:
                    self.look(arm.value, env)
                if default is not None:
                    self.look(default, env)
            case ast.Let(definitions=definitions, body=body):
                kept = lowering.lines
                with lowering.capture():
                    inner = lowering.bind_let(definitions, body, env)
                lowering.lines = kept
                self.look(body, inner)
            case ast.Label(body=body):
                self.look(body, env)
            case ast.ActionBox():
                self.look(box_as_junction(formula), env)
            case ast.Apply(operator="=>", arguments=(_, right)):
                self.look(right, env)
            case ast.Name(name=name) | ast.Apply(operator=name):
                self._look_at_operator(name, formula, env)

    def _look_at_operator(self, name: str, formula: ast.Expr, env: Env) -> None:
        lowering = self._lowering
        arguments = formula.arguments if isinstance(formula, ast.Apply) else ()
        if name == "UNCHANGED" or name == "\\cdot":
            self.assigns = True
            return
        match env.lookup(name):
            case BuiltinOperator(name="=" | "\\in"):
                variable = lowering.variable(arguments[0], env)
                self.assigns = self.assigns or (variable is not None and variable not in lowering.target.assigned)
            case Delayed(expression=expression, env=inner, thunk=None, cached=None):
                self.look(expression, inner.with_views(env))
            case LocalOperator() as local:
                if local.is_recursive:
                    inner = _placeholders(local, env)
                    self.assigns = self.assigns or lowering.depends_on_unassigned(local.body, inner)
                    if id(local) in self._seen:
                        return
                    self._seen.add(id(local))
                self.look(local.body, lowering.inlined_local(local, arguments, formula, env))
            case Definition(is_function=False) as definition:
                if definition.is_recursive:
                    self.assigns = self.assigns or lowering.depends_on_unassigned(formula, env)
                    if id(definition) in self._seen:
                        return
                    self._seen.add(id(definition))
                facts = lowering.program.analysis.definition(definition)
                if definition.parameters or not facts.is_constant:
                    self.look(definition.body, lowering.inlined(definition, arguments, formula, env))
            case Alias():
                # Too far to look: let the interpreter walk it.
                self.assigns = True
