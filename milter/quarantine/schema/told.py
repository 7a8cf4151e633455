"""Who was told of what, and what do recipients ask for?"""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from milter.quarantine.schema.common import Id, Utc, metadata

# Which report was sent already, or what else was done, so that of several gateways only one does it.
sent_report = Table(
    "sent_report",
    metadata,
    # daily or weekly, and the day; requests, and the hour; a request, by its number; tidying, and the day;
    # tidied.
    Column("name", String(32), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Who got which digest already, once, also of several gateways.
sent_digest = Table(
    "sent_digest",
    metadata,
    # As of a report: daily or weekly, and the day.
    Column("name", String(32), primary_key=True),
    Column("recipient_hash", String(64), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Which mail a recipient was told of by a digest, and the token by which he may ask for it.
told_mail = Table(
    "told_mail",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("mail_id", Id, ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
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
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("mail_id", Id, ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
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
