"""Does the mail show that a body of the same name abroad is meant? Pure."""

import ahocorasick_rs

from milter.brand.brand import Words
from milter.claim.author import MAX_MAILBOXES
from milter.claim.text import words_said
from milter.mail.folding import phrase
from milter.mail.reading import Reading


class SignsAbroad:
    """Knows the signs of a brand's namesakes abroad; built once."""

    def __init__(self, words: Words) -> None:
        """Keep the signs, and the names that no namesake carries."""
        self._suffixes = words.foreign_suffixes
        self._signs = ahocorasick_rs.AhoCorasick([f" {sign} " for sign in words.foreign])
        self._own = [f" {name} " for name in words.abroad().names]

    def stand_in(self, reading: Reading, *, by_author: bool = False) -> bool:
        """True for a namesake abroad: one sign of it, and no name that is this brand's alone; or the author's
        own sign, or several, beside a name to which the reader is sent. With `by_author` for his own only.
        """
        boxes = reading.authors[:MAX_MAILBOXES]
        domains = [box.domain for box in boxes if box.domain is not None]
        suffixed = any(d.name.rpartition(".")[2] in self._suffixes for d in domains)
        author = f" {phrase(' '.join((*(box.display_name for box in boxes), *(d.label for d in domains))))} "
        if any(name in author for name in self._own):
            return False
        shown = self._count(author)
        if by_author:
            return shown > 0 or suffixed
        text = f"{author}{words_said(reading)}"
        signs = self._count(text) + suffixed
        return signs > 1 or shown > 0 or (signs > 0 and not any(name in text for name in self._own))

    def _count(self, words: str) -> int:
        return len({sign for sign, _, _ in self._signs.find_matches_as_indexes(words, overlapping=True)})
