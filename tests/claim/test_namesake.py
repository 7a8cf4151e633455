"""Who is only called like the brand, and by whose word?"""

import pytest

from milter.claim.comparer import Comparer
from milter.claim.namesake import is_named_by_another, is_namesake
from milter.mail.reading import Mailbox
from tests.claim.shipped import BRAND, COMMON

COMPARER = Comparer(BRAND.words, COMMON)


@pytest.mark.parametrize(
    ("name", "address", "namesake", "by_another"),
    [
        ("Ameli Dubois", "a@autre.example", True, False),
        ("Ameli Dubois (via Drive)", "a@autre.example", True, True),
        ("Ameli Dubois (Remboursements)", "a@autre.example", False, False),
        ("Ameli from Sketchly", "a@sketchly.example", True, True),
        ("Ameli Türkçe Hizmet", "a@hizmet.example", True, True),
        ("Ameli Türkçe Hizmet", "a@ameli-hizmet.example", True, False),
        ("Ameli via Partage", "a@partage.example", False, False),
        ("Ameli", "a@ameli.example", False, False),
        ("CPAM (Vintéo)", "a@vinteo.example", False, False),
    ],
)
def test_a_namesake_says_who_he_is_or_another_does(
    name: str, address: str, *, namesake: bool, by_another: bool
) -> None:
    box = Mailbox(name, address)

    assert namesake == is_namesake(box, COMPARER)
    assert by_another == is_named_by_another(box, COMPARER)
