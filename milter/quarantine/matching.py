"""Which campaign does a mail belong to? That of a letter it is a copy of, or one that begins with it.

Raises what the caller's transaction raises. Of several gateways with one database each finds the campaigns of
the others: a new one is begun by one of them at a time.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    select,
    text,
    union_all,
)

from milter.campaign.sketch import packed, unpacked
from milter.campaign.traits import Traits, keys_of, nearest
from milter.quarantine.schema import campaign, campaign_band

# Campaigns that are compared with a mail: those with the most bands in common, of the newest that have each.
# Both are bounds of the work under the write lock: who writes letters chooses what they have in common.
_COMPARED, _NEWEST = 20, 50
# Any number that is ours, in PostgreSQL: one node at a time begins a campaign.
_BEGIN_LOCK = 0x56494743


def campaign_of(connection: Connection, traits: Traits) -> int:
    """The campaign of a mail with these traits, in the caller's transaction; begun where there is none."""
    found = _find(connection, traits)
    if found is None and connection.dialect.name == "postgresql":
        # SQLite has one writer anyway. Whoever had the lock has committed: look once more.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_BEGIN_LOCK})"))
        found = _find(connection, traits)
    return _begin(connection, traits) if found is None else found


def _find(connection: Connection, traits: Traits) -> int | None:
    keys = keys_of(traits)
    rows = connection.execute(_alike(len(keys)), {f"key{n}": key for n, key in enumerate(keys)}).all()
    return nearest(traits.sketch, ((number, unpacked(sketch)) for number, sketch in rows))


# Built once for each number of them, as in `store.py`.
@cache
def _alike(keys: int) -> Select[Any]:
    """What asks for the campaigns to compare with a mail of so many keys."""
    having = [_having(bindparam(f"key{number}", type_=BigInteger)) for number in range(keys)]
    shared = union_all(*having).subquery()
    query = select(campaign.c.id, campaign.c.sketch).join(shared, shared.c.campaign_id == campaign.c.id)
    return query.group_by(campaign.c.id).order_by(func.count().desc(), campaign.c.id).limit(_COMPARED)


def _having(key: BindParameter[int]) -> Select[tuple[int]]:
    query = select(campaign_band.c.campaign_id).where(campaign_band.c.band == key)
    # In parentheses of its own, for SQLite knows no limit of a part of a union.
    return select(query.order_by(campaign_band.c.campaign_id.desc()).limit(_NEWEST).subquery().c.campaign_id)


def _begin(connection: Connection, traits: Traits) -> int:
    values = {
        "began": datetime.now(UTC),
        "skeleton": traits.skeleton,
        "links": [*traits.links],
        "sketch": packed(traits.sketch),
    }
    row = insert(campaign).values(values).returning(campaign.c.id)
    number = int(connection.execute(row).scalar_one())
    bands = [{"band": band, "campaign_id": number} for band in keys_of(traits)]
    connection.execute(insert(campaign_band), bands)
    return number
