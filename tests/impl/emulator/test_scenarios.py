"""Scenario files: what they can say, when it happens, and what they say when something is wrong with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from vraft.emulator import EmulatorError, Result, Runner, ScenarioError, builtin_names, load_scenario, read_scenario
from vraft.emulator.conditions import CONDITIONS
from vraft.emulator.directives import DIRECTIVES

REQUIRED = {
    "chaos3",
    "chaos5",
    "demo",
    "disable_recv",
    "elect",
    "elect2",
    "net_error",
    "propose",
    "propose2",
    "restart",
}


def play(text: str, *, seed: int | None = None) -> Result:
    return Runner(read_scenario(text, "s.yaml", seed=seed)).run()


# The built-in ones ----------------------------------------------------------------------------------------------------


def test_the_built_in_scenarios_are_there_and_say_what_they_are_about() -> None:
    assert set(builtin_names()) >= REQUIRED
    for name in builtin_names():
        scenario = load_scenario(name)
        assert scenario.name == name
        assert scenario.about.endswith(".")


@pytest.mark.parametrize("name", [name for name in sorted(REQUIRED) if not name.startswith(("chaos", "demo"))])
@pytest.mark.parametrize("nodes", [3, 5])
def test_a_scenario_is_met_with_any_seed_and_size(name: str, nodes: int) -> None:
    for seed in range(3):
        result = Runner(load_scenario(name, seed=seed, nodes=nodes)).run()
        assert result.ok, f"seed {seed}: {result.failures}"
        assert result.summary.nodes == nodes


@pytest.mark.parametrize("name", ["chaos3", "chaos5", "demo"])
def test_the_large_ones_do_what_they_are_for(name: str) -> None:
    result = Runner(load_scenario(name)).run()
    assert result.ok, result.failures
    assert result.summary.events > 2500
    assert result.summary.crashes >= 3
    assert result.summary.lost > 100
    assert result.summary.steps_lost > 0 or name == "demo"


# What they can say ----------------------------------------------------------------------------------------------------


def test_all_that_a_scenario_can_say() -> None:
    scenario = read_scenario(
        """
name: all
about: Everything.
nodes: [a, b, c]
seed: 18446744073709551615
until: 1.5min
max_entries: 3
network:
  delay_ms: [0.5, 2]
  loss: 0.25
  links: [{from: a, to: b, delay_ms: [100, 100]}]
disk: {sync_ms: [1, 2]}
timing: {tick_ms: 5, election_ticks: [30, 60], heartbeat_ticks: 7, rates: {b: 101/100, c: 2}}
expect: [one_leader, {committed: 3, values: {at_most: 2}}]
""",
        "all.yaml",
    )
    assert scenario.nodes == ("a", "b", "c")
    assert scenario.until_us == 90_000_000
    assert scenario.network.default.delay_us == (500, 2000)
    assert scenario.network.links["a", "b"].delay_us == (100_000, 100_000)
    assert scenario.network.links["a", "b"].loss == scenario.network.default.loss == 250_000
    assert scenario.timing.tick_us == 5000
    assert scenario.timing.rates == {"b": Fraction(101, 100), "c": 2}
    assert [str(condition) for condition in scenario.expect] == ["one_leader", "committed: 3", "values: at most 2"]


def test_times() -> None:
    """at is absolute; after waits for the event before; when waits for a condition; both: first the one."""
    result = play(
        """
until: 3s
events:
  - {at: 0s, expect: {events: 0, leader: none}}
  - {when: one_leader, propose: a}
  - {when: {values: 1}, after: 100ms, propose: b}
  - {after: 100ms, expect: {values: {at_least: 2}}}
  - {at: 2s, expect: {values: 2}}
  - {at: 1900ms, expect: {committed: 3}}
