"""Which words says everybody, whoever he is? Ordinary words, and the words that name a body.

Pure.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import ahocorasick_rs

from milter.claim.words import ClaimWords
from milter.mail.domain import Domain
from milter.mail.reading import Mailbox
from milter.mail.text.folding import phrase

_BEGINNING = 3  # letters by which the ordinary words are looked up
_ABSTRACT = 8  # letters of a word that its ending marks as an abstract noun: `recouvrement`, not `Clement`


class Vocabulary:
    """Knows the words of config/claim.toml; built once."""

    def __init__(self, common: ClaimWords) -> None:
        """Keep the words as sets."""
        self._common = common
        self._ordinary = common.filler | common.roles
        self._departments = common.departments - common.roles
        self._bodies = frozenset(common.bodies)
        # One for all brands: each has its own bodies only.
        self._language = ordinary_words()
        self._a_body = _finder(common.bodies)
        self._a_body_at_length = _finder(tuple(body for body in common.bodies if " " in body))
        self._other = _finder(common.others)
        self._beginnings = tuple(f"{other} " for other in common.others)

    def is_of_the_state(self, domain: Domain | None) -> bool:
        """True for a domain under which none but a body of the State writes."""
        return domain is not None and domain.is_within_any(self._common.state_suffixes)

    def is_filler(self, word: str) -> bool:
        """True for a word that means nothing by itself beside a name: `de`, `via`, `from`."""
        return word in self._common.filler

    def is_plain(self, word: str) -> bool:
        """True for such a word, a department's, or a file number: it says nothing of who somebody is."""
        return self.is_said_by_all(word) or word in self._common.departments

    def is_said_by_all(self, word: str) -> bool:
        """True for an ordinary word or a file number, departments left out: some are trades (`pieces`)."""
        return self.is_ordinary(word) or _is_reference(word)

    def is_ordinary(self, word: str) -> bool:
        """True for a word, or a number, that organisations of every kind carry in their names."""
        return (
            word in self._ordinary
            or word.isdigit()
            or len(word) <= 2
            or (len(word) >= _ABSTRACT and word.endswith(self._common.endings) and word not in self._bodies)
        )

    def is_word(self, word: str) -> bool:
        """True for any word of the language that is nobody's name, one that names a body left out.

        Wider than `is_plain`: a shop may be called by such a word (`Le Fournil du Port`), so that it says
        nothing only beside a name, or a matter, that is nobody else's.
        """
        return self.is_plain(word) or (word in self._language and word not in self._bodies)

    def is_of_an_office(self, found: list[str]) -> bool:
        """True for words of the language only, one at least of what mail of an office is about."""
        return all(map(self.is_word, found)) and not self._departments.isdisjoint(found)

    def is_piece(self, piece: str) -> bool:
        """True for a word that may be glued to others in the name of a domain."""
        if piece.isdigit():
            return True
        return len(piece) > 1 and (
            piece in self._ordinary or (piece[-1] == "s" and piece[:-1] in self._ordinary)
        )

    def names_a_body(self, text: str) -> bool:
        """True where a word says that a body of its own is meant: `Amicale du personnel`, `Caf du Sureau`."""
        found = [word for word in phrase(text).split() if word not in self._common.titles]
        padded = f" {' '.join(found)} "
        return self.says_a_body(found) or _stands_in(padded, self._other)

    def borrows_a_name(self, box: Mailbox) -> bool:
        """True where he is called by the name of a service of the State, and writes from elsewhere: a domain
        that holds it anybody can buy. Not of a body that has it in its own: `Journal du service public`.
        """
        if self.is_of_the_state(box.domain):
            return False
        shown = f" {phrase(box.display_name)} "
        borrowed = (name for name in self._common.national if f" {name} " in shown)
        return any(not self.says_a_body(shown.replace(f" {name} ", " ").split()) for name in borrowed)

    def begins_as_a_body(self, text: str) -> bool:
        """True where that word comes first: `Syndicat CPAM`, not `CPAM - Pharmacie`."""
        found = phrase(text).split()
        while found and found[0] in self._common.filler:
            found.pop(0)
        return bool(found) and (
            found[0] in self._bodies or f"{' '.join(found)} ".startswith(self._beginnings)
        )

    def is_a_department(self, own: list[str], tokens: list[str]) -> bool:
        """True for `CPAM Recrutement`: no word but a trade's, and not first as a body says what it is."""
        return self._common.trades.issuperset(own) and not self.begins_as_a_body(" ".join(tokens))

    def has_title(self, found: list[str]) -> bool:
        """True for the folded words of a person's name with a title: `dr p sow`."""
        return any(word in self._common.titles for word in found)

    def says_a_body_at_length(self, tokens: list[str]) -> bool:
        """True where several words together name a body, each of them ordinary: `comite d entreprise`."""
        return _stands_in(f" {' '.join(tokens)} ", self._a_body_at_length)

    def says_a_body(self, tokens: list[str]) -> bool:
        """True where one of the folded words names a body, and not as part of a longer name."""
        padded = f" {' '.join(tokens)} "
        for name in self._common.no_bodies:
            padded = padded.replace(f" {name} ", " ")
        return _stands_in(padded, self._a_body)


def _finder(phrases: tuple[str, ...]) -> ahocorasick_rs.AhoCorasick:
    # As small as in `lines`, for the same reason.
    return ahocorasick_rs.AhoCorasick(
        [f" {phrase} " for phrase in phrases], implementation=ahocorasick_rs.Implementation.ContiguousNFA
    )


def _stands_in(padded: str, finder: ahocorasick_rs.AhoCorasick) -> bool:
    return bool(finder.find_matches_as_indexes(padded))


class ManyWords:
    """A set of words that takes a quarter of the memory of a set: one text of all that begin alike."""

    def __init__(self, words: Iterable[str]) -> None:
        """None of them may hold a line end."""
        begun = defaultdict[str, list[str]](list)
        for word in words:
            begun[word[:_BEGINNING]].append(word)
        self._begun = {start: "\n".join(("", *found, "")) for start, found in begun.items()}

    def __contains__(self, word: str) -> bool:
        return f"\n{word}\n" in self._begun.get(word[:_BEGINNING], "")


@cache
def ordinary_words() -> ManyWords:
    """The words of data/ordinary.txt, which says where they are from; read once."""
    lines = files("milter.claim.names").joinpath("data/ordinary.txt").read_text("ascii").splitlines()
    return ManyWords(line for line in lines if not line.startswith("#"))


def _is_reference(word: str) -> bool:
    """True for a file number: letters and digits mixed (`aml591783021`, `2b45`)."""
    return any(char.isdigit() for char in word) and len(word) > 2
