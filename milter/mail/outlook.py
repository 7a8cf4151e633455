"""What does Outlook show that no other program does? What stands in conditional comments (`<!--[if mso]>`).

Never raises.
"""

import re
from collections.abc import Iterator

from milter.mail.dom import Document, comments, parse_html

_MAX_COMMENTS = 200
_MAX_CONTENT = 64 * 1024
_MAX_TOGETHER = 256 * 1024

_for_outlook = re.compile(r"\s{0,9}\[if[^\]!]{0,60}\bmso\b[^\]!]{0,60}\]>", re.IGNORECASE)
_tag = re.compile(r"<[^<>]{0,2000}>")


def outlook_documents(document: Document) -> Iterator[Document]:
    """The contents of the comments that Outlook reads, of those that hold a word or a link."""
    room = _MAX_TOGETHER
    for comment in comments(document)[:_MAX_COMMENTS]:
        begin = _for_outlook.match(comment.data)
        if begin is None or room <= 0:
            continue
        content = comment.data[begin.end() : begin.end() + _MAX_CONTENT].removesuffix("<![endif]")
        if "href" in content or _tag.sub("", content).strip():
            room -= len(content)
            inside = parse_html(content)
            # Settings of the page, not text.
            inside.remove("xml,style,script,title")
            yield inside
