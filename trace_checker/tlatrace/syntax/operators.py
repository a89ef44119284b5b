"""The operators of TLA+: how each is spelled, where it stands, and how tightly it binds.

A *spelling* is what a person types (``\\cup``, ``\\union``, ``∪``); a *symbol* is the one name that the syntax tree
uses for all spellings of an operator. Precedences are ranges: two neighbouring operators whose ranges overlap may not
be mixed without parentheses, unless both are the same operator and it associates.

Source: *Specifying Systems*, table 6, and the tables of SANY where the two differ (scaled by ten, as SANY scales them).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fixity(Enum):
    """Where an operator stands among its arguments."""

    PREFIX = "prefix"
    INFIX = "infix"
    POSTFIX = "postfix"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its symbol, its range of precedence, and whether ``a op b op c`` is ``(a op b) op c``."""

    symbol: str
    fixity: Fixity
    low: int
    high: int
    is_left_associative: bool = False

    def binds_tighter_than(self, other: Operator) -> bool:
        return self.low > other.high

    def binds_looser_than(self, other: Operator) -> bool:
        return self.high < other.low


_LEFT = True
_NONE = False

_INFIX_GROUPS: tuple[tuple[int, int, bool, str], ...] = (
    (10, 10, _NONE, "=>"),
    (20, 20, _NONE, "~> <=> -+->"),
    (30, 30, _LEFT, r"/\ \/"),
    (50, 50, _NONE, r"= # \in \notin < > <= >= \subseteq \subset \supset \supseteq \prec \succ \preceq \succeq"),
    (50, 50, _NONE, r"\sim \simeq \ll \gg \asymp \approx \cong \doteq \propto := ::= |- |= -| =|"),
    (50, 50, _NONE, r"\sqsubset \sqsubseteq \sqsupset \sqsupseteq"),
    (50, 140, _LEFT, r"\cdot"),
    (60, 60, _LEFT, "@@"),
    (70, 70, _NONE, ":> <:"),
    (80, 80, _NONE, "\\"),
    (80, 80, _LEFT, r"\cup \cap"),
    (90, 90, _NONE, ".. ..."),
    (90, 130, _LEFT, r"$ $$ ?? ## \uplus \sqcap \sqcup"),
    (90, 130, _NONE, "!!"),
    (90, 140, _NONE, r"\wr"),
    (100, 100, _LEFT, r"+ ++ \oplus"),
    (100, 110, _LEFT, "| || %%"),
    (100, 110, _NONE, "%"),
    (100, 130, _LEFT, r"\X"),
    (110, 110, _LEFT, r"- -- \ominus"),
    (130, 130, _LEFT, r"* ** & && \o \odot \otimes \star \bigcirc \bullet"),
    (130, 130, _NONE, r"/ // \div \oslash"),
    (140, 140, _NONE, "^ ^^"),
)

_PREFIX_GROUPS: tuple[tuple[int, int, str], ...] = (
    (40, 40, "~"),
    (40, 150, "[] <> ENABLED UNCHANGED"),
    (100, 130, "SUBSET UNION DOMAIN"),
    (120, 120, "-."),
)

_POSTFIX_SYMBOLS = "' ^+ ^* ^#"

INFIX: dict[str, Operator] = {
    symbol: Operator(symbol, Fixity.INFIX, low, high, left)
    for low, high, left, symbols in _INFIX_GROUPS
    for symbol in symbols.split()
}
PREFIX: dict[str, Operator] = {
    symbol: Operator(symbol, Fixity.PREFIX, low, high)
    for low, high, symbols in _PREFIX_GROUPS
    for symbol in symbols.split()
}
POSTFIX: dict[str, Operator] = {
    symbol: Operator(symbol, Fixity.POSTFIX, 150, 150) for symbol in _POSTFIX_SYMBOLS.split()
}

_SYNONYMS = r"""
~ \lnot \neg ¬
[] □
<> ◇ ⋄
/\ \land ∧
\/ \lor ∨
<=> \equiv ≡ ⇔
# /= ≠
<= \leq =< ≤
>= \geq ≥
\X \times ×
\cap \intersect ∩
\cup \union ∪
\o \circ ∘
\oplus (+) ⊕
\ominus (-) ⊖
\odot (.) ⊙
\oslash (/) ⊘
\otimes (\X) ⊗
\approx ≈
:= ≔
\asymp ≍
\bigcirc ◯
::= ⩴
\bullet ●
\cdot ⋅
\cong ≅
\div ÷
\doteq ≐
.. ‥
... …
!! ‼
\gg ≫
=> ⇒
\in ∈
=| ⫤
~> ↝
\ll ≪
-| ⊣
\notin ∉
-+-> ⇸
\prec ≺
\preceq ⪯
\propto ∝
?? ⁇
|= ⊨
|- ⊢
\sim ∼
\simeq ≃
\sqcap ⊓
\sqcup ⊔
\sqsubset ⊏
\sqsubseteq ⊑
\sqsupset ⊐
\sqsupseteq ⊒
\star ⋆
\subset ⊂
\subseteq ⊆
\succ ≻
\succeq ⪰
\supset ⊃
\supseteq ⊇
\uplus ⊎
|| ‖
\wr ≀
^+ ⁺
"""

SYMBOL_OF_SPELLING: dict[str, str] = {
    **{symbol: symbol for symbol in (*INFIX, *PREFIX, *POSTFIX)},
    **{spelling: line.split()[0] for line in _SYNONYMS.strip().splitlines() for spelling in line.split()},
}
"""Every spelling of every operator, with the symbol the syntax tree has for it."""
