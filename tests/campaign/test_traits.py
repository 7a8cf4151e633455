"""What copies of one letter have in common, and what sets letters apart."""

import random
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.campaign.sketch import resemblance
from milter.campaign.traits import ALIKE, Traits, nearest, shape_of, traits_of
from milter.mail.reading import Link, LinkKind
from tests.campaign.copies import Letter, copy_of, letter_of
from tests.campaign.grouped import measure
from tests.cases import read_cases

TEXT = """\
Votre dossier de remboursement est incomplet. Nous n'avons pas pu verser la somme qui vous est due.
Pour la recevoir, confirmez vos coordonnées bancaires sur votre espace avant la date limite.
Passé ce délai, votre demande sera annulée et devra être présentée de nouveau.
Le service des prestations"""
LETTER = Letter("Votre remboursement", TEXT, ("dossier.evil.example",))
PNG = b"\x89PNG\r\n\x1a\n"


def same(one: Traits, other: Traits) -> bool:
    """True where the quarantine would put both in one campaign."""
    return one.skeleton == other.skeleton and nearest(one.sketch, [(1, other.sketch)]) == 1


def plain(text: str, subject: str = "Avis", to: str = "a@b.example") -> bytes:
    return f"From: x@y.example\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


def picture(content: bytes) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Ameli"
    mail.set_content("Voir")
    mail.add_attachment(PNG + content, maintype="image", subtype="png", filename="a.png")
    return mail.as_bytes()


@pytest.mark.parametrize("seed", range(10))
def test_copies_for_other_people_are_one_letter(seed: int) -> None:
    chance = random.Random(seed)
    one, other = (traits_of(copy_of(LETTER, chance), ()) for _ in range(2))
    assert same(one, other)
    assert ("dossier.evil.example/suivi/*",) == one.links == other.links


def test_another_letter_is_another_one_though_its_links_are_the_same() -> None:
    text = """\
Votre carte arrive à expiration. Commandez la nouvelle carte en ligne et réglez les frais d'envoi.
Sans elle, vos soins ne seront plus pris en charge à partir du mois prochain. Merci de votre confiance."""
    other = Letter("Nouvelle carte", text, LETTER.hosts)
    chance = random.Random(1)
    assert not same(traits_of(copy_of(LETTER, chance), ()), traits_of(copy_of(other, chance), ()))


def test_a_letter_that_is_copied_with_another_link_is_another_one() -> None:
    chance = random.Random(1)
    one, other = (
        traits_of(copy_of(LETTER, chance, 0, 0), ()),
        traits_of(copy_of(LETTER, chance, 0, 0, host="dossier.other.example"), ()),
    )
    assert resemblance(one.sketch, other.sketch) > ALIKE
    assert not same(one, other)


def test_hosts_below_one_domain_are_one_link() -> None:
    one = traits_of(plain(f"{TEXT}\nhttps://a1.evil.example/x"), ())
    assert same(one, traits_of(plain(f"{TEXT}\nhttps://b2.evil.example/y"), ()))


def test_letters_that_only_look_the_same_are_the_same() -> None:
    disguised = TEXT.replace("o", "о").replace("a", "а").replace("dossier", "d\u200bossier")
    assert 1.0 == resemblance(traits_of(plain(TEXT), ()).sketch, traits_of(plain(disguised), ()).sketch)


def test_the_name_of_the_recipient_is_no_part_of_the_letter() -> None:
    one = traits_of(plain(f"Cher Maxence Delatour, {TEXT}", to="Maxence Delatour <m@b.example>"), ())
    assert one.sketch == traits_of(plain(f"Cher , {TEXT}"), ()).sketch
    other = traits_of(plain(f"Chère Delatour, {TEXT}"), ("agnes.delatour@b.example",))
    assert other.sketch == traits_of(plain(f"Chère , {TEXT}"), ()).sketch


def test_pictures_without_a_text_are_known_by_themselves() -> None:
    assert same(traits_of(picture(b"1"), ()), traits_of(picture(b"1"), ()))
    assert not same(traits_of(picture(b"1"), ()), traits_of(picture(b"2"), ()))


def test_of_several_the_nearest_is_taken_then_the_oldest() -> None:
    sketch = traits_of(plain(TEXT), ()).sketch
    near = traits_of(plain(TEXT.replace("somme", "prime")), ()).sketch
    assert 2 == nearest(sketch, [(1, near), (2, sketch), (3, sketch)])
    assert nearest(sketch, [(1, traits_of(plain("Rien de tel ici, vraiment rien"), ()).sketch)]) is None
    assert nearest(sketch, []) is None


@pytest.mark.parametrize(
    ("target", "shape"),
    [
        ("https://a.example/suivi/4F2A?id=1#x", "a.example/suivi/*"),
        ("https://a.example", "a.example/"),
        ("https://a.example/espace-client/login.php", "a.example/espace-client/login.php"),
        ("https://a.example/" + "x/" * 500, "a.example/*/*/*/*/*/*"),
        ("mailto:a@b.example", ""),
        ("https://192.0.2.1/login", "192.0.2.1/login"),
    ],
)
def test_a_link_is_its_host_and_the_plain_words_of_its_path(target: str, shape: str) -> None:
    assert shape == shape_of(Link(target, "", LinkKind.ANCHOR))


def test_of_the_mails_we_have_hardly_a_copy_is_kept_apart_and_no_two_letters_come_together() -> None:
    cases = [case for case in read_cases() if case.kind == "fraud" and not case.holdout]
    letters = [(case.name, letter_of(case.raw)) for case in cases[::6]]
    letters = [(name, letter) for name, letter in letters if len(letter.text.split()) >= 12]
    # Several writers have told real letters of FACTS by heart: these do come together, and rightly.
    for told in (
        "nouvelle carte vitale V3",
        "Avec toute notre attention",
        "avec votre téléphone et suivez la procédure",
        "cadre du renforcement de la sécurité de votre compte",
        "avec l'appareil photo de votre téléphone",
        # One note, above one letter in several wrappings.
        "voici le message dont je vous ai parlé",
    ):
        real = [name for name, letter in letters if told in letter.text]
        letters = [(name, letter) for name, letter in letters if name not in real[1:]]
    found = measure(letters, copies=3, words=2, swaps=3)
    assert () == found.joins
    assert found.split <= found.letters * found.copies // 100, found.splits


def test_a_text_of_any_size_is_read_within_limits() -> None:
    long = traits_of(plain("mot " * 200_000), ())
    assert len(long.sketch) < 10
    links = traits_of(plain("\n".join(f"https://h{number}.example/" for number in range(3000))), ())
    assert len(links.links) <= 40


@given(st.binary(max_size=2000), st.lists(st.text(max_size=20), max_size=3))
def test_no_bytes_break_it(raw: bytes, recipients: list[str]) -> None:
    assert traits_of(raw, recipients) == traits_of(raw, recipients)
