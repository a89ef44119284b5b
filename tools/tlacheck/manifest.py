"""A manifest of models and mutated specs: which runs of TLC there are, and what each must find out.

    version: 1
    library: [lib]                     # optional: further folders with modules, relative to this file like all paths
    models:
      - name: raft-small
        module: MCRaft.tla
        config: MCRaft_small.cfg       # default: the module's name with .cfg
        tier: ci                       # ci (default) or nightly; a nightly check runs both
        result: success                # or safety failure, liveness failure, deadlock failure, assumption failure, ...
        violates: [DebugThirdLeader]   # with a safety or liveness failure: the violated property must be one of these
        distinct_states: 123456        # these three are optional and must be met exactly
        generated_states: 654321       # (exact only with one worker)
        depth: 27
        workers: 1                     # the rest is optional; these are the defaults
        deadlock: true                 # false: a deadlock is not an error
        simulate: {num: 1000, depth: 100, seed: 1}     # random behaviors instead of all; default: all
        time_limit: 600                # seconds; default: none
    mutations:                         # changed specs; TLC must find every one of them wrong
      - name: vote-twice
        of: Raft.tla                   # the module that is changed, in a copy of its folder
        why: drops the votedFor guard of GrantVote
        replace: {old: "...", new: "..."}    # or a list; each old text must occur exactly once
        model: raft-small              # whose module and options are run on the copy
        config: MCRaft_vote.cfg        # optional: instead of the model's
        expected: [ElectionSafetyInv]  # one of these must be violated
        survives: "why nothing can see it"   # instead of `expected`: a known survivor; its run must succeed
        tier: ci
        time_limit: 600

`load_manifest` checks everything that can be known without running TLC, so that an hour of checking does not end in a
misspelt name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tlacheck.results import Outcome
from tlacheck.yaml_nodes import Fields, read_yaml

MANIFEST_VERSION = 1
TIERS = ("ci", "nightly")
#: The outcomes that name a property.
_NAMING = (Outcome.SAFETY_FAILURE, Outcome.LIVENESS_FAILURE)
#: Outcomes that say nothing about the model cannot be expected of it.
_UNEXPECTABLE = (Outcome.TIMEOUT, Outcome.TOOL_ERROR)
_RESULTS = tuple(outcome.value for outcome in Outcome if outcome not in _UNEXPECTABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Random behaviors: how many, how long, from which seed."""

    num: int
    depth: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model: a module, a configuration and what TLC must say. Paths are absolute."""

    name: str
    module: Path
    config: Path
    tier: str = "ci"
    result: Outcome = Outcome.SUCCESS
    violates: tuple[str, ...] = ()
    distinct_states: int | None = None
    generated_states: int | None = None
    depth: int | None = None
    workers: int = 1
    deadlock: bool = True
    simulate: Simulation | None = None
    time_limit_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationEntry:
    """A changed spec: `of` with `replace` done to it, checked as `model` is."""

    name: str
    of: Path
    why: str
    replace: tuple[Replacement, ...]
    model: ModelEntry
    config: Path
    expected: tuple[str, ...]
    survives: str | None
    tier: str = "ci"
    time_limit_s: float | None = None

    def mutated_text(self) -> str:
        """The text of the module after the replacements."""
        text = self.of.read_text(encoding="utf-8")
        for replacement in self.replace:
            text = text.replace(replacement.old, replacement.new)
        return text


Entry = ModelEntry | MutationEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    file: Path
    models: tuple[ModelEntry, ...]
    mutations: tuple[MutationEntry, ...]
    library: tuple[Path, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that can be run, models first."""
        return (*self.models, *self.mutations)


def load_manifest(file: Path | str) -> Manifest:
    """Read and check a manifest. Raises `ManifestError` with file, line and column."""
    file = Path(file)
    top = read_yaml(file)
    version = top.optional_integer("version")
    if version != MANIFEST_VERSION:
        found = "it is missing" if version is None else f"found {version}"
        raise top.error(f"`version` must be {MANIFEST_VERSION}; {found}", "version")
    folder = file.absolute().parent
    library = tuple(_path(top, "library", folder / name, folder=True) for name in top.strings("library"))
    model_fields, mutation_fields = top.mappings("models", "a model"), top.mappings("mutations", "a mutation")
    top.finish()
    if not model_fields:
        raise top.error("there is no model in it: `models` is missing or empty")
    names: dict[str, int] = {}
    models = {}
    for fields in model_fields:
        name = _unique_name(fields, names)
        models[name] = _model(fields, name, folder)
    mutations = []
    for fields in mutation_fields:
        name = _unique_name(fields, names)
        mutations.append(_mutation(fields, name, folder, models))
    return Manifest(file=file.absolute(), models=tuple(models.values()), mutations=tuple(mutations), library=library)


