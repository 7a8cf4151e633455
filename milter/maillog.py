"""What happened to which mail? One function per thing that can happen, one line each.

Kinds of ask are logged, their words never, nor a subject: a log is no place for an NIR. Text from outside
is written with repr, so that no control character reaches a terminal. Raises nothing: a log that cannot
be written must not turn an accepted mail into a refused one.
"""

import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from milter.brand.promise import AskKind
from milter.claim.claim import Likeness
from milter.errors import Reply
from milter.mail.envelope import Envelope
from milter.meter.figure import Counter
from milter.proof.proof import Standing
from milter.verdict.verdict import Finding, Verdict

# A stranger chooses how long his HELO or his address is; a line of the log stays readable.
_LONGEST = 256


_ACTIONS = ("pass", "tag", "quarantine", "reject", "defer")
# What happens seldom enough to be counted by its name.
COUNTED = (
    "refused",
    "relayed",
    "held",
    "rejected",
    "deferred",
    "relay_failed",
    "next_hop_failed",
    "store_failed",
    "crashed",
    "child_died",
    "milter_failed",
    "no_room",
    "released",
    "deleted",
    "expired",
    "purged",
    "made_room",
    "recovered",
    "process_started",
    "process_ended",
    "not_answering",
    "not_started",
    "reload_refused",
)
MAILS = Counter("vigimel_mails_total", "Mails judged.", finding=Finding, action=_ACTIONS)
CLAIMS = Counter(
    "vigimel_claims_total", "Mails that say they are a brand.", likeness=Likeness, standing=Standing
)
OFFICIAL = Counter(
    "vigimel_official_total", "Mails from an address or a domain that a brand owns.", standing=Standing
)
ASKS = Counter("vigimel_asks_total", "What mails with a claim want of their readers.", kind=AskKind)
EVENTS = Counter("vigimel_events_total", "Events of the log.", event=COUNTED)
_OFFICIAL = {Likeness.OFFICIAL_ADDRESS, Likeness.OWNED_DOMAIN}


class _Outside(str):
    """Text that somebody else wrote, cut to what a line bears."""

    __slots__ = ()


_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


@dataclass(slots=True)
class _Form:
    """How lines are written in this process."""

    least: int = _LEVELS["info"]
    as_json: bool = False


_form = _Form()


def configure(level: str, form: str = "text") -> None:
    """Write lines from `level` on ("debug", "info", "warning", "error"; "critical": none) to standard error,
    as `form` says: "text" (key=value) or "json" (an object a line)."""
    _form.least, _form.as_json = _LEVELS[level], form == "json"


def started(version: str, hostname: str) -> None:
    """The service begins."""
    _write("info", "started", version=version, hostname=hostname)


def listening(address: str) -> None:
    """Mail can come in at this address."""
    _write("info", "listening", address=address)


def stopping(mails_under_way: int) -> None:
    """No new mail is taken; those under way are ended."""
    _write("info", "stopping", under_way=mails_under_way)


def stopped(mails_given_up: int) -> None:
    """The service has ended. Mails given up were not acknowledged: their senders still have them."""
    _write("info", "stopped", given_up=mails_given_up)


def process_started(role: str, pid: int) -> None:
    """A process was started that takes mail, or keeps what must be kept once."""
    _write("info", "process_started", role=role, pid=pid)


def process_ended(role: str, pid: int, how: str, *, is_meant: bool) -> None:
    """A process has ended, as it was told or not; another takes its place where one is missing."""
    _write("info" if is_meant else "warning", "process_ended", role=role, pid=pid, how=_outside(how))


def not_answering(role: str, pid: int) -> None:
    """A process said nothing for too long and is killed."""
    _write("error", "not_answering", role=role, pid=pid)


def not_started(role: str, why: str) -> None:
    """A process could not be started, or could not begin; it is tried again."""
    _write("error", "not_started", role=role, why=_outside(why))


def reloaded() -> None:
    """The configuration was read again; new sessions have the new one."""
    _write("info", "reloaded")


def reload_refused(why: str) -> None:
    """The configuration was read again and is wrong; the old one stays."""
    _write("error", "reload_refused", why=_outside(why))


def no_room(why: str) -> None:
    """No connection can be taken: the system has no descriptor or memory left for it."""
    _write("error", "no_room", why=_outside(why))


def connected(client_address: str) -> None:
    """A client has opened a connection."""
    _write("debug", "connected", client=_outside(client_address))


