"""STARTTLS to the next hop: off, opportunistic, required; verified or not."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from milter.config import NextHopConfig
from milter.errors import ConfigError, Reply, TryLater
from milter.relay.next_hop import next_hop
from milter.relay.tls import Encryption, Tls
from tests.certificate import write_certificate
from tests.relay.peer import CLOSE, HANG, Peer, listening

KEPT = Reply(250, "2.0.0", "Kept")
MAIL = b"Subject: x\r\n\r\n.hidden\r\n\xff\r\n" + b".a\r\n" * 60_000
EHLO = b"250-peer.example\r\n250-STARTTLS\r\n250 SIZE 99999999\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"), "peer.example")


@pytest.fixture
async def peer(certificate: tuple[Path, Path]) -> AsyncIterator[Peer]:
    """A server that speaks TLS, with a certificate that it signed itself."""
    async with listening(Peer(EHLO=EHLO, LHLO=EHLO)) as peer:
        peer.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        peer.tls.load_cert_chain(*certificate)
        yield peer


async def pass_on(peer: Peer, scheme: str = "smtp", **options: Any) -> Reply:
    hop = next_hop(NextHopConfig(url=f"{scheme}://127.0.0.1:{peer.port}", **options), "gw.example")
    session = await hop.open()
    try:
        for reply in (await session.mail("a@b.example"), await session.rcpt("c@d.example")):
            assert reply.is_success
        return await session.data([MAIL])
    finally:
        await session.close()


@pytest.mark.parametrize("scheme", ["smtp", "lmtp"])
@pytest.mark.parametrize("tls", ["opportunistic", "required"])
async def test_an_encrypted_mail_goes_on_byte_for_byte(
    peer: Peer, certificate: tuple[Path, Path], scheme: str, tls: str
) -> None:
    ca = str(certificate[0]) if tls == "required" else ""
    name = "peer.example" if tls == "required" else ""
    assert KEPT == await pass_on(peer, scheme, tls=tls, tls_ca=ca, tls_name=name)
    hello = "EHLO" if scheme == "smtp" else "LHLO"
    assert [hello, "STARTTLS", hello, "MAIL", "RCPT", "DATA", "QUIT"] == peer.verbs
    assert [MAIL.replace(b"\r\n.", b"\r\n..")] == peer.contents


async def test_what_was_offered_before_the_encryption_is_forgotten(peer: Peer) -> None:
    hop = next_hop(NextHopConfig(url=f"smtp://127.0.0.1:{peer.port}"), "gw.example")
    session = await hop.open()
    assert {"8BITMIME": ""} == dict(session.extensions)
    await session.close()


async def test_off_means_off(peer: Peer) -> None:
    assert KEPT == await pass_on(peer, tls="off")
    assert "STARTTLS" not in peer.verbs


@pytest.mark.parametrize("name", ["peer.example", ""])
async def test_no_mail_goes_to_a_certificate_that_nobody_known_has_signed(peer: Peer, name: str) -> None:
    with pytest.raises(TryLater, match="self-signed"):
        await pass_on(peer, tls="required", tls_name=name)
    assert ["EHLO", "STARTTLS"] == peer.verbs


@pytest.mark.parametrize("name", ["other.example", ""])
async def test_no_mail_goes_to_a_certificate_with_another_name(
    peer: Peer, certificate: tuple[Path, Path], name: str
) -> None:
    with pytest.raises(TryLater, match="not valid for"):
        await pass_on(peer, tls="required", tls_name=name, tls_ca=str(certificate[0]))
    assert ["EHLO", "STARTTLS"] == peer.verbs


async def test_required_without_verifying_takes_any_certificate(peer: Peer) -> None:
    assert KEPT == await pass_on(peer, tls="required", tls_verify=False)
    assert "STARTTLS" in peer.verbs


NO_TLS = {
    "is not offered": {"EHLO": b"250 peer.example\r\n"},
    "is refused for now": {"EHLO": EHLO, "STARTTLS": b"454 4.7.0 Not now\r\n"},
    "is not known": {"EHLO": EHLO, "STARTTLS": b"502 5.5.1 What?\r\n"},
    # The peer goes on in plain text: no handshake.
    "does not come": {"EHLO": EHLO, "STARTTLS": b"220 2.0.0 Go\r\n"},
    "ends the connection": {"EHLO": EHLO, "STARTTLS": b"220 2.0.0 Go\r\n" + CLOSE},
}


@pytest.mark.parametrize("answers", NO_TLS.values(), ids=NO_TLS)
async def test_a_mail_goes_on_in_plain_text_only_where_that_is_allowed(answers: dict[str, bytes]) -> None:
    async with listening(Peer(**answers)) as peer:
        with pytest.raises(TryLater):
            await pass_on(peer, tls="required", tls_verify=False, greeting_timeout=1.0)
        assert "MAIL" not in peer.verbs
    async with listening(Peer(**answers)) as peer:
        assert KEPT == await pass_on(peer, tls="opportunistic", greeting_timeout=6.0)


@pytest.mark.parametrize("tls", ["opportunistic", "required"])
async def test_what_is_said_before_the_encryption_is_no_answer_after_it(peer: Peer, tls: str) -> None:
    peer.answers["STARTTLS"] = b"220 2.0.0 Go\r\n250 injected.example\r\n"
    with pytest.raises(TryLater, match="spoke before TLS began"):
        await pass_on(peer, tls=tls, tls_verify=False)
    assert ["EHLO", "STARTTLS"] == peer.verbs


async def test_a_success_that_is_no_220_does_not_begin_the_encryption(peer: Peer) -> None:
    # Neither encrypted nor refused: what it would do with the next bytes, nobody knows.
    peer.answers["STARTTLS"] = b"250 2.0.0 Ok\r\n"
    with pytest.raises(TryLater, match="answered STARTTLS with 250"):
        await pass_on(peer, tls="opportunistic")
    assert "MAIL" not in peer.verbs


async def test_a_peer_that_hangs_at_starttls_means_try_later(peer: Peer) -> None:
    peer.answers["STARTTLS"] = HANG
    with pytest.raises(TryLater, match=r"no answer to greeting within 0\.3 s"):
        await pass_on(peer, greeting_timeout=0.3)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
async def test_old_tls_is_not_spoken(peer: Peer) -> None:
    assert peer.tls is not None
    peer.tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    peer.tls.maximum_version = ssl.TLSVersion.TLSv1_1
    peer.tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(TryLater, match="no TLS"):
        await pass_on(peer, tls="required", tls_verify=False)


def test_a_file_of_no_certificates_is_a_problem_of_the_operator(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    with pytest.raises(ConfigError, match="no file of certificates"):
        Tls.build(Encryption.REQUIRED, verify=True, ca_file=path, name="")
