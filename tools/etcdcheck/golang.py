"""Go: whether there is one, the driver built with it, and copies of etcd's module with one line changed.

Nothing of etcd's is kept here: the module comes through Go's own command, into Go's own cache. A changed copy lives in
a temporary folder, and the driver is built against it by a ``go.mod`` that says ``replace``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

DRIVER = Path(__file__).parent / "driver"
MODULE = "go.etcd.io/raft/v3"
TAG = "with_tla"
"""Without this build tag etcd's Raft records nothing."""

MINOR_VERSION_MIN = 23
"""Of Go 1, as the module asks for; an older one would try to fetch a newer by itself."""

BUILD_LIMIT_S, ASK_LIMIT_S = 300, 120
"""A first build compiles protocol buffers and fetches four modules: half a minute here. A query is a second."""

NOT_COPIED = shutil.ignore_patterns("testdata", "*_test.go", "rafttest", "tla", ".*")


class GoMissing(Exception):
    """There is no Go that could build the driver. The message says what was looked for."""


class BuildFailed(Exception):
    """Go is there, and could not build the driver or fetch the module; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """A Go command that is new enough."""

    command: str
    version: str

    def run(self, *arguments: str, folder: Path = DRIVER, limit: float = BUILD_LIMIT_S) -> str:
        """What the command prints.

        Raises:
            BuildFailed: it failed, or took too long.
        """
        environment = {**os.environ, "GOTOOLCHAIN": "local"}
        try:
            done = subprocess.run(
                [self.command, *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BuildFailed(f"go {' '.join(arguments)}: not done after {limit:.0f} s") from None
        if done.returncode != 0:
            raise BuildFailed(f"go {' '.join(arguments)}: {(done.stderr or done.stdout).strip()}")
        return done.stdout


def find_go() -> Go:
    """The ``go`` on the path.

    Raises:
        GoMissing: there is none, or it is too old.
    """
    command = shutil.which("go")
    if command is None:
        raise GoMissing(f"Go 1.{MINOR_VERSION_MIN} or later is needed, and there is no `go` on the path")
    try:
        version = Go(command=command, version="").run("env", "GOVERSION", limit=ASK_LIMIT_S).strip()
    except BuildFailed as error:
        raise GoMissing(
            f"Go 1.{MINOR_VERSION_MIN} or later is needed, and the one on the path does not run: {error}"
        ) from None
    number = re.match(r"go1\.(\d+)", version)
    if number is None or int(number[1]) < MINOR_VERSION_MIN:
        raise GoMissing(f"Go 1.{MINOR_VERSION_MIN} or later is needed, and the one on the path is {version}")
    return Go(command=command, version=version)


def build(go: Go, binary: Path) -> Path:
    """The driver, with etcd's module as it is."""
    go.run("build", "-tags", TAG, "-o", str(binary), ".")
    return binary


def copy_module(go: Go, folder: Path) -> Path:
    """A copy of etcd's module, to be changed."""
    found = json.loads(go.run("mod", "download", "-json", MODULE))
    shutil.copytree(found["Dir"], folder, ignore=NOT_COPIED, copy_function=shutil.copyfile)
    for path in (folder, *folder.rglob("*")):  # Go's cache is read-only
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def build_with(go: Go, module: Path, binary: Path) -> Path:
    """The driver, with the copy in ``module`` in the place of etcd's."""
    changed = module.parent / "changed.mod"
    changed.write_text((DRIVER / "go.mod").read_text("utf-8") + f"\nreplace {MODULE} => {module}\n", "utf-8")
    shutil.copyfile(DRIVER / "go.sum", changed.with_suffix(".sum"))
    go.run("build", "-tags", TAG, f"-modfile={changed}", "-o", str(binary), ".")
    return binary
