"""What a formula would do if it were walked as an action, found out without lowering it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlatrace.compile.code import Code
from tlatrace.compile.expressions import box_as_junction
from tlatrace.compile.scopes import Alias, Bound, Delayed, Env, LocalOperator
from tlatrace.semantics.spec import BuiltinOperator, Definition
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.actions import Actions


class Shape:
    """Whether a formula, looked at as an action, has branches, and whether it could assign a variable that has no
    value.
    """

    def __init__(self, lowering: Actions) -> None:
        self._lowering = lowering
        self.branches = False
        self.assigns = False
        # Recursive definitions that were looked into.
        self._seen: set[int] = set()

    def look(self, formula: ast.Expr, env: Env) -> None:
        lowering = self._lowering
        match formula:
            case ast.Junction(operator=operator, items=items):
                self.branches = self.branches or operator == "\\/"
                for item in items:
                    self.look(item, env)
            case ast.Quantifier(kind=kind, bounds=bounds, body=body):
                self.branches = self.branches or kind == "\\E"
                names = {name: Bound(Code("None", is_atomic=True)) for bound in bounds for name in bound.names}
                self.look(body, env.bind(names))
            case ast.If(then=one, otherwise=other):
                self.look(one, env)
                self.look(other, env)
            case ast.Case(arms=arms, other=default):
                for arm in arms:
                    self.look(arm.value, env)
                if default is not None:
                    self.look(default, env)
            case ast.Let(definitions=definitions, body=body):
                kept = lowering.lines
                with lowering.capture():
                    inner = lowering.bind_let(definitions, body, env)
                lowering.lines = kept
                self.look(body, inner)
            case ast.Label(body=body):
                self.look(body, env)
            case ast.ActionBox():
                self.look(box_as_junction(formula), env)
            case ast.Apply(operator="=>", arguments=(_, right)):
                self.look(right, env)
            case ast.Name(name=name) | ast.Apply(operator=name):
                self._look_at_operator(name, formula, env)

    def _look_at_operator(self, name: str, formula: ast.Expr, env: Env) -> None:
        lowering = self._lowering
        arguments = formula.arguments if isinstance(formula, ast.Apply) else ()
        if name == "UNCHANGED" or name == "\\cdot":
            self.assigns = True
            return
        match env.lookup(name):
            case BuiltinOperator(name="=" | "\\in"):
                variable = lowering.variable(arguments[0], env)
                self.assigns = self.assigns or (variable is not None and variable not in lowering.target.assigned)
            case Delayed(expression=expression, env=inner, thunk=None, cached=None):
                self.look(expression, inner.with_views(env))
            case LocalOperator() as local:
                if local.is_recursive:
                    inner = placeholders(local, env)
                    self.assigns = self.assigns or lowering.depends_on_unassigned(local.body, inner)
                    if id(local) in self._seen:
                        return
                    self._seen.add(id(local))
                self.look(local.body, lowering.inlined_local(local, arguments, formula, env))
            case Definition(is_function=False) as definition:
                if definition.is_recursive:
                    self.assigns = self.assigns or lowering.depends_on_unassigned(formula, env)
                    if id(definition) in self._seen:
                        return
                    self._seen.add(id(definition))
                facts = lowering.program.analysis.definition(definition)
                if definition.parameters or not facts.is_constant:
                    self.look(definition.body, lowering.inlined(definition, arguments, formula, env))
            case Alias():
                # Too far to look: let the interpreter walk it.
                self.assigns = True


def placeholders(local: LocalOperator, env: Env) -> Env:
    """Where the body of ``local`` can be looked at, whatever its arguments are."""
    names = {parameter.name: Bound(Code("None")) for parameter in local.parameters}
    return local.env[0].with_views(env).bind(names)
