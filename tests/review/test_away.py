"""The database goes away under a running gateway, and comes back: all are told, and nothing is lost."""

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.cli.command import FRAUD
from tests.intake.mta import Mta
from tests.quarantine import postgresql
from tests.relay.peer import Peer, listening
from tests.review.site import CONFIG, PASSWORD, Site, running
from tests.review.test_addresses import faults

_MORE = """
[milter]
listen = ["unix:{directory}/milter.sock"]
[next_hop]
url = "smtp://127.0.0.1:{port}"
"""
_SAYS = {"fr": "La quarantaine ne répond pas", "en": "The quarantine is not answering"}


@dataclass(frozen=True)
class Database:
    """Where it is, and how it is taken away and brought back."""

    place: Path | str
    take_away: Callable[[], object]
    bring_back: Callable[[], object]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        file, away = tmp_path / "quarantine.db", tmp_path / "away"
        yield Database(file, lambda: file.rename(away), lambda: away.rename(file))
        return
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed (run make test as root on Debian)")
    with postgresql.running() as server:
        yield Database(server.url("postgres"), lambda: server.stop("immediate"), server.start)


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    """A gateway with a milter, in front of a mail server that takes everything."""
    async with listening(Peer()) as peer:
        options = CONFIG + _MORE.format(directory=tmp_path, port=peer.port)
        if isinstance(database.place, str):
            options += f'[quarantine]\nurl = "{database.place}"\n'
        with running(tmp_path, options, database.place) as started:
            yield started


class Reader:
    """Somebody who is logged in."""

    def __init__(self, site: Site) -> None:
        self._client = httpx.AsyncClient(base_url=site.url, timeout=60)

    async def log_in(self) -> httpx.Response:
        answer = await self._client.post("/login", data={"name": "ada", "password": PASSWORD})
        # A browser takes this cookie from localhost without https; httpx does not.
        self._client.headers["Cookie"] = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    async def get(self, path: str, language: str = "en") -> httpx.Response:
        return await self._client.get(path, headers={"Accept-Language": language})


async def answer_to(site: Site, raw: bytes) -> int:
    """The code that the end of a mail is answered with by SMTP."""
    try:
        await asyncio.to_thread(site.send, raw)
    except smtplib.SMTPDataError as error:
        return error.smtp_code
    return 250


async def milter_says(socket: Path) -> bytes:
    """The last answer of the milter to a fraud."""
    mta = await Mta.ready(socket)
    outcome = await mta.mail(FRAUD)
    mta.close()
    return b"".join(outcome.last)


@pytest.mark.threat("W29")
async def test_while_the_database_is_away_all_say_so_and_nothing_is_lost(
    site: Site, database: Database, tmp_path: Path
) -> None:
    ada = Reader(site)
    assert 303 == (await ada.log_in()).status_code
    assert 250 == await answer_to(site, FRAUD)
    assert 200 == (await ada.get("/mails/1/raw")).status_code
    processes = [site.gateway.pids(role) for role in ("worker", "keeper")]

    database.take_away()
    for path in ("/mails", "/mails/1", "/mails/1/raw", "/dashboard", "/journal"):
        for language, says in _SAYS.items():
            answer = await ada.get(path, language)
            assert (503, "30") == (answer.status_code, answer.headers["retry-after"])
            assert says in answer.text
            assert "Traceback" not in answer.text
            assert str(tmp_path) not in answer.text
            assert [] == faults(answer)
    assert 503 == (await Reader(site).log_in()).status_code
    assert 451 == await answer_to(site, FRAUD)
    assert (await milter_says(tmp_path / "milter.sock"))[:4] in {b"t", b"y451"}

    database.bring_back()
    for _ in range(600):
        if (await ada.get("/mails")).status_code == 200:
            break
        await asyncio.sleep(0.1)
    assert 250 == await answer_to(site, FRAUD)
    assert b"d" == await milter_says(tmp_path / "milter.sock")
    # PostgreSQL leaves numbers out.
    ids = {*re.findall(r'href="(/mails/\d+)"', (await ada.get("/mails?state=all")).text)}
    raw = [(await ada.get(f"{one}/raw")).content for one in ids]
    assert [True] * 3 == [one.endswith(FRAUD.partition(b"\r\n\r\n")[2]) for one in raw]
    assert processes == [site.gateway.pids(role) for role in ("worker", "keeper")]
    assert "crashed" not in site.gateway.log
    assert "page_failed" not in site.gateway.log
