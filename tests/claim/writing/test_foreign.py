"""What a letter claims in a language of which hardly a word is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.claim import Basis, Claim, Strength
from milter.claim.read import ClaimReader
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

READER = ClaimReader(BRAND, COMMON)
OFFICE = Mailbox("Serviciul Asigurati", "office@asigurari-fr.example")
RELAY = Mailbox("Info", "info@relais-cs.example")
LINKS = (Link("https://asigurari-fr.example/x", "https://asigurari-fr.example/x", LinkKind.TEXT),)
TOLD = (
    "Stimate asigurat,\n\ncardul Vitale expiră pe 30 noiembrie. Completați numărul de securitate socială și"
    " datele cardului bancar: https://asigurari-fr.example/x\n\nCu stimă,\nDepartamentul rambursări"
)
SIGNED = TOLD.replace("Departamentul rambursări", "Serviciul clienți Ameli")


def claim(text: str, author: Mailbox = OFFICE, subject: str = "Rambursarea dvs.") -> Claim | None:
    return READER.read(Reading(subject, (author,), (), text, links=LINKS))


def basis(text: str, author: Mailbox = OFFICE, subject: str = "Rambursarea dvs.") -> Basis | None:
    found = claim(text, author, subject)
    return found.basis if found is not None and found.foreign else None


@pytest.mark.parametrize(
    "last",
    [
        "Serviciul clienți Ameli",
        "Departamentul rambursări - CPAM",
        "Assurance Maladie",
        "CPAM Serviciul asiguraților",
        "Casa primară de asigurări de sănătate",
    ],
)
def test_the_organisation_signs_beside_unknown_words(last: str) -> None:
    found = claim(TOLD.replace("Departamentul rambursări", last))

    assert found is not None
    assert found.foreign
    assert (Basis.SHOWN, "sign-off") == (found.basis, found.evidence[0].where)
    # What it says is not understood.
    assert found.strength is not Strength.STRONG


@pytest.mark.parametrize(
    "card",
    ["cardul Vitale", "Vitale-Kart", "kartica Vitale", "kat vital", "ho kartenn Vitale", "карта Vitale"],
)  # fmt: skip
def test_its_card_is_told_of_in_any_language(card: str) -> None:
    assert basis(TOLD.replace("cardul Vitale", card)) is Basis.TOLD


@pytest.mark.parametrize(
    "thing", ["lucruri de importanță vitale", "domnul Marco Vitale", "vitamina", "Ameli"]
)
def test_a_word_that_sounds_alike_is_not_its_card(thing: str) -> None:
    assert basis(TOLD.replace("cardul Vitale", thing)) is None


@pytest.mark.parametrize(
    "last",
    [
        "Sunați la CPAM.",
        "Parteneri: CAF, CPAM",
        "Sunați acum CPAM 3646",
        "Am trimis deja totul la CPAM acum o lună și încă nu au răspuns",
    ],
)
def test_a_line_that_says_more_is_no_signature(last: str) -> None:
    assert basis(TOLD.replace("Departamentul rambursări", last)) is not Basis.SHOWN


def test_words_that_are_not_latin_stand_between_the_name_and_the_end_of_the_line() -> None:
    said = "各位家长：本周六下午三点学校请志愿者讲解\n请大家都来参加这次讲座非常欢迎各位家长光临本校\n"

    assert basis(f"{said}法国 CPAM 的讲座报名") is not Basis.SHOWN
    assert basis(f"{said}周六上午请大家带好照片一起去CPAM") is not Basis.SHOWN
    assert basis(f"{said}CPAM 参保人服务处") is Basis.SHOWN
    assert basis(f"{said}法国疾病保险 参保人服务处理赔办公室") is Basis.SHOWN


@pytest.mark.parametrize(
    "author",
    [
        Mailbox("Ioana Pop", "ioana.pop84@gmail.com"),
        Mailbox("Ioana Pop", "ioana@pop.example"),
        Mailbox("Asociația Lumina", "contact@lumina-nice.example"),
        Mailbox("Syndicat Carpați", "contact@carpati.example"),
        Mailbox("Casa Lumina", "contact@asociatia-lumina.example"),
    ],
)
def test_who_says_his_name_speaks_for_himself(author: Mailbox) -> None:
    said = TOLD.replace("Departamentul rambursări", "Echipa Asociația Lumina")

    assert basis(said, author) is None


def test_one_word_of_an_address_is_no_name_below_its_signature() -> None:
    service = Mailbox("Serviciul", "serviciul@asigurari-fr.example")

    assert basis(SIGNED, service) is Basis.SHOWN
    assert basis(TOLD, service) is None


def test_a_domain_that_is_called_so_shows_itself_as_the_brand() -> None:
    assert basis(TOLD, Mailbox("Serviciul Asigurati", "contact@sprijin-cpam.example")) is Basis.SHOWN


@pytest.mark.parametrize("warning", ["Nu răspundeți niciodată!", "Atenție la escroci", "Phishing"])
def test_who_warns_makes_no_claim(warning: str) -> None:
    assert basis(f"{warning}\n{SIGNED}") is None
    assert basis(SIGNED, subject=warning) is None


def test_who_leads_to_the_organisation_or_quotes_makes_none() -> None:
    reading = Reading("Rambursarea dvs.", (OFFICE,), (), SIGNED, links=LINKS)
    home = Link("https://www.ameli.fr/assure", "ameli.fr", LinkKind.ANCHOR)

    for other in (replace(reading, links=(*LINKS, home)), replace(reading, quoted="> Bonjour")):
        found = READER.read(other)
        assert found is None or not found.foreign


def test_of_a_long_letter_nothing_is_said() -> None:
    assert basis(f"{'Vă rugăm să citiți ghidul nostru. ' * 30}\n{SIGNED}") is None


def test_what_is_told_in_unknown_words_is_not_strong() -> None:
    school = Mailbox("巴黎中文学校", "info@zhongwen-paris.example")
    said = (
        "各位家长：\n\n本周六下午，学校请志愿者讲解如何向 CPAM 申请 Carte Vitale，请带照片。\n\n巴黎中文学校"
    )
    found = claim(said, school, "Carte Vitale 讲座")

    assert found is not None
    assert (Basis.TOLD, Strength.LIKELY, False) == (found.basis, found.strength, found.foreign)


def test_a_line_of_nothing_that_is_seen_is_no_signature() -> None:
    assert basis(f"{TOLD}\n\f") is Basis.TOLD


def test_french_is_not_foreign() -> None:
    found = claim("Votre carte Vitale expire. Confirmez votre carte bancaire.\n\nCPAM", RELAY)

    assert found is not None
    assert not found.foreign


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_written_is_read(text: str, name: str, address: str) -> None:
    box = Mailbox(name, address)
    for said in (f"{TOLD}\n{text}", f"{text}\n{SIGNED}", text):
        claim(said, box, name)
