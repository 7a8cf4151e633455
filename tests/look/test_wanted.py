"""What who says his name has filled in at home, and what who says none wants by a ticket."""

import dataclasses

import pytest

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import ACCOUNT, Basis, Claim, Evidence, Likeness, Manner, Strength
from milter.claim.writing.wording import Worded
from milter.look.looker import Looker
from milter.look.wanted import is_worth_telling, less_sure, wanted
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND

AUTHOR = Mailbox("Téléconsult Express", "rdv@teleconsult-express.example")
FORM = (
    "Avant votre consultation, renseignez votre numéro de sécurité sociale et votre carte bancaire.\n{}\n"
    "Téléconsult Express"
)
NOTICE = (
    "Un accès non autorisé à notre logiciel a été constaté. Votre numéro de sécurité sociale a pu être "
    "consulté. Nous vous conseillons de changer le mot de passe de votre compte ameli s'il est identique à "
    "celui de notre portail.{}\nTéléconsult Express"
)
OWN = "https://app.teleconsult-express.example/s/8812"
OTHER = "https://droits.example/s/8812"


def worded(*, own_name: bool = True) -> Claim:
    """The claim of a mail that is worded beyond doubt."""
    evidence = (Evidence("wording", "", "", Likeness.VOICE, 0),)
    return Claim(
        BRAND,
        Likeness.VOICE,
        Strength.STRONG,
        evidence,
        basis=Basis.WORDED,
        own_name=own_name,
        manner=Manner.SUREST_IMPOSTOR,
    )


def is_told(looker: Looker, claim: Claim, text: str, target: str, percent: int) -> bool:
    link = Link(target, "", LinkKind.TEXT)
    reading = Reading("", (AUTHOR,), (), text.format(target), links=(link,) if target else ())

    class Scored(type(looker.manners)):  # type: ignore[misc]
        def worded(self, *_: object) -> Worded:
            return Worded(percent, ())

    manners = Scored(looker.manners.wordings, looker.manners.opinion)
    return wanted(claim, reading, looker.claims[0], manners, looker.lexicon) is not None


def test_number_and_card_on_the_page_of_who_says_his_name_are_his_business(looker: Looker) -> None:
    bound = looker.manners.opinion.surest_of_body

    assert not is_told(looker, worded(), FORM, OWN, bound - 1)
    assert not is_told(looker, worded(), FORM + " Une caution de 150 € est à régler.", OWN, bound - 1)
    assert is_told(looker, worded(), FORM, OWN, bound)


@pytest.mark.parametrize(
    ("own_name", "target", "more"),
    [(False, OWN, ""), (True, OTHER, ""), (True, OWN, " Joignez votre RIB.")],
)
def test_not_if_he_says_none_or_leads_elsewhere_or_wants_more(
    looker: Looker, *, own_name: bool, target: str, more: str
) -> None:
    assert is_told(looker, worded(own_name=own_name), FORM + more, target, 90)


def test_to_be_told_which_password_to_change_is_no_ask_where_no_way_to_give_it_is_shown(
    looker: Looker,
) -> None:
    assert not is_told(looker, worded(), NOTICE, "", 98)
    assert is_told(looker, worded(), NOTICE + " Appelez le 09 70 00 12 34.", "", 98)
    assert is_told(looker, worded(own_name=False), NOTICE, "", 98)


@pytest.mark.parametrize(
    ("likeness", "own_name", "kind", "manner"),
    [
        (Likeness.MATTER, False, AskKind.BANK_DETAILS, Manner.NEITHER),
        (Likeness.MATTER, False, AskKind.IDENTITY_PAPERS, Manner.NEITHER),
        (Likeness.MATTER, False, AskKind.LINK, Manner.SURE_OTHER),
        (Likeness.MATTER, True, AskKind.BANK_DETAILS, Manner.SURE_OTHER),
        (Likeness.VOICE, False, AskKind.BANK_DETAILS, Manner.SURE_OTHER),
    ],
)
def test_a_desk_that_says_no_name_is_no_better_for_being_worded_as_tickets_are(
    looker: Looker, likeness: Likeness, *, own_name: bool, kind: AskKind, manner: Manner
) -> None:
    evidence = (Evidence("From", "", "", likeness, 50),)
    claim = dataclasses.replace(
        worded(own_name=own_name), basis=Basis.SHOWN, evidence=evidence, manner=Manner.SURE_OTHER
    )
    asks = (Ask(kind, ""), Ask(AskKind.REPLY, ""))

    assert manner is less_sure(claim, asks, Reading("", (), (), ""), looker.claims[0], looker.manners).manner
    by_post = less_sure(claim, asks[:1], Reading("", (), (), ""), looker.claims[0], looker.manners)
    assert by_post.manner is Manner.SURE_OTHER


@pytest.mark.parametrize(
    ("manner", "where", "kinds", "told"),
    [
        (Manner.NEITHER, ACCOUNT, (AskKind.PAYMENT,), True),
        (Manner.OTHER, ACCOUNT, (AskKind.PAYMENT,), False),
        (Manner.NEITHER, ACCOUNT, (AskKind.BANK_DETAILS,), False),
        (Manner.NEITHER, Basis.DEMANDED.value, (AskKind.PAYMENT,), False),
    ],
)
def test_money_for_an_account_in_its_name_is_worth_telling_of_a_third_party(
    manner: Manner, where: str, kinds: tuple[AskKind, ...], *, told: bool
) -> None:
    evidence = (Evidence(where, "Titulaire : CPAM Recouvrement", "", Likeness.VOICE, 10),)
    claim = Claim(BRAND, Likeness.VOICE, Strength.WEAK, evidence, basis=Basis.DEMANDED, manner=manner)
    asks = tuple(Ask(kind, "", "text") for kind in kinds)

    assert is_worth_telling(claim, asks) is told
