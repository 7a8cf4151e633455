"""A mail is looked at here or in a child, and it makes no difference but in time."""

import asyncio
import base64
import dataclasses
import itertools
import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.ask.ask import Ask
from milter.ask.find import find_asks
from milter.attachment.budget import Budget
from milter.attachment.open import merged, open_files
from milter.brand.promise import AskKind
from milter.child import wire
from milter.child.pool import Pool
from milter.child.process import End, Outcome
from milter.claim.claim import (
    ACTING,
    SURE_IMPOSTORS,
    THIRD_PARTY,
    Basis,
    Claim,
    Evidence,
    Grade,
    Likeness,
    Manner,
    Strength,
)
from milter.claim.others.enclosed import what_is_enclosed
from milter.claim.speaking.speaker import Speaker
from milter.claim.writing.wording import Worded
from milter.look import far
from milter.look.far import Lookout, build_lookout
from milter.look.looker import Looker
from milter.look.sight import Sight, from_json, to_json
from milter.look.wanted import less_sure, wanted
from milter.look.worth import has_files_worth_opening, is_large
from milter.mail.coding.transfer import decode_base64
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Mailbox, Reading
from milter.mail.structure import part
from milter.mail.structure.mime import Structure, walk
from milter.meter.signs import STAGES, Stage
from milter.proof.proof import Proof
from milter.verdict.verdict import Finding
from milter.verdict.weigh import weigh
from tests.attachment.made import encoded, mail, pdf, qr, zipped
from tests.cases import read_cases
from tests.claim.shipped import BRAND
from tests.cli.command import FRAUD
from tests.look.shipped import CONFIG
from tests.vectors.exhaustion import EXHAUSTION

URL = "https://fraude.example/v"
AUTHOR = "Assurance Maladie <a@b.example>"
WORDS = "Bonjour, le club de lecture se réunit jeudi soir à la bibliothèque. " * 20


@pytest.fixture(scope="module")
def lookout() -> Iterator[Lookout]:
    lookout = build_lookout(CONFIG, seconds=120)
    yield lookout
    lookout.close()


class Told(Pool):
    """A pool whose child tells what it is told to."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("nowhere:nothing")
        self.outcome = outcome
        self.asked = 0

    async def ask(self, *_: object, **__: object) -> Outcome:
        self.asked += 1
        return self.outcome


def seen(lookout: Lookout, raw: bytes) -> Sight:
    return asyncio.run(lookout.look(Message(raw)))


def test_a_child_sees_what_is_seen_here(looker: Looker, lookout: Lookout) -> None:
    """Over the mails of tests/mails that carry nothing to open."""
    cases = [case for case in read_cases()[::12] if case.kind == "fraud"]
    compared = 0
    for case in cases:
        message = Message(case.raw)
        reading = looker.as_meant(read(message))
        claim = looker.claim(reading)
        if has_files_worth_opening(walk(message), reading, claim):
            continue
        large = asyncio.run(lookout._far(message, None))
        assert looker.look(reading, claim) == large, case.name
        compared += 1
    assert compared > 20


def test_to_find_the_parts_of_a_mail_is_part_of_reading_it(
    lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a mail with a thousand parts it is most of it."""
    spent = dict[tuple[str, ...], float]()

    def slowly(message: Message) -> Structure:
        time.sleep(0.1)
        return walk(message)

    monkeypatch.setattr(STAGES, "took", lambda seconds, *labels: spent.update({labels: seconds}))
    monkeypatch.setattr(far, "walk", slowly)
    seen(lookout, FRAUD)

    assert spent[Stage.CLAIM,] > 0.1


