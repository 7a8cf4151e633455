"""What was decided for mail to come?"""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table, Text

from milter.quarantine.schema.common import Id, Utc, metadata

# Which authors an admin has allowed, and what their mail may be for it: no more than the one released was.
allow_rule = Table(
    "allow_rule",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
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
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=True),
    # It stands in logs and headers: it must never come to mean another rule.
    sqlite_autoincrement=True,
)

# What is to become of the copies of a letter that are still to come.
campaign_order = Table(
    "campaign_order",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
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
