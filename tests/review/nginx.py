"""An nginx of the tests' own in front of the review page: https, a password of its own, who has logged in."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificate import write_certificate
from tests.end_to_end.postfix import free_port

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")

_CONFIG = """\
daemon off;
worker_processes 1;
{user}
pid {here}/pid;
error_log {here}/error;
events {{}}
http {{
  access_log off;
  client_body_temp_path {here}/body;
  proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/fastcgi;
  uwsgi_temp_path {here}/uwsgi;
  scgi_temp_path {here}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{
      auth_basic "Vigimel";
      auth_basic_user_file {here}/people;
      proxy_pass {page};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Remote-User $remote_user;
      proxy_set_header Authorization "";
    }}
    location /open/ {{
      proxy_pass {page}/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Remote-User "";
    }}
  }}
}}
"""


@contextmanager
def in_front(directory: Path, page: str, people: dict[str, str]) -> Iterator[str]:
    """Start it, for people with these passwords; its address."""
    assert PROGRAM
    directory.mkdir()
    certificate, key = write_certificate(directory)
    (directory / "people").write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in people.items()))
    port = free_port()
    config = directory / "nginx.conf"
    user = "user root;" if directory.owner() == "root" else ""
    config.write_text(
        _CONFIG.format(here=directory, port=port, page=page, certificate=certificate, key=key, user=user)
    )
    with subprocess.Popen([PROGRAM, "-e", str(directory / "error"), "-c", str(config)]) as process:
        try:
            _wait_for(port, process, directory / "error")
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
