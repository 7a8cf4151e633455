"""Where did somebody want to go before he had logged in, and where was he before? It is read strictly.

Only pages that show something and change nothing: whoever sends people a link may send them here.
"""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.review.page import page

COOKIE = "__Host-vigimel-onward"
START = "/mails"
_PAGES = re.compile(
    r"/(?:(?:mails|campaigns)(?:/[0-9]{1,16})?|requests|trace|dashboard|rules|journal|accounts)"
    # As browsers write a query: nothing that ends an address, or begins another one.
    r"(?:\?[A-Za-z0-9%&=+._~:@!$()*,;/?-]{0,1000})?"
)
_LIST = re.compile(r"/mails(?:\?.*)?", re.DOTALL)
_SAID = frozenset({"done", "not_done", "one"})
_SECONDS = 600


def to_log_in(request: Request) -> Response:
    """To where people log in; or once more to this page, where the browser may have kept back who it is."""
    path = _read(f"{request.url.path}?{request.url.query}".removesuffix("?"))
    if request.method != "GET" or not path:
        return RedirectResponse("/login", 303)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # From a mail that is read in a browser: with a strict cookie it comes when a page of ours asks.
        return page(request, "entered.html", to=path, is_in=False)
    response = RedirectResponse("/login", 303)
    response.set_cookie(
        COOKIE, quote(path, ""), max_age=_SECONDS, secure=True, httponly=True, samesite="lax", path="/"
    )
    return response


def after_login(request: Request) -> str:
    """Where he wanted to go; the first page where he has not said it."""
    return _read(unquote(request.cookies.get(COOKIE, ""))) or START


def forget(request: Request, response: Response) -> None:
    """He is there."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax", path="/")


def came_from(request: Request) -> str:
    """The list from which somebody has opened this page, with what he sought there; else the whole one."""
    try:
        last = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return START
    said = [one for one in parse_qsl(last.query) if one[0] not in _SAID]
    return list_of(f"{last.path}?{urlencode(said)}".removesuffix("?"))


def list_of(place: str) -> str:
    """The place where it is a list of mails; else the whole list."""
    return place if _LIST.fullmatch(place) and _read(place) else START


def _read(path: str) -> str:
    return path if _PAGES.fullmatch(path) else ""
