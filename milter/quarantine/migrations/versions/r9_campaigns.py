"""Which held mails are copies of one letter. The keeper fills it for the mail that is held already."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add tables, column and indexes."""
    op.create_table(
        "campaign",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("began", sa.DateTime, nullable=False),
        sa.Column("skeleton", sa.String(64), nullable=False),
        sa.Column("links", sa.JSON, nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_band",
        sa.Column("band", sa.BigInteger, primary_key=True),
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("campaign_band_campaign", "campaign_band", ["campaign_id"])
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a column with its reference only in one statement of its own.
        op.execute("ALTER TABLE held_mail ADD COLUMN campaign INTEGER REFERENCES campaign (id)")
    else:
        op.add_column("held_mail", sa.Column("campaign", _ID, sa.ForeignKey("campaign.id"), nullable=True))
    op.create_index("held_mail_campaign", "held_mail", ["campaign", "id"])
    op.create_index("held_mail_state_campaign", "held_mail", ["state", "campaign", "id"])
    op.create_index("held_mail_campaign_author", "held_mail", ["campaign", "by_author", "id"])
