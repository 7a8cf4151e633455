"""What does somebody say to a recipient who asks for a mail? Each decision once, with a line in the journal.

Raises TryLater when the database is away; a next hop that is away is a request that stays open.
"""

from sqlalchemy import Connection

from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Line
from milter.quarantine.release import Released, release
from milter.quarantine.requests import Decision, Request, Requests, decide
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop


async def approve(
    store: Store, next_hop: NextHop, request: Request, who: str, *, everybody: bool = False
) -> bool:
    """Release the mail to the recipient who asks, and the others go on waiting; or to everybody it is for.
    True for whose decision it was, and he has it now."""
    if request.state is not Decision.OPEN:
        return False
    to, is_ours = None if everybody else (request.recipient,), False

    def note(connection: Connection, outcome: Released) -> None:
        nonlocal is_ours
        is_ours = _note(connection, outcome, request, who)

    await release(store, next_hop, request.mail_id, to, rest_waits=True, note=note)
    return is_ours


def _note(connection: Connection, outcome: Released, request: Request, who: str) -> bool:
    """Decide, and add the lines, in the transaction that ends the release; True where it is decided now."""
    mail_id, detail = request.mail_id, f"request {request.id}"
    if request.recipient not in outcome.delivered:
        Line(who, Deed.NOT_RELEASED, mail_id, f"{detail}: {outcome.why}").add(connection)
        return False
    is_ours = decide(connection, request.id, Decision.APPROVED, who)
    if is_ours:
        Line(who, Deed.REQUEST_APPROVED, mail_id, detail).add(connection)
    if outcome.state is State.RELEASED:
        Line(who, Deed.RELEASED, mail_id).add(connection)
    elif not is_ours:
        Line(who, Deed.SENT, mail_id, f"{detail}: decided elsewhere").add(connection)
    return is_ours


async def deny(store: Store, request: Request, who: str, word: str = "") -> bool:
    """Say no, with a word for the recipient; the mail goes on waiting. False for who comes too late."""
    line = Line(who, Deed.REQUEST_DENIED, request.mail_id, f"request {request.id}")
    return await Requests(store.transactions).decide(request.id, Decision.DENIED, who, word, line)
