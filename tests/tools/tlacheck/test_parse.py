"""TLC's output of every outcome, as captured from 2.18 (and, by hand, of 1.7 and 1.8), without starting Java."""

from pathlib import Path

import pytest

from tlacheck import Location, Outcome, Progress, TlcFunction
from tlacheck.messages import Code
from tlacheck.parse import OUTCOME_BY_CODE, OUTPUT_LINES_MAX, Findings, OutputParser, parse_state

OUTPUTS = Path(__file__).parent / "outputs"
SPEC = Path("/specs/Counter.tla")


def read(name: str, news: list[Progress] | None = None) -> Findings:
    parser = OutputParser(spec=SPEC, config=Path("/specs/the.cfg"))
    for line in (OUTPUTS / f"{name}.out").read_text(encoding="utf-8").splitlines():
        progress = parser.feed(line)
        if progress is not None and news is not None:
            news.append(progress)
    return parser.finish()


@pytest.mark.parametrize(
    ("name", "outcome", "properties", "states"),
    [
        ("deadlock", Outcome.DEADLOCK_FAILURE, (), 6),
        ("invariant", Outcome.SAFETY_FAILURE, ("BelowTwoInv",), 5),
        ("invariant_initial", Outcome.SAFETY_FAILURE, ("PositiveInv",), 1),
        ("action_property", Outcome.LIVENESS_FAILURE, ("NeverTwoProp",), 5),
        ("nameless_property", Outcome.LIVENESS_FAILURE, (), 5),
        ("stuttering", Outcome.LIVENESS_FAILURE, (), 6),
        ("lasso", Outcome.LIVENESS_FAILURE, (), 5),
        ("assumption", Outcome.ASSUMPTION_FAILURE, (), 0),
        ("assertion", Outcome.ASSERTION_FAILURE, ("AssertInv",), 5),
        ("evaluation", Outcome.EVALUATION_ERROR, ("BadEvalInv",), 5),
        ("evaluation_next", Outcome.EVALUATION_ERROR, (), 3),
        ("print", Outcome.SAFETY_FAILURE, ("ChattyInv",), 3),
        ("simulation_failure", Outcome.SAFETY_FAILURE, ("BelowTwoInv",), 5),
        ("config_constant", Outcome.CONFIG_ERROR, (), 0),
        ("config_syntax", Outcome.CONFIG_ERROR, (), 0),
        ("broken", Outcome.PARSE_ERROR, (), 0),
        ("invariant-1.7", Outcome.SAFETY_FAILURE, ("BelowTwoInv",), 2),
        ("temporal-1.8", Outcome.LIVENESS_FAILURE, ("StaysUp", "ReachesFour", "EndsFree"), 2),
    ],
)
def test_a_failed_run(name: str, outcome: Outcome, properties: tuple[str, ...], states: int) -> None:
    (failure,) = read(name).failures

    assert failure.outcome is outcome
    assert failure.properties == properties
    assert len(failure.counterexample.states if failure.counterexample else ()) == states


@pytest.mark.parametrize("name", ["success", "simulation", "depth_first"])
def test_a_clean_run_has_no_failures(name: str) -> None:
    findings = read(name)

    assert findings.finished
    assert findings.failures == findings.errors == findings.parse_errors == findings.output == ()


def test_every_error_of_the_samples_has_a_meaning_of_its_own() -> None:
    for file in OUTPUTS.glob("*.out"):
        for failure in read(file.stem).failures:
            assert failure.outcome is not Outcome.TOOL_ERROR, file.name


def test_counts_of_a_complete_run() -> None:
    findings = read("success")

    assert findings.tlc_version == "2.18 of 20 March 2023"
    assert (findings.states_generated, findings.distinct_states, findings.states_left) == (21, 21, 0)
    assert findings.depth == 6
    assert [module.name for module in findings.modules][-1] == "Counter"
    assert findings.modules[-1].file == SPEC


def test_coverage() -> None:
    coverage = {action.name: action for action in read("success").coverage}

    assert list(coverage) == ["Init", "Take", "Inc"]
    assert coverage["Take"].location == Location(module="Counter", line=14, column=1, end_line=14, end_column=7)
    assert (coverage["Inc"].kind, coverage["Inc"].distinct, coverage["Inc"].generated) == ("next", 6, 6)


def test_a_state_and_the_action_that_led_to_it() -> None:
    trace = read("invariant").failures[0].counterexample

    assert trace is not None
    first, *_, last = trace
    assert (first.number, first.action, first.location) == (1, None, None)
    assert (last.number, last.action) == (5, "Inc")
    assert last.location == Location(module="Counter", line=18, column=11, end_line=22, end_column=115)
    assert list(last.values) == ["owner", "history", "n"]
    assert last.values["history"].count("\n") == 1
    history = last.parsed()["history"]
    assert isinstance(history, tuple)
    assert len(history) == 2
    assert isinstance(history[1], TlcFunction)
    assert history[1]["at"] == 1


def test_the_state_of_an_invariant_violated_at_once() -> None:
    trace = read("invariant_initial").failures[0].counterexample

    assert trace is not None
    assert trace.states[0].parsed()["n"] == 0


def test_a_lasso_goes_back_and_stuttering_stays() -> None:
    lasso = read("lasso").failures[0].counterexample
    stuttering = read("stuttering").failures[0].counterexample

    assert lasso is not None
    assert (lasso.back_to_state, lasso.back_action, lasso.stuttering) == (1, "Reset", False)
    assert stuttering is not None
    assert (stuttering.back_to_state, stuttering.back_action, stuttering.stuttering) == (None, None, True)


def test_a_property_without_a_name_has_a_place() -> None:
    location = read("nameless_property").failures[0].location

    assert location is not None
    assert str(location) == "Counter:39:28"


