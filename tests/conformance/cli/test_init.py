"""``conformance init``: a first mapping that can be read, and what it leaves to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.cli.status import Status
from tlaconform.drafting.likeness import ALIAS, LIKELY, SURE, best, likeness
from tlaconform.drafting.writing import quoted
from tlaconform.mapping import read_mapping
from tlatrace.engine.verdict import Decision

ROOT = Path(__file__).resolve().parents[3]

LOCKS = """
---- MODULE Locks ----
EXTENDS Integers, FiniteSets
CONSTANTS Thread, NoOne, Limit
VARIABLES holder, waiting, turns
Init == holder = NoOne /\\ waiting = {} /\\ turns = [t \\in Thread |-> 0]
Acquire(t) ==
  /\\ holder = NoOne
  /\\ holder' = t
  /\\ waiting' = waiting \\ {t}
  /\\ turns[t] < Limit
  /\\ turns' = [turns EXCEPT ![t] = @ + 1]
Wait(t) == holder # NoOne /\\ waiting' = waiting \\cup {t} /\\ UNCHANGED <<holder, turns>>
Release(t) == holder = t /\\ holder' = NoOne /\\ UNCHANGED <<waiting, turns>>
Next == \\E t \\in Thread : Acquire(t) \\/ Wait(t) \\/ Release(t)
====
"""

STEPS: list[dict[str, Any]] = [
    {"thread": "a", "name": "acquire", "holder": "a", "turns": 1, "ms": 3},
    {"thread": "b", "name": "wait", "holder": "a", "waiting": ["b"], "ms": 4},
    {"thread": "a", "name": "release", "holder": None, "ms": 7},
    {"thread": "b", "name": "acquire", "holder": "b", "turns": 1, "waiting": [], "ms": 9},
]


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    (tmp_path / "Locks.tla").write_text(LOCKS)
    return tmp_path


def write(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "t.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def drafted(command: Any, folder: Path, lines: list[dict[str, Any]], *more: object) -> str:
    status, out, err = command("init", folder / "Locks.tla", "--trace", write(folder, lines), *more)
    assert (status, err) == (Status.CONFORMS, "")
    (folder / "draft.yaml").write_text(out)
    read_mapping(folder / "draft.yaml")
    return str(out)


def judged(folder: Path, mapping: str) -> Decision:
    (folder / "draft.yaml").write_text(mapping)
    options = CheckOptions(spec=folder / "Locks.tla", mapping=folder / "draft.yaml")
    return check_trace(folder / "t.ndjson", Workbench(options)).decision


def test_the_draft_of_the_queue_is_a_mapping(command: Any, tmp_path: Path) -> None:
    example = ROOT / "examples" / "queue"
    status, out, _ = command("init", example / "Queue.tla", "--trace", example / "trace.ndjson")
    assert status is Status.CONFORMS
    (tmp_path / "q.yaml").write_text(out)
    workbench = Workbench(CheckOptions(spec=example / "Queue.tla", mapping=tmp_path / "q.yaml"))
    assert check_trace(example / "trace.ndjson", workbench).decision is Decision.ACCEPTED
    assert check_trace(example / "broken.ndjson", workbench).decision is Decision.REJECTED
    assert "Len(queue): event.size    # ? is it the length of queue?" in out
    assert "#   - action: Lose" in out


def test_the_draft_for_raft_is_one_too(command: Any, tmp_path: Path) -> None:
    from vraft.cli import main

    trace = tmp_path / "raft.ndjson"
    with pytest.raises(SystemExit):
        raise SystemExit(main(["emulate", "elect", "--trace", str(trace)]))
    command("init", ROOT / "spec" / "Raft.tla", "--trace", trace, "--output", tmp_path / "raft.yaml")
    workbench = Workbench(CheckOptions(spec=ROOT / "spec" / "Raft.tla", mapping=tmp_path / "raft.yaml"))
    assert check_trace(trace, workbench).decision is Decision.ACCEPTED
    lines = trace.read_text().splitlines()
    event = json.loads(lines[-1])
    event["vars"]["currentTerm"] += 1
    trace.write_text("\n".join([*lines[:-1], json.dumps(event)]) + "\n")
    assert check_trace(trace, workbench).decision is Decision.REJECTED


def test_what_is_guessed_and_what_is_left(command: Any, locks: Path) -> None:
    text = drafted(command, locks, STEPS)
    assert "kind: event.name" in text
    assert "  Thread: VALUES(event.thread)    # ?" in text
    assert "  Limit: '1'    # ? which number?" in text
    assert "model_values: [NoOne]" in text
    assert "turns[n]: event.turns" in text
    assert "event.waiting: {set: true}" in text
    assert "  acquire: Acquire(n)\n" in text
    assert "#   event.ms" in text


def test_a_draft_with_its_doubts_mended_checks_the_trace(command: Any, locks: Path) -> None:
    text = drafted(command, locks, STEPS)
    mended = text.replace("null: '\"null\"'", "null: NoOne")
    assert judged(locks, mended) is Decision.ACCEPTED
    write(locks, [STEPS[0], {**STEPS[1], "holder": "b"}])
    assert judged(locks, mended) is Decision.REJECTED


def test_kinds_that_are_like_no_action_are_left_to_the_person(command: Any, locks: Path) -> None:
    text = drafted(command, locks, [*STEPS, {"thread": "a", "name": "xyzzy", "holder": "b", "ms": 9}])
    assert "xyzzy: Next    # ? which action is this, or `stutter`? There are Acquire, Wait, Release" in text


def test_no_field_says_what_an_event_is(command: Any, locks: Path) -> None:
    text = drafted(command, locks, [{"holder": 1}, {"holder": 2}])
    assert "kind: '\"event\"'    # ?" in text


def test_constants_of_the_configuration_are_left_out(command: Any, locks: Path) -> None:
    (locks / "Locks.cfg").write_text("CONSTANTS\n  Limit = 2\n  NoOne = NoOne\n")
    text = drafted(command, locks, STEPS, "--config", locks / "Locks.cfg")
    assert "Limit" not in text
    assert "Thread:" in text


def test_the_event_within_a_line_and_its_format(command: Any, locks: Path) -> None:
    lines = [{"tag": "trace", "ts": number, "event": step} for number, step in enumerate(STEPS)]
    text = drafted(command, locks, lines)
    assert "reader: etcd" in text
    assert "event: line.event" in text
    assert "kind: event.name" in text


@pytest.mark.parametrize("module", ["TwoPhase", "TokenRing", "BoundedQueue", "ReplicatedLog"])
def test_the_drafts_for_other_systems_are_mappings(command: Any, tmp_path: Path, module: str) -> None:
    from bench.systems import SYSTEMS
    from bench.systems.system import Knobs, Logged

    system = next(item for item in SYSTEMS if item.module == module)
    trace = system.generate(Knobs(events=40, logged=Logged.FULL)).write(tmp_path / "t.ndjson")
    _, out, _ = command("init", system.spec, "--trace", trace)
    (tmp_path / "draft.yaml").write_text(out)
    options = CheckOptions(spec=system.spec, mapping=tmp_path / "draft.yaml")
    assert check_trace(trace, Workbench(options)).decision is Decision.ACCEPTED


def test_a_vector_clock_orders_events(command: Any, locks: Path) -> None:
    lines = [{**step, "clock": {step["thread"]: number}} for number, step in enumerate(STEPS, 1)]
    assert "order: {by: vector, process: event.thread, clock: event.clock}" in drafted(command, locks, lines)
    lines = [{**step, "clock": number} for number, step in enumerate(STEPS, 1)]
    assert "order: {by: file}    # ? or {by: lamport, clock: event.clock}" in drafted(command, locks, lines)


def test_a_file_is_not_written_over_without_force(command: Any, locks: Path) -> None:
    output = locks / "out.yaml"
    arguments = ("init", locks / "Locks.tla", "--trace", write(locks, STEPS), "--output", output)
    status, _, err = command(*arguments)
    assert status is Status.CONFORMS
    assert "lines are marked `# ?`" in err
    output.write_text("mine")
    status, _, err = command(*arguments)
    assert status is Status.WRONG_INPUT
    assert "is there already" in err
    assert output.read_text() == "mine"
    assert command(*arguments, "--force")[0] is Status.CONFORMS
    assert output.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--trace", "none.ndjson"), "the trace cannot be opened"),
        (("--trace", "t.ndjson", "--reader", "ectd"), "did you mean 'etcd'?"),
    ],
)
def test_what_is_wrong_is_told(
    command: Any, locks: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    write(locks, STEPS)
    monkeypatch.chdir(locks)
    status, _, err = command("init", "Locks.tla", *arguments)
    assert status is Status.WRONG_INPUT
    assert message in err


def test_names_that_are_alike() -> None:
    assert likeness("become_leader", "BecomeLeader") == 1.0
    assert likeness("i", "nid") == ALIAS
    assert likeness("currentTerm", "term") >= LIKELY
    assert likeness("put", "Get") < LIKELY
    assert best("commit", ["TMCommit", "TMAbort"])[0] == "TMCommit"
    assert likeness("servers", "Server") < SURE


@pytest.mark.parametrize(
    "text", ["a b", "no", "1", "a: b", "it's", "#", "x\ty", "", "n", "- a", "{a}", "a, b", "é", '"q"', "*", "~"]
)
def test_any_text_can_be_written_as_yaml(text: str) -> None:
    import yaml

    assert yaml.safe_load(f"{quoted(text)}: {quoted(text)}") == {text: text}


SHELVES = """
---- MODULE Shelves ----
EXTENDS Integers
CONSTANTS Clerk, Shelf, Nobody
VARIABLES owner, seen, old
Init == owner = [s \\in Shelf |-> Nobody] /\\ seen \\in [Clerk -> {0}] /\\ old = [y \\in 1..2 |-> Nobody]
Take(clerk, shelf) ==
  /\\ owner[shelf] = Nobody
  /\\ owner' = [owner EXCEPT ![shelf] = clerk]
  /\\ seen' = [seen EXCEPT ![clerk] = @ + 1]
  /\\ UNCHANGED old
