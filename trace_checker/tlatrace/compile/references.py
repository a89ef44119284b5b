"""Lowering of names and operators: what they stand for, how definitions are called, LET.

Arguments are handed over by value where the definition is sure to evaluate them or where they cannot fail; otherwise as a
:class:`~tlatrace.compile.runtime.Lazy`, since TLC evaluates an argument only when it is used. A definition that primes a
parameter (``Keep(v) == v' = v``) is inlined with the argument itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tlatrace.compile.analysis import TEMPORAL, defined_names
from tlatrace.compile.code import Code, unmarked
from tlatrace.compile.lowering import Emitter
from tlatrace.compile.operators import OPERATORS
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
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, VariableSymbol
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.program import Program


NO_TEMPORAL = "a temporal formula is true or false of a behavior; it has no value in a step"

# A definition up to this size is written out where it would otherwise need arguments that are computed late.
INLINED_WEIGHT_MAX = 100


class References(Emitter):
    """The part of the lowering that resolves names; :class:`~tlatrace.compile.expressions.Expressions` completes it."""

    def __init__(self, program: Program, level: int = 1) -> None:
        super().__init__(program, level)
        # The definition this function computes, its parameters and which of them come late, for calls of itself in its last step.
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

    def enabled(self, action: ast.Expr, env: Env) -> Code:
        raise NotImplementedError

    def composition(self, node: ast.Apply, env: Env) -> Code:
        raise NotImplementedError

    def failure(self, message: str, node: ast.Node, env: Env) -> Code:
        """Text that raises ``message`` when it is evaluated."""
        return Code(self.mark(f"fail({ascii(message)})", node, env))

    # ------------------------------------------------------------------------------------------------ names

    def _name(self, node: ast.Name, env: Env) -> Code:
        return self.named(node.name, node, env)

    def named(self, name: str, node: ast.Node, env: Env) -> Code:
        """The value that ``name`` stands for."""
        match env.lookup(name):
            case Bound(code=code):
                return code
            case Delayed() as delayed:
                return self._delayed(delayed, env)
            case Alias(target=target, env=inner):
                return self.named(target, node, inner.with_views(env))
            case LocalFunction() as local:
                return self._local_function(local, env)
            case LocalOperator(parameters=()) as local:
                return Code(self.mark(f"{self._local_operator(local, env)}()", node, env))
            case VariableSymbol() as variable:
                return self.variable_value(variable, node, env)
            case ConstantSymbol(arity=0) as constant:
                if constant.value is None:
                    return self.failure(f"the constant {name} has no value", node, env)
                return self.program.literal(constant.value, name)
            case BuiltinOperator(arity=0) as builtin:
                return self.program.builtin_value(builtin)
            case Definition(parameters=()) as definition:
                return self.call(definition, (), node, env)
            case None:
                return self.failure(f"the name {name} means nothing here", node, env)
            case _:
                return self.failure(f"the operator {name} stands without its arguments", node, env)

    def variable_value(self, variable: VariableSymbol, node: ast.Node, env: Env) -> Code:
        """A variable, read in the state that ``env`` means by unprimed names."""
        code = env.now.read(variable.index)
        if code is not None:
            # The state may be one that comes into being elsewhere, and lack this variable.
            return replace(code, text=self.mark(code.text, node, env))
        before = "it is assigned" if isinstance(env.now, AssignedView) and env.now.mark else "it has a value"
        mark = env.now.mark if isinstance(env.now, AssignedView) else ""
        return self.failure(f"{variable.name}{mark} is read before {before}", node, env)

    def _delayed(self, delayed: Delayed, env: Env) -> Code:
        inner = delayed.env.with_views(env)
        if inner is delayed.env:
            if delayed.cached is not None:
                return delayed.cached
            if delayed.thunk is not None:
                return Code(f"{delayed.thunk}()", depth=1)
        return self.value(delayed.expression, inner)

    # ------------------------------------------------------------------------------------------------ operators with arguments

    def _apply(self, node: ast.Apply, env: Env) -> Code:
        return self.applied(node.operator, node.arguments, node, env)

    def applied(self, name: str, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
        """The value of an operator's application."""
        if name not in env.bindings:
            special = _SPECIAL.get(name)
            if special is not None:
                return special(self, arguments, node, env)
            if name in TEMPORAL:
                return self.failure(NO_TEMPORAL, node, env)
        match env.lookup(name):
            case Operator(text=text, arity=arity):
                items = self._values_or_operators(arguments, (0,) * arity, env)
                return Code(self.mark(f"{text}({items})", node, env), depth=1)
            case Alias(target=target, env=inner):
                return self._applied_elsewhere(target, arguments, node, env, inner)
            case LocalOperator() as local:
                return self._call_local(local, arguments, node, env)
            case Definition() as definition:
                return self.call(definition, arguments, node, env)
            case BuiltinOperator() as builtin:
                return self._call_builtin(builtin, arguments, node, env)
            case None:
                return self.failure(f"the operator {name} means nothing here", node, env)
            case _:
                return self.failure(f"{name} takes no arguments", node, env)

    def _applied_elsewhere(
        self, target: str, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env, inner: Env
    ) -> Code:
        """An operator handed over by name: ``target`` means what it means in ``inner``, the arguments what they mean in ``env``."""
        names = tuple(f"{target}!{position}" for position in range(len(arguments)))
        bindings = {name: self._argument(each, env) for name, each in zip(names, arguments, strict=True)}
        place = node.location
        call = ast.Apply(target, tuple(ast.Name(name, location=place) for name in names), location=place)
        return self.applied(target, call.arguments, call, inner.with_views(env).bind(bindings))

    def _argument(self, argument: ast.Expr, env: Env) -> Binding:
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

    def _values_or_operators(self, arguments: Sequence[ast.Expr], arities: Sequence[int], env: Env) -> str:
        items = [
            self.callable(argument, arity, env) if arity else self.value(argument, env).text
            for argument, arity in zip(arguments, arities, strict=True)
        ]
        return ", ".join(items)

    def callable(self, argument: ast.Expr, arity: int, env: Env) -> str:
        """Python text for a callable of ``arity`` values that an operator argument stands for."""
        if isinstance(argument, ast.Name):
            known = env.lookup(argument.name)
            if isinstance(known, Operator):
                return known.text
            if isinstance(known, LocalOperator):
                return self._local_operator(known, env)
            if isinstance(known, BuiltinOperator) and not known.is_lazy and not any(known.parameter_arities):
                return self.program.builtin(known)
        names = argument.parameters if isinstance(argument, ast.Lambda) else tuple(f"a{i}" for i in range(arity))

        def body(parameters: list[str]) -> None:
            bindings = {name: Bound(Code(each, is_atomic=True)) for name, each in zip(names, parameters, strict=True)}
            inner = env.bind(bindings)
            if isinstance(argument, ast.Lambda):
                self.give_back(argument.body, inner)
                return
            assert isinstance(argument, ast.Name)
            place = argument.location
            actuals = tuple(ast.Name(name, location=place) for name in names)
            self.give_back(ast.Apply(argument.name, actuals, location=place), inner)

        name = self.closure("op", names, body)
        if isinstance(argument, ast.Lambda):
            self.program.name_function(name, "LAMBDA")
        return name

    def _call_builtin(
        self, builtin: BuiltinOperator, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env
    ) -> Code:
        lower = OPERATORS.get(builtin.name) if self.program.is_standard(builtin) else None
        if lower is not None and isinstance(node, ast.Apply):
            code = lower(self, arguments, node, env)
            if code is not None:
                return code
        if builtin.is_lazy:
            closures = [self._lazy_argument(argument, env) for argument in arguments]
            return Code(self.mark(f"{self.program.builtin(builtin)}({', '.join(closures)})", node, env), depth=1)
        arities = builtin.parameter_arities or (0,) * builtin.arity
        items = self._values_or_operators(arguments, arities, env)
        kind = self.program.result_kind(builtin)
        return Code(self.mark(f"{self.program.builtin(builtin)}({items})", node, env), kind, depth=items.count("(") + 1)

    def _lazy_argument(self, argument: ast.Expr, env: Env) -> str:
        return self.closure("late", (), lambda _: _nothing(self.give_back(argument, env)))

    # ------------------------------------------------------------------------------------------------ definitions

    def call(
        self, definition: Definition, arguments: tuple[ast.Expr, ...], node: ast.Expr | ast.Node, env: Env
    ) -> Code:
        """The value of a definition, applied to its arguments."""
        own = self.functions.get(id(definition))
        if own is not None:
            return Code(own, "function", is_atomic=True)
        facts = self.program.analysis.definition(definition)
        if not definition.parameters:
            constant = self.program.constant_definition(definition)
            if constant is not None:
                return constant
            if isinstance(definition.body, ast.Name):
                return self.value(definition.body, env.enter(definition.scope, {}, definition.name, node.location))
        if facts.after and env.after is None:
            return self.failure(f"{definition.name} speaks of the next state, and there is none here", node, env)
        if facts.primed_names:
            if definition.is_recursive:
                return self.failure(f"{definition.name} is recursive and primes a parameter", node, env)
            return self.value(definition.body, self.inlined(definition, arguments, node, env))
        late = self.late_parameters(definition, arguments, env)
        if late and self.program.analysis.weight(definition) <= INLINED_WEIGHT_MAX:
            strict = self.program.analysis.strict_parameters(definition)
            return self.value(definition.body, self.computed(definition, arguments, node, env, strict))
        function, kind = self.program.function(definition, frozenset(late))
        items = self.operands(definition, arguments, late, env)
        text = f"{function}({', '.join(items)})"
        return Code(self.mark(text, node, env), kind, depth=max((item.count("(") for item in items), default=0) + 1)

    def operands(
        self, definition: Definition, arguments: tuple[ast.Expr, ...], late: Sequence[str], env: Env
    ) -> list[str]:
        """What the generated function of ``definition`` is called with."""
        facts = self.program.analysis.definition(definition)
        items = self.views_for(facts.now, facts.after, env)
        for parameter, argument in zip(definition.parameters, arguments, strict=True):
            if parameter.arity:
                items.append(self.callable(argument, parameter.arity, env))
            elif parameter.name in late:
                items.append(self._late(argument, env))
            else:
                items.append(self.value(argument, env).text)
        return items

    def late_parameters(self, definition: Definition, arguments: tuple[ast.Expr, ...], env: Env) -> list[str]:
        """The parameters whose arguments must not be computed before the call."""
        strict = self.program.analysis.strict_parameters(definition)
        return [
            parameter.name
            for parameter, argument in zip(definition.parameters, arguments, strict=True)
            if not parameter.arity and parameter.name not in strict and not self.is_plain(argument, env)
        ]

    def _late(self, argument: ast.Expr, env: Env) -> str:
        """Text for an argument that is computed when it is needed."""
        if isinstance(argument, ast.Name):
            known = env.bindings.get(argument.name)
            if isinstance(known, Delayed) and known.thunk is not None and known.env.with_views(env) is known.env:
                return known.thunk
        return f"Lazy({self._lazy_argument(argument, env)})"

    def computed(
        self,
        definition: Definition | LocalOperator,
        arguments: tuple[ast.Expr, ...],
        node: ast.Node,
        env: Env,
        strict: frozenset[str],
    ) -> Env:
        """Where a body is lowered in place, those arguments computed that it is sure to need or may need more than once."""
        if isinstance(definition, Definition):
            inner = self.inlined(definition, arguments, node, env)
        else:
            inner = self.inlined_local(definition, arguments, node, env)
        analysis = self.program.analysis
        names = [parameter.name for parameter in definition.parameters]
        primed = analysis.reads(definition.body, inner.scope, names).primed_names
        bindings: dict[str, Binding] = {}
        for parameter in definition.parameters:
            binding = inner.bindings[parameter.name]
            if parameter.arity == 0 and isinstance(binding, Delayed) and parameter.name not in primed:
                uses = analysis.uses(parameter.name, definition.body)
                is_strict = parameter.name in strict
                bindings[parameter.name] = self.delay(binding.expression, binding.env, uses, is_strict)
        return inner.bind(bindings)

    @staticmethod
    def views_for(now: set[int], after: set[int], env: Env) -> list[str]:
        """The state arguments of a generated function that reads these variables."""
        views: list[str] = []
        if now:
            views.append(env.now.as_tuple(now))
        if after:
            assert env.after is not None
            views.append(env.after.as_tuple(after))
        return views

    def inlined(self, definition: Definition, arguments: tuple[ast.Expr, ...], node: ast.Node, env: Env) -> Env:
        """Where the body of ``definition`` is lowered in place of its application; arguments are lowered where they are used."""
        pairs = zip(definition.parameters, arguments, strict=True)
        bindings = {parameter.name: self._argument(argument, env) for parameter, argument in pairs}
        return env.enter(definition.scope, bindings, definition.name, node.location)

    def tail_call(self, node: ast.Apply, env: Env) -> bool:
        """Emit a jump to the start of this function if ``node`` is an application of the definition that it computes."""
        if self.own is None or env.lookup(node.operator) is not self.own[0]:
            return False
        definition, parameters, late = self.own
        strict = self.program.analysis.strict_parameters(definition)
        pairs = tuple(zip(definition.parameters, node.arguments, strict=True))
        for parameter, argument in pairs:
            is_early = parameter.name in strict or self.is_plain(argument, env)
            if not (parameter.name in late or is_early or (parameter.arity and self._is_operator(argument, env))):
                return False
        values = [
            self._late(argument, env)
            if parameter.name in late
            else self.callable(argument, parameter.arity, env)
            if parameter.arity
            else self.value(argument, env).text
            for parameter, argument in pairs
        ]
        if not values:
            return False
        self.emit(f"{', '.join(parameters)}, = {', '.join(values)},")
        self.emit("continue")
        self.has_tail_call = True
        return True

    @staticmethod
    def _is_operator(argument: ast.Expr, env: Env) -> bool:
        return isinstance(argument, ast.Name) and isinstance(env.lookup(argument.name), Operator)

    def is_plain(self, expression: ast.Expr, env: Env) -> bool:
        """Whether ``expression`` can be evaluated without need: it costs nothing and cannot fail."""
        match expression:
            case ast.Number() | ast.String():
                return True
            case ast.Name(name=name) | ast.Apply(operator=name, arguments=()):
                match env.lookup(name):
                    case Bound() | Operator():
                        return True
                    case Delayed(cached=cached, thunk=thunk) as delayed:
                        if delayed.env.with_views(env) is delayed.env and cached is not None:
                            return True
                        return thunk is None and self.is_plain(delayed.expression, delayed.env.with_views(env))
                    case VariableSymbol(index=index):
                        return env.now.read(index) is not None
                    case ConstantSymbol(value=value):
                        return value is not None
                    case BuiltinOperator(arity=arity):
                        return arity == 0
                    case Definition(parameters=(), body=body) as definition:
                        return isinstance(body, ast.Number | ast.String) or id(definition) in self.functions
            case ast.At():
                return True
            case ast.FunctionApply(function=function, arguments=(argument,)):
                return self._is_known(function, argument, env)
            case ast.Field(record=record, name=name):
                return self._is_known(record, ast.String(name), env)
        return False

    def _is_known(self, function: ast.Expr, argument: ast.Expr, env: Env) -> bool:
        """Whether an application was computed before, and its value is at hand."""
        if not self.is_plain(function, env) or not self.is_plain(argument, env):
            return False
        one, other = self.value(function, env), self.value(argument, env)
        return self.recall(application_key(one, other)) is not None

    # ------------------------------------------------------------------------------------------------ LET

    def bind_let(
        self, definitions: tuple[ast.Unit, ...], body: ast.Expr, env: Env, strict: frozenset[str] | None = None
    ) -> Env:
        """``env`` with the names that LET defines. ``strict``: those that are certainly evaluated, if the caller knows better."""
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
        # A recursive definition may use those after it; the others see only names that are not bound again.
        for cell in cells:
            cell.append(inner)
        return inner

    def delay(self, expression: ast.Expr, env: Env, uses: int, is_strict: bool) -> Delayed:
        """A binding of ``expression`` that evaluates it at most once where that matters, and only when it is needed."""
        if uses < 2 or self.is_plain(expression, env) or self.program.constant(expression, env) is not None:
            return Delayed(expression, env)
        if self.depends_on_unassigned(expression, env):
            return Delayed(expression, env)
        if is_strict:
            return Delayed(expression, env, cached=self.atom(self.value(expression, env)))
        thunk = self.fresh("late")
        self.emit(f"{thunk} = Lazy({self._lazy_argument(expression, env)})")
        return Delayed(expression, env, thunk=thunk)

    def depends_on_unassigned(self, expression: ast.Expr, env: Env) -> bool:
        """Whether ``expression`` reads, or could assign, a variable that has no value yet on the path that is being lowered."""
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

    def _call_local(self, local: LocalOperator, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
        if self._must_inline(local, arguments, env):
            strict = self.program.analysis.strict(local.body, local.env[0].scope)
            return self.value(local.body, self.computed(local, arguments, node, env, strict))
        function = self._local_operator(local, env)
        items = self._values_or_operators(arguments, [parameter.arity for parameter in local.parameters], env)
        return Code(self.mark(f"{function}({items})", node, env), depth=items.count("(") + 1)

    def inlined_local(self, local: LocalOperator, arguments: tuple[ast.Expr, ...], node: ast.Node, env: Env) -> Env:
        """Where the body of ``local`` is lowered in place of its application."""
        pairs = zip(local.parameters, arguments, strict=True)
        bindings = {parameter.name: self._argument(argument, env) for parameter, argument in pairs}
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

    def _local_operator(self, local: LocalOperator, env: Env) -> str:
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

    def _local_function(self, local: LocalFunction, env: Env) -> Code:
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


def application_key(function: Code, key: Code) -> tuple[str, str, str]:
    """What an application of two atomic pieces is remembered under."""
    return "apply", unmarked(function.text), unmarked(key.text)


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


# ---------------------------------------------------------------------------------------------------- operators of the language


def _prime(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    if env.after is None:
        return lowering.failure("a primed expression is evaluated where there is no step", node, env)
    argument = arguments[0]
    if isinstance(argument, ast.Name):
        variable = env.lookup(argument.name)
        if isinstance(variable, VariableSymbol):
            return lowering.variable_value(variable, node, env.primed())
    return lowering.value(argument, env.primed())


def _unchanged(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    if env.after is None:
        return lowering.failure("UNCHANGED is evaluated where there is no step", node, env)
    one = arguments[0]
    place = node.location
    if isinstance(one, ast.Tuple) and one.items:
        items = tuple(ast.Apply("UNCHANGED", (item,), location=place) for item in one.items)
        return lowering.value(ast.Junction("/\\", items, location=place), env)
    now, after = lowering.value(one, env), lowering.value(one, env.primed())
    return Code(
        lowering.mark(f"equal({after.text}, {now.text})", node, env), "bool", depth=1 + max(now.depth, after.depth)
    )


def _enabled(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    return lowering.enabled(arguments[0], env)


def _composition(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    assert isinstance(node, ast.Apply)
    return lowering.composition(node, env)


def _implies(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    left, right = arguments
    test = lowering.truth(left, env, "the left side of =>")
    with lowering.capture() as lines:
        then = lowering.truth(right, env, "the right side of =>")
    if not lines:
        return Code(f"(not {test.text} or {then.text})", "bool", depth=1 + max(test.depth, then.depth))
    result = lowering.fresh("t")
    lowering.emit(f"{result} = True")
    lowering.emit(f"if {test.text}:")
    lowering.lines += lines
    lowering.lines.append((lowering.level + 1, f"{result} = {then.text}"))
    return Code(result, "bool", is_atomic=True)


def _equivalent(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    left = lowering.truth(arguments[0], env, "the left side of <=>")
    right = lowering.truth(arguments[1], env, "the right side of <=>")
    return Code(f"({left.text} is {right.text})", "bool", depth=1 + max(left.depth, right.depth))


def _negation(lowering: References, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
    test = lowering.truth(arguments[0], env, "the operand of ~")
    return Code(f"(not {test.text})", "bool", depth=test.depth + 1)


_SPECIAL: dict[str, Callable[[References, tuple[ast.Expr, ...], ast.Expr, Env], Code]] = {
    "'": _prime,
    "UNCHANGED": _unchanged,
    "ENABLED": _enabled,
    "\\cdot": _composition,
    "=>": _implies,
    "<=>": _equivalent,
    "~": _negation,
}
