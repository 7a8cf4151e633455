import pytest

from milter.brand.load import load_brands
from milter.claim.names.stems import Stems
from milter.config import shipped
from milter.mail.text.folding import fold

BRAND = load_brands(shipped().parent / "brands")[0]
STEMS = Stems(BRAND.words)


@pytest.mark.parametrize(
    "text",
    [
        *("Ameli", "ameli ", "x ameli, y", "ameli-sante", "ameliorer ameli", "carte Vitale", "amelie.fr"),
        *("amelief", "l'amélie-ameli", "www.ameli.fr"),
    ],
)
def test_a_word_of_the_brand_is_found(text: str) -> None:
    assert STEMS.stand_in(fold(text))


@pytest.mark.parametrize(
    "text", ["Amélie vous invite", "(Amélie)", "améliorer", "Améliorations", "bonjour", ""]
)
def test_words_that_begin_alike_are_other_words(text: str) -> None:
    assert not STEMS.stand_in(fold(text))


@pytest.mark.parametrize("name", [*BRAND.words.names, *BRAND.words.objects])
def test_every_name_of_the_brand_holds_a_stem(name: str) -> None:
    assert STEMS.stand_in(f" {name} ")


@pytest.mark.parametrize(
    "text",
    [
        "Votre caisse vous doit 40 euros",
        "la petite carte verte",
        "Cher assuré,",
        "Chers assurés",
        "médecin-conseil",
        "vos feuilles de soins",
        "appelez le 36 46",
    ],
)
def test_what_means_the_brand_without_its_name_is_read(text: str) -> None:
    """Else the voice of such a letter is never heard."""
    assert STEMS.stand_in(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "assurance maaladie",
        "assurance maladrie",
        "malaudie",
        "omaladie",
        "votre maladei",
        "amladie",
        "les presttations",
        "assurance maldie",
    ],
)
def test_a_stem_may_be_misspelt(text: str) -> None:
    """One letter too many, two exchanged, one missing: then it is read as it is meant (`look.misspelt`)."""
    assert STEMS.stand_in(fold(text))


def test_what_is_a_word_of_its_own_is_none_that_is_misspelt() -> None:
    assert not STEMS.stand_in(fold("notre fils est malade"))
