"""``conformance mutants``: break the core in every known way, and see each found out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlaconform.cli.options import add_hunting, add_specification
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.drivers.hunting import MutantResult

EXAMPLES = 2000
SECONDS_EACH = 120.0


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "mutants",
        help="historical bugs, each put into the core and hunted",
        description="A table: mutant, what caught it, in how many executions and seconds, and whether by the conjunct foretold. "
        "Exit status 0 if every mutant is caught, else 1.",
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
    from tlaconform.cli.progress import counter_line
    from tlaconform.drivers import MUTANTS, mutant_named
    from tlaconform.drivers.cluster_machine import raft_workbench
    from tlaconform.drivers.hunting import hunt_mutants
    from tlaconform.stateful.hunts import HuntOptions
    from tlatrace.compile import run_with_deep_stack

    mutants = [mutant_named(name) for name in options.names] or list(MUTANTS)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.name:<26} {mutant.bug} ({mutant.source}); foretold: {mutant.foretold}")
        return Status.CONFORMS
    hunting = HuntOptions(
        seed=options.seed,
        examples=options.examples,
        steps=options.steps,
        time_limit=options.time_limit,
        shrink=not options.no_shrink,
    )
    workbench = raft_workbench(options.spec, options.map, options.config, tuple(options.lib))
    is_table = options.format == "terminal"

    def hunt_all() -> list[MutantResult]:
        results = []
        with counter_line("executions") as progress:
            for result in hunt_mutants(workbench, mutants, hunting, nodes=options.nodes, progress=progress):
                results.append(result)
                if is_table:
                    print(_row(result), flush=True)
                if options.save is not None and result.scenario is not None:
                    _save(options.save, result)
        return results

    if is_table:
        print(f"{'mutant':<26} {'executions':>10} {'seconds':>8}  foretold  caught by")
    results = run_with_deep_stack(hunt_all)
    caught = sum(result.hunt.verdict is not None for result in results)
    foretold = sum(result.as_foretold for result in results)
    if is_table:
        print(f"{caught} of {len(results)} caught, {foretold} by the conjunct foretold")
    else:
        print(json.dumps({"caught": caught, "foretold": foretold, "mutants": [_object(r) for r in results]}, indent=2))
    return Status.CONFORMS if caught == len(results) else Status.DOES_NOT_CONFORM


def _row(result: MutantResult) -> str:
    hunt = result.hunt
    foretold = "yes" if result.as_foretold else "no"
    by = result.caught_by or "NOT CAUGHT"
    return f"{result.mutant.name:<26} {hunt.executions:>10} {hunt.seconds:>8.1f}  {foretold:<8}  {by}"


def _object(result: MutantResult) -> dict[str, Any]:
    return {
        "name": result.mutant.name,
        "caught": result.hunt.verdict is not None,
        "foretold": str(result.mutant.foretold),
        "caught_by": result.caught_by,
        "as_foretold": result.as_foretold,
        "executions": result.hunt.executions,
        "events": result.hunt.events,
        "seconds": round(result.hunt.seconds, 2),
    }


def _save(folder: Path, result: MutantResult) -> None:
    from tlaconform.files import write_whole

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{result.mutant.name}.yaml", result.scenario or "")
