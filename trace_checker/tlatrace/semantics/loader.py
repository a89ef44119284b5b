"""From a file to a :class:`~tlatrace.semantics.spec.Spec`.

What Init and Next are is looked for in this order: the ``init`` and ``next`` that the caller names; the
configuration's SPECIFICATION, or its INIT and NEXT; without a configuration, the definition ``Spec``, taken apart;
then the definitions ``Init`` and ``Next``. A module that has none of these makes a specification without behaviors, in
which expressions can be evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tlatrace.semantics.checking import ACTION, CONSTANT, STATE, TEMPORAL
from tlatrace.semantics.configuration import ConstantValues, named_formula, overrides
from tlatrace.semantics.decomposition import decompose_next
from tlatrace.semantics.elaboration import Elaborator
from tlatrace.semantics.errors import SemanticError, SemanticErrors
from tlatrace.semantics.library import Library
from tlatrace.semantics.properties import SpecificationParts, specification_parts
from tlatrace.semantics.spec import Definition, NamedFormula, Scope, Spec
from tlatrace.syntax import Config, ast, parse_config
from tlatrace.values import Value

_NO_CONSTANTS: Mapping[str, Value] = {}
_NO_PARTS = SpecificationParts(None, None, None, ())


def load_spec(
    path: Path | str,
    config: Path | str | Config | None = None,
    *,
    constants: Mapping[str, Value] = _NO_CONSTANTS,
    library: Sequence[Path] = (),
    init: str | None = None,
    next: str | None = None,  # noqa: A002 - the word of TLA+
    without_constants: bool = False,
) -> Spec:
    """The specification in the file ``path``, with the constants and names of ``config``.

    ``constants`` complete the configuration's and come before them. Modules are looked for beside ``path``, then in
    the folders of ``library``. ``without_constants`` allows constants without a value, for a specification that is
    only looked at.

    Raises ParseError for a text that is no TLA+, SemanticErrors for everything else that is wrong.
    """
    path = Path(path)
    parsed = read_config(config)
    found = Library((path.parent, *library))
    values = ConstantValues(parsed, constants)
    elaborator = Elaborator(found, values.of)
    try:
        root = found.read(path)
        scope = elaborator.build(root)
        elaborator.stop_on_errors()
        if not without_constants:
            values.report_missing(elaborator.constants, elaborator.errors.append)
        values.report_unknown(elaborator.constants, scope, elaborator.errors.append)
        report = elaborator.errors.append
        elaborator.override(overrides(parsed, constants, scope, elaborator.module_scope, report))
        elaborator.stop_on_errors()
        behaviors = _Behaviors(scope, parsed, elaborator)
        parts = behaviors.parts(init, next)
        spec = Spec(
            name=root.name,
            scope=scope,
            variables=tuple(elaborator.variables),
            init=parts.init,
            next=parts.next,
            actions=decompose_next(parts.next) if parts.next is not None else (),
            invariants=behaviors.formulas("invariants", "invariant", STATE),
            properties=behaviors.formulas("properties", "property", TEMPORAL),
            constraints=behaviors.formulas("constraints", "constraint", STATE),
            action_constraints=behaviors.formulas("action_constraints", "action constraint", ACTION),
            assumptions=tuple(elaborator.assumptions),
            modules=dict(found.modules),
            fairness=parts.fairness,
            subscript=parts.subscript,
            symmetry=behaviors.formula("symmetry", CONSTANT),
            view=behaviors.formula("view", STATE),
            alias=behaviors.formula("alias", ACTION),
            postcondition=behaviors.formula("postcondition", ACTION),
            check_deadlock=None if parsed is None else parsed.check_deadlock,
            sources=({} if parsed is None else {parsed.file: parsed.text}) | dict(found.sources),
        )
        behaviors.check_other_names()
        elaborator.stop_on_errors()
    except SemanticError as error:
        raise SemanticErrors([*elaborator.errors, error]) from error
    return spec


def read_config(config: Path | str | Config | None) -> Config | None:
    """The configuration in a file, parsed; one that is parsed already is handed through."""
    if config is None or isinstance(config, Config):
        return config
    try:
        text = Path(config).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SemanticErrors([SemanticError(f"no such file: {config}")]) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SemanticErrors([SemanticError(f"cannot read {config}: {reason}")]) from None
    return parse_config(text, str(config))


class _Behaviors:
    """The formulas of a specification, by the names that a configuration or its caller gives them."""

    def __init__(self, scope: Scope, config: Config | None, elaborator: Elaborator) -> None:
        self._scope = scope
        self._config = config
        self._has_variables = bool(elaborator.variables)
        self._report = elaborator.errors.append

    def formulas(self, field: str, what: str, level_max: int) -> tuple[NamedFormula, ...]:
        """The formulas that the configuration lists under ``field``."""
        names: tuple[ast.Name, ...] = () if self._config is None else getattr(self._config, field)
        found = [named_formula(n.name, n.location, self._scope, what, level_max, self._report) for n in names]
        return tuple(formula for formula in found if formula is not None)

    def formula(self, field: str, level_max: int) -> NamedFormula | None:
        """The formula that the configuration names under a keyword which takes one name."""
        name: ast.Name | None = None if self._config is None else getattr(self._config, field)
        return None if name is None else self._one(name, f"definition for {field.upper()}", level_max)

    def parts(self, init: str | None, next_name: str | None) -> SpecificationParts:
        """Init, Next and fairness, as the module's docstring says."""
        config = self._config
        initial = self._one(ast.Name(init), "initial predicate", STATE) if init is not None else None
        step = self._one(ast.Name(next_name), "next-state relation", ACTION) if next_name is not None else None
        if config is not None and config.specification is not None and (config.init or config.next):
            message = "a configuration has SPECIFICATION, or INIT and NEXT, not both"
            self._report(SemanticError(message, location=config.specification.location))
        specification = self._specification()
        parts = _NO_PARTS
        if specification is not None:
            parts = specification_parts(specification)
            if parts.init is None and init is None and self._has_variables:
                message = f"the specification {specification.name} does not say what the initial states are"
                hint = "Init is looked for in conjunctions, through definitions, but not in LET or below quantifiers"
                self._report(SemanticError(message, location=specification.location, hint=hint))
        if init is None:
            initial = self._fallback("init", "Init", "initial predicate", STATE, parts.init)
        if next_name is None:
            step = self._fallback("next", "Next", "next-state relation", ACTION, parts.next)
        return replace(parts, init=initial, next=step)

    def check_other_names(self) -> None:
        """Names that nothing is done with must exist too."""
        for field in ("periodic", "rl_reward"):
            self.formula(field, TEMPORAL)

    def _specification(self) -> NamedFormula | None:
        config = self._config
        if config is None:
            known = self._is_formula("Spec", TEMPORAL)
            return self._one(ast.Name("Spec"), "specification", TEMPORAL) if known else None
        return None if config.specification is None else self._one(config.specification, "specification", TEMPORAL)

    def _fallback(
        self, field: str, usual: str, what: str, level_max: int, formula: NamedFormula | None
    ) -> NamedFormula | None:
        named: ast.Name | None = None if self._config is None else getattr(self._config, field)
        if named is not None:
            return self._one(named, what, level_max)
        if formula is not None or self._config is not None:
            return formula
        return self._one(ast.Name(usual), what, level_max) if self._is_formula(usual, level_max) else None

    def _is_formula(self, name: str, level_max: int) -> bool:
        """Whether a usual name is used as usual; a module may well define an operator ``Next(x)`` of its own."""
        symbol = self._scope.get(name)
        return isinstance(symbol, Definition) and not symbol.parameters and symbol.level <= level_max

    def _one(self, name: ast.Name, what: str, level_max: int) -> NamedFormula | None:
        return named_formula(name.name, name.location, self._scope, what, level_max, self._report)
