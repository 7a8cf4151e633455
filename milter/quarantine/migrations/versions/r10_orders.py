"""What is to become of the copies of a letter that are still to come: orders, and rules for one letter."""

import sqlalchemy as sa
from alembic import op

revision = "10"
down_revision = "9"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "campaign_order",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("campaign_id", _ID, sa.ForeignKey("campaign.id"), nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("after_id", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.Column("mails", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a column with its reference only in one statement of its own.
        op.execute("ALTER TABLE allow_rule ADD COLUMN campaign_id INTEGER REFERENCES campaign (id)")
    else:
        reference = sa.ForeignKey("campaign.id")
        op.add_column("allow_rule", sa.Column("campaign_id", _ID, reference, nullable=True))
