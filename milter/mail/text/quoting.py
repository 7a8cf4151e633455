"""Which of this text did the sender write himself, and what does he quote or forward?

Pure. Never raises. The marks are free for everybody to write, so nothing is dropped: what looks quoted
is handed back as quoted, and whoever trusts that must know it.
"""

import re

_MAX_HEADS = 50
_MOST_LABELS = 200  # lines that end in a colon
_LONGEST_LINE = 600
_HEAD_LINES = 12
_ABOVE = 5
_FEWEST_KEYS = 2

_dash = "[-_=~*\u2010-\u2015\u2500]"
_e = "(?:[ée]|e\u0301)"
_forwarded = (
    rf"(?:message|mail|courriel|e-?mail|courrier|rendez-vous)[ \t]"
    rf"(?:d['\u2019\u00b4` ]origine|originale?|initiale?|transf{_e}r{_e}|r{_e}exp{_e}di{_e}|suivi)"
    r"|(?:original|forwarded)[ \t](?:message|e?-?mail|appointment)"
    "|urspr\u00fcngliche nachricht|weitergeleitete nachricht|mensaje (?:original|reenviado)"
    "|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)"
)
# All begin with the line end before them, a fixed letter that is found fast; the text is given one.
_forward_line = re.compile(
    rf"\n[ \t>*]{{0,6}}(?:{_dash}{{2,60}}[ \t]{{0,5}}(?:{_forwarded})"
    rf"|(?:{_forwarded})[ \t]{{0,5}}(?::[ \t]*)?$"
    r"|(?:-{1,3}[ \t])?(?:below this line|here|this) is a copy of (?:your|the) message"
    rf"|d{_e}but du (?:message|courriel|mail) (?:r{_e}exp{_e}di{_e}|transf{_e}r{_e})"
    r"|begin forwarded message|inizio messaggio inoltrato|anfang der weitergeleiteten"
    rf"|(?:transf{_e}r{_e}|forwarded) (?:par|by)[ \t:])",
    re.IGNORECASE | re.MULTILINE,
)
# What a ticket or a receipt puts before what somebody sent in: a line of its own, or the end of one. Not what
# a contact form puts before what a stranger writes to the reader.
_theirs = rf"(?:message|signalement|courriel|e-?mail|r{_e}clamation|question)"
_reported_as = rf"(?:re\u00e7ue?|signal{_e}e?|transmise?)(?: par [^\n:]{{2,60}})?"
_reported = re.compile(
    rf"\n[ \t]{{0,6}}(?:votre {_theirs}(?: initiale?| d['\u2019]origine)?|your (?:message|report|request)"
    r"|message (?:text|body)"
    r"|description(?: (?:du (?:ticket|probl[èe]me)|de (?:la demande|l['\u2019]incident)))?"
    rf"|{_theirs} (?:{_reported_as}|bloqu{_e}e?|suspecte?)"
    rf"|(?:contenu|texte|extrait)(?: (?:du|de ce) (?:{_theirs}|sms))?(?: {_reported_as})?)[ \t\u00a0]*\Z"
    rf"|(?:(?:rappel|copie|contenu|texte) de votre (?:demande|{_theirs})|ainsi r{_e}dig{_e}e?s?)"
    r"[ \t\u00a0]*\Z",
    re.IGNORECASE,
)
# A ticket is answered above a line of its own; who wrote what is below it stands above each.
_answered_above = re.compile(r"(?:au[- ]dessus de|above) (?:cette|this) (?:ligne|line)", re.IGNORECASE)
_by_whom = re.compile(
    r"\n[^\n,:]{2,60}, (?:le )?\d{1,2}[ .]\w{2,9}[ .]{1,2}\d{4}\b[^\n]{0,30}$", re.MULTILINE
)
_key_end = r"[ \t\u00a0*_]{0,4}:"
_from_line = re.compile(
    rf"\n[ \t*_\u00a0]{{0,6}}(?:De|From|Von|Da|Exp{_e}diteur|Sender|Exp\.){_key_end}", re.IGNORECASE
)
# What only mails are headed by; a letter says of whom, to whom, when and on what subject it is, too.
_sent_keys = rf"(?:Envoy{_e}(?:e|\(e\))?(?: le)?|Sent|Gesendet|Enviado|Inviato|Re\u00e7u){_key_end}"
_other_keys = (
    rf"(?:{_sent_keys}|(?:Date(?: d['\u2019]envoi)?|Datum|\u00c0|A\u0300|A|To|An|Para|Pour|Destinataires?|Cc"
    r"|Copie(?: \u00e0)?|Objet|Subject|Sujet|Betreff|Asunto|Assunto|Oggetto|Importance"
    rf"|Pi[èe]ces? jointes?|R{_e}pondre \u00e0|Reply-To){_key_end})"
)
_of_a_mail = re.compile(rf"(?:\A|[\s;,*>]){_sent_keys}|[^\s@]@[^\s@]|\d{{1,2}} ?[:h] ?[0-5]\d", re.IGNORECASE)
_other_line = re.compile(rf"[ \t*_\u00a0]{{0,6}}{_other_keys}", re.IGNORECASE)
_other_in_line = re.compile(rf"[ \t;,*>]{_other_keys}", re.IGNORECASE)
# Nearly no text holds any of these, and the pattern would be tried at every word.
_VERBS = ("crit", "wrote", "writes", "schrieb", "escribi\u00f3", "escreveu", "ha scritto")
# The verb of a reply head, and the colon that ends it.
_wrote = re.compile(
    rf"\b(?:a {_e}crit|wrote|writes|schrieb|escribi\u00f3|escreveu|ha scritto)\b"
    r"[^\n:]{0,80}(?::[^\n:]{1,40}){0,2}:[ \t*_\u00a0]*$",
    re.MULTILINE,
)
_ends_in_colon = re.compile(r":[ \t*_\u00a0]*$", re.MULTILINE)
_reply_start = re.compile(r"[ \t*_]{0,4}(?:Le|On|Am|El|Em|Il|Op)[ \t\u00a0]")
_quote_mark = re.compile(r"[ \t]{0,3}(?:>|\|[ \t])")
_quote_marks = re.compile(r"\n[ \t]{0,3}[>|][>| \t]*+")
# In whatever language: a line with a number, as dates have, that ends in a colon.
_some_head = re.compile(r"\n[^\n\d]{0,200}\d[^\n]{0,300}:[ \t\u00a0]*(?=\n|\Z)")
# "> https://…" as an arrow that points at a link, not as a mark of what somebody else wrote.
_ARROW = re.compile(r"[ \t]{0,3}>{1,3}[ \t]*(?:https?://|www\.)\S+[ \t]*", re.IGNORECASE)
_MARKS = re.compile(r"^[>|](?:[ ]?[>|]){0,20}[ ]?", re.MULTILINE)


