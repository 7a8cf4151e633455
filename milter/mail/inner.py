"""Which documents does this one carry in itself: in `data:` addresses, frames and shadow trees?

Never raises.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from milter.mail.charset import decode_text
from milter.mail.dom import Document, Element, attribute, attributes, select

_MAX_DOCUMENTS = 20
_MAX_HEAD = 200
# What stands in another template is part of it: all of them together are no larger than the document.
_HOLDERS = "[srcdoc],template[shadowrootmode]:not(template template)"
_CARRIERS = f"{_HOLDERS},a,area,form,iframe,frame,object,embed,img,[formaction],meta[http-equiv=refresh i]"
_ADDRESSES = ("href", "xlink:href", "src", "data", "action", "formaction")
_SHOWN_AS_A_PAGE = ("html", "svg")
# What browsers leave out of an address, wherever it stands, and what may stand before it.
_DATA = frozenset("dD")
_DATA_ADDRESS = re.compile(r"(?x) [dD] [\x00-\x20]* [aA] [\x00-\x20]* [tT] [\x00-\x20]* [aA] [\x00-\x20]* :")
_LEFT_OUT = dict.fromkeys(range(33))
_BLANKS = "".join(map(chr, range(33)))


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
        yield from filter(None, map(_data_document, _addresses_of(element)))


def _addresses_of(element: Element) -> Iterator[str]:
    for name in _ADDRESSES:
        if name in element.attrs:
            yield attribute(element, name)
    if element.tag == "meta":
        _, mark, rest = attribute(element, "content").partition("data:")
        yield mark + rest.rstrip("\"' ")


def _data_document(address: str) -> str:
    """The text of a page in a `data:` address (RFC 2397); empty for anything else."""
    if address.lstrip(_BLANKS)[:1] not in _DATA:
        return ""
    start = address[:_MAX_HEAD].translate(_LEFT_OUT).lower()
    if not start.startswith("data:") or not any(one in start.partition(",")[0] for one in _SHOWN_AS_A_PAGE):
        return ""
    head, _, body = address.partition(",")
    data = unquote_to_bytes(body)
    if head.strip().lower().endswith("base64"):
        try:
            data = base64.b64decode(data + b"=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return ""
    return decode_text(data)[0]
