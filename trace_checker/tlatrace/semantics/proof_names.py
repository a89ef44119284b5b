"""Names in theorems and proofs: who can see a step, an identifier that ASSUME, PICK or TAKE introduces, a DEFINE.

A step is known from its own proof on to the end of the proof it stands in, with its subproofs. What ASSUME declares is
known in the step's own proof, and after SUFFICES in the steps that follow; what TAKE, PICK and DEFINE introduce in the
steps that follow.

Source: *TLA+2: A Preliminary Guide*, section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from tlatrace.semantics.entries import Entry, Kind
from tlatrace.semantics.expressions import ExpressionChecker
from tlatrace.semantics.levels import ACTION, CONSTANT, STATE, TEMPORAL, Effect
from tlatrace.syntax import ast
from tlatrace.syntax.operators import INFIX

_LEVEL_OF_NEW: Final = {"CONSTANT": CONSTANT, "VARIABLE": STATE, "STATE": STATE, "ACTION": ACTION, "TEMPORAL": TEMPORAL}

_STATES_NOTHING: Final = frozenset(("USE", "HIDE", "DEFINE", "INSTANCE"))

_NO_FORMULAS: Final = frozenset(("PICK", "TAKE", "WITNESS"))

_MODULE: Final = "MODULE "


class ProofChecker(ExpressionChecker):
    """The part of the checker that knows theorems, proofs, USE and HIDE."""

    # ------------------------------------------------------------------------------------------------ statements

    def statement(self, body: ast.Expr, around: ast.AssumeProve | None = None) -> int:
        """The level of what a theorem or a step claims: a formula or an ASSUME/PROVE, perhaps with a label."""
        match body:
            case ast.Label(body=ast.AssumeProve() as inner):
                return self.statement(inner, around)
            case ast.AssumeProve():
                if body.is_boxed and around is not None and not around.is_boxed:
                    self.error("[]ASSUME stands within an ASSUME that is not boxed", body.location)
                with self.scope():
                    level = CONSTANT
                    for assumption in body.assumptions:
                        if isinstance(assumption, ast.NewSymbol):
                            level = max(level, self._new_symbol(assumption))
                        else:
                            level = max(level, self.statement(assumption, body))
                    return max(level, self.level(body.goal))
            case _:
                return self.level(body)

    def _new_symbol(self, symbol: ast.NewSymbol) -> int:
        entry = self._new_entry(symbol)
        level = entry.level
        if symbol.domain is not None:
            level = max(level, self.operand(symbol.domain, ACTION, f"the set of NEW {symbol.parameter.name}"))
        if not self._is_declared_alike(entry):
            self.add(entry)
        return level

    def _is_declared_alike(self, entry: Entry) -> bool:
        """Whether a NEW of the same kind has the name already, which is no mistake for SANY."""
        known = self.names.get(entry.name)
        return known is not None and (known.kind, known.level, known.arities) == (
            entry.kind,
            entry.level,
            entry.arities,
        )

    def _new_entry(self, symbol: ast.NewSymbol) -> Entry:
        parameter = symbol.parameter
        level = _LEVEL_OF_NEW.get(symbol.kind, CONSTANT)
        return Entry(parameter.name, Kind.NEW, (0,) * parameter.arity, parameter.location, self.module, level=level)

    def goal(self, body: ast.Expr) -> None:
        """What the ASSUME of a statement declares is known from here on."""
        while isinstance(body, ast.Label):
            body = body.body
        if isinstance(body, ast.AssumeProve):
            with self.quiet():
                for assumption in body.assumptions:
                    if isinstance(assumption, ast.NewSymbol):
                        self.add(self._new_entry(assumption))

    # ------------------------------------------------------------------------------------------------ proofs

    def proof(self, proof: ast.Proof, *, is_temporal: bool = False) -> None:
        """Check a proof in a scope of its own; ``is_temporal``: of a temporal formula."""
        if isinstance(proof, ast.TerminalProof):
            if proof.kind == "BY":
                self._check_not_empty(proof)
            self._facts(proof.facts)
            self._definitions(proof.definitions)
        elif isinstance(proof, ast.StructuredProof):
            with self.scope():
                proved = set(self.being_proved)
                for previous, step in zip((None, *proof.steps), proof.steps, strict=False):
                    self._step(_continued(step, previous), is_temporal=is_temporal)
                    if is_temporal:
                        self._check_temporal(step)
                self.being_proved = proved

    def _step(self, step: ast.ProofStep, *, is_temporal: bool) -> None:
        if step.label is not None and step.written.startswith(("<*>", "<+>")):
            self.error(f"a step that is named is written with its level: {step.label}", step.location)
        match step.kind:
            case "ASSERT" | "SUFFICES" | "CASE" | "HAVE":
                body = step.expressions[0]
                with self.definition(allows_labels=step.label is not None):
                    level = self._alone(lambda: self.statement(body))
                entry = self._name_step(step, _as_operand(step.kind, body), level)
                with self.scope():
                    if step.kind != "SUFFICES":
                        self.goal(body)
                    proved = set(self.being_proved)
                    self.being_proved.add(entry)
                    self._own_proof(step, is_temporal=level == TEMPORAL)
                    self.being_proved = proved
                if step.kind == "SUFFICES":
                    self.goal(body)
                    self.being_proved.add(entry)
            case "PICK":
                self._pick(step)
            case "TAKE":
                for bound in step.bounds:
                    if bound.domain is None:
                        continue
                    with self.definition(allows_labels=step.label is not None):
                        self._operand_alone(bound.domain, "the set of TAKE")
                for bound in step.bounds:
                    self.bind(bound.names, bound.location)
                domains = tuple(bound.domain for bound in step.bounds if bound.domain is not None)
                self._name_step(step, ast.Tuple(domains, location=step.location), CONSTANT)
            case "WITNESS":
                for expression in step.expressions:
                    with self.definition(allows_labels=step.label is not None):
                        self._operand_alone(expression, "WITNESS")
                self._name_step(step, ast.Tuple(step.expressions, location=step.location), CONSTANT)
            case "QED":
                self._name_step(step, None, CONSTANT)
                self._own_proof(step, is_temporal=is_temporal)
            case _:
                self._units(step)
                self._name_step(step, None, CONSTANT)

    def _pick(self, step: ast.ProofStep) -> None:
        body = step.expressions[0]
        quantifier = ast.Quantifier("\\E", step.bounds, body, location=step.location)
        with self.scope(), self.definition(allows_labels=step.label is not None):
            level = self._alone(lambda: self.level(quantifier))
        if level == TEMPORAL:
            with self.quiet():
                of_sets = self._alone(lambda: self.domains(step.bounds, "PICK"))
            if of_sets > CONSTANT:
                self.complain("PICK of a temporal formula needs a constant set", step.location)
        self._name_step(step, quantifier, level)
        self._own_proof(step)
        for bound in step.bounds:
            with self.quiet():
                self.bind(bound.names, bound.location)

    def _own_proof(self, step: ast.ProofStep, *, is_temporal: bool = False) -> None:
        if step.proof is not None:
            self.depth += 1
            self.proof(step.proof, is_temporal=is_temporal)
            self.depth -= 1

    def _check_temporal(self, step: ast.ProofStep) -> None:
        """In the proof of a temporal formula these steps speak of constants only."""
        if step.kind not in ("CASE", "HAVE", "TAKE", "WITNESS"):
            return
        parts = [*step.expressions, *(bound.domain for bound in step.bounds if bound.domain is not None)]
        with self.quiet():
            level = max((self._alone(partial(self.level, part)) for part in parts), default=CONSTANT)
        if level > CONSTANT:
            message = f"{step.kind} in the proof of a temporal formula is for constant expressions"
            self.complain(message, step.location)

    def _units(self, step: ast.ProofStep) -> None:
        for unit in step.units:
            if isinstance(unit, ast.UseOrHide):
                self.use_or_hide(unit)
        others = tuple(unit for unit in step.units if not isinstance(unit, ast.UseOrHide))
        if others:
            self.depth += 1
            self.local_units(others)
            self.depth -= 1

    def _name_step(self, step: ast.ProofStep, body: ast.Expr | None, level: int) -> Entry:
        kind = Kind.STEP if step.kind in _STATES_NOTHING else Kind.FACT
        effect = Effect(level)
        entry = Entry(step.label or "", kind, (), step.location, self.module, effect=effect, body=body)
        entry.has_definitions = step.kind in ("DEFINE", "INSTANCE")
        entry.is_no_formula = step.kind in _NO_FORMULAS
        if step.label is not None:
            known = self.names.get(step.label)
            if known is not None and known.kind is not kind:
                self.error(f"{step.label} is defined twice: it is already {known.describe()}", step.location)
            with self.quiet():  # a step may be named as one before it; the later one counts
                self.add(entry)
        return entry

    def _alone(self, walk: Callable[[], int]) -> int:
        """The level that ``walk`` finds; what it gathers is of no use to anybody."""
        return self.effect(list, walk).level

    def _operand_alone(self, expression: ast.Expr, what: str) -> None:
        self._alone(partial(self.operand, expression, ACTION, what))

    # ------------------------------------------------------------------------------------------------ facts

    def use_or_hide(self, unit: ast.UseOrHide) -> None:
        """USE or HIDE, in a module or in a proof."""
        self._check_not_empty(unit)
        if unit.kind == "HIDE":
            for fact in unit.facts:
                if not _is_module(fact) and not self._may_be_hidden(fact):
                    message = "HIDE takes the names of theorems, assumptions and steps, and definitions after DEF"
                    self.error(message, fact.location)
        self._facts(unit.facts)
        self._definitions(unit.definitions)

    def _check_not_empty(self, use: ast.TerminalProof | ast.UseOrHide) -> None:
        if not use.facts and not use.definitions:
            self.error(f"{use.kind} names neither a fact nor a definition", use.location)

    def _may_be_hidden(self, fact: ast.Expr) -> bool:
        if isinstance(fact, ast.Number | ast.Decimal | ast.String | ast.Let):
            return True  # of no use, and not looked at by SANY
        if not isinstance(fact, ast.Name | ast.Selection):
            return False
        name = fact.name if isinstance(fact, ast.Name) else "!".join(step.name for step in fact.steps)
        entry = self.names.get(name)
        return entry is None or entry.kind in (Kind.FACT, Kind.STEP)

    def _facts(self, facts: tuple[ast.Expr, ...]) -> None:
        with self._where_statements_are_named():
            for fact in facts:
                if _is_module(fact):
                    self._check_module_name(fact)
                else:
                    self._alone(partial(self.level, fact))

    @contextmanager
    def _where_statements_are_named(self) -> Iterator[None]:
        before, self._allows_statements = self._allows_statements, True
        yield
        self._allows_statements = before

    def _definitions(self, definitions: tuple[ast.Expr, ...]) -> None:
        for item in definitions:
            if _is_module(item):
                self._check_module_name(item)
                continue
            name = item.name if isinstance(item, ast.Name) else ""
            if isinstance(item, ast.Selection):
                name = "!".join(step.name for step in item.steps)
            entry = self.names.get(name)
            if entry is None:
                if isinstance(item, ast.Selection):
                    self.selected_definition(item)
                else:
                    self.unknown(name, item.location)
            elif not _is_definition(entry):
                self.error(f"DEF takes the names of definitions; {name} is {entry.describe()}", item.location)

    def selected_definition(self, item: ast.Selection) -> None:
        """A definition of an instance, named after DEF without arguments."""
        self.selected(item, expects_operator=True)

    def _check_module_name(self, fact: ast.Expr) -> None:
        """``MODULE M`` stands for everything that a module says, which must be in use here."""
        assert isinstance(fact, ast.Name)
        name = fact.name.removeprefix(_MODULE)
        if not self.is_in_use(name):
            self.error(f"the module {name} is neither extended nor instantiated here", fact.location)

    def is_in_use(self, module: str) -> bool:
        """Whether ``module`` is this one, or is extended or instantiated."""
        raise NotImplementedError


def _is_definition(entry: Entry) -> bool:
    if entry.name.startswith("<"):
        return entry.has_definitions
    return entry.kind in (Kind.OPERATOR, Kind.INSTANCE, Kind.FACT)


def _as_operand(kind: str, body: ast.Expr) -> ast.Expr:
    """What a step stands for: the formula itself, or a keyword applied to it, which selectors go below."""
    return body if kind == "ASSERT" else ast.Apply(kind, (body,), location=body.location)


def _is_module(fact: ast.Expr) -> bool:
    return isinstance(fact, ast.Name) and fact.name.startswith(_MODULE)


def _continued(step: ast.ProofStep, previous: ast.ProofStep | None) -> ast.ProofStep:
    """``step`` with what its ``@`` stands for: the right side of the step before, where both apply an infix operator
    and ``@`` is the whole left side (``<1>1. a = b``, ``<1>2. @ = c``).
    """
    body, right = _infix(step), None if previous is None else _infix(previous)
    if body is None or right is None or not isinstance(body.arguments[0], ast.At):
        return step
    meant = replace(body, arguments=(right.arguments[1], body.arguments[1]), location=body.location)
    return replace(step, expressions=(meant,), location=step.location)


def _infix(step: ast.ProofStep) -> ast.Apply | None:
    body = step.expressions[0] if step.kind == "ASSERT" else None
    is_infix = isinstance(body, ast.Apply) and body.operator in INFIX and len(body.arguments) == 2
    return body if is_infix and isinstance(body, ast.Apply) else None
