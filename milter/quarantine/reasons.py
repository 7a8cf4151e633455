"""Why does somebody open a mail? His reason stands in the journal, and holds for a day, for that one mail.

Raises TryLater when the database is away.
"""

from datetime import UTC, datetime, timedelta

from milter.quarantine.journal import Deed, Journal

SHORTEST, LONGEST = 5, 200
_HOLDS = timedelta(days=1)


async def has_reason(journal: Journal, mail_id: int, who: str) -> bool:
    """True for who has said within the last day why he opens this mail."""
    since = datetime.now(UTC) - _HOLDS
    return any(
        entry.deed is Deed.REASON_GIVEN and entry.who == who and entry.at > since
        for entry in await journal.of_mail(mail_id)
    )


async def give(journal: Journal, mail_id: int, who: str, text: str) -> bool:
    """Note a reason; False where it says too little to be one."""
    reason = " ".join(text[:LONGEST].split())
    if len(reason) < SHORTEST:
        return False
    await journal.note(who, Deed.REASON_GIVEN, mail_id, reason)
    return True
