"""What the sender said of each recipient (NOTIFY, ORCPT). Of mail that is held already it was not kept."""

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"


def upgrade() -> None:
    """Add the column."""
    op.add_column("held_mail", sa.Column("rcpt_parameters", sa.JSON, nullable=False, server_default="[]"))
