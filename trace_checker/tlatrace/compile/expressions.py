"""Lowering of expressions to Python: constructs of the language itself.

:meth:`Expressions.value` gives the text that computes an expression, :meth:`Expressions.give_back` the statements that
return it from a generated function. Operators and definitions are in :mod:`tlatrace.compile.references`, actions in
:mod:`tlatrace.compile.actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from tlatrace.compile.bounded import fits, literal_too_big
from tlatrace.compile.code import Code
from tlatrace.compile.element_kinds import element_kind
from tlatrace.compile.references import NO_TEMPORAL, References, application_key
from tlatrace.compile.scopes import Bound, Env
from tlatrace.semantics.spec import BuiltinOperator
from tlatrace.syntax import ast
from tlatrace.values import EvaluationError, record_maker

# A tuple this short is one Python object; see tlatrace.values.sequences.
_SHORT_TUPLE_MAX = 32


class Expressions(References):
    """Lowers expressions into one generated function."""

    listing = "elements"
    """What lists a set whose elements lead to one successor each: ``in_order`` where TLC's order of strings and model
    values matters, that is where states are explored.
    """

    def value(self, expression: ast.Expr, env: Env) -> Code:
        """Python text for ``expression``, perhaps after statements."""
        constant = self.program.constant(expression, env)
        if constant is not None:
            return constant
        method = getattr(self, f"_{type(expression).__name__.lower()}", None)
        if method is None:
            return self.failure(f"a {type(expression).__name__} cannot be evaluated", expression, env)
        return self.shallow(cast(Code, method(expression, env)))

    def truth(self, expression: ast.Expr, env: Env, what: str) -> Code:
        """Text for an expression that must be a boolean; ``what`` names it in the error."""
        return self.checked(self.value(expression, env), expression, env, what)

    def checked(self, code: Code, node: ast.Node, env: Env, what: str) -> Code:
        if code.kind == "bool":
            return code
        return Code(self.mark(f"truth({code.text}, {what!r})", node, env), "bool", depth=code.depth + 1)

    def give_back(self, expression: ast.Expr, env: Env, what: str | None = None) -> set[str]:
        """Emit statements that return the value of ``expression``; the kinds that it may have. ``what`` as in
        :meth:`truth`.
        """
        if self.program.constant(expression, env) is None:
            match expression:
                case ast.If(condition=condition, then=then, otherwise=otherwise):
                    test = self.truth(condition, env, "the condition of IF")
                    with self.block(f"if {test.text}:"):
                        kinds = self.give_back(then, env, what)
                    return kinds | self.give_back(otherwise, env, what)
                case ast.Case(arms=arms, other=other):
                    return self._give_back_case(expression, arms, other, env, what)
                case ast.Junction(operator=operator, items=items):
                    stop = "True" if operator == "\\/" else "False"
                    for item in items[:-1]:
                        test = self.truth(item, env, f"an operand of {operator}")
                        with self.block(f"if {test.text}:" if stop == "True" else f"if not {test.text}:"):
                            self.emit(f"return {stop}")
                    return {"bool"} | self.give_back(items[-1], env, f"an operand of {operator}")
                case ast.Quantifier(kind="\\A" | "\\E" as kind, bounds=bounds, body=body):
                    stop = "False" if kind == "\\A" else "True"
                    self._search(kind, bounds, body, env, lambda: self.emit(f"return {stop}"))
                    self.emit(f"return {'True' if stop == 'False' else 'False'}")
                    return {"bool"}
                case ast.Let(definitions=definitions, body=body):
                    return self.give_back(body, self.bind_let(definitions, body, env), what)
                case ast.Label(body=body):
                    return self.give_back(body, env, what)
                case ast.Apply() if self.tail_call(expression, env):
                    return set()
        code = self.value(expression, env)
        if what is not None:
            code = self.checked(code, expression, env, what)
        self.emit(f"return {code.text}")
        return {code.kind}

    def _give_back_case(
        self, node: ast.Case, arms: tuple[ast.CaseArm, ...], other: ast.Expr | None, env: Env, what: str | None
    ) -> set[str]:
        kinds: set[str] = set()
        for arm in arms:
            test = self.truth(arm.condition, env, "a condition of CASE")
            with self.block(f"if {test.text}:"):
                kinds |= self.give_back(arm.value, env, what)
        if other is not None:
            return kinds | self.give_back(other, env, what)
        self.emit(self.mark("no_arm()", node, env))
        return kinds

    # ----------------------------------------------------------------------- literals and structure

    def _number(self, node: ast.Number, env: Env) -> Code:
        if self.program.bounded_integers and not fits(node.value):
            return self.failure(literal_too_big(node.value), node, env)
        return Code(str(node.value), "int", is_atomic=True)

    def _string(self, node: ast.String, env: Env) -> Code:
        return self.program.literal(node.value)

    def _decimal(self, node: ast.Decimal, env: Env) -> Code:
        return self.failure(f"the real number {node.text} cannot be evaluated: TLC has integers only", node, env)

    def _at(self, node: ast.At, env: Env) -> Code:
        return self.named("@", node, env)

    def _label(self, node: ast.Label, env: Env) -> Code:
        return self.value(node.body, env)

    def _fairness(self, node: ast.Fairness, env: Env) -> Code:
        return self.failure(NO_TEMPORAL, node, env)

    def _actionbox(self, node: ast.ActionBox, env: Env) -> Code:
        return self.value(box_as_junction(node), env)

    def _lambda(self, node: ast.Lambda, env: Env) -> Code:
        return self.failure("an operator stands where a value is expected", node, env)

    def _setenumeration(self, node: ast.SetEnumeration, env: Env) -> Code:
        if not node.items:
            return Code("EMPTY_SET", "set", is_atomic=True)
        items, depth = self._listed(node.items, env)
        return Code(self.mark(f"make_set(({items},))", node, env), "set", depth=depth)

    def _tuple(self, node: ast.Tuple, env: Env) -> Code:
        if not node.items:
            return Code("EMPTY_SEQUENCE", "function", is_atomic=True)
        items, depth = self._listed(node.items, env)
        maker = "SequenceValue" if len(node.items) <= _SHORT_TUPLE_MAX else "make_sequence"
        return Code(f"{maker}(({items},))", "function", depth=depth)

    def _times(self, node: ast.Times, env: Env) -> Code:
        codes = [self.value(item, env) for item in node.items]
        items = ", ".join(f"as_set({code.text}, 'an operand of \\\\X')" for code in codes)
        return Code(self.mark(f"ProductSet(({items},))", node, env), "set", depth=_depth(codes))

    def _functionset(self, node: ast.FunctionSet, env: Env) -> Code:
        domain, codomain = self.value(node.domain, env), self.value(node.codomain, env)
        text = f"FunctionSpace(as_set({domain.text}, 'S of [S -> T]'), as_set({codomain.text}, 'T of [S -> T]'))"
        return Code(self.mark(text, node, env), "set", depth=_depth((domain, codomain)))

    def _recordset(self, node: ast.RecordSet, env: Env) -> Code:
        codes = [self.value(item.value, env) for item in node.items]
        items = ", ".join(
            f"{self.program.literal(item.name).text}: as_set({code.text}, 'the set of a field')"
            for item, code in zip(node.items, codes, strict=True)
        )
        return Code(self.mark(f"RecordSpace({{{items}}})", node, env), "set", depth=_depth(codes))

    def _record(self, node: ast.Record, env: Env) -> Code:
        names = tuple(item.name for item in node.items)
        try:
            make = record_maker(names)
        except EvaluationError as error:
            return self.failure(error.message, node, env)
        items, depth = self._listed([item.value for item in node.items], env)
        maker = self.program.object("record", names, make)
        return Code(f"{maker}(({items},))", "function", depth=depth)

    def _functionapply(self, node: ast.FunctionApply, env: Env) -> Code:
        function, key = self.value(node.function, env), self._key(node.arguments, env)
        return self._applied(function, key, f"{function.text}.apply({key.text})", node, env)

    def _field(self, node: ast.Field, env: Env) -> Code:
        record, name = self.value(node.record, env), self.program.literal(node.name)
        return self._applied(record, name, f"field_of({record.text}, {name.text})", node, env)

    def _applied(self, function: Code, key: Code, text: str, node: ast.Node, env: Env) -> Code:
        code = Code(self.mark(text, node, env), depth=_depth((function, key)))
        if not function.is_atomic or not key.is_atomic:
            return code
        name = application_key(function, key)
        return self.recall(name) or self.remember(name, self.atom(code))

    def _key(self, arguments: tuple[ast.Expr, ...], env: Env) -> Code:
        if len(arguments) == 1:
            return self.value(arguments[0], env)
        items, depth = self._listed(arguments, env)
        return Code(f"SequenceValue(({items},))", depth=depth)

    def _listed(self, expressions: Sequence[ast.Expr], env: Env) -> tuple[str, int]:
        codes = [self.value(each, env) for each in expressions]
        return ", ".join(code.text for code in codes), _depth(codes)

    # -------------------------------------------------------------------------------------- choices

    def _junction(self, node: ast.Junction, env: Env) -> Code:
        what = f"an operand of {node.operator}"
        word, prefix = (" and ", "if ") if node.operator == "/\\" else (" or ", "if not ")
        terms: list[Code] = []
        for item in node.items:
            if not terms:
                terms.append(self.truth(item, env, what))
                continue
            with self.capture() as lines:
                code = self.truth(item, env, what)
            if not lines:
                terms.append(code)
                continue
            result = self.fresh("t")
            self.emit(f"{result} = {word.join(term.text for term in terms)}")
            self.emit(f"{prefix}{result}:")
            self.lines += lines
            self.lines.append((self.level + 1, f"{result} = {code.text}"))
            terms = [Code(result, "bool", is_atomic=True)]
        if len(terms) == 1:
            return terms[0]
        return Code(f"({word.join(term.text for term in terms)})", "bool", depth=_depth(terms))

    def _if(self, node: ast.If, env: Env) -> Code:
        test = self.truth(node.condition, env, "the condition of IF")
        return self._either(
            test, lambda: self.value(node.then, env), lambda: self.value(node.otherwise, env), _depth((test,))
        )

    def _either(self, test: Code, then: Callable[[], Code], otherwise: Callable[[], Code], depth: int) -> Code:
        with self.capture() as then_lines:
            one = then()
        with self.capture() as else_lines:
            other = otherwise()
        kind = one.kind if one.kind == other.kind else ""
        if not then_lines and not else_lines:
            deepest = max(depth, _depth((one, other)))
            return Code(f"({one.text} if {test.text} else {other.text})", kind, depth=deepest)
        result = self.fresh("t")
        self.emit(f"if {test.text}:")
        self.lines += then_lines
        self.lines.append((self.level + 1, f"{result} = {one.text}"))
        self.emit("else:")
        self.lines += else_lines
        self.lines.append((self.level + 1, f"{result} = {other.text}"))
        return Code(result, kind, is_atomic=True)

    def _case(self, node: ast.Case, env: Env, first: int = 0) -> Code:
        if first == len(node.arms):
            if node.other is not None:
                return self.value(node.other, env)
            return Code(self.mark("no_arm()", node, env))
        arm = node.arms[first]
        test = self.truth(arm.condition, env, "a condition of CASE")
        return self._either(
            test, lambda: self.value(arm.value, env), lambda: self._case(node, env, first + 1), _depth((test,))
        )

    def _let(self, node: ast.Let, env: Env) -> Code:
        return self.value(node.body, self.bind_let(node.definitions, node.body, env))

    # ---------------------------------------------------------------------------- bound identifiers

    def _quantifier(self, node: ast.Quantifier, env: Env) -> Code:
        if node.kind not in ("\\A", "\\E"):
            return self.failure(NO_TEMPORAL, node, env)
        result = self.fresh("t")
        self.emit(f"{result} = {node.kind == chr(92) + 'A'}")

        def found() -> None:
            self.emit(f"{result} = {node.kind != chr(92) + 'A'}")
            self.emit("break")

        self._search(node.kind, node.bounds, node.body, env, found)
        return Code(result, "bool", is_atomic=True)

    def _search(
        self, kind: str, bounds: tuple[ast.Bound, ...], body: ast.Expr, env: Env, found: Callable[[], None]
    ) -> None:
        """A loop that runs ``found`` where ``body`` decides the quantifier."""

        def each(inner: Env) -> None:
            test = self.truth(body, inner, f"the body of {kind}")
            with self.block(f"if {test.text}:" if kind == "\\E" else f"if not {test.text}:"):
                found()

        self.loop(bounds, env, each)

    def loop(
        self, bounds: tuple[ast.Bound, ...], env: Env, body: Callable[[Env], None], listing: str = "elements"
    ) -> None:
        """A loop over the values of ``bounds``; ``body`` emits what is done for each."""
        header, inner, opening = self._loop_header(bounds, env, listing)
        with self.block(header):
            for line in opening:
                self.emit(line)
            body(inner)

    def _loop_header(
        self, bounds: tuple[ast.Bound, ...], env: Env, listing: str = "elements"
    ) -> tuple[str, Env, list[str]]:
        targets: list[str] = []
        sources: list[str] = []
        opening: list[str] = []
        bindings: dict[str, Bound] = {}
        for bound in bounds:
            source, kind = self._source(bound, env, listing)
            if bound.is_tuple:
                targets.append(self._pattern(bound, env, bindings, opening))
                sources.append(source)
                continue
            for name in bound.names:
                target = self.fresh(name)
                bindings[name] = Bound(Code(target, kind, is_atomic=True))
                targets.append(target)
                sources.append(source)
        if len(targets) == 1:
            return f"for {targets[0]} in {sources[0]}:", env.bind(bindings), opening
        return f"for {', '.join(targets)} in together({', '.join(sources)}):", env.bind(bindings), opening

    def _pattern(self, bound: ast.Bound, env: Env, bindings: dict[str, Bound], opening: list[str]) -> str:
        """Bind the names of ``<<x, y>> \\in S``; gives the Python name that the loop must assign."""
        target = self.fresh("v")
        names = [self.fresh(name) for name in bound.names]
        for name, local in zip(bound.names, names, strict=True):
            bindings[name] = Bound(Code(local, is_atomic=True))
        opening.append(f"{', '.join(names)}, = " + self.mark(f"parts({target}, {len(names)})", bound, env))
        return target

    def _source(self, bound: ast.Bound, env: Env, listing: str) -> tuple[str, str]:
        """Text for what a bound enumerates, and the kind of the elements. It may be evaluated more than once for
        ``x, y \\in S``.
        """
        domain = bound.domain
        if domain is None:
            where = ", ".join(bound.names)
            return self.failure(f"{where} is bound without a set, which cannot be enumerated", bound, env).text, ""
        if isinstance(domain, ast.Apply) and domain.operator == "..":
            symbol = env.lookup("..")
            if isinstance(symbol, BuiltinOperator):
                low, high = (self.value(argument, env) for argument in domain.arguments)
                code = Code(self.mark(f"interval({low.text}, {high.text})", domain, env), depth=_depth((low, high)))
                return (code if len(bound.names) == 1 else self.atom(code)).text, "int"
        base = self.value(domain, env)
        if len(bound.names) > 1 and not bound.is_tuple:
            base = self.atom(base)
        kind = element_kind(domain, env)
        listed = "elements" if kind in ("int", "bool") else listing
        return self.mark(f"{listed}({base.text})", domain, env), kind

    def predicate(self, bound: ast.Bound, body: ast.Expr, env: Env, what: str | None) -> str:
        """A nested function of the value that ``bound`` binds."""
        return self.function_of_bounds((bound,), env, lambda inner: self.give_back(body, inner, what), "test")

    def function_of_bounds(
        self, bounds: tuple[ast.Bound, ...], env: Env, body: Callable[[Env], Any], base: str, itself: bool = False
    ) -> str:
        """A nested function of one value, which is a tuple where ``bounds`` bind several."""
        single = len(bounds) == 1 and not bounds[0].is_tuple and len(bounds[0].names) == 1

        def emit_body(names: list[str]) -> None:
            bindings: dict[str, Bound] = {}
            opening: list[str] = []
            if single:
                bindings[bounds[0].names[0]] = Bound(Code(names[0], is_atomic=True))
            elif len(bounds) == 1 and bounds[0].is_tuple:
                target = self._pattern(bounds[0], env, bindings, opening)
                self.emit(f"{target} = {names[0]}")
            else:
                targets: list[str] = []
                for bound in bounds:
                    if bound.is_tuple:
                        targets.append(self._pattern(bound, env, bindings, opening))
                        continue
                    for name in bound.names:
                        targets.append(self.fresh(name))
                        bindings[name] = Bound(Code(targets[-1], is_atomic=True))
                opening.insert(0, f"{', '.join(targets)}, = parts({names[0]}, {len(targets)})")
            for line in opening:
                self.emit(line)
            body(env.bind(bindings))

        parameter = bounds[0].names[0] if single else "v"
        return self.closure(base, [parameter], emit_body, refers_to_itself=itself)

    def domain_of(self, bounds: tuple[ast.Bound, ...], env: Env) -> Code:
        """The domain of a function with these bounds: a product where there are several."""
        codes: list[Code] = []
        for bound in bounds:
            if bound.domain is None:
                return self.failure("a function needs a domain", bound, env)
            code = self.value(bound.domain, env)
            codes += [code if bound.is_tuple or len(bound.names) == 1 else self.atom(code)] * (
                1 if bound.is_tuple else len(bound.names)
            )
        if len(codes) == 1:
            return codes[0]
        items = ", ".join(f"as_set({code.text}, 'the domain of a function')" for code in codes)
        return Code(self.mark(f"ProductSet(({items},))", bounds[0], env), "set", depth=_depth(codes))

    def _functionconstructor(self, node: ast.FunctionConstructor, env: Env) -> Code:
        domain = self.domain_of(node.bounds, env)
        body = self.function_of_bounds(node.bounds, env, lambda inner: self.give_back(node.body, inner), "rule")
        call = f"function_over({domain.text}, {body})"
        if id(node) in self.program.deferred:
            call = f"function_when_applied({domain.text}, {body}, located)"
        return Code(self.mark(call, node, env), "function", depth=_depth((domain,)))

    def _setfilter(self, node: ast.SetFilter, env: Env) -> Code:
        if node.bound.domain is None:
            return self.failure("a set filter needs a set", node, env)
        base = self.value(node.bound.domain, env)
        test = self.predicate(node.bound, node.predicate, env, "the predicate of a set")
        return Code(self.mark(f"set_filter({base.text}, {test})", node, env), "set", depth=_depth((base,)))

    def _choose(self, node: ast.Choose, env: Env) -> Code:
        if node.bound.domain is None:
            return self.failure("CHOOSE without a set cannot be evaluated", node, env)
        base = self.value(node.bound.domain, env)
        test = self.predicate(node.bound, node.body, env, "the predicate of CHOOSE")
        return Code(self.mark(f"choose({base.text}, {test})", node, env), depth=_depth((base,)))

    def _setmap(self, node: ast.SetMap, env: Env) -> Code:
        return self.collected("make_set", node, node, env)

    def collected(self, maker: str, node: ast.SetMap, place: ast.Node, env: Env) -> Code:
        """``maker`` applied to the list of what ``node`` maps to."""
        found = self.fresh("items")
        header, inner, opening = self._loop_header(node.bounds, env)
        with self.capture() as lines:
            for line in opening:
                self.emit(line)
            element = self.value(node.element, inner)
        # Python allows no assignment expression in what a comprehension iterates over.
        if not lines and ":=" not in header:
            text = f"{maker}([{element.text} {header[:-1]}])"
            return Code(self.mark(text, place, env), "set", depth=element.depth + 1)
        self.emit(f"{found} = []")
        self.emit(header)
        self.lines += lines
        self.lines.append((self.level + 1, f"{found}.append({element.text})"))
        return Code(self.mark(f"{maker}({found})", place, env), "set")

    # --------------------------------------------------------------------------------------- EXCEPT

    def _except(self, node: ast.Except, env: Env) -> Code:
        result = self.value(node.function, env)
        for update in node.updates:
            result = self._updated(self.atom(result, "f"), update, env)
        return result

    def _updated(self, function: Code, update: ast.ExceptUpdate, env: Env) -> Code:
        """``[function EXCEPT update]``; where the path leaves a domain the function is unchanged and the value not
        evaluated.
        """
        keys: list[Code] = []
        for step in update.path:
            key = (
                self.program.literal(step.name) if isinstance(step, ast.ExceptField) else self._key(step.arguments, env)
            )
            keys.append(self.atom(key, "k"))
        olds = [self.fresh("old") for _ in keys]
        inner = env.bind({"@": Bound(Code(olds[-1], is_atomic=True))})
        with self.capture() as lines:
            new = self.value(update.value, inner)
        reads: list[str] = []
        base = function.text
        for key, old_name in zip(keys, olds, strict=True):
            reads.append(self.mark(f"({old_name} := old({base}, {key.text}))", update, env))
            base = old_name
        text = new.text
        for holder, key in zip(reversed([function.text, *olds[:-1]]), reversed(keys), strict=True):
            text = f"{holder}.replace({key.text}, {text})"
        missing = " or ".join(f"{read} is None" for read in reads)
        if not lines:
            return Code(f"({function.text} if {missing} else {text})", "function", depth=new.depth + 1)
        result = self.fresh("f")
        self.emit(f"{result} = {function.text}")
        self.emit(f"if not ({missing}):")
        self.lines += lines
        self.lines.append((self.level + 1, f"{result} = {text}"))
        return Code(result, "function", is_atomic=True)


def box_as_junction(node: ast.ActionBox) -> ast.Junction:
    """``[A]_v`` is ``A \\/ UNCHANGED v``; ``<<A>>_v`` is ``A /\\ ~UNCHANGED v``."""
    same = ast.Apply("UNCHANGED", (node.subscript,), location=node.location)
    if node.kind == "[]":
        return ast.Junction("\\/", (node.action, same), location=node.location)
    changed = ast.Apply("~", (same,), location=node.location)
    return ast.Junction("/\\", (node.action, changed), location=node.location)


def _depth(codes: Sequence[Code]) -> int:
    return 1 + max((code.depth for code in codes), default=0)
