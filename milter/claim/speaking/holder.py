"""Whose is the account that the text gives the number of? Reads the lines beside the number.

Pure. Never raises; linear in the lines.
"""

import re

from milter.claim.lines import Line, Phrases
from milter.mail.masking import lines_with_an_iban, names_an_iban

_HOLDER = re.compile(r" (?:titulaire|beneficiaire|intitule|ordre|destinataire|compte|domiciliation|holder) ")
_LINES_BESIDE, _MOST_LINES = 2, 400
_LONGEST_NUMBERED, _LONGEST_NAME = 300, 90
_LONGEST_ALONE = 6  # words of a holder that nothing introduces


def holder_in(lines: list[Line], names: Phrases) -> Line | None:
    """The line that says one of the names as the holder of an account; None where there is none."""
    texts = [line.text if len(line.text) < _LONGEST_NUMBERED else "" for line in lines[:_MOST_LINES]]
    for at in lines_with_an_iban(texts):
        for one in lines[max(0, at - _LINES_BESIDE) : at + 1 + _LINES_BESIDE]:
            if len(one.text) < _LONGEST_NAME and _says_a_holder(one) and names.find(one.words):
                return one
        if at and _is_a_holder(lines[at - 1], names):
            return lines[at - 1]
    return None


def _is_a_holder(line: Line, names: Phrases) -> bool:
    """True of a line above the number that is nothing but a name: `CPAM 49 SUBVENTIONS`."""
    found = names.find(line.words)
    is_name = found is not None and line.words.startswith(f" {found} ")
    return (
        is_name
        and len(line.words.split()) <= _LONGEST_ALONE
        and not line.text.rstrip().endswith((".", ":", ","))
    )


def _says_a_holder(line: Line) -> bool:
    return bool(_HOLDER.search(line.words)) or names_an_iban(line.text)
