"""The revisions lead to the tables that the code knows."""

from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, select, text

import milter.quarantine.migrations
from milter.quarantine import postgresql, sqlite
from milter.quarantine.listing import ALL, Sort, Wanted
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.schema import campaign_band, metadata
from milter.quarantine.store import Store
from tests.quarantine.conftest import Place
from tests.quarantine.mails import mail
from tests.quarantine.test_campaigns import ONE, copies

# A mail as revisions 2 and 3 kept it.
OLD = {
    "state": "held",
    "changed": datetime(2026, 11, 24, 8, 30),  # noqa: DTZ001 as it is kept: UTC, without a zone
    "token": "",
    "delivered": "[]",
    "received": datetime(2026, 11, 24, 8, 30),  # noqa: DTZ001
    "client_address": "192.0.2.1",
    "client_name": "",
    "helo": "",
    "esmtp": True,
    "tls": False,
    "reverse_path": "a@b.example",
    "forward_paths": '["c@d.example"]',
    "mail_parameters": "[]",
    "finding": "impersonation",
    "reason": "",
    "brand": "",
    "author": "",
    "author_address": "",
    "subject": "L'été",
    "report": "{}",
    "message_id": "",
    "size": 1,
    "sha256": "",
}


def differences(connection: Connection) -> list[object]:
    return [*compare_metadata(MigrationContext.configure(connection), metadata)]


async def test_the_revisions_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.transactions._database.engine.connect() as connection:
        assert [] == differences(connection)


def run(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(milter.quarantine.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(milter.quarantine.migrations.__file__).parent))
    assert [HEAD] == ScriptDirectory.from_config(config).get_heads()


@pytest.mark.parametrize("revision", ["1", "2", "3"])
async def test_mail_that_was_held_before_is_found_and_sorted(place: Place, revision: str) -> None:
    old = {name: value for name, value in OLD.items() if (name, revision) != ("author_address", "1")}
    database = sqlite.database(place, 5) if isinstance(place, Path) else postgresql.database(place, 5)
    with database.engine.begin() as connection:
        run(connection, revision)
        named = ", ".join(old)
        values = ", ".join(f":{name}" for name in old)
        connection.execute(text(f"INSERT INTO held_mail ({named}) VALUES ({values})"), old)  # noqa: S608
    database.engine.dispose()
    store = await Store.open(place)
    for wanted in (Wanted(words="ETE"), Wanted(domain="b.example"), Wanted(recipient="c@d.example")):
        assert [1] == [held.id for held in await store.list(wanted)]
    old_one = await store.get(1)
    assert old_one is not None
    assert (("c@d.example",), ()) == (old_one.envelope.forward_paths, old_one.envelope.rcpt_parameters)
    mail_id = await store.hold(mail(subject="a"))
    by_subject = Wanted(sort=Sort.SUBJECT, ascending=True)
    assert [mail_id, 1] == [held.id for held in await store.list(by_subject)]
    await store.close()


async def test_a_campaign_of_before_is_found_by_a_copy_that_comes_now(place: Place) -> None:
    [first, copy], attached = copies(ONE, 2), mail(raw=b"Content-Type: image/png\r\n\r\nx")
    store = await Store.open(place)
    for one in (first, attached):
        await store.hold(one)
    with store.transactions._database.engine.begin() as connection:
        before = {tuple(row) for row in connection.execute(select(campaign_band))}
        # As revision 11 left them.
        connection.execute(delete(campaign_band))
        connection.execute(insert(campaign_band), [{"band": n, "campaign_id": 1} for n in range(16)])
        connection.execute(text("UPDATE alembic_version SET version_num = '11'"))
    await store.close()
    store = await Store.open(place)
    with store.transactions._database.engine.begin() as connection:
        assert before == {tuple(row) for row in connection.execute(select(campaign_band))}
    for one in (copy, attached):
        await store.hold(one)
    assert [2, 1, 2, 1] == [held.campaign for held in await store.list(ALL)]
    await store.close()
