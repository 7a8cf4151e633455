"""Where does this link really go, and whose host is that?

Pure. Never raises: what a browser would not follow has no host.
"""

import base64
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from milter.mail.domain import Domain
from milter.mail.folding import fold

_LONGEST_TARGET = 8192
_LAYERS = 3
# What nearly every link looks like; whatever else a browser would make of one is read step by step below.
_PLAIN = re.compile(r"https?://([a-z0-9.-]{4,253})(?![^/?#])")
# A browser leaves these out of an address (WHATWG URL, section 4.4): "ht\ttp://" is followed.
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,20}):", re.IGNORECASE)
_WEB = frozenset({"http", "https", "hxxp", "hxxps", "ftp"})
_INNER = re.compile(r"https?:[/\\]{1,4}[^/\\\s\"'<>&;]{4,300}", re.IGNORECASE)
# They lead to no page.
_ELSEWHERE = frozenset({"cid", "mid", "about", "geo", "webcal", "xmpp", "mailto", "tel", "sms", "callto"})
_CODE = frozenset({"data", "javascript", "vbscript", "blob", "file", "ms-appinstaller", "search-ms"})


# Rewriters of links by their hosts: each carries the true target in one of these parameters of its query; in
# its path where the parameter is empty.
Wrappers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: its scheme, its host where it is a domain, and what is odd about it
    (`userinfo`, `address`, `punycode`, `code`). `web` is False for a link that leads to no page."""

    scheme: str
    host: Domain | None
    web: bool
    odd: frozenset[str] = frozenset()


def read_target(url: str, wrappers: Wrappers = MappingProxyType({})) -> Target:
    """The target as a browser would follow it, out of the rewriters that are known."""
    target = _read(url)
    for _ in range(_LAYERS):
        inner = _unwrapped(url, target, wrappers)
        if inner is None:
            break
        url, target = inner, _read(inner)
    return target


def plain_host(url: str) -> str:
    """The host of an address that looks as nearly all do; empty for any other."""
    plain = _PLAIN.match(url)
    return plain.group(1) if plain and url.isascii() else ""


def is_wrapped(host: Domain, wrappers: Wrappers) -> bool:
    """True where an address of this host may carry the true target."""
    return any(name in wrappers for name in _itself_and_above(host))


def _read(url: str) -> Target:
    if plain := plain_host(url):
        return _of_authority("http", plain)
    url = _UNSEEN.sub("", url[:_LONGEST_TARGET])
    found = _SCHEME.match(url)
    scheme = found.group(1).lower() if found else ""
    if found and "." in scheme:
        scheme, found = "", None  # `example.test:8080/x` has a port and no scheme.
    if scheme in _CODE:
        return Target(scheme, None, web=True, odd=frozenset({"code"}))
    if scheme and scheme not in _WEB:
        return Target(scheme, None, web=scheme not in _ELSEWHERE)
    rest = url[found.end() :] if found else url
    if not rest or (not found and _is_relative(rest)):
        return Target(scheme, None, web=False)
    return _with_authority(scheme or "http", rest)


def _is_relative(rest: str) -> bool:
    """True where the host would be that of a base which the mail does not name."""
    return rest[0] in "#?" or (rest[0] == "/" and not rest.startswith(("//", "/\\")))


def _with_authority(scheme: str, rest: str) -> Target:
    return _of_authority(scheme, re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0])


@lru_cache(maxsize=512)
def _of_authority(scheme: str, authority: str) -> Target:
    userinfo, at, host = authority.rpartition("@")
    odd = {"userinfo"} if at and userinfo else set()
    host = urllib.parse.unquote(host, errors="replace").replace("。", ".").replace("．", ".")
    domain = Domain.parse(re.sub(r":\d{0,5}$", "", host))
    # A last label of digits is an address, in whatever base (WHATWG URL, section 3.5).
    if domain is None or re.fullmatch(r"\d+|0x[0-9a-f]*", domain.name.rpartition(".")[2]):
        return Target(scheme, None, web=True, odd=frozenset(odd | {"address"}))
    if any(label.startswith("xn--") for label in domain.name.split(".")):
        odd.add("punycode")
    return Target(scheme, domain, web=True, odd=frozenset(odd))


def _unwrapped(url: str, target: Target, wrappers: Wrappers) -> str | None:
    if target.host is None or target.odd:
        return None
    names = [name for above in _itself_and_above(target.host) for name in wrappers.get(above, ())]
    if not names:
        return None
    if "" in names:
        inside = _INNER.search(url[:_LONGEST_TARGET].partition("://")[2])
        return inside.group() if inside else None
    query = url[:_LONGEST_TARGET].partition("?")[2].partition("#")[0]
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
    rest = _UNSEEN.sub("", url[:_LONGEST_TARGET]).partition("://")[2]
    for _ in range(_LAYERS):
        inner = _INNER.search(rest)
        if inner:
            return _read(inner.group())
        if "%" not in rest:
            break
        rest = urllib.parse.unquote(rest, errors="replace")
    return None


def is_below(host: Domain, names: frozenset[str]) -> bool:
    """True where the host is one of the names, or below one of them."""
    return any(name in names for name in _itself_and_above(host))


def _itself_and_above(host: Domain) -> Iterator[str]:
    name = host.name
    while name:
        yield name
        name = name.partition(".")[2]


def shown_host(shown: str) -> Domain | None:
    """The host that the shown text of a link pretends to lead to; None where it shows none."""
    for word in fold(shown)[:300].replace("\n", " ").split():
        target = _read(word.strip("<>()[]\"',;")) if "." in word else None
        if target and target.host and target.host.organizational.name.count(".") and _has_suffix(target.host):
            return target.host
    return None


def _has_suffix(domain: Domain) -> bool:
    last = domain.name.rpartition(".")[2]
    return last.isalpha() and len(last) >= 2
