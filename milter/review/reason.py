"""Where the operator wants to know why somebody opens a mail, its text is shown to who has said it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.reasons import LONGEST, SHORTEST, give, has_reason
from milter.review.access import Page
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.query import text_of
from milter.review.review import review_of


def with_reason(shown: Page) -> Page:
    """The page about a mail, for who has given his reason; others are asked for it at the address of the
    mail."""

    async def asked(request: Request, who: Account) -> Response:
        review = review_of(request)
        mail_id = request.path_params["id"]
        if not review.config.ask_reason or await has_reason(review.journal, mail_id, who.name):
            return await shown(request, who)
        if request.url.path != f"/mails/{mail_id}":
            return RedirectResponse(f"/mails/{mail_id}", 303)
        return await _form(request)

    return asked


async def give_reason(request: Request, who: Account) -> Response:
    """POST /mails/{id}: the reason why it is opened."""
    form = await request.form()
    if set(form) - {"token", "reason"}:
        raise HTTPException(400)
    review, mail_id = review_of(request), request.path_params["id"]
    if await review.store.get(mail_id) is None:
        raise HTTPException(404)
    if not await give(review.journal, mail_id, who.name, text_of(form.get("reason"), LONGEST)):
        return await _form(request, 400)
    return RedirectResponse(f"/mails/{mail_id}", 303)


async def _form(request: Request, status: int = 200) -> Response:
    held = await review_of(request).store.get(request.path_params["id"])
    if held is None:
        raise HTTPException(404)
    return page(request, "reason.html", status, held=held, shortest=SHORTEST, longest=LONGEST)
