"""What does somebody say to a recipient who asks for a mail? Each decision once, with a line in the journal.

Raises TryLater when the database is away; a next hop that is away is a request that stays open.
"""

from milter.errors import TryLater
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.release import release
from milter.quarantine.requests import Decision, Request, Requests
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop


async def approve(
    store: Store, next_hop: NextHop, request: Request, who: str, *, everybody: bool = False
) -> bool:
    """Release the mail to the recipient who asks, and the others go on waiting; or to everybody it is for.
    True for whose decision it was, and he has it now."""
    journal, detail = Journal(store.transactions), f"request {request.id}"
    if request.state is not Decision.OPEN:
        return False
    to = None if everybody else (request.recipient,)
    try:
        outcome = await release(store, next_hop, request.mail_id, to, rest_waits=True)
    except TryLater as error:
        await journal.note(who, Deed.NOT_RELEASED, request.mail_id, f"{detail}: {error}")
        return False
    if request.recipient not in outcome.delivered:
        await journal.note(who, Deed.NOT_RELEASED, request.mail_id, f"{detail}: {outcome.why}")
        return False
    # Where we die before this, `Requests.settle` says the same.
    if not await Requests(store.transactions).decide(request.id, Decision.APPROVED, who):
        return False
    await journal.note(who, Deed.REQUEST_APPROVED, request.mail_id, detail)
    if outcome.state is State.RELEASED:
        await journal.note(who, Deed.RELEASED, request.mail_id)
    return True


async def deny(store: Store, request: Request, who: str, word: str = "") -> bool:
    """Say no, with a word for the recipient; the mail goes on waiting. False for who comes too late."""
    if not await Requests(store.transactions).decide(request.id, Decision.DENIED, who, word):
        return False
    await Journal(store.transactions).note(who, Deed.REQUEST_DENIED, request.mail_id, f"request {request.id}")
    return True
