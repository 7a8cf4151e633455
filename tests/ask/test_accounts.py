"""An account number beside words of a payment is a demand for money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.ask.accounts import accounts_to_pay
from tests.ask.shipped import lexicon

IBAN = "BE99 9999 0000 7777"


@pytest.mark.parametrize(
    "text",
    [
        f"Le règlement de 1 186,73 € se fait par virement.\nTitulaire : CPAM\nIBAN : {IBAN}",
        f"Versez la somme de 40 euros sur le compte {IBAN}.",
    ],
)
def test_an_account_beside_words_of_a_payment_is_found(text: str) -> None:
    assert [line for line in text.split("\n") if IBAN in line] == list(accounts_to_pay(text, lexicon()))


@pytest.mark.parametrize(
    "text",
    [
        f"Atelier Serrurerie Dumont\n12 quai des Arts\nIBAN {IBAN}",
        "Le règlement de 40 euros se fait par virement.",
        f"Le règlement de 40 euros se fait par virement.{chr(10) * 12}{IBAN}",
    ],
)
def test_no_account_or_no_payment_near_it_is_none(text: str) -> None:
    assert [] == list(accounts_to_pay(text, lexicon()))


@given(st.text(alphabet="BE9 \n:€àéIA0", max_size=400))
def test_no_text_raises(text: str) -> None:
    """Hostile mail is data."""
    assert all(line in text for line in accounts_to_pay(text, lexicon()))
