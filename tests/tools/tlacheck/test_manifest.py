"""Manifests: what is read, and for everything that can be wrong with one, the place and the message."""

from pathlib import Path

import pytest

from tlacheck import ManifestError, Outcome, Simulation, load_manifest

WHOLE = """\
version: 1
library: [lib]
models:
  - name: small
    module: M.tla
    distinct_states: 12
    depth: 3
  - name: wrong
    module: M.tla
    config: Other.cfg
    tier: nightly
    result: safety failure
    violates: DebugInv
    workers: 2
    deadlock: false
    time_limit: 1.5
    simulate: {num: 10, depth: 5, seed: 7}
mutations:
  - name: no-guard
    of: M.tla
    why: drops the guard
    replace: {old: "x < 3", new: "TRUE"}
    model: small
    expected: [TypeOK]
  - name: survivor
    of: M.tla
    why: changes nothing that can be seen
    replace:
      - {old: "x < 3", new: "x < 4"}
      - {old: "x < 4", new: "x < 5"}
    model: small
    survives: nothing looks at it
    tier: nightly
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "M.tla").write_text("x < 3 /\\ y = 1 /\\ y = 1")
    (tmp_path / "elsewhere" / "N.tla").write_text("x < 3")
    for name in ("M.cfg", "Other.cfg", "elsewhere/N.cfg"):
        (tmp_path / name).write_text("SPECIFICATION Spec")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    file = folder / "manifest.yaml"
    file.write_text(text)
    return file


def test_a_whole_manifest(folder: Path) -> None:
    manifest = load_manifest(write(folder, WHOLE))

    small, wrong = manifest.models
    assert (small.config, small.tier, small.result) == (folder / "M.cfg", "ci", Outcome.SUCCESS)
    assert (small.distinct_states, small.depth, small.workers, small.deadlock) == (12, 3, 1, True)
    assert (wrong.config, wrong.violates, wrong.deadlock) == (folder / "Other.cfg", ("DebugInv",), False)
    assert (wrong.simulate, wrong.time_limit_s) == (Simulation(num=10, depth=5, seed=7), 1.5)
    guard, survivor = manifest.mutations
    assert guard.mutated_text().startswith("TRUE /\\ y")
    assert survivor.mutated_text().startswith("x < 5 /\\ y")
    assert (guard.expected, guard.model, survivor.survives) == (("TypeOK",), small, "nothing looks at it")
    assert manifest.library == (folder / "lib",)
    assert [entry.name for entry in manifest.entries] == ["small", "wrong", "no-guard", "survivor"]


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("version: 1", "version: 2", "1:10", "`version` must be 1; found 2"),
        ("version: 1\n", "", "1:1", "`version` must be 1; it is missing"),
        ("name: wrong", "name: small", "8:11", "the name 'small' is taken already, in line 4"),
        ("module: M.tla\n    distinct", "modul: M.tla\n    distinct", "4:5", "model 'small' needs the field `module`"),
        ("depth: 3", "dept: 3", "7:11", "model 'small' has no field `dept`; did you mean 'depth'?"),
        ("depth: 3", "depth: three", "7:12", "`depth` must be an integer, found a string (three)"),
        ("depth: 3", "depth: -1", "7:12", "`depth` is -1; expected 0 or more"),
        ("depth: 3", "depth: 3\n    depth: 4", "8:5", "has the field `depth` twice"),
        ("module: M.tla\n    config", "module: No.tla\n    config", "9:13", "`module`: there is no file"),
        ("config: Other.cfg", "config: No.cfg", "10:13", "`config`: there is no file"),
        ("tier: nightly\n    result", "tier: night\n    result", "11:11", "expected 'ci' or 'nightly'; did you mean"),
        ("result: safety failure", "result: safety", "12:13", "did you mean 'safety failure'?"),
        ("result: safety failure", "result: timeout", "12:13", "`result` is 'timeout'; expected 'success', "),
        ("    violates: DebugInv\n", "", "8:5", "expects a safety failure, so it needs `violates`"),
        ("result: safety failure", "result: success", "13:15", "`violates` does not go with the result 'success'"),
        ("violates: DebugInv", "violates: [3]", "13:16", "`violates` must be a list of strings, found an integer (3)"),
        ("violates: DebugInv", "violates: []", "13:15", "`violates` is empty"),
        ("workers: 2", "workers: 0", "14:14", "`workers` is 0; expected 1 or more"),
        ("deadlock: false", "deadlock: 0", "15:15", "`deadlock` must be true or false, found an integer (0)"),
        ("time_limit: 1.5", "time_limit: 0", "16:17", "`time_limit` is 0.0; expected more than 0"),
        ("{num: 10, depth: 5, seed: 7}", "{depth: 5}", "17:15", "`simulate` needs `num`"),
        ("simulate: {num: 10,", "depth: 5\n    simulate: {num: 10,", "18:15", "neither distinct states nor depth"),
        (
            "model: small\n    expected",
            "model: smal\n    expected",
            "23:12",
            "expected 'small' or 'wrong'; did you mean",
        ),
        ("    expected: [TypeOK]\n", "", "19:5", "needs either `expected` (property names) or `survives`"),
        ("expected: [TypeOK]", "expected: [TypeOK]\n    survives: no", "25:15", "`survives` must be a string"),
        ('old: "x < 3", new: "TRUE"', 'old: "x < 9", new: "TRUE"', "22:20", "occurs 0 times in M.tla; expected once"),
        ('old: "x < 3", new: "TRUE"', 'old: "y = 1", new: "TRUE"', "22:20", "occurs 2 times in M.tla; expected once"),
        ('old: "x < 3", new: "TRUE"', 'old: "", new: "TRUE"', "22:20", "`old` of mutation 'no-guard' is empty"),
        ('old: "x < 3", new: "TRUE"', 'old: "x < 3", new: "x < 3"', "22:34", "is the same as `old`"),
        ("of: M.tla\n    why: drops", "of: elsewhere/N.tla\n    why: drops", "20:9", "not in the folder of M.tla"),
        ("library: [lib]", "library: [nowhere]", "2:10", "`library`: there is no folder"),
        ("models:", "moodels:", "4:3", "the manifest has no field `moodels`; did you mean 'models'?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, place: str, message: str, folder: Path) -> None:
    assert old in WHOLE
    file = write(folder, WHOLE.replace(old, new, 1))

    with pytest.raises(ManifestError) as caught:
        load_manifest(file)

    assert str(caught.value).startswith(f"{file}:{place}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; expected a mapping"),
        ("- 1", "the manifest must be a mapping, found a list"),
        ("version: 1", "there is no model in it"),
        ("version: 1\nmodels: {}", "`models` must be a list, found a mapping"),
        ("version: [", "is not YAML"),
        ("version: 1\nmodels: [3]", "a model must be a mapping, found an integer (3)"),
    ],
)
def test_a_file_that_is_no_manifest(text: str, message: str, folder: Path) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.yaml") as caught:
        load_manifest(write(folder, text))

    assert message in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read: No such file"):
        load_manifest(tmp_path / "manifest.yaml")
