"""How is the quarantine laid out? Tables for SQLite and PostgreSQL: no type of one of them only.

A change of these tables needs a revision in `migrations`; a test compares them.
"""

from milter.quarantine.schema.access import account, failed_login, login, spent_login
from milter.quarantine.schema.common import Utc, metadata
from milter.quarantine.schema.held import BY_LENGTH, campaign, campaign_band, held_mail, held_words, raw_mail
from milter.quarantine.schema.precedents import allow_rule, campaign_order
from milter.quarantine.schema.records import journal, secret, tally, trace
from milter.quarantine.schema.told import release_request, sent_digest, sent_report, told_mail

__all__ = [
    "BY_LENGTH",
    "Utc",
    "account",
    "allow_rule",
    "campaign",
    "campaign_band",
    "campaign_order",
    "failed_login",
    "held_mail",
    "held_words",
    "journal",
    "login",
    "metadata",
    "raw_mail",
    "release_request",
    "secret",
    "sent_digest",
    "sent_report",
    "spent_login",
    "tally",
    "told_mail",
    "trace",
]
