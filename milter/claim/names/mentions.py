"""Does this mail name the brand anywhere, or write of its field at all?

Pure.
"""

from collections.abc import Iterator

from milter.brand.brand import Words
from milter.claim.claim import Evidence, trace
from milter.claim.lines import MAX_LINE, Phrases
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.names.stems import Stems
from milter.claim.text import words_said
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold, folded, phrase
from milter.mail.text.spaced_letters import join_spaced

_MOST_PICTURES, _MOST_LINKS = 50, 400


class Mentions:
    """Looks for the words of one brand; built once."""

    def __init__(self, words: Words, common: ClaimWords, stems: Stems) -> None:
        """Prepare its names; who is called by a first name among them signs so."""
        self._weights = common.weights
        self._stems = stems
        self._field = tuple(f" {begin}" for begin in words.field)
        self._nobodys = Phrases(tuple(one for one in words.names if one not in words.first_names))

    def stand_in(self, reading: Reading) -> bool:
        """A first look: does any word of the brand stand anywhere the reader sees?"""
        beside = "\n".join((reading.subject, reading.title, *reading.image_names[:_MOST_PICTURES]))
        return any(
            self._stems.stand_in(text)
            for text in (
                join_spaced(folded(reading.text)),
                join_spaced(fold(beside)),
                "\n".join(link.target for link in reading.links[:_MOST_LINKS]).lower(),
            )
        )

    def are_of_its_field(self, reading: Reading) -> bool:
        """True where a word of health or insurance stands in it, or in its sender's name."""
        names = " ".join(box.display_name[:MAX_LINE] for box in reading.authors[:MAX_MAILBOXES])
        said = f" {phrase(names)}{words_said(reading)}"
        return any(begin in said for begin in self._field)

    def by_nobody(self, reading: Reading) -> Iterator[Evidence]:
        """The name that subject or text says, and that no person is called."""
        if name := self._nobodys.find(words_said(reading)):
            yield trace("sender", name, self._weights.nobody_else)
