"""What does somebody see and change of his own account? Where he is logged in, and his password."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.journal import Deed
from milter.review.accounts import Account, Kind
from milter.review.cookie import COOKIE, give_cookie, take_cookie
from milter.review.entrance import place_of
from milter.review.logins import login_id
from milter.review.page import page
from milter.review.passwords import MAX_PASSWORD, MIN_PASSWORD
from milter.review.proxy import proxied
from milter.review.query import number_of, text_of
from milter.review.refusal import Refused, Why
from milter.review.review import review_of

_LONG = 4 * MAX_PASSWORD


async def show(request: Request, who: Account) -> Response:
    """GET /me."""
    return await _page(request, who)


async def change(request: Request, who: Account) -> Response:
    """POST /me: another password, or the end of a login or of all."""
    if proxied(request) is not None:
        raise HTTPException(403)
    deed = _DEEDS.get(text_of((await request.form()).get("deed"), 20))
    if deed is None:
        raise HTTPException(400)
    return await deed(request, who)


async def _change_password(request: Request, who: Account) -> Response:
    form, review = await request.form(), review_of(request)
    old, new, again = (text_of(form.get(name), _LONG) for name in ("old", "new", "again"))
    if who.kind is not Kind.LOCAL:
        raise HTTPException(403)
    if new != again:
        return await _page(request, who, 400, problem=Why.DIFFER.value)
    place = place_of(request)
    try:
        token = await review.logins.change_password(request.cookies[COOKIE], old, new, place.client)
    except Refused as error:
        return await _page(request, who, 400, problem=error.why.value)
    if token is None:
        await review.journal.note(who.name, Deed.PASSWORD_NOT_CHANGED, detail=place.client)
        return await _page(request, who, 400, problem=Why.OLD.value)
    response = RedirectResponse("/me?done=1", 303)
    give_cookie(response, token)
    return response


async def _end(request: Request, who: Account) -> Response:
    form, review = await request.form(), review_of(request)
    wanted = text_of(form.get("login"), 64)
    if not wanted:
        raise HTTPException(400)
    await review.logins.end(who.name, wanted, who=who.name)
    return RedirectResponse("/me?done=1", 303)


async def _end_all(request: Request, who: Account) -> Response:
    await review_of(request).logins.end(who.name, who=who.name)
    response = RedirectResponse("/login", 303)
    take_cookie(response)
    return response


_DEEDS: dict[str, Callable[[Request, Account], Awaitable[Response]]] = {
    "password": _change_password,
    "end": _end,
    "end_all": _end_all,
}


async def _page(request: Request, who: Account, status: int = 200, *, problem: str = "") -> Response:
    is_proxied = proxied(request) is not None
    return page(
        request,
        "me.html",
        status,
        logins=() if is_proxied else await review_of(request).logins.of_name(who.name),
        here=login_id(request.cookies.get(COOKIE, "")),
        has_password=who.kind is Kind.LOCAL and not is_proxied,
        shortest=MIN_PASSWORD,
        longest=MAX_PASSWORD,
        problem=problem,
        done=number_of(request, "done"),
    )
