"""What does no request get past? Headers of every answer, the size of what is sent, whose page sent it.

A fault of ours ends here: a page that says so, and a line in the log without words of a mail.
THREATS 6.2; OWASP ASVS 5.0 chapter 3.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milter import maillog

# A form with a thousand ids; nothing that is sent here is larger.
MAX_BODY = 64 * 1024
# Within so many seconds it has come, also from far away.
_SECONDS = 60.0

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing to others; with no-referrer the Origin of our own forms would be null, too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Of an answer by https (ASVS 3.4.1): for a year the browser asks this name for nothing in the clear.
# Of another answer it would mean nothing (RFC 6797 section 7.2).
HTTPS_HEADERS = {**HEADERS, "Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """Around the whole application, so that its errors have the headers, too."""

    def __init__(self, app: ASGIApp, failed: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        """`app` is what is guarded, `failed` the page that says that something of ours has failed."""
        self._app, self._failed = app, failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                if message["status"] == 408:
                    # The rest of the form is not waited for.
                    MutableHeaders(scope=message)["Connection"] = "close"
                headers = MutableHeaders(scope=message)
                wanted = HTTPS_HEADERS if scope["scheme"] == "https" else HEADERS
                for name, value in wanted.items():
                    # A download says more than a page does.
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        if request.method not in {"GET", "HEAD"} and not is_same_origin(request):
            await PlainTextResponse("Forbidden", 403)(scope, receive, send_guarded)
        elif _is_too_long(request):
            await PlainTextResponse("Content Too Large", 413)(scope, receive, send_guarded)
        else:
            try:
                await self._app(scope, _in_time(receive), send_guarded)
            except Exception as error:  # noqa: BLE001 else the server writes its words, a mail's perhaps, to the log
                maillog.page_failed(error)
                if not has_begun:
                    await (await self._failed(request, error))(scope, receive, send_guarded)


def _in_time(receive: Receive) -> Receive:
    """The same, for a form that has come whole before its time is over: 408 else."""
    until = asyncio.get_running_loop().time() + _SECONDS
    is_whole = False

    async def receive_in_time() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time


def is_same_origin(request: Request) -> bool:
    """True where a page of ours sent it, as far as the browser says; those in use say one of the two."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    if origin == "null":
        # That of a page that says nothing of itself to anybody, with no-referrer: only what the browser says.
        return site == "same-origin"
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def form_token(token: str) -> str:
    """What the forms of a login carry, so that no other page can send them.

    Raises ValueError without a token of a cookie: it would be the same for everybody, and known.
    """
    if not token:
        raise ValueError("a form without the token of a cookie")
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def has_form_token(token: str, given: object) -> bool:
    """True where a form carries it. A browser keeps the cookie back from what another site's page sends."""
    return (
        bool(token)
        and isinstance(given, str)
        and hmac.compare_digest(form_token(token).encode(), given.encode())
    )


def _is_too_long(request: Request) -> bool:
    # Every form of ours says how long it is; who does not is no browser.
    length = request.headers.get("content-length", "")
    has_body = request.method not in {"GET", "HEAD"}
    return has_body and not (
        length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= MAX_BODY
    )
