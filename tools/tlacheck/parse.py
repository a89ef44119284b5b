"""TLC's output in tool mode, read line by line into what the run found out.

`OutputParser` knows neither processes nor files: lines in, `Progress` out as it happens, `Findings` at the end. The
table `OUTCOME_BY_CODE` says which message means which outcome. Where versions word a message differently, all wordings
are read (`tests/tools/tlacheck/` has a sample of each).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tlacheck.messages import Code, Message, MessageReader, OutputLine, Severity
from tlacheck.places import RANGE, count, find_location, find_locations, is_location, location_of
from tlacheck.results import (
    ActionCoverage,
    Counterexample,
    Failure,
    Location,
    Outcome,
    ParsedModule,
    ParseError,
    Progress,
    TlcError,
    TraceState,
)
from tlacheck.sany_output import parse_sany_output

#: A spec that prints in every state would otherwise fill the memory.
OUTPUT_LINES_MAX = 10_000

OUTCOME_BY_CODE: dict[int, Outcome] = {
    Code.TLC_INVARIANT_VIOLATED_INITIAL: Outcome.SAFETY_FAILURE,
    Code.TLC_PROPERTY_VIOLATED_INITIAL: Outcome.SAFETY_FAILURE,
    Code.TLC_INVARIANT_VIOLATED_BEHAVIOR: Outcome.SAFETY_FAILURE,
    # TLC's exit status counts these as liveness, but [][A]_v is a safety property: a finite prefix refutes it.
    # TLC itself exits as for liveness here, and manifests of public examples follow it.
    Code.TLC_ACTION_PROPERTY_VIOLATED_BEHAVIOR: Outcome.LIVENESS_FAILURE,
    Code.TLC_TEMPORAL_PROPERTY_VIOLATED: Outcome.LIVENESS_FAILURE,
    Code.TLC_DEADLOCK_REACHED: Outcome.DEADLOCK_FAILURE,
    Code.TLC_ASSUMPTION_FALSE: Outcome.ASSUMPTION_FAILURE,
    Code.TLC_ASSUMPTION_EVALUATION_ERROR: Outcome.EVALUATION_ERROR,
    Code.TLC_VALUE_ASSERT_FAILED: Outcome.ASSERTION_FAILURE,
    Code.TLC_INITIAL_STATE: Outcome.EVALUATION_ERROR,
    Code.TLC_STATE_NOT_COMPLETELY_SPECIFIED_INITIAL: Outcome.EVALUATION_ERROR,
    Code.TLC_STATE_NOT_COMPLETELY_SPECIFIED_NEXT: Outcome.EVALUATION_ERROR,
    Code.TLC_STATE_NOT_COMPLETELY_SPECIFIED_LIVE: Outcome.EVALUATION_ERROR,
    Code.TLC_INVARIANT_EVALUATION_FAILED: Outcome.EVALUATION_ERROR,
    Code.TLC_ACTION_PROPERTY_EVALUATION_FAILED: Outcome.EVALUATION_ERROR,
    Code.TLC_INVARIANT_VIOLATED_LEVEL: Outcome.CONFIG_ERROR,
    Code.TLC_STATES_AND_NO_NEXT_ACTION: Outcome.CONFIG_ERROR,
    Code.TLC_NO_STATES_SATISFYING_INIT: Outcome.EVALUATION_ERROR,
    Code.TLC_NO_STATES_SATISFYING_INIT_AND_CONSTRAINT: Outcome.EVALUATION_ERROR,
    Code.TLC_LIVE_FORMULA_TAUTOLOGY: Outcome.CONFIG_ERROR,
    Code.TLC_PARSING_FAILED: Outcome.PARSE_ERROR,
    Code.TLC_PARSING_FAILED2: Outcome.PARSE_ERROR,
    Code.SYSTEM_STACK_OVERFLOW: Outcome.EVALUATION_ERROR,
    **dict.fromkeys(range(Code.TLC_CONFIG_VALUE_NOT_ASSIGNED_TO_CONSTANT_PARAM, 2246), Outcome.CONFIG_ERROR),
    **dict.fromkeys((Code.TLC_CONFIG_UNDEFINED_OR_NO_OPERATOR, 2281), Outcome.CONFIG_ERROR),
    **dict.fromkeys(range(Code.CFG_ERROR_READING_FILE, Code.CFG_EXPECTED_SYMBOL + 1), Outcome.CONFIG_ERROR),
    # The operators of the standard modules, applied to what they are not defined for.
    **dict.fromkeys((2145, 2154, 2155, 2157, 2158, 2164, 2165, 2169, 2170, 2283, 2266), Outcome.EVALUATION_ERROR),
    **dict.fromkeys(range(2139, 2145), Outcome.EVALUATION_ERROR),
    **dict.fromkeys(range(2176, 2185), Outcome.EVALUATION_ERROR),
    **dict.fromkeys((2215, 2246, 2247, 2248, 2250, 2251, 2252, 2260, 2261, 2265), Outcome.EVALUATION_ERROR),
}

#: They come after an error and say more about it.
_ELABORATIONS = frozenset({Code.TLC_NESTED_EXPRESSION, Code.TLC_FINGERPRINT_EXCEPTION})
_TRACE_HEADERS = frozenset({Code.TLC_BEHAVIOR_UP_TO_THIS_POINT, Code.TLC_COUNTER_EXAMPLE, Code.TLC_ERROR_STATE})
_COVERAGE_KINDS = {
    Code.TLC_COVERAGE_INIT: "init",
    Code.TLC_COVERAGE_NEXT: "next",
    Code.TLC_COVERAGE_CONSTRAINT: "constraint",
}
_NUMBER = r"-?\d[\d,.'\u00a0\u2019\u202f]*"
_STATS = re.compile(
    rf"({_NUMBER}) states generated.*?, ({_NUMBER}) distinct states found(?:.*?, ({_NUMBER}) states left)?"
)
_PROGRESS_DEPTH = re.compile(rf"Progress\(({_NUMBER})\)")
_STATES_SIMULATED = re.compile(rf"number of states generated: ({_NUMBER})")
_DEPTH = re.compile(rf"search is ({_NUMBER})\.")
_LEVEL = re.compile(rf"Starting level ({_NUMBER}):")
_INITIAL = re.compile(rf": ({_NUMBER}) (?:distinct )?states? generated(?:, with ({_NUMBER}) of them distinct)?")
_COVERAGE = re.compile(rf"<(?P<name>.+?) {RANGE}[^>]*>: (?P<distinct>{_NUMBER}):(?P<generated>{_NUMBER})")
_STATE_HEADER = re.compile(r"(?P<number>\d+): ?<?(?P<label>.*?)>?", re.DOTALL)
_ACTION = re.compile(rf"(?P<name>.*?) ?{RANGE}.*")
_BINDING = re.compile(r"(?:/\\ )?([A-Za-z0-9_!]+) = (.*)")
_VIOLATED = (
    re.compile(r"Invariant (?P<name>.+?) is violated"),
    re.compile(r"Action property (?P<name>.+?) is violated", re.DOTALL),
    re.compile(r"Property (?P<name>.+?) is violated by the initial state"),
    re.compile(r"Evaluating (?:invariant|action property) (?P<name>.+?) failed"),
    re.compile(r"Assumption (?P<name>.+?) is false"),
    re.compile(r"Evaluating assumption (?P<name>.+?) failed"),
)
_TEMPORAL = re.compile(r"Temporal propert(?:y|ies) (?P<names>.+?) (?:was|were) violated", re.DOTALL)
_CONFIG_LINE = re.compile(r"in the configuration file at line (\d+)")
_WRAPPED = re.compile(
    r"TLC threw an unexpected exception\.\n.*?\nThe exception was an? (?P<exception>[\w.$]+)[\s:]*", re.DOTALL
)
#: Exceptions that mean nothing but the message that they carry.
_CARRIERS = frozenset({"java.lang.RuntimeException", "tlc2.tool.ConfigFileException"})
_JAVA_FRAME = re.compile(r"^\s+at [\w.$]+.*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the output said. `finished` is whether TLC came to its own end, and said so."""

    tlc_version: str | None
    states_generated: int | None
    distinct_states: int | None
    states_left: int | None
    depth: int | None
    coverage: tuple[ActionCoverage, ...]
    failures: tuple[Failure, ...]
    errors: tuple[TlcError, ...]
    warnings: tuple[TlcError, ...]
    parse_errors: tuple[ParseError, ...]
    modules: tuple[ParsedModule, ...]
    output: tuple[str, ...]
    output_dropped: int
    finished: bool


