"""Who may look and decide, and who is logged in?"""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from milter.quarantine.schema.common import Utc, metadata

# Who may look and decide.
account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    # Argon2, with its parameters; empty where somebody else asks for the password.
    Column("password", Text, nullable=False),
    Column("created", Utc, nullable=False),
    # local, or oidc: made and kept by logins at an identity provider, whose issuer and subject it belongs to.
    Column("kind", String(16), nullable=False, server_default="local"),
    Column("subject", Text, nullable=False, server_default=""),
    # A password that is good for a change of itself only, and no longer than this.
    Column("password_until", Utc, nullable=True),
    # Since when it may not log in.
    Column("disabled", Utc, nullable=True),
    Column("last_login", Utc, nullable=True),
)

login = Table(
    "login",
    metadata,
    # A hash: who reads the table cannot take over a session.
    Column("token_hash", String(64), primary_key=True),
    Column("name", String(64), ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
    Column("began", Utc, nullable=False),
    Column("seen", Utc, nullable=False),
    # What its owner knows it by.
    Column("client", String(64), nullable=False, server_default=""),
    Column("browser", String(64), nullable=False, server_default=""),
)

failed_login = Table(
    "failed_login",
    metadata,
    # A client, or a client and the name it tries: never a name alone, or anybody could lock it out.
    Column("key", String(128), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("until", Utc, nullable=False),
    # Of an account that there is; what else is typed as a name may be a password.
    Column("name", String(64), nullable=False, server_default=""),
)

# Logins at an identity provider that have come back: none comes back twice.
spent_login = Table(
    "spent_login",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("until", Utc, nullable=False),
)