def test_a_text_is_decoded_once(lookout: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is measured, glimpsed and read."""
    times: list[int] = []

    def counted(data: bytes) -> tuple[bytes, bool]:
        times.append(len(data))
        return decode_base64(data)

    lines = "".join(f"Votre carte Vitale expire le {day}.\n" for day in range(600))
    text = base64.encodebytes(lines.encode()).replace(b"\n", b"\r\n")
    head = b"From: CPAM <x@evil.example>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    monkeypatch.setattr(part, "decode_base64", counted)
    sight = seen(lookout, head + text)

    assert sight.claim is not None
    assert [len(text)] == [length for length in times if length > 16 * 1024]


def test_a_long_mail_is_read_by_a_child_to_its_end(lookout: Lookout) -> None:
    raw = FRAUD.replace(
        b"Veuillez renseigner votre RIB", b"Bonjour.\r\n" * 50_000 + b"Veuillez renseigner votre RIB"
    )
    sight = seen(lookout, raw)

    assert is_large(Message(raw), walk(Message(raw)))
    assert sight.claim is not None
    assert AskKind.BANK_DETAILS in {ask.kind for ask in sight.asks}


@pytest.mark.parametrize("name", ["D26-all", "D26-nth", "D-alternatives"])
def test_a_small_mail_that_costs_much_is_read_by_a_child(name: str) -> None:
    message = Message(EXHAUSTION[name][1]())

    assert len(message.raw) < 256 * 1024
    assert is_large(message, walk(message))


@pytest.mark.parametrize(
    "before",
    [
        "".join(f"<a href='https://www.ameli.fr/{number}'></a>" for number in range(1000)),
        "<div style='height:0'>&#8203;</div>" * 1600,
        "<div>&#12644;</div>" * 1600,
    ],
)
def test_what_nobody_sees_before_a_lure_does_not_keep_it_from_being_read(
    lookout: Lookout, before: str
) -> None:
    lure = (
        "L'Assurance Maladie<br>Votre carte Vitale arrive à expiration.<br>"
        f"<a href='{URL}'>Renouveler ma carte</a> avant 48 heures.<br>Votre Assurance Maladie"
    )
    head = "From: Suivi <x@evil.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    sight, alone = seen(lookout, f"{head}{before}{lure}".encode()), seen(lookout, f"{head}{lure}".encode())

    assert alone.claim is not None
    assert (alone.claim, alone.asks) == (sight.claim, sight.asks)


def test_of_a_mail_that_takes_too_long_the_beginning_counts(looker: Looker) -> None:
    evidence = (Evidence("text", "carte Vitale", "carte vitale", Likeness.VOICE, 60),)
    claim = Claim(BRAND, Likeness.VOICE, Strength.STRONG, evidence)
    first = to_json(Sight(claim, (Ask(AskKind.NIR, "x"),)))
    pool = Told(Outcome(first, End.LATE))
    sight = seen(Lookout(looker, pool), FRAUD + b"x" * 300_000)

    assert {AskKind.NIR} == {ask.kind for ask in sight.asks}
    assert "time" in sight.unreadable


@pytest.mark.parametrize(
    "value", [None, [], {}, "x", {"claim": {}}, {"claim": None, "asks": 1, "unreadable": [1]}]
)
def test_a_child_that_tells_no_sense_leaves_what_is_known_here(looker: Looker, value: object) -> None:
    raw = mail(AUTHOR, "x", "Renseignez votre RIB.\n", ("a.pdf", "application/pdf", pdf(["x"])))
    for end in End:
        sight = seen(Lookout(looker, Told(Outcome(value, end))), raw)
        assert sight.claim is not None
        assert AskKind.BANK_DETAILS in {ask.kind for ask in sight.asks}
        assert {"died" if end is End.DONE else end.value} == sight.unreadable
    whole = seen(Lookout(looker, Told(Outcome(value, End.LATE))), FRAUD + b"x" * 300_000)
    assert whole.claim is not None
    assert {"time"} == whole.unreadable


@pytest.mark.parametrize(
    "raw",
    [
        mail("Lucie <l@firm.example>", "Midi", WORDS),
        mail("Lucie <l@firm.example>", "Midi", WORDS, ("a.pdf", "application/pdf", pdf(["x"]))),
        mail(
            "Lucie <l@firm.example>", "Midi", "À midi ?\n", ("logo.png", "image/png", encoded(qr(URL))[:3000])
        ),
        mail(
            "Lucie <l@firm.example>", "Midi", "À midi ?\n", ("s.asc", "application/pgp-signature", b"-----")
        ),
        mail("Lucie <l@firm.example>", "Midi", "À midi ?\n", ("a.txt", "text/plain", b"a text")),
        mail(AUTHOR, "Midi", "À midi ?\n", ("a.txt", "text/plain", b"a text")),
    ],
)
def test_ordinary_mail_asks_no_child(looker: Looker, raw: bytes) -> None:
    pool = Told(Outcome(None, End.DONE))
    seen(Lookout(looker, pool), raw)

    assert 0 == pool.asked


@pytest.mark.parametrize(
    "raw",
    [
        mail("Lucie <l@firm.example>", "x", "Voir.\n", ("a.pdf", "application/pdf", pdf(["x"]))),
        mail("Lucie <l@firm.example>", "x", "Voir.\n", ("a.txt", "text/plain", pdf(["x"]))),
        mail(AUTHOR, "x", WORDS, ("a.pdf", "application/pdf", pdf(["x"]))),
        mail(AUTHOR, "x", WORDS, ("a.png", "image/png", encoded(qr(URL)))),
        mail("Lucie <l@firm.example>", "x", "", ("a.png", "image/png", encoded(qr(URL, 40)) + bytes(9000))),
    ],
)
def test_a_claim_or_little_text_beside_files_asks_a_child(looker: Looker, raw: bytes) -> None:
    pool = Told(Outcome(None, End.DONE))
    seen(Lookout(looker, pool), raw)

    assert 1 == pool.asked


def test_a_locked_archive_beside_its_password_is_a_lure(lookout: Lookout) -> None:
    locked = ("a.zip", "application/zip", zipped({"a.html": b"x"}, locked=True))
    sight = seen(lookout, mail(AUTHOR, "x", "Document protégé.\nLe code est 2026.\n", locked))

    assert ["Le code est 2026"] == [ask.quote for ask in sight.asks if ask.kind is AskKind.ATTACHMENT]
    assert {"encrypted"} == sight.unreadable


@pytest.mark.parametrize(
    ("said", "by_mail"),
    [
        ("Merci de nous transmettre par retour de mail votre RIB.", True),
        ("Envoyez-le à l'adresse électronique qui vous a transmis ce courrier.", True),
        ("Renvoyez les pièces à dossier@fraude.example", True),
        ("Répondez à ce message avec votre RIB.", True),
        ("Adressez ce formulaire à votre caisse par courrier.", False),
        ("Indiquez votre adresse mail et retournez le formulaire.", False),
        ("Transmettez-le par e-mail depuis votre compte ameli.", False),
    ],
)
def test_only_a_file_that_wants_an_answer_by_mail_wants_an_answer(
    looker: Looker, said: str, by_mail: bool
) -> None:
    text = f"L'Assurance Maladie\nVotre carte Vitale expire.\n{said}\nVotre Assurance Maladie"
    reading = read(Message(mail("Service <a@b.example>", "Avis", "Voir PJ.\n")))
    reading = dataclasses.replace(reading, attached=text)
    sight = looker.look(reading, looker.claim(reading))

    assert sight.claim is not None
    assert sight.claim.basis is Basis.ENCLOSED
    assert by_mail is (AskKind.REPLY in {ask.kind for ask in sight.asks})


def test_a_sight_comes_through_json_unchanged() -> None:
    evidence = (Evidence("file, text", "é\0\u2028", "e", Likeness.VOICE, 60, Grade.PLAIN),)
    for basis, own_name, manner in itertools.product(Basis, (False, True), Manner):
        claim = Claim(
            BRAND,
            Likeness.VOICE,
            Strength.LIKELY,
            evidence,
            basis=basis,
            own_name=own_name,
            manner=manner,
        )
        asks = tuple(Ask(kind, "q", "qr") for kind in AskKind)
        sight = Sight(claim, asks, frozenset({"time"}), frozenset({"type"}))
        assert sight == from_json(wire.decode(wire.encode(to_json(sight))), [BRAND])


def test_half_a_surrogate_pair_is_a_question_mark_once_it_is_told() -> None:
    """No codec writes one, neither to the log nor to the database."""
    evidence = Evidence("text", "a\udcff", "a", Likeness.VOICE, 60)
    told = wire.encode(to_json(Sight(Claim(BRAND, Likeness.VOICE, Strength.LIKELY, (evidence,)))))
    claim = from_json(wire.decode(told), [BRAND]).claim

    assert claim is not None
    assert (dataclasses.replace(evidence, shows="a?"),) == claim.evidence


def test_a_claim_that_nothing_shows_is_no_sight() -> None:
    """A verdict names what shows it."""
    told = to_json(Sight(Claim(BRAND, Likeness.VOICE, Strength.LIKELY, ())))

    with pytest.raises(ValueError, match="nothing shows"):
        from_json(told, [BRAND])


def test_every_field_of_a_claim_and_an_ask_comes_through() -> None:
    """A field added to either must be added to the JSON, too."""
    assert {"brand", "likeness", "strength", "evidence", "basis", "own_name", "manner", "foreign"} == {
        f.name for f in dataclasses.fields(Claim)
    }
    traces = {"where", "shows", "folded", "likeness", "weight", "grade"}
    assert traces == {f.name for f in dataclasses.fields(Evidence)}
    assert {"kind", "quote", "where"} == {f.name for f in dataclasses.fields(Ask)}
    assert {"claim", "asks", "unreadable", "ambiguous"} == {f.name for f in dataclasses.fields(Sight)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["claim", "asks", "unreadable", "ambiguous", "brand", "evidence"]), inner
        )
    ),
    max_leaves=12,
)


@given(value=JSON)
def test_whatever_a_child_tells_is_a_sight_or_a_value_error(value: object) -> None:
    try:
        sight = from_json(value, [BRAND])
    except ValueError:
        return
    json.dumps(to_json(sight))


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ("votre numéro de sécurité sociale et votre mot de passe en répondant à ce message", True),
        ("votre RIB et votre numéro de sécurité sociale en répondant à ce message", True),
        ("la déclaration ci-jointe avant vendredi", False),
    ],
)
def test_whom_the_organisation_charged_is_heard_only_where_he_wants_data_or_money(
    looker: Looker, wanted: str, *, heard: bool
) -> None:
    text = f"Habilités par l'Assurance Maladie, nous vous prions d'envoyer {wanted}.\nHarmonia Relais\n"
    reading = read(Message(mail("Harmonia Relais <contact@harmonia-relais.example>", "Vos contrats", text)))
    claim = looker.claim(reading)

    assert claim is not None
    assert claim.basis is Basis.CHARGED
    assert heard is (looker.look(reading, claim).claim is not None)


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ("votre identifiant et votre mot de passe en répondant à ce message", True),
        ("votre RIB et votre numéro de sécurité sociale en répondant à ce message", False),
    ],
)
def test_who_says_that_the_organisation_wants_it_is_heard_only_where_he_wants_a_secret(
    looker: Looker, wanted: str, *, heard: bool
) -> None:
    text = f"La CPAM nous demande une mise à jour. Merci d'envoyer {wanted}.\nHarmonia Relais\n"
    reading = read(Message(mail("Harmonia Relais <contact@harmonia-relais.example>", "Vos contrats", text)))
    claim = looker.claim(reading)

    assert claim is not None
    assert claim.basis in ACTING
    honest = dataclasses.replace(claim, manner=Manner.NEITHER)
    assert heard is (looker.look(reading, honest).claim is not None)
    assert looker.look(reading, dataclasses.replace(claim, manner=Manner.IMPOSTOR)).claim is not None


@pytest.mark.parametrize(
    ("basis", "manner", "likeness", "where", "heard"),
    [
        (Basis.SHOWN, Manner.IMPOSTOR, Likeness.VOICE, "deed", True),
        (Basis.TOLD, Manner.IMPOSTOR, Likeness.VOICE, "deed", True),
        (Basis.SHOWN, Manner.NEITHER, Likeness.VOICE, "sign-off", True),
        (Basis.SHOWN, Manner.NEITHER, Likeness.DISPLAY_NAME, "From", True),
        (Basis.SHOWN, Manner.NEITHER, Likeness.VOICE, "deed", False),
        (Basis.CHARGED, Manner.NEITHER, Likeness.VOICE, "sign-off", False),
        (Basis.SHOWN, Manner.OTHER, Likeness.DISPLAY_NAME, "From", False),
        (Basis.WORDED, Manner.SUREST_IMPOSTOR, Likeness.VOICE, "wording", False),
    ],
)
def test_what_no_phrase_has_is_heard_of_impostors_and_of_who_shows_himself_as_the_brand(
    looker: Looker, basis: Basis, manner: Manner, likeness: Likeness, where: str, *, heard: bool
) -> None:
    """Honest senders want a RIB for themselves in such words."""
    text = "La case IBAN est restée vide dans votre dossier, et le virement attend."
    evidence = (Evidence(where, "", "", likeness, weight=100),)
    claim = Claim(BRAND, likeness, Strength.STRONG, evidence, basis=basis, manner=manner)
    sight = wanted(claim, Reading("", (), (), text), looker.claims[0], looker.manners, looker.lexicon)

    assert heard is (sight is not None and AskKind.BANK_DETAILS in {ask.kind for ask in sight.asks})


@pytest.mark.parametrize(("signed", "manner"), [("Harmonia Relais", "impostor"), ("Zoé", "")])
def test_a_body_that_tells_what_it_heard_and_wants_data_is_less_surely_an_impostor(
    looker: Looker, signed: str, manner: str
) -> None:
    """Insurers hear from the organisation, and want a RIB for themselves."""
    text = f"La CPAM nous a signalé un rejet.\nMerci de renvoyer votre RIB.\n{signed}\n"
    reading = read(Message(mail(f"{signed} <contact@harmonia-relais.example>", "Rejet", text)))
    claim = looker.claim(reading)

    assert claim is not None
    assert claim.basis is Basis.HEARD_FROM
    for sure in (Manner.SURE_IMPOSTOR, Manner.SUREST_IMPOSTOR):
        seen = looker.look(reading, dataclasses.replace(claim, manner=sure)).claim
        assert seen is not None
        assert seen.manner == (manner or sure)


@pytest.mark.parametrize(
    ("said", "bound", "manner"),
    [
        ("Le détail est ici : https://harmonia-relais.example/a", 101, Manner.IMPOSTOR),
        ("Le détail est ici : https://harmonia-relais.example/a", 0, Manner.SURE_IMPOSTOR),
        ("Répondez avec votre RIB.", 101, Manner.SURE_IMPOSTOR),
    ],
)
def test_who_says_what_it_wants_is_surely_an_impostor_by_a_lower_bound_only_where_he_wants_harm(
    looker: Looker, said: str, bound: int, manner: Manner
) -> None:
    """A school for nurses sells a course on what it claims back."""
    text = f"La CPAM exige une mise à jour des dossiers de chaque cabinet.\n{said}\nHarmonia Relais\n"
    reading = read(Message(mail("Harmonia Relais <contact@harmonia-relais.example>", "Dossiers", text)))
    claim = looker.claim(reading)
    opinion = looker.manners.opinion.model_copy(update={"sure": bound})
    looker = dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=opinion))

    assert claim is not None
    assert claim.basis in ACTING
    sure = dataclasses.replace(claim, manner=Manner.SURE_IMPOSTOR)
    asks = find_asks(reading, looker.lexicon, claim.brand)
    assert manner is less_sure(sure, asks, reading, looker.claims[0], looker.manners).manner


def without_bound_of_bodies(looker: Looker) -> Looker:
    """One for which no wording is sure enough to make a trace of what a body says that names itself."""
    opinion = looker.manners.opinion.model_copy(update={"surest_of_body": 101})
    return dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=opinion))


def test_a_letter_in_the_manner_of_impostors_is_heard_where_it_wants_what_does_harm(looker: Looker) -> None:
    """It says a name of its own, and makes no claim otherwise."""
    looker = without_bound_of_bodies(looker)
    case = next(case for case in read_cases() if case.name == "accredited_payer_refund_wants_rib_by_reply")
    reading = read(Message(case.raw))
    claim = looker.claim(reading)

    assert claim is not None
    assert claim.basis is Basis.WORDED
    assert looker.look(reading, claim).claim == claim
    wants_nothing = read(Message(b"Subject: x\r\n\r\nA demain.\r\n"))
    assert looker.look(wants_nothing, claim).claim == claim
    assert looker.look(wants_nothing, dataclasses.replace(claim, manner=Manner.SURE_IMPOSTOR)).claim is None


def test_the_less_a_sender_says_who_he_is_the_less_he_need_want_to_be_tagged(looker: Looker) -> None:
    """Likely worded, of the organisation's matter: of a body data, of anybody else a click; of who says the
    name of his own domain secrets."""
    case = next(case for case in read_cases() if case.name == "css_euro")
    reading = dataclasses.replace(read(Message(case.raw)), links=())
    bounds = {"alone_secrets": 50, "alone": 101, "alone_click": 101, "sure": 101, "surest": 101}
    opinion = looker.manners.opinion.model_copy(update=bounds)
    likely = dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=opinion))

    def strength(name: str, host: str) -> Strength:
        author = (Mailbox(name, f"info@{host}"),)
        text = f"{reading.text}\n{name}"
        claim = likely.claim(dataclasses.replace(reading, authors=author, text=text))
        assert claim is not None
        assert claim.basis is Basis.WORDED
        return claim.strength

    assert strength("Service dossiers", "boite.example") is Strength.STRONG
    assert strength("Garage Lemoine", "boite.example") is Strength.LIKELY
    assert strength("Garage Lemoine", "garage-lemoine.example") is Strength.WEAK


def test_a_third_party_who_surely_writes_as_an_impostor_answers_for_the_trace_he_shows(
    looker: Looker,
) -> None:
    """A school's box is broken into: the letter is signed by the organisation."""
    case = next(case for case in read_cases() if case.name == "hacked_school_account_forwards_cpam_letter")

    claim = looker.claim(read(Message(case.raw)))

    assert claim is not None
    assert claim.basis not in THIRD_PARTY
    assert claim.manner in SURE_IMPOSTORS
    assert {"sign-off", "wording"} <= {e.where for e in claim.evidence}


def test_in_the_manner_of_impostors_a_trace_of_a_claim_is_one(looker: Looker) -> None:
    """`Votre nouvelle carte Vitale` is too little by itself."""
    case = next(case for case in read_cases() if case.name == "npai")

    claim = looker.claim(read(Message(case.raw)))

    assert claim is not None
    assert claim.basis is not Basis.WORDED
    assert claim.manner in SURE_IMPOSTORS
    assert [e.where for e in claim.evidence] == ["text", "wording"]


def test_beyond_doubt_a_letter_that_says_nobody_s_name_is_the_organisation_s(looker: Looker) -> None:
    """A person writes as its clerk; where a body says its own name, it is only written in that manner."""
    looker = without_bound_of_bodies(looker)
    clerk, body = (
        looker.claim(read(Message(next(case for case in read_cases() if case.name == name).raw)))
        for name in ("brand_as_la_secu_polite_phone_mobile", "accredited_payer_refund_wants_rib_by_reply")
    )

    assert clerk is not None
    assert body is not None
    assert clerk.manner is body.manner is Manner.SUREST_IMPOSTOR
    assert clerk.basis is Basis.SPOKEN_OF
    assert [e.where for e in clerk.evidence] == ["spoken of", "wording"]
    assert body.basis is Basis.WORDED


def test_of_mail_about_anything_else_the_manner_says_nothing(looker: Looker) -> None:
    """The words of a lure, about a lamp."""
    said = mail(
        "Lampes <x@lampes.example>", "Votre dossier", "Merci de renvoyer le RIB de la lampe sous 24 h."
    )
    reading = read(Message(said))

    assert not looker.claims[0].is_of_its_field(reading)
    assert looker.claims[0].is_of_its_field(dataclasses.replace(reading, subject="Votre carte Vitale"))


def test_a_first_name_is_not_what_is_meant(looker: Looker) -> None:
    reader = looker.claims[0]
    reading = read(Message(mail("Lucie <lucie@boite.example>", "Bonjour", "Amélie a vu le RIB.")))

    assert reader.spoken_of(reading) is None
    said = reader.spoken_of(dataclasses.replace(reading, text="Bonjour,\nLa carte verte, enfin."))
    assert said is not None
    assert said.shows == "La carte verte, enfin."


def test_the_more_a_sender_says_who_he_is_the_surer_the_wording_must_be_to_make_a_trace(
    looker: Looker,
) -> None:
    """Of a body that says its domain's name, of one that says another of its own, and of anybody else."""
    bounds = looker.manners.opinion
    least = [
        next(at for at in range(101) if looker.manners.makes_a_trace(Worded(at, ()), who, own_name=own))
        for who, own in ((Speaker.SENDER, True), (Speaker.SENDER, False), (Speaker.PERSON, True))
    ]

    assert least == [bounds.surest_of_body, bounds.surest, bounds.sure]


def test_a_letter_in_nobody_s_name_is_held_for_a_sure_wording_if_it_wants_what_does_harm(
    looker: Looker,
) -> None:
    """Surely worded, not beyond doubt, and it means the organisation: a click is not enough."""
    case = next(case for case in read_cases() if case.name == "css_euro")
    reading = read(Message(case.raw))
    worded = looker.manners.worded(reading, looker.claims[0].brand)
    assert worded is not None
    opinion = looker.manners.opinion.model_copy(update={"sure": worded.percent, "surest": 101})
    sure = dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=opinion))

    claim = sure.claim(reading)

    assert claim is not None
    assert claim.basis is Basis.SPOKEN_OF
    assert claim.manner is Manner.SURE_IMPOSTOR
    harm = (Ask(AskKind.PAYMENT, "Réglez."),)
    link = (Ask(AskKind.LINK, "Ici."),)
    nobody = Proof()
    assert weigh(claim, nobody, harm, reading).finding is Finding.IMPERSONATION
    assert weigh(claim, nobody, link, reading).finding is Finding.SUSPECT
    surest = dataclasses.replace(claim, manner=Manner.SUREST_IMPOSTOR)
    assert weigh(surest, nobody, link, reading).finding is Finding.IMPERSONATION
    assert weigh(surest, nobody, (), reading).finding is Finding.SUSPECT


