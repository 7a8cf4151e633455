"""How does a page come out? Templates that escape everything, in the language of who asks."""

from datetime import datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milter.config.language import LANGUAGES
from milter.proof.reason import in_words
from milter.review.cookie import COOKIE
from milter.review.guard import form_token
from milter.review.proxy import proxied
from milter.review.speech import language_of
from milter.speech.blanks import unbroken
from milter.speech.grounds import grounds_of, sentence_of
from milter.speech.show import disarmed, in_short, one_line, sender, visible
from milter.speech.words import bytes_of, day, doer, speaker, when

# Read with the program: an update on the disk is for the next start, and its templates for its program.
_TEMPLATES = DictLoader(
    {
        path.name: path.read_text("utf-8")
        for path in (Path(__file__).parent / "templates").iterdir()
        if path.is_file()
    }
)


@cache
def environment(language: str, zone: tzinfo | None = None) -> Environment:
    """The templates in a language, with times of this zone."""
    speak = speaker(language)
    made = Environment(
        loader=_TEMPLATES,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "visible": visible,
        "unbroken": unbroken,
        "one_line": one_line,
        "disarmed": disarmed,
        "sender": sender,
        "in_short": lambda held: in_short(grounds_of(held)),
        "sentence": lambda held: sentence_of(held, language),
        "place": lambda where: ", ".join(map(speak, str(where).split(", "))),
        "when": lambda moment: when(moment, language, zone),
        "last_day": lambda moment: day(moment - timedelta(seconds=1), language, zone),
        "reason": lambda reason: in_words(reason, language),
        "doer": lambda who: doer(who, language),
        "bytes": lambda size: bytes_of(size, language),
    }
    made.globals |= {"_": speak, "language": language, "languages": LANGUAGES}
    return made


def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of this template."""
    review = request.app.state.review
    language = language_of(request, review.language)
    template = environment(language, review.zone).get_template(name)
    # The page of a stranger, and that of an error, may have none: it has no forms of a login.
    token = getattr(request.state, "token", request.cookies.get(COOKIE, ""))
    html = template.render(
        **values,
        status=status,
        account=getattr(request.state, "account", None),
        token=form_token(token) if token else "",
        shows_requests=review.asking is not None,
        open_requests=getattr(request.state, "open_requests", 0),
        is_proxied=proxied(request) is not None,
        path=request.url.path,
        observes=review.observes,
        # So that 08:00 is not taken for that of the wall where it is that of the server.
        zone=review.config.time_zone or f"{datetime.now().astimezone():%Z}",
    )
    return HTMLResponse(html, status)
