"""The suite: what counts as expected, which entries run, how they run side by side. TLC is a fake, but once."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tlacheck import (
    EntryResult,
    Failure,
    Location,
    Manifest,
    Outcome,
    ParsedModule,
    ProcessError,
    StoppedError,
    SuiteResult,
    TlcResult,
    Toolchain,
    load_manifest,
    run_suite,
)
from tlacheck import suite as module
from tlacheck.config_file import read_properties
from tlacheck.report import suite_json, suite_table
from tlacheck.suite import select
from tlacheck.tlc import DEFAULT_JAVA_OPTIONS, SHORT_RUN_JAVA_OPTIONS

#: Starts faster, runs slower: right for runs of a few states.
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
SPECS = Path(__file__).parent / "specs"
TOOLCHAIN = Toolchain(
    java=Path("/java"), java_version="17", java_source="PATH", jar=Path("/no.jar"), jar_source="the cache"
)


def result(outcome: Outcome = Outcome.SUCCESS, *properties: str, location: Location | None = None) -> TlcResult:
    failures = (
        ()
        if outcome is Outcome.SUCCESS
        else (Failure(outcome=outcome, text="said so", properties=properties, location=location),)
    )
    return TlcResult(
        outcome=outcome, exit_code=0, tlc_version="2.18", states_generated=30, distinct_states=12, states_left=0,
        depth=3, coverage=(), failures=failures, errors=(), warnings=(), parse_errors=(),
        modules=(ParsedModule("Counter", SPECS / "Counter.tla"),), output=(), output_dropped=0, duration_s=1.25,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "M.tla").write_text("guard /\\ rest")
    (tmp_path / "M.cfg").write_text("SPECIFICATION Spec\nPROPERTIES One Two \\* Three\nINVARIANT Inv\nPROPERTY One")
    (tmp_path / "Single.cfg").write_text("PROPERTY Only")
    return tmp_path


def manifest(folder: Path, models: str = "", mutations: str = "") -> Manifest:
    file = folder / "manifest.yaml"
    file.write_text(f"version: 1\nmodels:\n  - {{name: m, module: M.tla{models}}}\n{mutations}")
    return load_manifest(file)


def run_fake(
    monkeypatch: pytest.MonkeyPatch, of: Manifest, fake: Callable[..., TlcResult], only: str = "m", jobs: int = 1
) -> EntryResult:
    monkeypatch.setattr(module, "run_tlc", fake)
    (entry,) = run_suite(of, only=[only], jobs=jobs, toolchain=TOOLCHAIN).entries
    return entry


@pytest.mark.parametrize(
    ("fields", "outcome", "properties", "problem"),
    [
        ("", Outcome.SUCCESS, (), None),
        ("", Outcome.SAFETY_FAILURE, ("Inv",), "expected success, found safety failure of Inv"),
        ("", Outcome.TIMEOUT, (), "expected success, found timeout: said so"),
        ("", Outcome.DEADLOCK_FAILURE, (), "expected success, found deadlock failure"),
        (", distinct_states: 12, generated_states: 30, depth: 3", Outcome.SUCCESS, (), None),
        (", distinct_states: 13", Outcome.SUCCESS, (), "expected distinct states 13, found 12"),
        (", generated_states: 31", Outcome.SUCCESS, (), "expected generated states 31, found 30"),
        (", depth: 4", Outcome.SUCCESS, (), "expected depth 4, found 3"),
        (", result: safety failure, violates: [A, B]", Outcome.SAFETY_FAILURE, ("B",), None),
        (
            ", result: safety failure, violates: [A, B]",
            Outcome.SAFETY_FAILURE,
            ("C",),
            "expected a violation of A or B, found one of C",
        ),
        (", result: safety failure, violates: A", Outcome.SUCCESS, (), "expected safety failure, found success"),
        (", result: liveness failure, violates: Only, config: Single.cfg", Outcome.LIVENESS_FAILURE, (), None),
        (
            ", result: liveness failure, violates: One",
            Outcome.LIVENESS_FAILURE,
            (),
            "expected a violation of One; TLC found a property violated and does not tell its name: give the model a"
            " configuration with one PROPERTY only",
        ),
        (", result: deadlock failure", Outcome.DEADLOCK_FAILURE, (), None),
    ],
)
def test_a_model_is_judged(
    fields: str,
    outcome: Outcome,
    properties: tuple[str, ...],
    problem: str | None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = run_fake(monkeypatch, manifest(folder, fields), lambda *_, **__: result(outcome, *properties))

    assert entry.problems == ((problem,) if problem else ())
    assert entry.ok == (problem is None)


def test_a_place_is_the_property_defined_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Location(module="Counter", line=39, column=28, end_line=39, end_column=39)
    (folder / "M.cfg").write_text("PROPERTIES NeverTwoProp TwoFacedProp")
    of = manifest(folder, ", result: safety failure, violates: TwoFacedProp")

    entry = run_fake(monkeypatch, of, lambda *_, **__: result(Outcome.SAFETY_FAILURE, location=place))

    assert entry.violated == ("TwoFacedProp",)
    assert entry.ok


MUTATION = "mutations: [{name: x, of: M.tla, why: w, replace: {old: guard, new: 'TRUE'}, model: m, %s}]\n"


@pytest.mark.parametrize(
    ("fields", "outcome", "properties", "problem"),
    [
        ("expected: [A, B]", Outcome.SAFETY_FAILURE, ("A",), None),
        ("expected: [A, B]", Outcome.SAFETY_FAILURE, ("C",), "expected a violation of A or B, found one of C"),
        ("expected: [A, B]", Outcome.SUCCESS, (), "expected a violation of A or B, found success"),
        (
            "expected: [A]",
            Outcome.EVALUATION_ERROR,
            ("A",),
            "expected a violation of A, found evaluation error: said so",
        ),
        ("survives: no eye", Outcome.SUCCESS, (), None),
        (
            "survives: no eye",
            Outcome.SAFETY_FAILURE,
            ("A",),
            "a known survivor no longer survives: safety failure of A",
        ),
        ("survives: no eye", Outcome.TIMEOUT, (), "a known survivor no longer survives: timeout: said so"),
    ],
)
def test_a_mutation_is_judged(
    fields: str,
    outcome: Outcome,
    properties: tuple[str, ...],
    problem: str | None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = manifest(folder, mutations=MUTATION % fields)

    entry = run_fake(monkeypatch, of, lambda *_, **__: result(outcome, *properties), only="x")

    assert entry.problems == ((problem,) if problem else ())


def test_a_mutation_is_made_in_a_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Path | str] = {}

    def fake(spec: Path, config: Path, **_: object) -> TlcResult:
        seen.update(spec=spec, text=spec.read_text(), config=config, beside=(config.parent / "Single.cfg").read_text())
        return result(Outcome.SAFETY_FAILURE, "A")

    run_fake(monkeypatch, manifest(folder, mutations=MUTATION % "expected: A"), fake, only="x")

    assert seen["text"] == "TRUE /\\ rest"
    assert seen["beside"] == "PROPERTY Only"
    assert isinstance(seen["spec"], Path)
    assert seen["spec"].parent != folder
    assert not seen["spec"].exists()
    assert (folder / "M.tla").read_text() == "guard /\\ rest"


def test_options_reach_tlc_and_the_shorter_limit_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def fake(*_: object, **options: object) -> TlcResult:
        seen.update(options)
        return result()

    monkeypatch.setattr(module, "run_tlc", fake)
    fields = ", workers: 2, deadlock: false, time_limit: 9, simulate: {num: 5, depth: 6, seed: 7}"
    run_suite(manifest(folder, fields), time_limit_s=100, toolchain=TOOLCHAIN, java_options=("-Xmx1g",))

    expected = {
        "java_options": ("-Xmx1g",),
        "workers": 2,
        "deadlock": False,
        "time_limit_s": 9,
        "simulate": 5,
        "depth": 6,
        "seed": 7,
    }
    assert {name: seen[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "mutation", "only", "is_short"),
    [
        ("", "", "m", False),
        (", result: safety failure, violates: A", "", "m", True),
        ("", MUTATION % "expected: A", "x", True),
        ("", MUTATION % "survives: because", "x", False),
    ],
)
def test_a_run_that_ends_early_is_not_compiled_for_a_long_one(
    fields: str, mutation: str, only: str, is_short: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Sequence[str]] = []

    def fake(*_: object, java_options: Sequence[str], **__: object) -> TlcResult:
        seen.append(java_options)
        return result()

    run_fake(monkeypatch, manifest(folder, fields, mutations=mutation), fake, only=only)

    assert seen == [(*(SHORT_RUN_JAVA_OPTIONS if is_short else ()), *DEFAULT_JAVA_OPTIONS)]


def test_tiers_and_names_select(folder: Path) -> None:
    of = manifest(folder, mutations=MUTATION % "expected: A, tier: nightly")

    assert [entry.name for entry in select(of)] == ["m"]
    assert [entry.name for entry in select(of, tier="nightly")] == ["m", "x"]
    assert [entry.name for entry in select(of, only=["x"])] == ["x"]
    with pytest.raises(KeyError):
        select(of, only=["y"])


def test_runs_go_side_by_side_and_are_told_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=20)

    def fake(*_: object, **__: object) -> TlcResult:
        both.wait()
        return result(Outcome.SAFETY_FAILURE, "A")

    monkeypatch.setattr(module, "run_tlc", fake)
    suite = run_suite(manifest(folder, mutations=MUTATION % "expected: A"), jobs=2, toolchain=TOOLCHAIN)

    assert [entry.entry.name for entry in suite.entries] == ["m", "x"]
    assert [entry.ok for entry in suite.entries] == [False, True]


def test_an_error_of_one_run_ends_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other_runs = threading.Event()
    stopped: list[bool] = []

    def fake(spec: Path, *_: object, stop: module.StopSwitch, **__: object) -> TlcResult:
        if spec.parent == folder:
            other_runs.wait(20)
            raise ProcessError("no java")
        other_runs.set()
        while not stop.thrown:
            threading.Event().wait(0.001)
        stopped.append(True)
        raise StoppedError("stopped")

    monkeypatch.setattr(module, "run_tlc", fake)
    with pytest.raises(ProcessError, match="no java"):
        run_suite(manifest(folder, mutations=MUTATION % "expected: A"), jobs=2, toolchain=TOOLCHAIN)

    assert stopped == [True]


def test_the_names_under_property_are_read(folder: Path) -> None:
    assert read_properties(folder / "M.cfg") == ("One", "Two")


def test_the_table_and_the_json(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = manifest(folder, mutations=MUTATION % "expected: A")
    monkeypatch.setattr(module, "run_tlc", lambda *_, **__: result(Outcome.SAFETY_FAILURE, "A"))
    suite = run_suite(of, toolchain=TOOLCHAIN)

    assert suite_table(suite).splitlines() == [
        "model  expected    result                                    distinct  generated  depth   time",
        "-----  ----------  ----------------------------------------  --------  ---------  -----  -----",
        "m      success     safety failure of A  <-- not as expected        12         30      3  1.2 s",
        "x      violates A  safety failure of A                             12         30      3  1.2 s",
        "",
        "m: expected success, found safety failure of A",
        "  said so",
        "",
        "1 of 2 runs not as expected (TLC unknown)",
    ]
    data = suite_json(suite)
    assert (data["ok"], [run["kind"] for run in data["runs"]]) == (False, ["model", "mutation"])


def test_the_table_names_runs_that_stood_still(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run_tlc", lambda *_, **__: replace(result(), restarts=1))
    suite = run_suite(manifest(folder), toolchain=TOOLCHAIN)

    said = suite_table(suite).splitlines()[4:]
    assert said[0].startswith("m: TLC was begun again once because it stood still")
    assert said[-1] == "1 runs, all as expected (TLC unknown)"
    assert suite_json(suite)["runs"][0]["restarts"] == 1


@pytest.mark.tlc
def test_a_real_suite(toolchain: Toolchain) -> None:
    suite: SuiteResult = run_suite(
        load_manifest(SPECS / "manifest.yaml"), jobs=2, toolchain=toolchain, java_options=QUICK
    )

    assert {entry.entry.name: entry.problems for entry in suite.entries} == {
        "complete": (),
        "counts-wrong": ("expected distinct states 22, found 21",),
        "debug": (),
        "nameless": (),
        "forgets-the-bound": (),
        "not-seen": ("expected a violation of TypeOK, found success",),
    }
