"""Where do admins review what is held? Pure."""

from pydantic import Field

from milter.config.options.section import Section
from milter.config.options.smtp import Listen


class ReviewConfig(Section):
    """[review]: the web page where admins review what is held."""

    listen: tuple[Listen, ...] = Field(
        ("127.0.0.1:10080",),
        description="Where browsers reach the review page; its accounts are made by vigimel admin add. Other "
        "machines need https, by certificate and key or by a web server in front. Empty: no page.",
    )
    certificate: str = Field(
        "",
        description="The certificate of the page with those that lead to its authority, in one PEM file. A "
        "relative path starts at the directory of this file. Empty: no https; browsers then log in from this "
        "machine only, as http://localhost:10080.",
    )
    key: str = Field(
        "",
        description="The file of its key, without a password. Empty: the key stands in the file of the "
        "certificate.",
    )
    url: str = Field(
        "",
        pattern=r"^(?:https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?)?$",
        description="What the page is called by those who read reports, for the links in them, as in "
        '"https://vigimel.town-hall.example". Empty: reports have no links.',
    )
