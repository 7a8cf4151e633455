"""A quarantine that the benchmarks have filled goes on like any other."""

from milter.quarantine.store import Store
from tests.bench.many import fill
from tests.quarantine.mails import MAIL


async def test_a_mail_comes_after_those_of_a_benchmark(store: Store) -> None:
    await fill(store, 7)
    assert 8 == await store.hold(MAIL)
