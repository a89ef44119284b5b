"""What all tests share: the toolchain of TLC, and what happens to tests that need it where there is none.

A test marked `tlc` is skipped without Java and tla2tools.jar, and the summary names it; where the environment variable
`CI` is `true` it fails instead, because there nothing may go missing.
"""

import os
from functools import cache

import pytest

from tlacheck import Toolchain, ToolchainError, find_toolchain

NO_TLC = "needs TLC, and there is none"


@cache
def toolchain_or_error() -> Toolchain | ToolchainError:
    try:
        return find_toolchain()
    except ToolchainError as error:
        return error


def require_toolchain() -> Toolchain:
    found = toolchain_or_error()
    if isinstance(found, Toolchain):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have a TLC: {found}", pytrace=False)
    pytest.skip(f"{NO_TLC}: {found.summary}")


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """Java and tla2tools.jar. Skips (in CI: fails) without them."""
    return require_toolchain()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("tlc") is not None:
        require_toolchain()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = [
        report.nodeid
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and NO_TLC in report.longrepr[2]
    ]
    if missing:
        terminalreporter.section("tests that could not run for lack of TLC")
        for nodeid in sorted(missing):
            terminalreporter.line(nodeid)
        found = toolchain_or_error()
        if isinstance(found, ToolchainError):
            terminalreporter.line("")
            terminalreporter.line(str(found))
