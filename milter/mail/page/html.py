"""What does the reader see of this HTML?

Never raises. Text, links and forms as shown; hidden text apart; quoted mails apart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from milter.mail.dom import Document, Element, attribute, cut_tags, parse_html, select
from milter.mail.page.flow import visible_text
from milter.mail.page.generated import generated_text
from milter.mail.page.hyperlinks import Links, base_of, clean_target, forms_in, images_in, links_in
from milter.mail.page.inner import documents_in
from milter.mail.page.outlook import outlook_documents
from milter.mail.page.painted import Painted, write_out
from milter.mail.page.scripts import Written, written_by
from milter.mail.page.turned import turn_round
from milter.mail.page.vector import as_html
from milter.mail.page.visibility import Removed, take_hidden
from milter.mail.reading import Form, Link, LinkKind
from milter.mail.style.css import Rule
from milter.mail.style.sheets import sheets_of
from milter.mail.text.alternatives import lines_with_new_words
from milter.mail.text.bidi import displayed_order

_MAX_SOURCE = 1024 * 1024
_MAX_TAGS = 20_000
_MAX_TITLE = 1000
_HARDLY_A_WORD = 12
# No word of what a link shows.
_SILENT_IN_LINKS = "a style,a script,a template,a title"

_tag = re.compile(r"<[^<>]{0,2000}>")
# Mails quoted or forwarded, as Gmail, Thunderbird, Apple, Yahoo, Proton, Outlook (web, mobile, Mac), Zimbra,
# Spark, GMX and Tutanota mark them.
QUOTES = (
    "blockquote[type=cite i],.gmail_quote,.gmail_quote_container,.moz-cite-prefix,.moz-forward-container,"
    ".yahoo_quoted,[id^=yahoo_quoted],.protonmail_quote,#mail-editor-reference-message-container,"
    "#OLK_SRC_BODY_SECTION,[data-marker=__HEADERS__],[data-marker=__QUOTED_TEXT__],"
    "[name=messageReplySection],[name=quote],.tutanota_quote"
)
# So many letters that only some readers see may be there to change what the others are taken for.
_MUCH = 200
# What stands in an attribute, in lower case, where one of them is met.
QUOTE_MARKS = ("cite", "quote", "moz-forward-", "mail-editor-", "olk_src_", "__headers__", "messagereply")


@dataclass(frozen=True, slots=True)
class HtmlReading:
    """One HTML document as shown. `text` includes, at its end, what only some readers see; where that is
    much, `seen_by_all` is without it.
    """

    text: str
    seen_by_all: str = ""
    quoted: str = ""
    hidden: str = ""
    title: str = ""
    image_names: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    unreadable: frozenset[str] = frozenset()


def read_page(source: str) -> HtmlReading:
    """The same of a file, which a browser opens: it runs scripts, and shows what they write (`scripts.py`).

    `scripts` is noted where there are some, and hardly anything to read.
    """
    source = as_html(source)
    document = parse_html(_limited(source)[0])
    written = written_by(document)
    inside = [read_html(one, inner=False) for one in written.documents]
    links = tuple(Link(one, "", LinkKind.REFRESH) for one in written.addresses)
    whole = _together([read_html(source), *inside, HtmlReading("", links=links)])
    closed = written == Written() and len(whole.text.split(None, _HARDLY_A_WORD)) < _HARDLY_A_WORD
    if closed and select(document, "script"):
        whole = replace(whole, unreadable=whole.unreadable | {"scripts"})
    return whole


def read_html(source: str, *, inner: bool = True) -> HtmlReading:
    """The document as its reader sees it.

    Beyond 1 MiB or 20,000 tags only bare text is read, and `size` or `tags` is noted. Documents that it
    carries (`inner.py`) are read too, one level deep (`inner`); else `documents` is noted.
    """
    source, rest, unreadable = _limited(source)
    document = parse_html(source)
    rules, unfollowed = sheets_of(document)
    carried, too_many = documents_in(document)
    base = base_of(document)
    title = title_of(document)
    laid_out = _lay_out(document, rules)
    removed = take_hidden(document, rules)
    quotes = _take_quoted(document)
    pictures, forms = images_in(document, base), forms_in(document, base)
    linked = [links_in(document, base)]
    painted = [write_out(one, is_plain=not rules) for one in (document, *quotes)]
    quoted = _lines(map(visible_text, quotes))
    text = displayed_order(visible_text(document))
    doubtful = (
        [_with_doubtful(source, rules)] if removed.in_pieces else [*map(visible_text, removed.doubtful)]
    )
    outlook = _for_outlook(document, base, text)
    linked += [links_in(root, base) for root in (*removed.hidden, *removed.doubtful)]
    linked.append(outlook.linked)
    reading = HtmlReading(
        text=_lines((text, *doubtful, *outlook.texts, rest)),
        seen_by_all=text if sum(map(len, doubtful)) >= _MUCH else "",
        quoted=displayed_order(quoted),
        hidden=_hidden_text(removed, painted),
        title=title[:_MAX_TITLE],
        image_names=pictures.names,
        links=(*chain.from_iterable(one.links for one in linked), *pictures.links),
        forms=forms.forms,
        unreadable=unreadable
        | unfollowed
        | _words(
            style=not laid_out or not all(one.whole for one in painted),
            documents=too_many or (bool(carried) and not inner),
            comments=outlook.left_out,
            links=any(one.left_out for one in linked),
            size=len(title) > _MAX_TITLE,
            pictures=pictures.left_out,
            forms=forms.left_out,
        ),
    )
    return _with_inner(reading, carried) if inner else reading


def _words(**left_out: bool) -> frozenset[str]:
    """The words for what is left out."""
    return frozenset(word for word, is_left_out in left_out.items() if is_left_out)


def _lay_out(document: Document, rules: tuple[Rule, ...]) -> bool:
    """Put the text where its styles do; False where that was not done for all of it."""
    for silent in select(document, _SILENT_IN_LINKS):
        silent.extract()
    whole = generated_text(document, rules)
    return turn_round(document, rules) and whole


def _with_doubtful(source: str, rules: tuple[Rule, ...]) -> str:
    """The text as those see it to whom nothing is hidden that others see; `rules` are its style sheets'."""
    document = parse_html(source)
    _lay_out(document, rules)
    take_hidden(document, rules, keep_doubtful=True)
    _take_quoted(document)
    write_out(document, is_plain=not rules)
    return displayed_order(visible_text(document))


