"""What stands in this `data:` address (RFC 2397)?

Pure. Never raises.
"""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from milter.mail.coding.charset import decode_text

_MAX_HEAD = 200
# What browsers leave out of an address, wherever it stands, and what may stand before it.
_DATA = frozenset("dD")
_LEFT_OUT = dict.fromkeys(range(33))
_BLANKS = "".join(map(chr, range(33)))


def data_text(address: str, types: Sequence[str]) -> str:
    """The text in a `data:` address whose type names one of these; empty for anything else."""
    if address.lstrip(_BLANKS)[:1] not in _DATA:
        return ""
    start = address[:_MAX_HEAD].translate(_LEFT_OUT).lower()
    if not start.startswith("data:") or not any(one in start.partition(",")[0] for one in types):
        return ""
    head, _, body = address.partition(",")
    data = unquote_to_bytes(body)
    if head.strip().lower().endswith("base64"):
        try:
            data = base64.b64decode(data + b"=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return ""
    return decode_text(data)[0]
