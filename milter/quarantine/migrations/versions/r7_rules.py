"""What releasing and allowing needs: the rules, and which of them let a mail pass."""

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "allow_rule",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("domains", sa.JSON, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("likeness", sa.String(32), nullable=False),
        sa.Column("wants", sa.JSON, nullable=False),
        sa.Column("odd", sa.JSON, nullable=False),
        sa.Column("mail_id", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.Column("uses", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )
    op.add_column("trace", sa.Column("rule_id", sa.BigInteger, nullable=True))
