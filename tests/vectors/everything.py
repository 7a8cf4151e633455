"""All vectors of A, M, E, C and H by name, as seeds for whoever breaks mails further."""

from tests.mail.vectors import encodings, structures
from tests.vectors.charsets import charsets
from tests.vectors.hidden import codes, links, pictures, smuggled, spoken
from tests.vectors.lure import FRAUD
from tests.vectors.senders import controls, senders


def every_vector() -> dict[str, bytes]:
    """The frauds, and the honest senders in unusual spellings."""
    payload = FRAUD.html.encode()
    made = {f"M{number}": raw for number, raw in enumerate(structures(payload), 1)}
    made |= {f"E{number}": raw for number, raw in enumerate(encodings(payload), 1)}
    return (
        made
        | senders()
        | charsets(FRAUD)
        | spoken(FRAUD)
        | links()
        | pictures()
        | smuggled()
        | codes()
        | controls()
    )
