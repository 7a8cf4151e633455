"""What would others be told of a fraud, and shall they be? The command `vigimel quarantine report-kit`."""

from collections.abc import Sequence

from milter.cli.opened import opened
from milter.cli.terminal import json_line, say, shown, shown_lines, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.config.options.report import check_mailbox
from milter.report.kit import PLACES, Kit
from milter.report.telling import Teller
from milter.report.words import say as in_words
from milter.serve import build_next_hop


async def tell(config: Config, number: int, to: Sequence[str], *, send: bool, as_json: bool) -> int:
    """Write what would leave; with `send`, send it to these addresses, else to those of the configuration."""
    text = TEXTS[config.policy.language]
    addresses = tuple(to) or config.report_kit.to
    try:
        for address in addresses:
            check_mailbox(address)
    except ValueError as error:
        warn(shown(str(error)))
        return 1
    async with opened(config) as store:
        if store is None:
            return 1
        held = await store.get(number)
        if held is None:
            warn(text["no_item"].format(id=number))
            return 1
        teller = Teller.of(config, store, build_next_hop(config))
        try:
            made = await teller.kit(held, config.policy.language)
        except LookupError:
            warn(text["no_bytes"].format(id=number, state=held.state.value))
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
