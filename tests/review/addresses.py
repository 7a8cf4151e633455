"""Which addresses has the page, and who may ask for them? Read by every test that goes through all of them.

A new address needs a row here (`test_addresses.py` says so); with it, it is tried by all of these tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from milter.digest.token import Token
from milter.review.accounts import Role

# By which a recipient of mail 1 asks for it.
TOKEN = Token(1, "A" * 43)


@dataclass(frozen=True)
class Address:
    """A method and a path as the application has it.

    `role` is the lowest that is answered, None where everybody is. `place` is one that is there when mail 1
    is held; with `{id:row}` in it, each held mail has one. `is_page` says that a browser shows it: others
    send it on, or give it a file.
    """

    method: str
    path: str
    role: Role | None
    place: str = ""
    is_page: bool = True

    @property
    def name(self) -> str:
        """What a picture of it is called: `mails`, `mails-one`, `mails-one-tell`."""
        return "-".join("one" if part.startswith("{") else part for part in self.path.strip("/").split("/"))

    @property
    def one(self) -> str:
        """A place of it."""
        return self.of(1)

    def of(self, mail_id: int) -> str:
        """The place of this mail."""
        return (self.place or self.path).replace("{id:row}", str(mail_id))


ADDRESSES = (
    Address("GET", "/", Role.VIEWER, is_page=False),
    Address("GET", "/login", None),
    Address("POST", "/login", None),
    Address("GET", "/login/oidc", None, is_page=False),
    Address("GET", "/login/oidc/back", None, is_page=False),
    Address("POST", "/logout", Role.VIEWER),
    Address("POST", "/language", None),
    Address("GET", "/me", Role.VIEWER),
    Address("POST", "/me", Role.VIEWER),
    Address("GET", "/accounts", Role.ADMIN),
    Address("POST", "/accounts", Role.ADMIN),
    Address("GET", "/accounts/one", Role.ADMIN, "/accounts/one?name=rosa"),
    Address("POST", "/accounts/one", Role.ADMIN),
    Address("GET", "/mails", Role.VIEWER, "/mails?state=all"),
    Address("POST", "/mails/decide", Role.REVIEWER),
    Address("GET", "/mails/{id:row}", Role.VIEWER),
    Address("POST", "/mails/{id:row}", Role.VIEWER),
    Address("GET", "/mails/{id:row}/raw", Role.REVIEWER, is_page=False),
    Address("GET", "/mails/{id:row}/tell", Role.REVIEWER),
    Address("POST", "/mails/{id:row}/tell", Role.REVIEWER),
    Address("POST", "/mails/{id:row}/copy", Role.REVIEWER),
    Address("GET", "/mails/{id:row}/allow", Role.ADMIN),
    Address("POST", "/mails/{id:row}/allow", Role.ADMIN),
    Address("GET", "/rules", Role.REVIEWER),
    Address("POST", "/rules/remove", Role.ADMIN),
    Address("GET", "/campaigns", Role.VIEWER, "/campaigns?state=all"),
    Address("GET", "/campaigns/{id:row}", Role.VIEWER, "/campaigns/1?deed=release"),
    Address("POST", "/campaigns/{id:row}", Role.REVIEWER),
    Address("POST", "/campaigns/{id:row}/order", Role.ADMIN),
    Address("POST", "/orders/remove", Role.ADMIN),
    Address("GET", "/dashboard", Role.VIEWER, "/dashboard?span=30d"),
    Address("GET", "/trace", Role.REVIEWER, "/trace?span=30d"),
    Address("GET", "/journal", Role.ADMIN),
    Address("GET", "/requests", Role.VIEWER),
    Address("POST", "/requests/decide", Role.REVIEWER),
    # The browser comes here by a digest, in tests of its own.
    Address("GET", "/ask/{token}", None, f"/ask/{TOKEN}", is_page=False),
    Address("POST", "/ask/{token}", None, f"/ask/{TOKEN}"),
    Address("GET", "/static", None, "/static/style.css", is_page=False),
)
PAGES = tuple(one for one in ADDRESSES if one.method == "GET" and one.is_page)


def addresses_of(app: Starlette) -> Iterator[tuple[str, str]]:
    """Method and path of each address that the application has."""
    for route in app.routes:
        assert isinstance(route, Route | Mount), route
        methods = route.methods if isinstance(route, Route) else {"GET"}
        yield from ((method, route.path) for method in (methods or {"*"}) - {"HEAD"})
