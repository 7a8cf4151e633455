"""How is a quarantine filled with as many mails as one wants? Rows as `hold` writes them, many at once."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail, State
from milter.quarantine.rows import NewRow, row_of
from milter.quarantine.schema import held_mail, held_words, raw_mail
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding

_AT_ONCE = 1000
_NAMES = (
    "Votre Assurance Maladie",
    "Ameli Remboursement",
    "CPAM de la Somme",
    "Service carte Vitale",
    "Zoé Éon",
)
_SUBJECTS = ("Votre remboursement", "Carte Vitale expirée", "Dossier incomplet", "Dernière relance", "Avis")
# Of a thousand mails: what became of them.
_STATES = {State.HELD: 900, State.RELEASED: 40, State.DELETED: 50, State.EXPIRED: 10}
_FINDINGS = {Finding.IMPERSONATION: 800, Finding.SUSPECT: 150, Finding.UNDECIDED: 50}
# As long as that of a real mail.
_EVIDENCE = {"where": "From", "shows": "Votre Assurance Maladie", "folded": "x", "likeness": "name"}
_ASK = {"kind": "bank details", "quote": "renseignez votre RIB", "where": "text", "promise": []}
_REPORT = json.dumps(
    {
        "claim": {"likeness": "name", "evidence": [_EVIDENCE]},
        "proof": {"standing": "unproven", "results": []},
        "asks": [_ASK],
        "more": "x" * 3000,
    }
)


def mails(count: int, newest: datetime, seed: int = 1) -> Iterator[HeldMail]:
    """Invented mails, oldest first, five minutes apart."""
    chance = random.Random(seed)
    for number in range(count):
        name, subject = chance.choice(_NAMES), chance.choice(_SUBJECTS)
        host = f"{chance.choice(('remboursement', 'vitale', 'dossier'))}-{chance.randrange(2000)}.example"
        paths = tuple(
            f"agent{chance.randrange(500)}@town-hall.example" for _ in range(chance.choice((1, 1, 1, 3)))
        )
        yield HeldMail(
            envelope=Envelope("192.0.2.1", host, f"bounce@{host}", paths),
            received=newest - timedelta(minutes=5 * (count - number)),
            finding=chance.choices((Finding.IMPERSONATION, Finding.SUSPECT, Finding.UNDECIDED), (80, 15, 5))[
                0
            ],
            reason=f"dit être l'Assurance Maladie (« {name} »), sans preuve, et demande un RIB",
            raw=b"From: x\r\n\r\nx\r\n",
            author=name,
            author_address=f"info@{host}",
            subject=f"{subject} n° {number}",
            report=_REPORT,
            message_id=f"<{number}@{host}>",
        )


async def fill(store: Store, count: int, seed: int = 1) -> None:
    """Put so many mails into an empty quarantine."""
    chance = random.Random(seed)
    waiting: list[tuple[int, State, NewRow]] = []
    for number, mail in enumerate(mails(count, datetime.now(UTC), seed), 1):
        [state] = chance.choices([*_STATES], [*_STATES.values()])
        waiting.append((number, state, row_of(mail)))
        if len(waiting) == _AT_ONCE or number == count:
            await _write(store, waiting)
            waiting.clear()


async def _write(store: Store, rows: Sequence[tuple[int, State, NewRow]]) -> None:
    held = [row.values | {"id": number, "state": state.value} for number, state, row in rows]
    words = [row.words | {"mail_id": number} for number, _, row in rows]
    raw = [{"mail_id": number, "zstd": row.packed} for number, _, row in rows]

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(held_mail), held)
        await connection.execute(insert(held_words), words)
        await connection.execute(insert(raw_mail), raw)

    await store.transactions.write(work)
