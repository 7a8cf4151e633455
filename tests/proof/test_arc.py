"""ARC: a chain counts where the admin trusts its sealers, and only for what was strong before (RFC 8617)."""

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.proof.arc import Chain, read_chain, verify_chain
from milter.proof.dkim import SignedMail
from milter.proof.proof import AuthResult, Method, Result, Standing
from tests.proof.asking import ask, result, standing
from tests.proof.sealing import SAW_IT, sealed
from tests.proof.signing import MAIL, record, signed

TRUSTED = ("forwarder.example",)
# What a forwarder does that adds a line to the body.
CHANGED = signed() + b"Transmis par forwarder.example\r\n"
SEALED = sealed(CHANGED)


def only(mail: bytes, *sealers: str) -> tuple[Standing, tuple[Result, str] | None]:
    proof, _ = ask(mail, sealers=sealers or TRUSTED)
    return standing(proof), result(proof, Method.ARC)


def test_a_mail_that_a_trusted_sealer_changed_is_proven_and_it_is_said_on_whose_word() -> None:
    proof, _ = ask(SEALED, sealers=TRUSTED)

    assert Standing.PROVEN is standing(proof)
    assert proof.attested
    assert ("forwarder.example", ["info.ameli.fr"]) == (
        proof.attested.by,
        [domain.name for domain in proof.attested.domains],
    )


def test_a_pass_from_an_unlisted_sealer_changes_nothing() -> None:
    assert (Standing.UNPROVEN, (Result.NONE, "sealer is not trusted")) == only(SEALED, "list.example")


def test_without_a_list_no_chain_is_looked_at_and_no_key_asked_for() -> None:
    proof, questions = ask(SEALED)

    assert Standing.UNPROVEN is standing(proof)
    assert result(proof, Method.ARC) is None
    assert not any("arc._domainkey" in question for question in questions)


def test_a_forged_chain_whose_sealer_nobody_lists_costs_no_look_up() -> None:
    _, questions = ask(sealed(CHANGED, "evil.example"), sealers=TRUSTED)

    assert not any("evil.example" in question for question in questions)


def test_a_sub_domain_of_a_listed_sealer_is_not_listed() -> None:
    assert Standing.UNPROVEN is only(sealed(CHANGED, "evil.forwarder.example"))[0]


@pytest.mark.parametrize(
    "saw",
    [
        "dkim=fail header.d=info.ameli.fr",
        "dkim=policy header.d=info.ameli.fr",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=evil.example header.d=info.ameli.fr",
        "dkim=pass header.d=info.ameli.fr.evil.example",
        'dkim=pass reason="x; dkim=pass header.d=info.ameli.fr" header.d=evil.example',
        "dkim=pass (header.d=info.ameli.fr) header.d=evil.example",
        "spf=pass smtp.mailfrom=info.ameli.fr; dmarc=pass header.from=info.ameli.fr",
        "none",
    ],
)
def test_what_a_trusted_sealer_did_not_see_is_not_proven(saw: str) -> None:
    assert (Standing.UNPROVEN, (Result.PASS, "")) == only(sealed(CHANGED, saw=saw))


def test_the_first_trusted_hop_is_believed() -> None:
    """The second saw a broken signature: the first had changed the mail."""
    twice = sealed(SEALED + b"Liste\r\n", "list.example", "dkim=fail header.d=info.ameli.fr; arc=pass")

    assert Standing.PROVEN is only(twice, "forwarder.example", "list.example")[0]
    assert Standing.UNPROVEN is only(twice, "list.example")[0]


def test_behind_a_stranger_nobody_is_believed() -> None:
    """A stranger can take a chain from a trusted sealer, change the mail, and seal it again."""
    proof = only(sealed(SEALED + b"Votre RIB ?\r\n", "evil.example"))

    assert (Standing.UNPROVEN, (Result.NONE, "sealer is not trusted")) == proof


def test_what_a_trusted_sealer_got_from_a_stranger_counts_as_he_saw_it() -> None:
    assert Standing.PROVEN is only(sealed(sealed(signed(), "evil.example") + b"x\r\n"))[0]


@pytest.mark.parametrize(
    "mail",
    [
        signed(h="from:to:date") + b"x\r\n",
        signed(l="8") + b"x\r\n",
        signed(x="1000000000") + b"x\r\n",
        signed(a="rsa-sha1") + b"x\r\n",
        signed(s="t") + b"x\r\n",
        MAIL,
        signed(d="evil.example") + b"x\r\n",
        b"Subject: Remboursement\r\n" + signed() + b"x\r\n",
    ],
    ids=["subject unsigned", "l=", "expired", "sha1", "no key", "no signature", "foreign", "second subject"],
)
def test_nobody_can_make_a_weak_signature_strong(mail: bytes) -> None:
    assert Standing.UNPROVEN is only(sealed(mail))[0]