def test_a_mail_worded_as_a_lure_about_anything_else_makes_no_claim(looker: Looker) -> None:
    text = (
        "Un versement est en attente. Pour le recevoir, transmettez par retour votre RIB, la photo de votre "
        "carte, recto verso, et votre pièce d'identité, sous 48 heures, sinon votre compte sera suspendu."
    )
    lure = dataclasses.replace(read(Message(b"")), subject="Votre dossier", text=text)
    worded = next(iter(looker.manners.wordings.values())).read(lure)

    assert worded is not None
    assert worded.percent >= looker.manners.opinion.alone
    assert looker.claim(lure) is None
    assert looker.claim(dataclasses.replace(lure, subject="Votre dossier, votre caisse")) is not None


def noted(name: str, text: str) -> Reading:
    """The letter of this mail as a file, beside this note."""
    letter = read(Message(next(case for case in read_cases() if case.name == name).raw))
    return dataclasses.replace(letter, subject="courrier", text=text, attached=letter.text)


LITTLE = """Toute l'équipe du pôle de votre caisse vous félicite. Pour que les soins de votre enfant soient
pris en charge, merci de renseigner votre carte bancaire, sous 48 heures, faute de quoi ils ne seront pas
remboursés.
Le pôle maternité de votre caisse"""
SUMMONS = """CONVOCATION
Votre dossier est suspendu. Vous devez confirmer votre identité et régler votre amende de 195,60 € par carte
bancaire sous 48 heures, faute de quoi un mandat sera délivré à votre encontre. Cliquez sur le lien ci-dessous
pour renseigner vos coordonnées. Le commissaire divisionnaire"""


