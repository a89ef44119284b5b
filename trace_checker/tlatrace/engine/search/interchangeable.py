"""Which model values may change places without anybody noticing: neither the specification nor the mapping.

The configuration's SYMMETRY declares it of the specification, and TLC believes it; so do we, of Init, Next, invariants
and properties. Two values of a set of which SYMMETRY has all permutations (``Permutations(S)``, or a union of such) are
interchangeable if, besides,

- exchanging them leaves the value of every constant as it is that Next, a property or the mapping reads, also through
  definitions. A constant that is a set of them all does not tell them apart; one that is one of them does;
- no expression of the mapping depends on an order of values (CHOOSE, ``SetToSeq``) or on their names (``ToString``).

The mapping was not declared to be symmetric, so it is looked through. A definition without parameters is not taken for
what it says, but for its value: ``{n1, n2}`` does not tell ``n1`` from ``n2``, and what is chosen from strings is a
string. Operators that are not known to treat all values alike (those of the community modules, and a user's own in
Python) are taken to depend on an order. Where that leaves nothing interchangeable, :func:`interchangeable` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tlatrace.compile.api import Evaluator
from tlatrace.engine.observation import Call, Rule
from tlatrace.engine.search.classes import Names, Opaque, Permuter, is_alike
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, NamedFormula, Scope
from tlatrace.syntax import ast
from tlatrace.values import ModelValue, SetValue, Value, elements, same

CLASS_MAX: Final = 64
"""So many values of one class are exchanged: what stands in a state is looked at for each of them."""

ALIKE_MODULES: Final = frozenset({"TLA+", "Naturals", "Integers", "Reals", "Sequences", "FiniteSets", "Bags"})
"""Modules whose operators treat all model values alike."""

ALIKE: Final = frozenset({":>", "@@", "TLCEval", "Permutations", "Print", "PrintT", "Assert", "SortSeq"})
"""Operators of the module TLC that do."""


@dataclass(frozen=True, slots=True)
class Interchangeable:
    """Sets of values; ``why_not`` says why there are none, where SYMMETRY declares some."""

    classes: tuple[Names, ...]
    why_not: str = ""


NOTHING: Final = Interchangeable(())


NOT_OF_MODEL_VALUES: Final = (
    "it is not made of sets Permutations(S) of two and more model values (strings are none: CONSTANTS in the "
    "configuration, or model_values in the mapping, make model values)"
)


def interchangeable(evaluator: Evaluator, rules: Mapping[str, Rule]) -> Interchangeable:
    """The model values that neither the specification nor the ``rules`` of its mapping tell apart."""
    spec = evaluator.spec
    if spec.symmetry is None:
        return NOTHING
    try:
        declared = _declared(evaluator, spec.symmetry)
        if not declared:
            return Interchangeable((), NOT_OF_MODEL_VALUES)
        looking = _Looking(evaluator, declared)
        formulas = [*spec.invariants, *spec.properties, *([spec.next] if spec.next is not None else [])]
        seen = [looking.through(formula.body, formula.scope) for formula in formulas]
        of_mapping = [looking.through(tree, scope) for tree, scope in _trees(rules)]
    except (TlatraceError, Opaque) as error:
        return Interchangeable((), f"it cannot be told what it permutes: {error}")
    except _NotKnown:
        return Interchangeable((), "it cannot be told what the mapping reads")
    ordered = next((each.ordered for each in of_mapping if each.ordered), "")
    if ordered:
        return Interchangeable((), f"an expression of the mapping may depend on an order of its values ({ordered})")
    constants = [value for each in (*seen, *of_mapping) for value in each.values]
    classes = [part for names in declared for part in _not_told_apart(names, constants) if len(part) > 1]
    return Interchangeable(tuple(classes), "" if classes else "the specification or the mapping names its values")


class _NotKnown(Exception):
    """A rule was made without trees, or a name was not looked up."""


# --------------------------------------------------------------------------------------------- what is declared


def _declared(evaluator: Evaluator, symmetry: NamedFormula) -> list[Names]:
    """The sets of values of which all permutations are declared; those that overlap are one."""
    found: list[set[ModelValue]] = []
    for base, scope in _bases(symmetry.body, symmetry.scope):
        value = evaluator.expression(base, scope)(None, None)
        items = list(elements(value)) if isinstance(value, SetValue) and len(value) <= CLASS_MAX else []
        names = {item for item in items if isinstance(item, ModelValue)}
        if len(names) < len(items):
            continue
        for other in [each for each in found if each & names]:
            found.remove(other)
            names |= other
        found.append(names)
    return [tuple(sorted(names, key=lambda each: each.name)) for names in found if len(names) > 1]


def _bases(body: ast.Expr, scope: Scope) -> Iterator[tuple[ast.Expr, Scope]]:
    """The ``S`` of each ``Permutations(S)``."""
    if isinstance(body, ast.Name):
        symbol = scope.get(body.name)
        if isinstance(symbol, Definition) and not symbol.parameters:
            yield from _bases(symbol.body, symbol.scope)
    elif isinstance(body, ast.Apply):
        symbol = scope.get(body.operator)
        if isinstance(symbol, BuiltinOperator) and symbol.module == "TLC" and symbol.name == "Permutations":
            yield body.arguments[0], scope
        elif isinstance(symbol, BuiltinOperator) and symbol.module == "TLA+" and symbol.name == "\\cup":
            for argument in body.arguments:
                yield from _bases(argument, scope)


def _not_told_apart(names: Names, constants: Sequence[Value]) -> Iterator[Names]:
    """``names`` in parts: to exchange two of a part changes none of the constants."""
    permuter = Permuter()
    parts: list[list[ModelValue]] = []
    for name in names:
        for part in parts:
            change = ((name, part[0]), (part[0], name))
            if all(same(permuter.image(value, change), value) for value in constants):
                part.append(name)
                break
        else:
            parts.append([name])
    return (tuple(part) for part in parts)


# --------------------------------------------------------------------------------------------- what is read


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an expression reads: the values of constants that have model values of the group; and something in it
    that may depend on an order of values.
    """

    values: tuple[Value, ...] = ()
    ordered: str = ""

    def joined(self, other: _Seen) -> _Seen:
        return _Seen(tuple(dict.fromkeys((*self.values, *other.values))), self.ordered or other.ordered)