class OutputParser:
    """Feed it the lines of one run; `spec` and `config` name the files in errors that do not name one themselves."""

    def __init__(self, *, spec: Path, config: Path | None = None) -> None:
        self._spec = spec
        self._config = config or spec.with_suffix(".cfg")
        self._reader = MessageReader()
        self._version: str | None = None
        self._progress: Progress | None = None
        self._depth: int | None = None
        self._in_sany = False
        self._sany: list[str] = []
        self._coverage: list[ActionCoverage] = []
        self._failures: list[Failure] = []
        self._traces: dict[int, Counterexample] = {}
        self._states_printed = False
        self._errors: list[TlcError] = []
        self._warnings: list[TlcError] = []
        self._config_errors: list[ParseError] = []
        self._output: list[str] = []
        self._output_dropped = 0
        self._finished = False

    def feed(self, line: str) -> Progress | None:
        """Take one line without its line end; returns news of the run's progress, if the line brought any."""
        before = self._progress
        for item in self._reader.feed(line):
            self._take(item)
        return self._progress if self._progress is not before else None

    def finish(self) -> Findings:
        """Everything said until now. Call it once, when there are no more lines."""
        for item in self._reader.finish():
            self._take(item)
        parse_errors: tuple[ParseError, ...] = ()
        modules: tuple[ParsedModule, ...] = ()
        if self._sany:
            report = parse_sany_output("\n".join(self._sany), spec=self._spec)
            parse_errors, modules = report.errors, report.modules
        progress = self._progress
        return Findings(
            tlc_version=self._version,
            states_generated=progress.states_generated if progress else None,
            distinct_states=progress.distinct_states if progress else None,
            states_left=progress.states_left if progress else None,
            depth=self._depth,
            coverage=tuple(self._coverage),
            failures=tuple(
                replace(failure, counterexample=self._traces.get(index)) for index, failure in enumerate(self._failures)
            ),
            errors=tuple(self._errors),
            warnings=tuple(self._warnings),
            parse_errors=parse_errors + tuple(self._config_errors),
            modules=modules,
            output=tuple(self._output),
            output_dropped=self._output_dropped,
            finished=self._finished,
        )

    def _take(self, item: Message | OutputLine) -> None:
        if isinstance(item, OutputLine):
            self._line(item.text)
            return
        handler = _HANDLERS.get(item.code)
        if handler is not None:
            handler(self, item)
        elif item.severity in (Severity.ERROR, Severity.TLC_BUG):
            self._error(item)
        elif item.severity == Severity.WARNING and item.code != Code.TLC_ENVIRONMENT_JVM_GC:
            self._warnings.append(_tlc_error(item))

    def _line(self, text: str) -> None:
        if self._in_sany:
            self._sany.append(text)
        elif len(self._output) < OUTPUT_LINES_MAX:
            self._output.append(text)
        else:
            self._output_dropped += 1

    def _error(self, message: Message) -> None:
        self._errors.append(_tlc_error(message))
        for part in message.walk():
            line = _CONFIG_LINE.search(part.text)
            if OUTCOME_BY_CODE.get(part.code) is Outcome.CONFIG_ERROR and not part.nested:
                self._config_errors.append(
                    ParseError(file=self._config, line=int(line[1]) if line else None, column=None, message=part.text)
                )
        if message.code in _ELABORATIONS and self._failures:
            return
        if self._failures and self._failures[-1].outcome is _outcome(message) and not self._states_printed:
            return  # the same error, told a second time
        names, location = _violated(message)
        self._failures.append(
            Failure(outcome=_outcome(message), text=_without_stack(message.text), properties=names, location=location)
        )
        self._states_printed = False
        if message.code in (Code.TLC_INVARIANT_VIOLATED_INITIAL, Code.TLC_PROPERTY_VIOLATED_INITIAL):
            _, _, state_text = message.text.partition("\n")
            state = TraceState(number=1, action=None, location=None, values=parse_state(state_text))
            self._set_trace(Counterexample(states=(state,)))

    def _version_told(self, message: Message) -> None:
        self._version = message.text.removeprefix("TLC2 ").removeprefix("Version ").strip()

    def _sany_begins(self, message: Message) -> None:
        self._in_sany = True

    def _sany_ends(self, message: Message) -> None:
        self._in_sany = False

    def _starting(self, message: Message) -> None:
        # Where SANY fails, some releases never say that it ended.
        self._in_sany = False

    def _statistics(self, message: Message) -> None:
        match = _STATS.search(message.text)
        if match is None:
            return
        generated = count(match[1])
        progress_depth = _PROGRESS_DEPTH.search(message.text)
        depth = count(progress_depth[1]) if progress_depth else None
        level = _LEVEL.search(message.text)
        if level is not None:
            depth = count(level[1])
        if depth is not None:
            self._depth = depth
        self._progress = Progress(
            states_generated=generated or 0,
            distinct_states=count(match[2]),
            states_left=count(match[3]) if match[3] else None,
            depth=self._depth,
        )

    def _initial_states(self, message: Message) -> None:
        match = _INITIAL.search(message.text)
        if match is not None:
            generated = count(match[1]) or 0
            distinct = count(match[2]) if match[2] else generated
            self._progress = Progress(states_generated=generated, distinct_states=distinct, states_left=None, depth=1)

    def _simulated(self, message: Message) -> None:
        match = _STATES_SIMULATED.search(message.text)
        if match is not None:
            self._progress = Progress(states_generated=count(match[1]) or 0)

    def _search_depth(self, message: Message) -> None:
        match = _DEPTH.search(message.text)
        if match is not None:
            self._depth = count(match[1])

    def _coverage_begins(self, message: Message) -> None:
        self._coverage.clear()  # a report is cumulative: only the last one counts

    def _coverage_line(self, message: Message) -> None:
        match = _COVERAGE.fullmatch(message.text.strip())
        if match is not None:
            self._coverage.append(
                ActionCoverage(
                    name=match["name"].partition("(")[0],
                    kind=_COVERAGE_KINDS[Code(message.code)],
                    location=location_of(match),
                    distinct=count(match["distinct"]) or 0,
                    generated=count(match["generated"]) or 0,
                )
            )

    def _trace_begins(self, message: Message) -> None:
        # The header has the severity of an error but says nothing.
        pass

    def _state(self, message: Message) -> None:
        header, _, body = message.text.partition("\n")
        label = _STATE_HEADER.fullmatch(header.strip())
        if label is None:
            return
        name, arguments, location = _action(label["label"])
        state = TraceState(
            number=int(label["number"]), action=name, arguments=arguments, location=location, values=parse_state(body)
        )
        trace = self._trace()
        if trace.states and state.number <= trace.states[-1].number:
            return  # TLC evaluates a failing behavior twice and may print it twice
        self._set_trace(replace(trace, states=(*trace.states, state)))

    def _back_to_state(self, message: Message) -> None:
        number, _, rest = message.text.partition(":")
        name, _, location = _action(rest.replace("Back to state", "").strip(" :<>\n"))
        self._set_trace(replace(self._trace(), back_to_state=int(number), back_action=name, back_location=location))

    def _stuttering(self, message: Message) -> None:
        self._set_trace(replace(self._trace(), stuttering=True))

    def _trace(self) -> Counterexample:
        return self._traces.get(len(self._failures) - 1, Counterexample(states=()))

    def _set_trace(self, trace: Counterexample) -> None:
        self._states_printed = True
        if self._failures:
            self._traces[len(self._failures) - 1] = trace

    def _finishing(self, message: Message) -> None:
        self._finished = True


