"""What does each address of the review page answer?"""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.config.language import LANGUAGES
from milter.errors import TryLater
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.quarantine.requests import Requests
from milter.review import onward
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.query import id_of, number_of, query_of, text_of, wanted_of
from milter.review.review import review_of
from milter.review.speech import COOKIE as LANGUAGE_COOKIE
from milter.speech.grounds import grounds_of
from milter.speech.show import marked, quotes_of, traces_of
from milter.trace.find import Traces
from milter.verdict.verdict import AGAINST

ROWS = 50
_YEAR = 365 * 86400
_MAX_IDS = 500
# In this order they are shown, each with its evidence marked.
_TEXTS = ("text", "attached", "quoted", "hidden")
# As SQLite says it, and the system, also through PostgreSQL.
_FULL = ("disk is full", "No space left on device")


async def choose_language(request: Request) -> Response:
    """POST /language: back to the list, or to the login, in this language."""
    chosen = text_of((await request.form()).get("language"), 5)
    if chosen not in LANGUAGES:
        raise HTTPException(400)
    response = RedirectResponse("/mails", 303)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, secure=True, samesite="strict")
    return response


async def start(_: Request, __: Account) -> Response:
    """GET /."""
    return RedirectResponse("/mails", 303)


async def list_mails(request: Request, _: Account) -> Response:
    """GET /mails."""
    wanted = wanted_of(request)
    store = review_of(request).store
    mails = await store.list(wanted, ROWS + 1)
    has_more = len(mails) > ROWS
    back = wanted.above_id is not None
    shown = mails[-ROWS:] if back else mails[:ROWS]
    one = number_of(request, "one")
    after = await store.list(replace(wanted, below_id=one, above_id=None), 1) if one else ()
    return page(
        request,
        "list.html",
        mails=shown,
        wanted=wanted,
        query=query_of(wanted, review_of(request).zone),
        states=[*State],
        findings=AGAINST,
        grace=store.grace,
        below=shown[-1].id if shown and (has_more or back) else None,
        above=shown[0].id if shown and (has_more if back else wanted.below_id is not None) else None,
        done=number_of(request, "done"),
        not_done=number_of(request, "not_done"),
        one=one,
        after=after[0].id if after else None,
    )


async def show_mail(request: Request, who: Account) -> Response:
    """GET /mails/{id}."""
    review = review_of(request)
    held = await review.store.get(request.path_params["id"])
    if held is None:
        raise HTTPException(404)
    looked = await review.look(held, who.name)
    seen = looked.told
    states = await Campaigns(review.store.transactions).states(held.campaign) if held.campaign else {}
    grounds = grounds_of(held)
    quotes = quotes_of(grounds)
    return page(
        request,
        "mail.html",
        held=held,
        seen=seen,
        trouble=looked.trouble.value,
        grounds=grounds,
        traces=traces_of(grounds),
        in_campaign=sum(states.values()),
        texts=[(name, marked(str(seen.get(name, "")), quotes)) for name in _TEXTS],
        grace=review.store.grace,
        copy_to=review.config.copy_to,
        history=await review.journal.of_mail(held.id),
        back=onward.came_from(request),
        done=number_of(request, "done"),
        not_done=number_of(request, "not_done"),
        became=await Traces(review.store.transactions).of_held(held.id, held.received),
        asked=await Requests(review.store.transactions).of_mail(held.id),
    )


async def download(request: Request, who: Account) -> Response:
    """GET /mails/{id}/raw: a file, never a page."""
    review = review_of(request)
    mail_id = request.path_params["id"]
    try:
        raw = await review.store.raw(mail_id)
    except LookupError:
        raise HTTPException(404) from None
    await review.journal.note(who.name, Deed.DOWNLOADED, mail_id)
    headers = {
        "Content-Disposition": f'attachment; filename="message-{mail_id}.eml"',
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return Response(raw, media_type="application/octet-stream", headers=headers)


async def decide(request: Request, who: Account) -> Response:
    """POST /mails/decide: release, delete, confirm or undo the mails of these ids."""
    review = review_of(request)
    form = await request.form()
    if set(form) - {"token", "id", "deed", "back"} or len(form.getlist("deed")) != 1:
        raise HTTPException(400)
    ids = [*dict.fromkeys(map(id_of, form.getlist("id")))]
    if not 0 < len(ids) <= _MAX_IDS:
        return RedirectResponse(onward.START, 303)
    deed = review.deeds.get(text_of(form["deed"], 20))
    if deed is None:
        raise HTTPException(400)
    outcome = await deed(ids, who.name)
    place, one = onward.list_of(text_of(form.get("back"), 1000)), ""
    if len(ids) == 1:
        # The way to its undo.
        place, one = (f"/mails/{ids[0]}", "") if outcome.others else (place, f"&one={ids[0]}")
    mark = "&" if "?" in place else "?"
    return RedirectResponse(f"{place}{mark}done={outcome.done}&not_done={len(outcome.others)}{one}", 303)


async def copy(request: Request, who: Account) -> Response:
    """POST /mails/{id}/copy: to an address that the configuration names, and no other."""
    review = review_of(request)
    form = await request.form()
    if [*form.keys(), len(form.multi_items())] != ["token", "to", 2]:
        raise HTTPException(400)
    to, mail_id = text_of(form["to"], 320), request.path_params["id"]
    if to not in review.config.copy_to:
        raise HTTPException(400)
    sent = await review.copy(mail_id, to, who.name)
    return RedirectResponse(f"/mails/{mail_id}?done={sent:d}&not_done={not sent:d}", 303)


async def show_journal(request: Request, _: Account) -> Response:
    """GET /journal."""
    journal = review_of(request).journal
    entries = await journal.newest(before_id=number_of(request, "before"))
    return page(request, "journal.html", entries=entries)


async def http_error(request: Request, error: Exception) -> Response:
    """What cannot be answered, without a word of why that helps a stranger."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, "error.html", status=status)


async def damaged(request: Request, _: Exception) -> Response:
    """A mail whose bytes are not those that came."""
    return page(request, "error.html", status=500, is_damaged=True)


async def away(request: Request, error: Exception) -> Response:
    """Database or next hop do not answer, or have no room; mail comes in and waits with its senders."""
    assert isinstance(error, TryLater)  # noqa: S101 Starlette calls it with nothing else
    is_full = any(words in str(error) for words in _FULL)
    answer = page(request, "error.html", status=503, is_full=is_full)
    answer.headers["Retry-After"] = "30"
    return answer
