"""The files of a check, read once, and what was made of them: a specification is compiled once for the same constants.

A :class:`Workbench` is shared by all traces of a run, and by processes that are forked from it.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from tlaconform.checking.options import CheckOptions
from tlaconform.errors import ConformanceError, MappingError
from tlaconform.mapping import CompiledMapping, TraceMapping, compile_mapping, constants_of, read_mapping
from tlaconform.mapping.constants import Lines
from tlatrace.compile import CodeCache, CompiledSpec, Interpreter, State, compile_spec, incremental
from tlatrace.engine.match import Property
from tlatrace.engine.states import StateSet
from tlatrace.location import Location
from tlatrace.semantics import Spec, load_spec, read_config
from tlatrace.semantics.reads import variables_read
from tlatrace.semantics.spec import NamedFormula
from tlatrace.syntax import Config, ast
from tlatrace.traces import TraceError
from tlatrace.values import Value, to_text

DISTRIBUTION = "tla-conformance"


class Hashed(Protocol):
    """What events were read from, as far as a verdict's provenance is concerned."""

    @property
    def sha256(self) -> str | None: ...

    def read_to_end(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Loaded:
    """A specification with its constants, compiled, and the twin that explains."""

    spec: Spec
    compiled: CompiledSpec
    rules: CompiledMapping
    interpreter: Interpreter
    initial: tuple[State, ...]
    properties: tuple[Property, ...]
    broken_assumption: NamedFormula | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class Workbench:
    """The files of a check, read once, and the specifications compiled so far.

    (Its text is that of its options: spelled out, what was compiled takes gigabytes.)
    """

    options: CheckOptions
    _mapping: TraceMapping | None = field(default=None, repr=False)
    _loaded: dict[tuple[tuple[str, bool, Value], ...], Loaded] = field(default_factory=dict, repr=False)
    _digests: dict[Path, str | None] = field(default_factory=dict, repr=False)

    @property
    def mapping(self) -> TraceMapping:
        if self._mapping is None:
            self._digest(self.options.mapping)
            self._mapping = read_mapping(self.options.mapping)
        return self._mapping

    def load(self, header: Mapping[str, Any], trace: str, lines: Lines | None = None) -> Loaded:
        """The specification with the constants that the mapping takes from this header, and from ``lines``.

        Raises:
            TlatraceError: the specification, its configuration or the mapping is wrong, or they do not go together.
        """
        constants = constants_of(self.mapping, header, trace, lines)
        # Python takes TRUE for 1.
        key = tuple((name, type(value) is bool, value) for name, value in sorted(constants.items(), key=_name_of))
        if key not in self._loaded:
            options = self.options
            self._digest(options.config)
            config = read_config(options.config)
            self._refuse_two_values(config)
            spec = load_spec(options.spec, config, constants=constants, library=options.library)
            self._loaded[key] = _prepare(spec, self.mapping)
        self._refuse_other_module(header, trace)
        return self._loaded[key]

    def _refuse_other_module(self, header: Mapping[str, Any], trace: str) -> None:
        recorded, wanted = header.get("spec"), self.mapping.spec
        if wanted is not None and isinstance(recorded, str) and recorded != wanted:
            raise TraceError(
                f"this trace was recorded for the module {recorded}; expected {wanted}, as the mapping has it",
                location=Location(trace, 1, 1, 1, 1),
            )

    def _refuse_two_values(self, config: Config | None) -> None:
        """A constant has its value from the configuration or from the mapping: of two, one would be silently wrong."""
        if config is None:
            return
        given = {entry.name: entry.location for entry in config.constants}
        given |= {entry.name: entry.location for entry in config.substitutions}
        for name, written in self.mapping.constants.items():
            if name in given:
                raise MappingError(
                    f"the constant {name} has a value here, and another at {given[name]}; expected one of the two",
                    location=written.location,
                )

    def provenance(self, spec: Spec | None, source: Hashed | None) -> dict[str, Any]:
        """What the verdict was computed from."""
        options = self.options
        if source is not None:
            source.read_to_end()
        return {
            "spec": {Path(name).name: _sha256(text) for name, text in sorted(spec.sources.items())} if spec else {},
            "config": self._digest(options.config),
            "mapping": self._digest(options.mapping),
            "trace": source.sha256 if source else None,
            "versions": {DISTRIBUTION: metadata.version(DISTRIBUTION), "python": platform.python_version()},
        }

    def _digest(self, path: Path | None) -> str | None:
        """That of a file as it was when it was first read."""
        if path is None:
            return None
        if path not in self._digests:
            self._digests[path] = _file_sha256(path)
        return self._digests[path]


def _name_of(item: tuple[str, Value]) -> str:
    return item[0]


def _prepare(spec: Spec, mapping: TraceMapping) -> Loaded:
    compiled = compile_spec(spec, cache=CodeCache.for_user())
    rules = compile_mapping(mapping, compiled)
    properties, notes = _properties(spec, compiled)
    return Loaded(
        spec,
        compiled,
        rules,
        Interpreter(spec),
        _initial_states(spec, compiled) if rules.initial is None or rules.initial.needs_init else (),
        properties,
        _broken_assumption(spec, compiled),
        notes,
    )


def _properties(spec: Spec, compiled: CompiledSpec) -> tuple[tuple[Property, ...], tuple[str, ...]]:
    """What must hold on the way, and notes on what the configuration asks for in vain."""
    notes = [
        f"{formula.name} bounds what TLC explores; a trace need not keep to it"
        for formula in (*spec.constraints, *spec.action_constraints)
    ]
    indexes = {variable.name: variable.index for variable in spec.variables}

    def read_by(formula: NamedFormula) -> frozenset[int]:
        return frozenset(indexes[name] for name in variables_read(formula.body, formula.scope))

    properties = [
        Property(
            f.name,
            incremental(compiled, f.body, f.scope),
            is_step=False,
            location=f.location,
            variables=read_by(f),
        )
        for f in spec.invariants
    ]
    for formula in spec.properties:
        box = _step_formula(formula.body)
        if box is None:
            notes.append(
                f"{formula.name} is not of the form [][A]_v: a finite trace cannot decide it, it was not checked"
            )
        else:
            holds = incremental(compiled, box, formula.scope)
            variables = read_by(formula)
            properties.append(
                Property(formula.name, holds, is_step=True, location=formula.location, variables=variables)
            )
    return tuple(properties), tuple(notes)


def _initial_states(spec: Spec, compiled: CompiledSpec) -> tuple[State, ...]:
    initial = tuple(StateSet(compiled.initial_states()))
    if not initial:
        place = spec.init.location if spec.init is not None else None
        raise ConformanceError("the specification has no initial state", location=place)
    return initial


def _broken_assumption(spec: Spec, compiled: CompiledSpec) -> NamedFormula | None:
    for formula in spec.assumptions:
        value = compiled.expression(formula.body, formula.scope)(None, None)
        if value is not True and value is not False:
            raise ConformanceError(
                f"the assumption is {to_text(value)}; expected TRUE or FALSE", location=formula.location
            )
        if not value:
            return formula
    return None


def _step_formula(body: ast.Expr) -> ast.Expr | None:
    """``A`` of ``[][A]_v``, as the box action that every step must satisfy."""
    if isinstance(body, ast.Apply) and body.operator == "[]" and isinstance(body.arguments[0], ast.ActionBox):
        return body.arguments[0]
    return None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file_sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
