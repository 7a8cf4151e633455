"""Others are told of a fraud, and learn nothing of who it was for."""

import base64
import email
import email.policy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.child.pool import Pool
from milter.child.wire import MAX_REPLY, encode
from milter.config.language import LANGUAGES
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.store import Store
from milter.report.inside import readers, redacted
from milter.report.kit import feedback, kit, recipients_of
from milter.report.redact import Redacted, redacting
from milter.report.telling import Teller
from tests.cli.command import run
from tests.digest.parts import grounds
from tests.quarantine.mails import hop, mail
from tests.report.test_written import HELD

# What frauds count clicks by.
DIGEST = "675b3dec8d0fd180a943388919d6e801"
WHO = "jean.dupont@town-hall.example"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FRAUD = f"""\
Return-Path: <bounce+jean.dupont=town-hall.example@evil.example>
Received: from evil.example ([192.0.2.1]) by mx.town-hall.example for <{WHO}>; Tue, 24 Nov 2026 08:30:00 +0000
Delivered-To: {WHO}
X-Tracking: {WHO}
From: "Votre Assurance Maladie" <info@evil.example>
To: Jean Dupont <{WHO}>, other.person@town-hall.example
Subject: Jean Dupont, votre remboursement
Message-ID: <1@evil.example>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

{
    base64.encodebytes(
        f'''<p>Cher Jean Dupont, ({WHO})</p>
<a href="https://evil.example/p/{base64.urlsafe_b64encode(WHO.encode()).decode()}/x?u=jean.dupont%40town-hall.example">ici</a>
<img src="https://evil.example/{DIGEST}.png">
jean&#46;dupont&#64;town-hall.example NIR 1 85 05 78 006 084 36
'''.encode()
    ).decode()
}
--b
Content-Type: application/pdf; name="jean.dupont.pdf"

%PDF Jean Dupont
--b--
""".replace("\n", "\r\n").encode()
PLACES = ("dupont", "amVhbi5kdXBvbnQ", DIGEST, "other.person", "006 084")
TOLD = replace(HELD, id=3, envelope=replace(HELD.envelope, forward_paths=(WHO,)))


def redact(raw: bytes, recipients: Sequence[str]) -> Redacted:
    """All that is left of a mail for these recipients."""
    *_, last = redacting(raw, recipients)
    return last


def told(raw: bytes, who: str = WHO) -> EmailMessage:
    held = replace(TOLD, envelope=replace(TOLD.envelope, forward_paths=(who,)))
    made = kit(held, redact(raw, recipients_of(held)), "en")
    sent = feedback(made, "vigimel@gate.example", "abuse@net.example", "gate.example", NOW)
    sent.decode("ascii")
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    return email.message_from_bytes(sent, policy=email.policy.default)


def everything(message: EmailMessage) -> str:
    """Every header field and every text of it, decoded."""
    texts = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
    texts += [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
    feedback_fields = next(part for part in message.walk() if part.get_content_subtype() == "feedback-report")
    return "\n".join([*texts, feedback_fields.as_string()])


def test_it_is_a_report_as_rfc_5965_has_it() -> None:
    message = told(FRAUD)
    parts = [*message.iter_parts()]

    assert ("multipart/report", "feedback-report") == (
        message.get_content_type(),
        message.get_param("report-type"),
    )
    assert ["text/plain", "message/feedback-report", "message/rfc822"] == [
        p.get_content_type() for p in parts
    ]
    fields = parts[1].as_string()
    for line in ("Feedback-Type: fraud", "Version: 1", "User-Agent: Vigimel/1", "Source-IP: 192.0.2.1"):
        assert line in fields
    assert "Votre Assurance Maladie" in str(parts[2].get_content()["From"])


def test_no_more_is_said_of_the_claim_than_it_is() -> None:
    by_its_text = replace(TOLD, report=grounds("voice"))
    said = {
        (held.report, language): kit(held, redact(FRAUD, (WHO,)), language).text.partition("\n")[0]
        for held in (TOLD, by_its_text)
        for language in LANGUAGES
    }

    assert {
        (TOLD.report, "fr"): "Ce message se fait passer pour un organisme protégé. Il n'en vient pas.",
        (TOLD.report, "en"): "This mail presents itself as a protected organisation. "
        "It does not come from there.",
        (by_its_text.report, "fr"): "Le texte de ce message évoque un organisme protégé. Il n'en vient pas.",
        (by_its_text.report, "en"): "The text of this mail brings a protected organisation to mind. "
        "It does not come from there.",
    } == said


def test_nothing_of_the_recipients_is_left() -> None:
    text = everything(told(FRAUD)).lower()

    assert [] == [place for place in PLACES if place.lower() in text]
    assert "evil.example" in text
    assert "votre remboursement" in text
    assert hashlib.sha256(b"%PDF Jean Dupont").hexdigest() in text


def test_a_part_in_which_a_recipient_is_hidden_goes_whole() -> None:
    raw = FRAUD.partition(b"\r\n\r\n")[0].replace(b"multipart/mixed; boundary=b", b"text/html; charset=utf-8")
    hidden = raw + b"\r\n\r\n<p>jean.du<b></b>pont@town-hall.example j\xc2\xadean.dupont</p>"

    assert "pont" not in everything(told(hidden)).lower()


def test_a_charset_that_hides_an_address_is_not_read() -> None:
    head = b"From: a@evil.example\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n"

    assert [None] == [part.text for part in redact(head + WHO.encode("utf-16"), (WHO,)).parts]


def test_an_ordinary_word_is_taken_out_only_where_it_is_an_address() -> None:
    words = "Pour toute info, vous, client, dossier, la comptabilité, écrivez à postmaster@evil.example"
    names = ("info", "vous", "client", "postmaster", "comptabilité")
    mine = [f"{name}@town-hall.example" for name in names]
    head = "To: Client <dossier@town-hall.example>\r\nContent-Type: text/plain; charset=utf-8"
    raw = f"{head}\r\n\r\n{words}: {', '.join(mine)}, dossier@town-hall.example\r\n".encode()

    (part,) = redact(raw, mine).parts

    assert part.text
    assert f"{words}: {', '.join(['[removed]'] * 6)}" == part.text.strip()


def test_the_name_in_an_address_is_taken_out_where_it_is_no_ordinary_word() -> None:
    raw = b"From: x@evil.example\r\n\r\nBonjour Durand, bonjour Pierre, rendez-vous\r\n"
    (part,) = redact(raw, ("durand@town-hall.example", "pierre@town-hall.example")).parts

    assert part.text
    assert "Bonjour [removed], bonjour [removed], rendez-vous" == part.text.strip()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=400), st.text(min_size=1, max_size=40))
