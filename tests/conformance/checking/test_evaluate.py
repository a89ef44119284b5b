"""Expressions at a line of a trace: in all states that explain it up to there, or in the step of that line."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tlaconform.checking import CheckOptions, Workbench
from tlaconform.checking.evaluate import Evaluation, evaluate
from tlaconform.errors import ConformanceError
from tlaconform.problems import problems_of
from tlatrace.errors import TlatraceError


@pytest.fixture
def ask(queue: Any) -> Any:
    def found(expression: str, at: int | None = None) -> Evaluation:
        return evaluate(expression, queue.trace, Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping)), at)

    return found


def open_arguments(queue: Any) -> None:
    text = queue.mapping.read_text(encoding="utf-8").replace("put: Put(event.item)", "put: Put(ANY)")
    queue.mapping.write_text(text, encoding="utf-8")


def shown(found: Evaluation) -> list[tuple[str, int]]:
    return [(value.error or value.text, value.count) for value in found.values]


def test_after_the_last_event_of_an_accepted_trace(ask: Any) -> None:
    found = ask("queue")
    assert (found.line, found.count, shown(found), found.because) == (7, 1, [("<<>>", 1)], "")


@pytest.mark.parametrize(("at", "expected"), [(0, "<<>>"), (2, "<<1>>"), (3, "<<1, 2>>"), (4, "<<2>>"), (7, "<<>>")])
def test_at_any_line(ask: Any, at: int, expected: str) -> None:
    assert shown(ask("queue", at)) == [(expected, 1)]


def test_all_values_where_several_states_explain_the_trace(queue: Any, ask: Any) -> None:
    open_arguments(queue)
    found = ask("queue[1] > 6", 2)
    assert found.count == 10
    assert shown(found) == [("FALSE", 7), ("TRUE", 3)]
    # What comes later is not looked at: the first thing that was taken out is 1.
    assert shown(ask("queue", 4))[0][1] == 1
    assert ask("queue", 4).count == 10


def test_primes_speak_of_the_step_of_the_line(queue: Any, ask: Any) -> None:
    found = ask("<<queue, queue'>>", 3)
    assert found.is_step
    assert shown(found) == [("<<<<1>>, <<1, 2>>>>", 1)]
    open_arguments(queue)
    assert ask("queue'", 3).count == 100
    assert shown(ask("Len(queue') - Len(queue)", 3)) == [("1", 100)]


def test_names_of_the_specification_can_be_used(ask: Any) -> None:
    assert shown(ask("Capacity + Len(queue)", 2)) == [("3", 1)]
    assert shown(ask("ENABLED Put(1)", 3)) == [("FALSE", 1)]
    assert shown(ask("ENABLED Put(1)", 2)) == [("TRUE", 1)]


def test_at_the_furthest_state_of_a_rejected_trace(queue: Any, ask: Any, events: Any) -> None:
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    found = ask("queue")
    assert (found.line, shown(found)) == (3, [("<<1, 2>>", 1)])
    assert "the event of line 4 was rejected" in found.because
    with pytest.raises(
        ConformanceError, match=r"line 4 .* was rejected.*the last event that is explained is in line 3"
    ):
        ask("queue", 4)


def test_where_it_has_no_value_in_some_states(queue: Any, ask: Any) -> None:
    open_arguments(queue)
    found = ask("IF queue[1] = 0 THEN Head(<<>>) ELSE 1", 2)
    assert found.has_errors
    assert shown(found) == [("1", 9), ("Head is applied to the empty sequence", 1)]


@pytest.mark.parametrize(
    ("expression", "at", "message"),
    [
        ("quue", None, "unknown name quue"),
        ("1 +", None, "expected an expression"),
        ("[](queue = <<>>)", None, "speaks of whole behaviors"),
        ("queue'", 0, "the initial states are no step"),
        ("queue", 1, "it has no event; the first event, the next one in line 2"),
        ("queue", 99, "the last event that is explained is in line 7"),
    ],
)
def test_what_cannot_be_evaluated(ask: Any, expression: str, at: int | None, message: str) -> None:
    with pytest.raises(TlatraceError, match=message.replace("[", r"\[").replace("(", r"\(").replace("+", r"\+")):
        ask(expression, at)


def test_a_last_line_that_was_cut_short(queue: Any, ask: Any) -> None:
    with open(queue.trace, "ab") as file:
        file.write(b'{"op": "pu')
    found = ask("queue")
    assert (found.line, shown(found)) == (7, [("<<>>", 1)])
    assert "was cut short" in found.because


def test_logs_that_are_ordered_only_in_part_have_no_such_line(queue: Any) -> None:
    bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
    with pytest.raises(ConformanceError, match="ordered only in part"):
        evaluate("queue", [queue.trace, queue.trace], bench)


def test_the_json_obeys_its_schema(queue: Any, ask: Any) -> None:
    open_arguments(queue)
    schema = json.loads((resources.files("tlaconform.checking") / "evaluation.schema.json").read_text(encoding="utf-8"))
    for expression, at in (("queue", 2), ("queue'", 3), ("Nat", 0), ("Head(<<>>)", 0)):
        jsonschema.validate(json.loads(json.dumps(ask(expression, at).to_json())), schema)
    wrong = ask("queue", 2).to_json()
    wrong["values"][0]["error"] = "both"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_the_command(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from tlaconform.cli.app import run
    from tlaconform.cli.status import Status

    base = [str(queue.trace), "--spec", str(queue.spec), "--map", str(queue.mapping)]
    assert run(["eval", "Len(queue)", *base, "--at", "3"]) is Status.CONFORMS
    out, err = capsys.readouterr()
    assert out == "2\n"
    assert "after the event of line 3 (1 state)" in err
    assert run(["eval", "Head(queue)", *base]) is Status.WRONG_INPUT
    assert "no value: Head is applied to the empty sequence" in capsys.readouterr().out
    assert run(["eval", "queue", *base, "--json"]) is Status.CONFORMS
    assert json.loads(capsys.readouterr().out)["values"] == [{"value": "<<>>", "json": [], "count": 1}]
    assert run(["eval", "queue", *base, "--at", "-1"]) is Status.WRONG_INPUT


def test_a_model_value_of_the_configuration_has_no_name(queue: Any) -> None:
    queue.spec.write_text(
        queue.spec.read_text().replace("====", "CONSTANT Lamp\n====").replace("EXTENDS ", "EXTENDS TLC, ")
    )
    config = queue.folder / "Lamp.cfg"
    config.write_text("CONSTANTS\n  Lamp = {red, green}\nSPECIFICATION Spec\n")
    bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping, config=config))
    with pytest.raises(TlatraceError, match="unknown name red") as caught:
        evaluate("red \\in Lamp", queue.trace, bench)
    hint = problems_of(caught.value)[0].hint
    expression = hint[hint.index("CHOOSE") : hint.index(", with")]
    assert shown(evaluate(expression, queue.trace, bench)) == [("red", 1)]
    with pytest.raises(TlatraceError) as caught:
        evaluate("blue \\in Lamp", queue.trace, bench)
    assert "model value" not in problems_of(caught.value)[0].hint
