"""What does Outlook show that no other program does? What stands in conditional comments (`<!--[if mso]>`).

Never raises.
"""

import re

from milter.mail.dom import Document, Element, Text, attribute, comments, parse_html, select

_MAX_TOGETHER = 256 * 1024

_condition = re.compile(r"\s{0,9}\[if\b([^\]]{0,300})\]>", re.IGNORECASE)
# What it takes for false, besides what is denied: any browser. It knows itself (`mso`), `vml` and `true`.
_false = re.compile(
    r"!\s{0,9}(?:\([^()]{0,100}\)|[\w.]{1,40})|(?:\b[lg]te?\s{1,9})?\bIE\b(?:\s{1,9}[\d.]{1,9})?",
    re.IGNORECASE,
)
_tag = re.compile(r"<[^<>]{0,2000}>")


def outlook_documents(document: Document) -> tuple[list[Document], bool]:
    """The contents of the comments that Outlook reads, of those that hold a word or a link; True where some
    are left out.
    """
    found: list[Document] = []
    room = _MAX_TOGETHER
    for comment in comments(document):
        begin = _condition.match(comment.data)
        if begin is None or not _false.sub("", begin[1]).strip("()&|! \r\n\t"):
            continue
        content = comment.data[begin.end() :].removesuffix("<![endif]")
        if "href" not in content and "string" not in content and not _tag.sub("", content).strip():
            continue
        room -= len(content)
        if room < 0:
            return found, True
        inside = parse_html(content)
        # Settings of the page, not text.
        inside.remove("xml,style,script,title")
        for drawn in select(inside, "[string]"):
            # Letters along a line: <v:textpath string>.
            line = Element("div")
            line.append(Text(attribute(drawn, "string")))
            drawn.append(line)
        found.append(inside)
    return found, False
