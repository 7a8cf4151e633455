"""In which language is a page? French or English, by choice, else as the browser asks."""

from babel import negotiate_locale
from starlette.requests import Request

from milter.config.language import LANGUAGES

COOKIE = "vigimel_language"


def language_of(request: Request, default: str) -> str:
    """The language of a request."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    asked = [
        part.partition(";")[0].strip() for part in request.headers.get("accept-language", "")[:200].split(",")
    ]
    return negotiate_locale([one.replace("-", "_") for one in asked if one], LANGUAGES) or default
