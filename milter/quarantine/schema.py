"""How is the quarantine laid out? Tables for SQLite and PostgreSQL: no type of one of them only.

A change of the tables below needs a revision in `migrations`; a test compares them.
The bytes have a table of their own, so that lists do not read them and to purge is to delete a row.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware time, kept as UTC without a zone, which every database has."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002, SQLAlchemy's
        """An aware time to UTC; a naive one is our bug."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, SQLAlchemy's
        """UTC again."""
        return value and value.replace(tzinfo=UTC)


metadata = MetaData()

# Characters of a text that a list is sorted by; PostgreSQL has room for 2,700 bytes in an index.
BY_LENGTH = 100

# SQLite counts up by itself only where the type is exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

# The first mail of each letter that came in copies: see `milter.campaign.traits`.
campaign = Table(
    "campaign",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("began", Utc, nullable=False),
    Column("skeleton", String(64), nullable=False),
    Column("links", JSON, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    # An id stands in links of reports and in the journal, as that of a mail does.
    sqlite_autoincrement=True,
)

# By what a campaign is found that has nearly the same text.
campaign_band = Table(
    "campaign_band",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("campaign_id", _Id, ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
)
Index("campaign_band_campaign", campaign_band.c.campaign_id)

held_mail = Table(
    "held_mail",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("state", String(16), nullable=False),
    Column("changed", Utc, nullable=False),
    # Who is releasing it; a releaser that finds another token here has lost the mail to someone.
    Column("token", String(64), nullable=False, default=""),
    Column("delivered", JSON, nullable=False, default=list),
    # When retention took away the words of the mail.
    Column("emptied", Utc, nullable=True),
    Column("received", Utc, nullable=False),
    Column("client_address", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("helo", Text, nullable=False),
    Column("esmtp", Boolean, nullable=False),
    Column("tls", Boolean, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("forward_paths", JSON, nullable=False),
    Column("mail_parameters", JSON, nullable=False),
    Column("finding", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_address", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    # None of a mail whose words are gone, or that is older than campaigns and not looked at yet.
    Column("campaign", _Id, ForeignKey("campaign.id"), nullable=True),
    # What lists are sorted by: folded and cut, for an index has no room for more.
    Column("by_author", String(BY_LENGTH), nullable=False, server_default=""),
    Column("by_recipient", String(BY_LENGTH), nullable=False, server_default=""),
    Column("by_subject", String(BY_LENGTH), nullable=False, server_default=""),
    # An id stands in headers, logs and links: it must never come to mean another mail.
    sqlite_autoincrement=True,
)
Index("held_mail_state", held_mail.c.state, held_mail.c.id)
Index("held_mail_received", held_mail.c.received)
# Each order of the list, of one state and of all.
for _name in ("by_author", "by_recipient", "by_subject", "finding", "campaign"):
    Index(f"held_mail_{_name}", held_mail.c[_name], held_mail.c.id)
    Index(f"held_mail_state_{_name}", held_mail.c.state, held_mail.c[_name], held_mail.c.id)
# Who sends most of a campaign.
Index("held_mail_campaign_author", held_mail.c.campaign, held_mail.c.by_author, held_mail.c.id)

# What is searched, folded: apart from the reports, which are long, so that all of it is read in no time.
held_words = Table(
    "held_words",
    metadata,
    Column("mail_id", _Id, ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
    Column("words", Text, nullable=False),
    # A line each, with a line end before the first one, too.
    Column("recipients", Text, nullable=False),
    Column("domains", Text, nullable=False),
)

raw_mail = Table(
    "raw_mail",
    metadata,
    Column("mail_id", _Id, ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
    Column("zstd", LargeBinary, nullable=False),
)

# Who may look and decide.
account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    # Argon2, with its parameters; empty where somebody else asks for the password.
    Column("password", Text, nullable=False),
    Column("created", Utc, nullable=False),
    # local, or oidc: made and kept by logins at an identity provider, whose issuer and subject it belongs to.
    Column("kind", String(16), nullable=False, server_default="local"),
    Column("subject", Text, nullable=False, server_default=""),
    # A password that is good for a change of itself only, and no longer than this.
    Column("password_until", Utc, nullable=True),
    # Since when it may not log in.
    Column("disabled", Utc, nullable=True),
    Column("last_login", Utc, nullable=True),
)

login = Table(
    "login",
    metadata,
    # A hash: who reads the table cannot take over a session.
    Column("token_hash", String(64), primary_key=True),
    Column("name", String(64), ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
    Column("began", Utc, nullable=False),
    Column("seen", Utc, nullable=False),
    # What its owner knows it by.
    Column("client", String(64), nullable=False, server_default=""),
    Column("browser", String(64), nullable=False, server_default=""),
)

failed_login = Table(
    "failed_login",
    metadata,
    # A client, or a client and the name it tries: never a name alone, or anybody could lock it out.
    Column("key", String(128), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("until", Utc, nullable=False),
    # Of an account that there is; what else is typed as a name may be a password.
    Column("name", String(64), nullable=False, server_default=""),
)

# Logins at an identity provider that have come back: none comes back twice.
spent_login = Table(
    "spent_login",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("until", Utc, nullable=False),
)

# Append-only: each row holds the hash of the one before it. Ids and names of accounts, nothing of a mail.
journal = Table(
    "journal",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("who", String(64), nullable=False),
    Column("deed", String(32), nullable=False),
    Column("mail_id", BigInteger, nullable=True),
    Column("detail", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
Index("journal_mail", journal.c.mail_id)

# One row for every mail that was judged, also for those that went on; nothing of its text.
trace = Table(
    "trace",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    # As in the log and in the trace field.
    Column("mail_id", String(16), nullable=False),
    Column("client_address", Text, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("recipients", JSON, nullable=False),
    Column("author_address", Text, nullable=False),
    Column("author_domain", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # Empty where there was no verdict.
    Column("finding", String(32), nullable=False),
    Column("action", String(16), nullable=False),
    Column("brand", Text, nullable=False),
    Column("likeness", String(32), nullable=False),
    Column("standing", String(16), nullable=False),
    Column("asks", JSON, nullable=False),
    # The domain of the organisation that signed it.
    Column("official", Text, nullable=False),
    Column("held_id", BigInteger, nullable=True),
    # The rule that let it pass.
    Column("rule_id", BigInteger, nullable=True),
    # What its sender heard.
    Column("reply", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("words", Text, nullable=False),
)
Index("trace_at", trace.c.at)
Index("trace_message_id", trace.c.message_id)
Index("trace_finding", trace.c.finding, trace.c.at)

# How many mails of what kind came in each hour: what a report needs, after the rows above are gone.
tally = Table(
    "tally",
    metadata,
    Column("hour", Utc, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(255), primary_key=True),
    Column("mails", BigInteger, nullable=False),
)

# Which report was sent already, so that of several gateways only one sends it.
sent_report = Table(
    "sent_report",
    metadata,
    # daily or weekly, and the day.
    Column("name", String(32), primary_key=True),
    Column("at", Utc, nullable=False),
)

# What the gateways of this database know and nobody else.
secret = Table(
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# Which mail a recipient was told of by a digest, and the token by which he may ask for it.
told_mail = Table(
    "told_mail",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("mail_id", _Id, ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
    # As the envelope of the mail writes him.
    Column("recipient", Text, nullable=False),
    # A hash: who reads the table can ask for nothing. Empty where the mail may not be asked for.
    Column("token_hash", String(64), nullable=False),
    Column("until", Utc, nullable=False),
    # When the next hop took the digest; empty until then.
    Column("told", Utc, nullable=True),
    Column("used", Utc, nullable=True),
    sqlite_autoincrement=True,
)
Index("told_mail_mail", told_mail.c.mail_id)

# Recipients who ask for a mail of theirs.
release_request = Table(
    "release_request",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("mail_id", _Id, ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("asked", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided", Utc, nullable=True),
    Column("who", String(64), nullable=False),
    # What whoever denied it says to the recipient.
    Column("word", Text, nullable=False),
    Column("answered", Utc, nullable=True),
    sqlite_autoincrement=True,
)
Index("release_request_mail", release_request.c.mail_id)
Index("release_request_state", release_request.c.state, release_request.c.id)

# Who got which digest already, once, also of several gateways.
sent_digest = Table(
    "sent_digest",
    metadata,
    # As of a report: daily or weekly, and the day.
    Column("name", String(32), primary_key=True),
    Column("recipient_hash", String(64), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Which authors an admin has allowed, and what their mail may be for it: no more than the one released was.
allow_rule = Table(
    "allow_rule",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),
    Column("domains", JSON, nullable=False),
    Column("brand", Text, nullable=False),
    Column("likeness", String(32), nullable=False),
    Column("wants", JSON, nullable=False),
    Column("odd", JSON, nullable=False),
    # The mail that it was made from.
    Column("mail_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("created", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("last_used", Utc, nullable=True),
    # Where it stands, only copies of this letter are covered.
    Column("campaign_id", _Id, ForeignKey("campaign.id"), nullable=True),
    # It stands in logs and headers: it must never come to mean another rule.
    sqlite_autoincrement=True,
)

# What is to become of the copies of a letter that are still to come.
campaign_order = Table(
    "campaign_order",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("campaign_id", _Id, ForeignKey("campaign.id"), nullable=False),
    Column("deed", String(16), nullable=False),
    # The newest mail when it was given: those that waited then are decided by hand.
    Column("after_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("created", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("mails", BigInteger, nullable=False),
    Column("last_used", Utc, nullable=True),
    sqlite_autoincrement=True,
)
