"""What a letter wants in a language of which hardly a word is known."""

import pytest

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import Basis, Claim, Likeness, Strength, trace
from milter.look.foreign import with_what_is_named
from milter.look.looker import Looker
from milter.mail.reading import Mailbox, Reading

OFFICE = Mailbox("Dienst", "info@dienst.example")
LINK = Ask(AskKind.LINK, "https://dienst.example")
CARD, NUMBER = "uw bankkaartnummer", "uw socialezekerheidsnummer"
ACCOUNT, PAPERS, MESSENGER = "uw bankrekening", "uw paspoort", "via WhatsApp 0600000000"


def kinds(looker: Looker, text: str, basis: Basis, *asks: Ask) -> set[AskKind]:
    claim = Claim(
        looker.claims[0].brand,
        Likeness.VOICE,
        Strength.LIKELY,
        (trace("named", "CPAM", 45),),
        basis=basis,
        foreign=True,
    )
    reading = Reading("", (OFFICE,), (), text)
    return {ask.kind for ask in with_what_is_named(asks, reading, claim, looker.lexicon)}


@pytest.mark.parametrize("basis", [Basis.SHOWN, Basis.TOLD])
def test_card_and_number_beside_a_link_are_wanted(looker: Looker, basis: Basis) -> None:
    found = kinds(looker, f"{CARD} en {NUMBER}", basis, LINK)

    assert {AskKind.CARD, AskKind.NIR, AskKind.LINK} == found


@pytest.mark.parametrize(
    "text",
    [CARD, NUMBER, f"{NUMBER} en {ACCOUNT}", f"{ACCOUNT} en {PAPERS}", f"{CARD} en {PAPERS}", "uw kaart"],
)
def test_who_only_tells_of_it_may_want_for_himself(looker: Looker, text: str) -> None:
    assert {AskKind.LINK} == kinds(looker, text, Basis.TOLD, LINK)


@pytest.mark.parametrize("text", [f"{NUMBER} en {ACCOUNT}", f"{ACCOUNT} en {PAPERS}", CARD])
def test_who_shows_himself_as_the_brand_wants_what_he_names(looker: Looker, text: str) -> None:
    assert len(kinds(looker, text, Basis.SHOWN, LINK)) > 1


@pytest.mark.parametrize("text", [NUMBER, ACCOUNT, PAPERS, ""])
def test_one_thing_alone_may_be_only_spoken_of(looker: Looker, text: str) -> None:
    assert not kinds(looker, text, Basis.SHOWN)


def test_without_a_way_families_write(looker: Looker) -> None:
    said = f"{CARD} en {NUMBER}"

    assert not kinds(looker, said, Basis.TOLD)
    assert AskKind.REPLY in kinds(looker, f"{said} {MESSENGER}", Basis.TOLD)
    assert AskKind.REPLY in kinds(looker, said, Basis.SHOWN)
    assert AskKind.REPLY not in kinds(looker, said, Basis.SHOWN, LINK)


def test_asks_stay_in_their_order(looker: Looker) -> None:
    claim = looker.claims[0].brand
    asks = with_what_is_named(
        (LINK,),
        Reading("", (OFFICE,), (), f"{CARD} en {NUMBER}"),
        Claim(claim, Likeness.VOICE, Strength.LIKELY, (trace("named", "CPAM", 45),), foreign=True),
        looker.lexicon,
    )

    assert [kind for kind in AskKind if kind in {ask.kind for ask in asks}] == [ask.kind for ask in asks]
