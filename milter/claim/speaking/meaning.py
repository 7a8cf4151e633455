"""Does the mail speak of the brand, or of what it manages, under whatever name?

Pure. Never raises on anything a sender writes. It makes no claim: newspapers and employers speak of it, too.
"""

from collections.abc import Iterator

from milter.brand.brand import Words
from milter.claim.lines import Line, Phrases
from milter.claim.speaking.fields import Fields
from milter.claim.text import MOST_TEXT
from milter.mail.reading import Reading
from milter.mail.text.folding import phrase

_MOST_LINES, _LONGEST_LINE = 500, 1000


class Meaning:
    """Finds what means the brand; built once."""

    def __init__(self, words: Words, names: Phrases, fields: Fields) -> None:
        """`names` finds the brand's names and things, which are the plainest; it is not spoken of in `fields`
        that programs fill in.
        """
        self._fields = fields
        # Of the others some are first names, too.
        meant = [one for one in (*words.soft, *words.unnamed, *words.matter) if one not in words.other_words]
        self._named = names
        self._meant = Phrases(_once(*meant))
        self._field = Phrases(
            _once(*words.names, *words.objects, *meant, *words.soft_matter, *words.soft_objects)
        )

    def line_in(self, reading: Reading) -> str | None:
        """The subject or the first line that names the brand, or else means it."""
        subject = Line.of(reading.subject[:_LONGEST_LINE])
        for phrases in (self._named, self._meant):
            if phrases.find(subject.words) is not None and not self._is_of_a_field(subject, reading):
                return subject.text
            for line in _lines(reading):
                said = Line.of(line)
                if phrases.find(said.words) is not None and not self._fields.is_one(said):
                    return line
        return None

    def _is_of_a_field(self, subject: Line, reading: Reading) -> bool:
        """True where the subject is a field, or says what one in the text does (`Titre : point CPAM`)."""
        if self._fields.is_one(subject):
            return True
        for line in map(Line.of, _lines(reading)):
            if ":" in line.text and self._fields.is_one(line):
                value = f" {phrase(line.text.partition(':')[2])} "
                if self._named.find(value) is not None and value in subject.words:
                    return True
        return False

    def is_of_its_field(self, words: str) -> bool:
        """True where a word of its matter stands in the padded words, or of what insurers are about."""
        return self._field.find(words) is not None


def _lines(reading: Reading) -> Iterator[str]:
    for line in reading.text[:MOST_TEXT].split("\n", _MOST_LINES)[:_MOST_LINES]:
        yield line[:_LONGEST_LINE]


def _once(*phrases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrases))
