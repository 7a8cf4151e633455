"""What does a sentence say that only the organisation could?"""

import pytest

from milter.claim.lines import Lines
from milter.claim.speaking.deeds import Deeds
from milter.claim.speaking.sentences import Sentences
from milter.claim.speaking.speaker import Speaker
from tests.claim.shipped import BRAND, COMMON

DEEDS = Deeds(BRAND.words, COMMON, Sentences(BRAND.words))


@pytest.mark.parametrize(
    ("text", "who", "speaks"),
    [
        ("Suite à votre appel au 36 46, voici ce qui manque", Speaker.NOBODY, True),
        ("Comme vu lors de votre échange téléphonique avec le 3646", Speaker.NOBODY, True),
        ("Suite à votre appel au 36 46, voici ce qui manque", Speaker.SENDER, False),
        ("Suite à votre appel au 36 46, voici ce qui manque", Speaker.PERSON, False),
        ("Suite à votre appel au secrétariat, demandez l'attestation à la CPAM", Speaker.NOBODY, False),
        ("Faites votre appel, ou composez le 36 46", Speaker.NOBODY, False),
        ("Posez la question au 3646", Speaker.NOBODY, False),
    ],
)
def test_who_knows_of_a_call_to_its_number_answered_it(text: str, who: Speaker, *, speaks: bool) -> None:
    lines = Lines(()).of(text)

    assert speaks is ("speech" in {one.where for one in DEEDS.evidence(lines, who, lines)})


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("Votre compte ameli est verrouillé", True),
        ("Votre compte ameli sera réactivé une fois l'identité vérifiée", True),
        ("Vérifiez que votre compte ameli est déverrouillé", False),
        ("Si votre compte ameli est verrouillé, demandez un nouveau code", False),
        ("Votre compte ameli est utile", False),
    ],
)
def test_in_nobody_s_letter_only_the_issuer_tells_that_it_is_locked(text: str, *, issues: bool) -> None:
    lines = Lines(()).of(text)

    assert issues is ("issuer" in {one.where for one in DEEDS.evidence(lines, Speaker.NOBODY, lines)})
    assert "issuer" not in {one.where for one in DEEDS.evidence(lines, Speaker.SENDER, lines)}
