"""``conformance doctor``: what it finds, for people and for tools."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest

from tlaconform.cli.app import run
from tlaconform.cli.status import Status


def test_what_is_needed_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) is Status.CONFORMS
    out = capsys.readouterr().out
    assert "Traces can be checked." in out
    assert "sockets" in out


def test_the_json_obeys_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) is Status.CONFORMS
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((resources.files("tlaconform.cli") / "doctor.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    assert {check["name"] for check in report["checks"]} >= {"Python", "processes", "sockets", "cache"}
    del report["checks"][0]["found"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema)


def test_what_is_missing_and_needed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without_yaml(name: str, *rest: object) -> object:
        if name == "yaml":
            raise ImportError("no yaml here")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("tlaconform.cli.commands.doctor.importlib.import_module", lambda name: without_yaml(name))
    assert run(["doctor"]) is Status.WRONG_INPUT
    assert "Traces cannot be checked" in capsys.readouterr().out
