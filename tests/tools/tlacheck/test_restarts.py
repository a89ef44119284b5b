"""TLC that stands still: when it is begun again, and what is made of it when it is not. No Java, and no time."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tlacheck import Outcome, ProcessError, TlcResult, Toolchain, run_tlc, tlc
from tlacheck.process import ProcessEnd

OUTPUTS = Path(__file__).parent / "outputs"
SPECS = Path(__file__).parent / "specs"

STANDS_STILL = ProcessEnd(exit_code=None, timed_out=False, stood_still=True, duration_s=90.0, stderr_tail="")
IS_LATE = ProcessEnd(exit_code=None, timed_out=True, stood_still=False, duration_s=5.0, stderr_tail="")
ENDS = ProcessEnd(exit_code=0, timed_out=False, stood_still=False, duration_s=1.0, stderr_tail="")

#: How TLC begins, and how it ends when all is well.
SUCCESS = (OUTPUTS / "simulation.out").read_text(encoding="utf-8").splitlines()
BEGINNING = SUCCESS[:3]
VIOLATION = (OUTPUTS / "invariant.out").read_text(encoding="utf-8").splitlines()

Told = tuple[Sequence[str], ProcessEnd]
Run = Callable[..., tuple[TlcResult, list[float | None]]]


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    with zipfile.ZipFile(tmp_path / "tla2tools.jar", "w") as jar:
        jar.writestr("tlc2/TLC.class", "")
    return Toolchain(
        java=Path("/java"),
        java_version="17",
        java_source="PATH",
        jar=tmp_path / "tla2tools.jar",
        jar_source="the cache",
    )


@pytest.fixture
def run(toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a TLC that tells this and ends thus, each time that it is begun; with the time that it was given."""

    def run_with(*told: Told, time_limit_s: float | None = None) -> tuple[TlcResult, list[float | None]]:
        beginnings = iter(told)
        limits: list[float | None] = []

        def process(*_: object, on_line: Callable[[str], None], time_limit_s: float | None, **__: object) -> ProcessEnd:
            limits.append(time_limit_s)
            lines, end = next(beginnings)
            for line in lines:
                on_line(line)
            return end

        monkeypatch.setattr(tlc, "run_process", process)
        spec, config = SPECS / "Counter.tla", SPECS / "success.cfg"
        return run_tlc(spec, config, toolchain=toolchain, time_limit_s=time_limit_s), limits

    return run_with


def test_it_is_begun_again_until_it_comes_to_an_end(run: Run) -> None:
    result, _ = run((BEGINNING, STANDS_STILL), (BEGINNING, STANDS_STILL), (SUCCESS, ENDS))
    assert (result.outcome, result.restarts) == (Outcome.SUCCESS, 2)


def test_but_three_times_at_most(run: Run) -> None:
    result, _ = run(*[(BEGINNING, STANDS_STILL)] * 3)
    assert (result.outcome, result.restarts) == (Outcome.TOOL_ERROR, 2)
    assert result.output[-1] == "TLC printed nothing and used no processor for 90 s, and was ended"


def test_nothing_is_begun_again_that_was_told(run: Run) -> None:
    violated, _ = run((VIOLATION[:-4], STANDS_STILL))
    assert (violated.outcome, violated.restarts) == (Outcome.SAFETY_FAILURE, 0)
    succeeded, _ = run((SUCCESS, STANDS_STILL))
    assert (succeeded.outcome, succeeded.restarts) == (Outcome.SUCCESS, 0)


def test_a_java_that_never_said_anything(run: Run) -> None:
    with pytest.raises(ProcessError, match="/java stood still before TLC started"):
        run(*[((), STANDS_STILL)] * 3)


def test_the_time_limit_is_one_for_all_beginnings(run: Run) -> None:
    result, limits = run((BEGINNING, STANDS_STILL), (BEGINNING, IS_LATE), time_limit_s=100.0)
    assert result.outcome is Outcome.TIMEOUT
    assert limits[0] == 100.0
    assert limits[1] is not None
    assert limits[1] < 100.0
