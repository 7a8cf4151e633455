"""Where does held mail wait? Pure."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from milter.config.address import check_postgresql, without_password
from milter.config.options.section import Section

PostgresqlUrl = Annotated[str, AfterValidator(check_postgresql)]


class QuarantineConfig(Section):
    """[quarantine]: where held mail waits."""

    path: Path = Field(
        Path("quarantine.db"),
        description="The SQLite file that holds quarantined mail, on a local disk (not NFS). "
        "A relative path is below [state] directory.",
    )
    url: PostgresqlUrl = Field(
        "",
        description="A PostgreSQL database instead, which several gateways may share, as in "
        '"postgresql://vigimel@db.example/vigimel" (needs vigimel[postgresql]). The password stands best in '
        "the ~/.pgpass of the user that the gateway runs as. Empty: the file at path.",
    )
    keep_days: int = Field(
        30,
        ge=1,
        le=90,
        description="Days after which a held mail is deleted for good. Long enough for a holiday; a mistaken "
        "catch may hold health data, so not longer than needed (GDPR article 5).",
    )
    max_size: int = Field(
        0,
        ge=0,
        description="Bytes that held mail may take (packed, about a third of what came). Above, the "
        "oldest are deleted for good before their days are over: those that were decided on first, then "
        "those that wait, each with a line in the journal. Looked at every hour. 0: as much as the disk "
        "has; where it is full, mail that is to be held waits with its senders.",
    )
    undelete_hours: int = Field(
        24,
        ge=0,
        le=720,
        description="Hours for which a deletion can be undone. Then, within five minutes, bytes, words and "
        "addresses are gone for good. 0: at once.",
    )
    rule_days: int = Field(
        90,
        ge=1,
        le=366,
        description="Days that a rule lasts by which an admin allows the author of a released mail, where he "
        "does not say otherwise; at most 366. Whoever is still a partner then is allowed anew.",
    )

    @property
    def grace(self) -> timedelta:
        """How long a deletion can be undone."""
        return timedelta(hours=self.undelete_hours)

    @property
    def place(self) -> Path | str:
        """Where it is: a file, or the address of a database."""
        return self.url or self.path

    @property
    def shown(self) -> str:
        """The same for the operator, without a password."""
        return without_password(self.url) if self.url else str(self.path)