def test_no_mail_whatever_breaks_it(head: bytes, body: bytes, who: str) -> None:
    told(head + b"\r\n\r\n" + body, who)
    told(b"Subject: " + head + b"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body, who)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_an_address_in_plain_text_never_stays(before: str, after: str) -> None:
    raw = f"Subject: {WHO}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{before}{WHO}{after}\r\n"

    assert "jean.dupont" not in everything(told(raw.encode("utf-8", "replace"))).lower()


async def test_a_child_leaves_the_same_and_one_that_dies_leaves_nothing(store: Store, tmp_path: Path) -> None:
    pool = readers()
    assert redact(FRAUD, (WHO,)) == await redacted(pool, FRAUD, (WHO,))
    pool.close()
    mail_id = await store.hold(mail(raw=b"dies", envelope=TOLD.envelope))
    held = await store.get(mail_id)
    assert held
    fragile = Pool("tests.review.fragile:begin", children=1)
    teller = Teller(store, hop(f"maildir:{tmp_path}"), "vigimel@gate.example", "gate.example", (), fragile)
    made = await teller.kit(held, "fr")
    fragile.close()
    assert Redacted((), (), ()) == made.redacted
    assert teller.preview(made, "abuse@net.example")


def test_a_child_can_say_all_that_is_left() -> None:
    body = ("\U0001f4e7" * 49_000 + "\r\n").encode()
    part = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 12 + b"--b--\r\n"
    left = redact(raw, (WHO,))
    assert sum(part.text is None for part in left.parts) in range(1, 12)
    assert len(encode({"value": asdict(left)})) < MAX_REPLY


async def test_it_is_sent_and_written_down(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(mail(raw=FRAUD, envelope=TOLD.envelope))
    held = await store.get(mail_id)
    assert held
    teller = Teller(store, hop(f"maildir:{tmp_path}/next"), "vigimel@gate.example", "gate.example")
    made = await teller.kit(held, "fr")

    before = [entry.deed for entry in await Journal(store.transactions).of_mail(mail_id)]
    said = await teller.send(made, ("abuse@net.example", "abuse@net.example"), "ada")
    away = await replace(teller, next_hop=hop("smtp://127.0.0.1:1")).send(made, ("abuse@net.example",), "ada")

    assert ([True], [False]) == ([r.is_success for _, r in said], [r.is_success for _, r in away])
    assert 1 == len([*(tmp_path / "next" / "new").iterdir()])
    deeds = [(entry.who, entry.deed) for entry in await Journal(store.transactions).of_mail(mail_id)]
    assert [] == before
    assert [("ada", Deed.REPORTED), ("ada", Deed.NOT_REPORTED)] == deeds


@pytest.fixture
async def config(tmp_path: Path) -> Path:
    """The configuration of a gateway that holds a fraud."""
    store = await Store.open(tmp_path / "quarantine.db")
    await store.hold(mail(raw=FRAUD, envelope=TOLD.envelope))
    await store.close()
    path = tmp_path / "vigimel.toml"
    path.write_text('[state]\ndirectory = "."\n[next_hop]\nurl = "maildir:next"\n[policy]\nlanguage = "en"\n')
    return path


async def test_the_command_shows_first_and_sends_when_told(config: Path) -> None:
    shown = run("quarantine", "report-kit", "1", "--config", config)
    nobody = run("quarantine", "report-kit", "1", "--send", "--config", config)
    wrong = run("quarantine", "report-kit", "1", "--send", "--to", "x y", "--config", config)
    before = (config.parent / "next").exists()
    sent = run(
        "quarantine", "report-kit", "1", "--send", "--to", "abuse@net.example", "--json", "--config", config
    )

    assert (0, 1, 1, 0, False) == (
        shown.returncode,
        nobody.returncode,
        wrong.returncode,
        sent.returncode,
        before,
    )
    assert "internet-signalement.gouv.fr" in shown.stdout
    assert "dupont" not in shown.stdout.lower()
    assert "abuse@net.example" == json.loads(sent.stdout)["to"]
    assert 1 == len([*(config.parent / "next" / "new").iterdir()])
