"""Whose mail is it? Said by real Postfix and swaks, judged and logged by us, passed on to real Postfix."""

import re
import smtplib
import time

import pytest

from tests.end_to_end.conftest import Path3, Send
from tests.end_to_end.test_through_postfix import ORDINARY, arrived, with_id

pytestmark = [
    pytest.mark.needs("postfix", "swaks"),
    pytest.mark.needs_root("starts Postfix"),
]


def clients_of(way: Path3, name: str) -> tuple[str, str]:
    """Whose mail it was by our log, and by that of the server behind us; the mail is there."""
    mail = arrived(way, f"<{name}@client.example>".encode())
    [trace] = re.findall(rb"by gw\.example with E?SMTPS? id ([0-9a-f]+);", mail)
    [judged] = re.findall(rf"event=judged id={trace.decode()} client='([^']*)'", way.gateway.log.read_text())
    return judged, _original_client(way, name)


def _original_client(way: Path3, name: str) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        log = way.behind.log.read_text()
        if queue_id := re.search(rf" ([0-9A-Za-z]+): message-id=<{name}@client\.example>", log):
            found = re.search(rf" {queue_id[1]}: client=.*orig_client=\S*\[([0-9a-fA-F.:]+)\]", log)
            return found[1] if found else ""
        time.sleep(0.05)
    raise AssertionError(way.behind.log.read_text())


def test_behind_postfix_the_client_of_postfix_is_the_one_who_is_judged_and_logged(
    way: Path3, send: Send
) -> None:
    send(way.front.port, with_id(ORDINARY, "xforward"), "--local-interface", "127.0.0.7")

    assert ("127.0.0.7", "127.0.0.7") == clients_of(way, "xforward")


def test_the_mails_of_two_clients_keep_their_clients(way: Path3, send: Send) -> None:
    for number in (8, 9):
        send(way.front.port, with_id(ORDINARY, f"x{number}"), "--local-interface", f"127.0.0.{number}")

    assert ("127.0.0.8", "127.0.0.8") == clients_of(way, "x8")
    assert ("127.0.0.9", "127.0.0.9") == clients_of(way, "x9")


def test_swaks_names_a_client_with_xclient(way: Path3, send: Send) -> None:
    attributes = "ADDR=192.0.2.7 NAME=mx.client.example PORT=4711 LOGIN=anne+40client.example"
    said = send(way.gateway.port, with_id(ORDINARY, "xclient"), "--xclient", attributes)

    assert "XCLIENT" in said
    assert ("192.0.2.7", "192.0.2.7") == clients_of(way, "xclient")


@pytest.mark.parametrize("version", ["1", "2"])
def test_swaks_names_a_client_with_a_proxy_header(way: Path3, send: Send, version: str) -> None:
    options = ["--proxy-version", version, "--proxy-source", "192.0.2.7", "--proxy-source-port", "4711"]
    options += ["--proxy-dest", "127.0.0.1", "--proxy-dest-port", "25", "--proxy-family"]
    options += ["TCP4" if version == "1" else "AF_INET"]
    send(way.proxied, with_id(ORDINARY, f"proxy{version}"), *options)

    assert ("192.0.2.7", "192.0.2.7") == clients_of(way, f"proxy{version}")


def test_a_client_that_nobody_trusts_names_nobody(way: Path3) -> None:
    with smtplib.SMTP("127.0.0.1", way.gateway.port, source_address=("127.0.0.7", 0)) as client:
        client.ehlo()

        assert not client.has_extn("xclient")
        assert 550 == client.docmd("XCLIENT", "ADDR=192.0.2.7")[0]


def test_swaks_sends_over_tls(way: Path3, send: Send) -> None:
    said = send(way.gateway.port, with_id(ORDINARY, "tls"), "--tls")

    assert "=== TLS started with cipher TLSv1.3:" in said
    assert b"by gw.example with ESMTPS id " in arrived(way, b"<tls@client.example>")
