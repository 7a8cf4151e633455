"""The numbers by which a campaign is found have its skeleton in them, too: each is made anew."""

from hashlib import blake2b
from struct import iter_unpack

import sqlalchemy as sa
from alembic import op

revision = "12"
down_revision = "11"

# As `milter.campaign` counts them in this revision.
_BANDS = 16
# Campaigns of one statement.
_AT_ONCE = 1000

_CAMPAIGN = sa.table("campaign", sa.column("id"), sa.column("skeleton"), sa.column("sketch"))
_BAND = sa.table("campaign_band", sa.column("band"), sa.column("campaign_id"))
_NEW = sa.Table(
    "campaign_band_new",
    sa.MetaData(),
    sa.Column("band", sa.BigInteger),
    sa.Column("campaign_id", sa.BigInteger),
    prefixes=["TEMPORARY"],
)


def upgrade() -> None:
    """Write the numbers of each campaign again.

    In their order, and without the index: one by one they would be as many places in a large file.
    """
    connection = op.get_bind()
    _NEW.create(connection)
    last = 0
    query = sa.select(_CAMPAIGN).where(_CAMPAIGN.c.id > sa.bindparam("last")).order_by(_CAMPAIGN.c.id)
    while rows := connection.execute(query.limit(_AT_ONCE), {"last": last}).all():
        bands = [
            {"band": band, "campaign_id": number}
            for number, skeleton, sketch in rows
            for band in _bands(skeleton, bytes(sketch))
        ]
        connection.execute(sa.insert(_NEW), bands)
        last = rows[-1][0]
    op.drop_index("campaign_band_campaign", "campaign_band")
    connection.execute(sa.delete(_BAND))
    in_order = sa.select(_NEW.c.band, _NEW.c.campaign_id).order_by(_NEW.c.band, _NEW.c.campaign_id)
    connection.execute(sa.insert(_BAND).from_select(["band", "campaign_id"], in_order))
    op.create_index("campaign_band_campaign", "campaign_band", ["campaign_id"])
    _NEW.drop(connection)


def _bands(skeleton: str, sketch: bytes) -> set[int]:
    hashes = [hashed for (hashed,) in iter_unpack(">I", sketch[: 4 * _BANDS])] or [0]
    return {_band(skeleton, hashed) for hashed in hashes}


def _band(skeleton: str, hashed: int) -> int:
    mixed = blake2b(hashed.to_bytes(4), key=skeleton.encode("ascii"), digest_size=8)
    return int.from_bytes(mixed.digest()) >> 1
