"""Is what is quoted beside a file only a talk of other things?

Pure. Who has got into a mailbox answers what he finds there, and puts his file below it. Where the talk names
the organisation, or doubts, the file may be what it is about.
"""

from milter.claim.lines import Phrases
from milter.claim.names.stems import Stems
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold, phrase
from milter.mail.text.quoting import without_marks
from milter.mail.text.spaced_letters import join_spaced


class Talk:
    """Reads what is quoted beside files; built once for a brand."""

    def __init__(self, common: ClaimWords, stems: Stems) -> None:
        """`stems`: of the words that name the organisation."""
        self._stems = stems
        self._doubting = Phrases(common.doubting)
        self._reporting = Phrases(common.reporting)

    def names_it(self, text: str) -> bool:
        """True where any word of the organisation stands in the text."""
        return bool(text) and self._stems.stand_in(join_spaced(fold(text)))

    def is_of_other_things(self, reading: Reading) -> bool:
        """True where what is quoted has nothing to do with the files; also where nothing is."""
        if not reading.quoted:
            return True
        if self.names_it(reading.quoted):
            return False
        words = f" {phrase(without_marks(reading.quoted[:MOST_TEXT]))} "
        return not (self._doubting.find(words) or self._reporting.find(words))
