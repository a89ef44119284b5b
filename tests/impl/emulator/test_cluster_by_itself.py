"""A cluster that runs by itself: a thousand short lives, each judged by the referees, and the same again."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vraft.core import Committed, Configuration, Entry, LogWrite, RaftCore, RequestVote
from vraft.emulator import Cluster, DiskOptions, LinkOptions, NetworkOptions, RefereeError, TimingOptions
from vraft.emulator.faults import RandomFaults
from vraft.emulator.referees import Referees
from vraft.emulator.stage import Stage
from vraft.storage import Batch, MemoryStorage
from vraft.tracing import Event

BAD_NETWORK = NetworkOptions(
    default=LinkOptions(delay_us=(0, 30_000), loss=100_000, duplicate=100_000, reorder=100_000)
)


def live(
    seed: int, *, until_us: int, node_class: type[RaftCore] = RaftCore, events: list[Event] | None = None
) -> Cluster:
    """A short life with a bad network, slow disks, crashes, partitions and a client."""
    cluster = Cluster(
        3 + 2 * (seed % 2),
        seed=seed,
        node_class=node_class,
        network=BAD_NETWORK,
        disk=DiskOptions(sync_us=(0, 10_000)),
        timing=TimingOptions(tick_us=20_000, election_ticks=(4, 10), heartbeat_ticks=3, rates={"n1": Fraction(9, 8)}),
        max_entries=2,
        assertions=node_class is RaftCore,
        on_event=None if events is None else events.append,
    )
    RandomFaults(Stage(cluster), every_us=120_000, for_us=until_us * 3 // 4).start()
    for number in range(until_us // 50_000):
        cluster.call_at(number * 50_000, lambda number=number: cluster.propose(f"v{number}"))
    cluster.run_to(until_us)
    return cluster


@pytest.mark.slow
def test_a_thousand_lives() -> None:
    committed = elections = crashes = lost = 0
    for seed in range(1000):
        cluster = live(seed, until_us=600_000)
        committed += len(cluster.referees.committed)
        elections += cluster.counts.elections
        crashes += cluster.counts.crashes
        lost += cluster.counts.steps_lost
    # They were lives worth judging.
    assert committed > 1000
    assert elections > 500
    assert crashes > 500
    assert lost > 50


def test_equal_seeds_give_equal_runs_and_others_do_not() -> None:
    runs: dict[int, list[Event]] = {}
    for seed in (1, 2, 1, 2):
        events: list[Event] = []
        live(seed, until_us=2_000_000, events=events)
        assert runs.setdefault(seed, events) == events
    assert runs[1] != runs[2]


def test_whether_somebody_watches_changes_nothing() -> None:
    watched, unwatched = live(3, until_us=2_000_000, events=[]), live(3, until_us=2_000_000)
    assert watched.counts == unwatched.counts
    assert watched.traffic == unwatched.traffic


def test_a_healed_cluster_agrees() -> None:
    for seed in range(5):
        cluster = live(seed, until_us=4_000_000)
        stage = Stage(cluster)
        agreed = cluster.run_until(lambda stage=stage: _agree(stage), limit_us=30_000_000)
        assert agreed, f"seed {seed}"


def _agree(stage: Stage) -> bool:
    hosts = [stage.cluster.node(name) for name in stage.cluster.names]
    committed = len(stage.cluster.referees.committed)
    return committed > 0 and all(
        host.storage.entries == hosts[0].storage.entries and host.commit_index == committed for host in hosts
    )


class VotesTwice(RaftCore):
    def vote_is_free(self, m: RequestVote) -> bool:
        return True


class NeedsNoQuorum(RaftCore):
    def quorum(self, members: object) -> bool:
        return True


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (VotesTwice, {"ElectionSafetyInv"}),
        (NeedsNoQuorum, {"CommittedIsStoredInv"}),
    ],
)
def test_referees_find_a_wrong_core(kind: type[RaftCore], properties: set[str]) -> None:
    found = set()
    for seed in range(40):
        violation = _violation(seed, kind)
        if violation is not None:
            found.add(violation.property_name)
            assert violation.seed == seed
            assert f"(seed {seed})" in str(violation)
    assert found & properties


def _violation(seed: int, kind: type[RaftCore]) -> RefereeError | None:
    try:
        live(seed, until_us=1_000_000, node_class=kind)
    except RefereeError as violation:
        return violation
    return None


def test_a_clock_that_runs_fast_times_out_first() -> None:
    timing = TimingOptions(election_ticks=(20, 20), rates={"n2": Fraction(2)})
    cluster = Cluster(3, timing=timing)
    assert cluster.run_until(lambda: cluster.leader() is not None, limit_us=1_000_000)
    assert cluster.leader() == "n2"
    assert 100_000 <= cluster.now_us < 120_000


def test_time_passes_where_nothing_happens() -> None:
    cluster = Cluster(3, automatic=False)
    cluster.run_to(5_000)
    assert cluster.now_us == 5_000
    assert not cluster.run_until(lambda: False, limit_us=6_000)


# The referees by themselves -------------------------------------------------------------------------------------------


def referees_over(*logs: str, strict: bool = True) -> Referees:
    """Disks whose entries are letters, of term 1 if small and 2 if capital."""
    disks = {}
    for number, log in enumerate(logs, start=1):
        disk = disks[f"n{number}"] = MemoryStorage()
        letters = tuple(Entry(2 if letter.isupper() else 1, letter) for letter in log)
        disk.write(Batch(None, LogWrite(1, letters)))
        disk.sync()
    return Referees(disks, Configuration.of(disks), seed=0, strict=strict)


def report(referees: Referees, node: str, first: int, last: int, *, term: int = 1) -> None:
    referees.reports(node, term, Committed(first, tuple(referees._disks[node].entries[first - 1 : last])))


def test_committed_entries_are_on_the_disks_of_a_majority() -> None:
    report(referees_over("ab", "ab", ""), "n1", 1, 2)
    with pytest.raises(RefereeError, match=r"CommittedIsStoredInv.*entry 2 .*only on the disks of \['n1'\]"):
        report(referees_over("ab", "a", "a"), "n1", 1, 2)


def test_what_is_committed_is_committed_everywhere_the_same() -> None:
    referees = referees_over("ab", "ab", "aB")
    report(referees, "n1", 1, 2)
    report(referees, "n2", 1, 2)
    with pytest.raises(RefereeError, match="StateMachineSafetyInv"):
        report(referees, "n3", 1, 2)


def test_a_leader_has_all_that_was_committed_before_its_term() -> None:
    referees = referees_over("ab", "ab", "a")
    report(referees, "n1", 1, 2)
    referees.leads("n2", 2)
    with pytest.raises(RefereeError, match=r"LeaderCompletenessInv.*n3 leads term 3 without entry 2"):
        referees.leads("n3", 3)


def test_one_leader_a_term() -> None:
    referees = referees_over("", "")
    referees.leads("n1", 1)
    referees.leads("n2", 2)
    with pytest.raises(RefereeError, match="n1 and n2 were elected in term 1"):
        referees.leads("n2", 1)


def test_a_disk_that_loses_a_committed_entry() -> None:
    referees = referees_over("ab", "ab", "a")
    report(referees, "n1", 1, 2)
    referees.wrote("n3", LogWrite(2, ()))
    del referees._disks["n2"].entries[1:]
    with pytest.raises(RefereeError, match="after n2 replaced its log from index 2 on"):
        referees.wrote("n2", LogWrite(2, ()))


def test_referees_that_are_off_only_keep_the_books() -> None:
    referees = referees_over("ab", "", "", strict=False)
    report(referees, "n1", 1, 2)
    referees.leads("n1", 1)
    referees.leads("n2", 1)
    assert len(referees.committed) == 2
    assert referees.leaders == {1: ["n1", "n2"]}
