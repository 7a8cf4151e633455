"""Who is it that asks? The login of a request, and what it may do."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.review.accounts import Account, Role
from milter.review.guard import has_form_token
from milter.review.review import Review

# The prefix binds it to this host and to TLS (browsers let localhost go without).
COOKIE = "__Host-vigimel"

Page = Callable[[Request, Account], Awaitable[Response]]


def for_role(role: Role, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The page, for who is logged in and has this role; others are sent to log in, or away."""

    async def guarded(request: Request) -> Response:
        review: Review = request.app.state.review
        token = request.cookies.get(COOKIE, "")
        who = await review.accounts.of(token) if token else None
        if who is None:
            return RedirectResponse("/login", 303)
        if not who.role.may(role):
            raise HTTPException(403)
        if request.method == "POST" and not has_form_token(token, (await request.form()).get("token")):
            raise HTTPException(403)
        request.state.account = who
        return await page(request, who)

    return guarded


def give_cookie(response: Response, token: str) -> None:
    """Log the browser in."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")


def take_cookie(response: Response) -> None:
    """Log the browser out."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
