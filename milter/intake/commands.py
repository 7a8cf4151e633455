"""What does a line of SMTP say? Strict readers of commands, of paths and of their parameters. Pure.

Nothing is repaired: what two servers could read in two ways is refused, since the proof of a mail hangs on
its envelope (RFC 5321 section 4.1.2; "Composition Kills", attacks A2 and A5). Raises Refuse.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from milter.errors import Reply, VigimelError
from milter.mail.envelope import Path


class Refuse(VigimelError):
    """The command cannot be done; the client hears `reply` and may go on."""

    def __init__(self, code: int, enhanced: str, text: str) -> None:
        """The reply, in parts."""
        super().__init__(text)
        self.answer = Reply(code, enhanced, text)


@dataclass(frozen=True, slots=True)
class Command:
    """The verb in upper case, and what follows it."""

    verb: str
    argument: str


# RFC 5321 section 4.1.2. Dots stand where they like in a local-part: some providers hand out such mailboxes,
# and there is only one way to read them. RFC 6531 section 3.3 adds what is not ASCII.
_LETTER = r"A-Za-z0-9_\x80-\U0010ffff"
_LOCAL_PART = rf"""(?:[{_LETTER}.!#$%&'*+/=?^`{{|}}~\-]+|"(?:[^"\\]|\\[\x20-\x7e])*")"""
_LABEL = rf"[{_LETTER}](?:[{_LETTER}\-]*[{_LETTER}])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*)"
_LITERAL = r"(?:\[[0-9A-Za-z:.\-]+\])"
_MAILBOX = re.compile(rf"{_LOCAL_PART}@(?:{_DOMAIN}|{_LITERAL})")
_POSTMASTER = re.compile(r"postmaster", re.IGNORECASE)  # RFC 5321 section 4.5.1

# RFC 5321 section 4.1.2, esmtp-param. What is not ASCII only in a mail with SMTPUTF8 (RFC 6531 section 3.3).
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e\x80-\U0010ffff]+))?")

# RFC 3461 section 4, xtext.
_XTEXT = re.compile(r"(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-Fa-f]{2})+")

# A decimal number that no sender can make long enough to cost time.
_SIZE = re.compile(r"[0-9]{1,20}")


def read_command(line: bytes) -> Command:
    """The command in a line, given with its line end."""
    if not line.endswith(b"\r\n"):
        raise Refuse(500, "5.5.2", "Command lines end in CRLF")
    try:
        text = line[:-2].decode("utf-8")
    except UnicodeDecodeError:
        raise Refuse(500, "5.5.2", "Command is not UTF-8") from None
    if not text.isprintable():
        raise Refuse(501, "5.5.2", "Control character in command")
    verb, _, argument = text.partition(" ")
    return Command(verb.upper(), argument.strip(" "))


def read_mail(argument: str, *, esmtp: bool, max_size: int) -> Path:
    """The reverse-path of `MAIL FROM:<...> ...`; parameters only after EHLO. AUTH is not kept: it names a
    person, and nobody has logged in here (RFC 4954 section 5)."""
    path = _read_path("FROM:", argument)
    if path.address and not _MAILBOX.fullmatch(path.address):
        raise Refuse(553, "5.1.7", "Malformed reverse-path")
    smtputf8 = has_parameter(path, "SMTPUTF8")
    parameters = _check_parameters(path.parameters, _MAIL_PARAMETERS if esmtp else {}, smtputf8=smtputf8)
    if int(parameters.get("SIZE") or 0) > max_size:
        raise Refuse(552, "5.3.4", "Message size exceeds fixed limit")
    if not path.address.isascii() and not smtputf8:
        raise Refuse(553, "5.6.7", "Address needs SMTPUTF8")
    return Path(path.address, tuple(each for each in path.parameters if _keyword(each) != "AUTH"))


