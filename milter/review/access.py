"""Who is it that asks? The login of a request, and what it may do."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.journal import Deed
from milter.quarantine.requests import Requests
from milter.review.accounts import Account, Role
from milter.review.cookie import COOKIE, give_cookie
from milter.review.guard import has_form_token
from milter.review.onward import to_log_in
from milter.review.proxy import proxied
from milter.review.review import Review

Page = Callable[[Request, Account], Awaitable[Response]]


def for_role(role: Role, page: Page, *, one_time: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """The page, for who is logged in and has this role; others are sent to log in, or away.

    Who has logged in with a one-time password sees the pages with `one_time` only.
    """

    async def guarded(request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        who = await _who(request, token)
        if who is None:
            return to_log_in(request)
        if not who.role.may(role):
            raise HTTPException(403)
        if request.method == "POST" and not has_form_token(token, (await request.form()).get("token")):
            raise HTTPException(403)
        request.state.account = who
        if who.password_until and not one_time:
            return RedirectResponse("/me", 303)
        if request.method == "GET":
            requests = Requests(request.app.state.review.store.transactions)
            request.state.open_requests = await requests.waiting()
        if token:
            return await page(request, who)
        # Only who has logged in in front comes here without one: the forms of his pages need it.
        return await _with_cookie(request, who, page)

    return guarded


async def _who(request: Request, token: str) -> Account | None:
    review: Review = request.app.state.review
    user = proxied(request)
    if user is None:
        return await review.logins.of(token) if token else None
    if review.config.proxy_groups_header:
        role = review.role_of(user.groups)
        who = Account(user.name, role, datetime.now(UTC)) if role else None
    else:
        who = await review.accounts.named(user.name)
    # A password of ours is not what he has logged in with.
    if who is None or who.disabled:
        raise HTTPException(403)
    return replace(who, password_until=None)


async def _with_cookie(request: Request, who: Account, page: Page) -> Response:
    review: Review = request.app.state.review
    request.state.token = secrets.token_urlsafe(32)
    await review.journal.note(who.name, Deed.LOGIN, detail=request.client.host if request.client else "")
    response = await page(request, who)
    give_cookie(response, request.state.token)
    return response
