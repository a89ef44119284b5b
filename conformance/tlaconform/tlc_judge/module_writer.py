"""The text of a generated module: constants, the traces as literals, the actions, the rules, and the behavior that
takes events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tlaconform.errors import ConformanceError
from tlaconform.mapping.model import TraceMapping
from tlaconform.tlc_judge.actions import ActionOperators
from tlaconform.tlc_judge.constants import constants_for
from tlaconform.tlc_judge.literals import Literals, ascii_text, sequence_definitions, spell
from tlaconform.tlc_judge.projection import Projection
from tlaconform.tlc_judge.recorded import RecordedTrace
from tlaconform.tlc_judge.rules import READY, Machinery, RuleOperators, needs_stage
from tlaconform.tlc_judge.runner import JudgeModule
from tlaconform.tlc_judge.wording import Wording, conjunction, enclosed
from tlatrace.semantics import Definition, NamedFormula, Spec
from tlatrace.syntax import Config, ast

MODULE = "JudgedTraces"

STANDARD_MODULES = "Integers, Sequences, FiniteSets, TLC"


class ModuleWriter:
    """Writes one module, for ``traces`` that all have ``header`` (as far as the mapping reads it)."""

    def __init__(
        self, spec: Spec, mapping: TraceMapping, config: Config | None, traces: Sequence[RecordedTrace], header: str
    ) -> None:
        self._spec = spec
        self._mapping = mapping
        self._config = config
        self._traces = traces
        self._header = header
        self._wording = wording = Wording(spec, mapping)
        self._all = wording.fresh("Traces")
        self._init, self._next = wording.fresh("JudgeInit"), wording.fresh("JudgeNext")
        self._invariants = [self._formula(invariant) for invariant in spec.invariants]
        self._step_properties = [
            wording.of_spec(box, formula.scope, f"the property {formula.name}")
            for formula in spec.properties
            if (box := _step_formula(formula.body)) is not None
        ]
        self._machinery = Machinery(
            trace=wording.fresh("trace"),
            position=wording.fresh("position"),
            stage=wording.fresh("stage") if needs_stage(mapping) else None,
            silent=wording.fresh("silent") if mapping.silent else None,
            unchanged=f"<<{', '.join(variable.name for variable in spec.variables)}>>",
            kept=wording.fresh("Kept") if self._invariants or self._step_properties else None,
            taken=wording.fresh("Taken"),
            cut=wording.fresh("Cut"),
        )

    def module(self) -> JudgeModule:
        """The module and its configuration.

        Raises:
            ConformanceError: an event is not what the mapping says; the specification has no Init.
            TlcJudgeError: something cannot be said to stock TLC.
        """
        actions = ActionOperators(self._spec, self._wording)
        rules = RuleOperators(self._mapping, self._spec, self._wording, actions, self._machinery)
        events = {kind: rules.rule(entry) for kind, entry in self._mapping.events.items()}
        silent = [rules.silent(number, item) for number, item in enumerate(self._mapping.silent, 1)]
        constants = constants_for(self._mapping, self._config, self._header, self._wording)
        sections = [
            f"---- MODULE {MODULE} ----\nEXTENDS {self._spec.name}, {STANDARD_MODULES}\n",
            constants.definitions,
            *self._data(),
            self._bookkeeping(),
            actions.definitions,
            *(definition for _, definition in (*events.values(), *silent)),
            self._behavior({kind: name for kind, (name, _) in events.items()}, [name for name, _ in silent]),
            "====\n",
        ]
        statements = [f"INIT {self._init}", f"NEXT {self._next}", "CHECK_DEADLOCK FALSE"]
        statements += ["CONSTANTS", *(f"    {line}" for line in constants.assignments)] if constants.assignments else []
        return JudgeModule(
            name=MODULE,
            text="\n".join(section for section in sections if section),
            config="".join(f"{ascii_text(line)}\n" for line in statements),
        )

    def _data(self) -> list[str]:
        """The traces, each a sequence of records."""
        wording, mapping = self._wording, self._mapping
        literals = Literals(
            null=None if mapping.null is None else enclosed(mapping.null.tree, wording.of_mapping(mapping.null.tree)),
            strings={
                text: enclosed(written.tree, wording.of_mapping(written.tree))
                for text, written in mapping.strings.items()
            },
        )
        projection = Projection(mapping, literals)
        names = [wording.fresh_family(f"Trace{number}") for number in range(1, len(self._traces) + 1)]
        defined = [
            sequence_definitions(name, [projection.record(event, trace) for event in trace.events])
            for name, trace in zip(names, self._traces, strict=True)
        ]
        return [*defined, f"{self._all} == <<{', '.join(names)}>>\n"]

    def _bookkeeping(self) -> str:
        """The variables that follow a trace, and what every step does with them."""
        m, number = self._machinery, self._wording.fresh("number")
        registers = f"ASSUME \\A {number} \\in 1 .. 2 * Len({self._all}) : TLCSet({number}, 0)\n"
        taken = [
            _told("taken", m, m.trace),
            f"{m.position}' = {m.position} + 1",
            f"UNCHANGED {m.trace}",
            *([f"{m.stage}' = {READY}"] if m.stage is not None else []),
            *([f"{m.silent}' = {self._none_silent()}"] if m.silent is not None else []),
        ]
        definitions = [
            f"VARIABLES {', '.join(name for name in (m.trace, m.position, m.stage, m.silent) if name is not None)}\n",
            registers,
            f"{m.taken} ==\n    {conjunction(taken, 4)}\n",
        ]
        if any(item.is_limit for item in self._mapping.silent):
            definitions.append(f"{m.cut} ==\n    {_told('cut', m, f'Len({self._all}) + {m.trace}')}\n")
        if m.kept is not None:
            kept = [*(f"({text})'" for text in self._invariants), *(f"({text})" for text in self._step_properties)]
            definitions.append(f"{m.kept} ==\n    {conjunction(kept, 4)}\n")
        return "\n".join(definitions)

    def _none_silent(self) -> str:
        return f"<<{', '.join('0' for _ in self._mapping.silent)}>>"

    def _behavior(self, rules: Mapping[str, str], silent: Sequence[str]) -> str:
        """Init and Next."""
        m, event = self._machinery, self._wording.event
        if self._spec.init is None:
            raise ConformanceError(
                f"{self._spec.name} has no initial predicate; expected a definition Init or Spec, or a configuration"
            )
        init = [
            self._formula(self._spec.init),
            *self._invariants,
            f"{m.trace} \\in DOMAIN {self._all}",
            f"{m.position} = 1",
            *([f"{m.stage} = {READY}"] if m.stage is not None else []),
            *([f"{m.silent} = {self._none_silent()}"] if m.silent is not None else []),
        ]
        kind = enclosed(self._mapping.kind.tree, self._wording.of_mapping(self._mapping.kind.tree))
        arms = [f"{kind} = {spell(text)} -> {rule}({event})" for text, rule in rules.items()]
        arms.append(f'OTHER -> Assert(FALSE, <<"unknown event", {kind}>>)')
        choice = f"\\/ CASE {f'{chr(10)}             [] '.join(arms)}"
        steps = "\n        ".join([choice, *(f"\\/ {name}({event})" for name in silent)])
        return (
            f"{self._init} ==\n    {conjunction(init, 4)}\n\n"
            f"{self._next} ==\n"
            f"    /\\ {m.position} <= Len({self._all}[{m.trace}])\n"
            f"    /\\ \\E {event} \\in {{{self._all}[{m.trace}][{m.position}]}} :\n"
            f"        {steps}\n"
        )

    def _formula(self, formula: NamedFormula) -> str:
        """A formula of the specification: by its name where it has one that can be used."""
        symbol = self._spec.scope.get(formula.name)
        if isinstance(symbol, Definition) and symbol.body is formula.body and not symbol.is_local:
            return formula.name
        return f"({self._wording.of_spec(formula.body, formula.scope, formula.name)})"


def _told(word: str, machinery: Machinery, register: str) -> str:
    """Print a line for the current event, the first time that ``register`` sees it."""
    position = machinery.position
    told = f"TLCSet({register}, {position}) /\\ PrintT(<<{spell(word)}, {machinery.trace}, {position}>>)"
    return f"IF {position} > TLCGet({register}) THEN {told} ELSE TRUE"


def _step_formula(body: ast.Expr) -> ast.Expr | None:
    """``[A]_v`` of ``[][A]_v``; None for a property that a finite behavior cannot decide."""
    if isinstance(body, ast.Apply) and body.operator == "[]" and isinstance(body.arguments[0], ast.ActionBox):
        return body.arguments[0]
    return None
