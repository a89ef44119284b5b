"""A translation that is not that of its algorithm is told; one that is, in both of the syntaxes, is not."""

import re

import pytest

from tlatrace.syntax import TranslationWarning, check_translation

FILE = r"""
---- MODULE A ----
EXTENDS Naturals, TLC
(* --algorithm foo   \* (a comment)
variables x = 0, y \in {1, 2};
macro bump(v, n) begin
  v := v + n;
end macro;
process w \in 1..2
variable z = 3;
begin
 l1: while z > 0 do
   bump(x, 5); (* 99 comments *)
   z := z - 1;
 l2: either y := 9; or skip; end either;
 end while;
 l3: print "bye"; assert x = z;
end process;
end algorithm; *)
\* BEGIN TRANSLATION (chksum(pcal) = "a1b2" /\ chksum(tla) = "CHECKSUM")
VARIABLES x, y, pc, z

vars == << x, y, pc, z >>

ProcSet == (1..2)

Init == (* Global variables *)
        /\ x = 0
        /\ y \in {1, 2}
        (* Process w *)
        /\ z = [self \in 1..2 |-> 3]
        /\ pc = [self \in ProcSet |-> "l1"]

l1(self) == /\ pc[self] = "l1"
            /\ IF z[self] > 0
                  THEN /\ x' = x + 5
                       /\ z' = [z EXCEPT ![self] = z[self] - 1]
                       /\ pc' = [pc EXCEPT ![self] = "l2"]
                  ELSE /\ pc' = [pc EXCEPT ![self] = "l3"]
                       /\ UNCHANGED << x, z >>
            /\ y' = y

l2(self) == /\ pc[self] = "l2"
            /\ \/ /\ y' = 9
               \/ /\ TRUE
                  /\ y' = y
            /\ pc' = [pc EXCEPT ![self] = "l1"]
            /\ UNCHANGED << x, z >>

l3(self) == /\ pc[self] = "l3"
            /\ PrintT("bye")
            /\ Assert(x = z[self], "Failure of assertion at line 17, column 19.")
            /\ pc' = [pc EXCEPT ![self] = "Done"]
            /\ UNCHANGED << x, y, z >>

w(self) == l1(self) \/ l2(self) \/ l3(self)

Next == (\E self \in 1..2: w(self))

Spec == Init /\ [][Next]_vars

Termination == <>(\A self \in ProcSet: pc[self] = "Done")

\* END TRANSLATION
====
"""
TRANSLATED = FILE.replace("CHECKSUM", "60d04a4c")
IN_BRACES = r"""
---- MODULE B ----
(* --fair algorithm b {
  variables n = {1};
  fair process (p = 7) {
    go: while (TRUE) { n := n \cup {8} }
  }
}  words behind the algorithm *)
\* BEGIN TRANSLATION
VARIABLE n
vars == << n >>
ProcSet == {7}
Init == n = {1}
p == n' = (n \cup {8})
Next == p
Spec == Init /\ [][Next]_vars /\ WF_vars(p)
\* END TRANSLATION
====
"""


def warnings(text: str) -> list[TranslationWarning]:
    return check_translation(text, "A.tla")


@pytest.mark.parametrize("text", [TRANSLATED, TRANSLATED.replace("\n", "\r\n"), IN_BRACES])
def test_a_translation_of_its_algorithm(text: str) -> None:
    assert warnings(text) == []


def test_a_translation_changed_by_hand() -> None:
    (warning,) = warnings(TRANSLATED.replace("/\\ y' = 9", "/\\ y' = 1"))[:1]
    assert "was changed after it was made" in warning.message
    assert str(warning.location) == "A.tla:20:4"


def test_space_at_the_end_of_a_line_is_a_change_too() -> None:
    assert len(warnings(TRANSLATED.replace("/\\ x = 0\n", "/\\ x = 0 \n"))) == 1


def test_a_checksum_that_is_switched_off() -> None:
    text = re.sub(r'= "\w*"', r"\\in STRING", TRANSLATED)
    assert warnings(text) == []
    assert warnings(text.replace("/\\ TRUE\n", "/\\ y = y\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("z := z - 1", "z := z - 4", "4"),
        ("bump(x, 5)", "bump(q, 5)", "q"),
        (" l3: print", " l4: print", "l4"),
        ('print "bye"', 'print "hello"', '"hello"'),
        ("variables x = 0", "variables k = 1, x = 0", "k"),
    ],
)
def test_an_algorithm_with_a_word_that_is_not_translated(old: str, new: str, word: str) -> None:
    text = TRANSLATED.replace(old, new)
    (warning,) = warnings(text)
    assert warning.message.startswith(f"the translation is older than the algorithm: {word} is not in the translation")
    line = text.split("\n")[warning.location.line - 1]
    assert line[warning.location.column - 1 : warning.location.end_column] == word


def test_a_word_that_is_gone_from_the_algorithm() -> None:
    (warning,) = warnings(TRANSLATED.replace("either y := 9; or skip; end either;", "skip;"))
    assert "9 is not in the algorithm" in warning.message


def test_what_a_macro_says_is_not_looked_for() -> None:
    assert warnings(TRANSLATED.replace("v := v + n", "v := v + n + 1000")) == []


@pytest.mark.parametrize(
    "text", ["", "---- MODULE M ----\n====", TRANSLATED.replace("--algorithm", ""), TRANSLATED.replace("BEGIN TR", "")]
)
def test_nothing_to_compare(text: str) -> None:
    assert warnings(text) == []
