"""What do recipients ask for, and what is answered? The commands `vigimel quarantine requests ...`.

The recipients get the answers by mail of the gateway, within a minute.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from milter.cli.opened import opened
from milter.cli.terminal import at_most, json_line, say, short, shown, table, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.deciding import approve, deny
from milter.quarantine.held import Held
from milter.quarantine.requests import Decision, Request, Requests
from milter.quarantine.store import Store
from milter.serve import build_next_hop

Answer = Callable[[Store, Request], Awaitable[bool]]


async def list_requests(config: Config, state: Decision | None, limit: int, *, as_json: bool) -> int:
    """Write one line a request, the newest first."""
    text = TEXTS[config.policy.language]
    async with opened(config) as store:
        if store is None:
            return 0
        found = at_most(limit, await Requests(store.transactions).list(state, limit + 1), text["more"])
        rows = [(one, held) for one in found if (held := await store.get(one.mail_id))]
    if as_json:
        for one, held in rows:
            say(json_line(_plain(one, held)))
    elif rows:
        say("\n".join(table([text["requests_head"].split("|"), *(_row(*pair) for pair in rows)])))
    else:
        say(text["no_request"])
    return 0


async def approve_requests(config: Config, numbers: Sequence[int], *, everybody: bool, as_json: bool) -> int:
    """Release each mail to the recipient who asks, or to all of its recipients; 0 when each was."""
    hop = build_next_hop(config)

    async def answer(store: Store, request: Request) -> bool:
        return await approve(store, hop, request, typist(), everybody=everybody)

    return await _each(config, numbers, answer, as_json=as_json)


async def deny_requests(config: Config, numbers: Sequence[int], word: str, *, as_json: bool) -> int:
    """Deny each, with a word for the recipient; 0 when each was open."""

    async def answer(store: Store, request: Request) -> bool:
        return await deny(store, request, typist(), word)

    return await _each(config, numbers, answer, as_json=as_json)


async def _each(config: Config, numbers: Sequence[int], answer: Answer, *, as_json: bool) -> int:
    async with opened(config) as store:
        if store is None:
            return 1
        done = [await _one(config, store, number, answer, as_json=as_json) for number in numbers]
    return 0 if all(done) else 1


async def _one(config: Config, store: Store, number: int, answer: Answer, *, as_json: bool) -> bool:
    text, requests = TEXTS[config.policy.language], Requests(store.transactions)
    request = await requests.get(number)
    if request is None:
        warn(text["no_such_request"].format(id=number))
        return False
    is_done = await answer(store, request)
    state = (await requests.get(number) or request).state.value
    if as_json:
        say(json_line({"id": number, "mail_id": request.mail_id, "state": state, "done": is_done}))
    elif is_done:
        sentence = text[f"request_{state}"]
        say(sentence.format(id=number, mail=request.mail_id, recipient=shown(request.recipient)))
    else:
        warn(text["request_not_done"].format(id=number, state=state))
    return is_done


def _plain(request: Request, held: Held) -> dict[str, Any]:
    return {
        "id": request.id,
        "mail_id": request.mail_id,
        "recipient": request.recipient,
        "asked": request.asked.isoformat(),
        "state": request.state.value,
        "decided": request.decided.isoformat() if request.decided else None,
        "who": request.who,
        "word": request.word,
        "mail_state": held.state.value,
        "finding": held.finding.value,
        "author": held.author,
        "author_address": held.author_address,
        "subject": held.subject,
        "recipients": held.envelope.forward_paths,
        "delivered": held.delivered,
    }


def _row(request: Request, held: Held) -> list[str]:
    return [
        str(request.id),
        f"{request.asked:%Y-%m-%d %H:%M}",
        request.state.value,
        str(request.mail_id),
        short(request.recipient, 36),
        short(held.author or held.author_address or "<>", 28),
        short(held.subject, 48),
    ]
