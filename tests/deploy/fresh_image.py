"""Do the container files build, and does what they build catch a fraud? `make try-container`, as root.

buildah builds without a daemon and asks no registry of images: the base is a Debian made by debootstrap, with
its own Python, under the name that the file asks for. Everything stays in a directory that goes away.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.cli.command import FRAUD
from tests.conftest import ROOT
from tests.deploy.fresh_root import CERTIFICATES, make_root, tell

_CONTAINER = ROOT / "deploy" / "container"
_FILE = _CONTAINER / "Containerfile"
# What stands round the gateway in the compose file: what each says of its configuration there.
_OTHERS = {
    "postfix": ("main.cf", ["postfix", "check"]),
    "dovecot": ("dovecot.conf", ["doveconf", "-n"]),
}
_BUILD = ("bud", "--isolation=chroot", "--pull-never")
_PYTHON = "ca-certificates,python3,python3-venv"
_CONFIG = """\
[state]
directory = "/var/lib/vigimel"
[dns]
nameservers = ["127.0.0.1:9"]
timeout = 0.2
[policy]
language = "en"
"""


class Buildah:
    """buildah with a storage of its own."""

    def __init__(self, directory: Path) -> None:
        places = [f"--root={directory / 'storage'}", f"--runroot={directory / 'run'}"]
        self._command = ["buildah", *places, "--storage-driver=vfs"]

    def __call__(self, *arguments: str | Path, typed: bytes = b"") -> str:
        """Run one of its commands; what that says. Raises RuntimeError with what it said where it failed."""
        command = [*self._command, *map(str, arguments)]
        done = subprocess.run(command, input=typed, capture_output=True, check=False, timeout=3600)
        if done.returncode:
            raise RuntimeError((done.stdout + done.stderr)[-4000:].decode("utf-8", "replace"))
        return done.stdout.decode().strip()

    def image_of(self, root: Path, name: str) -> None:
        """Make an image of a directory."""
        container = self("from", "scratch")
        self("add", "--quiet", container, root, "/")
        self("config", "--env", f"PIP_CERT=/{CERTIFICATES}", container)
        self("commit", "--quiet", "--rm", container, name)


def base(file: Path) -> str:
    """The image that a container file begins with."""
    lines = file.read_text("utf-8").splitlines()
    return "docker.io/library/" + next(line.split()[1] for line in lines if line.startswith("FROM "))


def try_images(directory: Path) -> None:
    """Make the base, then try each."""
    buildah = Buildah(directory)
    began = time.monotonic()
    root = make_root(directory / "root", _PYTHON)
    (root / "usr" / "bin" / "python").symlink_to("python3")
    buildah.image_of(root, base(_FILE))
    tell("(the base image)", time.monotonic() - began)
    for name in _OTHERS:
        buildah("tag", base(_FILE), base(_CONTAINER / name / "Containerfile"))
        try_other(buildah, name)
    try_gateway(buildah, directory)


def try_other(buildah: Buildah, name: str) -> None:
    """Build the image of a mail server, and let it look at its configuration."""
    began = time.monotonic()
    here = _CONTAINER / name
    buildah(*_BUILD, f"--file={here / 'Containerfile'}", f"--tag={name}", here)
    tell(f"the image of {name}", time.monotonic() - began)
    container = buildah("from", "--pull-never", name)
    file, words = _OTHERS[name]
    buildah("copy", "--chmod=644", container, here / file, f"/etc/{name}/{file}")
    sys.stdout.write(f"$ {' '.join(words)}\n")
    buildah("run", "--isolation=chroot", container, "--", *words)


def try_gateway(buildah: Buildah, directory: Path) -> None:
    """Build, look at who runs in it, and let it judge."""
    began = time.monotonic()
    # Only what git knows: what lies about in a checkout is in nobody's image.
    subprocess.run(["git", "clone", "--quiet", ROOT, directory / "checkout"], check=True, timeout=300)
    buildah(*_BUILD, f"--file={_FILE}", "--tag=vigimel", directory / "checkout")
    tell("the image of the gateway", time.monotonic() - began)
    container = buildah("from", "--pull-never", "vigimel")
    (directory / "vigimel.toml").write_text(_CONFIG, "utf-8")
    (directory / "fraud.eml").write_bytes(FRAUD)
    buildah("copy", "--chmod=644", container, directory / "vigimel.toml", "/etc/vigimel/vigimel.toml")
    buildah("copy", "--chmod=644", container, directory / "fraud.eml", "/fraud.eml")
    for words in (["id", "-u"], ["vigimel", "check-config"], ["vigimel", "judge", "/fraud.eml"]):
        sys.stdout.write(
            f"$ {' '.join(words)}\n{buildah('run', '--isolation=chroot', container, '--', *words)}\n"
        )


def main() -> int:
    """All of it; 1 where it cannot be tried here."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("debootstrap", "buildah"))):
        sys.stderr.write("must be root, with debootstrap and buildah (apt install debootstrap buildah)\n")
        return 1
    directory = Path(tempfile.mkdtemp(prefix="vigimel-image-"))
    try:
        try_images(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
