"""Who signs as an office or one of the staff of the organisation, and what only speaks of them?"""

import pytest

from milter.claim.lines import Line, Lines, Phrases
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.speaking.office import Signatures
from tests.claim.shipped import BRAND, COMMON

SIGNATURES = Signatures(BRAND.words, Phrases(BRAND.words.names), COMMON, Vocabulary(COMMON))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Service prestations en espèces - CPAM", True),
        ("Le service des cures de l'Assurance Maladie", True),
        ("L'équipe de la CPAM", True),
        ("Sonia, agent de la CPAM", True),
        ("technicienne, CPAM des Yvelines", True),
        ("Service médical de l'Assurance Maladie, Orléans", True),
        ("Service médical, Orléans", False),
        ("Service social de la CPAM, vous répond", False),
        ("Le service des cures de la CPAM est fermé.", False),
        ("Le service de la CPAM vous répond", False),
        ("Service comptabilité, AMELI'ORER Conseil", False),
        ("Conseillère, Harmonie et Cie", False),
        ("Service comptable : 12,50 € dus à la CPAM", False),
        ("La caisse, et la CPAM", False),
        ("", False),
    ],
)
def test_an_office_or_one_of_the_staff_signs(text: str, *, signs: bool) -> None:
    lines = Lines(()).of(text)

    assert signs is any(map(SIGNATURES.is_one, lines))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Mme Delmas, CPAM Béziers", True),
        ("M. Roux - CPAM du Val de Marne", True),
        ("Anaïs Védrine, référente structures - DCGDR Île-de-France / CPAM 91", True),
        ("Léa Roy, Caisse primaire d'assurance maladie de l'Oise", True),
        ("Sylvie Combes - CPAM 31, gestion des transporteurs", True),
        ("Commission paritaire – CPAM de l’Allier", True),
        ("Assurance Maladie d'Ille-et-Vilaine, pour les caisses de l'Ouest", True),
        ("Lutte contre les fraudes - Assurance Maladie", True),
        ("Santé, Assurance maladie, Droits", False),
        ("L'Assurance Maladie, la Caf et la MSA", False),
        ("Service comptabilité, AMELI'ORER Conseil", False),
        ("Dossier 2026-14, CPAM de l'Oise", False),
        ("Léa Roy, CGT CPAM de l'Oise", False),
        ("Léa Roy, Syndicat UNSA - CPAM de l'Oise", False),
        ("Docteur Roy, votre CPAM", False),
        ("Léa Roy, CPAM : 12 €", False),
        ("Léa Roy, CPAM de l'Oise.", False),
        ("Merci, la CPAM", False),
        ("Léa Roy, la personne qui connaît le mieux la CPAM", False),
        ("Léa Roy, CPAM où nous avons nos habitudes", False),
        ("Léa Roy, CPAM", True),
    ],
)
def test_a_person_or_an_office_signs_as_of_it(text: str, *, signs: bool) -> None:
    assert signs is any(map(SIGNATURES.is_of_it, Lines(()).of(text)))


@pytest.mark.parametrize(
    ("text", "introduces"),
    [
        ("Bonjour c'est M. Henry de la CPAM. J'ai besoin du RIB", True),
        ("Bonjour, ici Mme Faure de la CPAM de la Vienne, je vous rappelle", True),
        ("Moi c'est Julie Martin, de l'Assurance Maladie", True),
        ("Je suis Paul Henry de la CPAM du Loiret et je traite votre dossier", True),
        ("C'est Mme Faure de la CPAM qui nous demande votre attestation", False),
        ("Bonjour, c'est Julie de la CPAM, elle m'a dit de voir avec vous", False),
        ("Bonjour, c'est un courrier de la CPAM", False),
        ("C'est la réponse de la CPAM", False),
        ("Je suis Paul Henry de la CGT CPAM", False),
        ("Je suis conducteur de la CPAM à la gare", False),
        ("Votre dossier est suivi par M. Henry de la CPAM", False),
        ("C'est " + "A " * 500 + "de la CPAM", False),
        ("", False),
    ],
)
def test_somebody_introduces_himself_as_of_it(text: str, *, introduces: bool) -> None:
    assert introduces is SIGNATURES.introduces(Line.of(text))
