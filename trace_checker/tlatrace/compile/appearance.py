"""In which order TLC meets the names of a specification, for :class:`~tlatrace.values.Appearance`.

TLC numbers names as it first meets them: those of the configuration, then the identifiers of the module texts, in the
order in which the parser reads the files (a module, then all that it names, then all that those name), then the
strings, module by module, a module behind all that it extends or instantiates. A string that is also an identifier
somewhere, perhaps a parameter of a standard module, has the identifier's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from tlatrace.location import with_plain_line_ends
from tlatrace.semantics.spec import ConstantSymbol, Spec
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.syntax.tokens import LineMap, tokenize
from tlatrace.values import Appearance, EvaluationError, ModelValue, SetValue, Value, shown
from tlatrace.values.base import INT

# The standard modules that are not read as texts: what each names, and its identifiers in their order.
_STANDARD: Final[dict[str, tuple[str, str]]] = {
    "Naturals": ("", "Nat a b n"),
    "Integers": ("Naturals", "Int a"),
    "Reals": ("Integers", "Real a b m Infinity i r"),
    "Sequences": ("Naturals", "Seq S n Nat Len s t i Append e Head Tail SubSeq m SelectSeq Test F"),
    "FiniteSets": ("Naturals Sequences", "IsFiniteSet S seq Seq s n Len Cardinality CS T x"),
    "TLC": (
        "Naturals Sequences FiniteSets",
        "Print out val PrintT Assert v JavaTime n Nat TLCGet i TLCSet d e x f g Permutations S w SortSeq s Op Perm p "
        "Len j RandomElement Any ToString a b TLCEval",
    ),
    "Bags": (
        "TLC Naturals",
        "IsABag B n Nat BagToSet SetToBag S e BagIn EmptyBag B1 B2 d Sum f DSum elt BagUnion SubBag RemoveFromDom x y "
        "Combine BagSet i Biggest Range r s RSB BB BagOfAll F BagCardinality CopiesIn",
    ),
}

# The words of a configuration: names and strings.
_WORD: Final = re.compile(r'\\\*.*|\(\*.*?\*\)|"((?:[^"\\]|\\.)*)"|\w*[A-Za-z]\w*', re.DOTALL)


def appearance(spec: Spec) -> Appearance:
    """The order of the names of ``spec``."""
    modules = _in_order_of_reading(spec)
    names: dict[str, None] = {}
    for file, text in spec.sources.items():
        if file.endswith(".cfg"):
            names.update(dict.fromkeys(_configured(text)))
    # Where the configuration's text is not at hand, its model values stand for it, in the order of the constants.
    for symbol in spec.scope.values():
        if isinstance(symbol, ConstantSymbol):
            names.update(dict.fromkeys(_model_values(symbol.value)))
    strings: dict[str, list[str]] = {}
    for name in modules:
        if name in _STANDARD and name not in spec.modules:
            names.update(dict.fromkeys((name, *" ".join(_STANDARD[name]).split())))
            continue
        strings[name] = []
        for kind, value in _words(spec, spec.modules[name]):
            if kind == "NAME":
                names.setdefault(value)
            else:
                strings[name].append(value)
    for name in _in_order_of_meaning(spec, spec.name, set()):
        names.update(dict.fromkeys(strings.get(name, ())))
    return Appearance(tuple(names))


class Chooser:
    """``CHOOSE`` as a specification means it to TLC. The texts are looked at when the first choice depends on them."""

    __slots__ = ("_appearance", "_spec")

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._appearance: Appearance | None = None

    def ordered(self, domain: Value) -> Iterable[Value]:
        """The elements of ``domain`` in TLC's order."""
        if isinstance(domain, SetValue) and (domain.kinds == INT or len(domain) < 2):
            return domain
        if self._appearance is None:
            self._appearance = appearance(self._spec)
        return self._appearance.ordered(domain)

    def choose(self, domain: Value, predicate: Callable[[Value], bool]) -> Value:
        """``CHOOSE x \\in domain : predicate(x)``: the first that satisfies the predicate."""
        for item in self.ordered(domain):
            if predicate(item):
                return item
        raise EvaluationError(f"CHOOSE: no element of {shown(domain)} satisfies the predicate")


def _model_values(value: object) -> Iterator[str]:
    if isinstance(value, ModelValue):
        yield value.name
    elif isinstance(value, SetValue):
        for item in value:
            yield from _model_values(item)


def _configured(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        if match[0].startswith(("\\*", "(*")):
            continue
        yield match[0] if match[1] is None else match[1]


def _in_order_of_reading(spec: Spec) -> list[str]:
    """The modules, breadth first from the root."""
    found = [spec.name]
    for name in found:
        found += [other for other in _named_by(spec, name) if other not in found]
    return found


def _in_order_of_meaning(spec: Spec, name: str, done: set[str]) -> Iterator[str]:
    """The modules, each behind those that it names."""
    if name in done:
        return
    done.add(name)
    for other in _named_by(spec, name):
        yield from _in_order_of_meaning(spec, other, done)
    yield name


def _named_by(spec: Spec, name: str) -> list[str]:
    """The modules that a module extends and instantiates, as far as they are known here."""
    module = spec.modules.get(name)
    if module is None:
        return _STANDARD[name][0].split()
    wanted = [
        *(each.name for each in module.extends),
        *(node.module for node in walk(module) if isinstance(node, ast.Instance)),
    ]
    return [other for other in dict.fromkeys(wanted) if other in spec.modules or other in _STANDARD]


def _words(spec: Spec, module: ast.Module) -> Iterator[tuple[str, str]]:
    """The identifiers and strings of a module's text, in order."""
    text = spec.sources.get(module.location.file)
    if text is None:
        return
    text = with_plain_line_ends(text)
    lines, place = LineMap(text), module.location
    start, end = lines.offset(place.line, place.column), lines.offset(place.end_line, place.end_column) + 1
    for token in tokenize(text[:end], place.file, start=start):
        if token.type == "NAME":
            yield "NAME", token.value
        elif token.type == "STRING":
            yield "STRING", _unescaped(token.value[1:-1])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}.get(match[1], match[1]), text)
