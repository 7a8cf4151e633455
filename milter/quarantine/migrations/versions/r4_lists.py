"""What the list of 100,000 mails needs: a key for each order, and the words apart."""

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ORDERS = ("by_author", "by_recipient", "by_subject", "finding")
_AT_ONCE = 500


def upgrade() -> None:
    """Add columns, table and indexes, and fill them for the mail that is held already."""
    for name in _ORDERS[:3]:
        op.add_column("held_mail", sa.Column(name, sa.String(100), nullable=False, server_default=""))
    op.drop_column("held_mail", "words")
    words = op.create_table(
        "held_words",
        sa.Column("mail_id", _ID, sa.ForeignKey("held_mail.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("domains", sa.Text, nullable=False),
    )
    _fill(op.get_bind(), words)
    for name in _ORDERS:
        op.create_index(f"held_mail_{name}", "held_mail", [name, "id"])
        op.create_index(f"held_mail_state_{name}", "held_mail", ["state", name, "id"])


def _fill(connection: sa.Connection, words: sa.Table) -> None:
    plain = (
        "author",
        "author_address",
        "subject",
        "reverse_path",
        "client_address",
        "client_name",
        "message_id",
    )
    names = ("id", "emptied", "forward_paths", *plain, *_ORDERS[:3])
    held = sa.table("held_mail", *map(sa.column, names))
    query = sa.select(held).where(held.c.emptied.is_(None)).order_by(held.c.id).limit(_AT_ONCE)
    last = 0
    while rows := connection.execute(query.where(held.c.id > last)).mappings().all():
        for row in rows:
            paths = row["forward_paths"]
            paths = json.loads(paths) if isinstance(paths, str) else paths
            keys = {
                "by_author": _folded(row["author"] or row["author_address"])[:100],
                "by_recipient": _folded("".join(paths[:1]))[:100],
                "by_subject": _folded(row["subject"])[:100],
            }
            connection.execute(sa.update(held).where(held.c.id == row["id"]).values(keys))
        connection.execute(sa.insert(words), [_words(row, plain) for row in rows])
        last = rows[-1]["id"]


def _words(row: Any, plain: tuple[str, ...]) -> dict[str, Any]:
    paths = row["forward_paths"]
    paths = json.loads(paths) if isinstance(paths, str) else paths
    domains = [row[name].rpartition("@")[2] for name in ("author_address", "reverse_path")]
    return {
        "mail_id": row["id"],
        "words": _folded("\n".join([*(row[name] for name in plain), *paths])),
        "recipients": "".join(f"\n{_folded(path)}" for path in paths) + "\n",
        "domains": "".join(f"\n{_folded(domain)}" for domain in domains) + "\n",
    }


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