def test_an_assumption_has_a_place() -> None:
    location = read("assumption").failures[0].location

    assert location is not None
    assert str(location) == "Counter:10:26"


def test_an_evaluation_error_comes_without_javas_words_and_with_its_places() -> None:
    findings = read("evaluation_next")

    assert findings.failures[0].text.startswith("Attempted to apply tuple\n")
    (nested,) = (error for error in findings.errors if error.code == Code.TLC_NESTED_EXPRESSION)
    assert str(nested.locations[0]) == "Counter:28:15"


def test_what_the_spec_prints_is_kept_apart_from_what_sany_prints() -> None:
    assert read("print").output[:2] == ('<<"n is", 0>>', '<<"n is", 0>>')


def test_parse_errors_have_places() -> None:
    errors = read("broken").parse_errors

    assert [(error.file.name, error.line, error.column) for error in errors] == [
        ("Broken.tla", 4, 13),
        ("Broken.tla", 5, 14),
    ]
    assert "undefined" in errors[0].message


def test_errors_of_the_configuration_name_the_file_and_the_line() -> None:
    (syntax,) = read("config_syntax").parse_errors
    (constant,) = read("config_constant").parse_errors

    assert (syntax.file, syntax.line) == (Path("/specs/the.cfg"), 3)
    assert "expecting }" in syntax.message
    assert (constant.file, constant.line) == (Path("/specs/the.cfg"), None)
    assert "The constant parameter" in constant.message


def test_simulation_counts_only_generated_states() -> None:
    findings = read("simulation")

    assert findings.states_generated is not None
    assert findings.distinct_states is findings.depth is None


def test_progress_is_told_as_it_happens() -> None:
    news: list[Progress] = []

    read("success", news)

    assert news[0] == Progress(states_generated=1, distinct_states=1, depth=1)
    assert news[-1] == Progress(states_generated=21, distinct_states=21, states_left=0, depth=6)


def test_progress_of_a_depth_first_search_counts_levels() -> None:
    news: list[Progress] = []

    read("depth_first", news)

    assert [progress.depth for progress in news][:3] == [1, 2, 3]


def test_release_1_7() -> None:
    findings = read("invariant-1.7")

    assert findings.tlc_version == "2.16 of 31 December 2020 (rev: cdddf55)"
    assert (findings.states_generated, findings.distinct_states) == (1234567, 234567)
    trace = findings.failures[0].counterexample
    assert trace is not None
    assert trace.states[1].action is None
    assert trace.states[1].location is not None
    assert trace.states[1].values == {"n": "2"}


def test_release_1_8() -> None:
    findings = read("temporal-1.8")

    trace = findings.failures[0].counterexample
    assert trace is not None
    assert (trace.states[1].action, trace.states[1].arguments) == ("Take", "p1")
    assert [(action.name, action.kind, action.distinct, action.generated) for action in findings.coverage] == [
        ("Init", "init", 2, 2),
        ("Take", "next", 14, 1400),
        ("Bounded", "constraint", 3, 4),
    ]
    assert [warning.code for warning in findings.warnings] == [Code.TLC_FEATURE_LIVENESS_CONSTRAINTS]


def test_several_violations_each_with_its_behavior() -> None:
    parser = OutputParser(spec=SPEC)
    for number, name in enumerate(("A", "B"), 1):
        parser.feed("@!@!@STARTMSG 2110:1 @!@!@")
        parser.feed(f"Invariant {name} is violated.")
        parser.feed("@!@!@ENDMSG 2110 @!@!@")
        for state in range(1, number + 1):
            parser.feed("@!@!@STARTMSG 2217:4 @!@!@")
            parser.feed(f"{state}: <Step>")
            parser.feed(f"x = {state}")
            parser.feed("@!@!@ENDMSG 2217 @!@!@")

    first, second = parser.finish().failures

    assert (first.properties, second.properties) == (("A",), ("B",))
    assert first.counterexample is not None
    assert second.counterexample is not None
    assert (len(first.counterexample), len(second.counterexample)) == (1, 2)


def test_an_unknown_error_is_an_error_of_the_tool() -> None:
    parser = OutputParser(spec=SPEC)
    for line in ("@!@!@STARTMSG 999999:1 @!@!@", "Something new.", "@!@!@ENDMSG 999999 @!@!@"):
        parser.feed(line)

    (failure,) = parser.finish().failures

    assert failure.outcome is Outcome.TOOL_ERROR
    assert failure.text == "Something new."


def test_what_is_printed_is_bounded_and_the_rest_counted() -> None:
    parser = OutputParser(spec=SPEC)
    for number in range(OUTPUT_LINES_MAX + 3):
        parser.feed(str(number))

    findings = parser.finish()

    assert (len(findings.output), findings.output_dropped) == (OUTPUT_LINES_MAX, 3)


def test_the_names_of_the_codes_are_the_codes() -> None:
    assert all(isinstance(outcome, Outcome) for outcome in OUTCOME_BY_CODE.values())
    assert OUTCOME_BY_CODE[2110] is Outcome.SAFETY_FAILURE
    assert OUTCOME_BY_CODE[2245] is Outcome.CONFIG_ERROR
    assert 2246 in OUTCOME_BY_CODE
    assert OUTCOME_BY_CODE[2246] is Outcome.EVALUATION_ERROR


def test_a_value_that_contains_equals_signs_is_not_a_binding() -> None:
    assert parse_state('/\\ a = "x = 1"\n/\\ b = <<1,\n  2>>\n') == {"a": '"x = 1"', "b": "<<1,\n  2>>"}
    assert parse_state("x = 1\n") == {"x": "1"}
