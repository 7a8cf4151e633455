"""Does somebody warn of frauds to commit one? He wants for himself what they want.

Pure. A warning quotes the fraud, says what not to do, and sends its reader to the organisation's own pages;
and it is worded as others write, even with a whole letter of a fraud in it. To be bait proves no fraud: it
is only no reason any more to hear no claim.
"""

import re
from dataclasses import replace

from milter.ask.ask import Ask, wants_data
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon
from milter.brand.promise import AskKind
from milter.claim.lines import without_quoted_letters
from milter.claim.read import ClaimReader
from milter.claim.text import MOST_TEXT
from milter.claim.writing.manner import Manners
from milter.mail.reading import Reading

# To himself: by a page that is not the organisation's, by an answer, by a call; and money in any way.
_TO_HIM = frozenset({AskKind.LINK, AskKind.REPLY, AskKind.CALL_BACK, AskKind.PAYMENT})
_QUOTED = re.compile(r"«[^»]{0,2000}»|“[^”]{0,2000}”|\"[^\"\n]{0,1000}\"")


def is_bait(reading: Reading, reader: ClaimReader, manners: Manners, lexicon: Lexicon) -> bool:
    """True where the mail tells of frauds, is worded as impostors write, and wants data for its sender."""
    if reading.quoted or reading.attached or not reader.tells_of_frauds(reading):
        return False
    worded = manners.worded(reading, reader.brand)
    if worded is None or not manners.is_likely(worded):
        return False
    own = replace(reading, text=_own_words(reading.text), versions=())
    return _wants_for_himself(find_asks(own, lexicon, reader.brand))


def _own_words(text: str) -> str:
    return _QUOTED.sub(" ", without_quoted_letters(text[:MOST_TEXT]))


def _wants_for_himself(asks: tuple[Ask, ...]) -> bool:
    return wants_data(asks) and any(ask.kind in _TO_HIM for ask in asks)
