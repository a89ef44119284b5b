"""References through instances, made plain.

``Inner!Op(a)`` becomes the application of an operator whose *name* is ``Inner!Op``: scopes hold such names, and
evaluators need to know nothing else. Where an instance has parameters (``I(x) == INSTANCE M WITH c <- x``) each
definition of ``M`` takes them as further parameters in front, and each reference inside ``M`` passes them on; those
parameters bear names that no identifier can have (``I!x``), so nothing captures them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite

N = TypeVar("N", bound=ast.Node)


class Lifted(NamedTuple):
    """A name that takes the parameters of the instances around it: how many arguments the source gives it, and how many
    of those parameters come in front of them.
    """

    own: int
    hidden: int


def selected_name(selection: ast.Selection) -> str:
    """The name under which a scope holds what ``selection`` refers to."""
    return "!".join(step.name for step in selection.steps)


def resolve(
    node: N,
    lifted: Mapping[str, Lifted] | None = None,
    extra: tuple[ast.Expr, ...] = (),
    renamed: Mapping[str, ast.Expr] | None = None,
) -> N:
    """``node`` without Selection; references to ``lifted`` names get arguments from ``extra`` in front.

    Names in ``renamed`` are replaced by what they stand for.
    """
    lifted = lifted or {}
    renamed = renamed or {}

    def change(part: ast.Node) -> ast.Node | None:
        match part:
            case ast.Selection():
                arguments = tuple(rewrite(argument, change) for step in part.steps for argument in step.arguments)
                return reference(selected_name(part), arguments, part.location)
            case ast.Apply() if part.operator in lifted:
                arguments = tuple(rewrite(argument, change) for argument in part.arguments)
                return reference(part.operator, arguments, part.location)
            case ast.Name() if part.name in renamed:
                return renamed[part.name]
            case ast.Apply() if part.operator in renamed:
                arguments = tuple(rewrite(argument, change) for argument in part.arguments)
                target = renamed[part.operator]
                assert isinstance(target, ast.Name)
                return ast.Apply(target.name, arguments, location=part.location)
            case ast.Name() if part.name in lifted:
                return reference(part.name, (), part.location)
            case _:
                return None

    def reference(name: str, arguments: tuple[ast.Expr, ...], location: ast.Location) -> ast.Expr:
        known = lifted.get(name)
        if known is None:
            if arguments:
                return ast.Apply(name, arguments, location=location)
            return ast.Name(name, location=location)
        front = extra[: known.hidden]
        if known.own > len(arguments):
            # An operator that takes arguments stands alone where it is itself an argument: F(Op) becomes F(LAMBDA a :
            # Op(x, a)).
            names = tuple(f"{name}!{position}" for position in range(1, known.own + 1))
            body = ast.Apply(name, front + tuple(ast.Name(each) for each in names), location=location)
            return ast.Lambda(names, body, location=location)
        return ast.Apply(name, front + arguments, location=location)

    return rewrite(node, change)
