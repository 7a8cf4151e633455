"""What is counted with the log? Verdicts by kind, and events by their names."""

from milter.brand.promise import AskKind
from milter.claim.claim import Likeness
from milter.meter.figure import Counter
from milter.proof.proof import Standing
from milter.verdict.verdict import Finding, Verdict

ACTIONS = ("pass", "tag", "quarantine", "reject", "defer")
# Events that have a counter of their own, every warning and every error among them.
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
    "page_failed",
    "trace_failed",
    "precedents_failed",
    "report_failed",
    "digest_failed",
    "identity_provider_failed",
    "login_failed",
    "login_header_ignored",
    "proxy_refused",
    "tls_failed",
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
MAILS = Counter("vigimel_mails_total", "Mails judged.", finding=Finding, action=ACTIONS)
CLAIMS = Counter(
    "vigimel_claims_total", "Mails that say they are a brand.", likeness=Likeness, standing=Standing
)
OFFICIAL = Counter(
    "vigimel_official_total", "Mails from an address or a domain that a brand owns.", standing=Standing
)
ASKS = Counter(
    "vigimel_asks_total", "What mails with a claim and no proof want of their readers.", kind=AskKind
)
EVENTS = Counter("vigimel_events_total", "Events of the log.", event=COUNTED)
_OFFICIAL = {Likeness.OFFICIAL_ADDRESS, Likeness.OWNED_DOMAIN}


def count(verdict: Verdict, action: str) -> None:
    """One more verdict, and what was done with the mail."""
    MAILS.add(verdict.finding, action)
    if verdict.claim is not None and verdict.standing is not None:
        CLAIMS.add(verdict.claim.likeness, verdict.standing)
        if verdict.claim.likeness in _OFFICIAL:
            OFFICIAL.add(verdict.standing)
    for ask in verdict.asks:
        ASKS.add(ask.kind)