def test_a_file_that_says_no_name_is_not_asked_for_its_manner(looker: Looker) -> None:
    """The picture of a summons comes from impostors of another; beside a trace of a claim it is a letter."""
    named = noted("css_euro", "Votre nouvelle carte Vitale.")
    silent = dataclasses.replace(named, authors=(), text="Voir ci-joint.", attached=SUMMONS)
    worded = looker.manners.worded(silent, looker.claims[0].brand)

    assert worded is not None
    assert worded.percent >= looker.manners.opinion.sure
    assert looker.claim(silent) is None
    claim = looker.claim(named)
    assert claim is not None
    assert claim.basis is not Basis.WORDED


@pytest.mark.parametrize(
    "note", ["", "Document ci-joint.", "Bonjour, merci de lire le document ci-joint. Cordialement"]
)
def test_a_file_that_only_speaks_of_the_organisation_claims_it_by_its_wording(
    looker: Looker, note: str
) -> None:
    name = "file_that_says_little_of_whose_it_is"
    message = Message(next(case for case in read_cases() if case.name == name).raw)
    reading = merged(read(message), open_files(message, read(message), Budget(time.monotonic() + 60)))
    lure = dataclasses.replace(reading, text=note)
    claim = looker.claim(lure)

    assert claim is not None
    assert claim.basis is Basis.ENCLOSED_SPOKEN_OF
    assert {"file, spoken of", "wording"} == {one.where for one in claim.evidence}
    # He who writes it sends his own paper; and who tells of frauds shows one.
    assert looker.claim(dataclasses.replace(lure, text=f"{note} Voici mon attestation.")) is None
    assert looker.claim(dataclasses.replace(lure, text=f"{note} Attention, arnaque !")) is None


