"""The table of belief is total, and each rule that nobody may break has its row."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import (
    LOOKALIKE_LINK,
    Basis,
    Claim,
    Evidence,
    Grade,
    Likeness,
    Manner,
    Strength,
)
from milter.config.language import LANGUAGES
from milter.mail.domain import Domain
from milter.mail.reading import Mailbox, Reading
from milter.proof.proof import AuthResult, Method, Proof, Result
from milter.verdict.presence import Presence
from milter.verdict.reason import reason
from milter.verdict.verdict import Finding, Verdict
from milter.verdict.weigh import UNPROVEN, weigh
from milter.verdict.weight import Weight
from tests.claim.shipped import BRAND

OFFICIAL = "assurance-maladie@info.ameli.fr"


def claim(likeness: Likeness, *, strength: Strength = Strength.STRONG, shows: str = "x") -> Claim:
    """A claim with one trace."""
    return Claim(BRAND, likeness, strength, (Evidence("From", shows, shows, likeness, 100),))


VOICE = claim(Likeness.VOICE)
CLICK, HARM, SECRETS = (AskKind.LINK,), (AskKind.BANK_DETAILS,), (AskKind.CARD, AskKind.CREDENTIALS)


def ask(kind: AskKind) -> Ask:
    """An ask."""
    return Ask(kind, "Renseignez votre RIB.")


def reading(address: str = "x@evil.example", unreadable: frozenset[str] = frozenset()) -> Reading:
    """A mail by this author."""
    return Reading(subject="", authors=(Mailbox("", address),), reply_to=(), text="", unreadable=unreadable)


def proof(result: Result, *, aligned: bool = True) -> Proof:
    """One DKIM result of info.ameli.fr."""
    domain = Domain("info.ameli.fr")
    vouching = frozenset({domain}) if aligned and result is Result.PASS else frozenset[Domain]()
    return Proof(domain, (AuthResult(Method.DKIM, result, domain),), vouching)


def test_the_table_is_total() -> None:
    """A missing row would be an exception on a mail."""
    assert set(itertools.product(Presence, Weight)) == set(UNPROVEN)


@pytest.mark.parametrize("basis", Basis)
def test_whatever_a_claim_rests_on_is_weighed_and_said(basis: Basis) -> None:
    """One more must not be an exception on a mail."""
    verdict = weigh(replace(VOICE, basis=basis), Proof(), (), reading())

    assert all(reason(replace(verdict, finding=Finding.SUSPECT), language) for language in LANGUAGES)


def test_proven_official_mail_is_genuine_whatever_it_asks() -> None:
    """DESIGN section 1, rule 3."""
    asks = tuple(ask(kind) for kind in AskKind)
    verdict = weigh(claim(Likeness.OFFICIAL_ADDRESS), proof(Result.PASS), asks, reading(OFFICIAL))

    assert Finding.GENUINE == verdict.finding


def test_a_proven_address_that_is_not_published_is_told_to_the_admin() -> None:
    """Perhaps a new official address."""
    verdict = weigh(claim(Likeness.OWNED_DOMAIN), proof(Result.PASS), (), reading("enquete@info.ameli.fr"))

    assert Finding.GENUINE_UNLISTED == verdict.finding


def test_dns_away_defers_only_what_could_have_been_proven() -> None:
    """A lookalike with a temperror of its own is not excused."""
    could = weigh(claim(Likeness.OFFICIAL_ADDRESS), proof(Result.TEMPERROR), (), reading(OFFICIAL))
    foreign = Proof(Domain("ameli.com"), (AuthResult(Method.DKIM, Result.TEMPERROR, Domain("ameli.com")),))
    could_not = weigh(claim(Likeness.LOOKALIKE_DOMAIN), foreign, (ask(AskKind.LINK),), reading())

    assert (Finding.UNDECIDED, Finding.IMPERSONATION) == (could.finding, could_not.finding)


@pytest.mark.parametrize(
    ("finding", "likeness", "strength", "kinds"),
    [
        (Finding.IMPERSONATION, Likeness.OFFICIAL_ADDRESS, Strength.STRONG, ()),
        (Finding.IMPERSONATION, Likeness.DISPLAY_NAME, Strength.STRONG, (AskKind.LINK,)),
        (Finding.SUSPECT, Likeness.DISPLAY_NAME, Strength.STRONG, ()),
        (Finding.IMPERSONATION, Likeness.VOICE, Strength.STRONG, (AskKind.CALL_BACK,)),
        (Finding.MENTION, Likeness.VOICE, Strength.STRONG, ()),
        (Finding.SUSPECT, Likeness.VOICE, Strength.WEAK, (AskKind.BANK_DETAILS,)),
        (Finding.MENTION, Likeness.VOICE, Strength.WEAK, (AskKind.LINK,)),
    ],
)
def test_an_unproven_claim_is_weighed_with_what_it_asks(
    finding: Finding, likeness: Likeness, strength: Strength, kinds: tuple[AskKind, ...]
) -> None:
    """The rows of DESIGN section 4."""
    verdict = weigh(claim(likeness, strength=strength), Proof(), tuple(map(ask, kinds)), reading())

    assert finding == verdict.finding


@pytest.mark.parametrize(
    ("finding", "strength", "own_name"),
    [
        (Finding.MENTION, Strength.WEAK, True),
        (Finding.SUSPECT, Strength.LIKELY, True),
        # A hacked account proves as much.
        (Finding.IMPERSONATION, Strength.STRONG, True),
        (Finding.SUSPECT, Strength.WEAK, False),
    ],
)
def test_a_sender_proven_in_his_own_name_may_speak_nearly_as_the_brand(
    finding: Finding, strength: Strength, *, own_name: bool
) -> None:
    """A step lower, and never for who shows himself as the brand."""
    domain = Domain("mutuelle-des-roses.example")
    proven = Proof(domain, (AuthResult(Method.DKIM, Result.PASS, domain),), frozenset({domain}))
    voice = replace(claim(Likeness.VOICE, strength=strength), own_name=own_name)
    shown = replace(claim(Likeness.DISPLAY_NAME, strength=strength), own_name=own_name)
    asks = (ask(AskKind.BANK_DETAILS),)

    assert finding == weigh(voice, proven, asks, reading()).finding
    # Said and not proven, it is worth nothing.
    unsigned = claim(Likeness.VOICE, strength=strength)
    assert weigh(voice, Proof(), asks, reading()).finding == weigh(unsigned, Proof(), asks, reading()).finding
    assert weigh(shown, proven, asks, reading()).finding == weigh(shown, Proof(), asks, reading()).finding


def test_an_employee_whose_signature_a_list_broke_is_only_tagged() -> None:
    """From a domain that people write from by hand, and with nothing asked."""
    staff = claim(Likeness.OWNED_DOMAIN, shows="claire.saule@assurance-maladie.fr")
    verdict = weigh(staff, Proof(), (), reading("claire.saule@assurance-maladie.fr"))

    assert Finding.SUSPECT == verdict.finding


def test_what_cannot_be_read_weighs_with_the_claim() -> None:
    """DESIGN section 1, rule 6."""
    verdict = weigh(claim(Likeness.DISPLAY_NAME), Proof(), (), reading(unreadable=frozenset({"encrypted"})))

    assert Finding.IMPERSONATION == verdict.finding


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(AskKind))
def test_the_reason_names_claim_failed_proof_ask_and_promise(kind: AskKind, language: str) -> None:
    """One sentence that can be read aloud, with source and date."""
    verdict = weigh(claim(Likeness.DISPLAY_NAME, shows="Ameli"), Proof(), (ask(kind),), reading())
    sentence = reason(verdict, language)
    promise = BRAND.promise_against(kind)

    assert promise is not None
    for part in ("Ameli", "Renseignez votre RIB.", *promise.said(language), promise.date.isoformat()):
        assert part in sentence
    assert isinstance(promise.date, date)


def test_why_a_signature_counts_for_nothing_is_said_in_the_language_of_the_sentence() -> None:
    failed = AuthResult(Method.DKIM, Result.FAIL, Domain("evil.example"), reason="body was changed")
    said = weigh(claim(Likeness.DISPLAY_NAME), Proof(Domain("evil.example"), (failed,)), (), reading())

    assert "(dkim=fail evil.example, le corps a été modifié)" in reason(said, "fr")
    assert "(dkim=fail evil.example, body was changed)" in reason(said, "en")


@pytest.mark.parametrize(
    ("where", "french", "english"),
    [
        ("qr", "de suivre le lien d'un code QR", "to follow the link of a QR code"),
        ("program link", "de télécharger un programme", "to download a program"),
        ("html link", "de suivre un lien", "to follow a link"),
    ],
)
def test_of_a_link_it_is_said_what_it_is(where: str, french: str, english: str) -> None:
    click = Ask(AskKind.LINK, "https://x.example/", where)
    verdict = weigh(claim(Likeness.DISPLAY_NAME), Proof(), (click,), reading())

    assert f"demande {french} : « https://x.example/ »" in reason(verdict, "fr")
    assert f"asks {english}: “https://x.example/”" in reason(verdict, "en")


@pytest.mark.parametrize(
    ("where", "finding"), [("account", Finding.IMPERSONATION), ("letterhead", Finding.MENTION)]
)
def test_an_account_in_its_name_is_no_matter_of_wording(where: str, finding: Finding) -> None:
    trace = Evidence(where, "CPAM - FR76", "cpam fr76", Likeness.VOICE, 60)
    shown = replace(
        claim(Likeness.VOICE, strength=Strength.LIKELY), evidence=(trace,), manner=Manner.SURE_OTHER
    )

    assert finding is weigh(shown, Proof(), (ask(AskKind.PAYMENT),), reading()).finding


@pytest.mark.parametrize("finding", list(Finding))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_a_reason(finding: Finding, language: str) -> None:
    """In both languages, and never empty."""
    verdict = Verdict(finding, BRAND, claim(Likeness.VOICE), proof(Result.PASS), None, ())

    assert reason(verdict, language)
    assert reason(Verdict(Finding.UNRELATED), language)


@pytest.mark.parametrize(
    ("strength", "kinds", "finding"),
    [
        (Strength.STRONG, (), Finding.MENTION),
        # One's own attestation says what to do with it; the mail says that it is there.
        (Strength.STRONG, (AskKind.ATTACHMENT,), Finding.MENTION),
        # A poster with a code; a form that goes back by post.
        (Strength.LIKELY, (AskKind.LINK,), Finding.SUSPECT),
        (Strength.LIKELY, (AskKind.BANK_DETAILS, AskKind.NIR), Finding.MENTION),
        (Strength.STRONG, (AskKind.BANK_DETAILS,), Finding.SUSPECT),
        # Data, and where to give them.
        (Strength.LIKELY, (AskKind.BANK_DETAILS, AskKind.REPLY), Finding.IMPERSONATION),
        (Strength.LIKELY, (AskKind.CARD, AskKind.LINK), Finding.IMPERSONATION),
        (Strength.STRONG, (AskKind.CALL_BACK,), Finding.IMPERSONATION),
        # What no letter wants that somebody scanned.
        (Strength.LIKELY, (AskKind.BANK_DETAILS, AskKind.CARD), Finding.IMPERSONATION),
        (Strength.LIKELY, (AskKind.ONE_TIME_CODE, AskKind.PAYMENT), Finding.IMPERSONATION),
        (Strength.LIKELY, (AskKind.PAYMENT,), Finding.MENTION),
    ],
)
def test_a_file_that_speaks_as_the_brand_must_want_something_and_say_where_to_give_it(
    strength: Strength, kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    enclosed = replace(claim(Likeness.VOICE, strength=strength), basis=Basis.ENCLOSED)
    verdict = weigh(enclosed, proof(Result.NONE), tuple(map(ask, kinds)), reading())

    assert finding == verdict.finding


@pytest.mark.parametrize(
    ("manner", "known", "finding"),
    [
        (Manner.NEITHER, False, Finding.IMPERSONATION),
        (Manner.NEITHER, True, Finding.SUSPECT),
        (Manner.OTHER, True, Finding.MENTION),
        (Manner.SURE_OTHER, True, Finding.MENTION),
        (Manner.IMPOSTOR, True, Finding.IMPERSONATION),
    ],
)
def test_a_file_that_is_not_worded_as_impostors_write_is_a_paper_that_is_sent_on(
    manner: Manner, *, known: bool, finding: Finding
) -> None:
    evidence = (Evidence("wording", "votre caisse", "40 %", Likeness.VOICE, 0),) if known else ()
    enclosed = replace(claim(Likeness.VOICE), evidence=evidence, basis=Basis.ENCLOSED, manner=manner)
    asks = (ask(AskKind.BANK_DETAILS), ask(AskKind.LINK))

    assert finding == weigh(enclosed, proof(Result.NONE), asks, reading()).finding


@pytest.mark.parametrize(
    ("way", "manner", "finding"),
    [
        (AskKind.FORM, Manner.NEITHER, Finding.MENTION),
        (AskKind.LINK, Manner.NEITHER, Finding.SUSPECT),
        (AskKind.CALL_BACK, Manner.NEITHER, Finding.SUSPECT),
        (AskKind.REPLY, Manner.NEITHER, Finding.SUSPECT),
        (AskKind.FORM, Manner.IMPOSTOR, Finding.IMPERSONATION),
    ],
)
def test_a_letter_that_is_answered_by_post_alone_was_scanned(
    way: AskKind, manner: Manner, finding: Finding
) -> None:
    evidence = (Evidence("wording", "votre caisse", "40 %", Likeness.VOICE, 0),)
    enclosed = replace(claim(Likeness.VOICE), evidence=evidence, basis=Basis.ENCLOSED, manner=manner)
    asks = (ask(AskKind.BANK_DETAILS), ask(way))

    assert finding == weigh(enclosed, proof(Result.NONE), asks, reading()).finding


def test_what_cannot_be_read_beside_a_file_that_is_sent_on_is_no_ask() -> None:
    enclosed = replace(claim(Likeness.VOICE), basis=Basis.ENCLOSED)
    verdict = weigh(enclosed, proof(Result.NONE), (), reading(unreadable=frozenset({"size"})))

    assert Finding.MENTION == verdict.finding


@pytest.mark.parametrize(
    ("likenesses", "finding"),
    [
        ((Likeness.LOOKALIKE_DOMAIN, Likeness.DISPLAY_NAME, Likeness.VOICE), Finding.IMPERSONATION),
        ((Likeness.LOOKALIKE_DOMAIN, Likeness.DISPLAY_NAME), Finding.SUSPECT),
        ((Likeness.LOOKALIKE_DOMAIN, Likeness.VOICE), Finding.IMPERSONATION),
        ((Likeness.DISPLAY_NAME, Likeness.VOICE), Finding.IMPERSONATION),
        ((Likeness.DISPLAY_NAME,), Finding.SUSPECT),
    ],
)
def test_who_asks_for_nothing_is_held_back_only_where_his_text_speaks_as_the_brand_too(
    likenesses: tuple[Likeness, ...], finding: Finding
) -> None:
    evidence = tuple(Evidence("x", "x", "x", one, 60, Grade.PLAIN) for one in likenesses)
    masked = Claim(BRAND, likenesses[0], Strength.STRONG, evidence)

    assert weigh(masked, proof(Result.NONE), (), reading()).finding is finding


@pytest.mark.parametrize(
    ("kinds", "told", "relayed"),
    [
        ((AskKind.NIR, AskKind.CARD, AskKind.LINK), Finding.SUSPECT, Finding.SUSPECT),
        ((AskKind.CREDENTIALS, AskKind.ONE_TIME_CODE, AskKind.REPLY), Finding.SUSPECT, Finding.SUSPECT),
        # Nowhere to give them; what employers and clinics want; a log-in like any other.
        ((AskKind.NIR, AskKind.CARD), Finding.SUSPECT, Finding.MENTION),
        ((AskKind.NIR, AskKind.BANK_DETAILS, AskKind.LINK), Finding.SUSPECT, Finding.MENTION),
        ((AskKind.CREDENTIALS, AskKind.LINK), Finding.SUSPECT, Finding.MENTION),
    ],
)
def test_no_honest_body_wants_password_or_card_with_the_number_they_belong_to(
    kinds: tuple[AskKind, ...], told: Finding, relayed: Finding
) -> None:
    """A platform for consultations wants card and number: only for its wording is it more than tagged."""
    asks = tuple(map(ask, kinds))
    tells = replace(claim(Likeness.VOICE), basis=Basis.TOLD)
    relays = replace(claim(Likeness.VOICE, strength=Strength.WEAK), basis=Basis.RELAYED)

    assert weigh(tells, proof(Result.NONE), asks, reading()).finding is told
    assert weigh(relays, proof(Result.NONE), asks, reading()).finding is relayed


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.CREDENTIALS, AskKind.ONE_TIME_CODE), Finding.IMPERSONATION),
        ((AskKind.CARD, AskKind.ONE_TIME_CODE), Finding.IMPERSONATION),
        ((AskKind.CARD,), Finding.SUSPECT),
        ((AskKind.BANK_DETAILS, AskKind.NIR), Finding.SUSPECT),
    ],
)
def test_who_only_tells_of_it_is_held_for_a_likely_wording_where_he_wants_secrets(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    """Insurers and practices are worded so at times."""
    worded = replace(claim(Likeness.VOICE), basis=Basis.TOLD, manner=Manner.IMPOSTOR)

    assert weigh(worded, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding is finding


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.BANK_DETAILS, AskKind.LINK), Finding.SUSPECT),
        ((AskKind.CREDENTIALS, AskKind.LINK), Finding.SUSPECT),
        # Papers are wanted by many, and so is an answer.
        ((AskKind.NIR, AskKind.LINK), Finding.MENTION),
        ((AskKind.PAYMENT, AskKind.LINK), Finding.MENTION),
        ((AskKind.BANK_DETAILS, AskKind.REPLY), Finding.MENTION),
    ],
)
def test_nobodys_letter_that_tells_little_may_not_want_access_by_a_link(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    tells = replace(claim(Likeness.VOICE, strength=Strength.WEAK), basis=Basis.TOLD)

    assert weigh(tells, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding is finding


def relayed(basis: Basis) -> Claim:
    said = Evidence(basis, "La CPAM nous dit", "la cpam nou dit", Likeness.VOICE, 10)
    return replace(VOICE, basis=basis, evidence=(said,))


@pytest.mark.parametrize(
    ("made", "french", "english"),
    [
        (VOICE, "Se présente comme", "Says it is"),
        (replace(VOICE, basis=Basis.TOLD), "Annonce ce que fait", "Tells what"),
        (
            relayed(Basis.CHARGED),
            "Dit que l'Assurance Maladie l'en a chargé",
            "Says that the Assurance Maladie ch",
        ),
        (relayed(Basis.ACTING_FOR), "Dit agir pour", "Says that it acts for"),
        (
            relayed(Basis.RELAYED),
            "Parle de l'Assurance Maladie à son lecteur",
            "Speaks of the Assurance Maladie to",
        ),
        (
            relayed(Basis.DEMANDED),
            "Dit que l'Assurance Maladie le demande",
            "Says that the Assurance Maladie wants it",
        ),
        (relayed(Basis.HEARD_FROM), "Rapporte ce que", "Tells what the Assurance Maladie is to have"),
        (replace(VOICE, basis=Basis.FORWARDED), "Renvoie à une lettre", "Sends its reader to a letter"),
        (replace(VOICE, basis=Basis.PASSED_ON), "Transmet une lettre", "Passes on a letter"),
        (replace(VOICE, basis=Basis.ENCLOSED), "Contient un fichier", "Has a file"),
        (replace(VOICE, basis=Basis.PASSED_ON_FILE), "Contient un fichier", "Has a file"),
        (replace(VOICE, basis=Basis.FORGED_FILE), "Contient un fichier", "Has a file"),
        (replace(VOICE, basis=Basis.WORDED), "Écrit à la manière", "Written in the manner"),
        (
            replace(VOICE, basis=Basis.SPOKEN_OF),
            "Parle de l'Assurance Maladie à la",
            "Speaks of the Assurance",
        ),
        (replace(VOICE, basis=Basis.ENCLOSED_SPOKEN_OF), "Parle de l'Assurance", "Speaks of the Assurance"),
    ],
)
def test_the_reason_says_how_the_claim_is_made(made: Claim, french: str, english: str) -> None:
    """An admin who reads that an employer says he is the CPAM would not believe the rest."""
    asks = (ask(AskKind.BANK_DETAILS),)
    verdict = replace(weigh(made, Proof(), asks, reading()), finding=Finding.SUSPECT)

    assert reason(verdict, "fr").startswith(french)
    assert reason(verdict, "en").startswith(english)


@pytest.mark.parametrize(
    ("finding", "strength", "basis", "manner", "kinds"),
    [
        (Finding.SUSPECT, Strength.WEAK, Basis.SHOWN, Manner.NEITHER, HARM),
        (Finding.IMPERSONATION, Strength.WEAK, Basis.SHOWN, Manner.IMPOSTOR, HARM),
        (Finding.MENTION, Strength.WEAK, Basis.SHOWN, Manner.OTHER, HARM),
        (Finding.MENTION, Strength.WEAK, Basis.SHOWN, Manner.NEITHER, CLICK),
        (Finding.MENTION, Strength.WEAK, Basis.SHOWN, Manner.IMPOSTOR, CLICK),
        (Finding.IMPERSONATION, Strength.LIKELY, Basis.SHOWN, Manner.IMPOSTOR, CLICK),
        (Finding.MENTION, Strength.WEAK, Basis.SHOWN, Manner.IMPOSTOR, ()),
        (Finding.SUSPECT, Strength.STRONG, Basis.SHOWN, Manner.OTHER, HARM),
        (Finding.SUSPECT, Strength.STRONG, Basis.TOLD, Manner.IMPOSTOR, HARM),
        (
            Finding.IMPERSONATION,
            Strength.STRONG,
            Basis.TOLD,
            Manner.IMPOSTOR,
            (AskKind.CARD, AskKind.CREDENTIALS),
        ),
        (
            Finding.IMPERSONATION,
            Strength.STRONG,
            Basis.TOLD,
            Manner.SURE_IMPOSTOR,
            HARM,
        ),
        (Finding.MENTION, Strength.STRONG, Basis.TOLD, Manner.OTHER, HARM),
        (Finding.SUSPECT, Strength.WEAK, Basis.TOLD, Manner.IMPOSTOR, HARM),
        (Finding.SUSPECT, Strength.WEAK, Basis.TOLD, Manner.IMPOSTOR, (AskKind.CREDENTIALS, AskKind.LINK)),
        (Finding.IMPERSONATION, Strength.WEAK, Basis.TOLD, Manner.IMPOSTOR, SECRETS),
        (Finding.IMPERSONATION, Strength.WEAK, Basis.TOLD, Manner.SURE_IMPOSTOR, HARM),
        (Finding.MENTION, Strength.WEAK, Basis.TOLD, Manner.IMPOSTOR, CLICK),
        (Finding.IMPERSONATION, Strength.WEAK, Basis.TOLD, Manner.SURE_IMPOSTOR, CLICK),
        (Finding.MENTION, Strength.WEAK, Basis.TOLD, Manner.SURE_IMPOSTOR, ()),
        (Finding.IMPERSONATION, Strength.WEAK, Basis.TOLD, Manner.SUREST_IMPOSTOR, CLICK),
        (Finding.SUSPECT, Strength.WEAK, Basis.TOLD, Manner.SUREST_IMPOSTOR, ()),
        (Finding.SUSPECT, Strength.STRONG, Basis.SHOWN, Manner.SUREST_IMPOSTOR, ()),
    ],
)
def test_the_wording_makes_a_finding_one_step_worse_or_better(
    finding: Finding, strength: Strength, basis: Basis, manner: Manner, kinds: tuple[AskKind, ...]
) -> None:
    """A second opinion on what the text claims."""
    made = replace(claim(Likeness.VOICE, strength=strength), basis=basis, manner=manner)

    verdict = weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading())

    assert finding == verdict.finding


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.BANK_DETAILS,), Finding.SUSPECT),
        ((AskKind.BANK_DETAILS, AskKind.LINK), Finding.IMPERSONATION),
        ((AskKind.CARD, AskKind.CREDENTIALS), Finding.IMPERSONATION),
    ],
)
def test_a_third_party_of_likely_wording_is_held_where_he_wants_secrets(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    """An insurer that the organisation charged wants a RIB, and no password."""
    made = replace(VOICE, basis=Basis.CHARGED, manner=Manner.IMPOSTOR)

    assert finding == weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


@pytest.mark.parametrize(
    ("manner", "finding"),
    [(Manner.SUREST_IMPOSTOR, Finding.IMPERSONATION), (Manner.SURE_IMPOSTOR, Finding.SUSPECT)],
)
def test_who_is_called_like_it_and_is_surely_an_impostor_wants_what_was_not_seen(
    manner: Manner, finding: Finding
) -> None:
    """He asks in words that nobody has foreseen."""
    made = replace(claim(Likeness.DISPLAY_NAME), manner=manner)

    assert finding == weigh(made, proof(Result.NONE), (), reading()).finding


@pytest.mark.parametrize(
    ("grade", "finding"), [(Grade.WHOLE, Finding.IMPERSONATION), (Grade.PLAIN, Finding.SUSPECT)]
)
def test_wording_excuses_a_choir_of_the_brand_and_nobody_called_like_it(
    grade: Grade, finding: Finding
) -> None:
    """What somebody is called as a whole is no matter of style; a name among other words may be a choir's."""
    evidence = Evidence("From", "CPAM", "cpam", Likeness.DISPLAY_NAME, 100, grade)
    made = replace(claim(Likeness.DISPLAY_NAME), evidence=(evidence,), manner=Manner.OTHER)

    verdict = weigh(made, proof(Result.NONE), (ask(AskKind.LINK),), reading())

    assert finding == verdict.finding


