"""What does an admin see and change of the accounts? The same as `vigimel admin`, with the same rules."""

from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milter.quarantine.journal import Deed, Line
from milter.review.accounts import Account, Role
from milter.review.page import page
from milter.review.passwords import made_up
from milter.review.query import number_of, text_of
from milter.review.refusal import Refused, Why
from milter.review.review import Review, review_of

_LONGEST_NAME = 64


async def list_all(request: Request, _: Account) -> Response:
    """GET /accounts."""
    return await _list(request)


async def add(request: Request, who: Account) -> Response:
    """POST /accounts: make one, whose owner chooses his password himself."""
    form, review = await request.form(), review_of(request)
    # Longer than a name may be, so that none is made of a part.
    name, role, password = text_of(form.get("name"), _LONGEST_NAME + 1).strip(), _role_of(form), made_up()
    line = Line(who.name, Deed.ACCOUNT_ADDED, detail=f"{name} ({role.value})")
    try:
        await review.accounts.add(name, password, role, one_time=True, line=line)
    except Refused as error:
        return await _list(request, 400, problem=error.why.value)
    return await _list(request, made=(name, password))


async def show(request: Request, _: Account) -> Response:
    """GET /accounts/one."""
    return await _one(request, text_of(request.query_params.get("name"), _LONGEST_NAME))


async def change(request: Request, who: Account) -> Response:
    """POST /accounts/one: one deed on one account."""
    form, review = await request.form(), review_of(request)
    name, deed = text_of(form.get("name"), _LONGEST_NAME), text_of(form.get("deed"), 20)
    if deed == "reset":
        return await _reset(request, name, who)
    try:
        await _do(review, form, name, deed, who.name)
    except Refused as error:
        return await _one(request, name, 400, problem=error.why.value)
    if deed == "remove":
        return RedirectResponse("/accounts?done=1", 303)
    return RedirectResponse(f"/accounts/one?{urlencode({'name': name, 'done': 1})}", 303)


async def _do(review: Review, form: FormData, name: str, deed: str, who: str) -> None:
    accounts = review.accounts
    match deed:
        case "role":
            role = _role_of(form)
            line = Line(who, Deed.ROLE_CHANGED, detail=f"{name} ({role.value})")
            await accounts.set_role(name, role, line)
        case "disable":
            await accounts.disable(name, Line(who, Deed.ACCOUNT_DISABLED, detail=name))
        case "enable":
            await accounts.enable(name, Line(who, Deed.ACCOUNT_ENABLED, detail=name))
        case "remove":
            await accounts.remove(name, Line(who, Deed.ACCOUNT_REMOVED, detail=name))
        case "end":
            await review.logins.end(name, _login_of(form), who=who)
        case _:
            raise HTTPException(400)


async def _reset(request: Request, name: str, who: Account) -> Response:
    review, password = review_of(request), made_up()
    if name == who.name:
        # A browser that was left open must not be enough to take over its account.
        return await _one(request, name, 400, problem=Why.OWN.value)
    try:
        line = Line(who.name, Deed.ONE_TIME_PASSWORD, detail=name)
        await review.accounts.set_password(name, password, one_time=True, line=line)
    except Refused as error:
        return await _one(request, name, 400, problem=error.why.value)
    return await _one(request, name, made=(name, password))


async def _list(
    request: Request, status: int = 200, *, problem: str = "", made: tuple[str, str] | None = None
) -> Response:
    review = review_of(request)
    return page(
        request,
        "accounts.html",
        status,
        accounts=await review.accounts.all(),
        waiting=await review.logins.waiting(),
        roles=[*Role],
        problem=problem,
        made=made,
        done=number_of(request, "done"),
    )


async def _one(
    request: Request,
    name: str,
    status: int = 200,
    *,
    problem: str = "",
    made: tuple[str, str] | None = None,
) -> Response:
    review = review_of(request)
    one = await review.accounts.named(name)
    if one is None:
        raise HTTPException(404)
    return page(
        request,
        "account.html",
        status,
        one=one,
        logins=await review.logins.of_name(one.name),
        until=(await review.logins.waiting()).get(one.name),
        roles=[*Role],
        problem=problem,
        made=made,
        done=number_of(request, "done"),
    )


def _role_of(form: FormData) -> Role:
    try:
        return Role(text_of(form.get("role"), 20))
    except ValueError:
        raise HTTPException(400) from None


def _login_of(form: FormData) -> str:
    """The login that is named; all where none is."""
    value = form.get("login")
    if value is None:
        return ""
    if not (isinstance(value, str) and value.isalnum()):
        raise HTTPException(400)
    return value
