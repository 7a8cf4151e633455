"""Are the tables those that this version knows? Made or upgraded in the transaction of the caller.

Alembic takes a second to load, so it is loaded only where there is something to do.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, text

# The newest revision in `versions`; a test holds it equal.
HEAD = "12"


def version(connection: Connection) -> str:
    """Of which version the tables are; nothing where there are none."""
    if "alembic_version" not in inspect(connection).get_table_names():
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def upgrade(connection: Connection, begins: Callable[[str], None]) -> str:
    """Bring the tables to HEAD; why not, where the database is not ours or is newer than we are.

    Where there are older ones, `begins` is told of which version, before what may take long.
    """
    names = set(inspect(connection).get_table_names())
    if found := version(connection):
        if found == HEAD:
            return ""
        if found not in _known():
            return f"made by another version of Vigimel (tables {found}, this one knows {HEAD})"
        begins(found)
    elif names:
        return f"holds tables of another program ({', '.join(sorted(names)[:3])})"
    _run(connection)
    return ""


def _known() -> set[str]:
    return {path.stem[1:].partition("_")[0] for path in (Path(__file__).parent / "versions").glob("r*_*.py")}


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
