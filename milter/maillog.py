"""What happened, to a mail or to the gateway? One function per thing that can happen, one line each.

Kinds of ask are logged, their words never, nor a subject: a log is no place for an NIR. Text from outside
is written with repr, so that no control character reaches a terminal. Raises nothing: a log that cannot
be written must not turn an accepted mail into a refused one.
"""

from typing import Any

from milter.errors import Reply
from milter.log import lines
from milter.log.counts import EVENTS, count
from milter.log.lines import Outside, outside, where
from milter.mail.envelope import Envelope
from milter.verdict.verdict import Verdict


def started(version: str, hostname: str) -> None:
    """The service begins."""
    _write("info", "started", version=version, hostname=hostname)


def upgrading_tables(of: str, to: str) -> None:
    """The tables of the quarantine are upgraded from one version to another; mail comes in after it."""
    _write("info", "upgrading_tables", of=of, to=to)


def upgraded_tables(to: str, seconds: int) -> None:
    """The tables of the quarantine are of this version now."""
    _write("info", "upgraded_tables", to=to, seconds=seconds)


def listening(address: str) -> None:
    """Mail can come in at this address."""
    _write("info", "listening", address=address)


def stopping(mails_under_way: int) -> None:
    """No new mail is taken; mails under way are completed."""
    _write("info", "stopping", under_way=mails_under_way)


def stopped(mails_given_up: int) -> None:
    """The service has ended. Mails given up were not acknowledged: their senders still have them."""
    _write("info", "stopped", given_up=mails_given_up)


def process_started(role: str, pid: int) -> None:
    """A process was started: a worker takes mail, the keeper does what must be done once, the reader
    forks the children that read files."""
    _write("info", "process_started", role=role, pid=pid)


def process_ended(role: str, pid: int, how: str, *, is_meant: bool) -> None:
    """A process ended as told (info) or for another reason (warning); one that is missing is restarted."""
    _write("info" if is_meant else "warning", "process_ended", role=role, pid=pid, how=outside(how))


def not_answering(role: str, pid: int) -> None:
    """A process gave no sign of life for too long and is killed."""
    _write("error", "not_answering", role=role, pid=pid)


def not_started(role: str, why: str) -> None:
    """A process could not be started, or failed while starting; it is tried again."""
    _write("error", "not_started", role=role, why=outside(why))


def reloaded() -> None:
    """The configuration was read again; new sessions have the new one."""
    _write("info", "reloaded")


def reload_refused(why: str) -> None:
    """The configuration was read again and is wrong; the old one stays."""
    _write("error", "reload_refused", why=outside(why))


def no_room(why: str) -> None:
    """No connection can be accepted: the system has no descriptor or memory left."""
    _write("error", "no_room", why=outside(why))


def connected(client_address: str) -> None:
    """A client has opened a connection."""
    _write("debug", "connected", client=outside(client_address))


def client_named(by: str, how: str, client_address: str) -> None:
    """A trusted proxy has named the client whose connection, or whose next mail, it passes on."""
    _write("debug", "client_named", by=outside(by), how=how, client=outside(client_address))


def proxy_refused(client_address: str, why: str) -> None:
    """A connection to `proxy_listen` came from no trusted proxy, or did not begin with a PROXY header."""
    _write("warning", "proxy_refused", client=outside(client_address), why=outside(why))


def tls_failed(client_address: str, why: str) -> None:
    """TLS with a client failed: at the handshake, or because the client spoke before it."""
    _write("info", "tls_failed", client=outside(client_address), why=outside(why))


def refused(client_address: str, reply: Reply, command: str = "") -> None:
    """A client was refused before there was a mail to judge."""
    _write("info", "refused", client=outside(client_address), command=outside(command), reply=_reply(reply))


