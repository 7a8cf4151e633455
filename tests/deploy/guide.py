"""A guide, followed: its commands in a network of their own, over copies of /etc, /var, /opt and /root.

Blocks ```sh are run in their order, as root, by one shell that ends at the first failure. Blocks
```sh install need the network and are left out: Debian's packages are there, and ours is the wheel of this
checkout. Nothing outside of the namespaces is touched.
"""

import re
import shlex
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

GUIDES = ROOT / "deploy" / "guides"
_SYSTEMCTL = Path(__file__).parent / "systemctl.py"
_DOCKER = Path(__file__).parent / "docker.py"

_BEFORE = """\
set -euo pipefail
umask 022
mount -t tmpfs none /mnt
for part in etc var opt root; do
    mkdir /mnt/$part.upper /mnt/$part.work
    mount -t overlay overlay -o lowerdir=/$part,upperdir=/mnt/$part.upper,workdir=/mnt/$part.work /$part
done
mkdir /mnt/bin /mnt/dependencies
install -m 755 {systemctl} /mnt/bin/systemctl
printf '#!/bin/sh\nexec {python} {docker} "$@"\n' > /mnt/bin/docker
chmod 755 /mnt/bin/docker
mount --bind {dependencies} /mnt/dependencies
ln -sfn {installed} /opt/vigimel
cp -r {deploy} /mnt/deploy
install -m 755 /mnt/deploy/vigimel /mnt/bin/vigimel
# Made by Debian when Dovecot is installed as usual; not in every image.
[ ! -d /etc/dovecot/private ] || touch /etc/dovecot/private/dovecot.pem /etc/dovecot/private/dovecot.key
mount -t tmpfs -o mode=755 none /run
mkdir -m 1777 /run/lock
ip link set lo up
hostname town-hall.example
echo 127.0.0.1 localhost town-hall.example >> /etc/hosts
export PATH=/mnt/bin:/usr/sbin:/sbin:$PATH
cd /mnt/deploy
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of a guide."""

    kind: str
    text: str


# A server as Debian's package makes it, on the socket that clients look for.
DATABASE = """\
install -d -o postgres -g postgres /var/run/postgresql /var/lib/postgresql-of-guide
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as_postgres $programs/initdb -D /var/lib/postgresql-of-guide -A peer -E UTF8 --locale=C >/dev/null
as_postgres $programs/pg_ctl -D /var/lib/postgresql-of-guide -w -l /var/lib/postgresql-of-guide/log \
    -o "-k /var/run/postgresql -c listen_addresses=''" start >/dev/null
"""


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a guide, in their order."""
    found = re.findall(r"^```([^\n]*)\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(kind, text) for kind, text in found]


def commands(path: Path, first: int | None = None) -> str:
    """What a guide has its reader type, each block told before it is run; all, or the first blocks."""
    told = [f"echo {shlex.quote(f'--- {path.stem} {number}')} >&2\n{block.text}"
            for number, block in enumerate(blocks(path)) if block.kind == "sh"]  # fmt: skip
    return "\n".join(told[:first])


def follow(installed: Path, *parts: str) -> "subprocess.CompletedProcess[str]":
    """Run these scripts, one after the other, in one fresh place; `installed` is the venv of the gateway."""
    before = _BEFORE.format(
        systemctl=_SYSTEMCTL,
        python=sys.executable,
        docker=_DOCKER,
        dependencies=sysconfig.get_path("purelib"),
        installed=installed,
        deploy=ROOT / "deploy",
    )
    command = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]
    return subprocess.run(
        [*command, "bash", "-c", before + "\n".join(parts)],
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
        stdin=subprocess.DEVNULL,
    )
