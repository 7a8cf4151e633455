"""Where do the links and forms of this document lead, and what pictures does it show?

Never raises. Targets as a browser would follow them: base applied, blanks inside removed.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from milter.mail.dom import Document, Element, Node, attribute, select
from milter.mail.page.flow import visible_text
from milter.mail.reading import Form, Link, LinkKind
from milter.mail.text.bidi import displayed_order

_MAX_TARGET = 4096
_MAX_BASE = 500
_MAX_SHOWN = 500
_MAX_PIECES = 1000  # of a link's text
_MAX_PICTURES = 5  # that say what a link shows
_MAX_NAMES = 200
_MAX_WORDS = 8192
_WORD_OF_PICTURES = 3

# URL standard, section 4.4: tab and line ends are removed everywhere, blanks and controls at both ends.
_edges = "".join(map(chr, range(33)))
_scheme = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:")
_refresh = re.compile(r"^[\s\d.]*[;,\s]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)


def base_of(document: Document) -> str:
    """The address that relative links hang from; empty where there is none."""
    found = select(document, "base[href]")
    # Each link is joined with it. Its host stands at its beginning.
    return clean_target(attribute(found[0], "href"), "")[:_MAX_BASE] if found else ""


def clean_target(target: str, base: str) -> str:
    """The target as a browser would follow it."""
    target = target[: 4 * _MAX_TARGET]
    if not target.isprintable():
        target = target.replace("\t", "").replace("\r", "").replace("\n", "")
    target = target.strip(_edges)[:_MAX_TARGET]
    if base and target and not _scheme.match(target) and not target.startswith("#"):
        try:
            return urljoin(base, target)
        except ValueError:
            return target
    return target


class Links(NamedTuple):
    """The links; `left_out`: not all that one of them shows is read."""

    links: list[Link]
    left_out: bool


def links_in(root: Node, base: str) -> Links:
    """Anchors, image maps, SVG links, form targets and refreshes below `root`."""
    found = Links([], False)
    for element in select(root, "a,area,[formaction],form[action],meta[http-equiv]"):
        tag = element.tag
        if tag == "meta":
            found.links.extend(_refresh_link(element, base))
            continue
        target = attribute(element, "href") or attribute(element, "xlink:href")
        kind = LinkKind.ANCHOR
        if not target and tag not in ("a", "area"):
            target = attribute(element, "formaction") or attribute(element, "action")
            kind = LinkKind.FORM
        if target and (clean := clean_target(target, base)) and clean[0] != "#":
            shown, whole = _shown(element)
            found.links.append(Link(clean, shown, kind))
            found = found if whole else Links(found.links, True)
    return found


def _refresh_link(element: Element, base: str) -> Iterator[Link]:
    if attribute(element, "http-equiv").strip().lower() == "refresh":
        found = _refresh.match(attribute(element, "content")[:_MAX_TARGET])
        if found:
            yield Link(clean_target(found[1], base), "", LinkKind.REFRESH)


def _shown(element: Element) -> tuple[str, bool]:
    """The words of the link, else what its pictures say, else its title; whether it may show no others."""
    if element.tag == "form":
        return "", True
    words, whole = _first_words(element)
    if not words:
        pictures = select(element, "img[alt]:not([alt='']),img[title]")
        whole = whole and len(pictures) <= _MAX_PICTURES
        said = (attribute(one, "alt") or attribute(one, "title") for one in pictures[:_MAX_PICTURES])
        words = " ".join(filter(None, said)) or attribute(element, "alt") or attribute(element, "title")
    return displayed_order(words)[:_MAX_SHOWN], whole


def _first_words(element: Element) -> tuple[str, bool]:
    """The words that are shown of it: a link may hold all the others, whose text is not read for each. False
    where they may stand behind so many blanks that they were not reached.
    """
    pieces: list[str] = []
    room = _MAX_SHOWN
    for number, text in enumerate(element.strings):
        if number == _MAX_PIECES:
            return " ".join("".join(pieces).split()), False
        bare = text.lstrip()
        pieces.append(bare[:room] if len(bare) == len(text) else " " + bare[:room])
        room -= len(bare)
        if room <= 0:
            break
    return " ".join("".join(pieces).split()), True


class Pictures(NamedTuple):
    """What pictures are called (alt, title, file name), and a link for each; `left_out`: not all names."""

    names: tuple[str, ...]
    links: list[Link]
    left_out: bool


class Forms(NamedTuple):
    """The forms, and whether some of their words are left out."""

    forms: tuple[Form, ...]
    left_out: bool


def images_in(root: Node, base: str) -> Pictures:
    """The pictures below `root`."""
    names: dict[str, None] = {}
    links: list[Link] = []
    seen: set[tuple[object, object]] = set()
    spelt = ""
    for element in select(root, "img,input[type=image i],image"):
        get = element.attrs.get
        address, alt, title = get("src") or get("xlink:href") or get("href"), get("alt"), get("title")
        spelt += alt if isinstance(alt, str) and len(alt) == 1 else ""
        if (address, alt) in seen or not isinstance(address, str):
            continue
        seen.add((address, alt))
        source = clean_target(address, base)
        shown = " ".join(alt.split())[:_MAX_SHOWN] if isinstance(alt, str) else ""
        for name in (shown, title, _file_name(source)):
            if name and isinstance(name, str):
                names[name[:_MAX_SHOWN]] = None
        links.append(Link(source[:30] if source.startswith("data:") else source, shown, LinkKind.IMAGE))
    if len(spelt) >= _WORD_OF_PICTURES:
        # One letter a picture.
        names[spelt[:_MAX_SHOWN]] = None
    # The last one is spelt out of all the others.
    return Pictures(
        (*islice(names, _MAX_NAMES), *list(names)[_MAX_NAMES:][-1:]), links, len(names) > _MAX_NAMES
    )


def _file_name(source: str) -> str:
    if source.startswith(("data:", "cid:")):
        return source[4:].partition("@")[0] if source[0] == "c" else ""
    name = source.partition("?")[0].rpartition("/")[2]
    return unquote(name) if "%" in name else name


def forms_in(root: Node, base: str) -> Forms:
    """The forms, with every word a reader or the sender gave their inputs; inputs without a form too."""
    inside: set[Element] = set()
    found: list[Form] = []
    left_out = False
    for form in select(root, "form"):
        fields = select(form, "input,select,textarea,button")
        inside.update(fields)
        words = _words(form, list(fields))
        left_out = left_out or len(fields) > _MAX_NAMES or len(words) > _MAX_WORDS
        found.append(Form(clean_target(attribute(form, "action"), base), words[:_MAX_WORDS]))
    loose = [one for one in select(root, "input,textarea") if one not in inside]
    if loose:
        words = _words(None, loose)
        left_out = left_out or len(loose) > _MAX_NAMES or len(words) > _MAX_WORDS
        found.append(Form("", words[:_MAX_WORDS]))
    return Forms(tuple(found), left_out)


def _words(form: Element | None, fields: list[Element]) -> str:
    words = [visible_text(form)] if form else []
    for one in fields[:_MAX_NAMES]:
        words += [
            attribute(one, name) for name in ("name", "id", "placeholder", "aria-label", "title", "value")
        ]
        words.append("password" if attribute(one, "type").lower() == "password" else "")
    return " ".join(" ".join(words).split())
