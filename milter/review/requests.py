"""What do recipients ask for, and what does somebody answer?"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.deciding import approve, deny
from milter.quarantine.requests import MAX_WORD, Decision, Requests
from milter.review.accounts import Account
from milter.review.page import page
from milter.review.query import id_of, number_of
from milter.review.review import Review

_ROWS = 50


async def list_requests(request: Request, _: Account) -> Response:
    """GET /requests."""
    state = request.query_params.get("state") or Decision.OPEN.value
    if state not in {*Decision, "all"}:
        raise HTTPException(400)
    wanted = None if state == "all" else Decision(state)
    review: Review = request.app.state.review
    requests = Requests(review.store.transactions)
    found = await requests.list(wanted, _ROWS + 1, number_of(request, "below"))
    rows = [(one, await review.store.get(one.mail_id)) for one in found[:_ROWS]]
    return page(
        request,
        "requests.html",
        rows=rows,
        has_more=len(found) > _ROWS,
        wanted=wanted,
        states=[*Decision],
        max_word=MAX_WORD,
        done=number_of(request, "done"),
        not_done=number_of(request, "not_done"),
    )


async def decide(request: Request, who: Account) -> Response:
    """POST /requests/decide: approve a request for its recipient or for all of its mail, or deny it."""
    form = await request.form()
    if set(form) - {"token", "id", "deed", "word"} or len(form.getlist("deed")) != 1:
        raise HTTPException(400)
    review: Review = request.app.state.review
    one = await Requests(review.store.transactions).get(id_of(form.get("id")))
    if one is None:
        raise HTTPException(404)
    word, deed = form.get("word", ""), form["deed"]
    if deed == "deny" and isinstance(word, str):
        is_done = await deny(review.store, one, who.name, word.strip()[:MAX_WORD])
    elif deed in {"approve", "approve all"}:
        everybody = deed == "approve all"
        is_done = await approve(review.store, review.next_hop, one, who.name, everybody=everybody)
    else:
        raise HTTPException(400)
    return RedirectResponse(f"/requests?done={int(is_done)}&not_done={int(not is_done)}", 303)
