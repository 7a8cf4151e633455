"""Which mails does somebody want to see, and in which order? Conditions that indexes answer. Pure.

A page begins next to the last mail of the page before (a key, not a count): deep pages cost what the
first does, and mail that comes in meanwhile moves nothing. The place is given as an id, so that no word of a
mail stands in the address of a page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, exists, or_, select, tuple_

from milter.quarantine.held import State
from milter.quarantine.rows import folded
from milter.quarantine.schema import held_mail, held_words
from milter.verdict.verdict import Finding


class Sort(StrEnum):
    """What a list is sorted by; where that is the same, by what came first."""

    RECEIVED = "received"
    AUTHOR = "author"
    RECIPIENT = "recipient"
    SUBJECT = "subject"
    FINDING = "finding"


_KEYS: dict[Sort, Column[Any]] = {
    Sort.RECEIVED: held_mail.c.id,
    Sort.AUTHOR: held_mail.c.by_author,
    Sort.RECIPIENT: held_mail.c.by_recipient,
    Sort.SUBJECT: held_mail.c.by_subject,
    Sort.FINDING: held_mail.c.finding,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails to list; what is not set is not asked for.

    `words` are sought in author, subject, addresses, client and Message-ID, whatever their case and accents,
    each on its own, short ones as whole words; `domain` is that of author or reverse-path, or one above it;
    `recipient` is any part of a forward-path; `since` is included, `until` is not; `campaign` is the number
    of one. The list begins below the mail `below_id`, or ends above `above_id`.
    """

    state: State | None = None
    finding: Finding | None = None
    words: str = ""
    domain: str = ""
    recipient: str = ""
    since: datetime | None = None
    until: datetime | None = None
    campaign: int | None = None
    sort: Sort = Sort.RECEIVED
    ascending: bool = False
    below_id: int | None = None
    above_id: int | None = None


ALL = Wanted()
# Letters of a word that is sought as a whole.
_SHORT = 3


def place_of(wanted: Wanted) -> Select[Any] | None:
    """What asks for the key of the mail that the list begins or ends at; None where the id is the key."""
    near = wanted.below_id if wanted.above_id is None else wanted.above_id
    if near is None or wanted.sort is Sort.RECEIVED:
        return None
    return select(_KEYS[wanted.sort]).where(held_mail.c.id == near)


def rows_of(wanted: Wanted, place: str | None, limit: int) -> Select[Any]:
    """What asks for the rows, in the order of the list, or turned round where it ends above a mail."""
    key, turned = _KEYS[wanted.sort], wanted.above_id is not None
    grows = wanted.ascending != turned
    order = [held_mail.c.id] if wanted.sort is Sort.RECEIVED else [key, held_mail.c.id]
    directed = [column.asc() if grows else column.desc() for column in order]
    # The ids first: where a database sorts, it then sorts ids and not whole rows.
    ids = select(held_mail.c.id).where(*conditions_of(wanted), *_next_to(wanted, place, grows=grows))
    ids = ids.order_by(*directed).limit(limit)
    return select(held_mail).where(held_mail.c.id.in_(ids.scalar_subquery())).order_by(*directed)


def _next_to(wanted: Wanted, place: str | None, *, grows: bool) -> list[ColumnElement[bool]]:
    near = wanted.below_id if wanted.above_id is None else wanted.above_id
    if near is None:
        return []
    if wanted.sort is Sort.RECEIVED:
        return [held_mail.c.id > near if grows else held_mail.c.id < near]
    if place is None:
        # The mail is not there: from the start.
        return []
    here, there = tuple_(_KEYS[wanted.sort], held_mail.c.id), tuple_(place, near)
    return [here > there if grows else here < there]


def conditions_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is true of the mails that are wanted, wherever the list begins."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(held_mail.c.state == wanted.state.value)
    if wanted.finding is not None:
        conditions.append(held_mail.c.finding == wanted.finding.value)
    if wanted.since is not None:
        conditions.append(held_mail.c.received >= wanted.since)
    if wanted.until is not None:
        conditions.append(held_mail.c.received < wanted.until)
    if wanted.campaign is not None:
        conditions.append(held_mail.c.campaign == wanted.campaign)
    if sought := _sought(wanted):
        conditions.append(exists().where(held_words.c.mail_id == held_mail.c.id, *sought))
    return conditions


def _sought(wanted: Wanted) -> list[ColumnElement[bool]]:
    words = held_words.c
    sought = [condition for word in folded(wanted.words).split() for condition in _word(word)]
    if recipient := folded(wanted.recipient).strip():
        sought.append(words.recipients.contains(recipient, autoescape=True))
    if domain := folded(wanted.domain).strip().lstrip("@."):
        ends = (f"{start}{domain}\n" for start in ("\n", "."))
        sought.append(or_(*(words.domains.contains(end, autoescape=True) for end in ends)))
    return sought


def _word(word: str) -> Iterator[ColumnElement[bool]]:
    """A long word is found anywhere, as `ameli` in the name of a host; a short one, which stands in half of
    all words, only where it is one."""
    yield held_words.c.words.contains(word, autoescape=True)
    if len(word) <= _SHORT and word.isalnum():
        # Known to both databases, and to Python, which SQLite asks. The mails that have it at all are fewer.
        yield held_words.c.words.regexp_match(rf"(^|\W){re.escape(word)}(\W|$)")
