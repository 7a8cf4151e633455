"""How does an admin allow an author, and which rules are there?"""

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.precedent.allow import allow, basis_for
from milter.precedent.orders import Orders
from milter.precedent.rule import NoRule, basis_of
from milter.precedent.rules import MAX_DAYS, Rules
from milter.quarantine.held import Held, State
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.query import day_of, id_of, number_of, start_of, text_of
from milter.review.review import review_of

MAX_REASON = 300
# Whose mail may be allowed: it was no fraud.
OPEN = (State.HELD, State.RELEASED)
_DAY = timedelta(days=1)


async def show_rules(request: Request, _: Account) -> Response:
    """GET /rules."""
    rules = await Rules(review_of(request).store.transactions).all()
    return page(
        request,
        "rules.html",
        rules=rules,
        orders=await Orders(review_of(request).store.transactions).all(),
        now=datetime.now(UTC),
        done=number_of(request, "done"),
        not_done=number_of(request, "not_done"),
    )


async def remove_rule(request: Request, who: Account) -> Response:
    """POST /rules/remove."""
    form = await request.form()
    if set(form) != {"token", "rule"}:
        raise HTTPException(400)
    rules = Rules(review_of(request).store.transactions)
    removed = await rules.remove(id_of(form["rule"]), who.name)
    return RedirectResponse(f"/rules?done={removed:d}&not_done={not removed:d}", 303)


async def show_form(request: Request, _: Account) -> Response:
    """GET /mails/{id}/allow: what would be allowed."""
    return _form(request, await _held(request))


async def allow_author(request: Request, who: Account) -> Response:
    """POST /mails/{id}/allow: release the mail where it waits, and allow its author."""
    review, held, form = review_of(request), await _held(request), await request.form()
    if set(form) - {"copies_only"} != {"token", "reason", "until"}:
        raise HTTPException(400)
    reason, day = text_of(form["reason"], MAX_REASON), day_of(text_of(form["until"], 20))
    # The day that is named is the last one.
    until = start_of(day and day + _DAY, review_of(request).zone) or datetime.now(UTC)
    if isinstance(problem := basis_for(held, reason, until), NoRule):
        return _form(request, held, 400, problem, reason)
    if held.state is State.HELD and (await review.release([held.id], who.name)).others:
        return RedirectResponse(f"/mails/{held.id}?not_done=1", 303)
    copies_only = "copies_only" in form
    store = review.store.transactions
    made = await allow(store, held, who=who.name, reason=reason, until=until, copies_only=copies_only)
    if isinstance(made, NoRule):
        return _form(request, held, 400, made, reason)
    return RedirectResponse(f"/mails/{held.id}?done=1", 303)


def _form(
    request: Request, held: Held, status: int = 200, problem: NoRule | None = None, reason: str = ""
) -> Response:
    basis = basis_of(held)
    review = review_of(request)
    today, days = datetime.now(review.zone).date(), review.quarantine.rule_days
    return page(
        request,
        "allow.html",
        status,
        held=held,
        basis=None if isinstance(basis, NoRule) else basis,
        problem=basis if isinstance(basis, NoRule) else problem,
        reason=reason,
        copies_only="copies_only" in request.query_params,
        max_reason=MAX_REASON,
        first_day=today,
        last_day=today + timedelta(days=MAX_DAYS),
        default_day=today + timedelta(days=days),
    )


async def _held(request: Request) -> Held:
    held = await review_of(request).store.get(request.path_params["id"])
    if held is None or held.state not in OPEN:
        raise HTTPException(404)
    return held