def title_of(document: Document) -> str:
    """What the document is called, on one line."""
    return " ".join(" ".join(one.text for one in select(document, "title")).split())


def is_too_much(source: str) -> bool:
    """True where not all of the document would be parsed."""
    return len(source) > _MAX_TAGS and (len(source) > _MAX_SOURCE or source.count("<") > _MAX_TAGS)


def _limited(source: str) -> tuple[str, str, frozenset[str]]:
    """What is parsed, the bare text of the rest, and what was too much."""
    cut, words = len(source), set()
    if cut > _MAX_SOURCE:
        cut, words = _MAX_SOURCE, {"size"}
    if (tags := cut_tags(source, _MAX_TAGS)) < cut:
        cut, words = tags, words | {"tags"}
    rest = " ".join(_tag.sub(" ", source[cut : cut + _MAX_SOURCE]).split())
    return source[:cut], rest, frozenset(words)


def _take_quoted(document: Document) -> list[Element]:
    """Take out the mails quoted or forwarded, as mail programs mark them."""
    quoted = select(document, QUOTES)
    # All out first: quotes stand in quotes, and each text is read once.
    for element in quoted:
        element.extract()
    return list(quoted)


def _hidden_text(removed: Removed, painted: list[Painted]) -> str:
    texts = [visible_text(one) for one in removed.hidden] + [
        " ".join(one.split()) for one in removed.hidden_texts
    ]
    return _lines((*texts, *chain.from_iterable(one.hidden for one in painted)))


class _Outlook(NamedTuple):
    """What Outlook alone shows and is not said for the others, and where it leads; `left_out`: not all."""

    texts: list[str]
    linked: Links
    left_out: bool


def _for_outlook(document: Document, base: str, text: str) -> _Outlook:
    documents, left_out = outlook_documents(document)
    texts: list[str] = []
    links: list[Link] = []
    known: set[str] | None = None
    whole = True
    for inside in documents:
        known = set(text.split()) if known is None else known
        texts.append(lines_with_new_words(visible_text(inside), known))
        known.update(texts[-1].split())
        linked = links_in(inside, base)
        links += linked.links
        whole = whole and not linked.left_out
        # Buttons drawn for it: <v:roundrect href>.
        drawn = (one for one in select(inside, "[href]") if one.tag not in ("a", "area", "base", "link"))
        links += [
            Link(clean_target(attribute(one, "href"), base), one.text.strip()[:500], LinkKind.ANCHOR)
            for one in drawn
        ]
    return _Outlook(texts, Links(links, not whole), left_out)


def _with_inner(reading: HtmlReading, sources: list[str]) -> HtmlReading:
    """The same with the documents that it carries, each of which carries none that is read."""
    inside = [read_html(source, inner=False) for source in sources]
    return _together([reading, *inside]) if inside else reading


def _together(readings: list[HtmlReading]) -> HtmlReading:
    """One reading of several documents, each field of them all."""
    salted = any(one.seen_by_all for one in readings)
    return HtmlReading(
        text=_lines(one.text for one in readings),
        seen_by_all=_lines(one.seen_by_all or one.text for one in readings) if salted else "",
        quoted=_lines(one.quoted for one in readings),
        hidden=_lines(one.hidden for one in readings),
        title=" / ".join(one.title for one in readings if one.title),
        image_names=tuple(chain.from_iterable(one.image_names for one in readings)),
        links=tuple(chain.from_iterable(one.links for one in readings)),
        forms=tuple(chain.from_iterable(one.forms for one in readings)),
        unreadable=frozenset[str]().union(*(one.unreadable for one in readings)),
    )


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(filter(None, texts))