def test_it_claims_nothing_where_its_wording_is_not_sure_or_is_all_there_is(looker: Looker) -> None:
    little = noted("file_that_says_little_of_whose_it_is", "Document ci-joint.")
    little = dataclasses.replace(little, attached=LITTLE)
    worded = noted("f_digital_health_booklet_of_the_state", "Document ci-joint.")
    worded = dataclasses.replace(worded, authors=little.authors)
    alone = looker.claim(what_is_enclosed(worded))
    unsure = looker.manners.opinion.model_copy(update={"sure": 101, "surest": 101})
    doubting = dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=unsure))

    assert alone is not None
    assert alone.basis is Basis.WORDED
    assert looker.claim(worded) is None
    assert looker.claim(little) is not None
    assert doubting.claim(little) is None


def test_the_manner_of_a_paper_that_somebody_sends_on_says_nothing(looker: Looker) -> None:
    """The letter is signed by a person: it may be one that the sender has got."""
    reader = looker.claims[0]

    assert reader.is_of_others(noted("ling_adviser_persona_chatty", "Voir ci-joint."))
    assert not reader.is_of_others(noted("css_euro", "Voir ci-joint."))


def test_a_country_abroad_is_no_excuse_of_what_is_beyond_doubt_but_where_the_sender_is_there(
    looker: Looker,
) -> None:
    """A letter to those who work across the border speaks of it."""
    reader = looker.claims[0]
    here = read(
        Message(mail("Service <avis@boite.example>", "Cotisation", "Travailleur frontalier en Suisse."))
    )
    there = dataclasses.replace(here, authors=(Mailbox("Caisse Suisse", "avis@boite.example"),))

    assert reader.is_of_others(here)
    assert not reader.is_of_others(here, beyond_doubt=True)
    assert reader.is_of_others(there, beyond_doubt=True)


