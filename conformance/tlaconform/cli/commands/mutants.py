"""``conformance mutants``: break the core in every known way, and see each found out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlaconform.cli.options import add_hunting, add_specification
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.checking import Workbench
    from tlaconform.drivers import Mutant
    from tlaconform.drivers.hunting import MutantResult

EXAMPLES = 5000
SECONDS_EACH = 60.0


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "mutants",
        help="historical bugs, each put into the core and hunted",
        description="A table: for every mutant how fast it was caught (executions, seconds), how long it took to make "
        "that execution short (seconds, beyond the time limit), with how many operations on the cluster it can be "
        "shown then, whether by the conjunct foretold, and by which. Exit status 0 if every mutant is caught, else 1.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true", help="only say what they are")
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the scenario that found each one there")
    parser.add_argument("--no-shrink", action="store_true", help="keep the first execution that is found as it is")
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    add_hunting(parser, examples=EXAMPLES, time_limit=SECONDS_EACH)
    add_specification(parser, required=False)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.hunting import need_hypothesis
    from tlaconform.drivers import MUTANTS, mutant_named

    mutants = [mutant_named(name) for name in options.names] or list(MUTANTS)
    if options.list:
        _list(mutants, as_json=options.format == "json")
        return Status.CONFORMS
    need_hypothesis()
    workbench_for = _workbenches(options)
    if options.format == "json":
        return _run_json(mutants, workbench_for, options)
    head = f"{'mutant':<25} {'outcome':<10} {'executions':>10} {'seconds':>7} {'shrinking':>9}"
    print(f"{head} {'operations':>10}  foretold  caught by")
    results = []
    for mutant in mutants:
        results.append(_hunt(mutant, workbench_for(mutant), options))
        print(_row(results[-1]), flush=True)
    print(_summary(results))
    return _status(results)


def _list(mutants: Sequence[Mutant], *, as_json: bool) -> None:
    if as_json:
        told = [
            {"name": each.name, "bug": each.bug, "source": each.source, "foretold": str(each.foretold)}
            for each in mutants
        ]
        print(json.dumps({"mutants": told}, indent=2))
        return
    for mutant in mutants:
        print(f"{mutant.name}\n  {mutant.bug} ({mutant.source})\n  foretold: {mutant.foretold}")


def _workbenches(options: argparse.Namespace) -> Callable[[Mutant], Workbench]:
    """The judge of a mutant: the specification of basic Raft, or of the whole. Each is compiled once."""
    from tlaconform.drivers.raft import raft_workbench

    @cache
    def workbench(is_basic: bool) -> Workbench:
        return raft_workbench(options.spec, options.map, options.config, tuple(options.lib), is_basic=is_basic)

    return lambda mutant: workbench(mutant.features is None)


def _run_json(
    mutants: list[Mutant], workbench_for: Callable[[Mutant], Workbench], options: argparse.Namespace
) -> Status:
    results = [_hunt(mutant, workbench_for(mutant), options) for mutant in mutants]
    document = {
        "seed": options.seed,
        "nodes": options.nodes,
        "caught": sum(result.outcome == "caught" for result in results),
        "as_foretold": sum(result.as_foretold for result in results),
        "mutants": [_object(result) for result in results],
    }
    print(json.dumps(document, indent=2))
    return _status(results)


def _hunt(mutant: Mutant, workbench: Workbench, options: argparse.Namespace) -> MutantResult:
    """One hunt, in a thread of its own; everything else is done in this one, which is where Ctrl-C arrives."""
    from tlaconform.cli.progress import counter_line
    from tlaconform.drivers.hunting import hunt_mutant
    from tlaconform.stateful import HuntOptions
    from tlatrace.compile import run_with_deep_stack

    hunting = HuntOptions(
        seed=options.seed,
        examples=options.examples,
        steps=options.steps,
        time_limit=options.time_limit,
        shrink=not options.no_shrink,
    )
    with counter_line(f"executions of {mutant.name}") as progress:
        result = run_with_deep_stack(
            lambda: hunt_mutant(workbench, mutant, hunting, nodes=options.nodes, progress=progress)
        )
    if options.save is not None:
        _save(options.save, result)
    return result


def _row(result: MutantResult) -> str:
    hunt, finding = result.hunt, result.finding
    operations = str(finding.operations) if finding is not None else "-"
    shrinking = f"{finding.seconds:.1f}" if finding is not None else "-"
    foretold = "yes" if result.as_foretold else "no"
    if finding is not None:
        by = str(finding.cause) if result.as_foretold else f"{finding.cause}  (foretold: {result.mutant.foretold})"
    else:
        by = hunt.crash or "-"
    return (
        f"{result.mutant.name:<25} {result.outcome:<10} {hunt.executions:>10,} {hunt.seconds:>7.1f} {shrinking:>9} "
        f"{operations:>10}  {foretold:<8}  {by}"
    )


def _summary(results: list[MutantResult]) -> str:
    caught = sum(result.outcome == "caught" for result in results)
    foretold = sum(result.as_foretold for result in results)
    seconds = sum(result.hunt.seconds for result in results)
    shrinking = sum(result.finding.seconds for result in results if result.finding is not None)
    return (
        f"{caught} of {len(results)} caught, {foretold} by the conjunct foretold, in {seconds:.0f} s; "
        f"to make them short took {shrinking:.0f} s more"
    )


def _status(results: list[MutantResult]) -> Status:
    is_all = all(result.outcome == "caught" for result in results)
    return Status.CONFORMS if is_all else Status.DOES_NOT_CONFORM


def _object(result: MutantResult) -> dict[str, Any]:
    hunt, finding = result.hunt, result.finding
    return {
        "name": result.mutant.name,
        "bug": result.mutant.bug,
        "source": result.mutant.source,
        "outcome": result.outcome,
        "foretold": {"action": result.mutant.foretold.action, "conjunct": result.mutant.foretold.conjunct},
        "as_foretold": result.as_foretold,
        "caught_by": {"action": finding.cause.action, "reason": finding.cause.reason} if finding is not None else None,
        "executions": hunt.executions,
        "events": hunt.events,
        "seconds": round(hunt.seconds, 2),
        "seconds_shrinking": round(finding.seconds, 2) if finding is not None else None,
        "operations": finding.operations if finding is not None else None,
        "crashes": hunt.crashes,
        "crash": hunt.crash,
    }


def _save(folder: Path, result: MutantResult) -> None:
    from tlaconform.errors import ConformanceError
    from tlaconform.files import write_whole

    if result.finding is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConformanceError(f"{folder}: cannot make this folder: {error.strerror}") from None
    write_whole(folder / f"{result.mutant.name}.yaml", result.finding.scenario)
