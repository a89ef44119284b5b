"""Links from a version of a large set to the one before: what they say has changed is all that has changed, and they
are cut before they grow long.
"""

from __future__ import annotations

import random

from tlatrace.values import make_set
from tlatrace.values.sets import LargeSet, SetValue, set_changes
from tlatrace.values.versions import KEPT_LINKS, LINKS_MAX, Version


def chain(length: int) -> list[Version]:
    """A version, and so many made one from the other."""
    versions = [Version()]
    for number in range(1, length + 1):
        versions.append(Version(versions[-1], (number,)))
    return versions


def links(version: Version) -> int:
    count = 0
    while version.previous is not None:
        version, count = version.previous, count + 1
    return count


def test_what_changed_on_the_way() -> None:
    versions = chain(10)
    assert versions[7].changed_since(versions[7]) == ()
    assert sorted(versions[7].changed_since(versions[4]) or ()) == [5, 6, 7]
    # The other way round, what changed is the same.
    assert sorted(versions[4].changed_since(versions[7]) or ()) == [5, 6, 7]


def test_two_that_were_made_from_a_third() -> None:
    versions = chain(3)
    one = Version(Version(versions[2], ("a",)), ("b",))
    other = Version(versions[2], ("c",))
    assert sorted(map(str, one.changed_since(other) or ())) == ["a", "b", "c"]
    assert sorted(map(str, other.changed_since(one) or ())) == ["a", "b", "c"]


def test_chains_that_do_not_meet_are_not_related() -> None:
    one, other = chain(5), chain(5)
    assert one[5].changed_since(other[5]) is None
    assert other[0].changed_since(one[0]) is None
    assert one[5].changed_since(one[0]) is not None


def test_a_chain_is_cut_at_its_length() -> None:
    versions = chain(LINKS_MAX - 1)
    assert links(versions[-1]) == LINKS_MAX - 1
    assert len(versions[-1].changed_since(versions[0]) or ()) == LINKS_MAX - 1
    last = Version(versions[-1], (LINKS_MAX,))
    assert links(last) == last.depth == KEPT_LINKS
    # Those that are left still say all that changed; what is older is not related any more, for its cousins neither.
    oldest = versions[LINKS_MAX - KEPT_LINKS]
    assert oldest.depth == 0
    assert oldest.changed == ()
    assert sorted(last.changed_since(oldest) or ()) == [*range(LINKS_MAX - KEPT_LINKS + 1, LINKS_MAX + 1)]
    older = versions[LINKS_MAX - KEPT_LINKS - 1]
    assert last.changed_since(older) is None
    assert older.changed_since(last) is None
    assert versions[-1].changed_since(older) is None


def test_no_chain_ever_has_more_links() -> None:
    version, longest = Version(), 0
    for number in range(10 * LINKS_MAX):
        version = Version(version, (number,))
        assert links(version) == version.depth
        longest = max(longest, version.depth)
    assert longest == LINKS_MAX - 1


def test_branches_of_a_chain_that_is_cut_keep_what_they_share() -> None:
    versions = chain(LINKS_MAX - 1)
    branch = Version(versions[LINKS_MAX - 3], ("branch",))
    last = Version(versions[-1], (LINKS_MAX,))
    wanted = {str(LINKS_MAX - 2), str(LINKS_MAX - 1), str(LINKS_MAX), "branch"}
    assert set(map(str, last.changed_since(branch) or ())) == wanted
    # The branch counts more links than it has left; it is cut no later than it must.
    assert links(branch) <= branch.depth < LINKS_MAX


def test_changes_of_sets_are_right_whatever_the_links_say() -> None:
    chance = random.Random(7)
    history: list[SetValue] = [make_set(range(200))]
    unrelated = make_set(range(100, 300))
    related = 0
    for _ in range(3 * LINKS_MAX):
        base = chance.choice(history[-5:])
        item = chance.randrange(300)
        history.append(base.without_item(item) if chance.random() < 0.5 else base.with_item(item))
        new = history[-1]
        for old in (chance.choice(history), history[-2], unrelated):
            added, removed = set_changes(old, new)
            assert sorted(added) == sorted(set(new) - set(old))  # type: ignore[type-var]
            assert sorted(removed) == sorted(set(old) - set(new))  # type: ignore[type-var]
            assert isinstance(new, LargeSet)
            assert isinstance(old, LargeSet)
            related += new.version.changed_since(old.version) is not None
        assert new.version.changed_since(unrelated.version) is None  # type: ignore[attr-defined]
    assert related > LINKS_MAX
