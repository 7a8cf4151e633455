"""Which documents does this one carry in itself: in `data:` addresses, frames and shadow trees?

Never raises.
"""

import re
from collections.abc import Iterator
from itertools import islice

from milter.mail.coding.data_address import data_text
from milter.mail.dom import Document, Element, attribute, attributes, select
from milter.mail.page.vector import as_html

_MAX_DOCUMENTS = 20
# What stands in another template is part of it: all of them together are no larger than the document.
_HOLDERS = "[srcdoc],template[shadowrootmode]:not(template template)"
_CARRIERS = (
    f"{_HOLDERS},a,area,form,iframe,frame,object,embed,img,image,[formaction],meta[http-equiv=refresh i]"
)
_ADDRESSES = ("href", "xlink:href", "src", "data", "action", "formaction")
# Pictures behind an element, of its own style or by a sheet; those without a text are signs and patterns.
_BEHIND = "[background],[style*=data i],style"
_url = re.compile(r"""url\(\s{0,20}(?:"([^"]+)"|'([^']+)'|([^()"'\s]+))""", re.IGNORECASE)
_MAX_BEHIND = 100
_WITH_TEXT = ("<text", "<foreignobject", ":text")
_SHOWN_AS_A_PAGE = ("html", "svg")
_DATA_ADDRESS = re.compile(r"(?x) [dD] [\x00-\x20]* [aA] [\x00-\x20]* [tT] [\x00-\x20]* [aA] [\x00-\x20]* :")


def documents_in(document: Document) -> tuple[list[str], bool]:
    """The source of each, once; True where more of them are left out."""
    found: dict[str, None] = {}
    for source in _all_in(document):
        if len(found) == _MAX_DOCUMENTS and source not in found:
            return list(found), True
        found[source] = None
    return list(found), False


def _all_in(document: Document) -> Iterator[str]:
    # A newsletter has hundreds of addresses, and hardly one of this kind.
    has_data = _DATA_ADDRESS.search("\n".join(attributes(document))) is not None
    for element in select(document, _CARRIERS if has_data else _HOLDERS):
        if element.tag == "template":
            # What shows in the place of the element round it (HTML, section 4.12.3).
            yield element.inner_html
            continue
        if source := attribute(element, "srcdoc"):
            yield source
        found = (data_text(one, _SHOWN_AS_A_PAGE) for one in _addresses_of(element))
        yield from map(as_html, filter(None, found))
    if has_data or any("data:" in one.text for one in select(document, "style")):
        yield from islice(_behind(document), _MAX_BEHIND)


def _behind(document: Document) -> Iterator[str]:
    for element in select(document, _BEHIND):
        style = element.text if element.tag == "style" else attribute(element, "style")
        addresses = (found[1] or found[2] or found[3] for found in _url.finditer(style))
        for address in (attribute(element, "background"), *addresses):
            source = data_text(address, ("svg",))
            if any(one in source.lower() for one in _WITH_TEXT):
                yield as_html(source)


def _addresses_of(element: Element) -> Iterator[str]:
    for name in _ADDRESSES:
        if name in element.attrs:
            yield attribute(element, name)
    if element.tag == "meta":
        _, mark, rest = attribute(element, "content").partition("data:")
        yield mark + rest.rstrip("\"' ")