@pytest.mark.parametrize(
    ("result_", "reason", "mail"),
    [
        (Result.FAIL, "body was changed", SEALED + b"Votre RIB ?\r\n"),
        (Result.FAIL, "header was changed", SEALED.replace(b"Subject: Info", b"Subject: Inf")),
        (Result.FAIL, "seal 1 does not hold", SEALED.replace(b"spf=fail", b"spf=pass")),
        (Result.FAIL, "seal 1 does not hold", SEALED.replace(b"ARC-Seal: i=1;", b"ARC-Seal: i=1; x=y;")),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"h": "from"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, h="from:subject:date:arc-seal")),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"cv": "fail"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"cv": "pass"})),
        (Result.FAIL, "malformed chain", sealed(SEALED, seal={"cv": "none"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"a": "rsa-sha1"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"i": "0"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"i": "2"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"d": "forwarder.example(.evil.example"})),
        (Result.FAIL, "malformed chain", sealed(CHANGED, seal={"s": "evil.example.'.any"})),
        (Result.FAIL, "malformed chain", SEALED.partition(b"\r\n")[2]),
        (Result.FAIL, "malformed chain", SEALED.partition(b"\r\n")[0] + b"\r\n" + SEALED),
        (Result.FAIL, "malformed chain", b"ARC-Authentication-Results: i=2; x\r\n" + SEALED),
        (Result.FAIL, "malformed chain", SEALED.replace(b"ARC-Seal:", b"ARC-Seal :")),
        (Result.NONE, "too many sets", b"ARC-Seal: i=1\r\n" * 11 + CHANGED),
        (Result.POLICY, "subject is not signed", sealed(CHANGED, h="from:date")),
        (Result.POLICY, "subject stands there more often than signed", b"Subject: Votre RIB\r\n" + SEALED),
        (Result.POLICY, "expired", sealed(CHANGED, message={"x": "1000000000"})),
        (Result.PERMERROR, "no key", sealed(CHANGED, message={"s": "nobody"})),
        (Result.FAIL, "seal 1 does not hold", sealed(CHANGED, seal={"s": "nobody"})),
        (Result.FAIL, "seal 1 does not hold", sealed(CHANGED, seal={"s": "weak"})),
    ],
)  # fmt: skip
def test_a_chain_that_does_not_hold_proves_nothing(result_: Result, reason: str, mail: bytes) -> None:
    found, arc = only(mail)

    assert Standing.UNPROVEN is found
    if reason != "subject stands there more often than signed":
        # There the first signature is weak already, and the chain is not even looked at.
        assert (result_, reason) == arc


def test_a_seal_without_to_or_content_type_counts_as_the_great_providers_make_them() -> None:
    assert Standing.PROVEN is only(sealed(CHANGED, h="from:subject:date:message-id:dkim-signature"))[0]


def test_a_sealer_whose_key_the_dns_does_not_give_leaves_it_open() -> None:
    away, _ = ask(SEALED, sealers=TRUSTED, silent=("arc._domainkey.forwarder.example",))
    said_no, _ = ask(
        sealed(CHANGED, saw="dkim=fail header.d=info.ameli.fr"),
        sealers=TRUSTED,
        silent=("arc._domainkey.forwarder.example",),
    )

    assert Standing.UNKNOWN is standing(away)
    assert Standing.UNPROVEN is standing(said_no)


def test_a_good_signature_of_its_own_needs_no_chain() -> None:
    proof, questions = ask(sealed(signed()), sealers=TRUSTED)

    assert Standing.PROVEN is standing(proof)
    assert proof.attested is None
    assert not any("forwarder.example" in question for question in questions)


def chain_result(mail: bytes) -> AuthResult | None:
    message = Message(mail)
    chain = read_chain(message)
    if not isinstance(chain, Chain):
        return chain
    return verify_chain(chain, SignedMail(message), dict.fromkeys(chain.key_names, (record(),)))


def test_ten_sets_are_verified_and_dkimpy_agrees() -> None:
    mail = signed()
    for _ in range(10):
        mail = sealed(mail)
        found = chain_result(mail)
        assert found
        assert Result.PASS is found.result
    assert dkim.CV_Pass == dkim.arc_verify(mail, dnsfunc=lambda *_, **__: record())[0]


TWICE = sealed(sealed(signed()), "list.example", SAW_IT + "; arc=pass")


@settings(max_examples=200)
@given(st.data())
def test_what_passes_here_passes_dkimpy_too(data: st.DataObject) -> None:
    """Stock dkimpy as the oracle: we may be stricter, never more lenient."""
    mail = bytearray(TWICE)
    pieces = [
        b"",
        b" ",
        b"\r\n",
        b";",
        b"=",
        b"\x00",
        b"\r\n x",
        b"i=2;",
        b"(",
        b'"',
        b"ARC-Seal: i=3; cv=pass\r\n",
    ]
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(mail)))
        mail[place : place + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(pieces))
    raw = bytes(mail) if mail.endswith(b"\r\n") else bytes(mail) + b"\r\n"

    # White space before a colon is left out in relaxed form (RFC 6376 section 3.4.2); dkimpy keeps it.
    strict = "near_name" not in Message(raw).defects
    found = chain_result(raw)
    if strict and found and found.result is Result.PASS:
        assert dkim.CV_Pass == dkim.arc_verify(raw, dnsfunc=lambda *_, **__: record())[0]


@settings(max_examples=300)
@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
def test_no_chain_raises_and_none_made_of_chance_passes(results: bytes, own: bytes, seal: bytes) -> None:
    for prefix in (b"", b" i=1; ", b" i=1; a=rsa-sha256; cv=none; d=a.fr; s=s; h=from; bh=YWE=; b=YWE=; "):
        fields = (
            (b"ARC-Seal", seal),
            (b"ARC-Message-Signature", own),
            (b"ARC-Authentication-Results", results),
        )
        head = b"".join(name + b":" + prefix + value.replace(b"\n", b"") + b"\r\n" for name, value in fields)
        found = chain_result(head + signed())
        assert found is None or found.result is not Result.PASS
