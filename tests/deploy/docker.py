"""A docker where there is none: `docker compose up`, `exec`, `restart` and `down` of a compose file.

Each service is a process with the mounts, secrets and environment that the file gives it, the user and the
command that its Containerfile gives it, and an address of its own in the network of the file. Its programs
are those of this machine; of the lines RUN only the users and directories are made.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

HERE = Path.cwd()
RUN, VOLUMES = Path("/run/containers"), Path("/mnt/volumes")
# What the image of PostgreSQL does at its first start, and at each.
_POSTGRESQL = """
install -d -o postgres -g postgres /var/run/postgresql
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
if [ ! -e /var/lib/postgresql/data/PG_VERSION ]; then
    install -d -m 700 -o postgres -g postgres /var/lib/postgresql/data
    as_postgres $programs/initdb -D /var/lib/postgresql/data -U "$POSTGRES_USER" -E UTF8 --locale=C \
        --auth-local=trust --auth-host=scram-sha-256 --pwfile="$POSTGRES_PASSWORD_FILE" > /dev/null
    echo 'host all all all scram-sha-256' >> /var/lib/postgresql/data/pg_hba.conf
    [ "$POSTGRES_DB" = postgres ] || echo "CREATE DATABASE $POSTGRES_DB;" | \
        as_postgres $programs/postgres --single -D /var/lib/postgresql/data postgres > /dev/null
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups $programs/postgres \
    -D /var/lib/postgresql/data -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
"""


def containerfile(service: dict[str, Any]) -> str:
    """What the image of a service is built from; of its last stage, with lines joined."""
    if "build" not in service:
        return ""
    build = service["build"]
    text: str = (HERE / build["context"] / build["dockerfile"]).read_text("utf-8")
    return text.replace("\\\n", " ").rpartition("\nFROM ")[2]


def command(service: dict[str, Any]) -> list[str]:
    """What its image runs, with what was typed instead of CMD or without."""
    text = containerfile(service)
    if not text:
        return ["bash", "-euc", _POSTGRESQL]
    words: list[str] = []
    for key in ("ENTRYPOINT", "CMD"):
        found = re.search(rf"^{key} (\[.*\])$", text, re.MULTILINE)
        words += json.loads(found[1]) if found else []
    return words


def as_user(service: dict[str, Any]) -> list[str]:
    """Who runs in it."""
    found = re.search(r"^USER (\d+):(\d+)$", containerfile(service), re.MULTILINE)
    return ["setpriv", f"--reuid={found[1]}", f"--regid={found[2]}", "--clear-groups"] if found else []


def mounts(whole: dict[str, Any], service: dict[str, Any]) -> str:
    """The shell commands that make its files what the compose file says."""
    lines = ["mount -t tmpfs none /run", "mkdir -p /run/secrets"]
    pairs = [(whole["secrets"][name]["file"], f"/run/secrets/{name}") for name in service.get("secrets", [])]
    for text in service.get("volumes", []):
        source, target, *_ = text.split(":")
        pairs.append((source if source.startswith(".") else str(VOLUMES / source), target))
    for source, target in pairs:
        here = HERE / source
        if here.is_file():
            lines.append(f"mkdir -p $(dirname {target}); touch {target}")
        else:
            # As with a volume that is new: it begins with what the image has there.
            lines.append(
                f"mkdir -p {target}; [ -e {here} ] || {{ mkdir -p {VOLUMES}; cp -a {target} {here}; }}"
            )
        lines.append(f"mount --bind {here} {target}")
    return "\n".join(lines)


def made_by_image(service: dict[str, Any]) -> str:
    """The users and directories that its lines RUN make."""
    said = re.findall(r"(?:&&|RUN) ((?:useradd|install -d) [^&\n]+)", containerfile(service))
    return "\n".join(f"{line.strip()} 2>/dev/null || true" for line in said)


def start(whole: dict[str, Any], name: str) -> None:
    """Start a service, where it does not run."""
    service = whole["services"][name]
    words = " ".join(map(shlex.quote, [*as_user(service), *command(service)]))
    script = f"set -e\n{mounts(whole, service)}\nexec {words}"
    log = Path(f"/var/log/{name}.container").open("ab")  # noqa: SIM115 the service keeps it
    run = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "bash", "-c", script],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **service.get("environment", {})},
        start_new_session=True,
    )
    RUN.mkdir(parents=True, exist_ok=True)
    while not (forked := Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()):
        time.sleep(0.05)
    # In its container this is the first process.
    (RUN / name).write_text(forked[0])


def stop(name: str) -> None:
    """Stop a service, and wait until it has ended."""
    pid = int((RUN / name).read_text())
    subprocess.run(["kill", str(pid)], check=False)
    while Path(f"/proc/{pid}").exists() and ") Z" not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.05)


def run_in(service: dict[str, Any], name: str, words: list[str]) -> int:
    """`docker compose exec`."""
    entered = ["nsenter", "--mount", "--pid", f"--target={(RUN / name).read_text()}", "--wd=/"]
    environment = {**os.environ, **service.get("environment", {})}
    return subprocess.run([*entered, *as_user(service), *words], check=False, env=environment).returncode


def wait_for(whole: dict[str, Any], name: str) -> None:
    """Until its health check says that it is well."""
    service = whole["services"][name]
    words = [word.replace("127.0.0.1", name) for word in service["healthcheck"]["test"][1:]]
    while run_in(service, name, ["bash", "-c", f"{shlex.join(words)} >/dev/null 2>&1"]):
        if not Path(f"/proc/{(RUN / name).read_text()}").exists():
            sys.exit(Path(f"/var/log/{name}.container").read_text()[-4000:])
        time.sleep(0.2)


def up(whole: dict[str, Any]) -> None:
    """Start all of them, each after those that it depends on, and wait until they are well."""
    subnet = whole["networks"]["mail"]["ipam"]["config"][0]["subnet"].rpartition(".")[0]
    with Path("/etc/hosts").open("a") as hosts:
        for number, name in enumerate(whole["services"], 2):
            subprocess.run(["ip", "addr", "add", f"{subnet}.{number}/24", "dev", "lo"], check=True)
            hosts.write(f"{subnet}.{number} {name}\n")
    order = sorted(whole["services"], key=lambda name: "depends_on" in whole["services"][name])
    for name in order:
        service = whole["services"][name]
        subprocess.run(["bash", "-c", made_by_image(service)], check=True)
        for needed in service.get("depends_on", {}):
            wait_for(whole, needed)
        start(whole, name)
    for name in order:
        wait_for(whole, name)


def main() -> int:
    """What was typed."""
    _, verb, *rest = sys.argv[1:]
    words = [word for word in rest if not word.startswith("-")] if verb != "exec" else rest
    whole = yaml.safe_load((HERE / "compose.yaml").read_text("utf-8"))
    if verb == "up":
        up(whole)
    elif verb == "exec":
        name, *typed = words[1:] if words[0] == "-T" else words
        return run_in(whole["services"][name], name, typed)
    elif verb in {"restart", "stop", "down"}:
        for name in words or whole["services"]:
            stop(name)
            if verb == "restart":
                start(whole, name)
                wait_for(whole, name)
    else:
        sys.exit(f"docker compose {verb}: unknown")
    return 0


if __name__ == "__main__":
    sys.exit(main())
