"""What the compiler must know of an expression before it lowers it: free names, variables read, strictness, number of
uses.

Results are remembered for as long as the :class:`Analysis` lives. Answers err on the safe side: a name is *strict*
only if evaluating the expression must evaluate it; a definition is *pure* only if nothing it reaches has an effect or
draws a random number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tlatrace import stdlib
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, Scope, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk

NO_NAMES: Final[frozenset[str]] = frozenset()

# Operators of standard modules whose value is not a function of their arguments alone, or whose evaluation is seen.
IMPURE: Final = stdlib.IMPURE | {"Print", "PrintT", "Assert", "TLCGet", "TLCSet", "JavaTime", "RandomElement"}

# Those among them that a definition without parameters evaluates once a run: TLC computes constants before it starts.
ONCE: Final = stdlib.ONCE | {"Print", "PrintT", "Assert"}

# Operators without arguments that have one value within a run, and perhaps another in the next one.
FIXED: Final = frozenset(("IOEnv",))

# As good as infinite, for the size of a definition.
HEAVY: Final = 1_000_000

TEMPORAL: Final = frozenset(("[]", "<>", "~>", "-+->"))

# Names that no scope holds: they speak of steps, or evaluate only some of their arguments.
STEP_OPERATORS: Final = frozenset(("'", "UNCHANGED", "ENABLED", "\\cdot"))


@dataclass(slots=True)
class Reads:
    """Which variables are read: ``now`` unprimed, ``after`` primed, by index; which of the bound names stand under
    a prime. ``is_fixed``: evaluated once, it need not be evaluated again in the same run.
    """

    now: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    primed_names: set[str] = field(default_factory=set)
    is_pure: bool = True
    is_fixed: bool = True

    def add(self, other: Reads, primed: bool) -> None:
        """What a definition reads, used here, perhaps under a prime."""
        self.after |= other.after
        (self.after if primed else self.now).update(other.now)
        self.is_pure = self.is_pure and other.is_pure
        self.is_fixed = self.is_fixed and other.is_fixed

    @property
    def is_constant(self) -> bool:
        return self.is_pure and not self.now and not self.after


_Bound = Mapping[str, "ast.OperatorDefinition | ast.FunctionDefinition | None"]


class Analysis:
    """Answers about the expressions of one specification."""

    def __init__(self) -> None:
        # Keyed by identity: equal expressions in two places may mean different things. The node is kept so that its id
        # stays its own.
        self._free: dict[int, tuple[ast.Node, frozenset[str]]] = {}
        self._definitions: dict[int, tuple[Definition, Reads]] = {}
        self._strict: dict[int, tuple[Definition, frozenset[str]]] = {}
        self._weights: dict[int, tuple[Definition, int]] = {}
        self._in_progress: list[Definition] = []
        self._met_in_progress = False

    # ----------------------------------------------------------------------------------- free names

    def free(self, node: ast.Node) -> frozenset[str]:
        """The names that ``node`` uses and does not bind, with the symbols of its operators, and ``@``."""
        known = self._free.get(id(node))
        if known is None:
            known = self._free[id(node)] = node, frozenset(self._free_names(node))
        return known[1]

    def _free_names(self, node: ast.Node) -> Iterable[str]:
        match node:
            case ast.Name(name=name):
                return (name,)
            case ast.At():
                return ("@",)
            case ast.Apply(operator=operator, arguments=arguments):
                return {operator, *self._union(arguments)}
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                return self._under(bounds, body)
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                return self._under((bound,), body)
            case ast.SetMap(bounds=bounds, element=body):
                return self._under(bounds, body)
            case ast.Lambda(parameters=parameters, body=body):
                return self.free(body).difference(parameters)
            case ast.Let(definitions=definitions, body=body):
                inner = self._union(definitions) | self.free(body)
                return inner - {name for unit in definitions for name in defined_names(unit)}
            case ast.OperatorDefinition(parameters=formals, body=body):
                return self.free(body) - {parameter.name for parameter in formals}
            case ast.FunctionDefinition(bounds=bounds, body=body):
                return self._under(bounds, body)
            case ast.Recursive():
                return ()
            case ast.ExceptUpdate(path=path, value=value):
                return self._union(path) | (self.free(value) - {"@"})
            case ast.ActionBox(action=action, subscript=subscript):
                return self.free(action) | self.free(subscript) | {"'"}
            case ast.Fairness(action=action, subscript=subscript):
                return self.free(action) | self.free(subscript) | {"[]"}
            case _:
                return self._union(node.children())

    def _union(self, nodes: Iterable[ast.Node]) -> frozenset[str]:
        return NO_NAMES.union(*(self.free(node) for node in nodes))

    def _under(self, bounds: tuple[ast.Bound, ...], body: ast.Expr) -> frozenset[str]:
        names = {name for bound in bounds for name in bound.names}
        domains = self._union(bound.domain for bound in bounds if bound.domain is not None)
        return domains | (self.free(body) - names)

    # ------------------------------------------------------------------------------- variables read

    def definition(self, definition: Definition) -> Reads:
        """What the body of ``definition`` reads, definitions it uses included; ``primed_names`` are parameters."""
        known = self._definitions.get(id(definition))
        if known is not None:
            return known[1]
        reads = Reads()
        outermost = not self._in_progress
        met_before, self._met_in_progress = self._met_in_progress, False
        self._in_progress.append(definition)
        parameters: _Bound = {parameter.name: None for parameter in definition.parameters}
        self._walk(definition.body, definition.scope, parameters, False, reads, set())
        self._in_progress.pop()
        if reads.is_fixed and not (definition.parameters or reads.now or reads.after):
            reads.is_pure = True  # It is a constant: what it prints or reads is printed and read once.
        if outermost or not self._met_in_progress:
            self._definitions[id(definition)] = definition, reads
        self._met_in_progress = met_before or (self._met_in_progress and not outermost)
        return reads

    def reads(self, expression: ast.Expr, scope: Scope, bound: Iterable[str] = ()) -> Reads:
        """What ``expression`` reads; of ``bound`` names only whether they stand under a prime is told."""
        reads = Reads()
        self._walk(expression, scope, dict.fromkeys(bound), False, reads, set())
        return reads

    def _walk(
        self,
        node: ast.Node,
        scope: Scope,
        bound: _Bound,
        primed: bool,
        reads: Reads,
        seen: set[tuple[int, bool]],
    ) -> None:
        def inside(part: ast.Node, under_prime: bool = primed, names: _Bound = bound) -> None:
            self._walk(part, scope, names, under_prime, reads, seen)

        match node:
            case ast.Name(name=name):
                self._walk_reference(name, (), scope, bound, primed, reads, seen)
            case ast.Apply(operator="'", arguments=(argument,)):
                inside(argument, True)
            case ast.Apply(operator="UNCHANGED", arguments=(argument,)):
                inside(argument)
                inside(argument, True)
            case ast.Apply(operator="ENABLED", arguments=(argument,)):
                hidden = Reads()
                self._walk(argument, scope, bound, False, hidden, set())
                hidden.after.clear()
                reads.add(hidden, primed)
                reads.primed_names |= hidden.primed_names
            case ast.Apply(operator=operator, arguments=arguments):
                self._walk_reference(operator, arguments, scope, bound, primed, reads, seen)
                for argument in arguments:
                    inside(argument)
            case ast.ActionBox(action=action, subscript=subscript):
                inside(action)
                inside(subscript)
                inside(subscript, True)
            case ast.Let(definitions=definitions, body=body):
                inner = dict(bound)
                for unit in definitions:
                    for name in defined_names(unit):
                        inner[name] = None if isinstance(unit, ast.Recursive) else unit  # type: ignore[assignment]
                inside(body, primed, inner)
            case _:
                inner = {**bound, **dict.fromkeys(_bound_names(node))}
                for child in node.children():
                    inside(child, primed, inner)

    def _walk_reference(
        self,
        name: str,
        arguments: tuple[ast.Expr, ...],
        scope: Scope,
        bound: _Bound,
        primed: bool,
        reads: Reads,
        seen: set[tuple[int, bool]],
    ) -> None:
        if name in bound:
            local = bound[name]
            if primed:
                reads.primed_names.add(name)
            if local is not None and (id(local), primed) not in seen:
                seen.add((id(local), primed))
                names = [parameter.name for parameter in getattr(local, "parameters", ())]
                names += [each for item in getattr(local, "bounds", ()) for each in item.names]
                inner = {**bound, **dict.fromkeys(names)}
                for child in local.children():
                    self._walk(child, scope, inner, primed, reads, seen)
            return
        match scope.get(name):
            case VariableSymbol(index=index):
                (reads.after if primed else reads.now).add(index)
            case Definition() as definition:
                if any(definition is each for each in self._in_progress):
                    self._met_in_progress = True
                    return
                facts = self.definition(definition)
                reads.add(facts, primed)
                for parameter, argument in zip(definition.parameters, arguments, strict=False):
                    if parameter.name in facts.primed_names:
                        self._walk(argument, scope, bound, True, reads, seen)
            case BuiltinOperator(name=own_name):
                reads.is_pure = reads.is_pure and own_name not in IMPURE
                reads.is_fixed = reads.is_fixed and (own_name not in IMPURE or own_name in ONCE)
            case ConstantSymbol():
                pass
            case None:
                reads.is_pure = reads.is_pure and name not in TEMPORAL
                reads.is_fixed = reads.is_fixed and name not in TEMPORAL

    # ----------------------------------------------------------------------------------- strictness

    def strict_parameters(self, definition: Definition) -> frozenset[str]:
        """The parameters that every evaluation of the body evaluates."""
        known = self._strict.get(id(definition))
        if known is not None:
            return known[1]
        names = frozenset(parameter.name for parameter in definition.parameters if parameter.arity == 0)
        # The greatest fixed point: start by believing that all are strict, and take back what a round refutes.
        while True:
            self._strict[id(definition)] = definition, names
            found = self.strict(definition.body, definition.scope) & names
            if found == names:
                return names
            names = found

    def strict(self, node: ast.Expr, scope: Scope) -> frozenset[str]:
        """Names of values that any evaluation of ``node`` that gives a value must have evaluated."""

        def all_of(nodes: Iterable[ast.Expr]) -> frozenset[str]:
            return NO_NAMES.union(*(self.strict(each, scope) for each in nodes))

        match node:
            case ast.Name(name=name):
                return frozenset((name,))
            case ast.At():
                return frozenset(("@",))
            case ast.Apply(operator=operator) if operator in STEP_OPERATORS or operator in TEMPORAL:
                return NO_NAMES
            case ast.Apply(operator="=>", arguments=(left, _)):
                return self.strict(left, scope)
            case ast.Apply(operator=operator, arguments=arguments):
                symbol = scope.get(operator)
                if isinstance(symbol, Definition):
                    strict = self.strict_parameters(symbol)
                    pairs = zip(symbol.parameters, arguments, strict=False)
                    return all_of(each for parameter, each in pairs if parameter.name in strict)
                if isinstance(symbol, BuiltinOperator) and (symbol.is_lazy or any(symbol.parameter_arities)):
                    return NO_NAMES
                # A name bound around, such as a parameter that is an operator, may ignore its arguments.
                return all_of(arguments) if symbol is not None or operator in ("~", "<=>") else NO_NAMES
            case ast.Junction(items=items):
                return self.strict(items[0], scope)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                both = self.strict(then, scope) & self.strict(otherwise, scope)
                return self.strict(condition, scope) | both
            case ast.Case(arms=arms):
                return self.strict(arms[0].condition, scope)
            case ast.Let(definitions=definitions, body=body):
                return self._strict_let(definitions, body, scope)
            case ast.SetEnumeration(items=items) | ast.Tuple(items=items) | ast.Times(items=items):
                return all_of(items)
            case ast.Record(items=fields):
                return all_of(each.value for each in fields)
            case ast.FunctionApply(function=function, arguments=arguments):
                return self.strict(function, scope) | all_of(arguments)
            case ast.Field(record=record):
                return self.strict(record, scope)
            case ast.Except(function=function):
                return self.strict(function, scope)
            case ast.Quantifier(bounds=bounds) | ast.SetMap(bounds=bounds) | ast.FunctionConstructor(bounds=bounds):
                return all_of(each.domain for each in bounds if each.domain is not None)
            case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
                return NO_NAMES if bound.domain is None else self.strict(bound.domain, scope)
            case ast.Label(body=body):
                return self.strict(body, scope)
            case _:
                return NO_NAMES

    def _strict_let(self, definitions: tuple[ast.Unit, ...], body: ast.Expr, scope: Scope) -> frozenset[str]:
        names = self.strict(body, scope)
        for unit in reversed(definitions):
            if isinstance(unit, ast.OperatorDefinition) and not unit.parameters and unit.name in names:
                names |= self.strict(unit.body, scope)
        return names - {name for unit in definitions for name in defined_names(unit)}

    # ----------------------------------------------------------------------------------------- size

    def weight(self, definition: Definition) -> int:
        """The number of nodes of the body with every definition it uses written out; :data:`HEAVY` for a recursive
        one.
        """
        known = self._weights.get(id(definition))
        if known is None:
            self._weights[id(definition)] = definition, HEAVY
            total = 0
            if not definition.is_recursive:
                for node in walk(definition.body):
                    total += 1
                    name = getattr(node, "operator", None) or (node.name if isinstance(node, ast.Name) else None)
                    symbol = definition.scope.get(name) if isinstance(name, str) else None
                    if isinstance(symbol, Definition):
                        total += self.weight(symbol)
                known = self._weights[id(definition)] = definition, min(HEAVY, total)
            else:
                known = self._weights[id(definition)]
        return known[1]

    # ----------------------------------------------------------------------------------------- uses

    def uses(self, name: str, node: ast.Node) -> int:
        """How often evaluating ``node`` may evaluate ``name``, counted up to 2: a use that is repeated counts as 2."""
        if name not in self.free(node):
            return 0
        match node:
            case ast.Name() | ast.At():
                return 1
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                return self._uses_under(name, bounds, body)
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                return self._uses_under(name, (bound,), body)
            case ast.SetMap(bounds=bounds, element=body):
                return self._uses_under(name, bounds, body)
            case ast.Lambda() | ast.FunctionDefinition():
                return 2
            case ast.OperatorDefinition(parameters=parameters) if parameters:
                return 2
            case ast.ActionBox() | ast.Fairness():
                return 2
            case ast.Apply(operator="UNCHANGED"):
                return 2
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                either = max(self.uses(name, then), self.uses(name, otherwise))
                return min(2, self.uses(name, condition) + either)
            case _:
                return min(2, sum(self.uses(name, child) for child in node.children()))

    def _uses_under(self, name: str, bounds: tuple[ast.Bound, ...], body: ast.Expr) -> int:
        if name in self.free(body) and all(name not in bound.names for bound in bounds):
            return 2
        return min(2, sum(self.uses(name, bound.domain) for bound in bounds if bound.domain is not None))


def defined_names(unit: ast.Unit) -> Iterator[str]:
    """The names that a definition inside LET introduces."""
    match unit:
        case ast.OperatorDefinition(name=name) | ast.FunctionDefinition(name=name):
            yield name
        case ast.Recursive(parameters=parameters):
            for parameter in parameters:
                yield parameter.name
        case _:
            return


def _bound_names(node: ast.Node) -> Iterator[str]:
    """The names that ``node`` itself binds in its body. Their domains cannot mention them, so the whole node may be
    walked with them.
    """
    match node:
        case (
            ast.Quantifier(bounds=bounds) | ast.SetMap(bounds=bounds) | ast.FunctionConstructor(bounds=bounds)
        ) | ast.FunctionDefinition(bounds=bounds):
            for bound in bounds:
                yield from bound.names
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            yield from bound.names
        case ast.Lambda(parameters=parameters):
            yield from parameters
        case ast.OperatorDefinition(parameters=formals):
            for formal in formals:
                yield formal.name
        case _:
            return
