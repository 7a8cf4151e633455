"""What a network says of a page is no claim of the page's, as long as nothing leads elsewhere."""

from dataclasses import replace

import pytest

from milter.claim.names.notice import Notices
from milter.claim.read import ClaimReader
from milter.mail.reading import Attachment, Form, Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

NOTICES = Notices(BRAND, COMMON)
READER = ClaimReader(BRAND, COMMON)
POST = "https://www.linkedin.com/comm/feed/update/1"


def notice(
    *targets: str,
    address: str = "updates-noreply@linkedin.com",
    reply_to: tuple[Mailbox, ...] = (),
    kind: LinkKind = LinkKind.ANCHOR,
) -> Reading:
    """A notice of a post whose links lead there."""
    author = Mailbox("CPAM du Rhône", address)
    text = "CPAM du Rhône a publié un post.\nVoir le post"
    links = tuple(Link(target, "Voir le post", kind) for target in targets)
    return Reading("CPAM du Rhône a publié un post", (author,), reply_to, text, links=links)


@pytest.mark.parametrize(
    "reading",
    [
        notice(POST),
        notice(POST, "https://www.ameli.fr/assure"),
        notice("https://x.com/i/redirect?url=https%3A%2F%2Fx.com%2Fa", address="notify@x.com"),
        notice(POST, reply_to=(Mailbox("", "reply@linkedin.com"),)),
    ],
)
def test_a_network_names_the_page_of_the_brand(reading: Reading) -> None:
    assert NOTICES.is_one(reading)
    assert READER.read(reading) is None


@pytest.mark.parametrize("number", ["04 65 71 33 08", "+33 4.65.71.33.08", "0465713308"])
def test_who_wants_to_be_called_is_none(number: str) -> None:
    reading = notice(POST)

    assert not NOTICES.is_one(replace(reading, text=f"{reading.text}\nAppelez le {number}."))
    assert NOTICES.is_one(replace(reading, text=f"{reading.text}\nAppelez le 36 46, id 20461233123."))


def test_one_with_a_form_or_a_file_is_none() -> None:
    file = Attachment("avis.pdf", "application/pdf", 1000)

    assert not NOTICES.is_one(replace(notice(POST), forms=(Form("", "RIB"),)))
    assert not NOTICES.is_one(replace(notice(POST), attachments=(file,)))


def test_its_pictures_may_come_from_anywhere() -> None:
    assert NOTICES.is_one(notice("https://cdn.example/logo.png", kind=LinkKind.IMAGE))


@pytest.mark.parametrize(
    "reading",
    [
        notice(POST, "https://dossier.example/rib"),
        notice("https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fdossier.example%2F"),
        notice("https://www.linkedin.com/redir/redirect?url=https%253A%252F%252Fdossier.example%252F"),
        notice("https://www.linkedin.com/redir/redirect?url=http:/dossier.example/"),
        notice("https://linkedin.com.dossier.example/"),
        notice("mailto:dossier@sante.example"),
        notice(POST, reply_to=(Mailbox("", "dossier@sante.example"),)),
        notice(POST, address="updates@linkedin-notices.example"),
        notice(POST, address="updates"),
        notice(*[POST] * 500),
    ],
)
def test_whoever_forges_its_address_leads_elsewhere(reading: Reading) -> None:
    assert not NOTICES.is_one(reading)
    assert READER.read(reading) is not None
