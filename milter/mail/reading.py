"""What does the reader of this mail see? The values; `read.py` makes them from a `Message`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from milter.mail.domain import Domain
from milter.mail.target import read_target

# About more lines with words, or more links, no question is asked. Newsletters have some hundred of each.
MOST_LINES = 1500
MOST_LINKS = 400


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox that a reader may be shown as author (RFC 5322 section 3.4).

    `address` is the addr-spec as found, lower case, empty when there is none. `field` is the header
    field it stands in (`From`, `Sender`, `Resent-From`, `Reply-To`).
    """

    display_name: str
    address: str
    field: str = "From"

    @property
    def local_part(self) -> str:
        """What stands before the last `@`."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> Domain | None:
        """The domain after the last `@`; None where that is not a domain."""
        return Domain.parse(self.address.rpartition("@")[2])


class LinkKind(StrEnum):
    """Where a link comes from."""

    ANCHOR = "anchor"  # <a href>, <area href>, svg links
    FORM = "form"  # <form action>, formaction
    IMAGE = "image"  # <img src>: shown, not followed; kept to know the host
    TEXT = "text"  # an address written in the text
    REFRESH = "refresh"  # <meta http-equiv=refresh>
    DOCUMENT = "document"  # inside an attachment (PDF annotation, calendar, Office)
    QR = "qr"  # read from a picture


# Where a page leads: in a file all the same, whether its reader clicks or not.
LED_TO = frozenset({LinkKind.ANCHOR, LinkKind.REFRESH})


class Link(NamedTuple):
    """A link: `target` as a browser would follow it (base applied, white space removed), `shown` as
    the reader sees it (anchor text, or alt text of the picture inside the anchor)."""

    target: str
    shown: str
    kind: LinkKind

    @property
    def scheme(self) -> str:
        """Lower case, without the colon; empty for a relative reference."""
        head, colon, _ = self.target.partition(":")
        return head.lower() if colon and head.replace("+", "").replace("-", "").isalnum() else ""

    @property
    def host(self) -> Domain | None:
        """The host that following it leads to; None where it has none (`mailto:`, a relative reference)."""
        target = read_target(self.target)
        return None if target.bare else target.host


@dataclass(frozen=True, slots=True)
class Form:
    """An HTML form: where it sends, and the words beside its inputs (names, labels, placeholders)."""

    action: str
    words: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part offered as a file: name as shown, type as declared, size in bytes when decoded."""

    name: str
    content_type: str
    size: int


def one_author(authors: tuple[Mailbox, ...], ambiguous: frozenset[str]) -> Mailbox | None:
    """The one author; None unless there is exactly one From field with exactly one mailbox."""
    usable = [m for m in authors if m.field == "From"]
    return usable[0] if len(usable) == 1 and "author" not in ambiguous else None


@dataclass(frozen=True, slots=True)
class Reading:
    """The mail as its reader sees it. Texts are Unicode with "\\n" between lines or blocks.

    `authors`: every mailbox that some mail program could show as the author, the plain reading first.
    `text`: what the sender wrote himself. `versions`: the text of each alternative, where they
    differ, and of what is left for readers who see much less of it; else nothing. `quoted`:
    what he quotes or forwards (lines of `>`, quotation blocks, everything below a forward or reply head).
    `hidden`: text that the HTML hides.
    `attached`: text of attachments that were read. `unreadable`: one word a thing that could not be
    read (`charset`, `encrypted`, `depth`, `size`, `parts`, `base64`, ...), see DESIGN section 1.6.
    `readers`: the addresses of To and Cc, lower case.
    `ambiguous`: one word a structure that two readers may read differently. `misspelt`: each text whose words
    are read as they are meant, and as it was written (`look.misspelt`). `footing`: passages of `text` that
    stand below all that is said in it (`claim.others.footing`).
    """

    subject: str
    authors: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    text: str
    versions: tuple[str, ...] = ()
    quoted: str = ""
    hidden: str = ""
    attached: str = ""
    title: str = ""
    image_names: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unreadable: frozenset[str] = field(default_factory=frozenset)
    ambiguous: frozenset[str] = field(default_factory=frozenset)
    misspelt: tuple[tuple[str, str], ...] = ()
    footing: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()

    def with_texts(self, change: Callable[[str], str]) -> "Reading":
        """The reading with each of its texts changed: subject, text and versions, what is quoted, files."""
        return replace(
            self,
            subject=change(self.subject),
            text=change(self.text),
            versions=tuple(map(change, self.versions)),
            quoted=change(self.quoted),
            attached=change(self.attached),
        )

    @property
    def author(self) -> Mailbox | None:
        """The one author; None unless there is exactly one From field with exactly one mailbox."""
        return one_author(self.authors, self.ambiguous)

    @property
    def note(self) -> str:
        """What is said in `text`: all but its footing."""
        said = self.text
        for passage in self.footing:
            said = said.replace(passage, " ", 1)
        return said
