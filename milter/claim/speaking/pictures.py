"""What do the pictures say of who writes: their names, their texts, and how little stands beside them?

Pure.
"""

import re
from collections.abc import Iterator

from milter.claim.claim import Evidence, trace
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.stems import Stems
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold
from milter.mail.text.spaced_letters import join_spaced

_HARDLY_A_WORD = 30
_MOST, _SENTENCE = 50, 3  # blanks in a text that is one
_LOGO = re.compile(r"\blogo|\bbanni|\bheader|\bentete|\ben-t", re.IGNORECASE)


class Pictures:
    """Compares them with the names of one brand; built once."""

    def __init__(self, common: ClaimWords, comparer: Comparer, stems: Stems) -> None:
        """Keep the weights and what is compared."""
        self._weights = common.weights
        self._comparer = comparer
        self._stems = stems

    def evidence(self, reading: Reading) -> Iterator[Evidence]:
        """A logo of the brand, pictures with next to no text, and a title that is the brand's name."""
        yield from self._logo(reading)
        if (
            reading.image_names
            and reading.links
            and not reading.quoted
            and len(reading.note.split(None, _HARDLY_A_WORD)) < _HARDLY_A_WORD
        ):
            said = f"{len(reading.image_names)} pictures, little text"
            yield trace("picture", said, self._weights.picture_only)
        if reading.title and self._comparer.name(reading.title) >= Degree.SHORT:
            yield trace("title", reading.title, self._weights.title)

    def _logo(self, reading: Reading) -> Iterator[Evidence]:
        # A newsletter has a hundred, and hardly any is looked at.
        named = self._stems.stand_in(join_spaced(fold("\n".join(reading.image_names))))
        for name in reading.image_names if named else ():
            if self._comparer.name(name.rpartition(".")[0] or name) >= Degree.SHORT or (
                _LOGO.search(name) and self._comparer.name(name) >= Degree.PART
            ):
                yield trace("logo", name, self._weights.logo)
                break


def shown(reading: Reading) -> str:
    """The text, and the pictures' texts that are sentences: what shows where pictures are blocked."""
    said = (name for name in reading.image_names[:_MOST] if name.count(" ") > _SENTENCE)
    return "\n".join((reading.text, *said))
