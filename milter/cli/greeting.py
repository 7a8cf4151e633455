"""What does `vigimel serve` say when it is ready? What listens where, and one line to try it."""

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from milter.cli.terminal import row, say
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.config.address import HostPort
from milter.config.milter_socket import UnixPath
from milter.config.paths import shipped

# Of a checkout; what pip has installed has none.
_MAKEFILE = shipped().parents[1] / "Makefile"


def version() -> str:
    """The installed version."""
    try:
        return installed_version("vigimel")
    except PackageNotFoundError:
        return "(not installed)"


def announce(
    config: Config,
    smtp: Sequence[HostPort | UnixPath],
    milter: Sequence[str],
    review: Sequence[HostPort | UnixPath],
    metrics: Sequence[HostPort | UnixPath],
) -> None:
    """Write it to standard output."""
    text = TEXTS[config.policy.language]
    rows = [
        *((text["smtp_in"], str(address)) for address in smtp),
        *((text["milter_in"], address) for address in milter),
        (text["next_hop"], ", ".join(config.next_hop.urls)),
        (text["quarantine"], config.quarantine.shown),
        *((text["review"], _page(config, address)) for address in review),
        *((text["metrics"], f"http://{address}/metrics") for address in metrics),
        (text["dns"], ", ".join(config.dns.nameservers) or "/etc/resolv.conf"),
    ]
    width = max(len(label) for label, _ in rows)
    say(f"Vigimel {version()}")
    for label, value in rows:
        say(row(label, value, width))
    if smtp:
        say(text["try_it" if _MAKEFILE.exists() else "try_installed"].format(address=smtp[0]))
    # Where systemd or a script has started it, nobody can type.
    say(text["stop"].format(how="Ctrl-C" if sys.stdin.isatty() else "SIGTERM"))


def _page(config: Config, address: HostPort | UnixPath) -> str:
    # Browsers take a login without https from localhost only.
    text = str(address).replace("127.0.0.1:", "localhost:")
    return f"{'https' if config.review.certificate else 'http'}://{text}/"
