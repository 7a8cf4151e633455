"""A firm with the initials of the brand is none, as long as it writes of nothing that the brand is about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.names.comparer import Comparer
from milter.claim.names.homonym import Homonyms
from milter.mail.reading import Attachment, Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

HOMONYMS = Homonyms(BRAND.words, COMMON, Comparer(BRAND.words, COMMON))
INVOICE = "Veuillez trouver notre facture, payable par virement, pour nos prestations.\nCPAM Charpente"


def mail(text: str, *, name: str = "CPAM Charpente", domain: str = "cpam-charpente.example") -> Reading:
    """A mail of this text and author."""
    return Reading(subject="Facture", authors=(Mailbox(name, f"devis@{domain}"),), reply_to=(), text=text)


def test_a_firm_with_these_initials_is_a_homonym() -> None:
    assert HOMONYMS.is_one(mail(INVOICE))


@pytest.mark.parametrize(
    "reading",
    [
        mail("Votre remboursement vous attend.\nCPAM Charpente"),
        mail("Vos droits expirent.\nCPAM Charpente"),
        mail("La CPAM vous écrit.\nCPAM Charpente"),
        mail("Mettez à jour votre carte Vitale.\nCPAM Charpente"),
        # Another's domain, a domain that is the brand's to the eye, no signature, no word of his own.
        mail(INVOICE, domain="lunaire.example"),
        mail(INVOICE, domain="cpam-info.example"),
        mail("Veuillez trouver notre facture."),
        mail("Il manque une photo.\nCPAM Bas-Rhin", name="CPAM Bas-Rhin", domain="lunaire.example"),
        mail("Veuillez trouver notre facture.\nCPAM Service", name="CPAM Service", domain="service.example"),
        mail("Facture.\nCPAM", name="CPAM", domain="cpam.example"),
    ],
    ids=lambda reading: f"{reading.authors[0].address} {reading.text[:30]}",
)
def test_whoever_says_more_is_none(reading: Reading) -> None:
    assert not HOMONYMS.is_one(reading)


CLUB = "Chers amis du Cercle Photo d'Audierne et du Ménez (CPAM),\nVotre carte de membre vous attend.\n"


def club(text: str, *, name: str = "CPAM") -> Reading:
    """A mail of a club that is called so."""
    return mail(text, name=name, domain="cpam-photo.example")


@pytest.mark.parametrize("name", ["CPAM", "C.P.A.M."])
def test_a_club_that_says_what_its_initials_mean_is_a_homonym(name: str) -> None:
    assert HOMONYMS.is_one(club(CLUB, name=name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CPAM", "La Cité Parle Au Micro, votre radio, change de grille."),
        ("CPAM Judo", "Au Club Pugilistique et d'Arts Martiaux de Maurepas, il manque votre certificat."),
        ("C.P.A.M. F5KPM", "Assemblée du Club de Passionnés d'Amateurisme radio du Mantois : cotisations."),
        ("La C.P.A.M.", "Concours dimanche.\nCercle pétanque et amitié de Mérignac"),
        ("CPAM – Club Passion Auto Moto", "Votre carte arrive à expiration."),
        ("Secrétariat CPAM", CLUB),
    ],
)
def test_so_is_one_that_spells_them_out_and_writes_of_no_such_matter(name: str, text: str) -> None:
    assert HOMONYMS.is_one(club(text, name=name))
    assert not HOMONYMS.is_one(club(text + "\nVotre remboursement vous attend.", name=name))


@pytest.mark.parametrize(
    "reading",
    [
        club(CLUB.replace("Cercle Photo d'Audierne et du Ménez", "Cercle Photo d'Audierne")),
        club(CLUB.replace("Cercle Photo d'Audierne et du Ménez", "Caisse Primaire d'Assurance Maladie")),
        club(CLUB.replace("Cercle Photo d'Audierne et du Ménez", "Caisse Prim. d'Assurence Maladie")),
        club(CLUB.replace("(CPAM)", "(CNAM)")),
        club(CLUB + "Votre carte Vitale expire."),
        club(CLUB + "La Sécurité sociale vous rembourse."),
        club(CLUB + "Vos droits expirent.", name="CPAM Service"),
        club("Le Centre Public d'Aide aux Malades vous rembourse : confirmez vos droits."),
        club("Le Centre Prestations Affiliation Maternité attend votre réponse."),
        club("Confirmez Par Avance Maintenant.\nVotre remboursement vous attend."),
        club("Venez.\nCap sur la Pêche, Amicalement, Maurice"),
    ],
    ids=lambda reading: reading.text[:90],
)
def test_other_initials_and_whoever_writes_as_the_organisation_are_none(reading: Reading) -> None:
    assert not HOMONYMS.is_one(reading)


@given(name=st.text(max_size=40), local=st.text(max_size=40), text=st.text(max_size=200))
def test_any_author_and_text_may_come(name: str, local: str, text: str) -> None:
    assert HOMONYMS.is_one(mail(text, name=name, domain=local)) in (True, False)


PLANS = "Voici les plans : https://nuage.arch-duo.example/s/kP92\n\nAmélie & Vitale\narch-duo, architectes"
ALONE = PLANS.replace("Amélie & Vitale", "Vitale Ameli")
COLLEAGUES = (
    Mailbox("Amélie Cartier", "a.cartier@arch-duo.example"),
    Mailbox("Ameli, Vitale", "v.ameli@arch-duo.example"),
    Mailbox("", "v.ameli@arch-duo.example"),
    # As a field with several authors is shown.
    Mailbox(
        "Amélie <a.cartier@arch-duo.example>, Ameli <v.ameli@arch-duo.example>", "v.ameli@arch-duo.example"
    ),
)


def plans(text: str = PLANS, *authors: Mailbox, **more: Any) -> Reading:
    """A mail of architects, one of whom is called Vitale Ameli."""
    given = {"authors": authors or COLLEAGUES, "reply_to": (), **more}
    return Reading(subject="Plans de l'extension", text=text, **given)


@pytest.mark.parametrize(
    "reading",
    [
        plans(),
        plans(ALONE, Mailbox("Vitale Ameli", "vitale.ameli@arch-duo.example")),
        plans(ALONE, Mailbox("Ameli Vitale", "ameli.vitale@arch-duo.example")),
        plans(PLANS.replace("arch-duo", "Arch Duo")),
    ],
    ids=lambda reading: reading.authors[0].display_name + reading.text[-30:],
)
def test_people_of_a_firm_are_homonyms_whatever_their_parents_called_them(reading: Reading) -> None:
    assert HOMONYMS.is_one(reading)


@pytest.mark.parametrize(
    "reading",
    [
        # Of the brand's matter, in the text, above it or below; in a picture, a file.
        plans(PLANS.replace("les plans", "votre nouvelle carte Vitale")),
        plans(f"Vos droits expirent.\n{PLANS}"),
        plans(PLANS, quoted="Votre compte ameli est suspendu."),
        plans(f"{PLANS}{' plan' * 5000} Vos droits expirent."),
        plans(PLANS, links=(Link("https://img.example/a.png", "", LinkKind.IMAGE),)),
        plans(PLANS, attachments=(Attachment("plans.pdf", "application/pdf", 1),)),
        # Not the address of a person, or of another firm; no firm.
        plans(ALONE, Mailbox("Vitale Ameli", "contact@arch-duo.example")),
        plans(ALONE, Mailbox("Vitale Ameli", "j.martin@arch-duo.example")),
        plans(ALONE, COLLEAGUES[0]),
        plans(ALONE, Mailbox("Service Remboursements", "a.b@arch-duo.example"), *COLLEAGUES),
        plans(ALONE, Mailbox("Ameli Service", "ameli.service@arch-duo.example"), COLLEAGUES[1]),
        plans(PLANS, Mailbox("Ameli Service", "a.service@arch-duo.example"), COLLEAGUES[0]),
        plans(PLANS, *COLLEAGUES, Mailbox("Vitale Ameli", "v.ameli@other.example")),
        plans(PLANS, *COLLEAGUES, reply_to=(Mailbox("", "a.b@other.example"),)),
        plans(PLANS, *COLLEAGUES, Mailbox("Amélie <a.b@other.example>, b", "v.ameli@arch-duo.example")),
        plans(PLANS.replace("arch-duo, architectes", "Les architectes")),
        plans(PLANS.replace("\narch-duo, architectes", " https://arch-duo.example")),
        plans(ALONE.replace("arch-duo", "ameli"), Mailbox("Vitale Ameli", "v.ameli@ameli.example")),
    ],
    ids=lambda reading: f"{reading.authors[0].address} {reading.text[:40]} {reading.quoted}",
)
def test_nobody_is_one_by_such_a_name_who_writes_of_its_matter_or_signs_for_no_firm(reading: Reading) -> None:
    assert not HOMONYMS.is_one(reading)


@given(name=st.text(max_size=40), text=st.text(max_size=200), quoted=st.text(max_size=40))
def test_any_colleague_may_write_anything(name: str, text: str, quoted: str) -> None:
    boxes = (*COLLEAGUES, Mailbox(name, "v.ameli@arch-duo.example"))
    reading = plans(f"{text}\narch-duo, architectes", *boxes, quoted=quoted)

    assert HOMONYMS.is_one(reading) in (True, False)
