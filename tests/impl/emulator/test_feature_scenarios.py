"""The scenarios in every combination of pre-vote and interval check: what they demand depends on it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from vraft.core import Features, RaftCore
from vraft.core.progress import Flow, Progress
from vraft.emulator import Cluster, Runner, builtin_names, load_scenario, read_scenario

COMBINATIONS = [
    Features(pre_vote=pre_vote, interval_check=check) for pre_vote, check in product((False, True), repeat=2)
]

NAMES = [
    name
    for name in builtin_names()
    if load_scenario(name).voters is None and not name.startswith(("chaos", "demo", "snapshot", "pipeline"))
]


def with_features(name: str, features: Features, nodes: int) -> Features:
    """These features, and check-quorum where the scenario is about that."""
    own = load_scenario(name, nodes=nodes).features
    return Features(
        pre_vote=features.pre_vote,
        interval_check=features.interval_check,
        check_quorum=own is not None and own.check_quorum,
    )


def test_all_of_them_are_there() -> None:
    assert set(NAMES) >= {"elect", "elect2", "propose", "propose2", "restart", "net_error", "disable_recv"}
    assert set(NAMES) >= {"disable_recv2", "transfer", "timeout_by_self", "sm", "sm2", "sm3", "sm4", "sm5"}


@pytest.mark.parametrize("features", COMBINATIONS, ids=lambda features: "+".join(features.names()) or "none")
@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_is_met_in_every_combination(name: str, features: Features) -> None:
    result = Runner(load_scenario(name, features=with_features(name, features, 3), nodes=3)).run()
    assert result.ok, result.failures


@pytest.mark.slow
@pytest.mark.parametrize("features", COMBINATIONS, ids=lambda features: "+".join(features.names()) or "none")
@pytest.mark.parametrize("name", NAMES)
def test_and_with_five_servers_and_other_seeds(name: str, features: Features) -> None:
    for nodes, seed in ((5, 1), (5, 2), (3, 3)):
        used = with_features(name, features, nodes)
        result = Runner(load_scenario(name, features=used, nodes=nodes, seed=seed)).run()
        assert result.ok, (nodes, seed, result.failures)


# Their twins: with one thing otherwise, they are not met --------------------------------------------------------------


def failures_of(name: str, features: Features, kind: type[RaftCore] = RaftCore) -> str:
    scenario = load_scenario(name, features=features)
    return "\n".join(Runner(scenario, node_class=kind, assertions=False, referees=False).run().failures)


class RaisesItsTermToAsk(RaftCore):
    def start_pre_vote(self) -> None:
        self.current_term += 1
        self.persist_term()
        super().start_pre_vote()


class GrantsAllPreVotes(RaftCore):
    def would_vote(self, m: object) -> bool:
        return True


class NeverTellsItsHeir(RaftCore):
    def is_up_to_date_heir(self, j: str) -> bool:
        return False


class StaysOutOnceRemoved(RaftCore):
    def is_eligible(self) -> bool:
        return self.is_voter()


BOTH = Features(pre_vote=True, interval_check=True)


@pytest.mark.parametrize(
    ("name", "features", "kind", "failure"),
    [
        ("net_error", BOTH, RaisesItsTermToAsk, "expected term: same"),
        ("net_error2", BOTH, GrantsAllPreVotes, "expected elections: 1"),
        ("lost_quorum", Features(), RaftCore, "expected leaders_now: 1; found: leaders_now is 2"),
        ("disk_stall", Features(), RaftCore, "expected refused: 1; found: refused is 0"),
        ("transfer", Features(), NeverTellsItsHeir, "expected leader: changed"),
        ("reconfig_crash", BOTH, StaysOutOnceRemoved, "never happened"),
    ],
)
def test_a_core_that_is_wrong_or_lacks_the_feature_fails(
    name: str, features: Features, kind: type[RaftCore], failure: str
) -> None:
    assert failure in failures_of(name, features, kind)


def test_a_window_that_is_full_of_what_was_lost_stays_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget_only_what_is_known(self: Progress, index: int) -> None:
        while self.in_flight and self.in_flight[0] <= index:
            self.in_flight.popleft()
        self.flow = Flow.REPLICATE

    assert failures_of("pipeline_probe", Features()) == ""
    monkeypatch.setattr(Progress, "answered", forget_only_what_is_known)
    assert "expected values: 2; found: values is 0" in failures_of("pipeline_probe", Features())


@pytest.mark.parametrize(
    ("features", "disturbs"),
    [(Features(), True), (Features(pre_vote=True), False), (Features(interval_check=True), False)],
)
def test_a_server_that_was_removed_and_forgot_it_disturbs_only_where_nothing_keeps_it(
    features: Features, disturbs: bool
) -> None:
    """It does not know any more that its removal is committed, and nobody tells it (4.2.3)."""
    events = """
      - {when: {leader: n1}, propose: [a, b]}
      - {after: 300ms, change: {voters: [n2, n3]}}
      - {when: {leader: changed}, after: 500ms, crash: n1}
      - {after: 500ms, restart: n1}
      - {at: 15s, expect: {elections: %s}}
    """
    text = f"until: 15s\nvoters: 3\nfeatures: {{}}\nseed: 14\nevents:{events % ('{at_least: 9}' if disturbs else 2)}"
    assert Runner(replace(read_scenario(text, "s.yaml"), features=features)).run().failures == ()


def test_states_that_do_not_agree() -> None:
    scenario = read_scenario(
        "until: 2s\nevents: [{when: one_leader, isolate: follower}, {after: 0s, propose: x=1}]\nexpect: states_agree",
        "s.yaml",
    )
    assert "expected states_agree; found: n1 has applied" in Runner(scenario).run().failures[0]


def test_what_is_demanded_only_with_some_features() -> None:
    text = "until: 1s\nfeatures: {{pre_vote: {}}}\nexpect: {{with: {{pre_vote: true}}, term: {{at_least: 99}}}}"
    assert Runner(read_scenario(text.format("false"), "s.yaml")).run().ok
    failures = Runner(read_scenario(text.format("true"), "s.yaml")).run().failures
    assert "expected term: at least 99 (with pre_vote)" in failures[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("until: 1s\nfeatures: {prevote: true}", "s.yaml:2:12: unknown feature 'prevote'; did you mean 'pre_vote'?"),
        ("until: 1s\nfeatures: {lease_reads: true}", "s.yaml:2:11: lease_reads needs interval_check"),
        ("until: 1s\nexpect: {with: {pre_votes: true}, term: 1}", "s.yaml:2:17: unknown feature 'pre_votes'"),
    ],
)
def test_what_is_wrong_with_features(text: str, complaint: str) -> None:
    with pytest.raises(Exception, match="yaml") as raised:
        read_scenario(text, "s.yaml")
    assert complaint in str(raised.value)


def test_a_cluster_of_basic_raft_hands_over_nothing() -> None:
    failures = Runner(read_scenario("until: 1s\nevents: [{when: one_leader, transfer: n2}]", "s.yaml")).run().failures
    assert "it needs features" in failures[0]


def test_time_passes_by_hand_in_a_manual_scenario_only() -> None:
    failures = Runner(read_scenario("until: 1s\nevents: [{at: 0s, wait: 10ms}]", "s.yaml")).run().failures
    assert "waits for nobody" in failures[0]
    by_hand = "manual: true\nfeatures: {}\nevents: [{wait: 320ms}]\nexpect: {events: {at_least: 3}}"
    assert Runner(read_scenario(by_hand, "s.yaml")).run().ok


@pytest.mark.parametrize("checks", [True, False])
def test_a_host_whose_disk_stalls_tells_its_core(checks: bool) -> None:
    """Once a write has waited for an election timeout; and again when the disk works."""
    cluster = Cluster(["n1", "n2", "n3"], features=Features(check_quorum=checks), seed=3)
    cluster.timeout("n1")
    cluster.run_to(1_000_000)
    cluster.stall("n1")
    cluster.run_to(1_200_000)
    core = cluster.node("n1").core
    assert core is not None
    assert not core.disk_stalled  # It was handed nothing to write.
    cluster.propose("stuck", "n1")
    cluster.run_to(1_340_000)
    assert not core.disk_stalled
    cluster.run_to(1_360_000)
    assert core.disk_stalled is checks
    assert cluster.unsynced("n1") > 0
    cluster.mend("n1")
    assert not core.disk_stalled
    assert cluster.unsynced("n1") == 0