def split_quoted(text: str) -> tuple[str, str]:
    """What is written above or between quotations, and what is quoted.

    Everything below a forward head is quoted. Below a reply head only the lines of `>` are, if there
    are any; answers between them stay the sender's own. Without a head, links behind `>` are his own, too.
    """
    own, tail = _cut_at_head(text)
    if "\n>" not in own and "\n >" not in own and "\n| " not in own and not own.startswith((">", "|")):
        return own, tail
    kept: list[str] = []
    quoted: list[str] = []
    for line in own.split("\n"):
        (quoted if _quote_mark.match(line) else kept).append(line)
    if kept and not tail and all(map(_ARROW.fullmatch, quoted)) and not _reply_heads("\n" + own):
        return own, ""
    return "\n".join(kept), "\n".join(filter(None, ("\n".join(quoted), tail)))


def has_quote_head(text: str) -> bool:
    """True where a head says that a mail is quoted or forwarded."""
    led = _quote_marks.sub("\n", "\n" + text)
    return len(_cut_at_head(led)[0]) < len(led) or bool(_reply_heads(led))


def reply_heads(text: str) -> list[str]:
    """The heads above answered mail (`Le 3 mars, X <x@y> a écrit :`), which `split_quoted` leaves with what
    the sender wrote where lines of `>` follow."""
    led = "\n" + text
    return [led[start + 1 : end] for start, end in _reply_heads(led)]


