"""Is the subject all that the mail says? Then it is the letter.

Pure. Never raises. Linear: only a short text is looked at. A dot or two dashes say nothing, and what the
program or the device puts below each mail is nobody's word.
"""

import re

_LONGEST_REST, _MOST_LINES = 300, 12
_A_WORD = re.compile(r"[^\W_]")
_SIGNATURE = re.compile(
    r"\W{0,5}(?:(?:envoy[ée]e?|exp[ée]di[ée]|[ée]crit|sent|gesendet|enviado|inviato)[ \u00a0]"
    r"(?:de|depuis|[àa] partir de|avec|via|par|gr[âa]ce [àa]|from|with|using|von|desde|da|mit)\b"
    r"|(?:t[ée]l[ée]chargez?|obtenir|obtenez|get|download) (?:outlook|gmail|bluemail|yahoo)"
    r"|provenance\s?: courrier pour windows)[^\n.!?:]{0,60}\W{0,5}",
    re.IGNORECASE,
)


def letter_of(subject: str, text: str) -> str:
    """The text; the subject where the text has no word but those of a program or a device."""
    said = text.strip()
    if len(said) > _LONGEST_REST:
        return text
    lines = [line for line in said.split("\n", _MOST_LINES) if _A_WORD.search(line)]
    return subject if all(map(is_of_a_program, lines)) else text


def is_of_a_program(line: str) -> bool:
    """True of a line that a program or a device puts below each mail: `Envoyé de mon iPhone`."""
    return _SIGNATURE.fullmatch(line.strip()) is not None
