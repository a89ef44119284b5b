r"""What an expression reads, place by place.

``rmState[r]`` with ``r`` known is a place of its own, ``m \in msgs`` with ``m`` known asks for one element. Definitions
and arguments are followed; what is not understood is read as a whole variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from tlatrace.compile.accesses import OPEN, Access, Kind, key_of_value
from tlatrace.compile.analysis import IMPURE
from tlatrace.compile.partial_values import NOT_KNOWN, Delayed, Evaluation, Known, Local, Names
from tlatrace.semantics.spec import BuiltinOperator, Definition, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import make_sequence

_DEFINITIONS_DEEP_MAX: Final = 24
"""Definitions within definitions; what stands deeper counts as the whole variables that it reads."""

NEXT_STATE_OPERATORS: Final = frozenset(("'", "UNCHANGED", "\\cdot"))

Place: TypeAlias = tuple[int, tuple[Any, ...], bool]
"""A variable, a path into it, and whether the path is all of it: if not, keys that are not known follow."""


class CannotFollow(Exception):
    """A part of a formula whose effects are not known."""


class Reading:
    """Gathers accesses while it walks expressions."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.found: list[Access] = []
        self.overwritten: set[int] = set()
        """Variables that are given a value as a whole."""
        self.evaluation = evaluation
        self.at: list[tuple[int, tuple[Any, ...]]] = []
        """The places that ``@`` may stand for."""

    def read(self, expression: ast.Expr, names: Names) -> None:
        """Walk an expression that assigns nothing; a primed variable counts as read and written as a whole."""
        place = self.place(expression, names)
        if place is not None:
            self.add(place[0], place[1], Kind.READ)
            self.read_keys(expression, names)
            return
        match expression:
            case ast.At():
                for x, path in self.at:
                    self.add(x, path, Kind.READ)
            case ast.Name():
                self._read_name(expression, names)
            case ast.Apply(operator="\\in" | "\\notin", arguments=(left, right)):
                self.read(left, names)
                self.read_membership(self.evaluation.constant(left, names), right, names)
            case ast.Apply(operator="'" | "UNCHANGED" | "ENABLED" | "\\cdot"):
                self._read_whole(expression, names)
            case ast.Apply(operator=operator, arguments=arguments):
                self._read_application(expression, operator, arguments, names)
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                self.read(body, self.under(bounds, names))
            case ast.SetMap(bounds=bounds, element=body):
                self.read(body, self.under(bounds, names))
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                self.read(body, self.under((bound,), names))
            case ast.Lambda(parameters=parameters, body=body):
                self.read(body, names.some(parameters))
            case ast.Let(definitions=definitions, body=body):
                inner = names.let(definitions)
                if inner is None:
                    self._read_whole(expression, names)
                else:
                    self.read(body, inner)
            case ast.Except(function=function, updates=updates):
                self.read(function, names)
                for update in updates:
                    for step in update.path:
                        self.except_key(step, names)
                    self.read(update.value, names)
            case ast.ActionBox() | ast.Fairness() | ast.Selection():
                self._read_whole(expression, names)
            case _:
                for child in expression.children():
                    self._read_child(child, names)

    def _read_child(self, child: ast.Node, names: Names) -> None:
        if isinstance(child, ast.Expr):
            self.read(child, names)
        elif isinstance(child, ast.FieldItem | ast.CaseArm):
            for part in child.children():
                self._read_child(part, names)
        else:
            raise CannotFollow

    def _read_name(self, expression: ast.Name, names: Names) -> None:
        match names.lookup(expression.name):
            case Delayed(expression=inner, names=its_names):
                self.read(inner, its_names)
            case Local(definition=definition, names=its_names):
                self.read(definition.body, its_names.some(each.name for each in definition.parameters))
            case Definition() as definition:
                if definition.parameters or definition.is_recursive or names.depth >= _DEFINITIONS_DEEP_MAX:
                    self._read_whole(expression, names)
                else:
                    self.read(definition.body, names.inside(definition, ()))
            case BuiltinOperator(name=own_name) if own_name in IMPURE:
                raise CannotFollow

    def _read_application(
        self, expression: ast.Expr, operator: str, arguments: tuple[ast.Expr, ...], names: Names
    ) -> None:
        symbol = names.lookup(operator)
        if isinstance(symbol, Definition | Local):
            inlined = self.inlined(expression, names)
            if inlined is None:
                self._read_whole(expression, names)
            else:
                self.read(*inlined)
            return
        if isinstance(symbol, BuiltinOperator) and symbol.name in IMPURE:
            raise CannotFollow
        if isinstance(symbol, Known | Delayed):
            raise CannotFollow
        for argument in arguments:
            self.read(argument, names)

    def except_key(self, step: ast.ExceptIndex | ast.ExceptField, names: Names) -> Any:
        if isinstance(step, ast.ExceptField):
            return step.name
        for argument in step.arguments:
            self.read(argument, names)
        return self.key(step.arguments, names)

    def read_membership(self, element: Any, container: ast.Expr, names: Names) -> None:
        """Whether ``element``, perhaps NOT_KNOWN, is in a set."""
        place = self.place(container, names)
        if place is not None:
            is_whole = place[2] and element is not NOT_KNOWN
            kind, asked = (Kind.TEST, key_of_value(element)) if is_whole else (Kind.READ, OPEN)
            self.add(place[0], place[1], kind, asked)
            self.read_keys(container, names)
            return
        match container:
            case ast.Label(body=body):
                self.read_membership(element, body, names)
            case ast.Apply(operator="\\cup" | "\\cap" | "\\" as operator, arguments=(left, right)) if isinstance(
                names.lookup(operator), BuiltinOperator
            ):
                self.read_membership(element, left, names)
                self.read_membership(element, right, names)
            case ast.Name() | ast.Apply() if (inlined := self.inlined(container, names)) is not None:
                self.read_membership(element, *inlined)
            case _:
                self.read(container, names)

    def _read_whole(self, expression: ast.Expr, names: Names) -> None:
        """All variables that an expression mentions, as wholes; those of the next state as if they were written."""
        analysis, primed = self.evaluation.analysis, self.evaluation.primed
        reads = analysis.reads(expression, names.scope, names.bound)
        if not reads.is_pure or isinstance(expression, ast.Selection):
            raise CannotFollow
        for x in sorted(reads.now | reads.after):
            self.add(x, (), Kind.READ)
        for x in sorted(reads.after):
            self.write(x, ())
        for name in sorted(analysis.free(expression) & names.bound.keys()):
            is_primed = name in reads.primed_names
            match names.bound[name]:
                case Delayed(expression=inner, names=its_names):
                    self._read_whole(primed(inner) if is_primed else inner, its_names)
                case Local(definition=definition, names=its_names):
                    body = definition.body
                    inner_names = its_names.some(each.name for each in definition.parameters)
                    self._read_whole(primed(body) if is_primed else body, inner_names)
        if "@" in analysis.free(expression):
            for x, path in self.at:
                self.add(x, path, Kind.READ)

    def under(self, bounds: Sequence[ast.Bound], names: Names) -> Names:
        for bound in bounds:
            if bound.domain is not None:
                self.read(bound.domain, names)
        return names.some(name for bound in bounds for name in bound.names)

    # ------------------------------------------------------------------------------------- places

    def place(self, expression: ast.Expr, names: Names) -> Place | None:
        """The place of the state that an expression is the value of, if it is that."""
        match expression:
            case ast.Label(body=body):
                return self.place(body, names)
            case ast.Name(name=name):
                match names.lookup(name):
                    case VariableSymbol(index=index):
                        return index, (), True
                    case Delayed(expression=inner, names=its_names):
                        return self.place(inner, its_names)
                    case Local(definition=definition, names=its_names) if not definition.parameters:
                        return self.place(definition.body, its_names)
                    case Definition(parameters=(), is_recursive=False, is_function=False) as definition if (
                        isinstance(definition.body, ast.Name | ast.FunctionApply | ast.Field)
                        and names.depth < _DEFINITIONS_DEEP_MAX
                    ):
                        return self.place(definition.body, names.inside(definition, ()))
            case ast.Field(record=record, name=field):
                return _below(self.place(record, names), field)
            case ast.FunctionApply(function=function, arguments=arguments):
                place = self.place(function, names)
                return None if place is None else _below(place, self.key(arguments, names))
        return None

    def read_keys(self, expression: ast.Expr, names: Names) -> None:
        """What the keys on the way to a place read."""
        match expression:
            case ast.Label(body=body):
                self.read_keys(body, names)
            case ast.Name(name=name):
                match names.lookup(name):
                    case Delayed(expression=inner, names=its_names):
                        self.read_keys(inner, its_names)
                    case Local(definition=definition, names=its_names):
                        self.read_keys(definition.body, its_names)
                    case Definition() as definition:
                        self.read_keys(definition.body, names.inside(definition, ()))
            case ast.Field(record=record):
                self.read_keys(record, names)
            case ast.FunctionApply(function=function, arguments=arguments):
                self.read_keys(function, names)
                for argument in arguments:
                    self.read(argument, names)

    def key(self, arguments: tuple[ast.Expr, ...], names: Names) -> Any:
        values = [self.evaluation.constant(argument, names) for argument in arguments]
        if any(value is NOT_KNOWN for value in values):
            return NOT_KNOWN
        return key_of_value(values[0] if len(values) == 1 else make_sequence(values))

    # ------------------------------------------------------------------------------------- definitions

    def inlined(self, expression: ast.Expr, names: Names) -> tuple[ast.Expr, Names] | None:
        """The body behind a name or an application, with what its names mean."""
        name = expression.name if isinstance(expression, ast.Name) else getattr(expression, "operator", "")
        arguments = expression.arguments if isinstance(expression, ast.Apply) else ()
        if names.depth >= _DEFINITIONS_DEEP_MAX:
            return None
        match names.lookup(name):
            case Delayed(expression=inner, names=its_names) if not arguments:
                return inner, its_names
            case Local(definition=definition) as local if len(definition.parameters) == len(arguments):
                return definition.body, names.inside_local(local, arguments)
            case Definition(is_recursive=False, is_function=False) as symbol if len(symbol.parameters) == len(
                arguments
            ) and not any(each.arity for each in symbol.parameters):
                return symbol.body, names.inside(symbol, arguments)
        return None

    def speaks_of_next(self, expression: ast.Expr, names: Names) -> bool:
        """Whether a prime stands in ``expression``, or in what its names stand for."""
        analysis = self.evaluation.analysis
        reads = analysis.reads(expression, names.scope, names.bound)
        if reads.after or reads.primed_names or not analysis.free(expression).isdisjoint(NEXT_STATE_OPERATORS):
            return True
        for name in analysis.free(expression) & names.bound.keys():
            match names.bound[name]:
                case Delayed(expression=inner, names=its_names):
                    if self.speaks_of_next(inner, its_names):
                        return True
                case Local(definition=definition, names=its_names):
                    if self.speaks_of_next(definition.body, its_names.some(p.name for p in definition.parameters)):
                        return True
        return False

    def add(self, x: int, path: tuple[Any, ...], kind: Kind, element: Any = OPEN) -> None:
        self.found.append(Access(x, path, kind, element))

    def write(self, x: int, path: tuple[Any, ...]) -> None:
        if not path:
            self.overwritten.add(x)
        self.add(x, path, Kind.WRITE)


def _below(place: Place | None, key: Any) -> Place | None:
    if place is None or not place[2]:
        return place
    return (place[0], (*place[1], key), True) if key is not NOT_KNOWN else (place[0], place[1], False)
