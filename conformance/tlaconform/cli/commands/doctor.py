"""``conformance doctor``: what of this installation works, what is missing, and what to do about it."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata

from tlaconform.cli.status import Status


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer. Without what is ``needed``, nothing works; without the rest, something named in
    ``advice`` does not.
    """

    name: str
    ok: bool
    found: str
    advice: str = ""
    needed: bool = False


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="what works here, what is missing, what to do",
        description="Looks at Python, the packages, the specifications that come with this one, Java and TLC. "
        "Fetches nothing. Exit status 0 if traces can be checked (Java and TLC are not needed for that), else 2.",
    )
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    checks = list(_checks())
    healthy = all(check.ok for check in checks if check.needed)
    if options.format == "json":
        print(
            json.dumps(
                {"healthy": healthy, "checks": [asdict(check) for check in checks]}, indent=2, ensure_ascii=False
            )
        )
    else:
        _print(checks, healthy)
    return Status.CONFORMS if healthy else Status.WRONG_INPUT


def _checks() -> Iterator[Check]:
    version = platform.python_version()
    yield Check(
        "Python", sys.version_info >= (3, 11), f"{version} at {sys.executable}", "3.11 or later is needed", needed=True
    )
    yield Check("tla-conformance", True, metadata.version("tla-conformance"), needed=True)
    for package in ("lark", "immutables", "yaml"):
        yield _package(package, "pip install tla-conformance", needed=True)
    yield _package("hypothesis", "the stateful tests need it: pip install 'tla-conformance[hypothesis]'", needed=False)
    yield _specifications()
    yield from _cache()
    yield from _system()
    yield from _toolchain()


def _package(name: str, advice: str, *, needed: bool) -> Check:
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        return Check(name, False, f"cannot be imported ({error})", advice, needed)
    return Check(name, True, str(getattr(module, "__version__", "present")), needed=needed)


def _specifications() -> Check:
    from tlaconform.errors import ConformanceError
    from tlaconform.resources import spec_folder

    try:
        return Check("specifications", True, str(spec_folder()), needed=True)
    except ConformanceError as error:
        return Check("specifications", False, error.message, error.hint or "", needed=True)


def _cache() -> Iterator[Check]:
    from tlatrace.cache import cache_folder, is_writable

    folder = cache_folder()
    if is_writable(folder):
        yield Check("cache", True, str(folder))
    else:
        yield Check(
            "cache",
            False,
            f"{folder} cannot be written to",
            "every start parses and compiles anew; set TLACONFORM_CACHE",
        )


def _system() -> Iterator[Check]:
    """What several jobs and following a trace need of the system."""
    import multiprocessing
    import socket

    is_forked = "fork" in multiprocessing.get_all_start_methods()
    shared = "forked: they share one compiled specification" if is_forked else "started anew"
    yield Check("processes", is_forked, shared, "with --jobs, each process compiles the specification for itself")
    has_sockets = hasattr(socket, "AF_UNIX")
    yield Check(
        "sockets",
        has_sockets,
        "tcp:// and unix:" if has_sockets else "tcp:// only",
        "a trace can be followed at tcp://HOST:PORT, not at unix:PATH",
    )


def _toolchain() -> Iterator[Check]:
    from tlacheck import describe_toolchain

    for check in (check for check in describe_toolchain() if check.name != "Cache"):
        yield Check(check.name, check.ok, check.found, check.advice or "")


def _print(checks: list[Check], healthy: bool) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark = "ok     " if check.ok else "MISSING" if check.needed else "absent "
        print(f"{mark}  {check.name:<{width}}  {check.found}")
        if not check.ok and check.advice:
            print(f"{'':9}{'':<{width}}  → {check.advice}")
    tlc = all(check.ok for check in checks if check.name in ("Java", "tla2tools.jar"))
    print()
    print("Traces can be checked." if healthy else "Traces cannot be checked: see what is MISSING above.")
    print(
        "TLC can be run." if tlc else "TLC cannot be run (make check-spec, conformance tlc): see what is absent above."
    )
