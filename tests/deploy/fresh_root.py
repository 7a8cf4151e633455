"""How long from nothing to the first fraud caught? `make try-guide` follows the quick guide, as root.

debootstrap makes a Debian of its own in a directory that goes away; there the guide is typed, with its lines
for the network, in a copy of this checkout, and what each point took is told. What Vigimel depends on, pip
fetches as for anybody. tests/deploy/systemctl.py stands in for a systemd.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.deploy.guide import GUIDES, blocks

_HERE = Path(__file__).parent
# What a server by Debian's installer has, and the least root has not.
_AS_INSTALLED = "systemd,ca-certificates"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


def make_root(root: Path, packages: str) -> Path:
    """A new Debian with the least there is, and these packages, which knows the network of this machine."""
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=1800)
    for name in ("etc/resolv.conf", "etc/hosts", CERTIFICATES):
        shutil.copy(f"/{name}", root / name)
    return root


def prepare(root: Path) -> None:
    """Put into a new root what a person would bring: a copy of the repository."""
    left_out = shutil.ignore_patterns(".git", ".venv", ".cache", "var", "tests", "build", "*.egg-info")
    shutil.copytree(ROOT, root / "root" / "vigimel", symlinks=True, ignore=left_out)
    shutil.copy(_HERE / "systemctl.py", root / "usr" / "local" / "bin" / "systemctl")
    # As in every container: the guide starts the services, not the packages.
    policy = root / "usr" / "sbin" / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)


def points() -> list[tuple[str, str, str]]:
    """Each point of the guide: what it is called, the kind of its block, and the block."""
    path = GUIDES / "en" / "quick.md"
    titles = re.findall(r"^(\d+\. [^:,.]+)", path.read_text("utf-8"), re.MULTILINE)
    return [(title, b.kind, b.text) for title, b in zip(titles, blocks(path), strict=True)]


def follow(root: Path, script: str, *, with_network: bool) -> str:
    """Type this in the root, as root, with the network of the machine or one of its own; what was said.

    Raises RuntimeError with the end of what was said where a command failed.
    """
    spaces = ["--mount", "--uts", "--pid", "--fork", "--kill-child"] + ([] if with_network else ["--net"])
    environment = {
        "PATH": _PATH,
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        "PIP_CERT": f"/{CERTIFICATES}",
        "SCRIPT": f"cd /root/vigimel/deploy\n{script}",
    }
    outside = f"""
        set -e
        {"" if with_network else "ip link set lo up; hostname town-hall.example"}
        mount --rbind /dev {root}/dev
        mount -t proc none {root}/proc
        exec chroot {root} bash -euo pipefail -c "$SCRIPT"
    """
    done = subprocess.run(
        ["unshare", *spaces, "bash", "-c", outside],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=1800,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-4000:])
    return done.stdout


def tell(what: str, seconds: float) -> None:
    """One line of the table."""
    sys.stdout.write(f"{what:<44}{seconds:7.1f} s\n")
    sys.stdout.flush()


def try_guide(root: Path) -> float:
    """Follow the guide in this root; how long that took in all."""
    whole = 0.0
    typed = []
    for title, kind, text in points():
        if kind == "sh install":
            began = time.monotonic()
            follow(root, text, with_network=True)
            tell(title, time.monotonic() - began)
            whole += time.monotonic() - began
        elif kind == "sh":
            # One shell for all of them, whose end ends the services: the clock is read in between.
            typed.append(f"echo '@@ begin' $(date +%s.%N) {title!r}\n{text}\n")
    said = follow(root, "\n".join(typed) + "\necho '@@ begin' $(date +%s.%N) end\n", with_network=False)
    marks = re.findall(r"^@@ begin (\S+) (.*)$", said, re.MULTILINE)
    for (at, title), (until, _) in itertools.pairwise(marks):
        tell(title, float(until) - float(at))
        whole += float(until) - float(at)
    caught = [line.strip() for line in said.splitlines() if "impersonation" in line]
    sys.stdout.write("\n".join(caught) + "\n")
    return whole


def main() -> int:
    """All of it; 1 where it cannot be tried here."""
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.stderr.write("must be root, with debootstrap (apt install debootstrap)\n")
        return 1
    root = Path(tempfile.mkdtemp(prefix="vigimel-root-"))
    root.chmod(0o755)
    try:
        began = time.monotonic()
        prepare(make_root(root, _AS_INSTALLED))
        tell("(a new Debian, by debootstrap)", time.monotonic() - began)
        tell("from nothing to the first fraud caught", try_guide(root))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
