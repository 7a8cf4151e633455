"""How are the results told to the next server, and which such fields are forged? (RFC 8601) Pure.

Never raises on what a sender writes.
"""

import re

from milter.proof.proof import AuthResult, Method, Proof

_MAX_READ = 4096
_MAX_RESULTS = 12
_PROPERTY = {Method.DKIM: "header.d", Method.SPF: "smtp.mailfrom", Method.DMARC: "header.from"}
# Only what cannot be mistaken for syntax goes out: comments and quotes in a d= were an attack (THREATS A4).
_SELECTOR = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_REASON = re.compile(r"[^A-Za-z0-9 =.,_-]")
# Nested comments do not occur in honest fields; what is left of them never equals an authserv-id.
_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_ID = re.compile(r'\s*"?\s*([^\s;"/]{1,255})')


def build(authserv_id: str, proof: Proof | None) -> bytes:
    """The value of an Authentication-Results field, folded; `none` where nothing was tested."""
    results = [text for one in (proof.results if proof else ())[:_MAX_RESULTS] if (text := _written(one))]
    return ";\r\n\t".join((authserv_id, *(results or ["none"]))).encode("ascii", "replace")


def is_forged(value: bytes, authserv_id: str) -> bool:
    """True where a field that came with the mail carries our authserv-id (RFC 8601 section 5)."""
    text = value[:_MAX_READ].decode("latin-1").replace("\r", " ").replace("\n", " ")
    while (shorter := _COMMENT.sub(" ", text)) != text:
        text = shorter
    found = _ID.match(text)
    return found is not None and found.group(1).lower().rstrip(".") == authserv_id.lower().rstrip(".")


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