def _unique_name(fields: Fields, names: dict[str, int]) -> str:
    name = fields.string("name")
    fields.what = f"{fields.what.split()[-1]} {name!r}"
    if name in names:
        raise fields.error(f"the name {name!r} is taken already, in line {names[name]}", "name")
    names[name] = fields.line
    return name


def _model(fields: Fields, name: str, folder: Path) -> ModelEntry:
    module = _path(fields, "module", folder / fields.string("module"))
    config_name = fields.optional_string("config")
    config = _path(fields, "config", folder / config_name if config_name else module.with_suffix(".cfg"))
    tier = fields.choice("tier", TIERS, "ci")
    result = Outcome(fields.choice("result", _RESULTS, Outcome.SUCCESS.value))
    violates = fields.strings("violates")
    if result in _NAMING and not violates:
        raise fields.error(f"{fields.what} expects a {result.value}, so it needs `violates`: the property names")
    if violates and result not in _NAMING:
        raise fields.error(f"`violates` does not go with the result {result.value!r}", "violates")
    entry = ModelEntry(
        name=name,
        module=module,
        config=config,
        tier=tier,
        result=result,
        violates=violates,
        distinct_states=fields.optional_integer("distinct_states"),
        generated_states=fields.optional_integer("generated_states"),
        depth=fields.optional_integer("depth"),
        workers=fields.optional_integer("workers", low=1) or 1,
        deadlock=fields.optional_boolean("deadlock") is not False,
        simulate=_simulation(fields),
        time_limit_s=fields.optional_number("time_limit"),
    )
    if entry.simulate and (entry.distinct_states is not None or entry.depth is not None):
        raise fields.error("a simulation counts neither distinct states nor depth", "simulate")
    fields.finish()
    return entry


def _simulation(fields: Fields) -> Simulation | None:
    simulate = fields.mapping("simulate")
    if simulate is None:
        return None
    num = simulate.optional_integer("num", low=1)
    if num is None:
        raise simulate.error("`simulate` needs `num`, the number of behaviors: without it TLC never ends")
    simulation = Simulation(
        num=num, depth=simulate.optional_integer("depth", low=1), seed=simulate.optional_integer("seed")
    )
    simulate.finish()
    return simulation


def _mutation(fields: Fields, name: str, folder: Path, models: dict[str, ModelEntry]) -> MutationEntry:
    of = _path(fields, "of", folder / fields.string("of"))
    model = models[fields.choice("model", tuple(models))]
    if of.parent != model.module.parent:
        raise fields.error(f"{of.name} is not in the folder of {model.module.name}, which runs it", "of")
    config_name = fields.optional_string("config")
    config = _path(fields, "config", folder / config_name) if config_name else model.config
    if config.parent != of.parent:
        raise fields.error(f"{config.name} is not in the folder of {of.name}", "config" if config_name else "model")
    expected = fields.strings("expected")
    survives = fields.optional_string("survives")
    if bool(expected) == bool(survives):
        raise fields.error(f"{fields.what} needs either `expected` (property names) or `survives` (the reason)")
    entry = MutationEntry(
        name=name,
        of=of,
        why=fields.string("why"),
        replace=_replacements(fields, of),
        model=model,
        config=config,
        expected=expected,
        survives=survives,
        tier=fields.choice("tier", TIERS, "ci"),
        time_limit_s=fields.optional_number("time_limit") or model.time_limit_s,
    )
    fields.finish()
    return entry


def _replacements(fields: Fields, of: Path) -> tuple[Replacement, ...]:
    text = of.read_text(encoding="utf-8")
    replacements = []
    for item in fields.mappings("replace", f"a replacement of {fields.what}", or_one=True):
        replacement = Replacement(old=item.string("old"), new=item.string("new"))
        item.finish()
        occurrences = text.count(replacement.old)
        if not replacement.old or occurrences != 1:
            found = "is empty" if not replacement.old else f"occurs {occurrences} times in {of.name}; expected once"
            raise item.error(f"`old` of {fields.what} {found}", "old")
        if replacement.old == replacement.new:
            raise item.error(f"`new` of {fields.what} is the same as `old`", "new")
        text = text.replace(replacement.old, replacement.new)
        replacements.append(replacement)
    if not replacements:
        raise fields.error(f"{fields.what} needs the field `replace`")
    return tuple(replacements)


def _path(fields: Fields, name: str, path: Path, *, folder: bool = False) -> Path:
    if folder and not path.is_dir():
        raise fields.error(f"`{name}`: there is no folder {path}", name)
    if not folder and not path.is_file():
        raise fields.error(f"`{name}`: there is no file {path}", name)
    return path
