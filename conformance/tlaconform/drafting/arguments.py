"""Which fields are the arguments of actions, and which of them says who acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tlaconform.drafting.evidence import Evidence, is_of_state
from tlaconform.drafting.kinds import KIND_NAMES
from tlaconform.drafting.likeness import ALIAS, LIKELY, SURE, likeness
from tlaconform.drafting.sample import Path, SeenField
from tlaconform.drafting.spec_view import ActionView

ARGUMENT_PARENTS = ("args", "arguments", "params", "parameters", "event_args")


class Arguments:
    """Finds the arguments of one action after the other.

    ``domains`` are the fields that are given for parameters which range over a domain, ``sets`` those that are sets,
    logged as arrays.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.domains: dict[str, dict[Path, None]] = {}
        self.sets: dict[Path, None] = {}
        self._evidence = evidence

    def of(self, action: ActionView, fields: Mapping[Path, SeenField]) -> list[tuple[Path | None, str]]:
        """The field for each parameter, with what is doubtful about it; None leaves it open."""
        taken: set[Path] = set()
        found: list[tuple[Path | None, str]] = []
        for parameter, domain in zip(action.parameters, action.domains, strict=True):
            scored = sorted(
                ((self._fits(parameter, domain, seen), path) for path, seen in fields.items() if path not in taken),
                key=lambda item: (-item[0], len(item[1])),
            )
            choices = [path for score, path in scored if score >= LIKELY]
            if not choices:
                rest = [path for _, path in scored if path not in self._evidence.read and not is_of_state(path)]
                found.append((None, f"which field? There are {self._evidence.choices(rest)}" if rest else "not logged"))
                continue
            path = choices[0]
            taken.add(path)
            self._evidence.read.add(path)
            if domain:
                self.domains.setdefault(domain, {})[path] = None
            if fields[path].all_are(list) and (domain.startswith("SUBSET") or self._has_members_only(fields[path])):
                self.sets[path] = None
            is_sure = scored[0][0] >= (SURE if len(choices) > 1 else ALIAS) or path[-1] == parameter
            others = f", or {self._evidence.choices(choices[1:])}" if len(choices) > 1 else ""
            found.append((path, "" if is_sure else f"{self._evidence.text(path)}{others}?"))
        return found

    def _fits(self, parameter: str, domain: str, seen: SeenField) -> float:
        if seen.path in self._evidence.read and seen.path[-1] in KIND_NAMES:
            return 0.0
        score = likeness(parameter, seen.name)
        if domain.isidentifier():
            score = max(score, min(likeness(domain, seen.name), 0.9))
            members = self._evidence.members_of(domain)
            if members is not None:
                if not all(value in members for value in seen.values):
                    return 0.0
                score += 0.2 if score > 0 else 0.0
        if ".." in domain and not seen.all_are(int):
            return 0.0
        if any(part in ARGUMENT_PARENTS for part in seen.path[:-1]):
            score += 0.15
        if is_of_state(seen.path):
            score -= 0.3
        return score

    def _has_members_only(self, seen: SeenField) -> bool:
        """Whether all arrays of a field hold elements, each once, of one and the same constant of the header."""
        listed = [self._evidence.members_of(constant.name) for constant in self._evidence.spec.constants]
        known = [members for members in listed if members is not None]
        return any(
            all(len(value) == len(set(map(str, value))) and all(v in members for v in value) for value in seen.values)
            for members in known
        )


def acting_node(evidence: Evidence, arguments: Iterable[Sequence[tuple[Path | None, str]]]) -> Path | None:
    """The field that is the first argument of most kinds."""
    firsts = Counter(given[0][0] for given in arguments if given and given[0][0] is not None)
    if not firsts or not any(variable.depth for variable in evidence.spec.variables):
        return None
    path, count = firsts.most_common(1)[0]
    return path if count > 1 else None
