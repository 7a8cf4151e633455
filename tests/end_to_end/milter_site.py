"""What the tests of the milter with real mail servers share."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.cases import MAILS
from tests.dns_server import ZONE, key_record

OFFICIAL = (MAILS / "official_information_de_paiement_with_tracking_link" / "message.eml").read_bytes()

_MILTER = """
[milter]
listen = ["{milter}"]
quarantine = "{quarantine}"
socket_group = "postfix"
"""


def milter_section(milter: str, quarantine: str = "store") -> str:
    """The part of the configuration that is about the milter."""
    return _MILTER.format(milter=milter, quarantine=quarantine)


def dns_key(name: bytes, **_: object) -> bytes:
    """What DNS says of a selector."""
    domain = name.decode().rstrip(".").partition("._domainkey.")[2]
    return key_record(ZONE / "keys" / f"{domain}.pem").encode()


def wait_for(look: Callable[[], bytes | None], *logs: Path) -> bytes:
    """What is looked for, once it is there."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("\n".join(log.read_text("utf-8", "replace") for log in logs))
