"""Which letters came in copies, and what is to become of all of one? The pages of campaigns."""

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.precedent.orders import NoOrder, OrderDeed, Orders
from milter.precedent.rule import NoRule, basis_of
from milter.precedent.rules import MAX_DAYS
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.quarantine.listing import Wanted
from milter.review.accounts import Account
from milter.review.allowing import MAX_REASON, OPEN
from milter.review.page import page
from milter.review.query import (
    day_of,
    id_of,
    number_of,
    query_of,
    start_of,
    text_of,
    wanted_of,
)
from milter.review.review import review_of
from milter.verdict.verdict import AGAINST

ROWS = 50
# Mails of one request: each is decided by itself, and somebody waits for the page.
MOST = 500
_MAX_PAGE = 10_000
DEEDS = ("release", "confirm", "delete")


async def list_campaigns(request: Request, _: Account) -> Response:
    """GET /campaigns."""
    wanted, by = wanted_of(request), request.query_params.get("by", "newest")
    number = number_of(request, "page") or 1
    if by not in {"newest", "size"} or number > _MAX_PAGE:
        raise HTTPException(400)
    campaigns = Campaigns(review_of(request).store.transactions)
    skip = ROWS * (number - 1)
    groups = await campaigns.groups(wanted, ROWS + 1, skip, largest_first=by == "size")
    return page(
        request,
        "campaigns.html",
        groups=groups[:ROWS],
        has_more=len(groups) > ROWS,
        number=number,
        largest_first=by == "size",
        wanted=wanted,
        query=query_of(wanted, review_of(request).zone) | ({"by": by} if by == "size" else {}),
        states=[*State],
        findings=AGAINST,
    )


async def show_campaign(request: Request, _: Account) -> Response:
    """GET /campaigns/{id}; with a deed, what it would do, to be confirmed."""
    deed = request.query_params.get("deed", "")
    if deed not in {*DEEDS, ""}:
        raise HTTPException(400)
    return await _show(request, deed)


async def _show(request: Request, deed: str = "", problem: NoOrder | None = None) -> Response:
    number, review = request.path_params["id"], review_of(request)
    campaigns, orders = Campaigns(review.store.transactions), Orders(review.store.transactions)
    campaign, groups = await campaigns.get(number), await campaigns.groups(Wanted(campaign=number), 1)
    if campaign is None or not groups:
        raise HTTPException(404)
    today = datetime.now(review.zone).date()
    return page(
        request,
        "campaign.html",
        400 if problem else 200,
        campaign=campaign,
        group=groups[0],
        waiting=groups[0].states.get(State.HELD, 0),
        deed=deed,
        up_to=groups[0].newest.id,
        most=MOST,
        orders=await orders.of_campaign(number),
        now=datetime.now(UTC),
        problem=problem,
        may_allow=groups[0].newest.state in OPEN and not isinstance(basis_of(groups[0].newest), NoRule),
        max_reason=MAX_REASON,
        first_day=today,
        last_day=today + timedelta(days=MAX_DAYS),
        default_day=today + timedelta(days=review.quarantine.rule_days),
        done=number_of(request, "done"),
        not_done=number_of(request, "not_done"),
    )


async def order(request: Request, who: Account) -> Response:
    """POST /campaigns/{id}/order: what is to become of the copies that come."""
    form, number = await request.form(), request.path_params["id"]
    if set(form) != {"token", "order", "reason", "until"} or form["order"] not in {*OrderDeed}:
        raise HTTPException(400)
    reason, day = text_of(form["reason"], MAX_REASON), day_of(text_of(form["until"], 20))
    # The day that is named is the last one.
    until = start_of(day and day + timedelta(days=1), review_of(request).zone) or datetime.now(UTC)
    orders, deed = Orders(review_of(request).store.transactions), OrderDeed(str(form["order"]))
    given = await orders.give(number, deed, reason=reason, owner=who.name, until=until)
    if given is NoOrder.NO_CAMPAIGN:
        raise HTTPException(404)
    if isinstance(given, NoOrder):
        return await _show(request, problem=given)
    return RedirectResponse(f"/campaigns/{number}?done=1", 303)


async def remove_order(request: Request, who: Account) -> Response:
    """POST /orders/remove."""
    form = await request.form()
    if set(form) != {"token", "order"}:
        raise HTTPException(400)
    orders = Orders(review_of(request).store.transactions)
    removed = await orders.take_back(id_of(form["order"]), who.name)
    return RedirectResponse(f"/rules?done={removed:d}&not_done={not removed:d}", 303)


async def decide(request: Request, who: Account) -> Response:
    """POST /campaigns/{id}: release, confirm or delete what waits of it, up to the mail that was shown."""
    review, number = review_of(request), request.path_params["id"]
    form = await request.form()
    if set(form) - {"token", "deed", "up_to"} or len(form.getlist("deed")) != 1:
        raise HTTPException(400)
    deed, up_to = text_of(form["deed"], 20), id_of(form.get("up_to"))
    if deed not in DEEDS:
        raise HTTPException(400)
    campaigns = Campaigns(review.store.transactions)
    waiting = await campaigns.ids(number, State.HELD, MOST)
    ids = [mail_id for mail_id in waiting if mail_id <= up_to]
    outcome = await review.deeds[deed](ids, who.name)
    detail = f"campaign {number}: {deed}, {outcome.done} of {len(ids)}"
    await review.journal.note(who.name, Deed.CAMPAIGN_DECIDED, detail=detail)
    place = f"/campaigns/{number}?done={outcome.done}&not_done={len(outcome.others)}"
    return RedirectResponse(place, 303)
