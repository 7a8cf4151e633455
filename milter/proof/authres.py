"""How are the results told to the next server, and which such fields are forged? (RFC 8601) Pure.

Never raises on what a sender writes.
"""

import re

from milter.proof.proof import AuthResult, Method, Proof

_MAX_READ = 1000
_MAX_RESULTS = 12
_PROPERTY = {Method.DKIM: "header.d", Method.SPF: "smtp.mailfrom", Method.DMARC: "header.from"}
# Only what cannot be mistaken for syntax goes out: comments and quotes in a d= were an attack (THREATS A4).
_SELECTOR = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_REASON = re.compile(r"[^A-Za-z0-9 =.,_-]")
_BRACKETS = re.compile(r"[()]")
_ID = re.compile(r'\s*"?\s*([^\s;"/]{1,255})')


def build(authserv_id: str, proof: Proof | None) -> bytes:
    """The value of an Authentication-Results field, folded; `none` where nothing was tested."""
    results = [text for one in (proof.results if proof else ())[:_MAX_RESULTS] if (text := _written(one))]
    return ";\r\n\t".join((authserv_id, *(results or ["none"]))).encode("ascii", "replace")


def is_forged(value: bytes, authserv_id: str) -> bool:
    """True where a field that came with the mail carries our authserv-id (RFC 8601 section 5)."""
    text = value[:_MAX_READ].decode("latin-1").replace("\r", " ").replace("\n", " ")
    found = _ID.match(_without_comments(text))
    return found is not None and found.group(1).lower().rstrip(".") == authserv_id.lower().rstrip(".")


def _without_comments(text: str) -> str:
    """The text outside brackets, which may be nested (RFC 5322 section 3.2.2); one pass."""
    depth, start, outside = 0, 0, []
    for bracket in _BRACKETS.finditer(text):
        if depth == 0:
            outside.append(text[start : bracket.start()])
        depth = max(depth + (1 if bracket.group() == "(" else -1), 0)
        start = bracket.end()
    return " ".join([*outside, text[start:] if depth == 0 else ""])


def _written(one: AuthResult) -> str:
    if one.method not in _PROPERTY:
        return ""
    words = [f"{one.method}={one.result}"]
    if one.reason:
        words.append(f'reason="{_REASON.sub("", one.reason)[:100]}"')
    if one.domain is not None:
        words.append(f"{_PROPERTY[one.method]}={one.domain}")
    if one.selector and _SELECTOR.fullmatch(one.selector):
        words.append(f"header.s={one.selector}")
    return " ".join(words)
