"""The generated program of one specification: its functions, its constants, the names that its text refers to.

Text is generated in *chunks*: one for what a caller asks for (an action, an expression) with all definitions it
reaches that no earlier chunk has. A chunk is compiled, or its code taken from the cache, and executed in the program's
one namespace. The same specification asked the same questions in the same order gives the same text, which is what the
cache relies on; the objects that the text names are put in the namespace anew in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import tlatrace.values as values
from tlatrace.compile import candidates, runtime
from tlatrace.compile.analysis import FIXED, IMPURE, STEP_OPERATORS, TEMPORAL, Analysis
from tlatrace.compile.appearance import Chooser
from tlatrace.compile.bounded import bounded, fits
from tlatrace.compile.code import Code, Marks, assemble
from tlatrace.compile.code_cache import CodeCache
from tlatrace.compile.element_kinds import kind_of_scalar
from tlatrace.compile.lowering import Lines, NotCompiled, flat, python_name
from tlatrace.compile.operators import RESULT_KINDS
from tlatrace.compile.places import LineMap
from tlatrace.compile.scopes import Binding, Bound, Delayed, Env, Operator, StateView
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, Scope, Spec, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import Value

_STANDARD_MODULES: Final = frozenset(("TLA+", "Naturals", "Integers", "Reals", "Sequences", "FiniteSets", "Bags"))

# What generated text may name, besides what runtime.py defines.
_VALUE_NAMES: Final = [
    "EMPTY_SEQUENCE",
    "FunctionSpace",
    "ProductSet",
    "RecordSpace",
    "SequenceValue",
    "as_set",
    "elements",
    "equal",
    "function_over",
    "function_when_applied",
    "make_sequence",
    "make_set",
    "member",
    "same",
    "set_filter",
    "union_of",
    "EMPTY_SET",
]

# A constant expression of one of these kinds is worth being computed once.
_WORTH_KEEPING: Final = (
    ast.Apply,
    ast.Choose,
    ast.Except,
    ast.FunctionApply,
    ast.FunctionConstructor,
    ast.FunctionSet,
    ast.Quantifier,
    ast.Record,
    ast.RecordSet,
    ast.SetEnumeration,
    ast.SetFilter,
    ast.SetMap,
    ast.Times,
    ast.Tuple,
)


@dataclass(slots=True)
class _Function:
    """A definition's generated function; ``kind`` is what it returns, unknown while it is being lowered."""

    name: str
    kind: str = ""


