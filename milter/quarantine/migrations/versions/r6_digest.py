"""What the digest to recipients needs: what each was told of, what they ask for, which digest was sent."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "told_mail",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("mail_id", _ID, sa.ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.Column("told", sa.DateTime, nullable=True),
        sa.Column("used", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("told_mail_mail", "told_mail", ["mail_id"])
    op.create_table(
        "release_request",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("mail_id", _ID, sa.ForeignKey("held_mail.id", ondelete="CASCADE"), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided", sa.DateTime, nullable=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("answered", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("release_request_mail", "release_request", ["mail_id"])
    op.create_index("release_request_state", "release_request", ["state", "id"])
    op.create_table(
        "sent_digest",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("recipient_hash", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
