"""Modules, units and proofs back to TLA+: a line for each unit and each step of a proof.

The law is that of :mod:`tlatrace.syntax.printer`: what is printed reads as the same tree. Comments and the layout of
the text that the tree came from are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tlatrace.syntax import ast
from tlatrace.syntax.printer import PRINTERS, Printing, joined, print_node


def print_module(module: ast.Module) -> str:
    """The module as TLA+ text, from ``---- MODULE`` to ``====`` and a line end."""
    return print_unit(module) + "\n"


def print_unit(unit: ast.Unit) -> str:
    """One unit of a module as TLA+ text."""
    return print_node(unit, _PRINTERS)


def _module(node: ast.Module) -> Printing:
    lines = [f"---- MODULE {node.name} ----"]
    if node.extends:
        lines.append(f"EXTENDS {', '.join(parameter.name for parameter in node.extends)}")
    for unit in node.units:
        lines.append((yield unit))
    return "\n".join((*lines, "===="))


def _constants(node: ast.Constants) -> Printing:
    return f"CONSTANTS {(yield from joined(node.parameters))}"


def _variables(node: ast.Variables) -> Printing:
    return f"VARIABLES {(yield from joined(node.names))}"


def _named(keyword: str, name: str | None) -> str:
    return keyword if name is None else f"{keyword} {name} =="


def _assume(node: ast.Assume) -> Printing:
    return f"{_named('ASSUME', node.name)} {(yield node.body)}"


def _theorem(node: ast.Theorem) -> Printing:
    statement = f"{_named('THEOREM', node.name)} {(yield node.body)}"
    return statement if node.proof is None else f"{statement}\n{(yield node.proof)}"


def _facts(node: ast.UseOrHide | ast.TerminalProof) -> Printing:
    text = node.kind + (" ONLY" if node.is_only else "")
    if node.facts:
        text += f" {(yield from joined(node.facts))}"
    if node.definitions:
        text += f" DEFS {(yield from joined(node.definitions))}"
    return text


def _structured_proof(node: ast.StructuredProof) -> Printing:
    return (yield from joined(node.steps, "\n"))


def _proof_step(node: ast.ProofStep) -> Printing:
    statement = yield from _statement(node)
    begin = f"<{node.level}>" if node.label is None else f"{node.label}."
    return f"{begin} {statement}" + ("" if node.proof is None else f"\n{(yield node.proof)}")


def _statement(node: ast.ProofStep) -> Printing:
    if node.units:
        units = yield from joined(node.units, " ")
        return f"DEFINE {units}" if node.kind == "DEFINE" else units
    words = [] if node.kind == "ASSERT" else [node.kind]
    if node.bounds:
        words.append((yield from joined(node.bounds)))
    if node.expressions:
        words += [":"] if node.kind == "PICK" else []
        words.append((yield from joined(node.expressions)))
    return " ".join(words)


_PRINTERS: Final[Mapping[type[ast.Node], Callable[[Any], Printing]]] = {
    **PRINTERS,
    ast.Module: _module,
    ast.Constants: _constants,
    ast.Variables: _variables,
    ast.Assume: _assume,
    ast.Theorem: _theorem,
    ast.UseOrHide: _facts,
    ast.TerminalProof: _facts,
    ast.StructuredProof: _structured_proof,
    ast.ProofStep: _proof_step,
}
