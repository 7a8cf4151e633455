"""How does somebody come in and go? With a password; what is seen of where he sits.

The journal never has the name that was typed where it was wrong: people type their password there.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.journal import Deed
from milter.review.access import COOKIE, give_cookie, take_cookie
from milter.review.accounts import Account
from milter.review.logins import Place
from milter.review.page import page
from milter.review.query import text_of
from milter.review.review import review_of

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


async def log_in_form(request: Request) -> Response:
    """GET /login."""
    return page(request, "login.html", has_failed=False)


async def log_in(request: Request) -> Response:
    """POST /login."""
    review = review_of(request)
    form = await request.form()
    name, password = text_of(form.get("name"), 64), text_of(form.get("password"), 4096)
    place = place_of(request)
    token = await review.logins.log_in(name, password, place)
    if token is None:
        await review.journal.note("", Deed.LOGIN_FAILED, detail=place.client)
        return page(request, "login.html", status=401, has_failed=True)
    await review.journal.note(name, Deed.LOGIN, detail=place.client)
    response = RedirectResponse("/mails", 303)
    give_cookie(response, token)
    return response


async def log_out(request: Request, who: Account) -> Response:
    """POST /logout."""
    review = review_of(request)
    await review.logins.log_out(request.cookies[COOKIE])
    await review.journal.note(who.name, Deed.LOGOUT)
    response = RedirectResponse("/login", 303)
    take_cookie(response)
    return response


def place_of(request: Request) -> Place:
    """Where somebody sits."""
    client = request.client.host if request.client else ""
    return Place(client, browser_of(request.headers.get("user-agent", "")))


def browser_of(agent: str) -> str:
    """A browser and its system, as its owner calls them; nothing of one that is not known."""
    name = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((one for one in _SYSTEMS if one in agent), "")
    return ", ".join(filter(None, (name, system)))
