"""How is a quarantine filled with as many mails as one wants? Rows as `hold` writes them, many at once."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, func, insert, select

from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail, State
from milter.quarantine.rows import NewRow, row_of
from milter.quarantine.schema import campaign, held_mail, held_words, raw_mail
from milter.quarantine.store import Store
from milter.trace.traced import Traced
from milter.trace.writer import write_rows
from milter.verdict.verdict import Finding

_AT_ONCE = 1000
# The part of all mail.
_FOUND = 0.05
_NAMES = (
    "Votre Assurance Maladie",
    "Ameli Remboursement",
    "CPAM de la Somme",
    "Service carte Vitale",
    "Zoé Éon",
)
_SUBJECTS = ("Votre remboursement", "Carte Vitale expirée", "Dossier incomplet", "Dernière relance", "Avis")
# Of several mails each.
_CAMPAIGNS = 2000
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
    await _begin_campaigns(store, count)
    waiting: list[tuple[int, State, NewRow]] = []
    for number, mail in enumerate(mails(count, datetime.now(UTC), seed), 1):
        [state] = chance.choices([*_STATES], [*_STATES.values()])
        waiting.append((number, state, row_of(mail)))
        if len(waiting) == _AT_ONCE or number == count:
            await _write(store, waiting)
            waiting.clear()
    await store.transactions.write(_count_on)


async def fill_trace(store: Store, count: int, seed: int = 1) -> None:
    """Write so many rows of the trace, of the last thirty days, as the gateway does."""
    chance = random.Random(seed)
    newest = datetime.now(UTC)
    apart = timedelta(days=30) / count
    rows: list[Traced] = []
    for number in range(1, count + 1):
        rows.append(_traced(chance, number, newest - apart * (count - number)))
        if len(rows) == _AT_ONCE or number == count:
            await store.transactions.write(partial(write_rows, rows))
            rows = []


def _traced(chance: random.Random, number: int, at: datetime) -> Traced:
    host, is_found = f"host-{chance.randrange(20_000)}.example", chance.random() < _FOUND
    finding = "impersonation" if is_found else chance.choice(("unrelated",) * 30 + ("genuine", "mention"))
    return Traced(
        at,
        f"{number:012x}",
        "192.0.2.1",
        f"bounce@{host}",
        (f"agent{chance.randrange(5000)}@town-hall.example",),
        f"info@{host}",
        host,
        f"<{number}@{host}>",
        20_000,
        finding,
        "quarantine" if is_found else "pass",
        likeness="display_name" if is_found else "",
        standing={"genuine": "proven", "impersonation": "unproven"}.get(finding, ""),
        asks=("bank_details", "link") if is_found else (),
        official="info.ameli.fr" if finding == "genuine" else "",
        reply="250 2.0.0 Ok",
        milliseconds=3,
    )


def campaign_number(number: int) -> int:
    """The campaign of a mail: a third of all is in one, the others in ever smaller ones, a quarter alone."""
    if number % 4 == 0:
        return _CAMPAIGNS + number
    return 1 if number % 3 == 0 else 2 + (number * number) % (_CAMPAIGNS - 1)


async def _begin_campaigns(store: Store, count: int) -> None:
    numbers = {campaign_number(number) for number in range(1, count + 1)}
    row = {"began": datetime.now(UTC), "skeleton": "", "links": ["a.example/*"], "sketch": b""}
    rows = [row | {"id": number} for number in sorted(numbers)]
    await store.transactions.write(lambda connection: connection.execute(insert(campaign), rows))


async def _write(store: Store, rows: Sequence[tuple[int, State, NewRow]]) -> None:
    held = [
        row.values | {"id": number, "state": state.value, "campaign": campaign_number(number)}
        for number, state, row in rows
    ]
    words = [row.words | {"mail_id": number} for number, _, row in rows]
    raw = [{"mail_id": number, "zstd": row.packed} for number, _, row in rows]

    def work(connection: Connection) -> None:
        connection.execute(insert(held_mail), held)
        connection.execute(insert(held_words), words)
        connection.execute(insert(raw_mail), raw)

    await store.transactions.write(work)


def _count_on(connection: Connection) -> None:
    """The next mail gets the next number: PostgreSQL does not count those that were written with theirs."""
    if connection.dialect.name != "postgresql":
        return
    for table in (held_mail, campaign):
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, func.max(table.c.id))))