_HANDLERS: dict[int, Callable[[OutputParser, Message], None]] = {
    Code.TLC_VERSION: OutputParser._version_told,
    Code.TLC_SANY_START: OutputParser._sany_begins,
    Code.TLC_SANY_END: OutputParser._sany_ends,
    Code.TLC_STARTING: OutputParser._starting,
    Code.TLC_STATS: OutputParser._statistics,
    Code.TLC_STATS_DFID: OutputParser._statistics,
    Code.TLC_PROGRESS_STATS: OutputParser._statistics,
    Code.TLC_PROGRESS_STATS_DFID: OutputParser._statistics,
    Code.TLC_PROGRESS_START_STATS_DFID: OutputParser._statistics,
    Code.TLC_PROGRESS_SIMU: OutputParser._statistics,
    Code.TLC_STATS_SIMU: OutputParser._simulated,
    Code.TLC_INIT_GENERATED1: OutputParser._initial_states,
    Code.TLC_INIT_GENERATED2: OutputParser._initial_states,
    Code.TLC_INIT_GENERATED4: OutputParser._initial_states,
    Code.TLC_SEARCH_DEPTH: OutputParser._search_depth,
    Code.TLC_COVERAGE_START: OutputParser._coverage_begins,
    **dict.fromkeys(_COVERAGE_KINDS, OutputParser._coverage_line),
    **dict.fromkeys(_TRACE_HEADERS, OutputParser._trace_begins),
    Code.TLC_STATE_PRINT1: OutputParser._state,
    Code.TLC_STATE_PRINT2: OutputParser._state,
    Code.TLC_STATE_PRINT3: OutputParser._stuttering,
    Code.TLC_BACK_TO_STATE: OutputParser._back_to_state,
    Code.TLC_FINISHED: OutputParser._finishing,
}


