"""Where modules come from: the specification's folder, further folders, and the standard modules that are written in
Python.

A standard module wins over a file of the same name, as TLC's Java overrides do: copies of ``Naturals.tla`` lie around
in many folders, and define ``+`` in a way that nobody can evaluate.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tlatrace.semantics.errors import SemanticError, did_you_mean
from tlatrace.stdlib import MODULES, StandardModule
from tlatrace.syntax import ast, parse_module


class Library:
    """Finds modules by name, and parses each file once. ``sources`` has the text of every file that was read."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(dict.fromkeys(folders))
        self.modules: dict[str, ast.Module] = {}
        self.sources: dict[str, str] = {}

    def read(self, path: Path) -> ast.Module:
        """The module in the file ``path``, which must bear the file's name."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SemanticError(f"no such file: {path}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SemanticError(f"cannot read {path}: {error}") from None
        file = str(path)
        self.sources[file] = text
        module = parse_module(text, file)
        if module.name != path.stem:
            raise SemanticError(
                f"the file {path.name} holds the module {module.name}; a module and its file must have the same name",
                location=module.location,
            )
        self.modules[module.name] = module
        return module

    def find(self, name: str, location: ast.Location) -> ast.Module | StandardModule:
        """The module ``name``, wanted at ``location``."""
        if name in MODULES:
            return MODULES[name]
        if name in self.modules:
            return self.modules[name]
        for folder in self.folders:
            path = folder / f"{name}.tla"
            if path.is_file():
                return self.read(path)
        searched = ", ".join(str(folder) for folder in self.folders) or "nowhere"
        raise SemanticError(
            f"unknown module {name}: it is not a standard module, and there is no {name}.tla in {searched}",
            location=location,
            hint=did_you_mean(name, self.known_names()),
        )

    def known_names(self) -> set[str]:
        """Every module that could be found."""
        files = {path.stem for folder in self.folders if folder.is_dir() for path in folder.glob("*.tla")}
        return files | set(MODULES) | set(self.modules)
