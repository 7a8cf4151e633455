"""What does the page behind a link of a digest answer? Without a login, to whoever has the link.

It shows what the digest said. Looking asks for nothing, and leaves no line anywhere: programs that examine
mail follow links. The button asks, once.
"""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from milter.digest.asking import Asking, Seen
from milter.digest.document import entry
from milter.digest.token import Token, form_token, has_form_token
from milter.errors import TryLater
from milter.quarantine.told import Outcome
from milter.review.pace import WRONG, Pace
from milter.review.page import page
from milter.review.review import Review
from milter.review.speech import language_of

# The address of the page is a secret: it is told to nobody, and nobody lists it.
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_OUTCOMES = {
    Outcome.ASKED: "asked",
    Outcome.ASKED_BEFORE: "asked",
    Outcome.TOO_LATE: "late",
    Outcome.TOO_MANY: "many",
}
_STATUS = {"none": 404, "late": 410, "many": 429, "pace": 429, "old": 400, "away": 503}


async def show(request: Request) -> Response:
    """GET /ask/{token}: what the digest said, and a button."""
    return await _answer(request)


async def ask(request: Request) -> Response:
    """POST /ask/{token}: the request, where the form is ours."""
    form = await request.form()
    given = form.get("form") if set(form) == {"form"} else None
    return await _answer(request, given=given, asks=True)


async def _answer(request: Request, *, given: object = None, asks: bool = False) -> Response:
    review: Review = request.app.state.review
    pace: Pace = request.app.state.pace
    client = request.client.host if request.client else ""
    if not pace.spend(client):
        return _page(request, "pace")
    token = Token.read(request.path_params["token"])
    try:
        seen = await review.asking.see(token) if review.asking and token else None
        if review.asking is None or token is None or seen is None:
            pace.spend(client, WRONG)
            return _page(request, "none")
        now = datetime.now(UTC)
        if asks and seen.is_open(now):
            if not has_form_token(review.asking.key, token, given, now):
                return _page(request, "old")
            outcome = await review.asking.ask(seen, now)
            return _page(request, _OUTCOMES[outcome], seen, review.asking)
    except TryLater:
        return _page(request, "away")
    if seen.is_open(now):
        return _page(request, "open", seen, review.asking, form_token(review.asking.key, token, now))
    return _page(request, _closed(seen), seen, review.asking)


def _closed(seen: Seen) -> str:
    if seen.request is not None:
        return "asked" if seen.request.decided is None else seen.request.state.value
    return "asked" if seen.told.used else "late"


def _page(
    request: Request, state: str, seen: Seen | None = None, asking: Asking | None = None, form: str = ""
) -> Response:
    language = language_of(request, asking.language if asking else request.app.state.review.language)
    mail = entry(seen.held, language, asking.zone, asking.names) if seen and asking else None
    word = seen.request.word if seen and seen.request else ""
    response = page(
        request, "ask.html", _STATUS.get(state, 200), state=state, mail=mail, form=form, word=word
    )
    response.headers.update(_HEADERS)
    return response
