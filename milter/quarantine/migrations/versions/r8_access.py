"""What accounts of the page and of an identity provider need: when, from where, until when."""

import sqlalchemy as sa
from alembic import op

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Add columns and a table; accounts that are there already are local ones."""
    op.add_column("account", sa.Column("kind", sa.String(16), nullable=False, server_default="local"))
    op.add_column("account", sa.Column("subject", sa.Text, nullable=False, server_default=""))
    for name in ("password_until", "disabled", "last_login"):
        op.add_column("account", sa.Column(name, sa.DateTime, nullable=True))
    for name in ("client", "browser"):
        op.add_column("login", sa.Column(name, sa.String(64), nullable=False, server_default=""))
    op.add_column("failed_login", sa.Column("name", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "spent_login",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime, nullable=False),
    )
