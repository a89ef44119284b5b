"""Running the models and mutations of a manifest, some side by side, and comparing each with what is expected of it.

A model is as expected when the outcome, the violated property and every given count are. A mutation is as expected when
one of its properties is violated; a known survivor, when its run succeeds. The results come in the order of the
manifest. Nothing is printed here.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlacheck.config_file import read_properties
from tlacheck.manifest import Entry, Manifest, ModelEntry, MutationEntry
from tlacheck.process import StopSwitch, terminate_as_interrupt
from tlacheck.results import Location, Outcome, Progress, TlcResult
from tlacheck.tlc import DEFAULT_JAVA_OPTIONS, SHORT_RUN_JAVA_OPTIONS, run_tlc
from tlacheck.toolchain import Toolchain, find_toolchain

_DEFINITION = re.compile(r"(\w+)(?:\([^)]*\))?\s*==")
#: Called as an entry begins (None), makes progress, and has ended. Calls come from several threads.
Observer = Callable[[Entry, "Progress | EntryResult | None"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryResult:
    """A run and what about it is not as expected, in words; no `problems` means that it is as expected."""

    entry: Entry
    result: TlcResult
    violated: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    toolchain: Toolchain
    entries: tuple[EntryResult, ...]

    @property
    def ok(self) -> bool:
        return all(entry.ok for entry in self.entries)


def select(manifest: Manifest, *, tier: str = "ci", only: Sequence[str] = ()) -> tuple[Entry, ...]:
    """The entries of a tier (nightly includes ci), or those named, of any tier. KeyError for an unknown name."""
    if only:
        by_name = {entry.name: entry for entry in manifest.entries}
        return tuple(by_name[name] for name in dict.fromkeys(only))
    return tuple(entry for entry in manifest.entries if tier == "nightly" or entry.tier == "ci")


def ends_early(entry: Entry) -> bool:
    """Whether a run is expected to find a violation, and so to be over before it has seen every state."""
    if isinstance(entry, MutationEntry):
        return entry.survives is None
    return entry.result is not Outcome.SUCCESS


def run_suite(
    manifest: Manifest,
    *,
    tier: str = "ci",
    only: Sequence[str] = (),
    jobs: int = 1,
    time_limit_s: float | None = None,
    toolchain: Toolchain | None = None,
    java_options: Sequence[str] = DEFAULT_JAVA_OPTIONS,
    observe: Observer | None = None,
) -> SuiteResult:
    """Run the selected entries, `jobs` at a time.

    Those that end early run with `SHORT_RUN_JAVA_OPTIONS`, which come before (and give way to) `java_options`.
    `time_limit_s` bounds each run, besides the limit of its own that an entry may have. On Ctrl-C, or on an error of
    one run that is no result (`ProcessError`), the others are ended and cleaned up before the exception goes on.
    """
    entries = select(manifest, tier=tier, only=only)
    toolchain = toolchain or find_toolchain()
    observe = observe or (lambda entry, news: None)
    stop = StopSwitch()

    def run(entry: Entry) -> EntryResult:
        observe(entry, None)
        limits = [limit for limit in (entry.time_limit_s, time_limit_s) if limit is not None]
        common = {
            "toolchain": toolchain,
            "java_options": (*(SHORT_RUN_JAVA_OPTIONS if ends_early(entry) else ()), *java_options),
            "time_limit_s": min(limits) if limits else None,
            "library": manifest.library,
            "on_progress": lambda progress: observe(entry, progress),
            "stop": stop,
        }
        result = _run_entry(entry, common)
        observe(entry, result)
        return result

    with terminate_as_interrupt(), ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="tlc") as executor:
        futures = [executor.submit(run, entry) for entry in entries]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            stop.throw()
            raise
    return SuiteResult(toolchain=toolchain, entries=tuple(future.result() for future in futures))


def _run_entry(entry: Entry, common: Mapping[str, Any]) -> EntryResult:
    """Run one entry; `common` is what `run_tlc` gets whatever the entry."""

    def check(model: ModelEntry, module: Path, config: Path) -> TlcResult:
        return run_tlc(
            module,
            config,
            workers=model.workers,
            deadlock=model.deadlock,
            simulate=model.simulate.num if model.simulate else False,
            depth=model.simulate.depth if model.simulate else None,
            seed=model.simulate.seed if model.simulate else None,
            **common,
        )

    if isinstance(entry, ModelEntry):
        result = check(entry, entry.module, entry.config)
        return _judge_model(entry, result)
    with tempfile.TemporaryDirectory(prefix="tlacheck-mutation-") as name:
        copy = Path(name)
        for pattern in ("*.tla", "*.cfg"):
            for sibling in sorted(entry.of.parent.glob(pattern)):
                shutil.copyfile(sibling, copy / sibling.name)
        (copy / entry.of.name).write_text(entry.mutated_text(), encoding="utf-8")
        result = check(entry.model, copy / entry.model.module.name, copy / entry.config.name)
        return _judge_mutation(entry, result)


def _judge_model(entry: ModelEntry, result: TlcResult) -> EntryResult:
    problems: list[str] = []
    violated = violated_properties(result, entry.config)
    if result.outcome is not entry.result:
        problems.append(f"expected {entry.result.value}, found {_found(result, violated)}")
    elif entry.violates:
        problems += _property_problems(entry.violates, violated, result)
    counts = (
        ("distinct states", entry.distinct_states, result.distinct_states),
        ("generated states", entry.generated_states, result.states_generated),
        ("depth", entry.depth, result.depth),
    )
    if result.outcome is entry.result:
        wrong = [(name, expected, found) for name, expected, found in counts if expected not in (None, found)]
        problems += [f"expected {name} {expected}, found {found}" for name, expected, found in wrong]
    return EntryResult(entry=entry, result=result, violated=violated, problems=tuple(problems))


def _judge_mutation(entry: MutationEntry, result: TlcResult) -> EntryResult:
    problems: list[str] = []
    violated = violated_properties(result, entry.config)
    if entry.survives is not None:
        if result.outcome is not Outcome.SUCCESS:
            problems.append(f"a known survivor no longer survives: {_found(result, violated)}")
    elif result.outcome in (Outcome.SAFETY_FAILURE, Outcome.LIVENESS_FAILURE):
        problems += _property_problems(entry.expected, violated, result)
    else:
        expected = " or ".join(entry.expected)
        problems.append(f"expected a violation of {expected}, found {_found(result, violated)}")
    return EntryResult(entry=entry, result=result, violated=violated, problems=tuple(problems))


def violated_properties(result: TlcResult, config: Path) -> tuple[str, ...]:
    """The names of what was violated first.

    Where TLC tells a place, it is the property defined there; where it tells nothing, the only property that there is.
    """
    if not result.failures or result.failures[0].outcome not in (Outcome.SAFETY_FAILURE, Outcome.LIVENESS_FAILURE):
        return ()
    failure = result.failures[0]
    if failure.properties:
        return failure.properties
    candidates = read_properties(config)
    if failure.location is not None:
        defined = _definition_at(failure.location, result)
        if defined in candidates:
            return (defined,)
    return candidates if len(candidates) == 1 else ()


def _definition_at(location: Location, result: TlcResult) -> str:
    """The name of the definition that a place lies in, or an empty string."""
    file = next((module.file for module in result.modules if module.name == location.module), None)
    if file is None or not file.is_file():
        return ""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[: location.line]
    return next((match[1] for line in reversed(lines) if (match := _DEFINITION.match(line))), "")


def _property_problems(expected: tuple[str, ...], violated: tuple[str, ...], result: TlcResult) -> list[str]:
    if set(expected) & set(violated):
        return []
    wanted = " or ".join(expected)
    if violated:
        return [f"expected a violation of {wanted}, found one of {', '.join(violated)}"]
    place = result.failures[0].location
    what = f"the formula at {place}" if place else "a property"
    return [
        f"expected a violation of {wanted}; TLC found {what} violated and does not tell its name: give the model a"
        " configuration with one PROPERTY only"
    ]


def _found(result: TlcResult, violated: tuple[str, ...]) -> str:
    if violated:
        return f"{result.outcome.value} of {', '.join(violated)}"
    if result.parse_errors:
        return f"{result.outcome.value}: {result.parse_errors[0]}"
    if result.failures and result.outcome is not Outcome.DEADLOCK_FAILURE:
        return f"{result.outcome.value}: {' '.join(result.failures[0].text.split())}"
    return result.outcome.value
