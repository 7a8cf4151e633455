"""Of which elements is a document made? The only module that knows the HTML parser (turbohtml).

Never raises for any text: the parser takes what a browser takes, nesting is cut at 512 as there.
"""

from collections.abc import Sequence
from typing import cast

from turbohtml import Comment, Document, Element, Node, Text, parse

__all__ = [
    "Comment",
    "Document",
    "Element",
    "Node",
    "Text",
    "attribute",
    "attributes",
    "comments",
    "cut_tags",
    "is_selector",
    "parse_html",
    "runs",
    "select",
]


def parse_html(source: str) -> Document:
    """The document as a browser without scripts builds it."""
    return parse(source, positions=False, allow_declarative_shadow_roots=False)


def select(root: Node, selector: str) -> Sequence[Element]:
    """The descendants that a selector meets; none where it is no selector (senders write those)."""
    try:
        return root.select(selector)
    except ValueError:
        return ()


def is_selector(text: str) -> bool:
    """True for a selector that the parser knows; with others browsers drop the whole rule."""
    try:
        _NOTHING.select(text)
    except ValueError:
        return False
    return True


def attribute(element: Element, name: str) -> str:
    """The value as written, empty where it is missing or has none."""
    value = element.attrs.get(name)
    return value if isinstance(value, str) else " ".join(value) if value else ""


def attributes(document: Document, name: str = "*") -> list[str]:
    """The values of all attributes, or of those of one name, without doubles; at the speed of the parser."""
    found = document.xpath(f"//@{name}")
    return list(dict.fromkeys(cast(list[str], found))) if isinstance(found, list) else []


def runs(document: Document, dropped: str, *inline: str) -> list[str]:
    """The text in pieces, cut wherever an element begins or ends that no selector of `inline` meets.

    `dropped` and comments are left out, and cut nothing. Changes the tree.
    """
    document.remove(dropped)
    for comment in comments(document):
        comment.extract()
    for selector in inline:
        document.strip_tags(selector)
    if document.root is not None:
        document.root.normalize()
    return list(document.strings)


def comments(document: Document) -> list[Comment]:
    """Every comment, those for Outlook among them."""
    found = document.xpath("//comment()")
    return [one for one in found if isinstance(one, Comment)] if isinstance(found, list) else []


def cut_tags(source: str, most: int) -> int:
    """Where the text with its first `most` tags ends; its length where there are no more."""
    if source.count("<") <= most:
        return len(source)
    at = -1
    for _ in range(most):
        at = source.find("<", at + 1)
    return at


_NOTHING = parse_html("")
