"""Who signs as an office or one of the staff of the organisation, and what only speaks of them?"""

import pytest

from milter.claim.lines import Lines, Phrases
from milter.claim.office import Signatures
from tests.claim.shipped import BRAND, COMMON

SIGNATURES = Signatures(COMMON, Phrases(BRAND.words.names))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Service prestations en espèces - CPAM", True),
        ("Le service des cures de l'Assurance Maladie", True),
        ("L'équipe de la CPAM", True),
        ("Sonia, agent de la CPAM", True),
        ("technicienne, CPAM des Yvelines", True),
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
