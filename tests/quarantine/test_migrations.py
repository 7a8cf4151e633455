"""The revisions lead to the tables that the code knows."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import milter.quarantine.migrations
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.schema import metadata
from milter.quarantine.store import Store


def differences(connection: Connection) -> list[object]:
    return [*compare_metadata(MigrationContext.configure(connection), metadata)]


async def test_the_revisions_make_the_tables_that_the_code_knows(store: Store) -> None:
    async with store.transactions._database.engine.connect() as connection:
        assert [] == await connection.run_sync(differences)


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(milter.quarantine.migrations.__file__).parent))
    assert [HEAD] == ScriptDirectory.from_config(config).get_heads()
