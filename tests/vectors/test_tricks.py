"""Every trick gives a mail in which the letter is read, its link too: else its loss would show nothing."""

import re
import time
from collections import Counter

import pytest

from milter.attachment.budget import Budget
from milter.attachment.open import merged, open_files
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from milter.mail.text.disguise import letters
from milter.mail.text.folding import fold
from tests.vectors.letter import NOBODY, Letter, letter_of, posted
from tests.vectors.lure import FRAUD, LINK, html_mail
from tests.vectors.trick import Trick, Where
from tests.vectors.tricks import TRICKS, TWIN

CLUB = "https://club-lecture.example/rose"
LETTER = Letter(
    "letter",
    Mailbox("Le club", "bureau@club-lecture.example"),
    "Le programme",
    "Chers amis, « lecteurs & lectrices »,\nUne rose rouge attend.\nVoir le programme\nÀ bientôt",
    (Link(CLUB, "Voir le programme", LinkKind.ANCHOR),),
)
# Short enough for every slip of the pen to leave it alone.
WORD = "rose"


def reading_of(trick: Trick) -> Reading:
    message = Message(trick.mail(LETTER))
    reading = read(message)
    return merged(reading, open_files(message, reading, Budget(time.monotonic() + 60)))


def says(text: str) -> bool:
    """In letters set apart and disguised, too."""
    return letters(WORD) in letters(re.sub(r"\W", "", fold(text)))


@pytest.mark.parametrize("trick", [TWIN, *TRICKS], ids=lambda trick: trick.name)
def test_the_letter_is_read(trick: Trick) -> None:
    reading = reading_of(trick)
    own = trick.where is Where.TEXT

    assert says(f"{reading.text}\n{reading.quoted}" if own else reading.attached)


@pytest.mark.parametrize("trick", [TWIN, *TRICKS], ids=lambda trick: trick.name)
def test_its_link_is_read(trick: Trick) -> None:
    reading = reading_of(trick)

    # In what is forwarded, and in what one alternative alone tells, addresses are read with the text.
    texts = "\n".join((reading.quoted, *reading.versions))
    assert CLUB in {link.target for link in reading.links} or CLUB in texts


def test_each_trick_has_a_name_of_its_own() -> None:
    assert [] == [name for name, count in Counter(one.name for one in (TWIN, *TRICKS)).items() if count > 1]


def test_each_section_is_one_of_the_catalogue() -> None:
    assert [] == [one.section for one in TRICKS if not re.fullmatch(r"(?:[AMECH]\d*)?", one.section)]


def test_a_letter_is_always_written_in_the_same_way() -> None:
    assert [trick.mail(LETTER) for trick in TRICKS] == [trick.mail(LETTER) for trick in TRICKS]


def test_a_letter_is_what_a_mail_says() -> None:
    letter = letter_of(html_mail(FRAUD.html), "fraud")

    assert letter is not None
    assert ("Service client", "Votre dossier") == (letter.author.display_name, letter.subject)
    assert (LINK, FRAUD.shown) in {(link.target, link.shown) for link in letter.links}
    assert letter == letter_of(posted(letter, letter.html()), "fraud")
    assert NOBODY == letter.anonymous.author


def test_what_is_said_by_a_quotation_or_by_few_words_is_no_letter() -> None:
    forwarded = next(trick for trick in TRICKS if trick.name == "forwarded without a word")

    assert letter_of(forwarded.mail(LETTER), "forwarded") is None
    assert letter_of(html_mail("<p>Bonjour</p>"), "short") is None