def judged(mail_id: str, envelope: Envelope, verdict: Verdict, action: str) -> None:
    """A verdict was reached and an action chosen."""
    count(verdict, action)
    _write(
        "info",
        "judged",
        id=mail_id,
        client=outside(envelope.client_address),
        reverse_path=outside(envelope.reverse_path),
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
    """The answer that the milter gave, with the number that the mail server has for this mail."""
    _write("info", "answered", id=mail_id, queue_id=outside(queue_id), answer=answer)


def milter_failed(why: str, state: str) -> None:
    """A milter connection was refused or broke; the mail server applies its default action."""
    _write("warning", "milter_failed", why=outside(why), state=state)


def rejected(mail_id: str, reply: Reply) -> None:
    """The mail was refused for good after it was read."""
    _write("info", "rejected", id=mail_id, reply=_reply(reply))


def deferred(mail_id: str, why: str) -> None:
    """The sender was asked to come again."""
    _write("warning", "deferred", id=mail_id, why=outside(why))


def relay_failed(mail_id: str, why: str) -> None:
    """The next hop was unreachable or refused; the sender was told, and still has the mail."""
    _write("warning", "relay_failed", id=mail_id, why=outside(why))


def next_hop_failed(why: str) -> None:
    """One or more next hops failed before they answered MAIL; another took the mail."""
    _write("warning", "next_hop_failed", why=outside(why))


def store_failed(mail_id: str, why: str) -> None:
    """The quarantine could not commit; the sender was asked to come again."""
    _write("error", "store_failed", id=mail_id, why=outside(why))


def crashed(mail_id: str, error: BaseException) -> None:
    """A fault of Vigimel's own; the sender was asked to come again. The line contains the traceback."""
    # What the system says of a file or a socket is safe to log; any other message may quote the mail.
    why = Outside(error.strerror) if isinstance(error, OSError) and error.strerror else None
    _write("error", "crashed", id=mail_id, error=type(error).__name__, why=why, where=Outside(where(error)))


def page_failed(error: BaseException) -> None:
    """A fault of Vigimel's own at the review page, which answered 500. The line contains the traceback."""
    _write("error", "page_failed", error=type(error).__name__, where=Outside(where(error)))


def login_header_ignored(client_address: str) -> None:
    """A client outside `trusted_proxies` sent the login header; it was ignored."""
    _write("warning", "login_header_ignored", client=outside(client_address))


def login_failed(client_address: str, how: str) -> None:
    """A login at the review page failed: `password`, or why the one at the identity provider did."""
    _write("info", "login_failed", client=outside(client_address), how=how)


def identity_provider_failed(why: str) -> None:
    """A login at the identity provider failed for a reason that the user cannot fix."""
    _write("warning", "identity_provider_failed", why=outside(why))


def child_died(why: str) -> None:
    """A child that looked at a mail was killed, or died; what it could not read counts as unreadable."""
    _write("warning", "child_died", why=outside(why))


def released(item: int, recipients: int) -> None:
    """A held mail was passed on to so many recipients, or a copy of it to one of the staff."""
    _write("info", "released", item=item, recipients=recipients)


def deleted(item: int) -> None:
    """A held mail was deleted by somebody, or by a standing order."""
    _write("info", "deleted", item=item)


def purged(count: int) -> None:
    """So many deleted mails can no longer be undeleted: their content and addresses are gone for good."""
    _write("info", "purged", count=count)


def tidied(seconds: int) -> None:
    """PostgreSQL has written its tables anew, without what was deleted; it took so many seconds."""
    _write("info", "tidied", seconds=seconds)


def trace_failed(cause: str, given_up: int) -> None:
    """Rows of the trace could not be written; `given_up` of them are lost. No mail is affected."""
    _write("warning", "trace_failed", cause=outside(cause), given_up=given_up)


def precedents_failed(why: str) -> None:
    """Rules and standing orders cannot be read; those read last apply for one more minute, then none."""
    _write("warning", "precedents_failed", why=outside(why))


def expired(count: int) -> None:
    """So many held mails had reached their age limit and were emptied."""
    _write("info", "expired", count=count)


def made_room(decided: int, held: int) -> None:
    """The quarantine was over its limit: `decided` mails already decided on, and `held` that still waited,
    were emptied."""
    _write("warning" if held else "info", "made_room", decided=decided, held=held)


def orders_carried_out(count: int) -> None:
    """So many new mails were deleted or confirmed as fraud by standing orders for their campaigns."""
    _write("info", "orders_carried_out", count=count)


def came_again(mail_id: str) -> None:
    """A mail that Vigimel itself sent (a released one, a report) comes through again and is not judged."""
    _write("info", "came_again", id=mail_id)


def recovered(count: int) -> None:
    """So many mails went back to held, because the process that was releasing them died."""
    _write("warning", "recovered", count=count)


def report_sent(name: str, recipients: int) -> None:
    """A report was mailed, or a notice of requests (`requests` and the hour)."""
    _write("info", "report_sent", name=name, recipients=recipients)


def report_failed(name: str, why: str) -> None:
    """A report could not be mailed to somebody."""
    _write("warning", "report_failed", name=name, why=outside(why))


def digest_sent(name: str, recipients: int) -> None:
    """Recipients were told of their own held mail."""
    _write("info", "digest_sent", name=name, recipients=recipients)


def digest_failed(name: str, recipient: str, why: str) -> None:
    """A digest, or the answer to a request, could not be mailed to somebody."""
    _write("warning", "digest_failed", name=name, recipient=outside(recipient), why=outside(why))


def requested(item: int) -> None:
    """A recipient asks for a mail that is held."""
    _write("info", "requested", item=item)


def request_answered(item: int, decision: str) -> None:
    """A recipient was told what was decided about the mail that he asked for."""
    _write("info", "request_answered", item=item, decision=decision)


def _write(level: str, event: str, **values: Any) -> None:
    EVENTS.add(event)
    lines.write(level, event, values)


def _reply(reply: Reply) -> str:
    return outside(str(reply))