"""
    )
    assert result.ok, result.failures
    # What waits begins to wait when the event before it has happened; this one never gets its turn.
    assert not play("until: 1s\nevents: [{at: 2s, mark: }, {when: {term: 0}, mark: }]").ok


def test_what_never_happens_is_a_failure() -> None:
    result = play("until: 1s\nevents:\n  - {when: {term: {at_least: 99}}, mark: }\n  - {after: 1s, heal: }\n")
    assert result.failures == (
        "s.yaml:3: mark never happened: it waits for term: at least 99, found: term is 1, and the run ends at 1 s",
        "s.yaml:4: heal never happened: it comes after mark in line 3, which never happened",
    )


@pytest.mark.parametrize("time", ["at: 5s", "after: 5s"])
def test_what_is_due_after_the_end_says_when(time: str) -> None:
    result = play(f"until: 1s\nevents:\n  - {{{time}, mark: }}\n")
    assert result.failures == ("s.yaml:3: mark never happened: it is due at 5 s, and the run ends at 1 s",)
    assert play(f"until: 5s\nevents:\n  - {{{time}, mark: }}\n").ok


def test_a_clients_value_is_one_whatever_it_says() -> None:
    """Also where it is what a leader writes to open its term: that entry is the first of its term, no other is."""
    result = play(
        """
until: 4s
events:
  - {when: one_leader, propose: ["noop:hello", "noop:1", "noop:1"]}
  - {after: 1s, expect: {values: 3, commands: 3, committed: 4}}
  - {after: 0s, timeout: follower}
  - {after: 1s, propose: "noop:2"}
