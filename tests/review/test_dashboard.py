"""What the dashboard and the trace show, of rows that are in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from milter.quarantine.journal import Deed
from milter.quarantine.store import Store
from milter.review.overview import Span, begin, columns_of, overview
from milter.review.review import Review
from milter.trace.find import Traces
from milter.trace.tally import Kind
from milter.trace.traced import Traced
from milter.trace.writer import write_rows
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, mail
from tests.quarantine.test_campaigns import ONE, copies
from tests.review.site import PASSWORD
from tests.trace.rows import AT, official, row

NOON = datetime(2026, 11, 24, 12, 0, 1, tzinfo=UTC)


async def write(store: Store, rows: Sequence[Traced]) -> None:
    await store.transactions.write(partial(write_rows, [*rows]))


async def get(client: httpx.AsyncClient, path: str, name: str = "rosa") -> httpx.Response:
    await client.post("/login", data={"name": name, "password": PASSWORD})
    return await client.get(path)


@pytest.mark.parametrize(("span", "columns"), [(Span.DAY, 24), (Span.WEEK, 7), (Span.MONTH, 30)])
async def test_each_span_counts_what_came_in_it(store: Store, span: Span, columns: int) -> None:
    since = begin(span, NOON)
    await write(
        store, [row(at=since), row(at=since - timedelta(microseconds=1)), row(finding="suspect", at=NOON)]
    )
    seen = await overview(Traces(store.transactions), span, NOON + timedelta(seconds=1), "en")
    assert {"impersonation": 1, "suspect": 1} == seen.counts[Kind.FINDING]
    assert columns == len(seen.times)
    assert {"impersonation": 1} == seen.times[0].mails
    assert {"suspect": 1} == seen.times[-1].mails
    assert {"remboursement.example": 2} == seen.sender_domains
    assert {"c@d.example": 2, "e@d.example": 2} == seen.targets


def test_mail_that_is_nobodys_stands_in_no_column() -> None:
    hour = NOON.replace(second=0)
    times = columns_of({hour: {"unrelated": 5}}, Span.DAY, NOON, "fr")
    assert [0] * 24 == [time.total for time in times]


async def test_official_mail_is_counted_and_who_stopped_proving_itself_is_named_once(store: Store) -> None:
    before = NOON - timedelta(days=5)
    proven = [official("proven", at=before) for _ in range(12)]
    unlisted = row(finding="genuine_unlisted", standing="proven", official="ameli.fr", at=NOON)
    broken = [official("unproven", at=NOON) for _ in range(3)]
    await write(store, [*proven, *broken, unlisted])
    seen = await overview(Traces(store.transactions), Span.WEEK, NOON + timedelta(seconds=1), "en")
    assert {"info.ameli.fr": 12, "ameli.fr": 1} == seen.counts[Kind.PROVEN]
    assert {"info@remboursement.example": 1} == seen.unlisted
    assert ("info.ameli.fr",) == seen.stopped


async def test_a_held_mail_knows_its_rows(store: Store) -> None:
    await write(store, [row(held_id=1), row(held_id=2), row(held_id=1, at=AT + timedelta(hours=1))])
    [found] = await Traces(store.transactions).of_held(1, AT + timedelta(seconds=2))
    assert 1 == found.mail.held_id


class TestPages:
    """As a browser is answered."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        """The database makes no difference here."""
        return tmp_path / "var" / "quarantine.db"

    @pytest.mark.parametrize("span", ["", "24h", "7d", "30d"])
    async def test_every_figure_is_there_and_each_has_its_table(
        self, client: httpx.AsyncClient, review: Review, span: str
    ) -> None:
        await write(review.store, [row(at=datetime.now(UTC)), official("proven", at=datetime.now(UTC))])
        answer = (await get(client, f"/dashboard?span={span}", "vera")).text
        assert 6 == answer.count("<svg") == answer.count("</details>")
        assert "info.ameli.fr" in answer.partition('id="official"')[2]
        assert "style=" not in answer

    @pytest.mark.parametrize(("span", "notices"), [("24h", 0), ("7d", 0), ("30d", 2)])
    async def test_figures_that_do_not_go_back_so_far_say_so(
        self, client: httpx.AsyncClient, review: Review, span: str, notices: int
    ) -> None:
        assert 7 == review.trace_days
        await write(review.store, [row(at=datetime.now(UTC))])
        answer = (await get(client, f"/dashboard?span={span}", "vera")).text
        assert notices == answer.count("addresses are kept ([trace] keep_days): 7")

    @pytest.mark.usefixtures("review")
    async def test_an_empty_gateway_has_a_dashboard(self, client: httpx.AsyncClient) -> None:
        answer = await get(client, "/dashboard")
        assert answer.is_success
        assert "<svg" not in answer.text

    @pytest.mark.parametrize(
        "path",
        ["/dashboard?span=1h", "/trace?span=x", "/trace?finding=x", "/trace?before=x", "/trace?action=x"],
    )
    @pytest.mark.usefixtures("review")
    async def test_what_means_nothing_is_refused(self, client: httpx.AsyncClient, path: str) -> None:
        assert 400 == (await get(client, path)).status_code

    async def test_a_mail_that_went_on_is_found_by_its_message_id(
        self, client: httpx.AsyncClient, review: Review
    ) -> None:
        went_on = row(at=datetime.now(UTC), message_id="<other@x.example>", finding="unrelated", held_id=None)
        await write(review.store, [row(at=datetime.now(UTC)), went_on])
        answer = (await get(client, "/trace?words=OTHER@x.example&finding=unrelated")).text
        assert "250 2.0.0 Ok" in answer
        assert "&lt;other@x.example&gt;" in answer
        assert "&lt;1@b.example&gt;" not in answer
        (last, *_) = await review.journal.newest()
        assert ("rosa", Deed.TRACED, "24h: 1") == (last.who, last.deed, last.detail)

    async def test_what_was_only_tagged_is_found_by_what_became_of_it(
        self, client: httpx.AsyncClient, review: Review
    ) -> None:
        now = datetime.now(UTC)
        await write(review.store, [row(at=now, mail_id="held-one"), row(at=now, mail_id="one", action="tag")])
        answer = (await get(client, "/trace?action=tag")).text
        assert ">one<" in answer
        assert "held-one" not in answer
        assert "<td>tagged<br>" in answer

    async def test_more_than_a_page_is_found_on_the_next(
        self, client: httpx.AsyncClient, review: Review
    ) -> None:
        now = datetime.now(UTC)
        await write(review.store, [row(at=now, mail_id=f"mail-{n:03}", action="tag") for n in range(60)])
        await write(review.store, [row(at=now, mail_id=f"mail-x{n}") for n in range(9)])
        first = (await get(client, "/trace?words=mail-&action=tag")).text
        place = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        second = (await client.get(place)).text
        assert (50, 10) == (first.count(">mail-"), second.count(">mail-"))

    @pytest.mark.usefixtures("review")
    async def test_who_only_looks_at_held_mail_sees_no_mail_of_others(
        self, client: httpx.AsyncClient
    ) -> None:
        assert 403 == (await get(client, "/trace", "vera")).status_code

    async def test_a_held_mail_shows_what_its_sender_heard(
        self, client: httpx.AsyncClient, review: Review
    ) -> None:
        held_id = await review.store.hold(mail(received=MAIL.received))
        await write(review.store, [row(held_id=held_id, at=MAIL.received)])
        assert "250 2.0.0 Ok 0123456789ab" in (await get(client, f"/mails/{held_id}")).text


async def test_the_largest_campaigns_stand_on_the_dashboard(
    client: httpx.AsyncClient, review: Review
) -> None:
    for one in copies(ONE, 2):
        await review.store.hold(replace(one, received=datetime.now(UTC)))
    shown = (await get(client, "/dashboard")).text
    assert '<a href="/campaigns/1"><bdi>Votre remboursement n° 1</bdi></a>' in shown
