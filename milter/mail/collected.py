"""What do the texts of all parts of a mail say together?

Pure. Never raises.
"""

import re
from dataclasses import dataclass, field

from milter.mail.page.flow import FAR_DOWN
from milter.mail.reading import MOST_LINES, MOST_LINKS, Attachment, Form, Link, LinkKind
from milter.mail.text.alternatives import what_html_lacks
from milter.mail.text.quoting import has_quote_head, may_introduce_a_quotation
from milter.mail.urls import MOST_DOTS, links_in_text

MOST_TEXT = 1024 * 1024
_MOST_FORMS = 50
_HARDLY_ANYTHING = 12  # words that are no letter
_BLANKS_OF_A_SENTENCE = 3
_word = re.compile(r"\w{2,}")


@dataclass(slots=True)
class Collected:
    """What the parts gave so far."""

    alternatives: bool = False
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    # Of the text what each reader sees.
    seen_by_all: list[str] = field(default_factory=list)
    # Quoted by nothing but a mark in the HTML, which no reader sees.
    marked: list[str] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    image_names: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)
    _words_of_html: set[str] = field(default_factory=set)
    _counted: int = 0

    def words_of_html(self) -> set[str]:
        """The words of the HTML so far, each part counted once however many there are."""
        for text in self.html[self._counted :]:
            self._words_of_html.update(text.split())
        self._counted = len(self.html)
        return self._words_of_html

    def own_and_quoted(self) -> tuple[str, str]:
        """The sender's own text, each thing said once, and the quotations."""
        html, plain = "\n".join(filter(None, self.html)), "\n".join(self.plain)
        text = html or plain
        if html and plain:
            fresh, differs = what_html_lacks(plain, html)
            text = "\n".join(filter(None, (html, fresh)))
            self.ambiguous |= {"alternatives"} if differs and self.alternatives else set()
        marked, quoted = "\n".join(self.marked), "\n".join(self.quoted)
        if marked and not has_quote_head(f"{quoted}\n{marked}") and not may_introduce_a_quotation(text):
            # A quotation of nobody: it is what the sender says.
            text, marked = "\n".join(filter(_word.search, (text, marked))), ""
        quoted = "\n".join(filter(None, (quoted, marked)))
        if quoted and not _word.search(text) and not has_quote_head(quoted):
            text, quoted = quoted, ""
        return text[:MOST_TEXT], "\n".join(filter(None, (quoted, *self.nested)))[:MOST_TEXT]

    def note_length(self, text: str) -> None:
        """Note `lines` where the text has more lines with words than are asked about, `links` where it may
        name more hosts than are looked for.
        """
        if text.count(".") > MOST_DOTS:
            self.unreadable.add("links")
        if text.count("\n") >= MOST_LINES:
            lines = sum(_word.search(line) is not None for line in text.split("\n"))
            self.unreadable |= {"lines"} if lines > MOST_LINES else set()

    def with_pictures_texts(self, text: str) -> str:
        """The text; where it is next to none, with what stands in place of pictures until they are loaded."""
        if not self.image_names or len(text.split(None, _HARDLY_ANYTHING)) > _HARDLY_ANYTHING:
            return text
        said = (name for name in self.image_names if name.count(" ") >= _BLANKS_OF_A_SENTENCE)
        return "\n".join(filter(None, (text, *said)))[:MOST_TEXT]

    def versions(self, text: str) -> tuple[str, ...]:
        """The alternatives one by one, where they tell different things: a program shows one of them. And
        what is left of the text where some readers do not see all of it, or do not look that far.
        """
        versions: list[str] = []
        if "alternatives" in self.ambiguous:
            versions += ["\n".join(filter(None, self.html)), "\n".join(self.plain)]
        if self.seen_by_all:
            versions.append("\n".join(self.seen_by_all))
        if far := FAR_DOWN.search(text):
            versions.append(text[: far.start()])
        return tuple(version[:MOST_TEXT] for version in versions)

    def add_text_links(self, text: str, kind: LinkKind) -> None:
        """Keep the links that are written in a text, those that are known already left out."""
        if "." not in text:
            return
        known = {link.target for link in self.links}
        self.links += [Link(one, one, kind) for one in links_in_text(text[:MOST_TEXT]) if one not in known]

    def most_telling_links(self) -> tuple[Link, ...]:
        """The links, each once. Of too many those come first, and are kept, that can be followed, lead to a
        domain of their own, and show words; `links` is noted.
        """
        links = tuple(dict.fromkeys(self.links))
        if len(links) <= MOST_LINKS:
            return links
        self.unreadable.add("links")
        seen: set[tuple[object, bool]] = set()
        ranks: list[tuple[bool, bool, bool]] = []
        for link in links:
            host, silent = link.host, not link.shown
            place = (host.organizational if host is not None else link.scheme, silent)
            ranks.append((link.kind is LinkKind.IMAGE, place in seen, silent))
            seen.add(place)
        order = sorted(range(len(links)), key=ranks.__getitem__)
        return tuple(links[at] for at in order[:MOST_LINKS])

    def first_forms(self) -> tuple[Form, ...]:
        """The forms that send or say anything, each once; `forms` is noted where they are too many."""
        forms = tuple(dict.fromkeys(one for one in self.forms if one.action or one.words))
        if len(forms) > _MOST_FORMS:
            self.unreadable.add("forms")
        return forms[:_MOST_FORMS]
