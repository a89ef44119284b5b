"""The catalogue of modules that are right or wrong in one thing each: our verdict is the one that stands there.

That it is SANY's is tested in tests/differential/test_semantics_against_sany.py.
"""

from pathlib import Path

from tlatrace.semantics.accept import check_module

CATALOGUE = Path(__file__).with_name("catalogue.txt")


def cases() -> list[tuple[str, str, str]]:
    """The verdict (``accept``, ``reject``, or either with `` known``), the name and the text of each."""
    found = []
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n### ")[1:]:
        head, _, body = block.partition("\n")
        verdict, _, name = head.partition(": ")
        found.append((verdict, name, f"---- MODULE M ----\n{body}\n====\n"))
    return found


def test_verdicts(tmp_path: Path) -> None:
    wrong = []
    for verdict, name, text in cases():
        path = tmp_path / "M.tla"
        path.write_text(text)
        errors = check_module(path)
        ours = "reject" if errors else "accept"
        expected = verdict if " known" not in verdict else "accept" if verdict.startswith("reject") else "reject"
        if ours != expected:
            wrong.append(f"{name}: {ours}, not {expected} {[str(error) for error in errors[:1]]}")
        assert all(error.location is not None for error in errors), name
    assert wrong == []


def test_the_catalogue_is_large_and_has_both_verdicts() -> None:
    verdicts = [verdict for verdict, _name, _text in cases()]
    assert len(verdicts) > 700
    assert min(verdicts.count("accept"), verdicts.count("reject")) > 300


def test_names_are_unique() -> None:
    names = [name for _verdict, name, _text in cases()]
    assert len(names) == len(set(names))
