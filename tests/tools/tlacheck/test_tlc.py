"""Real runs of TLC and SANY, one for each way to end: few and short. The parsing itself is tested without Java."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tlacheck import ModelValue, Outcome, Progress, TlcResult, Toolchain, run_sany, run_tlc
from tlacheck import tlc as module
from tlacheck.process import processor_time_s
from tlacheck.report import tlc_text

SPECS = Path(__file__).parent / "specs"
pytestmark = pytest.mark.tlc


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A copy of the specs in a folder with a space, to see that nothing is left beside them."""
    folder = tmp_path / "my specs"
    folder.mkdir()
    for file in SPECS.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that runs make their own folders in."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


#: Starts faster, runs slower: right for runs of a few states.
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")


def check(specs: Path, toolchain: Toolchain, name: str, **options: object) -> TlcResult:
    options = {"java_options": QUICK, **options}
    return run_tlc(specs / "Counter.tla", specs / f"{name}.cfg", toolchain=toolchain, **options)  # type: ignore[arg-type]


def test_success_leaves_nothing_behind(specs: Path, temporary: Path, toolchain: Toolchain) -> None:
    before = sorted(specs.iterdir())
    news: list[Progress] = []
    graph = temporary.parent / "graph.dot"

    result = check(specs, toolchain, "success", coverage=True, dump=graph, on_progress=news.append)

    assert (result.outcome, result.exit_code) == (Outcome.SUCCESS, 0)
    assert (result.states_generated, result.distinct_states, result.states_left, result.depth) == (21, 21, 0, 6)
    assert {action.name for action in result.coverage} == {"Init", "Take", "Inc"}
    assert news[-1].distinct_states == 21
    assert 'label="Take' in graph.read_text()
    assert sorted(specs.iterdir()) == before
    assert list(temporary.iterdir()) == []


def test_a_violated_invariant(specs: Path, toolchain: Toolchain) -> None:
    result = check(specs, toolchain, "invariant")

    assert (result.outcome, result.violated) == (Outcome.SAFETY_FAILURE, ("BelowTwoInv",))
    assert result.counterexample is not None
    assert result.counterexample.states[-1].parsed()["n"] == 2
    assert result.counterexample.states[1].parsed()["owner"] == ModelValue("p1")
    assert sorted(file.name for file in specs.iterdir()) == sorted(file.name for file in SPECS.iterdir())


def test_a_deadlock(specs: Path, toolchain: Toolchain) -> None:
    assert check(specs, toolchain, "deadlock").outcome is Outcome.DEADLOCK_FAILURE


def test_a_deadlock_is_no_error_if_so_told(specs: Path, toolchain: Toolchain) -> None:
    assert check(specs, toolchain, "deadlock", deadlock=False).outcome is Outcome.SUCCESS


def test_a_lasso(specs: Path, toolchain: Toolchain) -> None:
    result = check(specs, toolchain, "lasso")

    assert result.outcome is Outcome.LIVENESS_FAILURE
    assert result.counterexample is not None
    assert result.counterexample.back_to_state == 1


def test_a_false_assumption(specs: Path, toolchain: Toolchain) -> None:
    assert check(specs, toolchain, "assumption").outcome is Outcome.ASSUMPTION_FAILURE


def test_an_error_of_evaluation(specs: Path, toolchain: Toolchain) -> None:
    assert check(specs, toolchain, "evaluation_next").outcome is Outcome.EVALUATION_ERROR


def test_a_spec_that_does_not_parse(specs: Path, toolchain: Toolchain) -> None:
    result = run_tlc(specs / "Broken.tla", toolchain=toolchain, java_options=QUICK)

    assert result.outcome is Outcome.PARSE_ERROR
    assert [(error.file, error.line, error.column) for error in result.parse_errors] == [
        (specs / "Broken.tla", 4, 13),
        (specs / "Broken.tla", 5, 14),
    ]


def test_a_simulation(specs: Path, toolchain: Toolchain) -> None:
    result = check(specs, toolchain, "success", simulate=20, depth=5, seed=7)

    assert result.outcome is Outcome.SUCCESS
    assert result.states_generated is not None
    assert 20 <= result.states_generated <= 20 * 6


def test_the_time_limit(specs: Path, temporary: Path, toolchain: Toolchain) -> None:
    result = run_tlc(specs / "Endless.tla", toolchain=toolchain, java_options=QUICK, time_limit_s=2.0)

    assert (result.outcome, result.exit_code) == (Outcome.TIMEOUT, None)
    assert result.duration_s < 20
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(processor_time_s(os.getpgrp()) is None, reason="the system does not tell what processes have used")
def test_a_run_that_stands_still_is_begun_again(
    specs: Path, tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "java"
    java.write_text(
        f'#!/bin/sh\n[ -e "{tmp_path}/begun" ] && exec "{toolchain.java}" "$@"\n'
        f'touch "{tmp_path}/begun"\nexec sleep 600\n'
    )
    java.chmod(0o755)
    monkeypatch.setattr(module, "STANDSTILL_LIMIT_S", 2.0)

    result = check(specs, replace(toolchain, java=java), "success")

    assert (result.outcome, result.distinct_states, result.restarts) == (Outcome.SUCCESS, 21, 1)
    assert result.duration_s > 2
    assert "TLC was begun again once because it stood still" in tlc_text(result)


def test_files_that_are_not_there(specs: Path, toolchain: Toolchain) -> None:
    assert run_tlc(specs / "No.tla", toolchain=toolchain).outcome is Outcome.PARSE_ERROR
    assert check(specs, toolchain, "no").outcome is Outcome.CONFIG_ERROR
    assert not run_sany(specs / "No.tla", toolchain=toolchain).ok


def test_sany(specs: Path, toolchain: Toolchain) -> None:
    good, bad = (run_sany(specs / name, toolchain=toolchain) for name in ("Counter.tla", "Broken.tla"))

    assert good.ok
    assert good.modules[-1].name == "Counter"
    assert not bad.ok
    assert str(bad.errors[0]).startswith(f"{specs / 'Broken.tla'}:4:13: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("where", ["one run", "a suite"])
def test_an_interrupt_leaves_no_process_and_no_folder(
    where: str, number: int, specs: Path, temporary: Path, toolchain: Toolchain
) -> None:
    (specs / "manifest.yaml").write_text("version: 1\nmodels: [{name: endless, module: Endless.tla}]\n")
    calls = {
        "one run": f"tlacheck.run_tlc({str(specs / 'Endless.tla')!r}, on_progress=tell)",
        "a suite": f"tlacheck.run_suite(tlacheck.load_manifest({str(specs / 'manifest.yaml')!r}), jobs=2,"
        " observe=lambda entry, news: news is None or tell(news))",
    }
    code = f"import tlacheck\ndef tell(news): print('running', flush=True)\n{calls[where]}"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "TLA2TOOLS_JAR": str(toolchain.jar)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "running\n"
    (folder,) = temporary.iterdir()
    assert processes_with(str(folder))

    child.send_signal(number)
    _, errors = child.communicate(timeout=30)

    assert "KeyboardInterrupt" in errors
    assert processes_with(str(folder)) == []
    assert list(temporary.iterdir()) == []


def processes_with(word: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in line:
            found.append(line)
    return found
