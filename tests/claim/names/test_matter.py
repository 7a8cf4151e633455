"""Names made of the brand's matter only, and the same words beside somebody's own name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.claim.claim import Claim, Likeness, Strength
from milter.claim.names.comparer import Comparer
from milter.claim.names.matter import Matter
from milter.claim.read import ClaimReader
from milter.mail.domain import Domain
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

MATTER = Comparer(BRAND.words, COMMON).matter
READER = ClaimReader(BRAND, COMMON)

TEXTS = {
    Matter.OWN: (
        "Protection des assurés",
        "Espace-assuré",
        "Sécurité sociale — branche maladie",
        "Recouvrement – Caisse maladie",
        "Lettre aux assurés",
        "Capital décès – Service des prestations",
        "Franchises médicales",
    ),
    Matter.SOFT: (
        "Attestations de droits",
        "Régie des duplicata",
        "Service des remboursements",
        "Votre remboursement en attente",
    ),
    Matter.SECTOR: (
        "Plateforme nationale de santé",
        "Service IJ",
        "Centre de paiement",
        "A.M.O.",
        "Séc. Soc.",
        "Assistance SESAM",
    ),
    Matter.NONE: (
        "Santé",
        "Plateforme Santé Vasseur",
        "Pharmacie santé",
        "Puma",
        "Remboursements",
        "Service clients",
        "Mutuelle du Sureau - remboursements",
        "Espace assuré Maif",
        "Pharmacie du Port, ordonnances",
        "Centre dentaire",
        "Syndicat des assurés",
        "Lucie Faure, remboursements",
        "Le Fournil du Port",
        "",
        "droits " * 40,
    ),
}

DOMAINS = {
    Matter.OWN: (
        "espace-assure-fr.com",
        "espaceassure.example",
        "caisse-maladie-recouvrement.com",
        "regularisation-puma.fr",
        "parcours-medecin-traitant.fr",
    ),
    Matter.SOFT: ("attestation-droits.com", "mesremboursements.example"),
    Matter.SECTOR: (
        "fichier-national-sante.example",
        "numerique-sante-liberal.example",
    ),
    Matter.NONE: (
        "puma.com",
        "caisse-epargne.example",
        "fournil-du-port.fr",
        "mutuelle-assures.fr",
        "carrefour.fr",
    ),
}


@pytest.mark.parametrize(("matter", "text"), [(m, t) for m, texts in TEXTS.items() for t in texts])
def test_a_name_that_says_no_name_is_seen_by_its_matter(matter: Matter, text: str) -> None:
    assert matter == MATTER.text(text)


@pytest.mark.parametrize(("matter", "name"), [(m, n) for m, names in DOMAINS.items() for n in names])
def test_a_domain_of_matter_only_is_cut_from_end_to_end(matter: Matter, name: str) -> None:
    domain = Domain.parse(name)

    assert domain is not None
    assert matter == MATTER.domain(domain)


@settings(max_examples=300)
@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert MATTER.text(text) in Matter


def claim_of(name: str, address: str, text: str) -> Claim | None:
    link = Link(f"https://{address.partition('@')[2]}/dossier", "Suivre mon dossier", LinkKind.ANCHOR)
    return READER.read(Reading("", (Mailbox(name, address),), (), text, links=(link,)))


LETTER = "Bonjour,\nVotre dossier est incomplet. Complétez-le avant vendredi.\n{}\n"


def test_matter_in_two_places_makes_a_claim_that_is_never_beyond_doubt() -> None:
    claim = claim_of(
        "Protection des assurés", "x@espace-assure.example", LETTER.format("Protection des assurés")
    )

    assert claim is not None
    assert Strength.LIKELY is claim.strength
    assert Likeness.VOICE is claim.likeness


def test_beside_the_name_of_the_brand_it_is_beyond_doubt() -> None:
    text = "Bonjour,\nLa CPAM.\n" + LETTER.format("Protection des assurés")
    claim = claim_of("Protection des assurés", "x@espace-assure.example", text)

    assert claim is not None
    assert Strength.STRONG is claim.strength


@pytest.mark.parametrize(
    ("name", "address", "sign"),
    [
        ("Service Remboursements", "gestion@mutuelle-sureau.example", "Mutuelle Sureau"),
        ("Protection des assurés", "gestion@alvarine.example", "Alvarine, l'assureur des motards"),
        ("Espace assuré Alvarine", "ne-pas-repondre@alvarine.example", "L'équipe Alvarine"),
    ],
)
def test_a_sender_who_says_his_name_may_write_of_what_every_insurer_is_about(
    name: str, address: str, sign: str
) -> None:
    assert claim_of(name, address, LETTER.format(sign)) is None


def test_a_soft_matter_alone_makes_no_claim() -> None:
    assert (
        claim_of("Service des remboursements", "x@remboursements.example", LETTER.format("Le service"))
        is None
    )


def test_matter_in_the_author_does_not_hide_the_reply_address() -> None:
    box = Mailbox("Service des remboursements", "x@evil.example")
    reply = Mailbox("Ameli", "contact@ameli.fr", "Reply-To")
    claim = READER.read(Reading("", (box,), (reply,), ""))

    assert claim is not None
    assert "Reply-To" in [e.where for e in claim.evidence]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Capital décès – Service des prestations", "dossier@capital-deces-caisse.example"),
        ("Carte Européenne Santé", "ceam@carte-europeenne-sante.example"),
    ],
)
def test_matter_is_no_name_that_a_sender_says_of_himself(name: str, address: str) -> None:
    """Though the domain says the same words, which of a shop would be its name."""
    claim = claim_of(name, address, LETTER.format(name))

    assert claim is not None
    assert Strength.LIKELY is claim.strength


FIELD = LETTER.format("Le service")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Service IJ", "paie@dossiers.example"),
        ("Dossiers", "avis@plateforme-nationale-sante.example"),
    ],
)
def test_who_is_called_by_his_trade_alone_is_read_and_makes_no_claim(name: str, address: str) -> None:
    reading = Reading("", (Mailbox(name, address),), (), FIELD)

    assert READER.is_shown_by(reading)
    assert READER.is_of_its_field(reading)
    assert READER.read(reading) is None


def test_he_leaves_a_weak_trace_for_one_who_is_worded_as_an_impostor() -> None:
    trace = READER.trace(Reading("", (Mailbox("Service IJ", "paie@dossiers.example"),), (), FIELD))

    assert trace is not None
    assert Strength.WEAK is trace.strength


@pytest.mark.parametrize(
    ("name", "address", "text"),
    [
        ("Service santé", "contact@vasseur-assistance.example", FIELD + "Vasseur Assistance"),
        ("Service Santé Vasseur", "contact@dossiers.example", FIELD),
        ("Service clients", "contact@dossiers.example", FIELD),
    ],
)
def test_nor_does_he_who_says_his_name(name: str, address: str, text: str) -> None:
    assert READER.trace(Reading("", (Mailbox(name, address),), (), text)) is None
