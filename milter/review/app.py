"""Which addresses has the review page?"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from milter.errors import TryLater
from milter.quarantine.store import Damaged
from milter.review import (
    allowing,
    asking,
    campaigns,
    entrance,
    mine,
    pages,
    people,
    requests,
    telling,
    watching,
)
from milter.review.access import for_role
from milter.review.accounts import Role
from milter.review.elsewhere import BACK
from milter.review.guard import Guard
from milter.review.pace import Pace
from milter.review.proxy import Behind
from milter.review.query import RowId
from milter.review.reason import give_reason, with_reason
from milter.review.review import Review


def build_app(review: Review) -> Starlette:
    """The application, to be run by an ASGI server."""
    register_url_convertor("row", RowId())
    app = Starlette(
        routes=[
            Route("/", for_role(Role.VIEWER, pages.start)),
            Route("/login", entrance.log_in_form),
            Route("/login", entrance.log_in, methods=["POST"]),
            Route("/login/oidc", entrance.begin_elsewhere),
            Route(BACK, entrance.come_back),
            Route("/logout", for_role(Role.VIEWER, entrance.log_out, one_time=True), methods=["POST"]),
            Route("/language", pages.choose_language, methods=["POST"]),
            Route("/me", for_role(Role.VIEWER, mine.show, one_time=True)),
            Route("/me", for_role(Role.VIEWER, mine.change, one_time=True), methods=["POST"]),
            Route("/accounts", for_role(Role.ADMIN, people.list_all)),
            Route("/accounts", for_role(Role.ADMIN, people.add), methods=["POST"]),
            Route("/accounts/one", for_role(Role.ADMIN, people.show)),
            Route("/accounts/one", for_role(Role.ADMIN, people.change), methods=["POST"]),
            Route("/mails", for_role(Role.VIEWER, pages.list_mails)),
            Route("/mails/decide", for_role(Role.REVIEWER, pages.decide), methods=["POST"]),
            Route("/mails/{id:row}", for_role(Role.VIEWER, with_reason(pages.show_mail))),
            Route("/mails/{id:row}", for_role(Role.VIEWER, give_reason), methods=["POST"]),
            Route("/mails/{id:row}/raw", for_role(Role.REVIEWER, with_reason(pages.download))),
            Route("/mails/{id:row}/tell", for_role(Role.REVIEWER, with_reason(telling.show))),
            Route(
                "/mails/{id:row}/tell", for_role(Role.REVIEWER, with_reason(telling.send)), methods=["POST"]
            ),
            Route("/campaigns", for_role(Role.VIEWER, campaigns.list_campaigns)),
            Route("/campaigns/{id:row}", for_role(Role.VIEWER, campaigns.show_campaign)),
            Route("/campaigns/{id:row}", for_role(Role.REVIEWER, campaigns.decide), methods=["POST"]),
            Route("/campaigns/{id:row}/order", for_role(Role.ADMIN, campaigns.order), methods=["POST"]),
            Route("/orders/remove", for_role(Role.ADMIN, campaigns.remove_order), methods=["POST"]),
            # For recipients, who have no account: the link is what they have.
            Route("/ask/{token}", asking.show),
            Route("/ask/{token}", asking.ask, methods=["POST"]),
            Route("/requests", for_role(Role.VIEWER, requests.list_requests)),
            Route("/requests/decide", for_role(Role.REVIEWER, requests.decide), methods=["POST"]),
            Route("/mails/{id:row}/copy", for_role(Role.REVIEWER, with_reason(pages.copy)), methods=["POST"]),
            Route("/mails/{id:row}/allow", for_role(Role.ADMIN, with_reason(allowing.show_form))),
            Route(
                "/mails/{id:row}/allow",
                for_role(Role.ADMIN, with_reason(allowing.allow_author)),
                methods=["POST"],
            ),
            Route("/rules", for_role(Role.REVIEWER, allowing.show_rules)),
            Route("/rules/remove", for_role(Role.ADMIN, allowing.remove_rule), methods=["POST"]),
            Route("/dashboard", for_role(Role.VIEWER, watching.show_dashboard)),
            # Of everybody's mail, also of what went on.
            Route("/trace", for_role(Role.REVIEWER, watching.show_trace)),
            Route("/journal", for_role(Role.ADMIN, pages.show_journal)),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(Behind, config=review.config), Middleware(Guard, failed=pages.http_error)],
        exception_handlers={
            HTTPException: pages.http_error,
            Damaged: pages.damaged,
            TryLater: pages.away,
        },
    )
    # It would lead to the host and the scheme that a client says, or a server in front.
    app.router.redirect_slashes = False
    app.state.review, app.state.pace = review, Pace()
    return app
