"""What did we find out, for those behind us? Authentication-Results: written, and known when forged.

RFC 8601. Pure. Never raises.
"""

import re

from milter.proof.proof import AuthResult, Method, Proof

# The property that names what was tested (RFC 8601 section 2.7). A HELO identity is shown as MAIL FROM
# postmaster@HELO, as RFC 7208 section 2.4 defines it.
_PROPERTIES = {Method.DKIM: "header.d", Method.SPF: "smtp.mailfrom", Method.DMARC: "header.from"}

_MAX_RESULTS = 20
# Only the beginning of a forged field counts; comments may be nested without end.
_MAX_HEAD = 4096
# Control characters, and all that is not ASCII, such as a zero-width space: a careless reader skips them.
_INVISIBLE = bytes({*range(0x20), *range(0x7F, 0x100)} - {0x09, 0x0A, 0x0D})
_QUOTED_PAIR = re.compile(rb"\\(.)", re.DOTALL)
_SAFE = re.compile(r"[^A-Za-z0-9 .,:=_-]")
_TOKEN = re.compile(rb"[^\s;/()\"<>,=]+")


def build(authserv_id: str, proof: Proof | None) -> bytes:
    """The value of our Authentication-Results field, one result a line; `none` where nothing was tested.

    Domains and selectors were checked to be host names when they were read: nothing of the sender's can
    break out of its place (THREATS A4).
    """
    results = [_result(one) for one in proof.results[:_MAX_RESULTS]] if proof else []
    return ";\r\n\t".join([_SAFE.sub("", authserv_id), *(results or ["none"])]).encode("ascii")


def is_forged(value: bytes, authserv_id: str) -> bool:
    """True for a field that somebody below could take for ours: our authserv-id stands at its head.

    Comments, quotes, case, a version and control characters make no difference; an id inside a comment
    counts as well, because the next reader may see no comment there.
    """
    ours = authserv_id.lower().encode("ascii", "ignore").rstrip(b".")
    head = value[:_MAX_HEAD].lower().translate(None, delete=_INVISIBLE)
    return bool(ours) and any(
        token.rstrip(b".") == ours
        for view in (head, _without_comments(head))
        for token in _TOKEN.findall(_QUOTED_PAIR.sub(rb"\1", _before_results(view)))
    )


def _result(one: AuthResult) -> str:
    words = [f"{one.method}={one.result}"]
    if one.reason:
        words.append(f'reason="{_SAFE.sub("", one.reason)}"')
    if one.domain and one.method in _PROPERTIES:
        words.append(f"{_PROPERTIES[one.method]}={_SAFE.sub('', one.domain.name)}")
    if one.selector and one.method is Method.DKIM:
        words.append(f"header.s={_SAFE.sub('', one.selector)}")
    return " ".join(words)


def _before_results(head: bytes) -> bytes:
    """Up to the first semicolon that has something in front of it."""
    return head.lstrip(b"; \t\r\n").partition(b";")[0]


def _without_comments(head: bytes) -> bytes:
    """The text outside of comments (RFC 5322 section 3.2.2): they nest; an endless one hides the rest."""
    depth, kept, escaped = 0, bytearray(), False
    for byte in head:
        if escaped or byte == 0x5C:
            escaped = not escaped
        elif byte == 0x28:
            depth += 1
        elif byte == 0x29:
            depth = max(0, depth - 1)
            kept.append(0x20)
            continue
        if not depth:
            kept.append(byte)
    return bytes(kept)