def test_the_manner_of_a_network_and_of_other_initials_says_nothing(looker: Looker) -> None:
    """Half of it is the name that they carry."""
    reader = looker.claims[0]
    club = "Cercle Photo d'Audierne et du Menez (CPAM)"
    pages = read(Message(mail("CPAM du Gers <no-reply@linkedin.com>", "Poste", "Votre candidature.")))
    others = read(Message(mail("CPAM <photo@boite.example>", "Expo", club)))

    assert reader.is_of_others(pages, beyond_doubt=True)
    assert reader.is_of_others(others, beyond_doubt=True)


def test_the_manner_of_who_tells_of_frauds_says_nothing_or_little(looker: Looker) -> None:
    """He quotes them: what is beyond doubt one of them is tagged, and never held."""
    case = next(case for case in read_cases() if case.name == "ling_adviser_persona_chatty")
    reading = read(Message(case.raw))

    told = dataclasses.replace(reading, subject="Phishing au nom de l'Assurance Maladie : un exemple")

    claim = looker.claim(told)
    assert claim is not None
    assert claim.basis is Basis.WORDED
    opinion = looker.manners.opinion.model_copy(update={"surest": 101})
    doubtful = dataclasses.replace(looker, manners=dataclasses.replace(looker.manners, opinion=opinion))
    assert doubtful.claim(told) is None


