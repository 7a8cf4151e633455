"""Does a platform's notice say that somebody called like the organisation wrote to its reader? "Ameli
Remboursements vous a envoyé un document à signer": the platform mails it in good faith, from its own domain.

Pure. Who uses a platform gives himself a name, and it stands in the first lines or in the subject. In a
letter "la CPAM vous a envoyé un courrier" has its article. Of colleagues the board or the file is called so.
"""

from itertools import islice

from milter.claim.lines import MAX_LINE, Phrases
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.speaking.speaker import Speaker, speaker
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import MOST_LINKS, LinkKind, Reading
from milter.mail.text.folding import phrase
from milter.mail.urls import links_in_text

_FOLLOWED = frozenset({LinkKind.ANCHOR, LinkKind.TEXT})
_TOP_LINES, _MOST_LINES = 4, 40
_LONGEST_NAME = 8  # words
_ARTICLES = frozenset(
    {"la", "l", "le", "les", "votre", "notre", "vos", "ma", "sa", "une", "un", "que", "si", "the"}
)


class Notified:
    """Finds who a notice says has written, in the name of one brand; built once."""

    def __init__(self, common: ClaimWords, names: Phrases, comparer: Comparer) -> None:
        """`names` are those of the brand and of its things."""
        self._did = Phrases(common.notifying)
        self._by = Phrases(common.notified_by)
        self._names = names
        self._comparer = comparer

    def line_in(self, reading: Reading) -> str | None:
        """The line that says so, of a notice by another, whose links lead to him."""
        author = reading.author
        if author is None or not self._leads_on(reading):
            return None
        name = author.display_name[:MAX_LINE]
        # The name of a platform may be one of a person, too, but not with the name of a family.
        is_person = len(phrase(name).split()) > 1 and speaker(reading, self._comparer) is Speaker.PERSON
        if is_person or self._comparer.name(name) >= Degree.SHORT:
            return None
        filled = (line for line in reading.text.split("\n", _MOST_LINES)[:_MOST_LINES] if line.strip())
        lines = (reading.subject, *islice(filled, _TOP_LINES))
        return next((line for line in lines if self._says_so(line[:MAX_LINE])), None)

    def _leads_on(self, reading: Reading) -> bool:
        """True with a link, which may stand in a description that somebody wrote, too."""
        followed = any(link.kind in _FOLLOWED for link in reading.links[:MOST_LINKS])
        return followed or next(iter(links_in_text(reading.quoted[:MOST_TEXT])), None) is not None

    def _says_so(self, line: str) -> bool:
        words = f" {phrase(line)} "
        did, by = self._did.find(words), self._by.find(words)
        if did and self._is_a_name(words.partition(f" {did} ")[0]):
            return True
        return bool(by) and self._is_a_name(words.partition(f" {by} ")[2])

    def _is_a_name(self, said: str) -> bool:
        """True of the brand's own name, as somebody may be called who is no part of a sentence."""
        found = said.split()
        if not 0 < len(found) <= _LONGEST_NAME or found[0] in _ARTICLES:
            return False
        return self._names.find(f" {said.strip()} ") is not None and self._comparer.name(said) >= Degree.SHORT