Leave(clerk, shelf) ==
  /\\ owner[shelf] = clerk
  /\\ owner' = [owner EXCEPT ![shelf] = Nobody]
  /\\ old' = [old EXCEPT ![1] = clerk]
  /\\ UNCHANGED seen
Next == \\E clerk \\in Clerk, shelf \\in Shelf : Take(clerk, shelf) \\/ Leave(clerk, shelf)
====
"""

VISITS: list[dict[str, Any]] = [
    {"op": "take", "clerk": "ann", "shelf": "s1", "owner": "ann", "seen": 1},
    {"op": "leave", "clerk": "ann", "shelf": "s1", "owner": None, "seen": 1},
    {"op": "take", "clerk": "bob", "shelf": "s2", "owner": "bob", "seen": 1},
]


def shelves(command: Any, folder: Path, lines: list[dict[str, Any]], *more: object) -> str:
    (folder / "Locks.tla").write_text(SHELVES.replace("Shelves", "Locks"))
    constants = "CONSTANTS\n  Clerk = {ann, bob}\n  Shelf = {s1, s2}\n  Nobody = Nobody\n"
    (folder / "Locks.cfg").write_text(f"INIT Init\nNEXT Next\n{constants}")
    return drafted(command, folder, lines, *more)


def test_a_function_is_indexed_by_the_field_that_ranges_over_its_domain(command: Any, tmp_path: Path) -> None:
    text = shelves(command, tmp_path, VISITS)
    assert "  owner[event.shelf]: event.owner\n" in text
    assert "  seen[n]: event.seen\n" in text
    # Of a set that no argument ranges over, a person has to say what the index is.
    text = shelves(command, tmp_path, [{**VISITS[0], "old": "x"}, *VISITS[1:]])
    assert "  old[n]: event.old    # ? old is a function on 1 .. 2: which field is the index?\n" in text


def test_names_of_model_values_are_read_as_such(command: Any, tmp_path: Path) -> None:
    config = tmp_path / "Locks.cfg"
    text = shelves(command, tmp_path, VISITS, "--config", config)
    assert "# ?" not in text
    for name in ("clerk", "shelf", "owner"):
        assert f"  event.{name}: {{read: model}}\n" in text
    assert "  null: Nobody\n" in text
    mapping = tmp_path / "m.yaml"
    mapping.write_text(text)
    bench = Workbench(CheckOptions(spec=tmp_path / "Locks.tla", mapping=mapping, config=config))
    assert check_trace(tmp_path / "t.ndjson", bench).decision is Decision.ACCEPTED
    write(tmp_path, [VISITS[0], {**VISITS[1], "owner": "bob"}])
    assert check_trace(tmp_path / "t.ndjson", bench).decision is Decision.REJECTED
    # Where another text is among them, it is not what the configuration has.
    text = shelves(command, tmp_path, [*VISITS, {**VISITS[0], "clerk": "eve"}], "--config", config)
    assert "event.shelf: {read: model}" in text
    assert "event.clerk: {" not in text


def test_the_index_is_left_to_a_person_where_no_argument_was_found(command: Any, tmp_path: Path) -> None:
    lines = [{**line, "who": line["clerk"]} for line in VISITS]
    text = shelves(
        command, tmp_path, [{k: v for k, v in line.items() if k not in ("clerk", "shelf")} for line in lines]
    )
    assert "  seen: event.seen    # ? seen is a function on Clerk: which field is the index?\n" in text


def test_a_model_value_is_named_by_its_text(command: Any, tmp_path: Path) -> None:
    """What ARCHITECTURE.md says of a model value that is only an element of a constant."""
    config, mapping = tmp_path / "Locks.cfg", tmp_path / "m.yaml"
    text = shelves(command, tmp_path, VISITS, "--config", config)
    spec = tmp_path / "Locks.tla"
    spec.write_text(spec.read_text().replace("EXTENDS Integers", "EXTENDS Integers, TLC"))
    bench = Workbench(CheckOptions(spec=spec, mapping=mapping, config=config))
    for name, expected in (("ann", Decision.ACCEPTED), ("bob", Decision.REJECTED)):
        named = f'(CHOOSE c \\in Clerk : ToString(c) = "{name}")'
        mapping.write_text(f"{text}require:\n  - 'seen[{named}] = 1'\n")
        assert check_trace(tmp_path / "t.ndjson", bench).decision is expected
        bench = Workbench(CheckOptions(spec=spec, mapping=mapping, config=config))
