"""Where does this address lead, as a browser reads it? The only code that reads the host of an address.

Pure. Never raises: what a browser would not follow has no host.
"""

import re
import socket
import urllib.parse
from dataclasses import dataclass, replace

from milter.mail.domain import Domain
from milter.mail.remembered import remembered
from milter.mail.text.folding import fold

LONGEST_TARGET = 8192
_LONGEST_AUTHORITY = 253
_LONGEST_SHOWN = 300
# What nearly every link looks like; whatever else a browser would make of one is read step by step below.
_PLAIN = re.compile(r"https?://([a-z0-9.-]{4,253})(?![^/?#])")
# A browser leaves these out of an address (WHATWG URL, section 4.4): "ht\ttp://" is followed.
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,20}):", re.IGNORECASE)
_WEB = frozenset({"http", "https", "hxxp", "hxxps", "ftp"})
# They lead to no page.
_ELSEWHERE = frozenset({"cid", "mid", "about", "geo", "webcal", "xmpp", "mailto", "tel", "sms", "callto"})
_CODE = frozenset({"data", "javascript", "vbscript", "blob", "file", "ms-appinstaller", "search-ms"})
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# What a machine runs, by the end of its name, as Windows and Android have it.
_PROGRAMS = tuple(
    f".{end}"
    for end in (
        *("exe", "msi", "msix", "appx", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "jse", "wsf", "hta"),
        *("lnk", "jar", "xll", "iso", "img", "apk", "dmg", "pkg"),
    )
)
_AROUND = "<>()[]\"',;"
_END_OF_SHOWN = re.compile(rf"[{re.escape(_AROUND)}]")


@dataclass(frozen=True, slots=True)
class Target:
    """What an address leads to, and what is odd about it (`userinfo`, `address`, `punycode`, `code`).

    `host` is a domain, or the four numbers of an IPv4 address; None where there is neither. `web` is False
    for what leads to no page. `bare`: it begins with its host, and to a browser is a relative reference.
    """

    host: Domain | None
    web: bool
    odd: frozenset[str] = frozenset()
    bare: bool = False


def read_target(url: str) -> Target:
    """The target as a browser would follow it; without a scheme, as where it is typed (`x.example/page`)."""
    if plain := plain_host(url):
        return _at(plain)
    url = without_unseen(url)
    found = _SCHEME.match(url)
    if found and "." in found.group(1):
        found = None  # `example.test:8080/x` has a port and no scheme.
    scheme = found.group(1).lower() if found else ""
    if scheme in _CODE:
        return Target(None, web=True, odd=frozenset({"code"}))
    if scheme and scheme not in _WEB:
        return Target(None, web=scheme not in _ELSEWHERE)
    rest = url[found.end() :] if found else url
    if not rest or (not found and _is_relative(rest)):
        return Target(None, web=False)
    # However many slashes, and backslashes for them (WHATWG URL, section 4.4, special authority).
    target = _at(re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0])
    return target if found or rest[0] in "/\\" else replace(target, bare=True)


def plain_host(url: str) -> str:
    """The host of an address that looks as nearly all do; empty for any other."""
    plain = _PLAIN.match(url)
    return plain.group(1) if plain and url.isascii() else ""


def without_unseen(url: str) -> str:
    """The address without what a browser leaves out of it, and no longer than one is read."""
    return _UNSEEN.sub("", url[:LONGEST_TARGET])


def is_program(url: str) -> bool:
    """True where the address ends with the name of a program: not `program.exe`, which is a host."""
    address = url[:LONGEST_TARGET].partition("?")[0].partition("#")[0].rstrip().lower()
    return address.endswith(_PROGRAMS) and "/" in address.partition("://")[2]


def shown_hosts(shown: str) -> tuple[Domain, ...]:
    """The hosts that a reader sees written in a short text, such as the shown text of a link."""
    words = (_address_in(word) for word in fold(shown)[:_LONGEST_SHOWN].split())
    hosts = (read_target(word).host for word in words if "." in word)
    return tuple(host for host in hosts if host and _has_suffix(host))


def _is_relative(rest: str) -> bool:
    """True where the host would be that of a base which the mail does not name."""
    return rest[0] in "#?" or (rest[0] == "/" and not rest.startswith(("//", "/\\")))


# The links of a newsletter are many, and all different: their hosts are few.
@remembered(1024, longest=_LONGEST_AUTHORITY)
def _at(authority: str) -> Target:
    """A page there. All before the last `@` is user information."""
    userinfo, _, host = authority.rpartition("@")
    odd = {"userinfo"} if userinfo else set()
    host = urllib.parse.unquote(host, errors="replace").replace("。", ".").replace("．", ".")
    host = re.sub(r":\d{0,5}$", "", host)
    domain = Domain.parse(host)
    # A last label of digits is an address, in whatever base (WHATWG URL, section 3.5).
    if domain is None or _NUMBER.fullmatch(domain.name.rpartition(".")[2]):
        domain = _four_numbers(host)
        odd.add("address")
    elif any(label.startswith("xn--") for label in domain.name.split(".")):
        odd.add("punycode")
    return Target(domain, web=True, odd=frozenset(odd))


def _four_numbers(host: str) -> Domain | None:
    """The IPv4 address that is written here in any base, in its usual form; None where there is none."""
    numbers = host.lower().removesuffix(".").split(".")
    if not all(map(_NUMBER.fullmatch, numbers)):
        return None
    try:
        return Domain.parse(socket.inet_ntoa(socket.inet_aton(".".join(numbers))))
    except (OSError, ValueError):
        return None


def _address_in(word: str) -> str:
    """The word without the marks around it."""
    return _END_OF_SHOWN.split(word.lstrip(_AROUND), maxsplit=1)[0].rstrip(".:!?")


def _has_suffix(domain: Domain) -> bool:
    last = domain.name.rpartition(".")[2]
    return last.isalpha() and len(last) >= 2 and "." in domain.organizational.name
