"""Where do admins review what is held? Pure."""

from typing import Annotated, Literal

from pydantic import Field

from milter.config.options.report import Mailbox
from milter.config.options.section import Section, written
from milter.config.options.smtp import Listen, Network
from milter.config.options.timetable import Zone

Url = Annotated[
    str,
    written(
        # A page with an address below that of another site would share its cookies and scripts.
        r"(?:https?://[A-Za-z0-9.:\[\]-]+/?)?",
        "must be an address with a name or a port of its own and no path, as in "
        '"https://vigimel.town-hall.example"',
    ),
]
HeaderName = Annotated[
    str, written(r"[A-Za-z0-9-]{0,64}", 'must be the name of a header field, as in "X-Remote-User"')
]


class ReviewConfig(Section):
    """[review]: the web page where admins review what is held."""

    listen: tuple[Listen, ...] = Field(
        ("127.0.0.1:10081",),
        description="Where browsers reach the review page; its accounts are made by vigimel admin add. Other "
        "machines need https, by certificate and key or by a web server in front. Empty: no page.",
    )
    certificate: str = Field(
        "",
        description="The certificate of the page with those that lead to its authority, in one PEM file. A "
        "relative path starts at the directory of this file. Empty: no https; browsers then log in from this "
        "machine only, as http://localhost:10081.",
    )
    key: str = Field(
        "",
        description="The file of its key, without a password. Empty: the key stands in the file of the "
        "certificate.",
    )
    url: Url = Field(
        "",
        description="What the page is called by those who read reports, for the links in them, as in "
        '"https://vigimel.town-hall.example", without a path: it needs a name or a port of its own. Empty: '
        "reports have no links.",
    )
    time_zone: Zone = Field(
        "",
        description='The zone of the times and days on the page, as in "Europe/Paris". Empty: that of this '
        "machine.",
    )
    copy_to: tuple[Mailbox, ...] = Field(
        (),
        description="Addresses that a reviewer may have a copy of a held mail sent to, such as those of the "
        "admins; the mail goes on waiting. No other address can be typed, so a stolen login forwards "
        "nothing. Empty: no copies.",
    )
    ask_reason: bool = Field(
        False,
        description="Whoever opens a held mail, downloads it, allows its author or tells others of it must "
        "have said why within the last day, on the page or by --reason on the command line; the reason "
        "stands in the journal. For those whose rules want it: held mail may be about health.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (),
        description="Addresses and networks of web servers of yours in front of the page. The address of the "
        "browser, which guesses of passwords are counted by, is taken from them, and who has logged in "
        "there.",
    )
    proxy_address_header: Literal["X-Forwarded-For", "Forwarded"] = Field(
        "X-Forwarded-For",
        description="The header field that names the client of a request; the web server must write it "
        "itself, or add to it. The other one is not read. Whether it came by https stands beside it: "
        "X-Forwarded-Proto, or proto in Forwarded.",
    )
    proxy_user_header: HeaderName = Field(
        "",
        description='The header field that names the user who has logged in there, as in "X-Remote-User". '
        "The web server must overwrite what a browser sends in it; from any other address it is ignored, "
        "and logged. Empty: people log in at the page.",
    )
    proxy_groups_header: HeaderName = Field(
        "",
        description="The header field that names the groups of the user who has logged in there, separated "
        "by commas. Empty: the user has the role of the account of the same name (vigimel admin add), and "
        "without one may do nothing.",
    )
    admin_groups: tuple[str, ...] = Field((), description="Users in one of these groups are admins.")
    reviewer_groups: tuple[str, ...] = Field((), description="Users in one of these are reviewers.")
    viewer_groups: tuple[str, ...] = Field(
        (), description="Users in one of these are viewers. Users in none of the three may do nothing."
    )
