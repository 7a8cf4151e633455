"""Of a long letter the passage that makes the claim is read by itself."""

import pytest

from milter.claim.claim import IMPOSTORS, OTHERS, SURE_IMPOSTORS, Claim, Evidence, Likeness, Strength
from milter.claim.writing.manner import Manners
from milter.claim.writing.passage import passage
from milter.claim.writing.wording import Worded, load_wordings
from milter.mail.reading import Reading
from tests.claim.shipped import BRAND, COMMON, CONFIG

MANNERS = Manners(load_wordings(CONFIG / "wording"), COMMON.wording)
LURE = "Votre carte Vitale expire"
HONEST = "le marché du samedi reprend " * 60


def claim_by(*shown: str, where: str = "text", likeness: Likeness = Likeness.VOICE) -> Claim:
    evidence = tuple(Evidence(where, one, one, likeness, 60) for one in shown)
    return Claim(BRAND, Likeness.VOICE, Strength.STRONG, evidence)


def letter(text: str) -> Reading:
    return Reading("Nouvelles", (), (), text)


def test_it_is_what_stands_round_the_line_that_makes_the_claim() -> None:
    found = passage(claim_by(LURE), letter(f"{HONEST}avant\n\nVotre carte\nVitale expire : après {HONEST}"))

    assert found is not None
    words = found.text.split()
    assert len(words) == 110
    assert words[19:24] == ["avant", "Votre", "carte", "Vitale", "expire"]
    assert found.subject == ""


def test_of_two_places_both_are_read_and_what_lies_between_is_not() -> None:
    text = f"{LURE} {HONEST} milieu {HONEST} L'Assurance Maladie"
    found = passage(claim_by(LURE, "L'Assurance Maladie"), letter(text))

    assert found is not None
    assert found.text.startswith(LURE)
    assert found.text.endswith("L'Assurance Maladie")
    assert "milieu" not in found.text


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (claim_by(LURE), f"{LURE} demain"),  # short
        (claim_by("Assurance Maladie"), f"{HONEST} {LURE}"),  # not there
        (claim_by(LURE, where="subject"), f"{HONEST} {LURE}"),
        (claim_by(LURE, likeness=Likeness.DISPLAY_NAME), f"{HONEST} {LURE}"),
    ],
)
def test_a_short_letter_has_none_nor_one_that_claims_by_something_else(claim: Claim, text: str) -> None:
    assert passage(claim, letter(text)) is None


def test_honest_text_round_a_claim_does_not_speak_for_it() -> None:
    paragraph = (
        "Le marché du samedi reprendra ses horaires d'automne, et la bibliothèque prête des instruments de "
        "musique. La chorale cherche des ténors pour son concert de décembre."
    )
    lure = (
        "Assurance Maladie\nVotre carte Vitale arrive à expiration. Renouvelez-la avant le 30 septembre : "
        "https://infos.example/cv\nMunissez-vous de votre carte bancaire pour les frais d'envoi."
    )
    honest = "\n\n".join([paragraph] * 40)
    claim = claim_by("Votre carte Vitale arrive à expiration.")

    alone, salted, nothing = (
        MANNERS.of_claim(claim, letter(text)).manner
        for text in (lure, f"{honest}\n\n{lure}\n\n{honest}", honest)
    )

    assert alone in SURE_IMPOSTORS
    assert salted in IMPOSTORS
    assert nothing in OTHERS


class _ByLength:
    """A wording that takes short texts for an impostor's."""

    def read(self, reading: Reading) -> Worded:
        return Worded(90 if len(reading.text.split()) < 200 else 10, ("x",))


def test_of_letter_and_passage_the_one_that_impostors_write_more_like_counts() -> None:
    manners = Manners({BRAND.key: _ByLength()}, COMMON.wording)  # type: ignore[dict-item]

    long = manners.of_claim(claim_by(LURE), letter(f"{HONEST} {LURE} {HONEST}"))
    elsewhere = manners.of_claim(claim_by("Assurance Maladie"), letter(f"{HONEST} {LURE} {HONEST}"))

    assert long.evidence[-1].folded == "90 %"
    assert elsewhere.evidence[-1].folded == "10 %"
