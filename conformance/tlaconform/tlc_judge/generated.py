"""Judging traces by a module that is made from a specification, a mapping and the traces: the mapping's TLA+, put where
TLC can run it.

The module extends the specification. A behavior of it takes the events of one trace; an event is taken by a step of
Next that the mapping names for it, and that agrees with all that the mapping observes. What holds of ``conformance
check`` holds here: the invariants and step properties of the configuration are asked of every step, its constraints are
not.

Reading the mapping and taking Next apart into its actions is shared with ``conformance check``; everything that is
evaluated is evaluated by TLC.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tlacheck import Toolchain
from tlaconform.mapping import TraceMapping, compile_mapping, constants_of, read_mapping
from tlaconform.mapping.actions_text import flattened
from tlaconform.tlc_judge.constants import header_text
from tlaconform.tlc_judge.judgement import TlcJudgeError, TlcJudgement
from tlaconform.tlc_judge.module_writer import ModuleWriter
from tlaconform.tlc_judge.recorded import RecordedTrace, read_trace
from tlaconform.tlc_judge.runner import JudgeModule, RunOptions, judge_all
from tlatrace.compile import Interpreter
from tlatrace.location import Location
from tlatrace.semantics import load_spec, read_config
from tlatrace.syntax import ast


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

    Traces whose headers give the same constants are judged in one run. ``time_limit`` is in seconds, for each trace.
    ``keep`` is a folder for what TLC is given, which is else removed.

    Raises:
        TlatraceError: a file is wrong, or an event is not what the mapping says.
        TlcJudgeError: something cannot be said to stock TLC, or TLC cannot evaluate it.
        ToolchainError: there is no TLC.
    """
    generator = ModuleGenerator(spec=spec, mapping=mapping, config=config, library=library)
    folders = (spec.absolute().parent, *library)
    options = RunOptions(library=folders, time_limit=time_limit, toolchain=toolchain, keep=keep)
    return judge_all([read_trace(trace) for trace in traces], generator.module_for, generator.header_of, options)


def what_is_not_generated(mapping: TraceMapping) -> tuple[str, Location] | None:
    """A section of the mapping, or a guard, that these modules have no place for, where its events have to be read by
    us first; :mod:`tlaconform.export` writes such traces. None if there is no such thing.
    """
    sections = ("reader", "event", "where", "ignore", "order", "fields")
    found = [(f"`{name}`", mapping.locations[name]) for name in sections if name in mapping.locations]
    if mapping.initial is not None:
        found.append(("`initial`", mapping.initial.location))
    guards = [guard for entry in mapping.events.values() for guard in entry.guards if guard is not None]
    found += [("`when` of an event's action", guard.location) for guard in guards]
    candidates = [written for entry in mapping.events.values() for written in entry.candidates if written is not None]
    chosen = [part for written in candidates for part in flattened(written.tree) if isinstance(part, ast.Quantifier)]
    found += [("an action under \\E", part.location) for part in chosen]
    return found[0] if found else None


class ModuleGenerator:
    """Makes modules for one specification and one mapping."""

    def __init__(self, *, spec: Path, mapping: Path, config: Path | None = None, library: Sequence[Path] = ()) -> None:
        self._path = spec
        self._mapping = read_mapping(mapping)
        if (found := what_is_not_generated(self._mapping)) is not None:
            what, place = found
            raise TlcJudgeError(
                f"{what} has no place in this module for TLC; expected a mapping without it",
                location=place,
                hint="`conformance export` writes a module for one such trace",
            )
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
        compile_mapping(self._mapping, Interpreter(spec))  # for its errors: they are the clearer ones
        return ModuleWriter(spec, self._mapping, self._config, traces, self.header_of(traces[0])).module()
