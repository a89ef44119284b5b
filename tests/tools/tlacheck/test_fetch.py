"""Filling the cache: checksums, renaming into place, racing, and every way to fail. No network is used."""

import hashlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tlacheck import ChecksumError, FailedPlace
from tlacheck.fetch import PinnedJar, copy_from_maven, download_release, find_cached

JAR = b"PK a jar, as far as anybody looks"
RIGHT = hashlib.sha256(JAR).hexdigest()


def pinned(url: str | None = None, sha256: str = RIGHT) -> PinnedJar:
    return PinnedJar(file_name="a.jar", sha256=sha256, place="the place", url=url, maven_artifact="g:a:1")


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path != "/missing"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(b"<html>log in first</html>" if self.path == "/page" else JAR)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_download_with_the_right_checksum_is_in_the_cache(server: str, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"

    path = download_release(pinned(f"{server}/a.jar"), cache=cache)

    assert path == cache / "a.jar"
    assert find_cached(pinned(), cache=cache) == path
    assert [entry.name for entry in cache.iterdir()] == ["a.jar"]


def test_a_download_with_a_wrong_checksum_is_an_error_and_leaves_nothing(server: str, tmp_path: Path) -> None:
    with pytest.raises(ChecksumError, match="wrong checksum") as caught:
        download_release(pinned(f"{server}/a.jar", sha256="0" * 64), cache=tmp_path)

    assert RIGHT in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("path", "reason"), [("/missing", "HTTP status 404"), ("/page", "what came was not a jar")])
def test_a_place_without_the_jar_is_told(path: str, reason: str, server: str, tmp_path: Path) -> None:
    failed = download_release(pinned(server + path), cache=tmp_path)

    assert isinstance(failed, FailedPlace)
    assert reason in failed.reason
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_place_is_told(tmp_path: Path) -> None:
    failed = download_release(pinned("http://127.0.0.1:9/a.jar"), cache=tmp_path)

    assert isinstance(failed, FailedPlace)
    assert "cannot be downloaded" in failed.reason


def test_concurrent_fetches_all_succeed(server: str, tmp_path: Path) -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(download_release(pinned(f"{server}/a.jar"), cache=tmp_path)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [tmp_path / "a.jar"] * 4
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jar"]


def test_a_damaged_jar_in_the_cache_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.jar").write_bytes(JAR[:-1])

    failed = find_cached(pinned(), cache=tmp_path)

    assert isinstance(failed, FailedPlace)
    assert "damaged" in failed.reason
    assert not (tmp_path / "a.jar").exists()


def maven(folder: Path, script: str) -> dict[str, str]:
    mvn = folder / "bin" / "mvn"
    mvn.parent.mkdir()
    mvn.write_text(
        f"#!/bin/sh\nfor word; do case $word in -DoutputDirectory=*) out=${{word#*=}};; esac; done\n{script}\n"
    )
    mvn.chmod(0o755)
    return {"PATH": f"{mvn.parent}{os.pathsep}{os.environ['PATH']}"}


def test_maven_puts_the_jar_into_the_cache(tmp_path: Path) -> None:
    environment = maven(tmp_path, f"printf '%s' '{JAR.decode()}' > $out/a.jar")

    path = copy_from_maven(pinned(), cache=tmp_path / "cache", environment=environment)

    assert path == tmp_path / "cache" / "a.jar"
    assert path.read_bytes() == JAR


def test_maven_with_another_jar_is_an_error(tmp_path: Path) -> None:
    environment = maven(tmp_path, "printf changed > $out/a.jar")

    with pytest.raises(ChecksumError):
        copy_from_maven(pinned(), cache=tmp_path / "cache", environment=environment)

    assert list((tmp_path / "cache").iterdir()) == []


def test_what_maven_complains_of_is_told(tmp_path: Path) -> None:
    environment = maven(tmp_path, "echo '[ERROR] no such artifact'; exit 1")

    failed = copy_from_maven(pinned(), cache=tmp_path / "cache", environment=environment)

    assert failed == FailedPlace("the place", "mvn ended with status 1: [ERROR] no such artifact")


def test_no_maven_is_told(tmp_path: Path) -> None:
    failed = copy_from_maven(pinned(), cache=tmp_path, environment={"PATH": str(tmp_path)})

    assert failed == FailedPlace("the place", "no Maven client (mvn) on PATH")
