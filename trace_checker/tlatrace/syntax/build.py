"""From grammar rules to syntax trees: one function a rule of ``tla.lark``, called when the parser has read the whole
of it.

Each function takes what the rule's parts became (tokens stay tokens) and returns a node, or a small tuple that the
rule above knows. Trees grow from the leaves, so depth costs no recursion. The builder keeps no state: file names and
places come with the tokens. The functions for expressions and for proofs stand in modules of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from tlatrace.syntax import ast
from tlatrace.syntax.build_expressions import ExpressionBuilder
from tlatrace.syntax.build_parts import Names, Parts, span
from tlatrace.syntax.build_proofs import ProofBuilder
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.precedence import spanning
from tlatrace.syntax.tokens import Token


class Builder(ExpressionBuilder, ProofBuilder):
    """The functions of the grammar's rules, under the rules' names."""

    # ------------------------------------------------------------------------------------------------ modules

    def module(self, parts: Parts) -> ast.Module:
        name = parts[1]
        rest = parts[3:-1]
        extends: tuple[ast.Parameter, ...] = ()
        if rest and isinstance(rest[0], Names):
            extends = tuple(ast.Parameter(token.value, location=token.location) for token in rest[0].names)
            rest = rest[1:]
        units = tuple(unit for unit in rest if unit is not None)
        return ast.Module(name.value, extends, units, location=span(parts))

    def extends(self, parts: Parts) -> Names:
        return self.names(parts[1:])

    def names(self, parts: Parts) -> Names:
        return Names(tuple(parts[::2]), span(parts))

    def name_given(self, parts: Parts) -> Token:
        return cast(Token, parts[0])

    def set_aside(self, parts: Parts) -> None:
        return None

    def variables(self, parts: Parts) -> ast.Variables:
        names = tuple(ast.Parameter(token.value, location=token.location) for token in parts[1].names)
        return ast.Variables(names, location=span(parts))

    def constants(self, parts: Parts) -> ast.Constants:
        return ast.Constants(tuple(parts[1::2]), location=span(parts))

    def recursive(self, parts: Parts) -> ast.Recursive:
        return ast.Recursive(tuple(parts[1::2]), location=span(parts))

    def assume(self, parts: Parts) -> ast.Assume:
        name = parts[1].value if isinstance(parts[1], Token) else None
        return ast.Assume(name, parts[-1], location=span(parts))

    def theorem(self, parts: Parts) -> ast.Theorem:
        name = parts[1].value if isinstance(parts[1], Token) else None
        proof = parts[-1] if isinstance(parts[-1], ast.Proof) else None
        body = parts[1] if name is None else parts[2]
        return ast.Theorem(name, body, proof, location=span(parts))

    def local(self, parts: Parts) -> ast.Unit:
        keyword, unit = parts
        return cast(ast.Unit, replace(unit, is_local=True, location=spanning(keyword.location, unit.location)))

    # ------------------------------------------------------------------------------------------------ declarations

    def declared_name(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(parts[0].value, location=parts[0].location)

    def declared_operator(self, parts: Parts) -> ast.Parameter:
        arity = sum(1 for part in parts if part.type == "UNDERSCORE")
        return ast.Parameter(parts[0].value, arity, location=span(parts))

    def declared_infix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[1].value], 2, location=span(parts))

    def declared_prefix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[0].value], 1, location=span(parts))

    def declared_postfix(self, parts: Parts) -> ast.Parameter:
        return ast.Parameter(SYMBOL_OF_SPELLING[parts[1].value], 1, location=span(parts))

    # ------------------------------------------------------------------------------------------------ definitions

    def define_name(self, parts: Parts) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(parts[1].value, (), parts[-1], location=span(parts))

    def define_operator(self, parts: Parts) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(parts[1].value, _parameters(parts), parts[-1], location=span(parts))

    def define_infix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[1:2]), self.declared_name(parts[3:4]))
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[2].value], parameters, parts[-1], location=span(parts))

    def define_prefix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[2:3]),)
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[1].value], parameters, parts[-1], location=span(parts))

    def define_postfix(self, parts: Parts) -> ast.OperatorDefinition:
        parameters = (self.declared_name(parts[1:2]),)
        return ast.OperatorDefinition(SYMBOL_OF_SPELLING[parts[2].value], parameters, parts[-1], location=span(parts))

    def define_function(self, parts: Parts) -> ast.FunctionDefinition:
        return ast.FunctionDefinition(parts[1].value, parts[3], parts[-1], location=span(parts))

    def define_instance(self, parts: Parts) -> ast.Instance:
        return replace(cast(ast.Instance, parts[-1]), name=parts[1].value, location=span(parts))

    def define_operator_instance(self, parts: Parts) -> ast.Instance:
        named = self.define_instance(parts)
        return replace(named, parameters=_parameters(parts))

    def instance(self, parts: Parts) -> ast.Instance:
        return ast.Instance(parts[1].value, tuple(parts[3::2]), location=span(parts))

    def substitution(self, parts: Parts) -> ast.Substitution:
        name = SYMBOL_OF_SPELLING.get(parts[0].value, parts[0].value)
        return ast.Substitution(name, parts[2], location=span(parts))


def _parameters(parts: Parts) -> tuple[ast.Parameter, ...]:
    return tuple(part for part in parts if isinstance(part, ast.Parameter))
