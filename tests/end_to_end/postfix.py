"""A private Postfix: its own configuration, queue and ports, on loopback, in a directory that goes away."""

import contextlib
import itertools
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
{entrances}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {log}
maillog_file_prefixes = {directory}
myhostname = {name}.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_header_rewrite_clients =
biff = no
"""

# The mailbox server: two known recipients, the others are refused at RCPT.
MAILBOXES = """\
virtual_mailbox_domains = hop.example
virtual_mailbox_maps = inline:{{b@hop.example=b/, c@hop.example=c/}}
virtual_mailbox_base = {mail}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject
smtpd_authorized_xforward_hosts = 127.0.0.0/8
"""

# The server in front, which hands each mail to the gateway before it takes it.
IN_FRONT = """\
relay_domains = hop.example
relay_recipient_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_proxy_filter = 127.0.0.1:{gateway}
"""


# Below those that the system itself gives to connections and to port 0: nobody takes one of these by chance
# before who it was chosen for listens on it. Another run of the tests begins elsewhere.
_PORTS = itertools.chain(range(_BEGIN := random.randrange(10_000, 32_000), 32_000), range(10_000, _BEGIN))


def free_port() -> int:
    """A port nobody listens on, and that is given once."""
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("unreachable")


class Postfix:
    """A running instance."""

    def __init__(self, name: str, main: str, entrances: str = "", **values: object) -> None:
        # Not tmp_path: that one is for root only, and Postfix drops root.
        self._directory = Path(tempfile.mkdtemp(prefix=f"vigimel-{name}-"))
        self._directory.chmod(0o755)
        self.port = free_port()
        self.mail = self._directory / "mail"
        self.log = self._directory / "log"
        self._config = self._directory / "config"
        user = pwd.getpwnam("postfix")
        for part, owner in (("queue", 0), ("data", user.pw_uid), ("mail", user.pw_uid), ("config", 0)):
            (self._directory / part).mkdir(mode=0o755)
            os.chown(self._directory / part, owner, 0)
        places = {"directory": self._directory, "queue": self._directory / "queue", "mail": self.mail}
        places |= {"data": self._directory / "data", "log": self.log}
        text = (_MAIN + main).format(name=name, uid=user.pw_uid, gid=user.pw_gid, **places, **values)
        (self._config / "main.cf").write_text(text)
        (self._config / "master.cf").write_text(_MASTER.format(port=self.port, entrances=entrances))

    def __enter__(self) -> Self:
        self._postfix("start")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._postfix("stop")
        shutil.rmtree(self._directory, ignore_errors=True)

    def delivered(self, mailbox: str) -> list[bytes]:
        """The mails in a mailbox, with the line ends they had on the wire."""
        files = sorted((self.mail / mailbox / "new").glob("*"))
        return [file.read_bytes().replace(b"\n", b"\r\n") for file in files]

    def submit(self, raw: bytes, sender: str, *recipients: str) -> None:
        """Hand in a mail as a program on this machine does."""
        command = ["sendmail", "-C", str(self._config), "-i", "-f", sender, *recipients]
        subprocess.run(command, input=raw, check=True, timeout=60, env=_environment())

    def queued(self, queue: str) -> int:
        """How many mails are in a queue, as in "hold"."""
        command = ["postqueue", "-c", str(self._config), "-j"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60, env=_environment())
        return done.stdout.count(f'"queue_name": "{queue}"'.encode())

    def _postfix(self, command: str) -> None:
        subprocess.run(
            ["postfix", "-c", str(self._config), command], check=True, timeout=60, env=_environment()
        )


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}


@contextlib.contextmanager
def mailbox_server() -> Iterator[Postfix]:
    """Postfix with the mailboxes b@hop.example and c@hop.example."""
    with Postfix("behind", MAILBOXES) as server:
        yield server


@contextlib.contextmanager
def server_in_front(gateway: int) -> Iterator[Postfix]:
    """Postfix that passes each mail through the gateway before it answers."""
    with Postfix("front", IN_FRONT, gateway=gateway) as server:
        yield server