class Program:
    """Generates, compiles and holds the code of one specification."""

    def __init__(self, spec: Spec, cache: CodeCache | None, *, bounded_integers: bool = False) -> None:
        self.spec = spec
        self.bounded_integers = bounded_integers
        self.analysis = Analysis()
        self.marks = Marks()
        self.line_map = LineMap(self.marks)
        self.constants = runtime.Constants()
        self.sources: list[str] = []
        names = tuple(variable.name for variable in spec.variables)
        self.namespace: dict[str, Any] = {name: getattr(values, name) for name in _VALUE_NAMES}
        self.namespace.update((name, getattr(runtime, name)) for name in runtime.__all__)
        self.namespace.update((name, getattr(candidates, name)) for name in candidates.__all__)
        self.namespace.update(K=self.constants, NAMES=names)
        chooser = Chooser(spec)
        self.namespace.update(choose=chooser.choose, in_order=chooser.ordered)
        self.namespace["located"] = self.line_map.located
        self._cache = cache
        self._number = 0
        self._pending: Lines = []
        self._pending_constants: list[tuple[str, str]] = []
        self._functions: dict[tuple[int, frozenset[str], bool], _Function] = {}
        # What each generated function of a definition computes.
        self.definitions: dict[str, Definition] = {}
        self._objects: dict[Hashable, str] = {}
        self._constants: dict[Hashable, Code | None] = {}
        # Literals inside constant literals, which need no constant of their own.
        self._parts: set[int] = set()
        self._is_constant: dict[tuple[int, int], bool] = {}
        # Function constructors whose errors wait until the function is applied.
        self.deferred: set[int] = set()
        # Everything that is known by its id lives as long as the program.
        self._kept_alive: list[object] = []

    def keep(self, *objects: object) -> None:
        """Keep alive what is known by its id."""
        self._kept_alive += objects

    def defer(self, expression: ast.Expr) -> None:
        """What ``expression`` gives may be applied, or not, by somebody who does not need all of it."""
        if isinstance(expression, ast.FunctionConstructor):
            self._kept_alive.append(expression)
            self.deferred.add(id(expression))

    def next_number(self) -> int:
        self._number += 1
        return self._number

    # --------------------------------------------------------------------------------------- chunks

    def load(self) -> None:
        """Compile and execute what was generated since the last time."""
        if not self._pending:
            return
        filename = f"<{self.spec.name} compiled, part {len(self.sources) + 1}>"
        assembled = assemble(flat(self._pending))
        code = None if self._cache is None else self._cache.get(filename, assembled.text)
        if code is None:
            try:
                code = compile(assembled.text, filename, "exec", dont_inherit=True)
            except (SyntaxError, RecursionError, MemoryError) as error:
                # Python's own limits: a hundred levels of indentation, twenty loops in one another, the depth of its
                # parser.
                raise NotCompiled(f"Python cannot compile it ({error})") from error
            if self._cache is not None:
                self._cache.put(filename, assembled.text, code)
        self.sources.append(assembled.text)
        self.line_map.add(filename, assembled)
        self._pending = []
        exec(code, self.namespace)
        for name, function in self._pending_constants:
            self.constants.define(name, self.namespace[function])
        self._pending_constants = []

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What an attempt that fails has generated is forgotten: functions without a body must not be called by
        others.
        """
        functions, constants = dict(self._functions), dict(self._constants)
        pending, makers = list(self._pending), list(self._pending_constants)
        try:
            yield
        except BaseException:
            self._functions, self._constants = functions, constants
            self._pending, self._pending_constants = pending, makers
            raise

    def add_function(self, header: str, lines: Lines, name: str, definition: str | None) -> None:
        """A function of the chunk; ``definition`` is the TLA+ name that a chain of definitions should show for it."""
        self._pending.append((0, header))
        self._pending += lines
        self._pending.append((0, ""))
        if definition is not None:
            self.name_function(name, definition)

    def name_function(self, name: str, definition: str) -> None:
        """The generated function ``name`` computes what the specification calls ``definition``."""
        self.line_map.name_function(name, definition)

    def unique(self, base: str) -> str:
        """A name for a function or an object of the program."""
        return f"{python_name(base)}_{self.next_number()}"

    # -------------------------------------------------------------------------------------- objects

    def object(self, base: str, key: Hashable, value: object) -> str:
        """The name of an object that generated text needs; ``key`` tells which one it is."""
        known = self._objects.get((base, key))
        if known is None:
            known = self._objects[base, key] = self.unique(base)
            self.namespace[known] = value
        return known

    def literal(self, value: Value, name: str = "value") -> Code:
        """Text for a known value."""
        if value is True or value is False:
            return Code(str(value), "bool", is_atomic=True)
        if type(value) is int:
            return Code(f"({value})" if value < 0 else str(value), "int", is_atomic=True)
        if type(value) is str and "__" not in value:
            return Code(ascii(value), "str", is_atomic=True)
        key = value if type(value) is str else id(value)
        self._kept_alive.append(value)
        return Code(self.object(f"c_{name}", key, value), _kind(value), is_atomic=True)

    def builtin(self, builtin: BuiltinOperator) -> str:
        """The name of a builtin operator's function."""
        function = bounded(builtin) if self.bounded_integers else builtin.function
        self._kept_alive.append(function)
        return self.object("b_" + _spelled(builtin.name), id(function), function)

    def builtin_value(self, builtin: BuiltinOperator) -> Code:
        """Text for a builtin operator without arguments."""
        if builtin.name in IMPURE or builtin.name in FIXED:
            return Code(f"{self.builtin(builtin)}()")
        return self.literal(builtin.function(), builtin.name)

    @staticmethod
    def is_standard(builtin: BuiltinOperator) -> bool:
        """Whether the operator is the one that the lowering knows by its name."""
        return builtin.module in _STANDARD_MODULES

    def result_kind(self, builtin: BuiltinOperator) -> str:
        return RESULT_KINDS.get(builtin.name, "") if self.is_standard(builtin) else ""

    # ------------------------------------------------------------------------------------ constants

    def constant(self, expression: ast.Expr, env: Env) -> Code | None:
        """Text for an expression that is the same in every state and for every value of the identifiers bound
        around it.
        """
        if not isinstance(expression, _WORTH_KEEPING) or not self._means_a_constant(expression, env):
            return None
        if isinstance(expression, ast.SetEnumeration | ast.Tuple) and not expression.items:
            return None
        if id(expression) in self._parts or _is_negative_number(expression, env):
            return None
        # Only names that mean the same wherever this expression stands got this far.
        key = (id(expression), id(env.scope))
        if key not in self._constants:
            self._kept_alive.append((expression, env.scope))
            # Not known while it is being lowered: its own text must not refer to it.
            self._constants[key] = None
            self._parts.update(id(part) for part in _parts_of_literal(expression))
            inner = Env(env.scope, env.now, env.after, {}, env.chain)
            self._constants[key] = self._new_constant("constant", expression, inner, None)
        return self._constants[key]

    def constant_definition(self, definition: Definition) -> Code | None:
        """Text for a definition without parameters that is a constant."""
        key = id(definition)
        if key not in self._constants:
            self._kept_alive.append(definition)
            self._constants[key] = None
            facts = self.analysis.definition(definition)
            if facts.is_constant and not self._mentions_steps(definition.body):
                if isinstance(definition.body, ast.String) or self._is_plain_number(definition.body):
                    self._constants[key] = self.literal(definition.body.value)
                elif not self._is_local_only(definition.body):
                    env = Env(definition.scope, StateView("s"), None)
                    self._constants[key] = self._new_constant(definition.name, definition.body, env, definition)
        return self._constants[key]

    def _is_plain_number(self, expression: ast.Expr) -> TypeGuard[ast.Number]:
        return isinstance(expression, ast.Number) and (not self.bounded_integers or fits(expression.value))

    def _new_constant(self, base: str, expression: ast.Expr, env: Env, definition: Definition | None) -> Code:
        name = self.unique(base)
        function = f"make_{name}"
        lowering = self.new_lowering()
        if definition is not None and definition.is_function and definition.is_recursive:
            self._recursive_function_body(lowering, definition, env)
            kind = "function"
        else:
            if definition is not None:
                self.defer(expression)
            kind = _single(lowering.give_back(expression, env))
        self.add_function(
            f"def {function}():", lowering.lines, function, None if definition is None else definition.name
        )
        self._pending_constants.append((name, function))
        return Code(f"K.{name}", kind, is_atomic=True)

    def _means_a_constant(self, expression: ast.Expr, env: Env) -> bool:
        free = self.analysis.free(expression)
        if not env.bindings.keys().isdisjoint(free):
            return False
        key = (id(expression), id(env.scope))
        known = self._is_constant.get(key)
        if known is None:
            self._kept_alive.append(expression)
            known = self._is_constant[key] = all(self._is_constant_name(name, env.scope) for name in free)
        return known

    def _is_constant_name(self, name: str, scope: Scope) -> bool:
        if name in STEP_OPERATORS or name in TEMPORAL or name == "@":
            return False
        match scope.get(name):
            case VariableSymbol():
                return False
            case ConstantSymbol(value=value):
                return value is not None
            case Definition() as definition:
                facts = self.analysis.definition(definition)
                return facts.is_constant and not facts.primed_names
            case BuiltinOperator(name=own_name):
                return own_name not in IMPURE
            case None:
                return name in ("=>", "<=>", "~")
        return False

    def _mentions_steps(self, expression: ast.Expr) -> bool:
        free = self.analysis.free(expression)
        return not free.isdisjoint(STEP_OPERATORS) or not free.isdisjoint(TEMPORAL)

    @staticmethod
    def _is_local_only(expression: ast.Expr) -> bool:
        return isinstance(expression, ast.Lambda | ast.AssumeProve | ast.Fairness)

    # ---------------------------------------------------------------------------------- definitions

    def function(self, definition: Definition, late: frozenset[str], *, counts_ways: bool = False) -> tuple[str, str]:
        """The name of the function of ``definition`` that takes the parameters ``late`` as Lazy, and the kind of its
        result.

        With ``counts_ways`` it gives the number of ways in which the definition is true, as TLC counts branches.
        """
        key = (id(definition), late, counts_ways)
        known = self._functions.get(key)
        if known is None:
            self._kept_alive.append(definition)
            known = self._functions[key] = _Function(self.unique(definition.name))
            self.definitions[known.name] = definition
            known.kind = self._lower_definition(known.name, definition, late, counts_ways)
        return known.name, known.kind

    def _lower_definition(self, name: str, definition: Definition, late: frozenset[str], counts_ways: bool) -> str:
        lowering = self.new_lowering()
        facts = self.analysis.definition(definition)
        env = Env(definition.scope, StateView("s"), StateView("p"))
        bindings: dict[str, Binding] = {}
        parameters: list[str] = []
        for parameter in definition.parameters:
            local = lowering.fresh(parameter.name)
            parameters.append(local)
            if parameter.arity:
                bindings[parameter.name] = Operator(local, parameter.arity)
            elif parameter.name in late:
                bindings[parameter.name] = Delayed(ast.Name(parameter.name), env, thunk=local)
            else:
                bindings[parameter.name] = Bound(Code(local, is_atomic=True))
        env = env.bind(bindings)
        views = ["s"] * bool(facts.now) + ["p"] * bool(facts.after)
        if not parameters and views == ["s"] and facts.is_pure and not counts_ways:
            name = self._kept_for_one_state(name, sorted(facts.now))
        header = f"def {name}({', '.join([*views, *parameters])}):"
        if definition.is_function and definition.is_recursive:
            self._recursive_function_body(lowering, definition, env)
            self.add_function(header, lowering.lines, name, definition.name)
            return "function"
        if counts_ways:
            lowering.count_ways(definition.body, env)
            self.add_function(header, lowering.lines, name, definition.name)
            return "int"
        if definition.is_recursive:
            lowering.own = definition, tuple(parameters), late
        self.defer(definition.body)
        kind = _single(lowering.give_back(definition.body, env))
        lines = lowering.lines
        if lowering.has_tail_call:
            lines = [(1, "while True:"), *((level + 1, text) for level, text in flat(lines))]
        self.add_function(header, lines, name, definition.name)
        return kind

    def _kept_for_one_state(self, name: str, reads: Sequence[int]) -> str:
        """A function ``name`` that asks another one, whose name is given back, and keeps its latest answer: within one
        state, a definition is often used many times, and the next state often differs in what it does not read.

        Only for whole states: of one that comes into being, a variable may not be readable that is not needed.
        """
        body = f"{name}_anew"
        kept = self.object("kept", ("kept", name), [None] * (len(reads) + 1))
        test = " and ".join(f"s[{index}] is k[{position}]" for position, index in enumerate(reads))
        lines: Lines = [
            (1, "if type(s) is not tuple:"),
            (2, f"return {body}(s)"),
            (1, f"k = {kept}"),
            (1, f"if {test}:"),
            (2, "return k[-1]"),
            (1, f"v = {body}(s)"),
            (1, f"k[:] = {', '.join(f's[{index}]' for index in reads)}, v"),
            (1, "return v"),
        ]
        self.add_function(f"def {name}(s):", lines, name, None)
        return body

    def _recursive_function_body(self, lowering: Any, definition: Definition, env: Env) -> None:
        body = definition.body
        assert isinstance(body, ast.FunctionConstructor)

        def within(itself: str, inner: Env) -> None:
            lowering.functions[id(definition)] = itself
            lowering.give_back(body.body, inner)
            del lowering.functions[id(definition)]

        name = lowering.recursive_function(definition.name, body.bounds, env, within, body)
        lowering.emit(f"return {name}")

    def new_lowering(self) -> Any:
        """A lowering for one generated function."""
        from tlatrace.compile.steps import Steps

        return Steps(self)

    def add_entry(
        self,
        base: str,
        parameters: str,
        fill: Callable[[Any], None],
        make: Callable[[Program], Any] | None = None,
    ) -> Callable[..., Any]:
        """A function for callers outside generated code: errors that leave it have their place. ``fill`` emits its
        body, with a lowering that ``make`` gives.

        Raises NotCompiled, and is then as if it had not been called.
        """
        name = self.unique(base)
        with self._all_or_nothing():
            lowering = self.new_lowering() if make is None else make(self)
            lowering.level = 2
            try:
                fill(lowering)
            except RecursionError:
                raise NotCompiled("it is nested too deep") from None
            lines: Lines = [(1, "try:"), *lowering.lines]
            lines += [(1, "except Exception as error:"), (2, "raise located(error) from None")]
            self.add_function(f"def {name}({parameters}):", lines, name, None)
            self.load()
        entry: Callable[..., Any] = self.namespace[name]
        return entry


