"""Lowering of names and operators: what they stand for, and how definitions are called.

Arguments are handed over by value where the definition is sure to evaluate them or where they cannot fail; otherwise
as a :class:`~tlatrace.compile.runtime.Lazy`, since TLC evaluates an argument only when it is used. A definition that
primes a parameter (``Keep(v) == v' = v``) is inlined with the argument itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tlatrace.compile.analysis import TEMPORAL
from tlatrace.compile.code import Code, unmarked
from tlatrace.compile.let import Locals
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
)
from tlatrace.compile.step_operators import SPECIAL_OPERATORS
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, VariableSymbol
from tlatrace.syntax import ast

NO_TEMPORAL = "a temporal formula is true or false of a behavior; it has no value in a step"

# A definition up to this size is written out where it would otherwise need arguments that are computed late.
INLINED_WEIGHT_MAX = 100


class References(Locals):
    """The part of the lowering that resolves names; :class:`~tlatrace.compile.expressions.Expressions` completes it."""

    # ---------------------------------------------------------------------------------------- names

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
                return self.local_function(local, env)
            case LocalOperator(parameters=()) as local:
                return Code(self.mark(f"{self.local_operator(local, env)}()", node, env))
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

    # --------------------------------------------------------------------- operators with arguments

    def _apply(self, node: ast.Apply, env: Env) -> Code:
        return self.applied(node.operator, node.arguments, node, env)

    def applied(self, name: str, arguments: tuple[ast.Expr, ...], node: ast.Expr, env: Env) -> Code:
        """The value of an operator's application."""
        if name not in env.bindings:
            special = SPECIAL_OPERATORS.get(name)
            if special is not None:
                return special(self, arguments, node, env)
            if name in TEMPORAL:
                return self.failure(NO_TEMPORAL, node, env)
        match env.lookup(name):
            case Operator(text=text, arity=arity):
                items = self.values_or_operators(arguments, (0,) * arity, env)
                return Code(self.mark(f"{text}({items})", node, env), depth=1)
            case Alias(target=target, env=inner):
                return self._applied_elsewhere(target, arguments, node, env, inner)
            case LocalOperator() as local:
                return self.call_local(local, arguments, node, env)
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
        """An operator handed over by name: ``target`` means what it means in ``inner``, the arguments what they
        mean in ``env``.
        """
        names = tuple(f"{target}!{position}" for position in range(len(arguments)))
        bindings = {name: self.argument(each, env) for name, each in zip(names, arguments, strict=True)}
        place = node.location
        call = ast.Apply(target, tuple(ast.Name(name, location=place) for name in names), location=place)
        return self.applied(target, call.arguments, call, inner.with_views(env).bind(bindings))

    def callable(self, argument: ast.Expr, arity: int, env: Env) -> str:
        """Python text for a callable of ``arity`` values that an operator argument stands for."""
        if isinstance(argument, ast.Name):
            known = env.lookup(argument.name)
            if isinstance(known, Operator):
                return known.text
            if isinstance(known, LocalOperator):
                return self.local_operator(known, env)
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
            closures = [self.lazy_argument(argument, env) for argument in arguments]
            return Code(self.mark(f"{self.program.builtin(builtin)}({', '.join(closures)})", node, env), depth=1)
        arities = builtin.parameter_arities or (0,) * builtin.arity
        items = self.values_or_operators(arguments, arities, env)
        kind = self.program.result_kind(builtin)
        return Code(self.mark(f"{self.program.builtin(builtin)}({items})", node, env), kind, depth=items.count("(") + 1)

    # ---------------------------------------------------------------------------------- definitions

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
        return f"Lazy({self.lazy_argument(argument, env)})"

    def computed(
        self,
        definition: Definition | LocalOperator,
        arguments: tuple[ast.Expr, ...],
        node: ast.Node,
        env: Env,
        strict: frozenset[str],
    ) -> Env:
        """Where a body is lowered in place, those arguments computed that it is sure to need or may need more than
        once.
        """
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
        """Where the body of ``definition`` is lowered in place of its application; arguments are lowered where they
        are used.
        """
        pairs = zip(definition.parameters, arguments, strict=True)
        bindings = {parameter.name: self.argument(argument, env) for parameter, argument in pairs}
        return env.enter(definition.scope, bindings, definition.name, node.location)

    def tail_call(self, node: ast.Apply, env: Env) -> bool:
        """Emit a jump to the start of this function if ``node`` is an application of the definition that it
        computes.
        """
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


def application_key(function: Code, key: Code) -> tuple[str, str, str]:
    """What an application of two atomic pieces is remembered under."""
    return "apply", unmarked(function.text), unmarked(key.text)