def client_named(by: str, how: str, client_address: str) -> None:
    """A server of ours has said whose connection, or whose next mail, it brings."""
    _write("debug", "client_named", by=_outside(by), how=how, client=_outside(client_address))


def proxy_refused(client_address: str, why: str) -> None:
    """A connection to where proxies connect did not begin as theirs do."""
    _write("warning", "proxy_refused", client=_outside(client_address), why=_outside(why))


def tls_failed(client_address: str, why: str) -> None:
    """A client began TLS and did not come to its end."""
    _write("info", "tls_failed", client=_outside(client_address), why=_outside(why))


def refused(client_address: str, reply: Reply, command: str = "") -> None:
    """A client was refused before there was a mail to judge."""
    _write("info", "refused", client=_outside(client_address), command=_outside(command), reply=_reply(reply))


def judged(mail_id: str, envelope: Envelope, verdict: Verdict, action: str) -> None:
    """A verdict was reached and an action chosen."""
    _count(verdict, action)
    _write(
        "info",
        "judged",
        id=mail_id,
        client=_outside(envelope.client_address),
        reverse_path=_outside(envelope.reverse_path),
        recipients=len(envelope.forward_paths),
        finding=verdict.finding.value,
        brand=verdict.brand.key if verdict.brand else None,
        facts=verdict.brand.version if verdict.brand else None,
        likeness=verdict.claim.likeness.value if verdict.claim else None,
        standing=verdict.standing.value if verdict.standing else None,
        attested_by=verdict.proof.attested.by if verdict.proof and verdict.proof.attested else None,
        asks=",".join(ask.kind.value for ask in verdict.asks) or None,
        rule=verdict.allowance.rule if verdict.allowance else None,
        action=action,
    )


def relayed(mail_id: str, reply: Reply) -> None:
    """The next hop has taken the mail."""
    _write("info", "relayed", id=mail_id, reply=_reply(reply))


def held(mail_id: str, item: int) -> None:
    """The mail is durably in the quarantine, under this number."""
    _write("info", "held", id=mail_id, item=item)


def answered(mail_id: str, queue_id: str, answer: str) -> None:
    """The mail server that asked us as its milter was told what to do with the mail it calls so."""
    _write("info", "answered", id=mail_id, queue_id=_outside(queue_id), answer=answer)


def milter_failed(why: str, state: str) -> None:
    """A milter connection ended as it should not; the mail server does what its default action says."""
    _write("warning", "milter_failed", why=_outside(why), state=state)


def rejected(mail_id: str, reply: Reply) -> None:
    """The mail was refused for good after it was read."""
    _write("info", "rejected", id=mail_id, reply=_reply(reply))


def deferred(mail_id: str, why: str) -> None:
    """The sender was asked to come again."""
    _write("warning", "deferred", id=mail_id, why=_outside(why))


def relay_failed(mail_id: str, why: str) -> None:
    """The next hop was away or refused; the sender has the mail and knows."""
    _write("warning", "relay_failed", id=mail_id, why=_outside(why))


def next_hop_failed(why: str) -> None:
    """Next hops that did not come as far as MAIL, and another that did."""
    _write("warning", "next_hop_failed", why=_outside(why))


def store_failed(mail_id: str, why: str) -> None:
    """The quarantine could not commit; the sender was asked to come again."""
    _write("error", "store_failed", id=mail_id, why=_outside(why))


def crashed(mail_id: str, error: BaseException) -> None:
    """Our own fault; the sender was asked to come again. The traceback stands in the line."""
    # What the system says of a file or a socket is safe to log; any other message may quote the mail.
    why = _Outside(error.strerror) if isinstance(error, OSError) and error.strerror else None
    _write("error", "crashed", id=mail_id, error=type(error).__name__, why=why, where=_Outside(_where(error)))


def page_failed(error: BaseException) -> None:
    """Our own fault at the review page; who asked heard 500. The traceback stands in the line."""
    _write("error", "page_failed", error=type(error).__name__, where=_Outside(_where(error)))


def login_header_ignored(client_address: str) -> None:
    """Who is none of our servers said at the review page who has logged in; nobody believed it."""
    _write("warning", "login_header_ignored", client=_outside(client_address))


def identity_provider_failed(why: str) -> None:
    """A login at the identity provider did not come to its end, and the reason is no matter of its user."""
    _write("warning", "identity_provider_failed", why=_outside(why))


