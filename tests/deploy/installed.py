"""The gateway as pip installs it: a wheel of this checkout, in a venv that knows no checkout."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

_PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]


def build(directory: Path) -> Path:
    """The wheel of this checkout, below `directory`."""
    root = Path(__file__).parents[2]
    subprocess.run([*_PIP, "wheel", "--no-deps", "--wheel-dir", directory, root], check=True, timeout=300)
    (wheel,) = directory.glob("vigimel-*.whl")
    return wheel


def install(directory: Path) -> Path:
    """Build the wheel and install it below `directory`; the path of its command.

    What it depends on comes from the environment of the tests by a .pth file, behind what is installed.
    """
    place = directory / "venv"
    wheel = build(directory / "wheels")
    venv.create(place, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    # Not pip's --python: it would find the editable install of the checkout, and be content.
    subprocess.run(
        [
            *_PIP,
            "install",
            "--no-deps",
            "--no-index",
            "--no-compile",
            "--ignore-installed",
            "--target",
            site,
            wheel,
        ],
        check=True,
        timeout=300,
    )
    # The second is where the guides have them, because the user of the service may not read the checkout.
    places = f"{sysconfig.get_path('purelib')}\n/mnt/dependencies\n"
    (site / "dependencies.pth").write_text(places)
    command = place / "bin" / "vigimel"
    script = "import sys\nfrom milter.cli.app import main\nsys.exit(main())\n"
    command.write_text(f"#!{place / 'bin' / 'python'}\n{script}")
    command.chmod(0o755)
    return command
