"""Between smtp-source and smtp-sink, the load testers of Postfix: as many mails come out as went in."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.gateway import Gateway
from tests.end_to_end.postfix import free_port
from tests.serving import eventually

pytestmark = pytest.mark.needs("smtp-source", "smtp-sink")

SINK = "/usr/sbin/smtp-sink"
# It counts aloud; ten sessions at once, mails of 20 KB.
SOURCE = (
    "/usr/sbin/smtp-source",
    "-c",
    "-s",
    "10",
    "-l",
    "20000",
    "-f",
    "a@client.example",
    "-t",
    "b@hop.example",
)
MAILS = 300


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where smtp-sink puts each mail in a file of its own."""
    return tmp_path_factory.mktemp("dumps")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, dumps: Path, nameserver: str) -> Iterator[Gateway]:
    port = free_port()
    as_root = ["-u", "root"] if os.geteuid() == 0 else []
    command = [SINK, *as_root, "-d", f"{dumps}/%M.", f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command) as sink:
        try:
            eventually(lambda: _listens(port), "smtp-sink does not listen")
            hop = f"smtp://127.0.0.1:{port}"
            with Gateway(tmp_path_factory.mktemp("gateway"), hop, nameserver) as running:
                yield running
        finally:
            sink.terminate()


@pytest.mark.parametrize("options", [(), ("-d",)], ids=["a_session_for_each_mail", "sessions_kept"])
def test_as_many_mails_come_out_as_went_in(gateway: Gateway, dumps: Path, options: tuple[str, ...]) -> None:
    for old in dumps.iterdir():
        old.unlink()
    done = subprocess.run(
        [*SOURCE, *options, "-m", str(MAILS), f"127.0.0.1:{gateway.port}"],
        capture_output=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert done.stdout.endswith(b"\r%d\r\n" % MAILS)
    assert MAILS == len(list(dumps.iterdir()))
    assert all(b"\nX-Vigimel-Finding: unrelated" in dump.read_bytes() for dump in dumps.iterdir())


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
