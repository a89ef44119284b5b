"""``python tools/bench/mutants.py``: what finds each mutant of the core, in how many executions and how fast.

Two ways, side by side. The *hunt* (``conformance hunt``) checks every step against the specification and ends at the
first that it does not allow. *Without the specification* the same mutant runs in random executions of the emulator
with nothing but what a good test of a cluster looks at: the referees, who compare what is committed, applied and read
across the servers; a commit that does not come; and whether what clients saw is linearizable. The core's own assertions
are off in both.

The table is in Markdown: ``docs/mutants.md`` has it as it was measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bench.command import EXIT_FAILED, EXIT_OK, option_parser, status_of
from tlaconform.checking import Workbench
from tlaconform.drivers import MUTANTS, Mutant, mutant_named
from tlaconform.drivers.hunting import MutantResult, hunt_mutant
from tlaconform.drivers.raft import raft_workbench
from tlaconform.drivers.soaking import judge_history
from tlaconform.errors import ConformanceError
from tlaconform.stateful import HuntOptions
from tlatrace.compile import run_with_deep_stack
from tlatrace.engine.verdict import Decision
from vraft.emulator.wandering import EVENTS_MIN, wander

EXAMPLES_MAX = 5000
WANDERINGS = 20
"""So many random executions without the specification: some 10,000 events."""

HEAD = (
    "| mutant | the bug | found by the trace check | executions | seconds | without the specification |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaided:
    """What was seen of a mutant without the specification: ``what`` is empty where nothing was in ``executions``."""

    what: str
    executions: int


def unaided(mutant: Mutant, executions: int) -> Unaided:
    """The first of the random executions in which the mutant is seen without the specification."""
    for seed in range(executions):
        what = _seen(mutant, seed)
        if what:
            return Unaided(what=what, executions=seed + 1)
    return Unaided(what="", executions=executions)


def _seen(mutant: Mutant, seed: int) -> str:
    try:
        wandered = wander(seed, events_min=EVENTS_MIN, node_class=mutant.core_class, assertions=False)
    except Exception as error:  # A mutant may fall over anywhere, and that is seen too.
        return f"falls over: {type(error).__name__}"
    if wandered.failures:
        return "no commit" if wandered.failures[0].startswith("no ") else "referees"
    return "linearizability" if judge_history(wandered.history).decision is Decision.REJECTED else ""


def rows(mutants: Sequence[Mutant], examples: int, wanderings: int) -> Iterator[tuple[str, bool]]:
    """A row of the table for each, and whether the specification found it."""

    @cache
    def workbench(is_basic: bool) -> Workbench:
        return raft_workbench(is_basic=is_basic)

    for mutant in mutants:
        options = HuntOptions(examples=examples, shrink=False)
        result = hunt_mutant(workbench(mutant.features is None), mutant, options)
        yield row(result, unaided(mutant, wanderings)), result.outcome == "caught"


def row(result: MutantResult, seen: Unaided) -> str:
    """One line of the table."""
    mutant, hunt, finding = result.mutant, result.hunt, result.finding
    by = "**not found**" if finding is None else f"`{_cell(str(finding.cause))}`"
    if finding is not None and not result.as_foretold:
        by += f" (foretold: `{_cell(str(mutant.foretold))}`)"
    other = f"{seen.what}, {seen.executions}" if seen.what else f"nothing in {seen.executions}"
    about = _cell(f"{mutant.bug} ({mutant.source})")
    return f"| {mutant.name} | {about} | {by} | {hunt.executions:,} | {hunt.seconds:.1f} | {other} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt them all, print the table, return the exit status: 1 if one was not found."""
    parser = option_parser("bench.mutants", __doc__, quick="fewer executions", writes_json=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these mutants")
    options = parser.parse_args(arguments)
    return status_of(lambda: _measure(options), failures=(ConformanceError,))


def _measure(options: argparse.Namespace) -> int:
    mutants = [mutant_named(name) for name in options.names] or list(MUTANTS)
    examples, wanderings = (EXAMPLES_MAX // 10, WANDERINGS // 10) if options.quick else (EXAMPLES_MAX, WANDERINGS)
    return run_with_deep_stack(lambda: _print(mutants, examples, wanderings))


def _print(mutants: Sequence[Mutant], examples: int, wanderings: int) -> int:
    print("\n".join(HEAD), flush=True)
    caught = 0
    for line, is_caught in rows(mutants, examples, wanderings):
        print(line, flush=True)
        caught += is_caught
    print(f"\n{caught} of {len(mutants)} were found.")
    return EXIT_OK if caught == len(mutants) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