def read_rcpt(argument: str, *, esmtp: bool, smtputf8: bool) -> Path:
    """The forward-path of `RCPT TO:<...> ...`."""
    path = _read_path("TO:", argument)
    if not (_MAILBOX.fullmatch(path.address) or _POSTMASTER.fullmatch(path.address)):
        raise Refuse(553, "5.1.3", "Malformed forward-path")
    _check_parameters(path.parameters, _RCPT_PARAMETERS if esmtp else {}, smtputf8=smtputf8)
    if not path.address.isascii() and not smtputf8:
        raise Refuse(553, "5.6.7", "Address needs SMTPUTF8")
    return path


def has_parameter(path: Path, name: str) -> bool:
    """Did the client give this parameter? The name in upper case."""
    return any(_keyword(parameter) == name for parameter in path.parameters)


def _keyword(parameter: str) -> str:
    return parameter.partition("=")[0].upper()


def _read_path(keyword: str, argument: str) -> Path:
    if argument[: len(keyword)].upper() != keyword:
        raise Refuse(501, "5.5.4", f"Syntax: {keyword}<address>")
    rest = argument[len(keyword) :].lstrip(" ")
    end = _end_of_path(rest)
    if end < 0:
        raise Refuse(553, "5.1.3", "Address must stand in angle brackets")
    if rest[end + 1 : end + 2] not in {"", " "}:
        raise Refuse(501, "5.5.4", "Syntax error after the address")
    return Path(rest[1:end], tuple(rest[end + 1 :].split()))


def _end_of_path(text: str) -> int:
    # The closing bracket, unless it stands in a quoted local-part.
    if not text.startswith("<"):
        return -1
    quoted = re.match(r'<"(?:[^"\\]|\\.)*"', text)
    return text.find(">", quoted.end() if quoted else 1)


def _is_size(value: str) -> bool:
    return bool(_SIZE.fullmatch(value))


def _is_body(value: str) -> bool:
    return value.upper() in {"7BIT", "8BITMIME"}


def _is_xtext(value: str) -> bool:
    return bool(_XTEXT.fullmatch(value))


def _is_absent(value: str) -> bool:
    return not value


def _is_present(value: str) -> bool:
    return bool(value)


# Parameter -> may it have this value? Known is known, whether our EHLO had offered the extension or not:
# Postfix before us (smtpd_proxy_filter) passes on what its own client said and does not look at our offer,
# and a 555 would make it bounce the mail. The relay leaves out what the next hop does not know (RFC 6152,
# 1870, 3461), and refuses where that may not be left out (RFC 6531 section 3.2). Not known is what Postfix
# refuses by itself (RFC 2852, 3030, 4865, 6710), and what must not be passed over in silence: REQUIRETLS of
# a client that wants his mail back rather than see it go on without (RFC 8689 section 4.2.1).
_Known = Mapping[str, Callable[[str], bool]]
_MAIL_PARAMETERS: _Known = {
    "SIZE": _is_size,
    "BODY": _is_body,
    "SMTPUTF8": _is_absent,
    "RET": _is_present,
    "ENVID": _is_present,
    "AUTH": _is_xtext,
}
_RCPT_PARAMETERS: _Known = {"NOTIFY": _is_present, "ORCPT": _is_present}


def _check_parameters(given: tuple[str, ...], known: _Known, *, smtputf8: bool) -> dict[str, str]:
    values: dict[str, str] = {}
    for parameter in given:
        match = _PARAMETER.fullmatch(parameter)
        if match is None or match[1].upper() in values or not (smtputf8 or parameter.isascii()):
            raise Refuse(501, "5.5.4", "Malformed or repeated parameter")
        name, value = match[1].upper(), match[2] or ""
        if name not in known:
            raise Refuse(555, "5.5.4", "Parameter not recognized or not implemented")
        if not known[name](value):
            raise Refuse(501, "5.5.4", f"Bad value of {name}")
        values[name] = value
    return values