class _Looking:
    """Looks through expressions and the definitions that they use."""

    def __init__(self, evaluator: Evaluator, declared: Sequence[Names]) -> None:
        self._evaluator = evaluator
        self._declared = declared
        self._permuter = Permuter()
        # By identity, and with the definition, which stays alive so.
        self._known: dict[int, tuple[Definition, _Seen]] = {}
        self._open: set[int] = set()
        self._is_partial = False
        """Whether one that is open was met: what is found of the others that are open is not all then."""

    def through(self, tree: ast.Node, scope: Scope) -> _Seen:
        found = _Seen()
        pending = [tree]
        while pending:
            node = pending.pop()
            constant = self._enumerated(node, scope)
            if constant is not None:
                found = found.joined(self._of_value(constant))
                continue
            pending += node.children()
            if isinstance(node, ast.Choose):
                found = found.joined(_Seen((), "CHOOSE"))
            elif isinstance(node, ast.Selection | ast.Instance):
                raise _NotKnown
            elif isinstance(node, ast.Name):
                found = found.joined(self._of_name(node.name, scope))
            elif isinstance(node, ast.Apply):
                found = found.joined(self._of_name(node.operator, scope))
        return found

    def _enumerated(self, node: ast.Node, scope: Scope) -> Value | None:
        """The value of a set of constants that is written out: what its elements are does not matter."""
        if not isinstance(node, ast.SetEnumeration) or len(node.items) < 2:
            return None
        symbols = [scope.get(item.name) if isinstance(item, ast.Name) else None for item in node.items]
        if not all(isinstance(symbol, ConstantSymbol) and symbol.arity == 0 for symbol in symbols):
            return None
        return self._evaluator.expression(node, scope)(None, None)

    def _of_name(self, name: str, scope: Scope) -> _Seen:
        symbol = scope.get(name)
        if isinstance(symbol, ConstantSymbol):
            return _Seen() if symbol.value is None else self._of_value(symbol.value)
        if isinstance(symbol, BuiltinOperator):
            is_alike = symbol.module in ALIKE_MODULES or (symbol.module == "TLC" and symbol.name in ALIKE)
            return _Seen() if is_alike else _Seen((), symbol.name)
        if isinstance(symbol, Definition):
            return self._of_definition(symbol)
        return _Seen()

    def _of_definition(self, definition: Definition) -> _Seen:
        known = self._known.get(id(definition))
        if known is not None:
            return known[1]
        if id(definition) in self._open:
            self._is_partial = True
            return _Seen()
        self._open.add(id(definition))
        found = self.through(definition.body, definition.scope)
        self._open.remove(id(definition))
        if definition.level == 0 and not definition.parameters and (found.values or found.ordered):
            found = self._of_constant(definition) or found
        self._is_partial = self._is_partial and bool(self._open)
        if not self._is_partial:
            self._known[id(definition)] = definition, found
        return found

    def _of_constant(self, definition: Definition) -> _Seen | None:
        """What a definition without parameters says by its value; None where that cannot be told."""
        try:
            return self._of_value(self._evaluator.expression(definition.body, definition.scope)(None, None))
        except (TlatraceError, Opaque):
            return None

    def _of_value(self, value: Value) -> _Seen:
        """Nothing, where no two of the model values can be told apart by it."""
        return _Seen() if is_alike(value, self._declared, self._permuter) else _Seen((value,))


def _trees(rules: Mapping[str, Rule]) -> Iterator[tuple[ast.Expr, Scope]]:
    """Every expression of the rules that is evaluated in a state.

    Raises:
        _NotKnown: one has no tree.
    """
    for rule in rules.values():
        for candidate in (*rule.candidates, *(silent.candidate for silent in rule.silent)):
            for call in candidate.calls:
                yield from ((tree, rule.scope) for tree in _of_call(call))
        for silent in rule.silent:
            if silent.guard is not None:
                yield _there(silent.guard_tree), rule.scope
        for observation in rule.observations:
            yield _there(observation.left_tree), rule.scope
            if observation.right is not None:
                yield _there(observation.right_tree), rule.scope


def _of_call(call: Call) -> Iterator[ast.Expr]:
    arguments, trees = call.arguments, call.argument_trees
    if call.choices is not None:
        arguments, trees = call.choices.arguments, call.choices.argument_trees
        yield from call.choices.trees
    if len(arguments) != len(trees) and any(argument is not None for argument in arguments):
        raise _NotKnown
    for argument, tree in zip(arguments, trees, strict=False):
        if argument is not None:
            yield _there(tree)


def _there(tree: ast.Expr | None) -> ast.Expr:
    if tree is None:
        raise _NotKnown
    return tree
