"""What does somebody decide on a held mail? Each deed once, with its line in the journal: both, or neither.

Raises TryLater when the database is away; then nothing was done.
"""

from milter import maillog
from milter.quarantine.journal import Deed, Journal, Line
from milter.quarantine.store import Store

# What is noted where it cannot be done.
_OTHERWISE = {
    Deed.DELETED: Deed.NOT_DELETED,
    Deed.CONFIRMED: Deed.NOT_CONFIRMED,
    Deed.UNDONE: Deed.NOT_UNDONE,
}


async def decide(store: Store, mail_id: int, deed: Deed, who: str, detail: str = "") -> bool:
    """Delete or confirm a mail that is held, or undo that; False, and no line, where it is not in that
    state, perhaps because somebody else was quicker."""
    change = {Deed.DELETED: store.delete, Deed.CONFIRMED: store.confirm, Deed.UNDONE: store.undo}[deed]
    done = await change(mail_id, Line(who, deed, mail_id, detail).add)
    if done and deed is Deed.DELETED:
        maillog.deleted(mail_id)
    return done


async def attempt(store: Store, mail_id: int, deed: Deed, who: str) -> bool:
    """The same for somebody who has asked for it: that it could not be done is a line, too."""
    if await decide(store, mail_id, deed, who):
        return True
    if await store.get(mail_id) is not None:
        await Journal(store.transactions).note(who, _OTHERWISE[deed], mail_id)
    return False
