"""Names and domains that are the brand's to the eye, and those that only look so to a program."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.mail.domain import Domain
from milter.mail.reading import Mailbox
from tests.claim.shipped import BRAND, COMMON

LIKENESS = Comparer(BRAND.words, COMMON)

NAMES = {
    Degree.WHOLE: (
        "Votre Assurance Maladie",
        "CPAM de l'Hérault",
        "CPAM 34",
        "Service clients Ameli",
        "Ameli.fr",
        "A.m.e.l.i. | C P A M",
        "Mon espace santé",
        "Assurance-Maladie [AM-2026-77]",
        "Amé1i Remboursement",
        "4meli",
        "am€li",
        "\u0430meli",
        "V!tale ass|stance c@rte v1tale",
        "Asurance Maladie",
        "ASSURANCEMALADIE",
        "A\u200bssurance M\u0430l\u0430die",
        "\U0001d400\U0001d426\U0001d41e\U0001d425\U0001d422 remboursement",
        "Caisse Primaire d'Assurance Maladie du Val-de-Marne",
        "CPAM de la Corse-du-Sud",
        "ne-pas-repondre@assurance-maladie.fr",
    ),
    Degree.SHORT: ("Ameli", "AMELI", "Améli"),
    Degree.PART: (
        "Claire Dubois, conseillère CPAM",
        "CPAM Glouglou",
        "CPAM Recrutement",
        "Service Pharmacies CPAM",
        "Reembolsos Assurance Maladie",
    ),
    Degree.BODY: (
        "Hôtel Ameli",
        "Ameli Dubois",
        "Amicale du personnel CPAM",
        "Syndicat CPAM",
        "CGT CPAM 92",
        "Comité d'entreprise de la CPAM",
        "Pharmacie CPAM",
        "CPAM, pharmacie du Port",
        "Ameli Pharmacie",
        "Syndicat SUD-Sécu CPAM du Sureau",
        "SUD CPAM",
    ),
    Degree.HINT: (
        "Sécurité Sociale",
        "Espace Santé",
        "Amélie",
        "CGSS Guadeloupe",
        "Service CGSS de La Réunion",
    ),
    Degree.NONE: (
        "Amélie Martin",
        "Carameli",
        "améliorer",
        "Mutuelle des Roses",
        "Vitale Informatique",
        "Doctolib",
        "Service Santé",
        "Lakaz CGSS",
        "CGSS Martinez",
        "Le Sureau CGSS Guadeloupe",
        "assurance habitation",
        "",
    ),
}

DOMAINS = {
    Degree.WHOLE: (
        "ameli.com",
        "ameli-remboursement.fr",
        "ameliremboursement.fr",
        "carte-vitale-2026.info",
        "arneli.fr",
        "amell.fr",
        "ame1i.fr",
        "xn--meli-43d.fr",
        "ameli.fr.dossier.tld",
        "asurance-maladie.fr",
        "mon-espace-assurance-maladie-renouvellement.fr",
        "cpam-contact.fr",
        "cpam-rhone.com",
        "macpam.com",
        "m-ameli.fr",
        "ameli-c2s.fr",
        "ameli-international.net",
        "monespacesantefrance.com",
        "assurancemaladie-dossier2026.net",
        "carte-vitale-renouvellement.fr",
        "carte-vltale.fr",
        "assurance-rnaladie.fr",
        "cartevitale.dossier-sante.com",
        "www-ameli.fr",
    ),
    Degree.PART: ("cpam-vaucelles.fr", "ameli-temporeros.com"),
    Degree.HINT: (
        "e-vitale.com",
        "vitale-renouvellement.fr",
        "mesdroits-secu.fr",
        "masecu.fr",
        "secu-sociale.fr",
        "amelli.fr",
        "aemli-sante.fr",
        "aneli.fr",
    ),
    Degree.BODY: ("gite-ameli.fr", "amicale-cpam-vaucelles.fr", "bar-lacaisseprimaire.fr"),
    Degree.NONE: (
        "gameli.fr",
        "carameli.fr",
        "amelie-martin.fr",
        "amelioration.fr",
        "vitale-informatique.fr",
        "assurance-auto.fr",
        "camelia.fr",
        "roofandfloor.com",
        "amelie.fr",
        "emeli.com",
        "cpa-marseille.fr",
        "vitality.fr",
    ),
}


@pytest.mark.parametrize(("degree", "name"), [(d, n) for d, names in NAMES.items() for n in names])
def test_a_name_is_compared_by_whole_words(degree: Degree, name: str) -> None:
    """Folded, whole words, ordinary words left out."""
    assert degree == LIKENESS.name(name)


@pytest.mark.parametrize(("degree", "name"), [(d, n) for d, names in DOMAINS.items() for n in names])
def test_a_domain_is_cut_into_words_from_end_to_end(degree: Degree, name: str) -> None:
    """Glued, hyphenated, mistyped, with another suffix or below another domain."""
    domain = Domain.parse(name)

    assert domain is not None
    assert degree == LIKENESS.domain(domain)


@pytest.mark.parametrize(
    ("called_so", "name", "address"),
    [
        (True, "", "x@cpam-fuite-donnees.com"),
        (True, "Suivi", "x@cpam-donnees-exposees.com"),
        (False, "", "x@cpam-marine.example"),
        (False, "", "x@cpam-peintures.example"),
        (False, "Comptoir du Port", "x@cpam-fuite-donnees.example"),
        (False, "", "x@cpam-vaucelles.fr"),
        (False, "", "x@ameli-fuite-donnees.fr"),
    ],
)
def test_initials_beside_the_words_of_an_office_are_the_brand_s(
    called_so: bool, name: str, address: str
) -> None:
    """A shipyard of the same initials says its trade; and Ameli is a first name."""
    assert called_so is LIKENESS.is_office(Mailbox(name, address))


def test_a_name_shared_with_bodies_abroad_does_not_count_abroad() -> None:
    """The Swiss and the Québec "assurance maladie" are not this one."""
    abroad = Comparer(BRAND.words.abroad(), COMMON)

    assert Degree.NONE == abroad.name("Votre assurance maladie")
    assert Degree.WHOLE == abroad.name("CPAM de Paris")


@settings(max_examples=300)
@given(st.text(max_size=600))
def test_no_name_raises(text: str) -> None:
    """A display name is a sender's byte."""
    assert LIKENESS.name(text) in Degree
    assert LIKENESS.label(text) in Degree