def _parts_of_literal(expression: ast.Expr) -> Iterator[ast.Expr]:
    """The literals that ``expression``, a tuple, a record or a set by enumeration, is made of."""
    pending = [expression]
    while pending:
        match pending.pop():
            case ast.Tuple(items=items) | ast.SetEnumeration(items=items):
                parts = items
            case ast.Record(items=fields):
                parts = tuple(each.value for each in fields)
            case _:
                continue
        literals = [part for part in parts if isinstance(part, ast.Tuple | ast.SetEnumeration | ast.Record)]
        yield from literals
        pending += literals


def _single(kinds: set[str]) -> str:
    return next(iter(kinds)) if len(kinds) == 1 else ""


def _kind(value: Value) -> str:
    kind = values.kind_of(value)
    return "set" if kind == values.kind_of(values.EMPTY_SET) else kind_of_scalar(value)


def _spelled(symbol: str) -> str:
    """An operator's name as part of an identifier: its function's place in the text should be recognisable."""
    return symbol if symbol.isidentifier() else "_".join(f"{ord(character):x}" for character in symbol)


def _is_negative_number(expression: ast.Expr, env: Env) -> bool:
    return (
        isinstance(expression, ast.Apply)
        and expression.operator == "-."
        and isinstance(expression.arguments[0], ast.Number)
        and isinstance(env.lookup("-."), BuiltinOperator)
    )
