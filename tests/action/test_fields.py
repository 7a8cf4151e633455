import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.action.fields import (
    AddedField,
    FieldEdits,
    Replacement,
    apply,
    finding_fields,
    forged,
    received,
    tag_subject,
)
from milter.mail.coding.encoded_word import decode_words
from milter.mail.envelope import Envelope
from milter.mail.message import Message

TAG = "[Hameçonnage ?]"
ENCODED = b"=?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?="
OURS = AddedField("X-Vigimel-Finding", b"suspect")
ENVELOPE = Envelope("192.0.2.7", "client.example", "a@client.example", ("b@hop.example",))
NOW = datetime.datetime(2026, 11, 24, 4, 0, tzinfo=datetime.UTC)


def edited(raw: bytes, edits: FieldEdits) -> bytes:
    return b"".join(apply(raw, edits))


def tagged(raw: bytes, tag: str = TAG) -> bytes:
    match tag_subject(Message(raw), tag):
        case Replacement() as replacement:
            return edited(raw, FieldEdits(subject=replacement))
        case AddedField() as added:
            return edited(raw, FieldEdits(added=(added,)))
        case None:
            return raw


def shown_subject(raw: bytes) -> str:
    subject = Message(raw).first("subject")
    return decode_words(subject.value) if subject else ""


def test_our_fields_stand_on_top_and_nothing_else_changes() -> None:
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n"

    assert b"X-Vigimel-Finding: suspect\r\n" + raw == edited(raw, FieldEdits(added=(OURS,)))


def test_no_edits_change_no_byte() -> None:
    raw = b"From: a@b.example\r\n\r\n\x80\r\n"

    assert raw == edited(raw, FieldEdits())


@pytest.mark.parametrize(
    "field",
    [
        b"X-Vigimel-Finding: genuine\r\n",
        b"x-vigimel-reason: folded\r\n over lines\r\n",
        b"X-VIGIMEL-Finding : genuine\r\n",
        b"X-Vigimel-Anything: genuine\r\n",
        b"Authentication-Results: gw.example; dkim=pass header.d=ameli.example\r\n",
        b"authentication-results:\r\n\tGW.example 1;\r\n\tdkim=pass\r\n",
    ],
)
@pytest.mark.parametrize("before", [b"", b"From: a@b.example\r\n"])
def test_a_forged_field_of_ours_is_removed(field: bytes, before: bytes) -> None:
    rest = b"Subject: x\r\nX-Other: genuine\r\n\r\nX-Vigimel-Finding: genuine\r\n"
    message = Message(before + field + rest)

    assert before + rest == edited(message.raw, FieldEdits(removed=forged(message, "gw.example")))


def test_the_results_of_others_stay() -> None:
    message = Message(b"Authentication-Results: mx.other.example; dkim=pass\r\nSubject: x\r\n\r\n")

    assert () == forged(message, "gw.example")


def test_a_first_line_of_white_space_does_not_become_part_of_our_field() -> None:
    raw = b" From: <x@evil.example>\r\n\tmore\r\nFrom: <admin@ameli.example>\r\n\r\n"
    after = edited(raw, FieldEdits(added=(OURS,)))

    assert b" From: <x@evil.example>\r\n\tmore\r\nX-Vigimel-Finding: suspect\r\nFrom: <" == after[:67]
    assert [b" suspect"] == [field.value for field in Message(after).all("x-vigimel-finding")]


def test_a_forged_field_in_a_first_line_of_white_space_is_removed() -> None:
    message = Message(b" X-Vigimel-Finding: genuine\r\nFrom: a@b.example\r\n\r\n")
    edits = FieldEdits(added=(OURS,), removed=forged(message, "gw.example"))

    assert b"X-Vigimel-Finding: suspect\r\nFrom: a@b.example\r\n\r\n" == edited(message.raw, edits)


def test_our_fields_stand_below_the_line_of_an_mbox() -> None:
    raw = b"From a@b.example Tue Nov 24\r\nFrom: a@b.example\r\n\r\n"

    assert edited(raw, FieldEdits(added=(OURS,))).startswith(b"From a@b.example Tue Nov 24\r\nX-Vigimel-")


def test_a_mail_without_a_header_gets_one() -> None:
    assert b"X-Vigimel-Finding: suspect\r\n\r\nhello\r\n" == edited(
        b"\r\nhello\r\n", FieldEdits(added=(OURS,))
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Bonjour\r\n", b"Subject: " + ENCODED + b" Bonjour\r\n"),
        (b"SUBJECT:Bonjour\r\n", b"SUBJECT: " + ENCODED + b" Bonjour\r\n"),
        (b"Subject: caf\xe9 \r\n", b"Subject: " + ENCODED + b" caf\xe9 \r\n"),
        (b"Subject:\r\n", b"Subject: " + ENCODED + b"\r\n"),
        (b"Subject:\r\n\tBonjour\r\n", b"Subject: " + ENCODED + b"\r\n\tBonjour\r\n"),
        (b"Subject: " + b"x" * 60 + b"\r\n", b"Subject: " + ENCODED + b"\r\n " + b"x" * 60 + b"\r\n"),
    ],
)
def test_the_tag_stands_before_the_old_bytes(before: bytes, after: bytes) -> None:
    around = (b"From: a@b.example\r\n", b"Subject: second\r\n\r\nhello\r\n")

    assert after.join(around) == tagged(before.join(around))


