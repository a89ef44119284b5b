"""Both evaluators explore small specifications completely; TLC must count the same states, generated and distinct.

Each specification in `specs/` that has a configuration of its name is one case. The search here is as simple as can
be, so that a difference is one of semantics. Where TLC is not at hand, the evaluators are still compared with one
another.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tlacheck import Outcome, Toolchain, run_tlc
from tlatrace.compile import CompiledSpec, Interpreter
from tlatrace.compile.api import Evaluator, State
from tlatrace.semantics import Spec, load_spec

SPECS = Path(__file__).parent / "specs"
LIBRARY = (Path(__file__).parents[2] / "spec",)
NAMES = sorted(path.stem for path in SPECS.glob("*.cfg"))

EVALUATORS: dict[str, Callable[[Spec], Evaluator]] = {"interpreter": Interpreter, "compiler": CompiledSpec}


def explore(evaluator: Evaluator) -> tuple[int, int]:
    """Distinct and generated states, counted as TLC does: a state outside a constraint is generated, and no more."""
    spec = evaluator.spec
    constraints = [evaluator.expression(formula.body, formula.scope) for formula in spec.constraints]
    action_constraints = [evaluator.expression(formula.body, formula.scope) for formula in spec.action_constraints]
    invariants = [(formula.name, evaluator.expression(formula.body, formula.scope)) for formula in spec.invariants]
    found: dict[State, None] = {}
    generated = 0
    for state in evaluator.initial_states():
        generated += 1
        if all(holds(state, None) for holds in constraints):
            found[state] = None
    pending = list(found)
    for state in pending:
        for name, holds in invariants:
            assert holds(state, None) is True, f"{name} is violated"
        for action in evaluator.actions:
            for successor, _ in action.successors(state):
                generated += 1
                if (
                    successor not in found
                    and all(holds(successor, None) for holds in constraints)
                    and all(holds(state, successor) for holds in action_constraints)
                ):
                    found[successor] = None
                    pending.append(successor)
    return len(found), generated


def load(name: str) -> Spec:
    return load_spec(SPECS / f"{name}.tla", SPECS / f"{name}.cfg", library=LIBRARY)


def test_there_are_specifications_to_compare() -> None:
    assert len(NAMES) >= 13


@pytest.mark.tlc
@pytest.mark.parametrize("name", NAMES)
def test_tlc_counts_the_same_states(name: str, toolchain: Toolchain) -> None:
    judged = run_tlc(SPECS / f"{name}.tla", toolchain=toolchain, library=LIBRARY, time_limit_s=120)
    assert judged.outcome is Outcome.SUCCESS, judged.errors
    counted = {kind: explore(make(load(name))) for kind, make in EVALUATORS.items()}
    assert counted == dict.fromkeys(EVALUATORS, (judged.distinct_states, judged.states_generated))


@pytest.mark.parametrize("name", NAMES)
def test_the_evaluators_generate_the_same_states(name: str) -> None:
    """Successors in the same order; initial states only as often, since the compiler makes them in TLC's order of
    names.
    """
    spec = load(name)
    interpreter, compiled = Interpreter(spec), CompiledSpec(spec)
    state = next(interpreter.initial_states())
    assert Counter(compiled.initial_states()) == Counter(interpreter.initial_states())
    for _ in range(4):
        following = [list(action.successors(state)) for action in interpreter.actions]
        assert [list(action.successors(state)) for action in compiled.actions] == following
        state = next((found[-1][0] for found in following if found and found[-1][0] != state), state)


def test_a_changed_guard_is_noticed(tmp_path: Path) -> None:
    text = (SPECS / "TwoPhase.tla").read_text()
    (tmp_path / "TwoPhase.tla").write_text(text.replace("/\\ tmPrepared = RM\n", ""))
    spec = load_spec(tmp_path / "TwoPhase.tla", SPECS / "TwoPhase.cfg")
    with pytest.raises(AssertionError, match="Consistent is violated"):
        explore(Interpreter(spec))
