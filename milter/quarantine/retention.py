"""How long does the quarantine remember?

Raises TryLater when the database is away; the next run does the work.
"""

from datetime import datetime, timedelta

from milter.quarantine.store import Store


async def expire(store: Store, now: datetime, days: int) -> int:
    """How many mails older than so many days were emptied: their bytes and their words are purged.

    What was still held becomes expired; what was released or deleted stays so. Envelope and finding
    stay, for the report.
    """
    return await store.expire(now - timedelta(days=days))
