"""What is written down of each mail and each deed, and what do only gateways know?"""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from milter.quarantine.schema.common import Id, Utc, metadata

# Append-only: each row holds the hash of the one before it. Ids and names of accounts, nothing of a mail.
journal = Table(
    "journal",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
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
    Column("id", Id, primary_key=True, autoincrement=True),
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

# What the gateways of this database know and nobody else.
secret = Table(
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
