"""How much harm would it do to give what is asked for?"""

import pytest

from milter.ask.ask import Ask, is_never_on_paper, wants_harm, wants_secrets
from milter.brand.promise import AskKind


def asks(*kinds: AskKind) -> tuple[Ask, ...]:
    return tuple(Ask(kind, "Merci de ...", "text") for kind in kinds)


@pytest.mark.parametrize(
    ("kinds", "secret"),
    [
        ((AskKind.CARD, AskKind.CREDENTIALS), True),
        ((AskKind.CARD, AskKind.NIR, AskKind.LINK), True),
        ((AskKind.ONE_TIME_CODE, AskKind.REPLY), True),
        ((AskKind.CARD, AskKind.CALL_BACK), True),
        ((AskKind.CARD, AskKind.LINK), False),
        ((AskKind.CARD, AskKind.NIR), False),
        ((AskKind.NIR, AskKind.BANK_DETAILS, AskKind.REPLY), False),
    ],
)
def test_a_secret_is_wanted_with_another_with_its_number_or_by_hand(
    kinds: tuple[AskKind, ...], *, secret: bool
) -> None:
    """A shop takes a card on its page, and nobody one by an answer."""
    assert secret is wants_secrets(asks(*kinds))


def test_to_sign_in_somewhere_that_is_not_said_does_no_harm() -> None:
    """A teacher's slides are where his students know."""
    assert not wants_harm(asks(AskKind.CREDENTIALS))
    assert not wants_harm(asks(AskKind.LINK, AskKind.REPLY))
    assert wants_harm(asks(AskKind.CREDENTIALS, AskKind.LINK))


@pytest.mark.parametrize(
    ("kind", "quote", "never"),
    [
        (AskKind.PAYMENT, "IBAN : FR76 3000 4018 2200 0105 5417 662", True),
        (AskKind.PAYMENT, "Réglez par chèque à l'ordre de l'agent comptable.", False),
        (AskKind.CARD, "Munissez-vous de votre carte bancaire.", True),
        (AskKind.ONE_TIME_CODE, "Envoyez le code du coupon.", True),
        (AskKind.BANK_DETAILS, "Joignez un RIB.", False),
    ],
)
def test_letters_that_are_scanned_want_neither_card_nor_code_nor_money_for_an_account(
    kind: AskKind, quote: str, *, never: bool
) -> None:
    assert is_never_on_paper(Ask(kind, quote)) is never
