"""A private Dovecot that takes mail over LMTP, on TCP and on a Unix socket, and lets people log in to
Postfix; in a directory that goes away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.certificate import write_certificate
from tests.end_to_end.postfix import free_port
from tests.serving import eventually

_CONFIG = """\
base_dir = {directory}/run
state_dir = {directory}/run
log_path = {directory}/log
protocols = lmtp
first_valid_uid = 1
mail_location = maildir:{directory}/mail/%n
auth_username_format = %n
lmtp_add_received_header = yes
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
login_trusted_networks = 127.0.0.0/8
passdb {{
  driver = passwd-file
  args = {directory}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={directory}/mail/%n
}}
service auth {{
  unix_listener {directory}/auth {{
    mode = 0666
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
  unix_listener {directory}/lmtp {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    """Running, with the mailboxes b and c, whose password is x."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="vigimel-dovecot-"))
        self.directory.chmod(0o755)
        self.port = free_port()
        self.socket = self.directory / "lmtp"
        self.auth = self.directory / "auth"
        self._config = self.directory / "dovecot.conf"
        # Any user but root, whom Dovecot gives no mail.
        user = pwd.getpwnam("dovecot")
        (self.directory / "mail").mkdir()
        os.chown(self.directory / "mail", user.pw_uid, user.pw_gid)
        (self.directory / "users").write_text("b:{PLAIN}x\nc:{PLAIN}x\n")
        self.certificate, key = write_certificate(self.directory, "mailbox.example")
        text = _CONFIG.format(
            directory=self.directory,
            certificate=self.certificate,
            key=key,
            uid=user.pw_uid,
            gid=user.pw_gid,
            port=self.port,
        )
        self._config.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(self._config)], env=_environment())
        for socket in (self.socket, self.auth):
            eventually(socket.is_socket, "Dovecot does not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def log(self) -> str:
        """What it has written."""
        return (self.directory / "log").read_text()

    def fetched(self, mailbox: str, message_id: str) -> bytes:
        """The mail with this Message-ID as Dovecot gives it out; empty where there is none."""
        command = ["doveadm", "-c", str(self._config), "fetch", "-u", mailbox, "text"]
        command += ["header", "message-id", message_id]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True, env=_environment())
        return done.stdout.removeprefix(b"text:\n").removesuffix(b"\f\n").removesuffix(b"\f")


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
