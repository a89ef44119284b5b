"""From a trace, a specification and a mapping to a folder that stock TLC checks.

The folder has the modules of the specification as they are, one more that extends it, and its configuration. The module
holds the trace as TLA+ values, and behaviors that take its events. TLC accepts the trace by *violating* the invariant
``TraceNotAccepted``: the behavior that it prints then is a witness. If it finds no error, no behavior takes all events,
and the last line ``<<"taken", 1, n>>`` that it printed says how many were taken. A newer TLC (1.8) can be asked by
``POSTCONDITION TraceAccepted`` instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tlaconform.checking import LiveCheck, Trace, Workbench
from tlaconform.checking.source import Source, open_source
from tlaconform.errors import ConformanceError
from tlaconform.export.events import Chain, EventTexts
from tlaconform.export.module import ModuleText, formula_text
from tlaconform.export.values import ValueTexts
from tlaconform.files import write_whole
from tlaconform.mapping import constants_of
from tlaconform.tlc_judge.constants import passed_on
from tlaconform.tlc_judge.judgement import TlcJudgeError
from tlaconform.tlc_judge.literals import ascii_text
from tlaconform.tlc_judge.wording import Wording, conjunction, disjunction
from tlatrace.compile.api import State
from tlatrace.location import Location
from tlatrace.semantics import Spec, read_config
from tlatrace.traces import Event
from tlatrace.values import ModelValue, Value

STANDARD_MODULES = "Integers, Sequences, FiniteSets, TLC"

INITIAL_STATES_MAX = 1_000
"""Initial states that the mapping makes are written out one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written. ``chains`` are the events in the order in which the module has them."""

    module: Path
    config: Path
    modules: tuple[Path, ...]
    events: int
    chains: tuple[tuple[Event, ...], ...]


def export_trace(trace: Trace, workbench: Workbench, folder: Path) -> Exported:
    """Write ``trace`` as a specification of its own into ``folder``, which is made if need be.

    Raises:
        TlatraceError: a file is wrong, or an event is not what the mapping says. TlcJudgeError: something cannot be
        said to stock TLC. ConformanceError: the folder cannot be written to.
    """
    with open_source(trace, workbench) as source:
        live = LiveCheck(workbench, source.header, source.name, source)
        name, text, config, chains = _Export(live, source, workbench).texts()
    spec = live.loaded.spec
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConformanceError(
            f"this folder cannot be made: {error.strerror}", location=Location(str(folder), 0, 0, 0, 0)
        ) from None
    module, configuration = folder / f"{name}.tla", folder / f"{name}.cfg"
    write_whole(module, text)
    write_whole(configuration, config)
    copied = []
    for file, source_text in sorted(spec.sources.items()):
        path = folder / Path(file).name
        write_whole(path, source_text)
        copied.append(path)
    return Exported(
        module=module,
        config=configuration,
        modules=tuple(copied),
        events=sum(len(chain.events) for chain in chains),
        chains=tuple(tuple(chain.events) for chain in chains),
    )


class _Export:
    def __init__(self, live: LiveCheck, source: Source, workbench: Workbench) -> None:
        self._live = live
        self._source = source
        self._workbench = workbench
        self._spec = live.loaded.spec
        self._wording = Wording(self._spec, workbench.mapping)
        self._values = ValueTexts(self._wording)

    def texts(self) -> tuple[str, str, str, list[Chain]]:
        """The module's name, its text, its configuration, and the events."""
        spec, live = self._spec, self._live
        name = _module_name(spec)
        definitions, assignments = self._constants()
        initial = self._initial(live.matcher.frontier)
        events = EventTexts(live.matcher, self._values, self._source)
        chains = events.chains()
        if not any(chain.events for chain in chains):
            raise ConformanceError(
                "the trace has no event; there is nothing to export", location=Location(live.trace, 1, 1, 1, 1)
            )
        module = ModuleText(spec, self._wording, chains, list(events.rules.values()), initial)
        sections = list(module.sections())
        declared = [f"CONSTANT {constant}\n" for constant in self._values.model_values.values()]
        assignments += [f"{constant} = {value}" for value, constant in self._values.model_values.items()]
        n = module.names
        text = "\n".join(
            part
            for part in (
                f"---- MODULE {name} ----",
                _about(live.trace, n.not_accepted, n.accepted),
                f"EXTENDS {spec.name}, {STANDARD_MODULES}\n",
                *declared,
                *definitions,
                *sections,
                "====\n",
            )
            if part
        )
        statements = [
            f"\\* The trace is accepted if TLC finds that {n.not_accepted} is violated.",
            f"INIT {module.init}",
            f"NEXT {module.next}",
            f"INVARIANT {n.not_accepted}",
            "CHECK_DEADLOCK FALSE",
            *(["CONSTANTS", *(f"    {line}" for line in assignments)] if assignments else []),
        ]
        return name, text, "".join(f"{ascii_text(line)}\n" for line in statements), chains

    def _constants(self) -> tuple[list[str], list[str]]:
        mapping, source = self._workbench.mapping, self._source
        config = read_config(self._workbench.options.config)
        given: Mapping[str, Value] = constants_of(mapping, source.header, source.name, source)
        definitions, assignments = [], []
        for name, value in given.items():
            if isinstance(value, ModelValue):
                assignments.append(f"{name} = {value.name}")
                continue
            definition = self._wording.fresh(f"Constant_{name}")
            definitions.append(f"{definition} == {self._values.text(value, name)}\n")
            assignments.append(f"{name} <- {definition}")
        if config is not None:
            assignments += passed_on(config, given)
        return definitions, assignments

    def _initial(self, states: tuple[State, ...]) -> str:
        """Init, or the states that the mapping makes of it."""
        spec = self._spec
        if self._live.loaded.rules.initial is None:
            if spec.init is None:
                raise ConformanceError(
                    f"{spec.name} has no initial predicate; expected a definition Init or Spec, or a configuration"
                )
            return formula_text(spec, self._wording, spec.init)
        if not states or len(states) > INITIAL_STATES_MAX:
            raise TlcJudgeError(
                f"the first events leave {len(states)} initial states; expected 1 to {INITIAL_STATES_MAX}",
                location=self._workbench.mapping.locations["initial"],
            )
        return disjunction([conjunction(self._equations(state), 10) for state in states], 7)

    def _equations(self, state: State) -> Iterator[str]:
        for variable, value in zip(self._spec.variables, state, strict=True):
            yield f"{variable.name} = {self._values.text(value, variable.name)}"


def _module_name(spec: Spec) -> str:
    taken = {Path(file).stem for file in spec.sources} | set(spec.modules)
    name = f"{spec.name}Trace"
    while name in taken:
        name += "_"
    return name


def _about(trace: str, not_accepted: str, accepted: str) -> str:
    lines = [
        f"The trace {ascii_text(trace)}, to be checked by TLC with the configuration beside this module.",
        f"Accepted: TLC says that the invariant {not_accepted} is violated; the behavior that it prints explains",
        'the trace. Rejected: TLC finds no error; the last <<"taken", 1, n>> that it prints says how many events were',
        f"taken. With TLC 1.8, POSTCONDITION {accepted} in the place of the invariant says it the other way round.",
    ]
    return "".join(f"\\* {line}\n" for line in lines)
