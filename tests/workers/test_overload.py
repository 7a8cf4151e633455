"""More than can be served: 421 and nothing worse, and all is well when the crowd has left."""

import contextlib
import os
import resource
import signal
import smtplib
import socket
from pathlib import Path

from tests.cli.command import ORDINARY
from tests.serving import Gateway, eventually, serving
from tests.workers.conftest import Write
from tests.workers.senders import Sender, delivered


def test_beyond_the_limit_a_client_hears_421_and_the_next_one_is_served_when_the_crowd_has_left(
    write: Write,
) -> None:
    with serving(write(smtp="max_connections = 10")) as gateway:
        with contextlib.ExitStack() as crowd:
            greetings = [_greeting(crowd, gateway) for _ in range(510)]

            assert ["220"] * 10 + ["421"] * 500 == [greeting[:3] for greeting in greetings]
        eventually(lambda: gateway.knock().startswith("220 "))


def test_five_times_as_many_senders_as_may_come_lose_nothing(write: Write, tmp_path: Path) -> None:
    with serving(write(smtp="max_connections = 4")) as gateway:
        senders = [Sender(gateway, ORDINARY, (f"{n}-{m}" for m in range(3))) for n in range(20)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    acknowledged = [name for sender in senders for name in sender.acknowledged]
    assert sorted(acknowledged) == sorted(delivered(tmp_path / "maildir"))
    assert 60 == len(acknowledged)
    assert {421} == {code for sender in senders for code in sender.other_codes}


def test_one_client_does_not_take_the_place_of_all_others(write: Write) -> None:
    limits = 'max_connections_per_client = 3\ntrusted_clients = ["127.0.0.3"]'
    with serving(write(smtp=limits)) as gateway, contextlib.ExitStack() as stack:
        greetings = [_greeting(stack, gateway) for _ in range(5)]
        others = [_greeting(stack, gateway, "127.0.0.2") for _ in range(3)]
        trusted = [_greeting(stack, gateway, "127.0.0.3") for _ in range(6)]

    assert ["220", "220", "220", "421", "421"] == [greeting[:3] for greeting in greetings]
    assert "421 4.7.0 Too many connections from your address, try again later\n" == greetings[-1]
    assert {"220"} == {greeting[:3] for greeting in others + trusted}


def test_the_connections_of_a_killed_worker_do_not_count(write: Write) -> None:
    with serving(write(smtp="max_connections = 4")) as gateway, contextlib.ExitStack() as stack:
        assert ["220"] * 4 == [_greeting(stack, gateway)[:3] for _ in range(4)]
        os.kill(gateway.pids("worker")[0], signal.SIGKILL)

        eventually(lambda: gateway.knock().startswith("220 "))


def test_without_descriptors_a_client_hears_421_and_is_served_when_there_are_some(write: Write) -> None:
    config = write()
    config.write_text(config.read_text().replace("workers = 2", "workers = 1"))
    with serving(config, before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))) as gateway:
        (worker,) = gateway.pids("worker")
        with contextlib.ExitStack() as crowd:
            greetings = [_greeting(crowd, gateway) for _ in range(80)]
        assert greetings[-1].startswith("421 4.3.2 ")
        assert {"220", "421"} == {greeting[:3] for greeting in greetings}

        eventually(lambda: _takes_a_mail(gateway))
        assert [worker] == gateway.pids("worker")
        assert "event=no_room" in gateway.log


def _takes_a_mail(gateway: Gateway) -> bool:
    try:
        with gateway.smtp() as client:
            client.sendmail("a@client.example", ["b@town-hall.example"], ORDINARY)
    except (OSError, smtplib.SMTPException):
        return False
    return True


def _greeting(stack: contextlib.ExitStack, gateway: Gateway, source: str = "127.0.0.1") -> str:
    """What one client more hears, who stays."""
    place = (gateway.address.host, gateway.address.port)
    client = stack.enter_context(socket.create_connection(place, timeout=60, source_address=(source, 0)))
    # As long as this reader lives, so does the connection.
    return stack.enter_context(client.makefile()).readline()
