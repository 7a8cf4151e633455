"""Which texts are in a language of which hardly a word is known?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.writing.tongue import is_foreign, is_of_another_script

FOREIGN = [
    "Geachte heer, uw Carte Vitale verloopt op 30 november. Bevestig uw bankrekening: https://a.example/nl",
    "karta juaj Vitale skadon më 30 nëntor. Dërgoni numrin e sigurimeve shoqërore dhe adresën. CPAM",
    "Bonjou, kat vital ou ap fini 30 novanm. Pou CGSS ranbouse ou 112 ewo, voye nimewo sekirite sosyal ou",
]
OTHER_SCRIPTS = [
    "Ваша carte Vitale буде заблокована 30 листопада. Підтвердіть номер соціального страхування",
    "您在法国的医疗报销款因银行信息不完整无法支付。您的绿色医保卡（Vitale）也将于11月30日停用。请在48小时内登录以下页面",
    "आपका Carte Vitale 30 नवंबर को समाप्त हो रहा है। CPAM से 190 यूरो की वापसी के लिए अपना बैंक कार्ड",
]
KNOWN = [
    "Votre carte Vitale expire le 30 novembre. Confirmez votre numéro de sécurité sociale sur cette page.",
    "bjr jai pa recu ma carte vital vs pouvez me dire quand elle arrive svp merci a vous bonne journee",
    "Your carte Vitale expires on 30 November. Please confirm your bank card and your security number here.",
    # In letters that only look like it.
    "Vоtrе саrtе Vitаlе ехрirе bientôt, соnfirmеz vоtrе numérо dе sécurité sосiаlе sur nоtrе раgе",
    "VOTRE CARTE VITALE EXPIRE, CONFIRMEZ VOTRE NUMERO DE SECURITE SOCIALE SUR NOTRE PAGE",
]


@pytest.mark.parametrize("text", [*FOREIGN, *OTHER_SCRIPTS])
def test_what_is_neither_french_nor_english_is_foreign(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text", [*KNOWN, "", "CPAM", "Kat vital ou", "https://verzekerden.example/" + "nl" * 60]
)
def test_what_is_known_or_too_short_to_tell_is_not(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize("text", OTHER_SCRIPTS)
def test_another_script_is_told(text: str) -> None:
    assert is_of_another_script(text)


def test_arabic_is_read_and_persian_is_not() -> None:
    arabic = "تنتهي صلاحية بطاقتكم الصحية قريبا يرجى تأكيد عنوانكم ودفع رسوم الإرسال عبر هذا الرابط"
    persian = "کارت سلامت شما به زودی منقضی می شود لطفا نشانی خود را تایید کنید و هزینه را بپردازید"

    assert not is_of_another_script(arabic)
    assert is_of_another_script(persian)


@pytest.mark.parametrize("text", [*FOREIGN, *KNOWN, "", "Спасибо", "Ваша carte"])
def test_a_disguise_is_no_other_script(text: str) -> None:
    assert not is_of_another_script(text)


LURE = (
    "Votre carte Vitale arrive à expiration. Renouvelez votre carte avant 48 heures sur notre page, puis" * 2
)
LETTER = f"{LURE} confirmez votre numéro de sécurité sociale, votre adresse et vos coordonnées bancaires."


@pytest.mark.parametrize("more", ["\u3164\n" * 900, "\u2800 " * 900, "您在法国的医疗报销款无法支付。" * 300])
def test_what_is_set_beside_french_does_not_make_it_foreign(more: str) -> None:
    assert not is_of_another_script(f"{more}{LETTER}")
    assert not is_of_another_script(f"{LETTER}{more}")


def test_letters_that_are_not_seen_are_of_no_language() -> None:
    assert not is_foreign("\u3164" * 900 + LETTER)


@given(st.text(max_size=400))
def test_whatever_is_written_is_read(text: str) -> None:
    assert is_foreign(text) in (True, False)
    assert is_of_another_script(text) in (True, False)
