"""What is kept of a verdict says all there is to say in both languages, and no number of a person."""

from dataclasses import replace

from milter.action.grounds import grounds, kept_grounds
from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import Claim, Evidence, Likeness, Strength
from milter.proof.proof import Proof, Standing
from milter.verdict.verdict import Finding, Verdict
from tests.claim.shipped import BRAND

TRACE = Evidence("From", "CPAM 1 85 05 78 006 084 91", "cpam", Likeness.DISPLAY_NAME, 110)
CLAIM = Claim(BRAND, Likeness.DISPLAY_NAME, Strength.STRONG, (TRACE,))
ASKS = (
    Ask(AskKind.BANK_DETAILS, "Votre RIB"),
    Ask(AskKind.NIR, "NIR"),
)
VERDICT = Verdict(Finding.IMPERSONATION, BRAND, CLAIM, Proof(), Standing.UNPROVEN, ASKS)


def test_sentence_and_promises_are_kept_in_both_languages() -> None:
    kept = kept_grounds(VERDICT, "quarantine", "fr")
    promise = kept["asks"][0]["promise"]

    assert kept["sentences"]["fr"].startswith("Se présente comme")
    assert kept["sentences"]["en"].startswith("Says it is")
    assert "85 05 78" not in str(kept)
    assert promise["text"] == promise["fr"] != promise["en"]
    assert promise["source"] == promise["source_fr"]
    assert {"fr": BRAND.name, "en": BRAND.name_en} == kept["names"]


def test_an_ask_that_nobody_has_promised_never_to_make_breaks_none() -> None:
    verdict = replace(VERDICT, brand=replace(BRAND, promises=()))

    assert [None, None] == [ask["promise"] for ask in kept_grounds(verdict, "quarantine", "fr")["asks"]]


def test_a_program_reads_one_language() -> None:
    told = grounds(VERDICT, "quarantine", "en")

    assert {"text", "source", "date"} == set(told["asks"][0]["promise"])
    assert "sentences" not in told


def test_a_source_that_is_no_address_is_named_in_the_language_of_the_sentence() -> None:
    verdict = replace(VERDICT, asks=(Ask(AskKind.PAYMENT, "Payez votre carte Vitale."),))
    kept = kept_grounds(verdict, "quarantine", "fr")

    assert "citant l'Assurance Maladie" in kept["sentences"]["fr"]
    assert "quoting the Assurance Maladie" in kept["sentences"]["en"]
    assert {"source_fr": kept["asks"][0]["promise"]["source"]}.items() <= kept["asks"][0]["promise"].items()
    assert kept["asks"][0]["promise"]["source_en"].endswith("quoting the Assurance Maladie")
