"""How much is what a mail wants, as far as the table of `weigh` cares? Pure."""

from enum import StrEnum

from milter.ask.ask import CLICKS, Ask, is_never_on_paper, wants_access, wants_harm, wants_secrets
from milter.brand.promise import AskKind
from milter.claim.claim import ENCLOSED, THIRD_PARTY, Claim, Strength
from milter.verdict.verdict import Outline

# Ways to give what is asked for to somebody else than the organisation.
_WAYS = frozenset({AskKind.LINK, AskKind.CALL_BACK, AskKind.REPLY, AskKind.FORM})


class Weight(StrEnum):
    """What is asked for, as far as the table cares."""

    NOTHING = "nothing"
    CLICK = "click"  # a link, an attachment, an answer: every newsletter wants one
    HARM = "harm"  # money, data, a form, a call to a number that costs
    ACCESS = "access"  # what opens an account or pays, and a link to where it is given
    SECRETS = "secrets"  # password, code or bank card together, or with the number that they belong to


def weight(claim: Claim, asks: tuple[Ask, ...], outline: Outline) -> Weight:
    """What is asked for; what cannot be read is not innocent, and counts as something to click on."""
    if claim.basis in ENCLOSED:
        return _weight_enclosed(claim, asks)
    kinds = {ask.kind for ask in asks}
    if wants_secrets(asks):
        return Weight.SECRETS
    if AskKind.LINK in kinds and wants_access(asks):
        return Weight.ACCESS
    if wants_harm(asks, third_party=claim.basis in THIRD_PARTY):
        return Weight.HARM
    return Weight.CLICK if kinds or outline.unreadable else Weight.NOTHING


def _weight_enclosed(claim: Claim, asks: tuple[Ask, ...]) -> Weight:
    """What is asked for by the files of a mail, or beside them.

    A form or letter of the organisation wants data, and a poster a click. A fraud wants data and says where
    to give them: a link, a code, a number to call, an answer; or either stands beside news for this reader.
    """
    kinds = {ask.kind for ask in asks}
    harm = bool(kinds - CLICKS - _WAYS)
    way = bool(kinds & _WAYS) or any(map(is_never_on_paper, asks))
    news = claim.strength is Strength.STRONG
    if way and (harm or news):
        return Weight.HARM
    return Weight.CLICK if way or (harm and news) else Weight.NOTHING
