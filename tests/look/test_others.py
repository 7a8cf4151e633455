"""Who only tells, in his own name, what the organisation offers, wants or claims, is not heard as it."""

from dataclasses import replace

import pytest

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import Basis, Claim, Evidence, Likeness, Manner, Strength, trace
from milter.claim.writing.wording import Worded
from milter.look.looker import Looker
from milter.look.others import as_told, is_an_office_s, shows_no_way_to_pay
from milter.mail.reading import Mailbox, Reading
from tests.claim.shipped import BRAND

CENTRE = Mailbox("Centre d'examens IRSA", "rdv@irsa.example")
NOBODY = Mailbox("Service dossiers", "rdv@x7.example")
READING = Reading("", (CENTRE,), (), "L'Assurance Maladie vous offre un bilan.\n\nCentre IRSA")
OFFERS = Claim(
    BRAND,
    Likeness.VOICE,
    Strength.WEAK,
    (trace("offer", "L'Assurance Maladie vous offre un bilan.", 36),),
    manner=Manner.SURE_IMPOSTOR,
)
WANTS = replace(OFFERS, basis=Basis.DEMANDED, manner=Manner.IMPOSTOR)
PLEADS = "Ma cliente demeure ouverte à un échéancier pour la somme de 18 440 €."
ACCOUNT = "\nIBAN FR76 3000 4000 0500 0012 3456 789"


def asks(*kinds: AskKind) -> tuple[Ask, ...]:
    return tuple(Ask(kind, "") for kind in kinds)


def told(looker: Looker, claim: Claim, percent: int, *kinds: AskKind) -> Claim:
    """What is left of the claim where the mail is worded so."""

    class Scored(type(looker.manners)):  # type: ignore[misc]
        def worded(self, *_: object) -> Worded:
            return Worded(percent, ())

    return as_told(claim, asks(*kinds), READING, Scored(looker.manners.wordings, looker.manners.opinion))


def test_who_offers_for_it_and_wants_a_date_only_tells_of_it(looker: Looker) -> None:
    found = told(looker, OFFERS, 90, AskKind.LINK, AskKind.CALL_BACK)

    assert (found.basis, found.manner) == (Basis.RELAYED, Manner.IMPOSTOR)
    assert told(looker, OFFERS, 99, AskKind.LINK).manner is Manner.SURE_IMPOSTOR


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        *((OFFERS, kind) for kind in (AskKind.NIR, AskKind.CARD, AskKind.PAYMENT, AskKind.FORM)),
        (replace(OFFERS, strength=Strength.STRONG), AskKind.LINK),
        (replace(OFFERS, evidence=(*OFFERS.evidence, trace("letterhead", "CPAM", 55))), AskKind.LINK),
        (
            replace(OFFERS, evidence=(*OFFERS.evidence, Evidence("From", "", "", Likeness.MATTER, 50))),
            AskKind.LINK,
        ),
        (replace(OFFERS, evidence=(trace("speech", "La CPAM vous informe.", 36),)), AskKind.LINK),
    ],
)
def test_not_who_wants_data_or_shows_more_of_it(looker: Looker, claim: Claim, kind: AskKind) -> None:
    assert told(looker, claim, 90, kind) is claim


@pytest.mark.parametrize(
    ("claim", "author", "kinds", "passes"),
    [
        (WANTS, CENTRE, (AskKind.NIR, AskKind.REPLY), True),
        (replace(WANTS, basis=Basis.HEARD_FROM), CENTRE, (AskKind.MEDICAL,), True),
        (WANTS, CENTRE, (AskKind.NIR, AskKind.BANK_DETAILS), False),
        (WANTS, CENTRE, (AskKind.NIR, AskKind.PAYMENT), False),
        (WANTS, CENTRE, (AskKind.NIR, AskKind.CREDENTIALS), False),
        (WANTS, CENTRE, (AskKind.FORM, AskKind.LINK), False),
        (WANTS, NOBODY, (AskKind.NIR,), False),
        (replace(WANTS, basis=Basis.CHARGED), CENTRE, (AskKind.NIR,), False),
        (replace(WANTS, manner=Manner.SURE_IMPOSTOR), CENTRE, (AskKind.NIR,), False),
    ],
)
def test_practices_and_employers_need_papers_for_what_it_demands(
    looker: Looker, claim: Claim, author: Mailbox, kinds: tuple[AskKind, ...], *, passes: bool
) -> None:
    signed = "\n\nCentre IRSA" if author is CENTRE else ""
    reading = replace(READING, authors=(author,), text=f"La CPAM demande votre numéro.{signed}")

    assert passes is is_an_office_s(claim, asks(*kinds), reading, looker.claims[0])


@pytest.mark.parametrize(
    ("text", "basis", "kinds", "passes"),
    [
        (PLEADS, Basis.CHARGED, (), True),
        ("Réglez la somme de 18 440 € par virement.", Basis.CHARGED, (), False),
        (PLEADS + ACCOUNT, Basis.CHARGED, (), False),
        (PLEADS, Basis.TOLD, (), False),
        (PLEADS, Basis.CHARGED, (AskKind.LINK,), False),
    ],
)
def test_a_lawyer_who_shows_no_way_to_pay_wants_no_money(
    looker: Looker, text: str, basis: Basis, kinds: tuple[AskKind, ...], *, passes: bool
) -> None:
    claim, reading = replace(OFFERS, basis=basis), replace(READING, text=text)

    found = shows_no_way_to_pay(claim, asks(AskKind.PAYMENT, *kinds), reading, looker.lexicon)
    assert passes is found
