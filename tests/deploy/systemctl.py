#!/usr/bin/env python3
"""A systemctl where no systemd runs: what the guides ask of it, for the services that they name.

Ours are started by what their unit says (ExecStart=, User=), and have started once they told READY=1.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def _ended(pid_file: str, signal_name: str = "TERM") -> list[str]:
    """The command that ends a daemon, and waits: the next one would find its port taken."""
    # Who ended is there as a zombie until the shell of the guide asks for it, which waits for us.
    lives = "grep -qs '^State:[[:space:]][^Z]' /proc/$pid/status"
    script = f"pid=$(head -1 {pid_file}) && kill -{signal_name} $pid; while {lives}; do sleep 0.1; done"
    return ["sh", "-c", script]


# Programs of Debian's packages: how each is started, stopped, and told to read its files again.
OTHERS = {
    "postfix": (["postfix", "start"], ["postfix", "stop"], ["postfix", "reload"]),
    "dovecot": (["dovecot"], ["doveadm", "stop"], ["doveadm", "reload"]),
    "sendmail": (
        ["/usr/libexec/sendmail/sendmail", "-bd", "-q10m"],
        _ended("/run/sendmail/mta/sendmail.pid"),
        ["false"],
    ),
    "haproxy": (
        ["haproxy", "-D", "-f", "/etc/haproxy/haproxy.cfg", "-p", "/run/haproxy.pid"],
        ["sh", "-c", "kill $(cat /run/haproxy.pid)"],
        ["false"],
    ),
    "nginx": (["nginx"], _ended("/run/nginx.pid", "QUIT"), ["nginx", "-s", "reload"]),
    "apache2": (["apache2ctl", "start"], _ended("/run/apache2/apache2.pid"), ["apache2ctl", "graceful"]),
    "caddy": (
        ["caddy", "start", "--config", "/etc/caddy/Caddyfile", "--pidfile", "/run/caddy.pid"],
        _ended("/run/caddy.pid"),
        ["caddy", "reload", "--config", "/etc/caddy/Caddyfile"],
    ),
}


def pid_of(service: str) -> Path:
    """Where the number of its process stands while it runs."""
    return Path(f"/run/{service}.pid")


def of_unit(service: str, key: str) -> str:
    """The value of a line of its unit."""
    lines = Path(f"/etc/systemd/system/{service}.service").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"{key}="))


def start(service: str) -> None:
    """Start one of our services, and wait until it is ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        path = Path(f"/run/{service}.notify")
        path.unlink(missing_ok=True)
        notify.bind(str(path))
        path.chmod(0o666)
        notify.settimeout(120)
        user = of_unit(service, "User")
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--no-new-privs"]
        command += of_unit(service, "ExecStart").split()
        if Path(f"/run/netns/{service}").exists():
            # A test made a machine for it, so far as the network goes.
            command = ["ip", "netns", "exec", service, *command]
        log = Path(f"/var/log/{service}.log").open("ab")  # noqa: SIM115 the service keeps it
        environment = {**os.environ, "NOTIFY_SOCKET": str(path)}
        run = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        pid_of(service).write_text(str(run.pid))
        while b"READY=1" not in notify.recv(4096):
            pass


def stop(service: str) -> None:
    """End one of our services, and wait until it has ended."""
    pid = int(pid_of(service).read_text())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}").exists() and ") Z" not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.05)
    pid_of(service).unlink()


def reload(service: str) -> None:
    """Have one of our services read its files again, and wait until it has, or says why not."""
    log = Path(f"/var/log/{service}.log")
    read = log.stat().st_size
    os.kill(int(pid_of(service).read_text()), signal.SIGHUP)
    for _ in range(600):
        said = log.read_bytes()[read:]
        if b"reloaded" in said or b"reload_refused" in said:
            return
        time.sleep(0.2)


def ours(service: str, verb: str) -> None:
    """Do it to one of ours."""
    if verb in {"stop", "restart", "disable"} and pid_of(service).exists():
        stop(service)
    if verb in {"start", "restart", "enable"} and not pid_of(service).exists():
        start(service)
    if verb == "reload":
        reload(service)


def other(service: str, verb: str) -> None:
    """Do it to a service of another package."""
    begin, end, again = OTHERS[service]
    if verb in {"stop", "restart"}:
        subprocess.run(end, check=False, stderr=subprocess.DEVNULL)
    if verb in {"start", "restart", "enable"}:
        subprocess.run(begin, check=True)
    if verb == "reload":
        subprocess.run(again, check=True)


if __name__ == "__main__":
    action, *services = [word for word in sys.argv[1:] if not word.startswith("--")]
    for name in services:
        ours(name, action) if name.startswith("vigimel") else other(name, action)
