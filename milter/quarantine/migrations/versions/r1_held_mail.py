"""Held mail, and its bytes."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "held_mail",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("delivered", sa.JSON, nullable=False),
        sa.Column("emptied", sa.DateTime, nullable=True),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.Column("client_address", sa.Text, nullable=False),
        sa.Column("client_name", sa.Text, nullable=False),
        sa.Column("helo", sa.Text, nullable=False),
        sa.Column("esmtp", sa.Boolean, nullable=False),
        sa.Column("tls", sa.Boolean, nullable=False),
        sa.Column("reverse_path", sa.Text, nullable=False),
        sa.Column("forward_paths", sa.JSON, nullable=False),
        sa.Column("mail_parameters", sa.JSON, nullable=False),
        sa.Column("finding", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("held_mail_state", "held_mail", ["state", "id"])
    op.create_index("held_mail_received", "held_mail", ["received"])
    op.create_table(
        "raw_mail",
        sa.Column("mail_id", _ID, sa.ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("zstd", sa.LargeBinary, nullable=False),
    )
