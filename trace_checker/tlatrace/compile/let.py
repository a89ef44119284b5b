"""Lowering of LET: operators and functions that an expression defines for itself, and values that are computed late."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tlatrace.compile.analysis import defined_names
from tlatrace.compile.code import Code
from tlatrace.compile.lowering import Lowering
from tlatrace.compile.scopes import (
    Alias,
    AssignedView,
    Binding,
    Bound,
    Delayed,
    Env,
    LocalFunction,
    LocalOperator,
    Operator,
    View,
)
from tlatrace.semantics.spec import BuiltinOperator, Definition, VariableSymbol
from tlatrace.syntax import ast


class Locals(Lowering):
    """The part of the lowering that knows what LET, LAMBDA and arguments stand for."""

    def bind_let(
        self, definitions: tuple[ast.Unit, ...], body: ast.Expr, env: Env, strict: frozenset[str] | None = None
    ) -> Env:
        """``env`` with the names that LET defines. ``strict``: those that are certainly evaluated, if the caller
        knows better.
        """
        if strict is None:
            strict = self.program.analysis.strict(body, env.scope)
        recursive = {name for unit in definitions if isinstance(unit, ast.Recursive) for name in defined_names(unit)}
        users: list[ast.Node] = [*definitions, body]
        inner = env
        cells: list[list[Env]] = []
        for unit in definitions:
            if isinstance(unit, ast.OperatorDefinition) and (unit.parameters or unit.name in recursive):
                cell: list[Env] = []
                is_recursive = unit.name in recursive
                local = LocalOperator(unit.name, unit.parameters, unit.body, cell, is_recursive)
                cells.append(cell)
                inner = inner.bind({unit.name: local})
            elif isinstance(unit, ast.OperatorDefinition):
                uses = min(2, sum(self.program.analysis.uses(unit.name, user) for user in users if user is not unit))
                inner = inner.bind({unit.name: self.delay(unit.body, inner, uses, unit.name in strict)})
            elif isinstance(unit, ast.FunctionDefinition):
                if unit.name in self.program.analysis.free(unit.body):
                    cell = []
                    cells.append(cell)
                    inner = inner.bind({unit.name: LocalFunction(unit, cell)})
                else:
                    constructor = ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
                    inner = inner.bind({unit.name: self.delay(constructor, inner, 2, unit.name in strict)})
            # A recursive definition may use those after it; the others see only names that are not bound again. A value
            # that is computed at once may apply the operators before it.
            for each in cells:
                each[:] = [inner]
        return inner

    def delay(self, expression: ast.Expr, env: Env, uses: int, is_strict: bool) -> Delayed:
        """A binding of ``expression`` that evaluates it at most once where that matters, and only when it is needed."""
        self.program.defer(expression)
        if uses < 2 or self.is_plain(expression, env) or self.program.constant(expression, env) is not None:
            return Delayed(expression, env)
        if self.depends_on_unassigned(expression, env):
            return Delayed(expression, env)
        if is_strict:
            return Delayed(expression, env, cached=self.atom(self.value(expression, env)))
        thunk = self.fresh("late")
        self.emit(f"{thunk} = Lazy({self.lazy_argument(expression, env)})")
        return Delayed(expression, env, thunk=thunk)

    def depends_on_unassigned(self, expression: ast.Expr, env: Env) -> bool:
        """Whether ``expression`` reads, or could assign, a variable that has no value yet on the path that is being
        lowered.
        """
        now, after = env.now, env.after
        if not isinstance(now, AssignedView) and not isinstance(after, AssignedView):
            return False
        reads = self.reads_of(expression, env)
        return _lacks(now, reads[0]) or _lacks(after, reads[1])

    def reads_of(self, expression: ast.Expr, env: Env) -> tuple[set[int], set[int]]:
        """The variables that ``expression`` reads, unprimed and primed, bound names seen through."""
        analysis = self.program.analysis
        reads = analysis.reads(expression, env.scope, env.bindings)
        now, after = set(reads.now), set(reads.after)
        for name in analysis.free(expression) & env.bindings.keys():
            binding = env.bindings[name]
            inner_now: set[int] = set()
            inner_after: set[int] = set()
            match binding:
                case Delayed(expression=inner, env=inner_env) if binding.cached is None:
                    inner_now, inner_after = self.reads_of(inner, inner_env)
                case LocalOperator(body=inner, env=[inner_env], is_recursive=False):
                    parameters = {each.name: Bound(Code("None")) for each in binding.parameters}
                    inner_now, inner_after = self.reads_of(inner, inner_env.bind(parameters))
            now |= inner_now
            after |= inner_after
            if name in reads.primed_names:
                after |= inner_now
        return now, after

    def call_local(self, local: LocalOperator, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
        if self._must_inline(local, arguments, env):
            strict = self.program.analysis.strict(local.body, local.env[0].scope)
            return self.value(local.body, self.computed(local, arguments, node, env, strict))
        function = self.local_operator(local, env)
        items = self.values_or_operators(arguments, [parameter.arity for parameter in local.parameters], env)
        return Code(self.mark(f"{function}({items})", node, env), depth=items.count("(") + 1)

    def inlined_local(self, local: LocalOperator, arguments: tuple[ast.Expr, ...], node: ast.Node, env: Env) -> Env:
        """Where the body of ``local`` is lowered in place of its application."""
        pairs = zip(local.parameters, arguments, strict=True)
        bindings = {parameter.name: self.argument(argument, env) for parameter, argument in pairs}
        inner = local.env[0].with_views(env).bind(bindings)
        return inner.under((*env.chain, (local.name, node.location)))

    def _must_inline(self, local: LocalOperator, arguments: tuple[ast.Expr, ...], env: Env) -> bool:
        if local.is_recursive:
            return False
        inner = local.env[0]
        analysis = self.program.analysis
        names = {parameter.name for parameter in local.parameters}
        if analysis.reads(local.body, inner.scope, names).primed_names & names:
            return True
        if self.depends_on_unassigned(
            local.body, inner.with_views(env).bind({name: Bound(Code("None")) for name in names})
        ):
            return True
        strict = analysis.strict(local.body, inner.scope)
        pairs = zip(local.parameters, arguments, strict=True)
        return any(
            not parameter.arity and parameter.name not in strict and not self.is_plain(argument, env)
            for parameter, argument in pairs
        )

    def local_operator(self, local: LocalOperator, env: Env) -> str:
        """The name of a nested function for an operator of LET, made at its first use in a block."""
        key = ("operator", id(local), id(env.now), id(env.after), _assigned(env.now), _assigned(env.after))
        known = self.recall(key)
        if known is not None:
            return known.text
        self._kept_alive.append(local)

        def body(parameters: list[str]) -> None:
            if local.is_recursive:
                self.remember(key, Code(parameters.pop(0)))
            bindings: dict[str, Binding] = {
                parameter.name: Operator(name, parameter.arity)
                if parameter.arity
                else Bound(Code(name, is_atomic=True))
                for parameter, name in zip(local.parameters, parameters, strict=True)
            }
            self.give_back(local.body, local.env[0].with_views(env).bind(bindings))

        names = [parameter.name for parameter in local.parameters]
        name = self.closure(local.name, names, body, refers_to_itself=local.is_recursive)
        self.program.name_function(name, local.name)
        return self.remember(key, Code(name)).text

    def local_function(self, local: LocalFunction, env: Env) -> Code:
        key = ("function", id(local), id(env.now), id(env.after), _assigned(env.now), _assigned(env.after))
        known = self.recall(key)
        if known is not None:
            return known
        self._kept_alive.append(local)
        unit = local.definition

        def within(itself: str, inner: Env) -> None:
            self.remember(key, Code(itself, "function", is_atomic=True))
            self.give_back(unit.body, inner)

        name = self.recursive_function(unit.name, unit.bounds, local.env[0].with_views(env), within, unit)
        return self.remember(key, Code(name, "function", is_atomic=True))

    def recursive_function(
        self,
        name: str,
        bounds: tuple[ast.Bound, ...],
        env: Env,
        body: Callable[[str, Env], object],
        node: ast.Node,
    ) -> str:
        """The local name of a function value whose rule, emitted by ``body``, may use the function itself."""
        domain = self.domain_of(bounds, env)
        result = self.fresh(name)

        def make(itself: list[str]) -> None:
            rule = self.function_of_bounds(bounds, env, lambda inner: body(itself[0], inner), "rule")
            self.emit(f"return {rule}")

        maker = self.closure("make", [name], make)
        self.emit(f"{result} = " + self.mark(f"recursive_function({domain.text}, {maker})", node, env))
        return result

    # ------------------------------------------------------------------------------------- arguments

    def argument(self, argument: ast.Expr, env: Env) -> Binding:
        """An argument as a binding that is lowered where it is used."""
        if isinstance(argument, ast.Lambda):
            return self._lambda_operator(argument, env)
        if isinstance(argument, ast.Name):
            known = env.lookup(argument.name)
            if not isinstance(known, Binding | VariableSymbol | None) and _takes_arguments(known):
                return Alias(argument.name, env)
            if isinstance(known, Operator | LocalOperator | Alias | Bound | LocalFunction):
                return known
        return Delayed(argument, env)

    @staticmethod
    def _lambda_operator(node: ast.Lambda, env: Env) -> LocalOperator:
        parameters = tuple(ast.Parameter(name) for name in node.parameters)
        return LocalOperator("LAMBDA", parameters, node.body, [env], is_recursive=False)

    def values_or_operators(self, arguments: Sequence[ast.Expr], arities: Sequence[int], env: Env) -> str:
        items = [
            self.callable(argument, arity, env) if arity else self.value(argument, env).text
            for argument, arity in zip(arguments, arities, strict=True)
        ]
        return ", ".join(items)

    def lazy_argument(self, argument: ast.Expr, env: Env) -> str:
        return self.closure("late", (), lambda _: _nothing(self.give_back(argument, env)))


def _takes_arguments(symbol: object) -> bool:
    if isinstance(symbol, Definition):
        return bool(symbol.parameters)
    return isinstance(symbol, BuiltinOperator) and symbol.arity > 0


def _lacks(view: View | None, variables: set[int]) -> bool:
    return isinstance(view, AssignedView) and any(index not in view.assigned for index in variables)


def _assigned(view: View | None) -> object:
    """What distinguishes two moments of a view that fills up."""
    return frozenset(view.assigned) if isinstance(view, AssignedView) else None


def _nothing(_: object) -> None:
    return None
