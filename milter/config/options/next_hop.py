"""Where does mail go on to? Pure."""

from typing import Annotated

from pydantic import AfterValidator, Field

from milter.config.address import check_next_hop
from milter.config.options.section import Section

NextHopUrl = Annotated[str, AfterValidator(check_next_hop)]


class NextHopConfig(Section):
    """[next_hop]: where mail goes on to."""

    url: NextHopUrl = Field(
        "maildir:maildir",
        description="smtp://host:port, lmtp://host:port, lmtp+unix:/path or maildir:path. The Maildir is for "
        "trying out: it needs no other server. A relative path is below [state] directory. Mail that came "
        "by [milter] goes here when it is released: name an entrance of the mail server that does not ask "
        "us again.",
    )
    connect_timeout: float = Field(
        10.0,
        gt=0,
        description="Seconds to reach the next hop. It is near; if it does not answer soon, the client "
        "hears 451 and keeps the mail.",
    )
    timeout: float = Field(
        60.0,
        gt=0,
        description="Seconds for each reply of the next hop. A mail server may filter before it answers "
        "the final dot; shorter waits make mail come twice.",
    )
