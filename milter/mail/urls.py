"""Which addresses of web pages are written in this text?

Pure. Never raises. Also those that are written so as not to be found: `hxxp`, `www . x . fr`, `x[.]fr`.
"""

import re
from itertools import islice

from milter.mail.domain import Domain

_MAX_LINKS = 1000
# A text of 256 KB has no more words with a dot.
MOST_DOTS = 65_536
_MAX_TARGET = 2000

_edges = "<>()[]{}\"'`«»“”‘’.,;:!?*_|\u200b\u00a0…"
_scheme_before = re.compile(r"(?:https?|hxxps?|ftps?|h\*\*ps?)\s?:\s?\Z", re.IGNORECASE)
_rest = re.compile(r"/{2,4}\s?[^\s<>\"'«»]{3,2000}")
_host = re.compile(r"(?:[\w-]{1,63}\.){1,10}([a-z]{2,24})(?::\d{1,5})?(/\S*|\?\S*|#\S*)?", re.IGNORECASE)
# It begins with the bracket, of which there are few.
_in_brackets = re.compile(r"[\[({]\s?(?:\.|dot|point)\s?[\])}]", re.IGNORECASE)
_bracketed_dot = re.compile(r"\s?[\[({]\s?(?:\.|dot|point)\s?[\])}]\s?", re.IGNORECASE)
_path = r"(?:\s?/\s?[^\s<>]{0,200})?"
_spaced_www = re.compile(
    r"\bwww\s{0,2}\.\s{0,2}[\w-]{2,63}(?:(?:\s{1,2}\.\s{0,2}|\.)[\w-]{2,63}){1,4}" + _path, re.IGNORECASE
)
_spaced_host = re.compile(
    r"\b[\w-]{3,63} \. ?(?:fr|com|net|org|info|eu|be|ch|link|xyz|top|site|online)\b" + _path, re.IGNORECASE
)
# It begins with the letter that is looked for, which makes it nearly free.
_dot = re.compile(r"\.(?<=[^\W_]\.)(?=[^\W_])")
_before = re.compile(r"[\s<>\"'()\[\]«»]+")
# Endings that are no file names and no French words; with a path behind, any ending will do.
_ENDINGS = frozenset(
    [
        *(
            "fr",
            "com",
            "net",
            "org",
            "info",
            "eu",
            "be",
            "ch",
            "lu",
            "ca",
            "uk",
            "de",
            "es",
            "it",
            "nl",
            "pt",
            "pl",
        ),
        *(
            "ro",
            "ru",
            "cn",
            "in",
            "io",
            "co",
            "me",
            "tv",
            "cc",
            "ws",
            "tk",
            "ml",
            "ga",
            "cf",
            "gq",
            "pw",
            "su",
            "cm",
        ),
        *(
            "re",
            "pm",
            "yt",
            "wf",
            "nc",
            "pf",
            "ma",
            "tn",
            "dz",
            "sn",
            "ci",
            "us",
            "biz",
            "pro",
            "app",
            "dev",
            "xyz",
        ),
        *(
            "top",
            "site",
            "online",
            "shop",
            "store",
            "club",
            "live",
            "icu",
            "click",
            "link",
            "page",
            "web",
            "cloud",
        ),
        *(
            "space",
            "website",
            "fun",
            "work",
            "vip",
            "win",
            "buzz",
            "help",
            "support",
            "services",
            "service",
            "center",
        ),
        *(
            "digital",
            "email",
            "group",
            "life",
            "mobi",
            "name",
            "news",
            "one",
            "press",
            "tech",
            "today",
            "world",
        ),
        *(
            "bzh",
            "paris",
            "alsace",
            "corsica",
            "sbs",
            "cfd",
            "cyou",
            "rest",
            "monster",
            "quest",
            "bond",
            "lol",
        ),
    ]
)


def links_in_text(text: str) -> tuple[str, ...]:
    """The addresses as written, mended where they were broken up; without doubles, in order.

    Without a scheme they come back without one. Mail addresses are none.
    """
    found, rest = _schemed(text)
    tokens = _dotted_tokens(rest)
    for token in (*tokens, *_broken(rest, tokens)):
        if len(found) < _MAX_LINKS and _is_host(token):
            found[token] = None
    return tuple(found)


def _schemed(text: str) -> tuple[dict[str, None], str]:
    """The addresses that say their scheme, and the text without them; found from the slashes."""
    found: dict[str, None] = {}
    rest: list[str] = []
    at = text.find("//")
    done = 0
    while at >= 0 and len(found) < _MAX_LINKS:
        before = _scheme_before.search(text, max(done, at - 10), at)
        address = _rest.match(text, at) if before else None
        end = at + 2
        if before and address:
            end = address.end()
            found[_mended(text[before.start() : end])] = None
            rest.append(text[done : before.start()])
            done = end
        at = text.find("//", end)
    rest.append(text[done:])
    return found, " ".join(rest)


def _mended(address: str) -> str:
    address = re.sub(r"\s", "", address[:_MAX_TARGET]).rstrip(_edges.replace("/", ""))
    head, colon, rest = address.partition(":")
    return head.lower().replace("xx", "tt").replace("**", "tt") + colon + rest


def _dotted_tokens(text: str) -> dict[str, None]:
    """The words with a dot between two letters; found from the dots, which are few."""
    tokens: dict[str, None] = {}
    done = 0
    for found in islice(_dot.finditer(text), MOST_DOTS):
        at = found.start()
        if at >= done:
            left = _before.split(text[max(0, at - 80) : at])[-1]
            right = _before.split(text[at : at + 400], maxsplit=1)[0]
            tokens[(left + right).strip(_edges)] = None
            done = at + max(1, len(right))
    return tokens


def _is_host(token: str) -> bool:
    if "@" in token or "://" in token:
        return False
    found = _host.fullmatch(token)
    if not found:
        return False
    known = found[1].lower() in _ENDINGS or found[2] is not None or token[:4].lower() == "www."
    return known and Domain.parse(re.split(r"[:/?#]", token, maxsplit=1)[0]) is not None


def _broken(text: str, tokens: dict[str, None]) -> list[str]:
    """Addresses with blanks or brackets round their dots, put together; not those of `tokens`."""
    found: list[str] = []
    if _in_brackets.search(text):
        found += _dotted_tokens(_bracketed_dot.sub(".", text)).keys() - tokens.keys()
    spaced: list[str] = []
    if "www" in text or "WWW" in text:
        spaced += _spaced_www.findall(text)
        text = _spaced_www.sub(" ", text)
    if " ." in text:
        spaced += _spaced_host.findall(text)
    found += [re.sub(r"\s", "", one).strip(_edges) for one in spaced]
    return sorted(one for one in found[:_MAX_LINKS] if one)
