"""How long does the review page take with 100,000 mails in the quarantine? `make bench-review`.

    python -m tests.bench.review [--mails N] [--traced N] [--rounds N] [--database sqlite|postgresql]

Milliseconds at the server: the whole application, login and templates and all, without the network. Each
page is asked for so many times after one round to warm up; the middle one and the slowest are shown.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from milter.config import NextHopConfig
from milter.quarantine.store import Store
from milter.relay.next_hop import next_hop
from milter.review.accounts import Role
from milter.review.app import build_app
from milter.review.review import build_review
from tests.bench.many import fill, fill_trace
from tests.quarantine.postgresql import running
from tests.review.site import PASSWORD

# By what it shows; {deep} is a mail in the middle of them all.
PAGES = {
    "list": "/mails",
    "list of all states": "/mails?state=all",
    "list of a rare state": "/mails?state=expired",
    "list of a finding": "/mails?finding=undecided",
    "a deep page": "/mails?below={deep}",
    "a deep page, back": "/mails?above={deep}",
    **{
        f"by {sort}": f"/mails?sort={sort}&order=up" for sort in ("author", "recipient", "subject", "finding")
    },
    "by subject, all states": "/mails?sort=subject&state=all",
    "by subject, a rare state": "/mails?sort=subject&state=expired",
    "by subject, a deep page": "/mails?sort=subject&below={deep}",
    "by author, a finding, back": "/mails?sort=author&finding=suspect&above={deep}",
    "words that most mails have": "/mails?words=remboursement",
    "words of one mail": "/mails?words=77777",
    "words of no mail": "/mails?words=nowhere+at+all",
    "words, by subject": "/mails?words=vitale+relance&sort=subject",
    "words of no mail, by author": "/mails?words=nowhere&sort=author&state=all",
    "sender domain": "/mails?domain=vitale-77.example",
    "recipient": "/mails?recipient=agent77@town-hall.example",
    "recipient, by subject": "/mails?recipient=agent77@town-hall.example&sort=subject",
    "a day long ago": "/mails?since={day}&until={day}",
    "a day, by subject": "/mails?since={day}&until={day}&sort=subject",
    "one mail": "/mails/{deep}",
    "mails of a campaign": "/mails?campaign={campaign}&state=all",
    "campaigns": "/campaigns",
    "campaigns, largest first": "/campaigns?by=size&state=all",
    "campaigns, a deep page": "/campaigns?page=20",
    "campaigns of a rare state": "/campaigns?state=expired",
    "campaigns with words": "/campaigns?words=remboursement",
    "one campaign": "/campaigns/{campaign}",
    **{f"dashboard, {span}": f"/dashboard?span={span}" for span in ("24h", "7d", "30d")},
    "trace": "/trace?span=30d",
    "trace of one address": "/trace?span=7d&words=agent77@town-hall.example",
    "trace of no mail": "/trace?span=7d&words=nowhere+at+all",
}


async def measure(place: Path | str, count: int, traced: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page."""
    store = await Store.open(place, busy_timeout=60)
    try:
        await fill(store, count)
        await fill_trace(store, traced)
        async with _reader(store) as client:
            held = await store.get(count // 2)
            assert held is not None
            values = {"deep": held.id, "day": held.received.date(), "campaign": 1}
            return {name: await _times(client, path.format(**values), rounds) for name, path in PAGES.items()}
    finally:
        await store.close()


@asynccontextmanager
async def _reader(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    with tempfile.TemporaryDirectory() as directory:
        hop = next_hop(NextHopConfig(url=f"maildir:{directory}"), "gw.example")
        review = build_review(store, hop, "fr")
        await review.accounts.add("ada", PASSWORD, Role.ADMIN)
        transport = httpx.ASGITransport(build_app(review))
        async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
            await client.post("/login", data={"name": "ada", "password": PASSWORD})
            yield client
        review.pool.close()


async def _times(client: httpx.AsyncClient, path: str, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = await client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.is_success, f"{path}: {answer.status_code}"
    return taken[1:]


@contextmanager
def _place(database: str) -> Iterator[Path | str]:
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as directory:
            yield Path(directory) / "quarantine.db"
        return
    with running() as server:
        server.sql("CREATE DATABASE bench")
        yield server.url("bench")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--traced", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    for database in [options.database] if options.database else ["sqlite", "postgresql"]:
        with _place(database) as place:
            times = asyncio.run(measure(place, options.mails, options.traced, options.rounds))
        print(f"\n{options.mails:,} mails, {options.traced:,} traced, {database}: milliseconds at the server")
        print(f"{'page':30} {'p50':>6} {'max':>6}")
        for name, taken in times.items():
            print(f"{name:30} {statistics.median(taken):6.0f} {max(taken):6.0f}", flush=True)


if __name__ == "__main__":
    main()