def parse_state(text: str) -> dict[str, str]:
    r"""The bindings of a printed state: `/\ x = 1` lines, a value going on over lines that begin otherwise.

    >>> parse_state("/\\ q = << 1,\n   2 >>\n/\\ n = 0")
    {'q': '<< 1,\n   2 >>', 'n': '0'}
    """
    values: dict[str, list[str]] = {}
    current: list[str] | None = None
    several = text.lstrip().startswith("/\\")
    for line in text.splitlines():
        match = _BINDING.fullmatch(line)
        if match is not None and (line.startswith("/\\ ") or (not several and current is None)):
            current = values.setdefault(match[1], [])
            current.append(match[2])
        elif current is not None:
            current.append(line)
    return {name: "\n".join(lines).rstrip() for name, lines in values.items()}


def _action(label: str) -> tuple[str | None, str | None, Location | None]:
    """The name, the arguments (releases after 1.7 print them) and the place of `Name(arguments) line ...`."""
    match = _ACTION.fullmatch(label)
    location = location_of(match) if match is not None else None
    name, _, arguments = (match["name"] if match is not None else label).partition("(")
    # "Action" is what TLC calls an action that has no name.
    if name in ("", "Action", "Initial predicate"):
        return None, None, location
    return name, arguments.removesuffix(")") or None, location


