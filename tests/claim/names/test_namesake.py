"""Who is only called like the brand, and by whose word?"""

import pytest

from milter.claim.names.comparer import Comparer
from milter.claim.names.namesake import is_named_by_another, is_namesake, is_on_a_list
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


@pytest.mark.parametrize(
    ("name", "address", "on_a_list"),
    [
        ("Claire Aubry, CPAM de l'Isère (via cpts-drac)", "cpts-drac@listes.example", True),
        ("'Julie Morel (CPAM 34)' via Réseau Insertion", "reseau-insertion@groupes.example", True),
        ("Thomas Riou via Kines-29 (CPAM 29)", "kines-29@ml.example", True),
        # Nobody is named, or only an office; or the list is not called so, or like the brand.
        ("CPAM de l'Isère via partage", "partage@docs.example", False),
        ("Service Droits CPAM (via cpts-drac)", "cpts-drac@listes.example", False),
        ("Claire Aubry, CPAM 38 via PartageDoc", "envoi@partage-doc.example", False),
        ("Claire Aubry via Compte ameli (CPAM)", "compte-ameli@listes.example", False),
        ("Claire Aubry, CPAM 38", "cpts-drac@listes.example", False),
    ],
)
def test_a_list_names_the_person_who_writes_by_it(name: str, address: str, *, on_a_list: bool) -> None:
    assert on_a_list == is_on_a_list(Mailbox(name, address), COMPARER)
