"""Which authors are allowed? The commands `vigimel quarantine rules` and `remove-rule`.

Raises TryLater, which `arguments.end_with` turns into a line and an exit status.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from milter.cli.listed import Listing, list_all
from milter.cli.opened import opened
from milter.cli.terminal import json_line, say, short, shown, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.precedent.rule import Rule
from milter.precedent.rules import Rules
from milter.speech.words import doer


async def show_rules(config: Config, *, as_json: bool) -> int:
    """Write one line a rule, the newest first."""
    language = config.policy.language
    rules = Listing(
        lambda transactions: Rules(transactions).all(),
        plain,
        lambda rule: _row(rule, language),
        "rules_head",
        "no_rules",
    )
    return await list_all(config, rules, as_json=as_json)


async def remove(config: Config, numbers: Sequence[int], *, as_json: bool) -> int:
    """Remove rules; 0 when each was there."""
    text, status = TEXTS[config.policy.language], 0
    async with opened(config) as store:
        if store is None:
            return 1
        for number in numbers:
            removed = await Rules(store.transactions).remove(number, typist())
            status = status if removed else 1
            if as_json:
                say(json_line({"id": number, "removed": removed}))
            else:
                (say if removed else warn)(text["rule_removed" if removed else "no_rule"].format(id=number))
    return status


def plain(rule: Rule) -> dict[str, Any]:
    """The rule as JSON has it."""
    seen = rule.seen
    return {
        "id": rule.id,
        "address": seen.address,
        "domains": sorted(seen.domains),
        "brand": seen.brand,
        "likeness": seen.likeness,
        "wants": sorted(seen.wants),
        "odd": sorted(seen.odd),
        "mail_id": rule.mail_id,
        "reason": rule.reason,
        "owner": rule.owner,
        "created": rule.created.isoformat(),
        "until": rule.until.isoformat(),
        "ended": rule.until <= datetime.now(UTC),
        "uses": rule.uses,
        "last_used": rule.last_used.isoformat() if rule.last_used else None,
    }


def _row(rule: Rule, language: str) -> list[str]:
    ended = TEXTS[language]["ended"]
    return [
        str(rule.id),
        short(rule.seen.address, 44),
        short(", ".join(sorted(rule.seen.wants)) or "-", 36),
        f"{rule.until:%Y-%m-%d}" + (f" ({ended})" if rule.until <= datetime.now(UTC) else ""),
        f"{rule.uses} ({rule.last_used:%Y-%m-%d})" if rule.last_used else "0",
        shown(doer(rule.owner, language)),
        short(rule.reason, 40),
    ]
