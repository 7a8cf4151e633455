"""Where does the milter listen? The notations that admins of Postfix and of Sendmail know.

Pure. `check_socket` gives back what it was given, or raises ValueError with the sentence for the operator.
"""

from dataclasses import dataclass
from pathlib import Path

from milter.config.address import HostPort

# sun_path of Linux, with the NUL at its end.
_LONGEST = 107


@dataclass(frozen=True, slots=True)
class UnixPath:
    """A Unix socket."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


def parse_socket(text: str) -> HostPort | UnixPath:
    """Read `inet:host:port` or `unix:/path` (Postfix), `inet:port@host` or `local:/path` (Sendmail)."""
    scheme, colon, rest = text.partition(":")
    if colon and rest and scheme in {"unix", "local"}:
        if len(rest.encode()) > _LONGEST:
            raise ValueError(f"{text!r} is longer than the {_LONGEST} octets that a socket may have")
        return UnixPath(Path(rest))
    if colon and scheme in {"inet", "inet6"}:
        port, at, host = rest.partition("@")
        if not at:
            return HostPort.parse(rest)
        bare = host.removeprefix("[").removesuffix("]")
        return HostPort.parse(f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}")
    raise ValueError(f"{text!r} must be inet:host:port, inet:port@host, unix:/path or local:/path")


def check_socket(text: str) -> str:
    """An address for the milter to listen on."""
    parse_socket(text)
    return text


def absolute(text: str, directory: Path) -> str:
    """The same with an absolute path, where it is one."""
    address = parse_socket(text)
    return f"unix:{(directory / address.path).resolve()}" if isinstance(address, UnixPath) else text