expect: [states_agree, {values: 4, commands: 4, committed: 6, elections: 2}]
"""
    )
    assert result.ok, result.failures


def test_a_character_in_two_escapes_is_one() -> None:
    scenario = read_scenario('name: "\\ud83d\\ude00"\nuntil: 1s', "s.yaml")
    assert scenario.name == "😀"


def test_restart_of_all_starts_those_that_are_down() -> None:
    result = play("until: 2s\nevents: [{at: 1s, crash: [n1, n2]}, {after: 0s, restart: all}]\nexpect: {restarts: 2}")
    assert result.ok, result.failures


@pytest.mark.parametrize(
    ("event", "failure"),
    [
        ("{at: 0s, stop_leader: }", "there is no leader"),
        ("{at: 0s, restart: stopped}", "no server is stopped"),
        ("{at: 0s, deliver: 5}", "there is no message 5 on its way"),
        ("{at: 1s, expect: {elections: 7}}", "expected elections: 7; found: elections is 1"),
        ("{at: 1s, expect: {leader: none}}", "expected leader: none; found: the leader is n"),
        ("{at: 1s, expect: {role: {n1: Candidate}}}", "expected role: n1 Candidate; found: n1 is"),
        ("{at: 1s, expect: {term: same}}", "expected term: same; found: the term is 1, at the mark it was 0"),
        ("{at: 0s, crash: all}, {at: 1ms, expect: one_leader}", "expected one_leader; found: no member runs"),
        ("{at: 0s, expect: one_leader}", "expected one_leader; found: n1 is Follower of term 0 behind None"),
        ("{at: 1s, partition: [[n1], [n1]]}", "one group only"),
        ("{at: 1s, partition: [[n1, n2, n3]]}", "expected at least two groups of servers, found all in one"),
        ("{at: 1s, partition: [all]}", "expected at least two groups of servers, found all in one"),
        ("{at: 1s, timeout: n1}, {at: 1900ms, cut: {from: leader, to: n1}}", "found no link from n1 to n1"),
    ],
)
def test_what_cannot_be_done_or_is_not_so_is_a_failure(event: str, failure: str) -> None:
    result = play(f"until: 2s\nseed: 1\nevents: [{event}]")
    assert len(result.failures) == 1
    assert failure in result.failures[0]
    assert result.failures[0].startswith("s.yaml:3: ")


def test_logs_that_do_not_agree() -> None:
    result = play(
        "until: 2s\nevents: [{when: one_leader, isolate: follower}, {after: 0s, propose: x}]\nexpect: logs_agree"
    )
    assert "expected logs_agree; found: n1 has" in result.failures[0]


def test_every_directive_can_be_carried_out() -> None:
    events = {
        "propose": "{value: x, to: n2}",
        "crash": "n1",
        "restart": "[stopped, n2]",
        "isolate": "n3",
        "timeout": "n2",
        "heartbeat": "all",
        "transfer": "{from: n1, to: n2}",
        "wait": "10ms",
        "stall": "n1",
        "mend": "all",
        "read": "{from: all, count: 2}",
        "reads": "{every: 10ms, count: 3}",
        "sync": "all",
        "deliver": "1",
        "drop": "2",
        "duplicate": "3",
        "stop_leader": "",
        "cut": "{from: all, to: [n1, follower]}",
        "partition": "[[n1, n2], [n3]]",
        "heal": "",
        "mark": "",
        "expect": "{crashes: {at_least: 0}}",
        "load": "{every: 10ms, count: 3}",
        "random_faults": "{every: 10ms, for: 100ms, kinds: [cut, isolate]}",
        "change": "{voters: [n1, n2], learners: [n3]}",
        "compact": "{server: all, keep: 1}",
    }
    assert set(events) == set(DIRECTIVES)
    for name, argument in events.items():
        scenario = read_scenario(f"until: 1s\nvoters: 3\nevents: [{{at: 10ms, {name}: {argument}}}]", "s.yaml")
        assert Runner(scenario).run().summary.time_us == 1_000_000
    assert set(CONDITIONS) >= {"leader", "one_leader", "logs_agree", "committed", "values", "term", "role"}


def test_a_load_finds_the_leader_and_comes_to_its_end() -> None:
    result = play("until: 10s\nevents: [{at: 0s, load: {every: 20ms, count: 50}}, {at: 1s, crash: leader}]")
    assert result.ok, result.failures
    assert result.summary.accepted == 50
    assert result.summary.refused > 0


# What is wrong with them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "s.yaml:1:1: the file is empty"),
        ("[1]", "s.yaml:1:1: expected a mapping, found a list"),
        ("until: 1s\nnodes: [n1\nevents: []", "s.yaml:3:7: not YAML: "),
        ("until: \t1s\n\t- x", "not YAML"),
        ("nodes: 3", "s.yaml:1:1: key 'until' is missing"),
        ("until: 1s\nevnts: []", "s.yaml:2:1: unknown key 'evnts'; did you mean 'events'?"),
        ("until: 1s\nuntil: 2s", "s.yaml:2:1: 'until' is there twice"),
        ("until: 1", "s.yaml:1:8: expected a duration such as 250ms, 1.5s or 2min, found '1'"),
        ("until: 0.1us", "s.yaml:1:8: '0.1us' is not a whole number of microseconds"),
        ("until: 1s\nnodes: 0", "s.yaml:2:8: expected an integer from 1 to 64, found '0'"),
        ("until: 1s\nnodes: [n1, n1]", "s.yaml:2:13: server 'n1' is there twice"),
        ("until: 1s\nnodes: [leader]", "s.yaml:2:9: expected a name of letters and digits that is no reference"),
        ("until: 1s\nnodes: []", "s.yaml:2:8: expected 1 to 64 servers, found 0"),
        ("until: 1s\nseed: -1", "s.yaml:2:7: expected an integer from 0 to 18446744073709551615, found '-1'"),
        ("until: 1s\nmanual: maybe", "s.yaml:2:9: unknown truth value 'maybe'; expected one of false, true"),
        ("until: 1s\nnetwork: {loss: 2}", "s.yaml:2:17: expected a probability from 0 to 1, found '2'"),
        ("until: 1s\nnetwork: {delay_ms: [5, 1]}", "s.yaml:2:21: the least, 5, is more than the most, 1"),
        ("until: 1s\nnetwork: {delay_ms: 5}", "s.yaml:2:21: expected a list, found '5'"),
        ("until: 1s\nnetwork: {delay_ms: [5]}", "expected a list of two, the least and the most, found 1 items"),
        ("until: 1s\nnetwork: {delay_ms: [a, b]}", "s.yaml:2:22: expected a number of milliseconds, found 'a'"),
        ("until: 1s\nnetwork: {links: [{from: n1}]}", "s.yaml:2:19: key 'to' is missing"),
        ("until: 1s\ntiming: {tick_ms: 0}", "s.yaml:2:19: a tick takes some time"),
        ("until: 1s\ntiming: {election_ticks: [9, 2]}", "the least, 9, is more than the most, 2"),
        ("until: 1s\ntiming: {rates: {n1: 0/1}}", "expected a positive ratio such as 101/100, found '0/1'"),
        ("until: 1s\ntiming: {rates: {n7: 1}}", "s.yaml:2:18: unknown server 'n7'; expected one of n1, n2, n3"),
        ("until: 1s\nevents: {}", "s.yaml:2:9: expected a list, found a mapping"),
        ("until: 1s\nevents: [{at: 1s}]", "an event has exactly one directive"),
        ("until: 1s\nevents: [{at: 1s, heal: , mark: }]", "exactly one directive (propose, "),
        ("until: 1s\nevents: [{heal: }]", "s.yaml:2:10: an event says when it happens: at, when or after"),
        ("until: 1s\nevents: [{at: 1s, after: 1s, heal: }]", "s.yaml:2:15: 'at' is a time of its own"),
        ("manual: true\nevents: [{at: 1s, heal: }]", "s.yaml:2:15: in a manual scenario"),
        ("until: 1s\nevents: [{at: 1s, crsh: n1}]", "s.yaml:2:19: unknown event key 'crsh'; did you mean 'crash'?"),
        (
            "until: 1s\nevents: [{at: 1s, crash: n4}]",
            "s.yaml:2:26: unknown server 'n4'; expected one of all, follower, ",
        ),
        ("until: 1s\nevents: [{at: 1s, crash: }]", "s.yaml:2:25: unknown server ''; expected one of "),
        ("until: 1s\nevents: [{at: 1s, heal: n1}]", "s.yaml:2:25: expected nothing here, found 'n1'"),
        ("until: 1s\nevents: [{at: 1s, cut: {from: n1}}]", "s.yaml:2:24: key 'to' is missing"),
        ("until: 1s\nevents: [{at: 1s, load: {every: 0ms, count: 1}}]", "more than nothing and at most an hour"),
        ("until: 1s\nevents: [{at: 1s, random_faults: {every: 1s, for: 1s, kinds: [fire]}}]", "unknown kind of fault"),
        ("until: 1s\nexpect: one_leder", "s.yaml:2:9: unknown condition 'one_leder'; did you mean 'one_leader'?"),
        ("until: 1s\nexpect: committed", "s.yaml:2:9: the condition 'committed' needs a value"),
        ("until: 1s\nexpect: {one_leader: false}", "s.yaml:2:22: one_leader can only be demanded"),
        ("until: 1s\nexpect: {leader: n9}", "s.yaml:2:18: unknown leader 'n9'"),
        ("until: 1s\nexpect: {term: sam}", "s.yaml:2:16: unknown comparison of terms 'sam'; did you mean 'same'?"),
        ("until: 1s\nexpect: {role: {n1: Boss}}", "unknown role 'Boss'; expected one of Candidate, Follower, Leader"),
        ("until: 1s\nexpect: {values: {}}", "s.yaml:2:18: expected at_least, at_most or both"),
        ("until: 1s\nexpect: {values: {at_least: 2, at_most: 1}}", "at_least 2 is more than at_most 1"),
        ("until: 1s\nexpect: []", "s.yaml:2:9: expected at least one condition, found an empty list"),
        ("until: 1s\nexpect: {}", "s.yaml:2:9: expected a condition, found none; they are one_leader, "),
        ("until: 1s\nexpect: {with: {pre_vote: true}}", "s.yaml:2:9: expected a condition, found none"),
        ("until: 1s\nexpect: {role: {}}", "s.yaml:2:16: expected a role for at least one server"),
        ("until: 1s\nevents: [{when: [], heal: }]", "s.yaml:2:17: expected at least one condition"),
        ("until: 1s\nevents: [{at: 1s, partition: []}]", "s.yaml:2:30: expected at least one group of servers"),
        ("until: 1s\nevents: [{at: 1s, partition: [[]]}]", "s.yaml:2:31: expected at least one server"),
        ("until: 1s\nevents: [{at: 1s, cut: {from: n1, to: n1}}]", "s.yaml:2:24: expected two servers, found n1 only"),
        ("until: 1s\nevents: [{at: 1s, cut: {from: [], to: n1}}]", "s.yaml:2:31: expected at least one server"),
        ("until: 1s\nevents: [{at: 1s, crash: []}]", "s.yaml:2:26: expected at least one server"),
        ("until: 1s\nevents: [{at: 1s, propose: []}]", "s.yaml:2:28: expected at least one value"),
        ("until: 1s\nevents: [{at: 1s, propose: }]", "s.yaml:2:27: expected a value, found nothing; an empty one is"),
        ("until: 1s\nevents: [{at: 1s, propose: {value: }}]", "s.yaml:2:35: expected a value, found nothing"),
        ("until: 1s\nevents: [{at: 1s, random_faults: {every: 1s, for: 1s, kinds: []}}]", "expected at least one kind"),
        ("until: 1s\nnetwork: {links: [{from: n1, to: n1}]}", "s.yaml:2:19: expected two servers, found n1 twice"),
        (
            "until: 1s\nnetwork: {links: [{from: n1, to: n2}, {from: n1, to: n2}]}",
            "s.yaml:2:39: the link from n1 to n2 is there twice",
        ),
        (
            'until: 1s\nevents:\n  - {at: 1s, propose: ["a", "\\ud800"]}',
            "s.yaml:3:29: expected text, found half of a surrogate pair in '\\ud800'",
        ),
        ('until: 1s\n"\\udc00": 1', "s.yaml:2:1: expected text, found half of a surrogate pair"),
        (
            "until: 1s\nseed: 1" + "0" * 5000,
            "s.yaml:2:7: expected an integer from 0 to 18446744073709551615, found '1000",
        ),
        ("until: 1" + "0" * 5000 + "s", "s.yaml:1:8: expected a duration such as 250ms, 1.5s or 2min, found '1000"),
        ("until: 1s\nnetwork: {loss: 0." + "0" * 5000 + "}", "s.yaml:2:17: expected a probability from 0 to 1, found"),
        ("until: 1s\ntiming: {drift: 1/" + "9" * 5000 + "}", "s.yaml:2:17: expected a positive ratio such as 101/100"),
        ("until: 1s\ntiming: {tick_ms: " + "9" * 5000 + "}", "s.yaml:2:19: expected a number of milliseconds, found"),
        ("manual: true\nuntil: 1s", "s.yaml:2:8: a manual scenario ends with its last event, and 'until' says nothing"),
        (
            "manual: true\nevents: [{load: {every: 1s, count: 1}}]",
            "s.yaml:2:10: in a manual scenario nothing happens by itself, so that load would do nothing",
        ),
        (
            "manual: true\nfeatures: {interval_check: true, lease_reads: true}\ndisk: {manual: true}",
            "s.yaml:3:7: lease_reads does not go with a disk that waits for 'sync'",
        ),
        ("until: 1s\ndisk: {manual: true, sync_ms: [1, 2]}", "s.yaml:2:31: with manual: true the disks take as long"),
        (
            "until: 1s\ntiming: {rates: {n1: 10001}}",
            "s.yaml:2:22: expected a rate of at most 10,000, which is a tick a microsecond, found 10001",
        ),
        ("until: 1s\nname: {}", "s.yaml:2:7: expected a word, found a mapping"),
        ("[" * 1000, "nested too deeply"),
        ("# " + "x" * 1_000_000, "more than 1000000 characters"),
    ],
)
def test_errors_say_where_and_what(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "s.yaml")
    assert complaint in str(caught.value)
    assert str(caught.value).startswith(f"s.yaml:{caught.value.line}:{caught.value.column}: ")


def test_fewer_servers_than_a_scenario_names() -> None:
    with pytest.raises(ScenarioError, match=r"demo\.yaml:23:44: unknown server 'n4'"):
        load_scenario("demo", nodes=3)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("until: 1s\n", encoding="utf-8")
    assert load_scenario(str(path)).name == "mine"
    with pytest.raises(EmulatorError, match="expected a scenario's file or name, found ''; the names are chaos3, "):
        load_scenario("")
    odd = tmp_path / "caf\udce9.yaml"  # How Python reads a name that is not UTF-8.
    odd.write_text("until: 1s\n", encoding="utf-8")
    assert load_scenario(str(odd)).name == "caf\\udce9"
    for replaced in ({"nodes": 65}, {"nodes": 0}, {"seed": -1}, {"seed": 2**64}):
        with pytest.raises(EmulatorError, match="expected an integer from"):
            load_scenario(str(path), **replaced)  # type: ignore[arg-type]
    path.write_bytes(b"until: \xff")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(str(path))
    with pytest.raises(ScenarioError, match="no such file or built-in scenario; did you mean 'elect'"):
        load_scenario("elekt")
    with pytest.raises(FileNotFoundError):
        load_scenario(str(tmp_path / "nowhere.yaml"))


# Members and snapshots ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("directive", ["change: {voters: [n1]}", "compact: n1"])
def test_a_cluster_of_basic_raft_changes_no_members_and_cuts_no_logs(directive: str) -> None:
    result = play(f"until: 1s\nevents: [{{at: 900ms, {directive}}}]")
    assert "a cluster of basic Raft" in result.failures[0]


@pytest.mark.parametrize(("cut", "begins"), [("n1", 6), ("{server: n1, keep: 2}", 4), ("{server: n1, keep: 9}", 1)])
def test_a_log_is_cut_but_for_what_is_to_be_kept(cut: str, begins: int) -> None:
    text = "until: 2s\nvoters: 3\nevents: [{when: one_leader, propose: [a, b, c, d]}, {after: 500ms, compact: %s}]"
    runner = Runner(read_scenario(text % cut, "s.yaml"))
    assert runner.run().ok
    assert runner.cluster.node("n1").storage.first_index == begins


def test_a_configuration_that_is_not_the_one_expected() -> None:
    result = play("until: 2s\nvoters: 3\nexpect: {config: {voters: [n1, n2], learners: [n3]}}")
    assert result.failures == (
        "at the end: expected config: voters n1, n2, learners n3; found: committed is voters n1+n2+n3; "
        "n1 has voters n1+n2+n3, n2 has voters n1+n2+n3, n3 has voters n1+n2+n3",
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("until: 1s\nvoters: 4", "s.yaml:2:9: expected an integer from 1 to 3, found '4'"),
        ("until: 1s\nvoters: []", "s.yaml:2:9: expected some servers, each once, found none"),
        ("until: 1s\nvoters: [n1, n1]", "s.yaml:2:9: expected some servers, each once, found n1, n1"),
        ("until: 1s\nvoters: [n9]", "s.yaml:2:10: unknown server 'n9'"),
        ("until: 1s\nevents: [{at: 0s, change: {learners: [n1]}}]", "s.yaml:2:27: key 'voters' is missing"),
    ],
)
def test_what_is_wrong_with_members(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(text, "s.yaml")
    assert complaint in str(raised.value)
