"""Why does somebody open a mail? Where the operator wants to know, its text is shown to who has said it.

A reason holds for a day, for who has given it, for that one mail; it stands in the journal.
"""

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.journal import Deed
from milter.review.access import Page
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.query import text_of
from milter.review.review import Review, review_of

_HOLDS = timedelta(days=1)
_SHORTEST, _LONGEST = 5, 200


def with_reason(shown: Page) -> Page:
    """The page about a mail, for who has given his reason; others are asked for it at the address of the
    mail."""

    async def asked(request: Request, who: Account) -> Response:
        review = review_of(request)
        mail_id = request.path_params["id"]
        if await _has_reason(review, mail_id, who):
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
    reason = " ".join(text_of(form.get("reason"), _LONGEST).split())
    if len(reason) < _SHORTEST:
        return await _form(request, 400)
    if await review.store.get(mail_id) is None:
        raise HTTPException(404)
    await review.journal.note(who.name, Deed.REASON_GIVEN, mail_id, reason)
    return RedirectResponse(f"/mails/{mail_id}", 303)


async def _form(request: Request, status: int = 200) -> Response:
    held = await review_of(request).store.get(request.path_params["id"])
    if held is None:
        raise HTTPException(404)
    return page(request, "reason.html", status, held=held, shortest=_SHORTEST, longest=_LONGEST)


async def _has_reason(review: Review, mail_id: int, who: Account) -> bool:
    if not review.config.ask_reason:
        return True
    since = datetime.now(UTC) - _HOLDS
    return any(
        entry.deed is Deed.REASON_GIVEN and entry.who == who.name and entry.at > since
        for entry in await review.journal.of_mail(mail_id)
    )
