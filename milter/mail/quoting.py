"""Which of this text did the sender write himself, and what does he quote or forward?

Pure. Never raises. The marks are free for everybody to write, so nothing is dropped: what looks quoted
is handed back as quoted, and whoever trusts that must know it.
"""

import re

_MAX_HEADS = 50

# All begin with the line end before them, a fixed letter that is found fast; the text is given one.
_possible_head = re.compile(
    r"\n[ \t>*_]{0,6}(?:[-_]{2}|De[ \t\u00a0*_]{0,3}:|(?:Le|On|Am|El|Em|Il)[ \t]|From|Von|Exp|Sender|D.but"
    r"|Begin|Message|Transf)",
    re.IGNORECASE,
)
_forward_line = re.compile(
    r"\n[ \t>*]{0,6}(?:"
    r"[-_]{2,40}[ \t]*(?:message|mail|courriel|e-mail)[ \t]"
    r"(?:d['\u2019 ]origine|original|initial|transf[ée]r[ée])"
    r"|[-_]{2,40}[ \t]*(?:original|forwarded)[ \t](?:message|e?mail|appointment)"
    r"|[-_]{2,40}[ \t]*(?:urspr\u00fcngliche nachricht|mensaje original|mensagem original)"
    r"|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])"
    r"|begin forwarded message"
    r"|[-_]{0,40}[ \t]*message transf[ée]r[ée][ \t]*(?:[-_:]|$)"
    r"|transf[ée]r[ée] par[ \t:])",
    re.IGNORECASE | re.MULTILINE,
)
_reply_line = re.compile(
    r"\n[ \t*]{0,4}(?:"
    r"(?:Le|On|Am|El|Em|Il)[ \t][^\n]{6,250}(?:\n[^\n]{0,150}){0,2}?"
    r"|[^\n]{3,120}<[^\s<>@]{1,64}@[^\s<>]{1,250}>[ \t])"
    r"\b(?:a [ée]crit|wrote|schrieb|escribió|escreveu|ha scritto)[ \t\u00a0]?:[ \t]*$",
    re.MULTILINE,
)
_from_line = re.compile(r"\n[ \t*_]{0,6}(?:De|From|Von|Exp[ée]diteur|Sender)[ \t\u00a0*_]{0,3}:")
_other_line = re.compile(
    r"[ \t*_]{0,6}(?:Envoy[ée](?: le)?|Date|Sent|Gesendet|\u00c0|A|To|An|Cc"
    r"|Objet|Subject|Sujet|Betreff|Destinataire)[ \t\u00a0*_]{0,3}:"
)
_REPLY_WORDS = ("crit", "wrote", "schrieb", "scribi", "escreveu")
_quote_mark = re.compile(r"[ \t]{0,3}(?:>|\|[ \t])")


def split_quoted(text: str) -> tuple[str, str]:
    """What is written above or between quotations, and what is quoted.

    Everything below a forward head is quoted. Below a reply head only the lines of `>` are, if there
    are any; answers between them stay the sender's own.
    """
    own, tail = _cut_at_head(text)
    if "\n>" not in own and "\n >" not in own and "\n| " not in own and not own.startswith((">", "|")):
        return own, tail
    kept: list[str] = []
    quoted: list[str] = []
    for line in own.split("\n"):
        (quoted if _quote_mark.match(line) else kept).append(line)
    return "\n".join(kept), "\n".join(filter(None, ("\n".join(quoted), tail)))


def has_quote_head(text: str) -> bool:
    """True where a head says that a mail is quoted or forwarded."""
    return len(_cut_at_head(text)[0]) < len(text) or _reply_line.search("\n" + text) is not None


def _cut_at_head(text: str) -> tuple[str, str]:
    """The text above and below the first head that ends what the sender wrote."""
    led = "\n" + text
    replies = any(word in text for word in _REPLY_WORDS)
    if not replies and not _possible_head.search(led):
        return text, ""
    starts = [found.start() for found in (_forward_line.search(led), _first_outlook_head(led)) if found]
    for count, found in enumerate(_reply_line.finditer(led) if replies else ()):
        if count == _MAX_HEADS:
            break
        if not _quote_mark.match(led[found.end() : found.end() + 400].lstrip("\r\n ")):
            starts.append(found.start())
            break
    # One letter was put in front, and each head begins one letter before its line: they even out.
    cut = min(starts, default=len(text))
    return text[:cut], text[cut:]


def _first_outlook_head(text: str) -> re.Match[str] | None:
    """`De :` with two of `Envoyé :`, `À :`, `Objet :` on the lines that follow."""
    for count, found in enumerate(_from_line.finditer(text)):
        if count == _MAX_HEADS:
            break
        below = text[found.end() : found.end() + 2000].split("\n", 12)[1:12]
        if sum(1 for line in below if _other_line.match(line)) >= 2:
            return found
    return None
