"""TLC's tool mode: messages framed by `@!@!@STARTMSG code:severity @!@!@` and `@!@!@ENDMSG code @!@!@`.

`MessageReader` takes lines and gives back whole messages and the lines between them; nothing else. Messages nest (an
evaluation error holds the error that caused it, often starting in the middle of a line), a print of the spec may stand
between or inside them, and a run that was killed leaves one open: none of that is an error here.

The codes are those of TLC 2.13 (tools 1.7.0) to 2.20 (tools 1.8); a code that is not listed keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum


class Severity(IntEnum):
    NONE = 0
    ERROR = 1
    TLC_BUG = 2
    WARNING = 3
    STATE = 4


class Code(IntEnum):
    """The message codes that this package interprets."""

    GENERAL = 1000
    SYSTEM_OUT_OF_MEMORY = 1001
    SYSTEM_OUT_OF_MEMORY_TOO_MANY_INIT = 1002
    SYSTEM_OUT_OF_MEMORY_LIVENESS = 1003
    SYSTEM_STACK_OVERFLOW = 1005
    WRONG_COMMANDLINE_PARAMS_SIMULATOR = 1101
    WRONG_COMMANDLINE_PARAMS_TLC = 1102
    TLC_INITIAL_STATE = 2102
    TLC_NESTED_EXPRESSION = 2103
    TLC_ASSUMPTION_FALSE = 2104
    TLC_ASSUMPTION_EVALUATION_ERROR = 2105
    TLC_STATE_NOT_COMPLETELY_SPECIFIED_INITIAL = 2106
    TLC_INVARIANT_VIOLATED_INITIAL = 2107
    TLC_PROPERTY_VIOLATED_INITIAL = 2108
    TLC_STATE_NOT_COMPLETELY_SPECIFIED_NEXT = 2109
    TLC_INVARIANT_VIOLATED_BEHAVIOR = 2110
    TLC_INVARIANT_EVALUATION_FAILED = 2111
    TLC_ACTION_PROPERTY_VIOLATED_BEHAVIOR = 2112
    TLC_ACTION_PROPERTY_EVALUATION_FAILED = 2113
    TLC_DEADLOCK_REACHED = 2114
    TLC_STATES_AND_NO_NEXT_ACTION = 2115
    TLC_TEMPORAL_PROPERTY_VIOLATED = 2116
    TLC_NO_STATES_SATISFYING_INIT = 2118
    TLC_ERROR_STATE = 2120
    TLC_BEHAVIOR_UP_TO_THIS_POINT = 2121
    TLC_BACK_TO_STATE = 2122
    TLC_BUG = 2128
    TLC_VALUE_ASSERT_FAILED = 2132
    TLC_INVARIANT_VIOLATED_LEVEL = 2146
    TLC_FINGERPRINT_EXCEPTION = 2147
    TLC_STATE_NOT_COMPLETELY_SPECIFIED_LIVE = 2148
    TLC_FEATURE_UNSUPPORTED = 2156
    TLC_PARSING_FAILED2 = 2171
    TLC_STARTING = 2185
    TLC_FINISHED = 2186
    TLC_MODE_MC = 2187
    TLC_MODE_SIMU = 2188
    TLC_COMPUTING_INIT = 2189
    TLC_INIT_GENERATED1 = 2190
    TLC_INIT_GENERATED2 = 2191
    TLC_CHECKING_TEMPORAL_PROPS = 2192
    TLC_SUCCESS = 2193
    TLC_SEARCH_DEPTH = 2194
    TLC_STATS = 2199
    TLC_PROGRESS_STATS = 2200
    TLC_COVERAGE_START = 2201
    TLC_COVERAGE_END = 2202
    TLC_STATS_DFID = 2204
    TLC_PROGRESS_START_STATS_DFID = 2205
    TLC_PROGRESS_STATS_DFID = 2206
    TLC_INIT_GENERATED3 = 2207
    TLC_INIT_GENERATED4 = 2208
    TLC_PROGRESS_SIMU = 2209
    TLC_STATS_SIMU = 2210
    TLC_STATE_PRINT1 = 2216
    TLC_STATE_PRINT2 = 2217
    TLC_STATE_PRINT3 = 2218
    TLC_SANY_END = 2219
    TLC_SANY_START = 2220
    TLC_COVERAGE_VALUE = 2221
    TLC_CONFIG_VALUE_NOT_ASSIGNED_TO_CONSTANT_PARAM = 2222
    TLC_CANT_HANDLE_REAL_NUMBERS = 2244
    TLC_NO_MODULES = 2245
    TLC_LIVE_FORMULA_TAUTOLOGY = 2253
    TLC_NO_STATES_SATISFYING_INIT_AND_CONSTRAINT = 2256
    TLC_CONFIG_NO_SPEC_BUT_PROPERTY = 2257
    TLC_VERSION = 2262
    TLC_COUNTER_EXAMPLE = 2264
    TLC_CHECKING_TEMPORAL_PROPS_END = 2267
    TLC_STATE_GRAPH_OUTDEGREE = 2268
    TLC_COMPUTING_INIT_PROGRESS = 2269
    TLC_MODE_MC_DFS = 2271
    TLC_FEATURE_UNSUPPORTED_LIVENESS_SYMMETRY = 2279
    TLC_CONFIG_UNDEFINED_OR_NO_OPERATOR = 2280
    TLC_CONFIG_SUBSTITUTION_NON_CONSTANT = 2281
    TLC_TRACE_TOO_LONG = 2282
    TLC_FEATURE_LIVENESS_CONSTRAINTS = 2284
    TLC_ENVIRONMENT_JVM_GC = 2401
    TLC_TE_SPEC_GENERATION_COMPLETE = 2501
    TLC_COVERAGE_NEXT = 2772
    TLC_COVERAGE_INIT = 2773
    TLC_COVERAGE_PROPERTY = 2774
    TLC_COVERAGE_VALUE_COST = 2775
    TLC_COVERAGE_END_OVERHEAD = 2777
    TLC_COVERAGE_CONSTRAINT = 2778
    TLC_PARSING_FAILED = 3002
    CFG_ERROR_READING_FILE = 5001
    CFG_GENERAL = 5002
    CFG_MISSING_ID = 5003
    CFG_TWICE_KEYWORD = 5004
    CFG_EXPECT_ID = 5005
    CFG_EXPECTED_SYMBOL = 5006


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One framed message. `text` has no frame in it; what nested messages say stands in `text` as well."""

    code: int
    severity: int
    text: str
    nested: tuple[Message, ...] = ()
    complete: bool = True

    def walk(self) -> Iterator[Message]:
        """This message and, depth first, all that it holds."""
        yield self
        for message in self.nested:
            yield from message.walk()


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line outside every message: what SANY or the spec printed."""

    text: str


_FRAME = re.compile(r"@!@!@STARTMSG (?P<start>-?\d+):(?P<severity>-?\d+) @!@!@|@!@!@ENDMSG (?P<end>-?\d+) @!@!@")


@dataclass(slots=True)
class _Open:
    code: int
    severity: int
    pieces: list[str] = field(default_factory=list)
    nested: list[Message] = field(default_factory=list)


class MessageReader:
    """Feed lines without their line ends; get messages and lines back as soon as they are whole."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def feed(self, line: str) -> tuple[Message | OutputLine, ...]:
        found: list[Message | OutputLine] = []
        position = 0
        for frame in _FRAME.finditer(line):
            self._text(line[position : frame.start()], found)
            position = frame.end()
            if frame["start"] is not None:
                self._open.append(_Open(int(frame["start"]), int(frame["severity"])))
            else:
                self._close(int(frame["end"]), found)
        rest = line[position:]
        if position == 0 or rest.strip():
            self._text(rest, found, whole_line=position == 0)
        return tuple(found)

    def finish(self) -> tuple[Message | OutputLine, ...]:
        """What was still open at the end of the output, marked as not complete."""
        found: list[Message | OutputLine] = []
        while self._open:
            self._pop(found, complete=False)
        return tuple(found)

    def _text(self, text: str, found: list[Message | OutputLine], *, whole_line: bool = False) -> None:
        if self._open:
            if text or whole_line:
                self._open[-1].pieces.append(text)
        elif text.strip() or whole_line:
            found.append(OutputLine(text))

    def _close(self, code: int, found: list[Message | OutputLine]) -> None:
        if all(message.code != code for message in self._open):
            return  # the end of a message that never began: there is nothing to close
        while self._open[-1].code != code:
            self._pop(found, complete=False)
        self._pop(found, complete=True)

    def _pop(self, found: list[Message | OutputLine], *, complete: bool) -> None:
        top = self._open.pop()
        message = Message(
            code=top.code,
            severity=top.severity,
            text="\n".join(top.pieces).strip("\n"),
            nested=tuple(top.nested),
            complete=complete,
        )
        if self._open:
            self._open[-1].nested.append(message)
            self._open[-1].pieces.append(message.text)
        else:
            found.append(message)
