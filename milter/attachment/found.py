"""What was found in the files of a mail? The values that the readers of files fill and give back."""

from dataclasses import dataclass, field

from milter.attachment.budget import MAX_FORMS, MAX_LINKS, MAX_TEXT, Budget
from milter.mail.reading import Form, Link, LinkKind
from milter.mail.text.bidi import displayed_order
from milter.mail.urls import links_in_text

_MAX_PAGES_TO_SEE = 6


@dataclass(frozen=True, slots=True)
class File:
    """One file: `depth` counts what it lies in, `nested` is True inside a mail that is attached."""

    name: str
    content_type: str
    data: bytes = field(repr=False)
    depth: int = 0
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A picture in shades of grey, a row after the other, that may hold text: for OCR."""

    width: int
    height: int
    pixels: bytes = field(repr=False)


@dataclass(slots=True)
class Found:
    """What the files gave so far, and the files still to be opened."""

    budget: Budget
    texts: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    waiting: list[File] = field(default_factory=list)
    characters: int = 0
    # Some pictures were not kept to be looked at for text.
    unseen: bool = False

    @property
    def words(self) -> set[str]:
        """One word for each thing that could not be read."""
        return self.budget.words

    def add_text(self, text: str, *, nested: bool = False) -> None:
        """Text that the file shows; `size` is noted where it is too long. Its addresses become links."""
        room = MAX_TEXT - self.characters
        if len(text) > room:
            self.words.add("size")
        text = displayed_order(text[:room]).strip()
        if not text:
            return
        self.characters += len(text)
        (self.quoted if nested else self.texts).append(text)
        if "." in text:
            for one in links_in_text(text):
                self.add_link(one, one)

    def add_link(self, target: str, shown: str, kind: LinkKind = LinkKind.DOCUMENT) -> None:
        """A link, once; `links` is noted where they are too many."""
        link = Link(target.strip()[:4096], shown[:500], kind)
        if not link.target or link in self.links:
            return
        if len(self.links) < MAX_LINKS:
            self.links.append(link)
        else:
            self.words.add("links")

    def add_forms(self, forms: tuple[Form, ...]) -> None:
        """Forms that a file shows."""
        room = MAX_FORMS - len(self.forms)
        self.forms += forms[:room]
        if len(forms) > room:
            self.words.add("forms")

    def add_page(self, page: Page) -> None:
        """A picture to be looked at for text, if there is time; the largest are kept."""
        self.pages.append(page)
        if len(self.pages) > _MAX_PAGES_TO_SEE:
            self.pages.remove(min(self.pages, key=lambda one: one.width * one.height))
            self.unseen = True