@pytest.mark.parametrize(
    ("strength", "text", "heard"),
    [
        (Strength.WEAK, "Envoyez-nous votre mot de passe et le code reçu par SMS.", True),
        (Strength.WEAK, "Envoyez-nous votre RIB.", False),
        (Strength.LIKELY, "Envoyez-nous votre RIB.", True),
        (Strength.LIKELY, "Cliquez sur le lien ci-dessous.", False),
        (Strength.STRONG, "Cliquez sur le lien ci-dessous.", True),
        (Strength.STRONG, "Bonne journée.", False),
    ],
)
def test_the_surer_the_manner_the_less_a_letter_need_want_to_be_heard(
    looker: Looker, strength: Strength, text: str, *, heard: bool
) -> None:
    reading = read(Message(mail("Lettres <x@lettres.example>", "Bonjour", text)))
    made = Claim(BRAND, Likeness.VOICE, strength, (), basis=Basis.WORDED, manner=Manner.IMPOSTOR)

    assert heard is (looker.look(reading, made).claim is not None)


MISSPELT = "Bojnour, veuillez nous communiqeur votre nummero de sécuirté socilae par retour de mail."


@pytest.mark.parametrize(
    "files",
    [(), (("avis.pdf", "application/pdf", pdf(["Votre dossier"])),)],
    ids=["here", "in the child"],
)
def test_a_misspelt_letter_is_read_as_it_is_meant_here_and_in_the_child(
    lookout: Lookout, files: tuple[tuple[str, str, bytes], ...]
) -> None:
    sight = seen(lookout, mail(AUTHOR, "Votre dossier", MISSPELT, *files))

    assert "nummero de sécuirté socilae" in {ask.kind: ask.quote for ask in sight.asks}[AskKind.NIR]


