"""Where modules come from, and which of their operators are evaluated by Python.

A module is looked for in the folder of the specification, in further folders, in the folders of the environment
variable ``TLA_PATH``, and at last here: among the standard modules that are written in Python, and the texts of
``tlatrace/modules``. So a user's file wins over ours, as it does in SANY.

A definition of a module is evaluated as it is written, but for three kinds: what a user has registered Python for;
operators of our own texts that have an efficient form; and those that TLC overrides whatever the text says. Copies of
``Naturals.tla`` lie around in many folders, and define ``+`` in a way that nobody can evaluate.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tlatrace.semantics.errors import SemanticError, did_you_mean
from tlatrace.stdlib import (
    MODULES,
    MODULES_FOLDER,
    NOT_IN_TLA,
    Operator,
    StandardModule,
    registered,
    shipped_names,
    shipped_operators,
)
from tlatrace.syntax import ast
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.tree_cache import parsed_module

PATH_VARIABLE: Final = "TLA_PATH"
"""Folders, separated as in PATH."""


def path_from_environment(environment: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """The folders that ``TLA_PATH`` names."""
    environment = os.environ if environment is None else environment
    return tuple(Path(folder) for folder in environment.get(PATH_VARIABLE, "").split(os.pathsep) if folder)


class Library:
    """Finds modules by name, and parses each file once. ``sources`` has the text of every file that was read.

    ``environment`` is where ``TLA_PATH`` is read, the process's if None. Without ``use_python`` our own texts are
    evaluated as they are written, as far as they can be: for tests that compare the two.
    """

    def __init__(
        self, folders: Sequence[Path], *, environment: Mapping[str, str] | None = None, use_python: bool = True
    ) -> None:
        self.folders = tuple(dict.fromkeys((*folders, *path_from_environment(environment))))
        self.modules: dict[str, ast.Module] = {}
        self.sources: dict[str, str] = {}
        self._use_python = use_python
        self._python: dict[str, Mapping[str, Operator]] = {}

    def read(self, path: Path) -> ast.Module:
        """The module in the file ``path``, which must bear the file's name."""
        text = _text_of(path)
        file = str(path)
        self.sources[file] = text
        module = parsed_module(text, file)
        if module.name != path.stem:
            raise SemanticError(
                f"the file {path.name} holds the module {module.name}; a module and its file must have the same name",
                location=module.location,
            )
        self.modules[module.name] = module
        is_ours = path.parent == MODULES_FOLDER
        self._python[module.name] = self._operators_for(module, is_ours=is_ours)
        return module

    def find(self, name: str, location: ast.Location) -> ast.Module | StandardModule:
        """The module ``name``, wanted at ``location``."""
        if name in self.modules:
            return self.modules[name]
        for folder in self.folders:
            path = folder / f"{name}.tla"
            if path.is_file():
                return self.read(path)
        if name in MODULES:
            return _with_registered(MODULES[name])
        if name in shipped_names():
            return self.read(MODULES_FOLDER / f"{name}.tla")
        searched = ", ".join(str(folder) for folder in self.folders) or "nowhere"
        raise SemanticError(
            f"unknown module {name}: it is not a standard module, and there is no {name}.tla in {searched}",
            location=location,
            hint=did_you_mean(name, self.known_names()),
        )

    def override(self, module: ast.Module, name: str) -> Operator | None:
        """The Python that takes the place of the definition of ``name`` at the top level of ``module``, if any."""
        if self.modules.get(module.name) is not module:
            return None  # A nested module, or one that was read from elsewhere.
        return self._python[module.name].get(name)

    def known_names(self) -> set[str]:
        """Every module that could be found."""
        files = {path.stem for folder in self.folders if folder.is_dir() for path in folder.glob("*.tla")}
        return files | set(MODULES) | shipped_names() | set(self.modules)

    def _operators_for(self, module: ast.Module, *, is_ours: bool) -> Mapping[str, Operator]:
        definitions = {unit.name: unit for unit in module.units if isinstance(unit, _DEFINITIONS)}
        found: dict[str, Operator] = {}
        if is_ours and self._use_python:
            found.update(shipped_operators(module.name))
        elif module.name in MODULES or module.name in NOT_IN_TLA:
            # A copy may be of another year, and define what is now defined otherwise as something else.
            java = MODULES[module.name].operators if module.name in MODULES else shipped_operators(module.name)
            for name, operator in _normalised(java).items():
                if name in definitions and _parameter_arities(definitions[name]) == _expected(operator):
                    found[name] = operator
        for name, operator in registered(module.name).items():
            if name not in definitions:
                message = (
                    f"{operator.place} registers Python for {module.name}!{name}, which the module does not define"
                )
                raise SemanticError(message, location=module.location, hint=did_you_mean(name, definitions))
            found[name] = _for_definition(operator, definitions[name], module.name)
        return found


def _text_of(path: Path) -> str:
    """A file's text, its lines ended alike. Old files have Latin-1 in their comments, which SANY does not mind."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SemanticError(f"no such file: {path}") from None
    except OSError as error:
        raise SemanticError(f"cannot read {path}: {error.strerror}") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_DEFINITIONS = (ast.OperatorDefinition, ast.FunctionDefinition)


def _parameter_arities(unit: ast.OperatorDefinition | ast.FunctionDefinition) -> tuple[int, ...]:
    return tuple(each.arity for each in unit.parameters) if isinstance(unit, ast.OperatorDefinition) else ()


def _expected(operator: Operator) -> tuple[int, ...]:
    return operator.operator_arguments or (0,) * operator.arity


def _for_definition(operator: Operator, unit: ast.OperatorDefinition | ast.FunctionDefinition, module: str) -> Operator:
    """A user's Python for a definition, which says what its parameters are."""
    arities = _parameter_arities(unit)
    if len(arities) != operator.arity:
        message = (
            f"{module}!{unit.name} has {len(arities)} parameters, and the Python for it at {operator.place} takes "
            f"{operator.arity}"
        )
        raise SemanticError(message, location=unit.location)
    return replace(operator, operator_arguments=arities)


def _with_registered(module: StandardModule) -> StandardModule:
    """A standard module with what users have registered in the place of its operators."""
    changes = registered(module.name)
    if not changes:
        return module
    known = _normalised(module.operators)
    for name, operator in changes.items():
        if name not in known:
            raise _not_defined(operator, module.name, known, None)
        if known[name].arity != operator.arity:
            message = (
                f"{module.name}!{name} takes {known[name].arity} arguments, and the Python for it at {operator.place} "
                f"{operator.arity}"
            )
            raise SemanticError(message)
    own = {name: replace(one, operator_arguments=known[name].operator_arguments) for name, one in changes.items()}
    return replace(module, operators={**known, **own})


def _not_defined(operator: Operator, module: str, known: Iterable[str], location: ast.Location | None) -> SemanticError:
    message = f"{operator.place} registers Python for {module}!{operator.name}, which the module does not define"
    return SemanticError(message, location=location, hint=did_you_mean(operator.name, known))


def _normalised(operators: Mapping[str, Operator]) -> dict[str, Operator]:
    """The operators under the names that the syntax tree has for them."""
    return {SYMBOL_OF_SPELLING.get(name, name): operator for name, operator in operators.items()}
