"""What does the mail want from its reader?"""

from dataclasses import dataclass, field

from milter.brand.promise import AskKind
from milter.mail.masking import names_an_iban

LONGEST_QUOTE = 300
# Where a link stands that leads to a program: whoever runs it gives away all that his machine knows.
PROGRAM = "program link"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked for, and the sentence that asks.

    `quote` is the sentence as the reader sees it, at most `LONGEST_QUOTE` characters. It is never logged.
    `where` says where it stands (`text`, `html link`, `attachment`, `subject`, ...).
    """

    kind: AskKind
    quote: str = field(repr=False)
    where: str = "text"


# What every newsletter wants: a look, or an answer.
CLICKS = frozenset({AskKind.LINK, AskKind.ATTACHMENT, AskKind.REPLY})
# What opens an account or pays, and what says whose it is; and the ways to hand them over.
_SECRETS = frozenset({AskKind.CREDENTIALS, AskKind.ONE_TIME_CODE, AskKind.CARD})
_IDENTITIES = frozenset({AskKind.NIR, AskKind.BANK_DETAILS})
# To a person, not into a page.
_BY_HAND = frozenset({AskKind.REPLY, AskKind.CALL_BACK})
_WAYS = frozenset({AskKind.LINK, AskKind.FORM, AskKind.REPLY, AskKind.ATTACHMENT, AskKind.CALL_BACK})
_DATA = _SECRETS | _IDENTITIES | {AskKind.FISCAL_NUMBER, AskKind.PAYMENT}


def wants_harm(asks: tuple[Ask, ...], *, third_party: bool = False) -> bool:
    """True where more is wanted than a click or an answer, which every newsletter wants; or than to sign in
    somewhere that is not said; of a third party more than a call to him, too. A program is more.
    """
    if any(ask.where == PROGRAM for ask in asks):
        return True
    kinds = {ask.kind for ask in asks}
    harmless = CLICKS | {AskKind.CALL_BACK} if third_party else CLICKS
    return bool(kinds - harmless) and kinds != {AskKind.CREDENTIALS}


def wants_data(asks: tuple[Ask, ...]) -> bool:
    """True where money is wanted, or what opens an account, pays, or says whose it is."""
    return any(ask.kind in _DATA for ask in asks)


def wants_data_by_hand(asks: tuple[Ask, ...]) -> bool:
    """True where the same is wanted by an answer or a call: to a person, not into a page."""
    return wants_data(asks) and any(ask.kind in _BY_HAND for ask in asks)


def wants_access(asks: tuple[Ask, ...]) -> bool:
    """True where what opens an account or pays is wanted: a password, a code, the bank card or account; or
    that a program be run, which takes them.
    """
    return any(
        ask.kind in _SECRETS or ask.kind is AskKind.BANK_DETAILS or ask.where == PROGRAM for ask in asks
    )


def names_a_secret(asks: tuple[Ask, ...]) -> bool:
    """True where a password, a code or the bank card is wanted, whatever way it goes."""
    return any(ask.kind in _SECRETS for ask in asks)


def wants_a_secret(asks: tuple[Ask, ...]) -> bool:
    """True where a password, a code or the bank card is wanted, and there is a way to hand it over."""
    kinds = {ask.kind for ask in asks}
    return bool(kinds & _SECRETS and kinds & _WAYS)


def wants_secrets(asks: tuple[Ask, ...]) -> bool:
    """True where a password, a code or the bank card is wanted together with another such thing, or with the
    number or account that it belongs to and a way to hand them over, or by an answer or a call: no honest
    body asks so.
    """
    kinds = {ask.kind for ask in asks}
    secrets = kinds & _SECRETS
    belongs = kinds & _IDENTITIES and kinds & _WAYS
    return len(secrets) > 1 or bool(secrets and (belongs or kinds & _BY_HAND))


def is_never_on_paper(ask: Ask) -> bool:
    """True of what no letter of the organisation wants, which somebody may have scanned: the bank card, a
    code, or money for an account whose number stands there.
    """
    if ask.kind is AskKind.PAYMENT:
        return names_an_iban(ask.quote)
    return ask.kind in (AskKind.CARD, AskKind.ONE_TIME_CODE)
