"""What would others be told of a fraud, and shall they be? The command `vigimel quarantine report-kit`."""

from collections.abc import Sequence
from contextlib import closing

from milter.brand.load import load_brands
from milter.brand.names import Names
from milter.child.origin import Origin
from milter.cli.opened import may_open, opened
from milter.cli.terminal import json_line, say, shown, shown_lines, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.config.mailbox import check_mailbox
from milter.quarantine.journal import Deed, Journal
from milter.report.kit import PLACES, Kit
from milter.report.telling import Teller
from milter.report.words import say as in_words
from milter.serve import build_next_hop


async def tell(config: Config, number: int, to: Sequence[str], why: str, *, send: bool, as_json: bool) -> int:
    """Write what would leave; with `send`, send it to these addresses, else to those of the configuration."""
    text = TEXTS[config.policy.language]
    addresses = tuple(to) or config.report_kit.to
    try:
        for address in addresses:
            check_mailbox(address)
    except ValueError as error:
        warn(shown(str(error)))
        return 1
    with closing(Origin()) as origin:
        # Its child comes from a process of one thread that has seen no mail.
        origin.start()
        async with opened(config) as store:
            if store is None:
                return 1
            names = Names(load_brands(config.judge.brands))
            teller = Teller.of(config, store, build_next_hop(config), names, origin)
            made = await _made(config, teller, number, why)
            if made is None:
                return 1
            if not send:
                _show(teller, made, config.policy.language, as_json=as_json)
                return 0
            if not addresses:
                warn(text["tell_whom"])
                return 1
            said = await teller.send(made, addresses, typist())
    for address, reply in said:
        if as_json:
            say(json_line({"id": number, "to": address, "reply": str(reply)}))
        else:
            say(text["told"].format(id=number, to=address, reply=shown(str(reply))))
    return 0 if all(reply.is_success for _, reply in said) else 1


async def _made(config: Config, teller: Teller, number: int, why: str) -> Kit | None:
    """What may leave of the mail; None, and a line that says so, where it is not there or not shown."""
    text, journal = TEXTS[config.policy.language], Journal(teller.store.transactions)
    held = await teller.store.get(number)
    if held is None:
        warn(text["no_item"].format(id=number))
        return None
    if not await may_open(config, journal, number, why):
        return None
    await journal.note(typist(), Deed.LOOKED, number)
    try:
        return await teller.kit(held, config.policy.language)
    except LookupError:
        warn(text["no_bytes"].format(id=number, state=held.state.value))
        return None


def _show(teller: Teller, made: Kit, language: str, *, as_json: bool) -> None:
    mail = teller.preview(made, (*teller.offered, "abuse@example.invalid")[0]).decode("ascii")
    if as_json:
        places = [{"url": url, "for": in_words(language, what)} for url, what in PLACES]
        say(json_line({"id": made.held.id, "text": made.text, "places": places, "mail": mail}))
        return
    say(shown_lines(made.text))
    for url, what in PLACES:
        say(f"{url}  {in_words(language, what)}")
    say("\n" + shown_lines(mail).rstrip("\n"))
