"""What a module defines, for tools: without values for constants, without a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tlatrace.semantics.entries import Entry, Kind, ModuleNames
from tlatrace.semantics.levels import LEVEL_NAMES
from tlatrace.semantics.library import Library
from tlatrace.semantics.module_names import CheckedModules
from tlatrace.syntax import ast


@dataclass(frozen=True, slots=True)
class Declared:
    """A constant (``arity`` above 0 for an operator), or a variable."""

    name: str
    arity: int
    location: ast.Location


@dataclass(frozen=True, slots=True)
class OutlinedOperator:
    """An operator or a function. ``level`` is ``constant``, ``state``, ``action`` or ``temporal``."""

    name: str
    arity: int
    level: str
    location: ast.Location
    parameters: tuple[str, ...] = ()
    is_local: bool = False
    is_recursive: bool = False
    is_function: bool = False


@dataclass(frozen=True, slots=True)
class OutlinedInstance:
    """An INSTANCE at the top of the module; ``name`` is None where its definitions come without a name in front."""

    name: str | None
    module: str
    parameters: tuple[str, ...]
    location: ast.Location
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class OutlinedFormula:
    """A theorem or an assumption."""

    name: str | None
    location: ast.Location


@dataclass(frozen=True, slots=True)
class Outline:
    """What one module says itself; what it extends is named in ``extends``."""

    name: str
    location: ast.Location
    extends: tuple[str, ...] = ()
    constants: tuple[Declared, ...] = ()
    variables: tuple[Declared, ...] = ()
    operators: tuple[OutlinedOperator, ...] = ()
    instances: tuple[OutlinedInstance, ...] = ()
    theorems: tuple[OutlinedFormula, ...] = ()
    assumptions: tuple[OutlinedFormula, ...] = ()
    modules: tuple[Outline, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The outline as JSON has it; a place is an object with ``line``, ``column``, ``end_line``, ``end_column``."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain


def outline(source: Path | str | ast.Module, library: Library | Sequence[Path] = ()) -> Outline:
    """The outline of the module in the file ``source``, or of a module that is parsed already.

    Modules that it needs are looked for beside it, then in the folders of ``library``; one that is not found, or a
    mistake in a definition, only makes levels less certain. Raises ParseError and SemanticError where the module itself
    cannot be read.
    """
    if isinstance(source, ast.Module):
        found = library if isinstance(library, Library) else Library(library)
        tree = source
    else:
        path = Path(source)
        found = library if isinstance(library, Library) else Library((path.parent, *library))
        tree = found.read(path)
    return _outline(tree, CheckedModules(found).check(tree))


def _outline(tree: ast.Module, names: ModuleNames) -> Outline:
    recursive = {
        parameter.name for unit in tree.units if isinstance(unit, ast.Recursive) for parameter in unit.parameters
    }
    constants: list[Declared] = []
    variables: list[Declared] = []
    operators: list[OutlinedOperator] = []
    instances: list[OutlinedInstance] = []
    theorems: list[OutlinedFormula] = []
    assumptions: list[OutlinedFormula] = []
    modules: list[Outline] = []
    for unit in tree.units:
        match unit:
            case ast.Constants():
                constants += [Declared(each.name, each.arity, each.location) for each in unit.parameters]
            case ast.Variables():
                variables += [Declared(each.name, 0, each.location) for each in unit.names]
            case ast.OperatorDefinition() | ast.FunctionDefinition():
                operators.append(_operator(unit, names.names, is_recursive=unit.name in recursive))
            case ast.Instance():
                parameters = tuple(each.name for each in unit.parameters)
                instances.append(OutlinedInstance(unit.name, unit.module, parameters, unit.location, unit.is_local))
            case ast.Theorem():
                theorems.append(OutlinedFormula(unit.name, unit.location))
            case ast.Assume():
                assumptions.append(OutlinedFormula(unit.name, unit.location))
            case ast.Module():
                inner = names.modules.get(unit.name) or ModuleNames(unit.name, unit.location, unit)
                modules.append(_outline(unit, inner))
            case _:
                pass  # RECURSIVE, USE and HIDE define nothing.
    return Outline(
        tree.name,
        tree.location,
        tuple(each.name for each in tree.extends),
        tuple(constants),
        tuple(variables),
        tuple(operators),
        tuple(instances),
        tuple(theorems),
        tuple(assumptions),
        tuple(modules),
    )


def _operator(
    unit: ast.OperatorDefinition | ast.FunctionDefinition, names: Mapping[str, Entry], *, is_recursive: bool
) -> OutlinedOperator:
    entry = names.get(unit.name)
    effect = entry.effect if entry is not None and entry.kind is Kind.OPERATOR else None
    level = LEVEL_NAMES[0 if effect is None else effect.level]
    if isinstance(unit, ast.OperatorDefinition):
        parameters = tuple(parameter.name for parameter in unit.parameters)
        return OutlinedOperator(
            unit.name, len(parameters), level, unit.location, parameters, unit.is_local, is_recursive
        )
    names_itself = is_recursive or _mentions(unit.body, unit.name)
    return OutlinedOperator(unit.name, 0, level, unit.location, (), unit.is_local, names_itself, is_function=True)


def _mentions(node: ast.Node, name: str) -> bool:
    if isinstance(node, ast.Name) and node.name == name:
        return True
    return any(_mentions(child, name) for child in node.children())


def _plain(value: object) -> object:
    if isinstance(value, ast.Location):
        place = {"line": value.line, "column": value.column}
        return {**place, "end_line": value.end_line, "end_column": value.end_column}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, _PARTS):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return value


_PARTS = (Outline, Declared, OutlinedOperator, OutlinedInstance, OutlinedFormula)
