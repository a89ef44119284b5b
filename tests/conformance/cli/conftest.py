"""Running a command in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tlaconform.cli.app import run
from tlaconform.cli.status import Status

Invoke = Callable[..., tuple[Status, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run a command and give (status, standard output, standard error); never a traceback."""

    def invoke(*arguments: object) -> tuple[Status, str, str]:
        status = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return status, captured.out, captured.err

    return invoke
