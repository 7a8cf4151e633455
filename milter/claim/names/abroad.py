"""Does the mail show that a body of the same name abroad is meant? Pure."""

import ahocorasick_rs

from milter.brand.brand import Words
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.text import words_said
from milter.mail.reading import Reading
from milter.mail.text.folding import phrase

# So many of what is said of the brand at home outweigh whatever is said of other countries: "votre numéro de
# sécurité sociale" alone is said in Luxembourg, too.
_AT_HOME = 2


class SignsAbroad:
    """Knows the signs of a brand's namesakes abroad; built once."""

    def __init__(self, words: Words) -> None:
        """Keep the signs, and the names that no namesake carries."""
        self._suffixes = words.foreign_suffixes
        self._signs = ahocorasick_rs.AhoCorasick([f" {sign} " for sign in words.foreign])
        self._home = ahocorasick_rs.AhoCorasick([f" {one} " for one in words.home])
        self._own = [f" {name} " for name in words.abroad().names]

    def stand_in(self, reading: Reading, *, by_author: bool = False) -> bool:
        """True for a namesake abroad: one sign of it, and no name that is this brand's alone; or the author's
        own sign, or several, beside a name to which the reader is sent. With `by_author` for his own only.
        Of other authors, whoever writes to people who live or work abroad says what is said at home.
        """
        boxes = reading.authors[:MAX_MAILBOXES]
        domains = [box.domain for box in boxes if box.domain is not None]
        suffixed = any(d.name.rpartition(".")[2] in self._suffixes for d in domains)
        author = f" {phrase(' '.join((*(box.display_name for box in boxes), *(d.label for d in domains))))} "
        if any(name in author for name in self._own):
            return False
        shown = _count(self._signs, author)
        if by_author:
            return shown > 0 or suffixed
        text = f"{author}{words_said(reading)}"
        signs = _count(self._signs, text) + suffixed
        if shown == 0 and not suffixed and signs > 0 and _count(self._home, text) >= _AT_HOME:
            return False
        return signs > 1 or shown > 0 or (signs > 0 and not any(name in text for name in self._own))


def _count(phrases: ahocorasick_rs.AhoCorasick, words: str) -> int:
    """How many different ones of the phrases stand in the padded words."""
    return len({one for one, _, _ in phrases.find_matches_as_indexes(words, overlapping=True)})
