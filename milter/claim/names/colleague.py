"""Are the senders people of a firm, one of whom is called like the brand: `Ameli, Vitale` of arch-duo.fr?

Pure. Linear. First name and surname are those of the address, all addresses are the firm's, and the letter
ends with its name, as its domain has it.
"""

import re
from dataclasses import replace

from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.mail.reading import LinkKind, Mailbox, Reading
from milter.mail.text.folding import fold, words

_MOST, _LONGEST_NAME, _NAMES = 20, 400, 2
_FOOT, _FOOT_LINES, _LONGEST_LINE = 2000, 4, 70
_SHORTEST = 4  # letters of the name of a firm
_BETWEEN = re.compile(r"[._-]")
_HOST = re.compile(r"@([\w.-]{3,253})")


def are_colleagues(reading: Reading, comparer: Comparer) -> bool:
    """True of such senders, whose letter is its text: no picture or file says more."""
    boxes = reading.authors[:_MOST]
    domains = {box.domain for box in (*boxes, *reading.reply_to[:_MOST])}
    domain = next(iter(domains), None)
    if len(domains) != 1 or domain is None or comparer.domain(domain) is not Degree.NONE:
        return False
    if comparer.matter.domain(domain) is not Matter.NONE or not any(
        _is_called_so(box, comparer) for box in boxes
    ):
        return False
    if reading.attachments or any(link.kind is LinkKind.IMAGE for link in reading.links):
        return False
    hosts = {host for box in boxes for host in _HOST.findall(box.display_name[:_LONGEST_NAME])}
    if not hosts <= {domain.name} or not all(_is_a_person(box, comparer) for box in boxes):
        return False
    return _ends_with(reading.text, words(fold(domain.label)))


def without_signatures(reading: Reading) -> Reading:
    """The reading without those of its last lines that are the senders' names: `Amélie & Vitale`."""
    names = {one for box in reading.authors[:_MOST] for one in words(fold(box.display_name[:_LONGEST_NAME]))}
    lines = reading.text.rstrip().split("\n")
    kept = (line for line in lines[-_FOOT_LINES:] if not names.issuperset(words(fold(line[:_LONGEST_NAME]))))
    return replace(reading, text="\n".join((*lines[:-_FOOT_LINES], *kept)))


def _is_a_person(box: Mailbox, comparer: Comparer) -> bool:
    """First name and surname, or its initial, are the address; or nothing of the brand stands there."""
    shown = words(fold(box.display_name[:_LONGEST_NAME]))
    if "@" in box.display_name:
        # As one that cannot be read is shown: its parts are boxes of their own.
        return True
    parts = tuple(_BETWEEN.split(fold(box.local_part[:_LONGEST_NAME])))
    if not shown:
        return len(parts) == _NAMES
    name = box.display_name[:_LONGEST_NAME]
    plain = comparer.name(name) is Degree.NONE and comparer.matter.text(name) is Matter.NONE
    return plain or _is_called_so(box, comparer)


def _is_called_so(box: Mailbox, comparer: Comparer) -> bool:
    """`Ameli, Vitale` of v.ameli@, by first name and surname."""
    shown = words(fold(box.display_name[:_LONGEST_NAME]))
    others = [one for one in shown if one not in comparer.first_names]
    if len(shown) != _NAMES or len(others) != 1:
        return False
    if comparer.is_common(others[0]) and others[0] not in comparer.surnames:
        return False
    one, two = shown
    parts = tuple(_BETWEEN.split(fold(box.local_part[:_LONGEST_NAME])))
    return parts in {(one, two), (two, one), (one[0], two), (two[0], one)}


def _ends_with(text: str, firm: list[str]) -> bool:
    """True where one of the last lines begins with the name of the firm: `arch-duo, architectes`."""
    lines = [line for line in text[-_FOOT:].splitlines() if line.strip()][-_FOOT_LINES:]
    return sum(map(len, firm)) >= _SHORTEST and any(
        words(fold(line))[: len(firm)] == firm
        for line in lines
        if len(line) <= _LONGEST_LINE and "@" not in line and "://" not in line
    )
