"""What became of every mail: its rows, how many there were an hour, and which reports were sent."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables. Of mail that came before nothing is known."""
    op.create_table(
        "trace",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("mail_id", sa.String(16), nullable=False),
        sa.Column("client_address", sa.Text, nullable=False),
        sa.Column("reverse_path", sa.Text, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        sa.Column("author_address", sa.Text, nullable=False),
        sa.Column("author_domain", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("finding", sa.String(32), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("likeness", sa.String(32), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("asks", sa.JSON, nullable=False),
        sa.Column("official", sa.Text, nullable=False),
        sa.Column("held_id", sa.BigInteger, nullable=True),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("trace_at", "trace", ["at"])
    op.create_index("trace_message_id", "trace", ["message_id"])
    op.create_index("trace_finding", "trace", ["finding", "at"])
    op.create_table(
        "tally",
        sa.Column("hour", sa.DateTime, primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(255), primary_key=True),
        sa.Column("mails", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sent_report",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
