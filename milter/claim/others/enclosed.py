"""Does the sender let a file speak for him, or does he send a file of his own?

Pure. A fraud hides its voice in a file: the mail says nothing, or only that there is a file, and nobody
stands behind it. Whoever sends his own attestation, an invoice or a letter that he has got says so: "mon
attestation", his name on the paper, his firm's name below the mail. Such a file is his paper, not his voice.
"""

from dataclasses import replace

from milter.claim.claim import WORDING, Evidence
from milter.claim.lines import Phrases
from milter.claim.names.comparer import Comparer
from milter.claim.others.talk import Talk
from milter.claim.speaking.speaker import Speaker, is_called_by_words, speaker
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import LinkKind, Reading
from milter.mail.structure.attached import is_card, kind_of
from milter.mail.text.folding import phrase

# Words that may stand beside a file without saying anything themselves: a greeting and a signature.
_HARDLY_ANYTHING = 40
_COVER_NOTE = 200
IN_FILES = frozenset({LinkKind.DOCUMENT, LinkKind.QR})


class Cover:
    """Reads cover notes; built once."""

    def __init__(self, common: ClaimWords, names: tuple[str, ...], talk: Talk) -> None:
        """`names`: those of the organisation, which may hold a word of possession ("Mon espace santé")."""
        self._talk = talk
        self._names = Phrases(names)
        self._own = Phrases(common.own)
        self._pointing = Phrases(common.pointing)

    def lends_its_voice(self, reading: Reading, comparer: Comparer) -> bool:
        """True where the reader is left alone with what is enclosed."""
        if not reading.attached or not self._talk.is_of_other_things(reading):
            return False
        if reading.quoted and not reading.text.strip():
            # He sends on what is quoted.
            return False
        said = reading.note[:MOST_TEXT]
        words = f" {phrase(f'{reading.subject} {said}')} "
        while found := self._names.find(words):
            words = words.replace(f" {found} ", " _ ")
        count = len(said.split())
        if count > _COVER_NOTE or (count > _HARDLY_ANYTHING and not self._pointing.find(words)):
            return False
        if self._own.find(words) or _named(reading, comparer) is not Speaker.NOBODY:
            return False
        # Who is named on the paper sends his own.
        return _named(what_is_enclosed(reading), comparer) is not Speaker.PERSON


def _named(reading: Reading, comparer: Comparer) -> Speaker:
    """Who speaks; not a person whose name, and domain, only say what is sent: `Correspondance` of
    doc-expedition.example.
    """
    found = speaker(reading, comparer)
    nobody = found is Speaker.PERSON and is_called_by_words(reading, comparer)
    return Speaker.NOBODY if nobody else found


def what_is_enclosed(reading: Reading) -> Reading:
    """The files, read as if they were the mail itself."""
    return replace(
        reading,
        subject="",
        title="",
        text=reading.attached,
        versions=(),
        quoted="",
        image_names=(),
        links=tuple(link for link in reading.links if link.kind in IN_FILES),
    )


def in_file(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The evidence as what stands in a file; the wording is that of the whole."""
    return tuple(
        one if one.where == WORDING else replace(one, where=f"file, {one.where}") for one in evidence
    )


def are_cards(reading: Reading) -> bool:
    """True where all files are cards (RFC 6350): who is named on one says what it says."""
    return bool(reading.attachments) and all(
        is_card(one.content_type, one.name) for one in reading.attachments
    )


def are_pages(reading: Reading) -> bool:
    """True where all files are such as a browser opens. Attestations, forms and posters, which others send
    on, are not; and the organisation has its own pages, and sends none.
    """
    return bool(reading.attachments) and all(
        kind_of(one.content_type, one.name) == "html" for one in reading.attachments
    )
