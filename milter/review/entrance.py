"""How does somebody come in and go? With a password, or from an identity provider.

Neither journal nor log ever has the name that was typed where it was wrong: people type their password there.
What a stranger does is a line of the log. It is one of the journal, from which nothing is ever deleted, only
where it makes him wait.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter import maillog
from milter.quarantine.journal import Deed
from milter.review import onward
from milter.review.accounts import Account, check_name
from milter.review.cookie import COOKIE, give_cookie, take_cookie
from milter.review.elsewhere import KNOWN_THERE, LASTS, Elsewhere, Stray
from milter.review.guard import is_same_origin
from milter.review.logins import Place
from milter.review.oidc import Away, Begun, Forged
from milter.review.pace import WRONG, Pace
from milter.review.page import page
from milter.review.query import text_of
from milter.review.refusal import Refused, Why
from milter.review.review import Review, review_of

ELSEWHERE = "__Host-vigimel-oidc"
NOT_KNOWN = "Wrong name or password, or too many tries: in that case, wait a while."
NOT_KEPT = (
    "Over http a browser keeps a login only for its own machine. Use https, or a tunnel "
    "(ssh -L 10081:localhost:10081) to http://localhost:10081."
)
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


async def log_in_form(request: Request) -> Response:
    """GET /login."""
    problem = Stray.__members__.get(text_of(request.query_params.get("problem"), 20).upper())
    return _login_page(request, 200, problem.value if problem else "")


async def log_in(request: Request) -> Response:
    """POST /login."""
    review = review_of(request)
    if not _takes_passwords(review):
        raise HTTPException(403)
    if not _is_kept(request):
        return _login_page(request, 403, NOT_KEPT)
    _keep_pace(request)
    form = await request.form()
    name, password = text_of(form.get("name"), 64), text_of(form.get("password"), 4096)
    place = place_of(request)
    token = await review.logins.log_in(name, password, place)
    if token is None:
        _failed(request, "password")
        return _login_page(request, 401, NOT_KNOWN)
    await review.journal.note(name, Deed.LOGIN, detail=place.client)
    response = RedirectResponse(onward.after_login(request), 303)
    give_cookie(response, token)
    onward.forget(request, response)
    return response


async def log_out(request: Request, who: Account) -> Response:
    """POST /logout."""
    review = review_of(request)
    await review.logins.log_out(request.cookies[COOKIE])
    await review.journal.note(who.name, Deed.LOGOUT)
    response = RedirectResponse("/login", 303)
    take_cookie(response)
    return response


async def begin_elsewhere(request: Request) -> Response:
    """GET /login/oidc: to the identity provider."""
    elsewhere = review_of(request).elsewhere
    # A page of somebody else may link here, but not have a browser log in before it is asked.
    if elsewhere is None or not is_same_origin(request):
        return RedirectResponse("/login", 303)
    _keep_pace(request)
    begun = Begun.new()
    try:
        response = RedirectResponse(await elsewhere.provider.address(begun), 303)
    except Away as error:
        maillog.identity_provider_failed(str(error))
        return _stray(Stray.AWAY)
    kept, seconds = elsewhere.sealed(begun, datetime.now(UTC)), int(LASTS.total_seconds())
    # Lax: who comes back comes from another site.
    response.set_cookie(
        ELSEWHERE, kept, max_age=seconds, secure=True, httponly=True, samesite="lax", path="/"
    )
    return response


async def come_back(request: Request) -> Response:
    """GET /login/oidc/back: from the identity provider, with what it says."""
    review, place = review_of(request), place_of(request)
    if review.elsewhere is None:
        return RedirectResponse("/login", 303)
    _keep_pace(request)
    try:
        who = await _come_in(request, review, review.elsewhere)
    except (Away, Forged) as error:
        maillog.identity_provider_failed(str(error))
        who = Stray.AWAY if isinstance(error, Away) else Stray.FORGED
    if isinstance(who, Stray):
        _failed(request, who.name.lower())
        if who in KNOWN_THERE:
            detail = f"{place.client} {who.name.lower()}"
            await review.journal.note("", Deed.LOGIN_ELSEWHERE_FAILED, detail=detail)
        response: Response = _stray(who)
    else:
        token = await review.logins.begin(who.name, place)
        await review.journal.note(who.name, Deed.LOGIN, detail=f"{place.client} oidc")
        # A page, and no redirect: a browser that came from elsewhere keeps a strict cookie to itself until
        # a page of ours asks for the next one.
        response = page(request, "entered.html", to=onward.after_login(request), is_in=True)
        give_cookie(response, token)
        onward.forget(request, response)
    response.delete_cookie(ELSEWHERE, secure=True, httponly=True, samesite="lax", path="/")
    return response


async def _come_in(request: Request, review: Review, elsewhere: Elsewhere) -> Account | Stray:
    """Who comes in, or why not."""
    said = request.query_params
    state, code = said.get("state", ""), said.get("code", "")
    begun = elsewhere.opened(request.cookies.get(ELSEWHERE, ""), state, datetime.now(UTC))
    if begun is None:
        return Stray.BEGUN
    if not code:
        return Stray.REFUSED
    claims = await elsewhere.provider.claims(begun, code[:4096], said.get("iss", ""), elsewhere.wanted)
    # Now, for a stranger must not be able to have anything written.
    if not await review.logins.spend(state, LASTS):
        return Stray.BEGUN
    role, name = elsewhere.role_of(claims), elsewhere.name_of(claims)
    if role is None:
        return Stray.NO_ROLE
    try:
        check_name(name)
        return await review.accounts.of_provider(elsewhere.subject_of(claims), name, role)
    except Refused as error:
        return {Why.TAKEN: Stray.TAKEN, Why.DISABLED: Stray.DISABLED}.get(error.why, Stray.NO_NAME)


def _login_page(request: Request, status: int, problem: str) -> Response:
    review = review_of(request)
    name = review.elsewhere.name if review.elsewhere else ""
    return page(
        request,
        "login.html",
        status,
        problem=problem,
        elsewhere=name,
        takes_passwords=_takes_passwords(review),
    )


def _takes_passwords(review: Review) -> bool:
    return review.elsewhere is None or review.elsewhere.config.passwords


def _stray(why: Stray) -> Response:
    return RedirectResponse(f"/login?problem={why.name.lower()}", 303)


def _keep_pace(request: Request) -> None:
    """Raises HTTPException for a client that has asked too often."""
    pace: Pace = request.app.state.pace
    if not pace.spend(place_of(request).client):
        raise HTTPException(429)


def _failed(request: Request, how: str) -> None:
    """Somebody did not come in; that is dear, and a line of the log."""
    client, pace = place_of(request).client, request.app.state.pace
    pace.spend(client, WRONG)
    maillog.login_failed(client, how)


def _is_kept(request: Request) -> bool:
    """Whether the browser keeps our cookie, by where it says that it is; else it would log in for ever."""
    try:
        origin = urlsplit(request.headers.get("origin", ""))
        host = origin.hostname or ""
    except ValueError:
        return True
    return origin.scheme != "http" or host in {"localhost", "::1"} or host.startswith("127.")


def place_of(request: Request) -> Place:
    """Where somebody sits."""
    client = request.client.host if request.client else ""
    return Place(client, browser_of(request.headers.get("user-agent", "")))


def browser_of(agent: str) -> str:
    """A browser and its system, as its owner calls them; nothing of one that is not known."""
    name = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((one for one in _SYSTEMS if one in agent), "")
    return ", ".join(filter(None, (name, system)))
