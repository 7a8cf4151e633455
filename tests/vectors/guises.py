"""Who the letter is from, and what it is called: a bare address, a person, another firm, no subject."""

from milter.mail.reading import Mailbox
from tests.vectors.frames import COLLEAGUE
from tests.vectors.letter import NOBODY, posted
from tests.vectors.trick import Trick

_FIRM = Mailbox("Boulangerie Dupont", "contact@boulangerie-dupont.example")
_SIGNED = "<p>-- <br>Boulangerie Dupont<br>12 rue des Lilas, 69003 Lyon<br>04 78 00 00 00</p>"
_NEUTRAL = "Information importante"

DISGUISED = (
    Trick("from a bare address", lambda letter: posted(letter, letter.html(), author=NOBODY)),
    Trick("from a bare address, neutral subject", lambda letter: posted(
        letter, letter.html(), author=NOBODY, subject=_NEUTRAL)),
    Trick("without a subject", lambda letter: posted(letter, letter.html(), subject="")),
    Trick("from a person", lambda letter: posted(letter, letter.html(), author=COLLEAGUE)),
    Trick("from another firm", lambda letter: posted(letter, letter.html(), author=_FIRM)),
    Trick("from another firm, signed by it", lambda letter: posted(
        letter, letter.html(after=_SIGNED), author=_FIRM)),
)  # fmt: skip