def _outcome(message: Message) -> Outcome:
    """The deepest message that has a meaning of its own decides: an error wraps what caused it."""
    outcomes = [OUTCOME_BY_CODE[part.code] for part in message.walk() if part.code in OUTCOME_BY_CODE]
    if outcomes:
        return outcomes[-1]
    if message.code == Code.GENERAL and "java.lang.OutOfMemoryError" not in message.text:
        # TLC's errors of evaluation have no codes of their own: they arrive as the exception that carries them.
        known_cause = "StackOverflowError" in message.text or "java.lang." not in message.text
        if known_cause or re.search(r"java\.lang\.RuntimeException\s*: ", message.text):
            return Outcome.EVALUATION_ERROR
    if message.code in _ELABORATIONS:
        return Outcome.EVALUATION_ERROR
    return Outcome.TOOL_ERROR


def _violated(message: Message) -> tuple[tuple[str, ...], Location | None]:
    temporal = _TEMPORAL.search(message.text)
    if temporal is not None:
        names = tuple(name.strip() for name in re.split(r", and |, | and ", temporal["names"]))
        return names, None
    for pattern in _VIOLATED:
        match = pattern.search(message.text)
        if match is not None:
            name = match["name"].strip()
            return ((), find_location(name)) if is_location(name) else ((name,), None)
    return (), None


def _tlc_error(message: Message) -> TlcError:
    return TlcError(code=message.code, text=_without_stack(message.text), locations=find_locations(message.text))


def _without_stack(text: str) -> str:
    """The error itself, without the frames of Java and without the sentences that wrap each of them."""
    wrapped = _WRAPPED.match(text)
    if wrapped is not None:
        exception = "" if wrapped["exception"] in _CARRIERS else wrapped["exception"] + "\n"
        text = exception + text[wrapped.end() :]
    return _JAVA_FRAME.sub("", text).strip()
