"""Where does this link really go, past rewriters and redirectors?

Pure. Never raises.
"""

import base64
import re
import urllib.parse
from collections.abc import Iterator, Mapping

from milter.mail.domain import Domain
from milter.mail.target import LONGEST_TARGET, Target, read_target, without_unseen

_LAYERS = 3
_BEFORE_HOST = re.compile(r"\A(?:[a-z][a-z0-9+.-]{0,20}:)?[/\\]*", re.IGNORECASE)
_INNER = re.compile(r"https?:[/\\]{1,4}[^/\\\s\"'<>&;]{4,300}", re.IGNORECASE)
# Rewriters of links by their hosts: each carries the true target in one of these parameters of its query; in
# its path where the parameter is empty.
Wrappers = Mapping[str, tuple[str, ...]]


def follow(url: str, wrappers: Wrappers) -> Target:
    """The target as a browser would follow it, out of the rewriters that are known."""
    target = read_target(url)
    for _ in range(_LAYERS):
        inner = _unwrapped(url, target, wrappers)
        if inner is None:
            break
        url, target = inner, read_target(inner)
    return target


def _unwrapped(url: str, target: Target, wrappers: Wrappers) -> str | None:
    if target.host is None or target.odd:
        return None
    names = [name for above in _itself_and_above(target.host) for name in wrappers.get(above, ())]
    if not names:
        return None
    if "" in names:
        inside = _INNER.search(_BEFORE_HOST.sub("", url[:LONGEST_TARGET]))
        return inside.group() if inside else None
    query = url[:LONGEST_TARGET].partition("?")[2].partition("#")[0]
    # Two parameters of one name are read differently by different programs: then it stays wrapped.
    values = [value for key, value in urllib.parse.parse_qsl(query) if key in names]
    if len(values) != 1:
        return None
    value = _decoded(values[0])
    return value if "://" in value else None


def _decoded(value: str) -> str:
    """The address in the spellings of some rewriters: `https-3A__x` (Proofpoint), `a1` and base64 (Bing)."""
    if value.startswith(("http-3A__", "https-3A__")):
        return re.sub(r"-([0-9A-F]{2})", r"%\1", value.replace("_", "/")).replace("%3A", ":")
    if value.startswith("a1"):
        try:
            return base64.urlsafe_b64decode(value[2:] + "=" * (-len(value[2:]) % 4)).decode(
                "ascii", "replace"
            )
        except ValueError:
            return value
    return value


def carried(url: str) -> Target | None:
    """The page that an address carries inside its path, query or fragment, encoded up to three times.

    A redirector of an innocent host leads there; None where it carries no whole address.
    """
    rest = _BEFORE_HOST.sub("", without_unseen(url))
    for _ in range(_LAYERS):
        inner = _INNER.search(rest)
        if inner:
            return read_target(inner.group())
        if "%" not in rest:
            break
        rest = urllib.parse.unquote(rest, errors="replace")
    return None


def _itself_and_above(host: Domain) -> Iterator[str]:
    name = host.name
    while name:
        yield name
        name = name.partition(".")[2]