def may_introduce_a_quotation(text: str) -> bool:
    """True where a line of the text may be such a head, in whatever language."""
    return has_quote_head(text) or _some_head.search("\n" + text) is not None


def _cut_at_head(text: str) -> tuple[str, str]:
    """The text above and below the first head that ends what the sender wrote."""
    led = "\n" + text
    forward = _forward_line.search(led)
    starts = [forward.start()] if forward else []
    heads = (_first_report_head(led), _first_outlook_head(led), _first_ticket_head(led))
    starts += [start for start in heads if start is not None]
    for start, end in _reply_heads(led):
        if not _quote_mark.match(led[end : end + 400].lstrip("\r\n \u00a0")):
            starts.append(start)
            break
    # One letter was put in front, and each head begins one letter before its line: they even out.
    cut = min(starts, default=len(text))
    return text[:cut], text[cut:]


def _reply_heads(led: str) -> list[tuple[int, int]]:
    """Where the heads of the kind `Le 3 mars, X <x@y> a écrit :` begin (the line end before) and end."""
    if not _ends_in_colon.search(led) or not any(verb in led for verb in _VERBS):
        return []
    heads: list[tuple[int, int]] = []
    for count, found in enumerate(_wrote.finditer(led)):
        if count == _MAX_HEADS:
            break
        start = _reply_head_start(led, found.start())
        said = led[start : found.end()]
        # With a date or an address; else it introduces what somebody said.
        if start >= 0 and ("@" in said or any(map(str.isdigit, said))):
            heads.append((start, found.end()))
    return heads


def _reply_head_start(led: str, verb: int) -> int:
    """The line end before the head, which may be broken into three lines; -1 where it is quoted itself."""
    own_line = start = led.rfind("\n", max(0, verb - _LONGEST_LINE), verb)
    if own_line < 0 or _quote_mark.match(led, own_line + 1):
        return -1
    for _ in range(3):
        if _reply_start.match(led, start + 1):
            return start
        start = led.rfind("\n", max(0, start - _LONGEST_LINE), start) if start > 0 else -1
        if start < 0:
            break
    return own_line


def _first_report_head(led: str) -> int | None:
    """The line end before `Votre message :`, or before the line that ends in `ainsi rédigé :`."""
    for count, found in enumerate(_ends_in_colon.finditer(led)):
        if count == _MOST_LABELS:
            break
        start = led.rfind("\n", max(0, found.start() - _LONGEST_LINE), found.start())
        if start >= 0 and _reported.search(led[start : found.start()]):
            return start
    return None


def _first_ticket_head(led: str) -> int | None:
    """The line end before `Ana Roy, 3 mars 2026`, where the mail is to be answered above a line."""
    above = _answered_above.search(led)
    found = _by_whom.search(led, above.end()) if above else None
    return found.start() if found else None


def _first_outlook_head(led: str) -> int | None:
    """`De :` with two of `Envoyé :`, `À :`, `Objet :` below it, above it, or in the same line."""
    for count, found in enumerate(_from_line.finditer(led)):
        if count == _MAX_HEADS:
            break
        line, *below = led[found.end() : found.end() + 2000].split("\n", _HEAD_LINES)[:_HEAD_LINES]
        start, above = _keys_above(led, found.start())
        others = [one for one in below if _other_line.match(one)]
        inside = len(_other_in_line.findall(line[:_LONGEST_LINE]))
        head = "\n".join((led[start : found.end()], line, *others))
        if max(len(others) + above, inside) >= _FEWEST_KEYS and _of_a_mail.search(head):
            return start
    return None


def _keys_above(led: str, at: int) -> tuple[int, int]:
    """Where a head begins whose `De :` is not its first line, and how many lines of it stand before."""
    for count in range(_ABOVE):
        line = led.rfind("\n", max(0, at - _LONGEST_LINE), at) if at > 0 else -1
        if line < 0 or not _other_line.match(led, line + 1):
            return at, count
        at = line
    return at, _ABOVE


def without_marks(quoted: str) -> str:
    """The quotation without the marks before its lines (RFC 3676 section 4.5)."""
    return _MARKS.sub("", quoted)
