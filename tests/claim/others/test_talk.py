"""Has what is quoted anything to do with the files beside it?"""

import pytest

from milter.claim.names.stems import Stems
from milter.claim.others.talk import Talk
from milter.mail.reading import Reading
from tests.claim.shipped import BRAND, COMMON

TALK = Talk(COMMON, Stems(BRAND.words))


@pytest.mark.parametrize(
    ("quoted", "other"),
    [
        ("", True),
        ("> Bonjour Thierry,\n> pouvez-vous confirmer la présence du bureau de contrôle ?", True),
        ("> Bonjour,\n> envoyez-moi le courrier de la CPAM", False),
        ("> As-tu le papier d'a m e l i ?", False),
        ("> Ça sent l'arnaque, montre-moi le fichier.", False),
        ("> N'ouvre surtout pas ce fichier, mets-le à la corbeille.", False),
        ("> Un escroc se fait passer\n> pour ta banque", False),
    ],
)
def test_a_talk_that_neither_names_the_organisation_nor_doubts_is_of_other_things(
    quoted: str, *, other: bool
) -> None:
    assert TALK.is_of_other_things(Reading("", (), (), "Voir PJ.", quoted=quoted)) is other