@pytest.mark.parametrize(
    ("grade", "manner", "kind", "finding"),
    [
        (Grade.WHOLE, Manner.SURE_OTHER, AskKind.MEDICAL, Finding.SUSPECT),
        (Grade.WHOLE, Manner.SURE_OTHER, AskKind.LINK, Finding.IMPERSONATION),
        (Grade.WHOLE, Manner.OTHER, AskKind.MEDICAL, Finding.IMPERSONATION),
        (Grade.PLAIN, Manner.SURE_OTHER, AskKind.LINK, Finding.MENTION),
    ],
)
def test_who_surely_writes_as_others_and_shows_no_way_to_him_is_not_held(
    grade: Grade, manner: Manner, kind: AskKind, finding: Finding
) -> None:
    """Staff of the organisation write about training from an address of their own."""
    evidence = Evidence("From", "CPAM", "cpam", Likeness.DISPLAY_NAME, 100, grade)
    made = replace(claim(Likeness.DISPLAY_NAME), evidence=(evidence,), manner=manner)

    assert finding == weigh(made, proof(Result.NONE), (ask(kind),), reading()).finding


@pytest.mark.parametrize("kind", AskKind)
def test_for_its_wording_alone_nothing_is_held(kind: AskKind) -> None:
    """DESIGN section 1, rule 4."""
    made = claim(Likeness.VOICE, strength=Strength.WEAK)
    made = replace(made, basis=Basis.WORDED, manner=Manner.SUREST_IMPOSTOR)

    found = {weigh(made, proof(Result.NONE), asks, reading()).finding for asks in [(ask(kind),), ()]}

    assert {Finding.SUSPECT} == found


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.CREDENTIALS, AskKind.LINK), Finding.IMPERSONATION),
        ((AskKind.BANK_DETAILS,), Finding.SUSPECT),
        ((AskKind.LINK,), Finding.MENTION),
    ],
)
def test_a_letter_sent_on_wants_no_password_by_a_strange_page(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    """Papers and a RIB a personnel department may want, of what it sends on."""
    made = replace(claim(Likeness.VOICE), basis=Basis.FORWARDED)

    assert finding == weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.BANK_DETAILS,), Finding.IMPERSONATION),
        ((AskKind.LINK,), Finding.SUSPECT),
        ((), Finding.MENTION),
    ],
)
def test_a_letter_sent_on_that_is_worded_as_an_impostor_s_counts_a_step_more(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    """The organisation's own letters are worded so at times: not whatever they want."""
    made = replace(claim(Likeness.VOICE), basis=Basis.FORWARDED, manner=Manner.SURE_IMPOSTOR)

    assert finding == weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


@pytest.mark.parametrize(
    ("manner", "kinds", "finding"),
    [
        (Manner.SURE_IMPOSTOR, (AskKind.BANK_DETAILS,), Finding.SUSPECT),
        (Manner.SURE_IMPOSTOR, (AskKind.CARD, AskKind.LINK), Finding.IMPERSONATION),
        (Manner.SUREST_IMPOSTOR, (AskKind.BANK_DETAILS,), Finding.IMPERSONATION),
    ],
)
def test_who_only_speaks_of_it_is_held_for_a_sure_wording_where_he_wants_what_opens_an_account(
    manner: Manner, kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    """A son asks his mother for a RIB."""
    made = replace(claim(Likeness.VOICE, strength=Strength.WEAK), basis=Basis.RELAYED, manner=manner)

    assert finding == weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


def test_for_its_wording_alone_no_proven_sender_is_tagged() -> None:
    """He says who he is, and proves it."""
    made = replace(
        claim(Likeness.VOICE, strength=Strength.WEAK),
        basis=Basis.WORDED,
        manner=Manner.IMPOSTOR,
        own_name=True,
    )
    own = Domain("mutuelle.example")
    proven = Proof(own, (AuthResult(Method.DKIM, Result.PASS, own),), frozenset({own}))

    verdict = weigh(made, proven, (ask(AskKind.BANK_DETAILS),), reading("x@mutuelle.example"))

    assert Finding.MENTION == verdict.finding


def test_a_letter_that_leads_to_a_lookalike_is_no_better_for_being_worded_as_others_write() -> None:
    """It is not the text alone that gives it away."""
    led = Evidence(
        LOOKALIKE_LINK, "etudiant-ameli.com", "etudiant ameli com", Likeness.VOICE, 80, Grade.PLAIN
    )
    made = replace(claim(Likeness.VOICE), manner=Manner.SURE_OTHER)
    leads = replace(made, evidence=(*made.evidence, led))

    assert [Finding.MENTION, Finding.IMPERSONATION] == [
        weigh(one, proof(Result.NONE), (ask(AskKind.PAYMENT),), reading()).finding for one in (made, leads)
    ]


@pytest.mark.parametrize("strength", [Strength.STRONG, Strength.LIKELY])
@pytest.mark.parametrize(
    ("manner", "kinds", "finding"),
    [
        (Manner.OTHER, (AskKind.BANK_DETAILS,), Finding.SUSPECT),
        (Manner.SURE_OTHER, (AskKind.BANK_DETAILS,), Finding.MENTION),
        (Manner.SURE_OTHER, (AskKind.CREDENTIALS, AskKind.CARD), Finding.SUSPECT),
    ],
)
def test_a_letter_that_is_surely_worded_as_others_passes_unless_it_wants_secrets(
    strength: Strength, manner: Manner, kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    made = replace(claim(Likeness.VOICE), manner=manner, strength=strength)

    assert finding is weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


@pytest.mark.parametrize(
    ("basis", "held"), [(Basis.ACTING_FOR, True), (Basis.HEARD_FROM, False), (Basis.RELAYED, False)]
)
def test_who_says_that_he_acts_for_it_is_held_for_a_sure_wording_and_harm(
    basis: Basis, *, held: bool
) -> None:
    """Of who only leads elsewhere it takes more."""
    told = Evidence(basis, "À la demande de la CPAM", "a la demande de la cpam", Likeness.VOICE, 10)
    made = Claim(BRAND, Likeness.VOICE, Strength.WEAK, (told,), basis=basis, manner=Manner.SURE_IMPOSTOR)

    finding = weigh(made, proof(Result.NONE), (ask(AskKind.IDENTITY_PAPERS),), reading()).finding

    assert held is (finding is Finding.IMPERSONATION)


@pytest.mark.parametrize("manner", list(Manner))
@pytest.mark.parametrize("kinds", [(AskKind.BANK_DETAILS,), (AskKind.LINK,)])
def test_a_letter_that_is_only_passed_on_is_tagged_and_never_held(
    manner: Manner, kinds: tuple[AskKind, ...]
) -> None:
    made = replace(claim(Likeness.VOICE), basis=Basis.PASSED_ON, manner=manner)

    assert Finding.SUSPECT is weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding


@pytest.mark.parametrize(
    ("basis", "finding"), [(Basis.DEMANDED, Finding.MENTION), (Basis.SHOWN, Finding.IMPERSONATION)]
)
def test_whoever_writes_in_his_own_name_may_be_called_back(basis: Basis, finding: Finding) -> None:
    """An insurer's number is his own; only the organisation is never called by any other than its own."""
    made = replace(claim(Likeness.VOICE), basis=basis)

    assert finding is weigh(made, proof(Result.NONE), (ask(AskKind.CALL_BACK),), reading()).finding


@pytest.mark.parametrize(
    ("kinds", "finding"),
    [
        ((AskKind.CARD, AskKind.CREDENTIALS, AskKind.FORM), Finding.IMPERSONATION),
        ((AskKind.LINK,), Finding.MENTION),
    ],
    ids=["secrets", "a click"],
)
def test_a_letter_sent_on_that_wants_secrets_is_no_better_for_its_wording(
    kinds: tuple[AskKind, ...], finding: Finding
) -> None:
    made = replace(claim(Likeness.VOICE), basis=Basis.FORGED, manner=Manner.SURE_OTHER)

    assert finding is weigh(made, proof(Result.NONE), tuple(map(ask, kinds)), reading()).finding
