"""When are the files written anew in which deleted mail still stands? At night, by one gateway of a database.

Raises TryLater where that cannot be done now; it is tried again as long as it is night.
"""

from datetime import datetime
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from milter import maillog
from milter.quarantine.database import Database
from milter.quarantine.schema import sent_report
from milter.quarantine.transactions import Transactions
from milter.report.post import claim, unclaim

# The name, among those of reports, under which it stands when this was done last.
TIDIED = "tidied"
# Hours of this machine's clock: whoever needs a table meanwhile waits, and his senders with him.
_FROM, _UNTIL = 2, 5


async def tidy(transactions: Transactions, now: datetime) -> None:
    """Take what was deleted out of the files, once a night, where that is not done with each deletion."""
    local = now.astimezone()
    if not transactions.has_to_be_tidied or not _FROM <= local.hour < _UNTIL:
        return
    tonight, began = f"tidying {local:%Y-%m-%d}", monotonic()
    if not await claim(transactions, tonight, now):
        return
    is_done = False
    try:
        await transactions.tidy()
        is_done = True
    finally:
        if not is_done:
            await unclaim(transactions, tonight)
    await unclaim(transactions, TIDIED)
    await claim(transactions, TIDIED, now)
    maillog.tidied(int(monotonic() - began))


def last_tidied(database: Database) -> datetime | None:
    """When that was done last; None where it never was, or the database does not answer. Blocks."""
    try:
        with database.reading.connect() as connection:
            return connection.execute(select(sent_report.c.at).where(sent_report.c.name == TIDIED)).scalar()
    except SQLAlchemyError:
        return None
    finally:
        database.engine.dispose()
