"""What does a letter want that makes a claim in a language of which hardly a word is known?

Pure.
"""

from milter.ask.ask import LONGEST_QUOTE, Ask, names_a_secret
from milter.ask.lexicon import Lexicon
from milter.brand.promise import AskKind
from milter.claim.claim import Basis, Claim
from milter.mail.reading import Reading

# Ways to give what is named.
_WAYS = frozenset({AskKind.LINK, AskKind.FORM, AskKind.REPLY, AskKind.CALL_BACK, AskKind.ATTACHMENT})


def with_what_is_named(
    asks: tuple[Ask, ...], reading: Reading, claim: Claim, lexicon: Lexicon
) -> tuple[Ask, ...]:
    """The asks, and what the letter names, as if it asked for that.

    Of a letter that only tells of the organisation, a password or a bank card together with the social
    security number: friends, consulates and insurers name the number, the account and papers, too, and
    translators want their fee by card. Where no other way is seen it is an answer, of letters that show
    themselves as the brand's: families write so.
    """
    shows = claim.basis is Basis.SHOWN
    more = [Ask(kind, line[:LONGEST_QUOTE]) for kind, line in lexicon.stems.named_in(reading.note)]
    if not _says_enough(tuple(more), shows=shows):
        return asks
    way = more[0].quote if shows else lexicon.stems.messenger_in(reading.note)
    if way and not any(ask.kind in _WAYS for ask in asks):
        more.append(Ask(AskKind.REPLY, way[:LONGEST_QUOTE]))
    if not shows and not any(ask.kind in _WAYS for ask in (*asks, *more)):
        return asks
    found = {ask.kind: ask for ask in (*more, *asks)}
    return tuple(found[kind] for kind in AskKind if kind in found)


def _says_enough(named: tuple[Ask, ...], *, shows: bool) -> bool:
    if not names_a_secret(named):
        return shows and len(named) > 1
    return shows or any(one.kind is AskKind.NIR for one in named)
