"""Does an expression use its names as SANY allows, and what is its level?

One walk finds unknown names, wrong numbers of arguments, operators where values are expected (and the reverse),
identifiers that are bound although they already mean something, and levels that an operator does not take. The walk
goes on after a mistake, so that a person sees all of them at once, and takes what is wrong for harmless, so that one
mistake does not cause others.
"""

from __future__ import annotations

from collections.abc import Iterable

from tlatrace.semantics.levels import ACTION, CONSTANT, STATE, TEMPORAL
from tlatrace.semantics.selected_names import SelectedNames
from tlatrace.syntax import ast


class ExpressionChecker(SelectedNames):
    """Walks expressions: what binds names, and what makes values."""

    # ------------------------------------------------------------ binding constructs

    def bound(self, bounds: tuple[ast.Bound, ...], body: ast.Expr, what: str, most: int) -> int:
        """The level of ``body`` under ``bounds``."""
        return self.below(bounds, self.domains(bounds, what), body, what, most)

    def domains(self, bounds: tuple[ast.Bound, ...], what: str) -> int:
        """The level of the sets that names are bound to."""
        level = CONSTANT
        for item in bounds:
            if item.domain is not None:
                level = max(level, self.operand(item.domain, ACTION, f"the set of {what}"))
        return level

    def below(
        self,
        bounds: tuple[ast.Bound, ...],
        level: int,
        body: ast.Expr,
        what: str,
        most: int,
        also: tuple[str, ...] = (),
    ) -> int:
        """The level of ``body`` under ``bounds``, whose sets have ``level``; the names in ``also`` are bound, too."""
        mark = len(self._undo)
        count = len(self._label_names)
        if also:
            self.bind(also, body.location)
        for item in bounds:
            self.bind(item.names, item.location)
            self._label_names.extend(item.names)
        if most == TEMPORAL:
            of_body = self.level(body)
            if of_body == TEMPORAL and level == ACTION and what in ("\\A", "\\E"):
                message = f"{what} over a temporal formula needs a set that is a state expression"
                self.complain(message, bounds[0].location)
        else:
            of_body = self.operand(body, most, what)
        self.forget(mark)
        del self._label_names[count:]
        return max(level, of_body)

    def _quantifier(self, expression: ast.Quantifier) -> int:
        kind = expression.kind
        if kind in ("\\AA", "\\EE"):
            count = len(self._label_names)
            with self.scope():
                for item in expression.bounds:
                    self.bind(item.names, item.location)
                    self._label_names.extend(item.names)
                self.operand(expression.body, TEMPORAL, kind, weighs=False)
            del self._label_names[count:]
            return TEMPORAL
        return self.bound(expression.bounds, expression.body, kind, TEMPORAL)

    def _choose(self, expression: ast.Choose) -> int:
        return self.bound((expression.bound,), expression.body, "CHOOSE", ACTION)

    def _setfilter(self, expression: ast.SetFilter) -> int:
        return self.bound((expression.bound,), expression.predicate, "{x \\in S : P}", ACTION)

    def _setmap(self, expression: ast.SetMap) -> int:
        return self.bound(expression.bounds, expression.element, "{e : x \\in S}", ACTION)

    def _functionconstructor(self, expression: ast.FunctionConstructor) -> int:
        return self.bound(expression.bounds, expression.body, "[x \\in S |-> e]", TEMPORAL)

    def _let(self, expression: ast.Let) -> int:
        with self.scope():
            self.depth += 1
            self.local_units(expression.definitions)
            self.depth -= 1
            return self.level(expression.body)

    def local_units(self, units: tuple[ast.Unit, ...]) -> None:
        """What LET and the DEFINE of a proof define; the checker of modules knows how."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------------ values

    def _number(self, expression: ast.Expr) -> int:
        return CONSTANT

    _string = _decimal = _number

    def _operands(self, expressions: Iterable[ast.Node], what: str, most: int = ACTION) -> int:
        level = CONSTANT
        for expression in expressions:
            found = self.operand(expression, most, what)
            if found > level:
                level = found
        return level

    def _junction(self, expression: ast.Junction) -> int:
        level = CONSTANT
        has_action = False
        for item in expression.items:
            found = self.level(item)
            if found > level:
                level = found
            has_action |= found == ACTION
        if has_action and level == TEMPORAL:
            self.complain(
                f"a {expression.operator} has both temporal formulas and actions as its parts", expression.location
            )
        return level

    def _if(self, expression: ast.If) -> int:
        condition, then, otherwise = expression.condition, expression.then, expression.otherwise
        return max(self.level(condition), self.level(then), self.level(otherwise))

    def _case(self, expression: ast.Case) -> int:
        level = CONSTANT
        for arm in expression.arms:
            level = max(level, self.level(arm.condition), self.level(arm.value))
        return level if expression.other is None else max(level, self.level(expression.other))

    def _setenumeration(self, expression: ast.SetEnumeration) -> int:
        return self._operands(expression.items, "{…}")

    def _functionset(self, expression: ast.FunctionSet) -> int:
        return self._operands((expression.domain, expression.codomain), "[S -> T]")

    def _record(self, expression: ast.Record) -> int:
        self._check_fields(expression.items)
        return self._operands((item.value for item in expression.items), "a record", TEMPORAL)

    def _recordset(self, expression: ast.RecordSet) -> int:
        self._check_fields(expression.items)
        return self._operands((item.value for item in expression.items), "a set of records")

    def _check_fields(self, items: tuple[ast.FieldItem, ...]) -> None:
        seen: set[str] = set()
        for item in items:
            if item.name in seen:
                self.error(f"the field {item.name} stands twice in this record", item.location)
            seen.add(item.name)

    def _tuple(self, expression: ast.Tuple) -> int:
        return self._operands(expression.items, "<<…>>")

    def _times(self, expression: ast.Times) -> int:
        return self._operands(expression.items, "\\X")

    def _functionapply(self, expression: ast.FunctionApply) -> int:
        return self._operands((expression.function, *expression.arguments), "f[x]")

    def _field(self, expression: ast.Field) -> int:
        return self.operand(expression.record, ACTION, "r.f")

    def _except(self, expression: ast.Except) -> int:
        saved, self.places = self.places, 0
        level = self.operand(expression.function, ACTION, "EXCEPT")
        updated = level, self.places
        self.places |= saved
        for update in expression.updates:
            for step in update.path:
                if isinstance(step, ast.ExceptIndex):
                    level = max(level, self._operands(step.arguments, "EXCEPT"))
            self._updated.append(updated)
            level = max(level, self.operand(update.value, ACTION, "EXCEPT"))
            self._updated.pop()
        return level

    def _at(self, expression: ast.At) -> int:
        if not self._updated:
            self.error(
                "@ has a meaning only inside EXCEPT, and as the left side of a proof step behind one like a = b",
                expression.location,
            )
            return CONSTANT
        level, places = self._updated[-1]
        self.places |= places
        return level

    def _actionbox(self, expression: ast.ActionBox) -> int:
        what = "[A]_v" if expression.kind == "[]" else "<<A>>_v"
        self.operand(expression.action, ACTION, what, weighs=False)
        self.operand(expression.subscript, STATE, f"the subscript of {what}", weighs=False)
        return ACTION

    def _fairness(self, expression: ast.Fairness) -> int:
        what = f"{expression.kind}_v(A)"
        self.operand(expression.subscript, STATE, f"the subscript of {what}", weighs=False)
        self.operand(expression.action, ACTION, what, weighs=False)
        return TEMPORAL

    def _label(self, expression: ast.Label) -> int:
        expected = self._label_names
        if sorted(expression.parameters) != sorted(expected):
            names = ", ".join(expected)
            wanted = f"{expression.name}({names}) ::" if names else f"{expression.name} ::"
            self.error(f"a label names what is bound around it: {wanted}", expression.location)
        if self._updated:
            self.error("a label inside EXCEPT is not supported", expression.location)
        if self._labels is None:
            self.error("a label stands in a definition, a named theorem, or a step of a proof", expression.location)
        elif expression.name in self._labels:
            self.error(f"the label {expression.name} stands twice in this definition", expression.location)
        else:
            self._labels.add(expression.name)
        with self.definition():
            return self.level(expression.body)

    def _assumeprove(self, expression: ast.AssumeProve) -> int:
        self.error("ASSUME/PROVE stands only in theorems and proofs", expression.location)
        return CONSTANT
