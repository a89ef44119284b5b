r"""What a formula and the known values of the next state say of identifiers that are not bound yet.

``\E m \in messages : m.dst = i /\ log' = [log EXCEPT ![i] = Append(@, m.entry)]`` is true of few messages only: those
to ``i``, and, where the log of the next state was observed, those that carry its last entry. A :class:`Solver` finds
such *sources*: an identifier, a path of fields into it, and generated text for the value that stands at the end of
that path wherever the formula holds.

A source is a necessary condition. The formula itself is evaluated afterwards for every value that is left, so a source
can only spare values that make no successor. Text that fails, or finds that it knows nothing, raises: the caller then
takes another source, or enumerates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tlatrace.compile.analysis import defined_names
from tlatrace.compile.code import Code
from tlatrace.compile.scopes import Alias, Bound, Delayed, Env, LocalFunction, LocalOperator
from tlatrace.compile.sources import Fact, Known, Path, Source, Step, one_key
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition, VariableSymbol
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.actions import Actions

# So many nodes of a formula are looked at, definitions written out; what stands behind them is not solved from.
_NODES_MAX: Final = 2_000

_DEFINITIONS_MAX: Final = 20


class Solver:
    """Looks at formulas in which some identifiers, :attr:`hidden`, are not bound yet."""

    def __init__(self, lowering: Actions, facts: Mapping[int, Sequence[Fact]]) -> None:
        self._lowering = lowering
        self._facts = facts
        self._nodes = 0
        self._depth = 0
        self.hidden: dict[int, Bound] = {}

    def hide(self, name: str) -> Bound:
        """A binding for an identifier that has no value yet."""
        bound = Bound(Code(f"not_bound_{name}"))
        self.hidden[id(bound)] = bound
        return bound

    # ------------------------------------------------------------------------------------- formulas

    def sources(self, formula: ast.Expr, env: Env) -> Iterator[Source]:
        """What ``formula`` says of hidden identifiers, in the order in which it stands there."""
        self._nodes += 1
        if self._nodes > _NODES_MAX:
            return
        if not isinstance(formula, ast.Junction) and self.is_known(formula, env):
            yield Source(None, (), self._value(formula, env))
            return
        match formula:
            case ast.Junction(operator="/\\", items=items):
                for item in items:
                    yield from self.sources(item, env)
            case ast.Junction(items=items):
                yield from self._either([tuple(self.sources(item, env)) for item in items])
            case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
                names = {name: self.hide(name) for bound in bounds for name in bound.names}
                yield from self.sources(body, env.bind(names))
            case ast.If(condition=condition, then=one, otherwise=other):
                yield from self._chosen(condition, env, lambda part: self.sources(part, env), one, other)
            case ast.Let(definitions=definitions, body=body):
                yield from self.sources(body, self._let(definitions, env))
            case ast.Label(body=body):
                yield from self.sources(body, env)
            case ast.Apply(operator="UNCHANGED", arguments=(kept,)):
                yield from self._unchanged(kept, env)
            case ast.Apply(operator="=", arguments=(left, right)) if _is_builtin("=", env):
                yield from self._equation(left, right, env)
                yield from self._equation(right, left, env)
            case ast.Name() | ast.Apply():
                inlined = self._inlined(formula, env)
                if inlined is not None:
                    yield from self._deeper(self.sources(*inlined))

    def _deeper(self, found: Iterator[Source]) -> Iterator[Source]:
        if self._depth >= _DEFINITIONS_MAX:
            return
        self._depth += 1
        try:
            yield from list(found)
        finally:
            self._depth -= 1

    def _equation(self, left: ast.Expr, right: ast.Expr, env: Env) -> Iterator[Source]:
        """``left`` stands for what is known, ``right`` is solved."""
        lowering = self._lowering
        variable = lowering.variable(left, env)
        if variable is not None:
            assigned = lowering.target.read(variable)
            if assigned is not None:
                yield from self.unify(right, env, (), lambda: assigned.text)
                return
            is_known = self.is_known(right, env)
            for fact in self._facts.get(variable, ()):
                if is_known:
                    yield self._check(fact, self._value(right, env))
                elif fact.is_element:
                    yield from self._element(right, env, fact.known)
                else:
                    yield from self.unify(right, env, fact.path, fact.known)
        elif self.is_known(left, env):
            yield from self.unify(right, env, (), self._value(left, env))

    def _check(self, fact: Fact, value: Known) -> Source:
        """What must hold where ``value`` is assigned to the variable that ``fact`` speaks of."""

        def known() -> str:
            place = value()
            for step in fact.path:
                place = f"{place}.apply({self._value(step.key, step.env)()})"
            return f"member({fact.known()}, {place})" if fact.is_element else f"equal({place}, {fact.known()})"

        return Source(None, (), known)

    def _unchanged(self, kept: ast.Expr, env: Env) -> Iterator[Source]:
        match kept:
            case ast.Tuple(items=items):
                for item in items:
                    yield from self._unchanged(item, env)
            case ast.Name(name=name):
                match env.lookup(name):
                    case VariableSymbol(index=index):
                        before = env.now.read(index)
                        if before is not None:
                            for fact in self._facts.get(index, ()):
                                yield self._check(fact, lambda: before.text)
                    case _:
                        inlined = self._inlined(kept, env)
                        if inlined is not None:
                            yield from self._unchanged(*inlined)

    def _either(self, branches: Sequence[tuple[Source, ...]]) -> Iterator[Source]:
        """What a disjunction says of an identifier that each of its branches speaks of, or else is excluded by a
        check.
        """
        if len(branches) == 1:
            yield from branches[0]
            return
        targets = {id(source.target): source.target for branch in branches for source in branch if source.target}
        for target in targets.values():
            mine = tuple(
                tuple(source for source in branch if source.target is target or source.target is None)
                for branch in branches
            )
            if all(mine):
                yield Source(target, (), _no_value, mine)

    def _chosen(
        self,
        condition: ast.Expr,
        env: Env,
        look: Callable[[ast.Expr], Iterator[Source]],
        one: ast.Expr,
        other: ast.Expr,
    ) -> Iterator[Source]:
        """IF: what a branch says holds if the condition is known, and as it should be; otherwise in any case one of
        them holds.
        """
        if not self.is_known(condition, env):
            yield from self._either([tuple(look(one)), tuple(look(other))])
            return
        test = self._value(condition, env)
        for branch, wanted in ((one, "True"), (other, "False")):
            for source in look(branch):
                yield self._if(source, lambda wanted=wanted: f"{test()} is {wanted}")  # type: ignore[misc]

    def _if(self, source: Source, condition: Known) -> Source:
        """``source``, which says something only on a condition."""

        def known() -> str:
            self._lowering.emit(f"needs({condition()})")
            return source.known()

        branches = tuple(tuple(self._if(each, condition) for each in branch) for branch in source.branches)
        return Source(source.target, source.path, known, branches)

    # -------------------------------------------------------------------------------------- equations

    def unify(self, expression: ast.Expr, env: Env, path: Path, known: Known) -> Iterator[Source]:
        """What ``expression.path = known`` says of hidden identifiers."""
        self._nodes += 1
        if self._nodes > _NODES_MAX:
            return
        place = self._place(expression, env)
        if place is not None:
            fields = [step.field for step in (*place[1], *path)]
            names = tuple(field for field in fields if field is not None)
            if len(names) == len(fields):
                yield Source(place[0], names, known)
            return
        if self.is_known(expression, env):
            return
        match expression:
            case ast.Label(body=body):
                yield from self.unify(body, env, path, known)
            case ast.Let(definitions=definitions, body=body):
                yield from self.unify(body, self._let(definitions, env), path, known)
            case ast.If(condition=condition, then=one, otherwise=other):
                yield from self._chosen(condition, env, lambda part: self.unify(part, env, path, known), one, other)
            case ast.Record(items=items):
                for item in items:
                    if not path:
                        yield from self.unify(item.value, env, (), _read(known, ascii(item.name)))
                    elif path[0].field == item.name:
                        yield from self.unify(item.value, env, path[1:], known)
            case ast.Tuple(items=items):
                for position, each in enumerate(items, 1):
                    if not path:
                        yield from self.unify(each, env, (), _read(known, str(position)))
                    elif isinstance(path[0].key, ast.Number) and path[0].key.value == position:
                        yield from self.unify(each, env, path[1:], known)
            case ast.SetEnumeration(items=(item,)) if not path:
                yield from self.unify(item, env, (), lambda: f"only_of({known()})")
            case ast.FunctionConstructor(bounds=(ast.Bound(names=(name,), is_tuple=False),), body=body) if path:
                inner = env.bind({name: Delayed(path[0].key, path[0].env)})
                yield from self.unify(body, inner, path[1:], known)
            case ast.Except(function=function, updates=updates):
                yield from self._except(function, updates, env, path, known)
            case ast.Name() | ast.Apply():
                inlined = self._inlined(expression, env)
                if inlined is not None:
                    yield from self._deeper(self.unify(*inlined, path, known))
                elif isinstance(expression, ast.Apply) and not path:
                    yield from self._operator(expression, env, known)

    def _operator(self, node: ast.Apply, env: Env, known: Known) -> Iterator[Source]:
        if not isinstance(env.lookup(node.operator), BuiltinOperator) or len(node.arguments) != 2:
            return
        left, right = node.arguments
        match node.operator:
            case "Append":
                yield from self.unify(right, env, (), lambda: f"last_of({known()})")
                yield from self.unify(left, env, (), lambda: f"front_of({known()})")
            case "\\o":
                if isinstance(right, ast.Tuple) and len(right.items) == 1:
                    yield from self.unify(right.items[0], env, (), lambda: f"last_of({known()})")
            case "\\cup":
                for base, added in ((left, right), (right, left)):
                    if isinstance(added, ast.SetEnumeration) and len(added.items) == 1 and self.is_known(base, env):
                        old = self._value(base, env)
                        new: Known = lambda old=old: f"only_new({known()}, {old()})"  # type: ignore[misc]  # noqa: E731
                        yield from self.unify(added.items[0], env, (), new)
            case "\\":
                if isinstance(right, ast.SetEnumeration) and len(right.items) == 1 and self.is_known(left, env):
                    old = self._value(left, env)
                    yield from self.unify(right.items[0], env, (), lambda: f"only_new({old()}, {known()})")
            case "+" | "-":
                for one, other in ((left, right), (right, left)):
                    if self.is_known(other, env):
                        rest = self._value(other, env)
                        if node.operator == "+" or one is left:
                            sign = "-" if node.operator == "+" else ""
                        else:
                            continue
                        yield from self.unify(
                            one,
                            env,
                            (),
                            lambda sign=sign, rest=rest: f"sum_of({known()}, {sign}{rest()})",  # type: ignore[misc]
                        )

    def _element(self, expression: ast.Expr, env: Env, known: Known) -> Iterator[Source]:
        """What ``known \\in expression`` says."""
        match expression:
            case ast.Label(body=body):
                yield from self._element(body, env, known)
            case ast.Let(definitions=definitions, body=body):
                yield from self._element(body, self._let(definitions, env), known)
            case ast.Apply(operator="\\cup", arguments=(left, right)) if _is_builtin("\\cup", env):
                for base, added in ((left, right), (right, left)):
                    if isinstance(added, ast.SetEnumeration) and len(added.items) == 1 and self.is_known(base, env):
                        old = self._value(base, env)
                        new: Known = lambda old=old: f"not_in({known()}, {old()})"  # type: ignore[misc]  # noqa: E731
                        yield from self.unify(added.items[0], env, (), new)
            case ast.SetEnumeration(items=(item,)):
                yield from self.unify(item, env, (), known)
            case ast.Name() | ast.Apply():
                inlined = self._inlined(expression, env)
                if inlined is not None:
                    yield from self._deeper(self._element(*inlined, known))

    # ----------------------------------------------------------------------------------------- EXCEPT

    def _except(
        self, function: ast.Expr, updates: tuple[ast.ExceptUpdate, ...], env: Env, path: Path, known: Known
    ) -> Iterator[Source]:
        """``[f EXCEPT ![a] = e, ![b] = g].path = known``: the last update whose keys are those of the path tells."""
        later: list[Known] = []
        for position, update in reversed(list(enumerate(updates))):
            keys = [Step(_key(step), env) for step in update.path]
            if not all(self.is_known(step.key, env) for step in keys):
                if len(updates) == 1 and len(keys) == 1:
                    yield from self._updated_key(function, keys[0], env, path, known)
                return
            conditions = self._same_keys(keys, path)
            if conditions is None:
                continue
            rest, value = path[len(keys) :], known
            for step in keys[len(path) :]:
                value = self._read_at(value, step)
            at: ast.Expr = function
            for step in keys:
                at = ast.FunctionApply(at, (step.key,), location=update.location)
            # What @ means after another update is not looked at.
            mine: Bound | Delayed = Delayed(at, env) if position == 0 else self.hide("@")
            for source in self.unify(update.value, env.bind({"@": mine}), rest, value):
                yield self._if_all(source, conditions, later)
            later = [*later, _all(conditions)]

    def _updated_key(self, function: ast.Expr, step: Step, env: Env, path: Path, known: Known) -> Iterator[Source]:
        """``[f EXCEPT ![a] = e]`` for an unknown ``a``: wherever the value is not what it was, there it was updated."""
        if not self.is_known(function, env):
            return
        old = self._value(function, env)
        if not path:
            yield from self.unify(step.key, env, (), lambda: f"changed_key({known()}, {old()})")
            return
        before: Known = old
        for each in path:
            before = self._read_at(before, each)
        key = self._value(path[0].key, path[0].env)

        def changed() -> str:
            self._lowering.emit(f"needs(not same({before()}, {known()}))")
            return key()

        yield from self.unify(step.key, env, (), changed)

    def _same_keys(self, keys: Sequence[Step], path: Path) -> list[Known] | None:
        """What must hold for ``keys`` and ``path`` to lead to the same place, one inside the other; None if they never
        do.
        """
        conditions: list[Known] = []
        for mine, theirs in zip(keys, path, strict=False):
            one, other = self._plain(mine.key, mine.env), self._plain(theirs.key, theirs.env)
            if one is not None and one == other:
                continue
            if mine.field is not None and theirs.field is not None:
                return None
            left, right = self._value(mine.key, mine.env), self._value(theirs.key, theirs.env)
            conditions.append(lambda left=left, right=right: f"same({left()}, {right()})")  # type: ignore[misc]
        return conditions

    def _if_all(self, source: Source, conditions: Sequence[Known], later: Sequence[Known]) -> Source:
        for condition in conditions:
            source = self._if(source, condition)
        for condition in later:
            source = self._if(source, lambda condition=condition: f"not {condition()}")  # type: ignore[misc]
        return source

    def _read_at(self, known: Known, step: Step) -> Known:
        key = self._value(step.key, step.env)
        return lambda: f"{known()}.apply({key()})"

    # ------------------------------------------------------------------------------------------ names

    def _place(self, expression: ast.Expr, env: Env) -> tuple[Bound, Path] | None:
        """The hidden identifier that ``expression`` is read from, and the way there."""
        match expression:
            case ast.Label(body=body):
                return self._place(body, env)
            case ast.Name(name=name) | ast.Apply(operator=name, arguments=()):
                match env.lookup(name):
                    case Bound() as bound:
                        return (bound, ()) if id(bound) in self.hidden else None
                    case Delayed(expression=inner, env=inner_env, thunk=None, cached=None):
                        return self._place(inner, inner_env.with_views(env))
            case ast.Field(record=record, name=name):
                place = self._place(record, env)
                return None if place is None else (place[0], (*place[1], Step(ast.String(name), env)))
            case ast.FunctionApply(function=function, arguments=(key,)):
                place = self._place(function, env)
                return None if place is None else (place[0], (*place[1], Step(key, env)))
        return None

    def is_known(self, expression: ast.Expr, env: Env) -> bool:
        """Whether ``expression`` can be evaluated here: it depends on no hidden identifier and on no variable that has
        no value yet, and nobody sees that it is evaluated.
        """
        if self._lowering.depends_on_unassigned(expression, env):
            return False
        return self._is_free(expression, env, set())

    def _is_free(self, expression: ast.Expr, env: Env, seen: set[int]) -> bool:
        analysis = self._lowering.program.analysis
        if not analysis.reads(expression, env.scope, env.bindings).is_pure:
            return False
        for name in analysis.free(expression) & env.bindings.keys():
            binding = env.bindings[name]
            if id(binding) in seen:
                continue
            seen.add(id(binding))
            match binding:
                case Bound():
                    if id(binding) in self.hidden:
                        return False
                case Delayed(expression=inner, env=inner_env, thunk=None, cached=None):
                    if not self._is_free(inner, inner_env, seen):
                        return False
                case LocalOperator(body=inner, env=[inner_env], parameters=parameters):
                    own = {parameter.name: Bound(Code("None")) for parameter in parameters}
                    if not self._is_free(inner, inner_env.bind(own), seen):
                        return False
                case LocalFunction(definition=definition, env=[inner_env]):
                    own = {each: Bound(Code("None")) for bound in definition.bounds for each in bound.names}
                    if not self._is_free(definition.body, inner_env.bind(own), seen):
                        return False
                case Alias(target=target, env=inner_env):
                    if not self._is_free(ast.Name(target), inner_env, seen):
                        return False
        return True

    def _inlined(self, node: ast.Expr, env: Env) -> tuple[ast.Expr, Env] | None:
        """The body that a name or an application stands for, with what its names mean; None for anything else."""
        lowering = self._lowering
        match node:
            case ast.Name(name=name):
                arguments: tuple[ast.Expr, ...] = ()
            case ast.Apply(operator=name, arguments=arguments):
                pass
            case _:
                return None
        match env.lookup(name):
            case Delayed(expression=expression, env=inner, thunk=None, cached=None):
                return expression, inner.with_views(env)
            case LocalOperator(is_recursive=False) as local if local.env:
                return local.body, lowering.inlined_local(local, arguments, node, env)
            case Definition(is_recursive=False, is_function=False) as definition:
                return definition.body, lowering.inlined(definition, arguments, node, env)
        return None

    def _let(self, definitions: tuple[ast.Unit, ...], env: Env) -> Env:
        """``env`` with the names of a LET, nothing being evaluated."""
        recursive = {name for unit in definitions if isinstance(unit, ast.Recursive) for name in defined_names(unit)}
        inner = env
        for unit in definitions:
            if isinstance(unit, ast.OperatorDefinition) and unit.name not in recursive:
                if unit.parameters:
                    local = LocalOperator(unit.name, unit.parameters, unit.body, [inner], is_recursive=False)
                    inner = inner.bind({unit.name: local})
                else:
                    inner = inner.bind({unit.name: Delayed(unit.body, inner)})
            elif isinstance(unit, ast.FunctionDefinition):
                inner = inner.bind({unit.name: self.hide(unit.name)})
            else:
                inner = inner.bind({name: self.hide(name) for name in defined_names(unit)})
        return inner

    def _value(self, expression: ast.Expr, env: Env) -> Known:
        lowering = self._lowering
        return lambda: lowering.atom(lowering.value(expression, env)).text

    def _plain(self, expression: ast.Expr, env: Env) -> object:
        """Something that is equal for expressions that are known to have one value; None if nothing is known."""
        match expression:
            case ast.String(value=value) | ast.Number(value=value):
                return type(value), value
            case ast.Label(body=body):
                return self._plain(body, env)
            case ast.Name(name=name):
                match env.lookup(name):
                    case Bound(code=code):
                        return code.text
                    case Delayed(expression=inner, env=inner_env, cached=cached) as delayed:
                        if cached is not None and delayed.env.with_views(env) is delayed.env:
                            return cached.text
                        return self._plain(inner, inner_env.with_views(env))
                    case ConstantSymbol() | VariableSymbol() as symbol:
                        return (id(symbol), id(env.now)) if isinstance(symbol, VariableSymbol) else id(symbol)
        return None


def _key(step: ast.ExceptIndex | ast.ExceptField) -> ast.Expr:
    if isinstance(step, ast.ExceptField):
        return ast.String(step.name, location=step.location)
    return one_key(step.arguments, step)


def _read(known: Known, key: str) -> Known:
    return lambda: f"{known()}.apply({key})"


def _all(conditions: Sequence[Known]) -> Known:
    return lambda: f"({' and '.join(condition() for condition in conditions) or 'True'})"


def _is_builtin(operator: str, env: Env) -> bool:
    return isinstance(env.lookup(operator), BuiltinOperator)


def _no_value() -> str:
    raise AssertionError("a source of several branches has no value of its own")
