"""What waits, of which letter is it a copy, and what is searched?

The bytes have a table of their own, so that lists do not read them and to purge is to delete a row.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from milter.quarantine.schema.common import Id, Utc, metadata

# Characters of a text that a list is sorted by; PostgreSQL has room for 2,700 bytes in an index.
BY_LENGTH = 100

# The first mail of each letter that came in copies: see `milter.campaign.traits`.
campaign = Table(
    "campaign",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
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
    Column("campaign_id", Id, ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
)
Index("campaign_band_campaign", campaign_band.c.campaign_id)

held_mail = Table(
    "held_mail",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
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
    # One list for each of the forward-paths; none of a mail that was held before this column.
    Column("rcpt_parameters", JSON, nullable=False, server_default="[]"),
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
    Column("campaign", Id, ForeignKey("campaign.id"), nullable=True),
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
    Column("mail_id", Id, ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
    Column("words", Text, nullable=False),
    # A line each, with a line end before the first one, too.
    Column("recipients", Text, nullable=False),
    Column("domains", Text, nullable=False),
)

raw_mail = Table(
    "raw_mail",
    metadata,
    Column("mail_id", Id, ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
    Column("zstd", LargeBinary, nullable=False),
)