@pytest.mark.parametrize("tag", [TAG, "[Phishing?]"])
@pytest.mark.parametrize("subject", ["=?utf-8?q?Votre_carte?=", "Votre carte"])
def test_one_space_is_shown_between_tag_and_subject(tag: str, subject: str) -> None:
    assert f"{tag} Votre carte" == shown_subject(tagged(f"Subject: {subject}\r\n\r\n".encode(), tag))


@pytest.mark.parametrize("subject", ["[Hameçonnage ?] x", "=?utf-8?b?W0hhbWXDp29ubmFnZSA/XSB4?="])
def test_a_subject_that_has_the_tag_is_left_alone(subject: str) -> None:
    raw = f"Subject: {subject}\r\n\r\n".encode()

    assert raw == tagged(raw)


def test_tagging_twice_is_tagging_once() -> None:
    once = tagged(b"Subject: x\r\n\r\n")

    assert once == tagged(once)


def test_a_mail_without_a_subject_gets_one() -> None:
    assert b"Subject: " + ENCODED + b"\r\nFrom: a@b.example\r\n\r\n" == tagged(b"From: a@b.example\r\n\r\n")


def test_an_empty_tag_leaves_the_subject_alone() -> None:
    assert tag_subject(Message(b"From: a@b.example\r\n\r\n"), "") is None


def test_the_reason_is_encoded_and_folded() -> None:
    finding, why = finding_fields("suspect", "Se présente comme l’Assurance Maladie. " * 4)

    assert finding.raw == b"X-Vigimel-Finding: suspect\r\n"
    assert all(len(line) <= 76 for line in why.raw.split(b"\r\n"))
    [field] = Message(why.raw + b"\r\n").all("x-vigimel-reason")
    assert ("Se présente comme l’Assurance Maladie. " * 4).strip() == decode_words(field.value)


def test_a_line_break_in_the_reason_makes_no_field() -> None:
    [_, why] = finding_fields("suspect", "a\r\nX-Spam: no\n\n")

    assert why.raw == b"X-Vigimel-Reason: a X-Spam: no\r\n"


def test_the_trace_field_says_who_brought_it_how_and_when() -> None:
    assert (
        b"Received: from client.example ([192.0.2.7])\r\n"
        b"\tby gw.example with ESMTP id 1f2e;\r\n"
        b"\tTue, 24 Nov 2026 04:00:00 +0000\r\n"
    ) == received(ENVELOPE, "gw.example", "1f2e", NOW).raw


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        (Envelope("2001:db8::1", "c.example", "", (), esmtp=False), b"from c.example ([IPv6:2001:db8::1])"),
        (Envelope("192.0.2.7", "a b\r\nX-Spam: no", "", ()), b"from unknown ([192.0.2.7])"),
        (Envelope("192.0.2.7", "(", "", (), mail_parameters=("smtputf8",)), b"with UTF8SMTP id"),
        (Envelope("192.0.2.7", "c", "", (), tls=True), b"with ESMTPS id"),
        (Envelope("192.0.2.7", "c", "", (), esmtp=False), b"with SMTP id"),
        (Envelope("", "c.example", "", ()), b"from c.example\r\n\tby"),
    ],
)
def test_the_trace_field_of_other_clients(envelope: Envelope, expected: bytes) -> None:
    value = received(envelope, "gw.example", "1f2e", NOW).value

    assert expected in value
    assert re.fullmatch(rb"[ -~]+(?:\r\n\t[ -~]+)*", value)


PIECES = [
    b"From: a@b\r\n",
    b"Subject: x\r\n",
    b" x\r\n",
    b"Subject:\r\n",
    b"\r\n",
    b"X-Vigimel-A: b\r\n",
    b"z\xff\r\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join) | st.binary(max_size=100))
def test_whatever_the_mail_is_its_other_bytes_stay(raw: bytes) -> None:
    message = Message(raw)
    removed = forged(message, "gw.example")
    after = edited(raw, FieldEdits(added=(OURS,), removed=removed))
    kept = raw
    for field in reversed(removed):
        kept = kept[: field.start] + kept[field.end :]

    assert kept == after.replace(OURS.raw, b"", 1)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join))
def test_whatever_the_mail_is_the_tag_takes_nothing_away(raw: bytes) -> None:
    after = tagged(raw)

    assert len(after) >= len(raw)
    assert "".join(shown_subject(raw).split()) in "".join(shown_subject(after).split())
