"""Two other parsers may see other words in a mail, but then we know that it can be read in two ways."""

import contextlib
import email
import re
from collections.abc import Callable

import fast_mail_parser
import pytest

from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.subject_only import letter_of
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import seeds, vectors
from tests.vectors.lure import LETTER, plain_mail

VECTORS = vectors()
# Whatever is no ASCII counts as a letter here: what of it is one depends on the charset.
_WORD = re.compile(r"[a-z\u0080-\U0010ffff]{5,}")
_NOT_ASCII = re.compile(r"[^\0-\x7f]+")
_LINK = re.compile(r"\S*://\S*")

Parser = Callable[[bytes], str]


def standard_library(raw: bytes) -> str:
    """The plain texts as `email` reads them."""
    texts = []
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            content, charset = part.get_payload(decode=True), part.get_content_charset("utf-8")
            with contextlib.suppress(LookupError, ValueError):
                texts.append(content.decode(charset, "replace") if isinstance(content, bytes) else "")
    return "\n".join(texts)


def in_rust(raw: bytes) -> str:
    """The plain texts as fast-mail-parser reads them; none where it gives up."""
    try:
        return "\n".join(fast_mail_parser.parse_email(raw).text_plain)
    except fast_mail_parser.ParseError:
        return ""


def words(text: str) -> set[str]:
    """The words of ASCII letters. Of links there is a list of its own."""
    return {word for word in _WORD.findall(_LINK.sub(" ", text).lower()) if word.isascii()}


def unexplained(raw: bytes, parser: Parser) -> set[str]:
    """The words that this parser shows and we do not, in a mail that we find nothing odd about."""
    message = Message(raw)
    reading = read(message)
    if message.defects or reading.ambiguous or reading.unreadable or b"BEGIN:VCALENDAR" in raw:
        # Of a calendar its reader is shown the words, and not what is around them.
        return set()
    texts = (reading.text, reading.quoted, reading.hidden, reading.attached, reading.subject, reading.title)
    names = [attachment.name for attachment in reading.attachments]
    ours = "\n".join((*texts, *names))
    # What a device puts below an empty mail is nobody's word (`mail.subject_only`).
    theirs = letter_of("", parser(raw))
    # fast-mail-parser leaves bytes out that may not stand in quoted-printable.
    return words(theirs) - words(ours) - words(_NOT_ASCII.sub("", ours))


@pytest.mark.parametrize("parser", [standard_library, in_rust])
def test_a_word_that_only_another_parser_sees_is_in_an_ambiguous_mail(parser: Parser) -> None:
    found = {number: unexplained(mutated(VECTORS, 3, number), parser) for number in range(600)}

    assert {} == {number: missing for number, missing in found.items() if missing}


@pytest.mark.parametrize("parser", [standard_library, in_rust])
def test_of_the_mails_as_written_nothing_is_missed(parser: Parser) -> None:
    assert [] == [missing for raw in seeds() if (missing := unexplained(raw, parser))]


def test_a_word_that_nobody_but_a_parser_sees_is_found() -> None:
    raw = plain_mail(b"From: Lucie <lucie@club.example>\r\nSubject: Bonjour\r\n", LETTER)

    assert {"invisible"} == unexplained(raw, lambda _: "bonjour invisible")
