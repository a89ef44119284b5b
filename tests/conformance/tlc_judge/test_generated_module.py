"""Generated modules as text: what stands in them and what is refused. What TLC makes of them is seen in
tests/differential."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tlaconform.errors import ConformanceError, MappingError
from tlaconform.tlc_judge import ModuleGenerator, TlcJudgeError
from tlaconform.tlc_judge.literals import LiteralError
from tlaconform.tlc_judge.recorded import read_trace
from tlaconform.tlc_judge.runner import JudgeModule
from tlatrace.syntax import ast, parse_config, parse_module

Generate = Callable[..., JudgeModule]


@pytest.fixture
def generate(queue: Any) -> Generate:
    """The module for traces of the queue, each given by its events, with a mapping in which texts were replaced."""

    def make(
        *traces: Sequence[dict[str, Any]],
        mapping: Sequence[tuple[str, str]] = (),
        spec: Sequence[tuple[str, str]] = (),
        config: str | None = None,
    ) -> JudgeModule:
        for path, changes in ((queue.mapping, mapping), (queue.spec, spec)):
            text = path.read_text(encoding="utf-8")
            for old, new in changes:
                assert old in text
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")
        file = None
        if config is not None:
            file = queue.folder / "Queue.cfg"
            file.write_text(config, encoding="utf-8")
        recorded = []
        for number, events in enumerate(traces):
            path = queue.folder / f"{number}.ndjson"
            path.write_bytes(queue.write_trace(events).read_bytes())
            recorded.append(read_trace(path))
        return ModuleGenerator(spec=queue.spec, mapping=queue.mapping, config=file).module_for(recorded)

    return make


def definitions(module: JudgeModule) -> dict[str, ast.OperatorDefinition]:
    parsed = parse_module(module.text, f"{module.name}.tla")
    return {unit.name: unit for unit in parsed.units if isinstance(unit, ast.OperatorDefinition)}


def line_of(module: JudgeModule, name: str) -> str:
    """The text of a definition on one line."""
    text = module.text.split(f"\n{name}", 1)[1].split("\n\n", 1)[0]
    return " ".join(text.split())


PUT = {"op": "put", "item": 1, "size": 1}


def test_a_module_is_tla_and_has_every_part(generate: Generate, events: Callable[[], list[dict[str, Any]]]) -> None:
    module = generate(events(), [PUT])

    defined = definitions(module)
    assert {"Traces", "Trace1", "Trace2", "JudgeInit", "JudgeNext", "Rule_put", "Rule_get", "Taken"} <= defined.keys()
    config = parse_config(module.config, "JudgedTraces.cfg")
    assert (config.init, config.next, config.check_deadlock) == (ast.Name("JudgeInit"), ast.Name("JudgeNext"), False)
    assert {substitution.name for substitution in config.substitutions} == {"Capacity", "Item"}
    assert {substitution.target for substitution in config.substitutions} <= defined.keys()
    assert module.text.isascii()


def test_only_what_the_mapping_reads_is_embedded(generate: Generate) -> None:
    module = generate([{**PUT, "time": 2**40, "share": 0.5, "who": None}])

    assert line_of(module, "Trace1 ==") == '<< [op |-> "put", item |-> 1, size |-> 1] >>'


def test_a_given_argument_is_bound_inside_the_domain_of_next(generate: Generate) -> None:
    module = generate([PUT])

    assert line_of(module, "Take_Put(") == r"given1) == \E x \in {given1} : x \in Item /\ Put(x)"


def test_an_open_argument_is_searched_for(generate: Generate) -> None:
    module = generate([PUT], mapping=[("Put(event.item)", "Put(ANY)")])

    assert line_of(module, "Take_Put ==") == r"\E x \in Item : Put(x)"


def test_observations_are_read_after_the_step(generate: Generate) -> None:
    rule = line_of(generate([PUT]), "Rule_put(")

    assert rule == r"event) == /\ Take_Put(event.item) /\ (Len(queue) = event.size)' /\ Taken"


def test_a_definition_may_bear_a_name_that_next_binds(generate: Generate) -> None:
    module = generate(
        [PUT], mapping=[("kind: event.op", "kind: event.op\nlet:\n  x: event.item"), ("Put(event.item)", "Put(x)")]
    )

    assert "LET x == event.item" in line_of(module, "Rule_put(")
    assert r"\E x \in {given1}" in line_of(module, "Take_Put(")


def test_names_give_way_to_those_of_the_specification(generate: Generate) -> None:
    module = generate(
        [PUT], spec=[("NothingLostInv ==", "Traces == 1\nTaken == 2\nevent == 3\nTrace1_1 == 4\nNothingLostInv ==")]
    )

    defined = definitions(module)
    assert "Traces_" in defined
    assert "Taken_" in defined
    assert "Trace1" not in defined
    assert [parameter.name for parameter in defined["Rule_put"].parameters] == ["event_"]


def test_an_optional_observation_asks_for_its_field(generate: Generate) -> None:
    module = generate(
        [PUT, {**PUT, "more": {"lost": 0}}],
        mapping=[("observe:", "observe_if_present:\n  lost: event.more.lost\nobserve:")],
    )

    expected = r"""/\ ("more" \in DOMAIN event /\ "lost" \in DOMAIN event.more) => ((lost = event.more.lost)')"""
    assert expected in line_of(module, "Rule_put(")
    assert "more |-> [lost |-> 0]" in module.text


def test_properties_are_asked_of_every_step(generate: Generate) -> None:
    config = "SPECIFICATION Spec\nINVARIANT ShortInv\nPROPERTY LostNeverRisesProp\n"
    module = generate([PUT], config=config)

    assert line_of(module, "Kept ==") == r"/\ (ShortInv)' /\ ([lost' = lost]_vars)"
    assert r"/\ Kept" in line_of(module, "Rule_put(")
    assert r"/\ ShortInv" in line_of(module, "JudgeInit ==")


def test_constants_of_the_configuration_are_passed_on_unless_the_mapping_gives_them(generate: Generate) -> None:
    module = generate(
        [PUT],
        mapping=[("  Item: 0 .. 9\n", "")],
        config="SPECIFICATION Spec\nCONSTANTS Capacity = 7 Item = {1, m}\n",
    )

    config = parse_config(module.config, "JudgedTraces.cfg")
    assert [constant.name for constant in config.constants] == ["Item"]
    assert "Item = {1, m}" in module.config
    assert [substitution.name for substitution in config.substitutions] == ["Capacity"]


def test_model_values_are_declared_where_they_are_part_of_something(generate: Generate) -> None:
    module = generate(
        [PUT], mapping=[("Item: 0 .. 9", "Item: '{1, None}'"), ("constants:", "model_values: [None]\nconstants:")]
    )

    assert "CONSTANT ModelValue_None" in module.text
    assert "ModelValue_None = None" in module.config
    assert line_of(module, "Constant_Item ==") == "{1, ModelValue_None}"


def test_silent_steps_have_a_budget_until_the_next_event(generate: Generate) -> None:
    module = generate([PUT], mapping=[("events:", "silent:\n  - action: Lose\n    at_most: 2\nevents:")])

    silent = line_of(module, "Silent_1(")
    assert r"/\ silent[1] < 2 /\ Take_Lose /\ silent' = [silent EXCEPT ![1] = @ + 1]" in silent
    assert r"/\ silent' = <<0>>" in line_of(module, "Taken ==")
    assert r"\/ Silent_1(event)" in line_of(module, "JudgeNext ==")


def test_the_parts_of_a_composition_are_steps(generate: Generate) -> None:
    module = generate([PUT], mapping=[("Put(event.item)", r"Put(event.item) \cdot Lose")])

    rule = line_of(module, "Rule_put(")
    assert """/\\ stage = <<"", 0>> /\\ Take_Put(event.item) /\\ stage' = <<"put 1", 1>>""" in rule
    assert """/\\ stage = <<"put 1", 1>> /\\ Take_Lose /\\ (Len(queue) = event.size)' /\\ Taken""" in rule


def test_traces_with_other_constants_are_told_apart(queue: Any) -> None:
    generator = ModuleGenerator(spec=queue.spec, mapping=queue.mapping)
    header = json.loads(queue.trace.read_text(encoding="utf-8").splitlines()[0])
    other = {**header, "constants": {"Capacity": 3}, "source": "elsewhere"}

    first = generator.header_of(read_trace(queue.trace))
    again = generator.header_of(read_trace(queue.write_trace([PUT], {**header, "source": "elsewhere"})))
    third = generator.header_of(read_trace(queue.write_trace([PUT], other)))

    assert first == again == "[constants |-> [Capacity |-> 2]]"
    assert third != first


def refused(generate: Generate, kind: type[Exception], message: str, *events: dict[str, Any], **changes: Any) -> Any:
    with pytest.raises(kind, match=message) as caught:
        generate(list(events or (PUT,)), **changes)
    return caught.value


def test_an_unknown_event_is_refused_with_its_line(generate: Generate) -> None:
    error = refused(generate, ConformanceError, "unknown event 'putt'", PUT, {**PUT, "op": "putt"})

    assert error.location.line == 3
    assert error.hint == "did you mean 'put'?"


def test_a_missing_field_is_refused_with_its_line(generate: Generate) -> None:
    error = refused(generate, ConformanceError, r"no field event\.item", PUT, {"op": "put", "size": 1})

    assert error.location.line == 3


def test_a_value_that_tlc_cannot_hold_is_refused_with_its_line(generate: Generate) -> None:
    error = refused(generate, LiteralError, r"event\.item: 1099511627776 is beyond", PUT, {**PUT, "item": 2**40})

    assert error.location.line == 3


def test_an_unknown_action_is_refused_as_ever(generate: Generate) -> None:
    refused(generate, MappingError, "has no action Pot", mapping=[("Put(event.item)", "Pot(event.item)")])


def test_a_local_definition_cannot_be_named(generate: Generate) -> None:
    error = refused(
        generate,
        TlcJudgeError,
        "the action Lose .* uses Lose, which is LOCAL",
        spec=[("\nLose ==", "\nLOCAL Lose ==")],
        mapping=[("get: Get(event.item)", "get: Next")],
    )

    assert error.hint


def test_a_composition_cannot_be_compared_with_its_beginning(generate: Generate) -> None:
    refused(
        generate,
        TlcJudgeError,
        r"`lost' = lost` cannot be said to stock TLC for the event put",
        mapping=[
            ("Put(event.item)", r"Put(event.item) \cdot Lose"),
            ("events:", "require:\n  - lost' = lost\nevents:"),
        ],
    )


def test_an_empty_trace_is_refused(queue: Any) -> None:
    with pytest.raises(ConformanceError, match="no event"):
        read_trace(queue.write_trace([]))


def test_the_folder_of_the_specification_is_no_part_of_the_module(generate: Generate, tmp_path: Path) -> None:
    assert str(tmp_path) not in generate([PUT]).text


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ("where: event.size >= 0\nkind: event.op", "`where`"),
        ('initial:\n  events: event.op = "start"\nkind: event.op', "`initial`"),
        ("fields:\n  event.item: {read: integer}\nkind: event.op", "`fields`"),
    ],
)
def test_what_tlc_would_not_be_told_is_refused(generate: Generate, events: Any, new: str, what: str) -> None:
    with pytest.raises(TlcJudgeError, match=f"{what} has no place in this module for TLC"):
        generate(events(), mapping=[("kind: event.op", new)])


def test_a_guarded_alternative_is_refused(generate: Generate, events: Any) -> None:
    guarded = "put: {action: Put(event.item), when: event.size > 0}"
    with pytest.raises(TlcJudgeError, match="`when` of an event's action"):
        generate(events(), mapping=[("put: Put(event.item)", guarded)])


def test_an_action_for_whichever_value_is_refused(generate: Generate, events: Any) -> None:
    with pytest.raises(TlcJudgeError, match="an action under"):
        generate(events(), mapping=[("put: Put(event.item)", "put: '\\E x \\in 1 .. event.item : Put(x)'")])
