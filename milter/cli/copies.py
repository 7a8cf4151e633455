"""Which letters came in copies, and what becomes of them? The commands `vigimel quarantine campaign ...`.

Raises ConfigError and TryLater, which `arguments.end_with` turns into a line and an exit status.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from milter.cli.holding import Quarantine, open_quarantine
from milter.cli.listed import Listing, list_all
from milter.cli.opened import opened
from milter.cli.terminal import json_line, row, say, short, shown, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.precedent.orders import NoOrder, OrderDeed, Orders, StandingOrder
from milter.quarantine.campaigns import Campaigns, Group
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.listing import Wanted
from milter.quarantine.store import Store
from milter.speech.words import doer, speaker


async def list_campaigns(
    config: Config, limit: int, *, every_state: bool, largest: bool, as_json: bool
) -> int:
    """Write one line a campaign."""
    wanted = Wanted(state=None if every_state else State.HELD)
    campaigns = Listing(
        lambda transactions: Campaigns(transactions).groups(wanted, limit + 1, largest_first=largest),
        _plain,
        _row,
        "campaigns_head",
        "no_campaigns",
        limit,
    )
    return await list_all(config, campaigns, as_json=as_json)


async def show_campaign(config: Config, number: int, *, as_json: bool) -> int:
    """Write what is known of a campaign."""
    language = config.policy.language
    text = TEXTS[language]
    async with opened(config) as store:
        if store is None:
            return 1
        found = await _found(store, number)
        if found is None:
            return _none(config, number)
        group, links, orders = found
    if as_json:
        say(json_line({**_plain(group), "links": links, "orders": [*map(_plain_order, orders)]}))
        return 0
    states = ", ".join(f"{state.value} {count}" for state, count in group.states.items())
    rows = (
        (text["subject"], group.newest.subject),
        (text["state"], states),
        (text["first"], f"{group.first.received:%Y-%m-%d %H:%M:%S} UTC"),
        (text["newest"], f"{group.newest.received:%Y-%m-%d %H:%M:%S} UTC"),
        (text["author"], group.of_top_sender.author),
        (text["from"], f"<{group.of_top_sender.envelope.reverse_path}>"),
        (text["links"], ", ".join(links)),
        (text["reason"], group.newest.reason),
        *((text["order"], "  ".join(_order_row(order, language))) for order in orders),
    )
    width = max(len(label) for label, _ in rows)
    say("\n".join(row(label, value, width) for label, value in rows))
    return 0


async def decide(config: Config, number: int, deed: str, *, as_json: bool) -> int:
    """Release, delete or confirm every mail that waits of a campaign now; 0 when each could be."""
    async with open_quarantine(config, as_json=as_json) as held, opened(config) as store:
        if held is None or store is None:
            return 1
        campaigns = Campaigns(store.transactions)
        if await campaigns.get(number) is None:
            return _none(config, number)
        ids = await campaigns.ids(number, State.HELD, sys.maxsize)
        if not ids:
            return _nothing_waits(config, number, as_json=as_json)
        status = await _deed(held, deed, ids)
        detail = f"campaign {number}: {deed}, {len(ids)} mails"
        await Journal(store.transactions).note(typist(), Deed.CAMPAIGN_DECIDED, detail=detail)
        return status


async def give_order(
    config: Config, number: int, deed: OrderDeed, reason: str, until: datetime | None, *, as_json: bool
) -> int:
    """Give an order for the copies of a campaign that come."""
    end = until or datetime.now(UTC) + timedelta(days=config.quarantine.rule_days)
    async with opened(config) as store:
        if store is None:
            return 1
        orders = Orders(store.transactions)
        given = await orders.give(number, deed, reason=reason, owner=typist(), until=end)
    if isinstance(given, NoOrder):
        warn(speaker(config.policy.language)(given.value))
        return 1
    text = TEXTS[config.policy.language]["order_given"].format(
        order=given, id=number, until=f"{end:%Y-%m-%d}"
    )
    say(json_line({"order": given, "campaign": number, "until": end.isoformat()}) if as_json else text)
    return 0


async def show_orders(config: Config, *, as_json: bool) -> int:
    """Write one line an order, the newest first."""
    orders = Listing(
        lambda transactions: Orders(transactions).all(),
        _plain_order,
        lambda order: _order_row(order, config.policy.language),
        "orders_head",
        "no_orders",
    )
    return await list_all(config, orders, as_json=as_json)


async def take_back(config: Config, number: int, *, as_json: bool) -> int:
    """Remove an order; 0 when it was there."""
    async with opened(config) as store:
        if store is None:
            return 1
        removed = await Orders(store.transactions).take_back(number, typist())
    sentence = TEXTS[config.policy.language]["order_removed" if removed else "no_order"].format(id=number)
    if as_json:
        say(json_line({"order": number, "removed": removed}))
    else:
        (say if removed else warn)(sentence)
    return 0 if removed else 1


async def _found(
    store: Store, number: int
) -> tuple[Group, tuple[str, ...], tuple[StandingOrder, ...]] | None:
    campaigns = Campaigns(store.transactions)
    campaign, groups = await campaigns.get(number), await campaigns.groups(Wanted(campaign=number), 1)
    if campaign is None or not groups:
        return None
    return groups[0], campaign.links, await Orders(store.transactions).of_campaign(number)


async def _deed(held: Quarantine, deed: str, ids: tuple[int, ...]) -> int:
    match deed:
        case "release":
            return await held.release(ids, None)
        case "delete":
            return await held.delete(ids)
        case _:
            return await held.confirm(ids)


def _nothing_waits(config: Config, number: int, *, as_json: bool) -> int:
    sentence = TEXTS[config.policy.language]["nothing_waits"].format(id=number)
    say(json_line({"campaign": number, "mails": 0}) if as_json else sentence)
    return 0


def _none(config: Config, number: int) -> int:
    warn(TEXTS[config.policy.language]["no_campaign"].format(id=number))
    return 1


def _plain(group: Group) -> dict[str, Any]:
    states: Mapping[str, int] = {state.value: count for state, count in group.states.items()}
    return {
        "campaign": group.id,
        "mails": group.mails,
        "states": states,
        "first": group.first.received.isoformat(),
        "newest": group.newest.received.isoformat(),
        "newest_id": group.newest.id,
        "subject": group.newest.subject,
        "finding": group.newest.finding.value,
        "top_author": group.of_top_sender.author,
        "top_author_address": group.of_top_sender.author_address,
    }


def _plain_order(order: StandingOrder) -> dict[str, Any]:
    return {
        "order": order.id,
        "campaign": order.campaign_id,
        "deed": order.deed.value,
        "reason": order.reason,
        "owner": order.owner,
        "created": order.created.isoformat(),
        "until": order.until.isoformat(),
        "ended": order.until <= datetime.now(UTC),
        "mails": order.mails,
        "last_used": order.last_used.isoformat() if order.last_used else None,
    }


def _row(group: Group) -> list[str]:
    top = group.of_top_sender
    return [
        str(group.id),
        str(group.mails),
        f"{group.first.received:%Y-%m-%d %H:%M}",
        f"{group.newest.received:%Y-%m-%d %H:%M}",
        group.newest.finding.value,
        short(top.author or top.author_address or "<>", 28),
        short(group.newest.subject, 50),
    ]


def _order_row(order: StandingOrder, language: str) -> list[str]:
    known = (order.id, order.campaign_id, order.deed.value, f"{order.until:%Y-%m-%d}", order.mails)
    return [*map(str, known), shown(doer(order.owner, language)), short(order.reason, 60)]
