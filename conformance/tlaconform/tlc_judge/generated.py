"""Judging traces by a module that is made from a specification, a mapping and the traces: the mapping's TLA+, put where TLC can run it.

The module extends the specification. A behavior of it takes the events of one trace; an event is taken by a step of Next that the mapping names for
it, and that agrees with all that the mapping observes. What holds of ``conformance check`` holds here: the invariants and step
properties of the configuration are asked of every step, its constraints are not.

Reading the mapping and taking Next apart into its actions is shared with ``conformance check``; everything that is evaluated is evaluated by TLC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tlacheck import Toolchain
from tlaconform.errors import ConformanceError
from tlaconform.mapping import TraceMapping, compile_mapping, constants_of, read_mapping
from tlaconform.tlc_judge.actions import ActionOperators
from tlaconform.tlc_judge.constants import constants_for, header_text
from tlaconform.tlc_judge.judgement import TlcJudgement
from tlaconform.tlc_judge.literals import Literals, ascii_text, sequence_definitions
from tlaconform.tlc_judge.projection import Projection
from tlaconform.tlc_judge.recorded import RecordedTrace, read_trace
from tlaconform.tlc_judge.rules import READY, Machinery, RuleOperators, needs_stage
from tlaconform.tlc_judge.runner import JudgeModule, RunOptions, judge_all
from tlaconform.tlc_judge.wording import Wording, conjunction
from tlatrace.compile import Interpreter
from tlatrace.semantics import Spec, load_spec, read_config
from tlatrace.syntax import ast

MODULE = "JudgedTraces"


def judge(
    trace: str | Path,
    *,
    spec: Path,
    mapping: Path,
    config: Path | None = None,
    library: Sequence[Path] = (),
    time_limit: float | None = None,
    toolchain: Toolchain | None = None,
    keep: Path | None = None,
) -> TlcJudgement:
    """TLC's judgement on one trace; see :func:`judge_traces`."""
    return judge_traces(
        [trace],
        spec=spec,
        mapping=mapping,
        config=config,
        library=library,
        time_limit=time_limit,
        toolchain=toolchain,
        keep=keep,
    )[0]


def judge_traces(
    traces: Sequence[str | Path],
    *,
    spec: Path,
    mapping: Path,
    config: Path | None = None,
    library: Sequence[Path] = (),
    time_limit: float | None = None,
    toolchain: Toolchain | None = None,
    keep: Path | None = None,
) -> list[TlcJudgement]:
    """TLC's judgement on each of ``traces``: whether ``spec`` allows all of its events, as ``mapping`` reads them.

    Traces whose headers give the same constants are judged in one run. ``time_limit`` is in seconds, for each trace. ``keep`` is a
    folder for what TLC is given, which is else removed.

    Raises:
        TlatraceError: a file is wrong, or an event is not what the mapping says.
        TlcJudgeError: something cannot be said to stock TLC, or TLC cannot evaluate it.
        ToolchainError: there is no TLC.
    """
    generator = ModuleGenerator(spec=spec, mapping=mapping, config=config, library=library)
    folders = (spec.absolute().parent, *library)
    options = RunOptions(library=folders, time_limit=time_limit, toolchain=toolchain, keep=keep)
    return judge_all([read_trace(trace) for trace in traces], generator.module_for, generator.header_of, options)


class ModuleGenerator:
    """Makes modules for one specification and one mapping."""

    def __init__(
        self, *, spec: Path, mapping: Path, config: Path | None = None, library: Sequence[Path] = ()
    ) -> None:
        self._path = spec
        self._mapping = read_mapping(mapping)
        self._config = read_config(config)
        self._library = tuple(library)

    def header_of(self, trace: RecordedTrace) -> str:
        """What of the header decides the constants: traces that agree in it can be in one module."""
        return header_text(self._mapping, trace)

    def module_for(self, traces: Sequence[RecordedTrace]) -> JudgeModule:
        """The module for ``traces``, which have the same constants.

        Raises:
            TlatraceError: the files do not fit one another, or an event is not what the mapping says.
            TlcJudgeError: something cannot be said to stock TLC.
        """
        constants = constants_of(self._mapping, traces[0].header, traces[0].name)
        spec = load_spec(self._path, self._config, constants=constants, library=self._library)
        compile_mapping(self._mapping, Interpreter(spec), traces[0].name)  # for its errors: they are the clearer ones
        return _Writer(spec, self._mapping, traces, self.header_of(traces[0])).module(self._config)


class _Writer:
    """Writes one module."""

    def __init__(self, spec: Spec, mapping: TraceMapping, traces: Sequence[RecordedTrace], header: str) -> None:
        self._spec = spec
        self._mapping = mapping
        self._traces = traces
        self._header = header
        self._wording = wording = Wording(spec, mapping)
        self._all = wording.fresh("Traces")
        self._judge_init, self._judge_next = wording.fresh("JudgeInit"), wording.fresh("JudgeNext")
        self._machinery = Machinery(
            trace=wording.fresh("trace"),
            position=wording.fresh("position"),
            stage=wording.fresh("stage") if needs_stage(mapping) else None,
            silent=wording.fresh("silent") if mapping.silent else None,
            unchanged=f"<<{', '.join(variable.name for variable in spec.variables)}>>",
            kept=wording.fresh("Kept") if spec.invariants or spec.properties else None,
            taken=wording.fresh("Taken"),
            cut=wording.fresh("Cut"),
        )

    def module(self, config: Config | None) -> JudgeModule:
        actions = ActionOperators(self._spec, self._wording)
        rules = RuleOperators(self._mapping, self._spec, self._wording, actions, self._machinery)
        events = {kind: rules.rule(entry) for kind, entry in self._mapping.events.items()}
        silent = [rules.silent(number, item) for number, item in enumerate(self._mapping.silent, 1)]
        constants = constants_for(self._mapping, config, self._header, self._wording)
        sections = [
            self._head(),
            constants.definitions,
            self._data(),
            self._bookkeeping(),
            actions.definitions,
            *(definition for _, definition in (*events.values(), *silent)),
            self._behavior({kind: name for kind, (name, _) in events.items()}, [name for name, _ in silent]),
            "=" * 78 + "\n",
        ]
        return JudgeModule(
            name=MODULE,
            text="\n".join(section for section in sections if section),
            config=self._configuration(constants.assignments),
        )