def child_died(why: str) -> None:
    """A child that looked at a mail was killed, or died; what it could not read counts as unreadable."""
    _write("warning", "child_died", why=_outside(why))


def released(item: int, recipients: int) -> None:
    """A held mail was let go on to its recipients."""
    _write("info", "released", item=item, recipients=recipients)


def deleted(item: int, why: str) -> None:
    """A held mail was deleted."""
    _write("info", "deleted", item=item, why=_outside(why))


def purged(count: int) -> None:
    """The grace of so many deleted mails is over: their content and their addresses are gone for good."""
    _write("info", "purged", count=count)


def trace_failed(cause: str, given_up: int) -> None:
    """The rows of mails that are done could not be written; so many will never be. The mails are safe."""
    _write("warning", "trace_failed", cause=_outside(cause), given_up=given_up)


def precedents_failed(why: str) -> None:
    """What admins have decided for mail to come cannot be read; after a minute it does not count any more."""
    _write("warning", "precedents_failed", why=_outside(why))


def expired(count: int) -> None:
    """So many held mails were older than they may be kept."""
    _write("info", "expired", count=count)


def made_room(decided: int, held: int) -> None:
    """The quarantine was over its limit: so many mails were emptied, and among them such as still waited."""
    _write("warning" if held else "info", "made_room", decided=decided, held=held)


def orders_carried_out(count: int) -> None:
    """So many mails that came were deleted or confirmed as fraud, by standing orders for their campaigns."""
    _write("info", "orders_carried_out", count=count)


def came_again(mail_id: str) -> None:
    """A mail that we have sent ourselves, a released one or a report, passes us: it is not judged."""
    _write("info", "came_again", id=mail_id)


def recovered(count: int) -> None:
    """So many mails went back to held, because whoever was releasing them has died."""
    _write("warning", "recovered", count=count)


def _count(verdict: Verdict, action: str) -> None:
    MAILS.add(verdict.finding, action)
    if verdict.claim is not None and verdict.standing is not None:
        CLAIMS.add(verdict.claim.likeness, verdict.standing)
        if verdict.claim.likeness in _OFFICIAL:
            OFFICIAL.add(verdict.standing)
    for ask in verdict.asks:
        ASKS.add(ask.kind)


def report_sent(name: str, recipients: int) -> None:
    """A report was mailed."""
    _write("info", "report_sent", name=name, recipients=recipients)


def report_failed(name: str, why: str) -> None:
    """A report could not be mailed to somebody."""
    _write("warning", "report_failed", name=name, why=_outside(why))


def digest_sent(name: str, recipients: int) -> None:
    """Recipients were told of their own held mail."""
    _write("info", "digest_sent", name=name, recipients=recipients)


def digest_failed(name: str, recipient: str, why: str) -> None:
    """A digest, or the answer to a request, could not be mailed to somebody."""
    _write("warning", "digest_failed", name=name, recipient=_outside(recipient), why=_outside(why))


def requested(item: int) -> None:
    """A recipient asks for a mail that is held."""
    _write("info", "requested", item=item)


def request_answered(item: int, decision: str) -> None:
    """He was told what became of it."""
    _write("info", "request_answered", item=item, decision=decision)


def _write(level: str, event: str, **values: Any) -> None:
    """Written here and not by a library: two lines a mail were a tenth of what a mail costs."""
    EVENTS.add(event)
    if _LEVELS[level] < _form.least:
        return
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    line = {"timestamp": f"{now}Z", "level": level, "event": event, **values}
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{_as_json(line) if _form.as_json else _as_text(line)}\n")
        sys.stderr.flush()


def _as_text(line: Mapping[str, Any]) -> str:
    """What comes from outside as a repr, so that it is one word and has no control character."""
    return " ".join(
        f"{key}={value!r}" if isinstance(value, _Outside) else f"{key}={value}"
        for key, value in line.items()
        if value is not None
    )


def _as_json(line: Mapping[str, Any]) -> str:
    """JSON escapes what is no ASCII, control and bidi characters among them."""
    return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=True)


def _outside(text: str) -> str:
    return _Outside(text[:_LONGEST])


def _reply(reply: Reply) -> str:
    return _outside(str(reply))


def _where(error: BaseException) -> str:
    """File and line of each frame, the innermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_qualname}")
        trace = trace.tb_next
    return " < ".join(reversed(frames[-12:]))
