"""Who else is told of a fraud, and is it written down who told? Only what somebody has asked for leaves.

Raises LookupError for a mail whose bytes are gone; TryLater when the database is away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from milter.brand.names import NO_NAMES, Names
from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.config import Config
from milter.errors import Reply, TryLater
from milter.quarantine.held import Held
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.seal import secret_of
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop
from milter.report.inside import readers, redacted
from milter.report.kit import Kit, feedback, kit, recipients_of
from milter.report.post import tell


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells others, in the name of this gateway. `offered` are the addresses that the operator has named,
    `pool` has the child that reads the mail: close it in the end."""

    store: Store
    next_hop: NextHop
    sender: str
    hostname: str
    offered: tuple[str, ...] = ()
    pool: Pool = field(default_factory=readers)
    names: Names = NO_NAMES

    @classmethod
    def of(
        cls, config: Config, store: Store, next_hop: NextHop, names: Names, origin: Origin | None = None
    ) -> "Teller":
        """The teller of this configuration; its child comes from this origin, or its own."""
        sender, offered = config.report_sender, config.report_kit.to
        return cls(store, next_hop, sender, config.hostname, offered, readers(origin), names)

    async def kit(self, held: Held, language: str) -> Kit:
        """What may leave of a mail: to be looked at first."""
        raw = await self.store.raw(held.id)
        left = await redacted(self.pool, raw, recipients_of(held))
        return kit(held, left, language, self.names)

    def preview(self, made: Kit, to: str) -> bytes:
        """The mail that `send` would send."""
        return feedback(made, self.sender, to, self.hostname, datetime.now(UTC))

    async def send(self, made: Kit, to: Sequence[str], who: str) -> tuple[tuple[str, Reply], ...]:
        """What the next hop said, for each address; each try is a line in the journal."""
        key = await secret_of(self.store.transactions)
        journal = Journal(self.store.transactions)
        said = []
        for address in dict.fromkeys(to):
            try:
                reply = await tell(self.next_hop, self.preview(made, address), address, key)
            except TryLater as error:
                reply = error.reply
            deed = Deed.REPORTED if reply.is_success else Deed.NOT_REPORTED
            await journal.note(who, deed, made.held.id, f"{address} {reply.code}")
            said.append((address, reply))
        return tuple(said)
