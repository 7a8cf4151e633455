"""Which commands have the campaigns of the quarantine?"""

from typing import Annotated

import typer

from milter.cli.arguments import AsJson, ConfigPath, Reason, Until, end_with
from milter.config import find, load

campaign = typer.Typer(
    help="Letters that came in copies, and what is to become of all of one.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(metavar="CAMPAIGN", help="A number, as `campaign list` shows it.")]


@campaign.command("list")
def list_(
    config: ConfigPath = None,
    *,
    every_state: Annotated[
        bool, typer.Option("--all", help="Also those of which no mail waits any more.")
    ] = False,
    largest: Annotated[bool, typer.Option("--largest", help="The largest first, not the newest.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """One line for each campaign of which mail waits."""
    from milter.cli.copies import list_campaigns

    loaded = load(config or find(), to_serve=False)
    work = list_campaigns(loaded, limit, every_state=every_state, largest=largest, as_json=as_json)
    end_with(loaded, work)


@campaign.command()
def show(number: Number, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """All that is known of one campaign, with its standing orders."""
    from milter.cli.copies import show_campaign

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, show_campaign(loaded, number, as_json=as_json))


@campaign.command()
def release(number: Number, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Pass all mails that wait of a campaign on to their recipients."""
    _decide(number, "release", config, as_json=as_json)


@campaign.command()
def delete(number: Number, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Delete all mails that wait of a campaign; for good when undelete_hours are over."""
    _decide(number, "delete", config, as_json=as_json)


@campaign.command()
def confirm(number: Number, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Say that all mails that wait of a campaign are frauds."""
    _decide(number, "confirm", config, as_json=as_json)


@campaign.command()
def order(
    number: Number,
    deed: Annotated[str, typer.Argument(metavar="DEED", help="confirm or delete.")],
    config: ConfigPath = None,
    *,
    reason: Reason,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Say what is to become of the copies that are still to come, once each of them is stored."""
    from milter.cli.copies import give_order
    from milter.precedent.orders import OrderDeed

    if deed not in {*OrderDeed}:
        raise typer.BadParameter(f"{deed!r} is none of {', '.join(OrderDeed)}", param_hint="DEED")
    loaded = load(config or find(), to_serve=False)
    end_with(loaded, give_order(loaded, number, OrderDeed(deed), reason, until, as_json=as_json))


@campaign.command()
def orders(config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """The standing orders, the newest first."""
    from milter.cli.copies import show_orders

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, show_orders(loaded, as_json=as_json))


@campaign.command("remove-order")
def remove_order(
    number: Annotated[int, typer.Argument(metavar="ORDER", help="A number, as `campaign orders` shows it.")],
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take an order back; what it has decided stays decided."""
    from milter.cli.copies import take_back

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, take_back(loaded, number, as_json=as_json))


def _decide(number: int, deed: str, config: ConfigPath, *, as_json: bool) -> None:
    from milter.cli.copies import decide

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, decide(loaded, number, deed, as_json=as_json))
