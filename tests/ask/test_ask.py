"""How much harm would it do to give what is asked for?"""

import pytest

from milter.ask.ask import Ask, wants_harm, wants_secrets
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
