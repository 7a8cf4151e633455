"""What does a browser keep of a login? One cookie, for this host and TLS alone."""

from starlette.responses import Response

# The prefix binds it to this host and to TLS (browsers let localhost go without).
COOKIE = "__Host-vigimel"


def give_cookie(response: Response, token: str) -> None:
    """Log the browser in."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")


def take_cookie(response: Response) -> None:
    """Log the browser out."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
