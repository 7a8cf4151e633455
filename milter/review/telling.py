"""How does somebody tell others of a fraud? He looks at what would leave, then sends it or not."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.config.mailbox import check_mailbox
from milter.quarantine.held import Held
from milter.quarantine.journal import Deed
from milter.report.kit import PLACES, Kit
from milter.report.telling import Teller
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.review import review_of
from milter.review.speech import language_of

_MOST = 20
# Nobody's: the recipient of a mail that is only shown.
_SHOWN_TO = "abuse@example.invalid"


async def show(request: Request, who: Account) -> Response:
    """GET /mails/{id}/tell: what would leave."""
    shown = await _page(request)
    await review_of(request).journal.note(who.name, Deed.LOOKED, request.path_params["id"])
    return shown


async def send(request: Request, who: Account) -> Response:
    """POST /mails/{id}/tell: send it to the chosen and the typed addresses."""
    form = await request.form()
    if set(form) - {"token", "to", "other"}:
        raise HTTPException(400)
    teller, held, made = await _made(request)
    typed = [value for value in form.getlist("other") if isinstance(value, str)]
    chosen = [value for value in form.getlist("to") if value in teller.offered]
    try:
        addresses = [*chosen, *(check_mailbox(one) for text in typed for one in text.split())]
    except ValueError:
        return await _page(request, 400, problem="address")
    if not 0 < len(addresses) <= _MOST:
        return await _page(request, 400, problem="nobody")
    said = await teller.send(made, [str(one) for one in addresses], who.name)
    done = sum(reply.is_success for _, reply in said)
    return RedirectResponse(f"/mails/{held.id}?done={done}&not_done={len(said) - done}", 303)


async def _page(request: Request, status: int = 200, problem: str = "") -> Response:
    teller, held, made = await _made(request)
    mail = teller.preview(made, _SHOWN_TO).decode("ascii")
    return page(
        request,
        "tell.html",
        status,
        held=held,
        text=made.text,
        mail=mail,
        parts=made.redacted.parts,
        places=PLACES,
        offered=teller.offered,
        problem=problem,
    )


async def _made(request: Request) -> tuple[Teller, Held, Kit]:
    review = review_of(request)
    held = await review.store.get(request.path_params["id"])
    if held is None or review.teller is None:
        raise HTTPException(404)
    try:
        made = await review.teller.kit(held, language_of(request, review.language))
    except LookupError:
        raise HTTPException(404) from None
    return review.teller, held, made