def test_a_misspelt_letter_in_a_file_is_read_as_it_is_meant(lookout: Lookout) -> None:
    file = ("avis.pdf", "application/pdf", pdf(MISSPELT.split(",")))

    sight = seen(lookout, mail(AUTHOR, "Votre dossier", "", file))

    assert AskKind.NIR in {ask.kind for ask in sight.asks}


PENALTY = """Caisse primaire d'assurance maladie du Nord
Service lutte contre la fraude
Les agents assermentés de la Caisse primaire ont établi que deux arrêts de travail ont été
achetés en ligne à votre nom. Sans règlement amiable de la pénalité de 890 euros, votre
dossier est transmis au parquet.
Transmettez sous 24 heures votre numéro de sécurité sociale et votre RIB en répondant à ce message.
CPAM - Service lutte contre la fraude""".splitlines()


@pytest.mark.parametrize(
    ("note", "finding"),
    [("", Finding.IMPERSONATION), ("Voici ce que j'ai.", Finding.SUSPECT), ("Est-ce vrai ?", None)],
    ids=["without a word", "with a note", "in doubt"],
)
def test_a_paper_beyond_doubt_that_a_person_sends_without_a_word_is_his(
    lookout: Lookout, note: str, finding: Finding | None
) -> None:
    """Nobody who got it sends it on in silence; under a note it may be handed on in good faith."""
    file = ("avis.pdf", "application/pdf", pdf(PENALTY))
    sight = seen(lookout, mail("Marc Duval <marc.duval@orange.example>", "Document", note, file))

    if sight.claim is None:
        assert finding is None
    else:
        assert finding is weigh(sight.claim, Proof(), sight.asks, Reading("", (), (), "")).finding
