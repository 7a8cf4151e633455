"""A firm with the initials of the brand is none, as long as it writes of nothing that the brand is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.names.comparer import Comparer
from milter.claim.names.homonym import Homonyms
from milter.mail.reading import Mailbox, Reading
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
