"""The actions of Next, as operators of a generated module that take what an event says of their arguments.

A step must be one that Next allows: so an argument that Next quantifies over has to lie in the quantifier's domain, and
the guards on the way to the action have to hold. An argument that is given is bound to its value instead of being
searched for::

    Take_GrantVote(given1, given2) ==
        \\E i \\in {given1} : i \\in Server /\\ \\E m \\in {given2} : m \\in messages /\\ GrantVote(i, m)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tlaconform.mapping.model import ANY, NEXT
from tlaconform.tlc_judge.judgement import TlcJudgeError
from tlaconform.tlc_judge.wording import Wording, disjunction, enclosed
from tlatrace.semantics import ActionInstance, Spec
from tlatrace.syntax import ast


class ActionOperators:
    """Makes an operator for each action, and each choice of given arguments, that the mapping asks for."""

    def __init__(self, spec: Spec, wording: Wording) -> None:
        self._spec = spec
        self._wording = wording
        self._operators: dict[tuple[str, tuple[bool, ...]], str] = {}
        self._parameters: dict[int, str] = {}
        self._definitions: list[str] = []

    @property
    def definitions(self) -> str:
        """The operators that were asked for so far."""
        return "\n".join(self._definitions)

    def call(self, tree: ast.Expr) -> str:
        """An action as the mapping writes it (a name, perhaps with arguments, of which ANY is open) as a call of its
        operator.

        Raises:
            TlcJudgeError: the action cannot be named from outside its module.
        """
        if tree == ast.Name(NEXT):
            return self.operator(NEXT, self._spec.actions, ())
        written: tuple[ast.Expr, ...] = ()
        match tree:
            case ast.Name():
                name = tree.name
            case ast.Apply():
                name, written = tree.operator, tree.arguments
            case _:
                raise TlcJudgeError(
                    "this is no action; expected a name, perhaps with arguments", location=tree.location
                )
        is_given = tuple(argument != ast.Name(ANY) for argument in written)
        actions = [action for action in self._spec.actions if _name(action) == name]
        operator = self.operator(name, actions, is_given)
        arguments = [self._wording.of_mapping(a) for a, given in zip(written, is_given, strict=True) if given]
        return f"{operator}({', '.join(arguments)})" if arguments else operator

    def operator(self, name: str, actions: Sequence[ActionInstance], is_given: tuple[bool, ...]) -> str:
        """The operator for ``actions``, called ``name``, with the arguments that are given as its parameters."""
        key = name, is_given
        if key not in self._operators:
            operator = self._wording.fresh(f"Take_{re.sub(r'[^A-Za-z0-9_]', '_', name)}")
            parameters = {at: self._parameter(at) for at, given in enumerate(is_given) if given}
            ways = [self._instance(action, parameters) for action in actions]
            formals = f"({', '.join(parameters.values())})" if parameters else ""
            body = ways[0] if len(ways) == 1 else disjunction(ways, 4)
            self._definitions.append(f"{operator}{formals} ==\n    {body}\n")
            self._operators[key] = operator
        return self._operators[key]

    def _parameter(self, at: int) -> str:
        if at not in self._parameters:
            self._parameters[at] = self._wording.fresh(f"given{at + 1}")
        return self._parameters[at]

    def _instance(self, action: ActionInstance, parameters: Mapping[int, str]) -> str:
        """One disjunct of Next, with ``parameters`` in the place of the arguments of these numbers."""

        def text(tree: ast.Expr) -> str:
            return enclosed(tree, self._wording.of_spec(tree, action.scope, f"the action {action.name}"))

        bound: dict[str, str] = {}
        compared: list[str] = []
        names = {binder.name for binder in action.binders}
        for at, parameter in parameters.items():
            argument = action.arguments[at]
            if isinstance(argument, ast.Name) and argument.name in names and argument.name not in bound:
                bound[argument.name] = parameter
            else:
                compared.append(f"{text(argument)} = {parameter}")
        result = " /\\ ".join([*compared, *map(text, action.guards), text(action.body)])
        for binder in reversed(action.binders):
            name = binder.name
            domain = self._wording.of_spec(binder.domain, binder.scope, f"the domain of {name} in {action.name}")
            domain = enclosed(binder.domain, domain)
            if name in bound:
                result = f"\\E {name} \\in {{{bound[name]}}} : {name} \\in {domain} /\\ {result}"
            else:
                result = f"\\E {name} \\in {domain} : {result}"
        return result


def _name(action: ActionInstance) -> str:
    return action.name if action.definition is None else action.definition.name
