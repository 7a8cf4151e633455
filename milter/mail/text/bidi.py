"""In which order does the reader see the letters (UAX #9, explicit overrides only)?

Pure. Never raises. Only right-to-left overrides are followed: they show Latin letters backwards, which
is a trick; real Arabic or Hebrew needs no override.
"""

_RLO, _LRO, _PDF = "\u202e", "\u202d", "\u202c"
_MAX_OVERRIDES = 1000


def displayed_order(text: str) -> str:
    """The text as shown, overrides applied and removed; the same text where there is none."""
    if _RLO not in text:
        return text
    return "\n".join(_displayed_line(line) if _RLO in line else line for line in text.split("\n"))


def _displayed_line(line: str) -> str:
    shown: list[str] = []
    for count, piece in enumerate(line.split(_RLO)):
        if count == 0 or count > _MAX_OVERRIDES:
            shown.append(piece)
            continue
        ends = [at for mark in (_LRO, _PDF, "\u2069") if (at := piece.find(mark)) >= 0]
        end = min(ends, default=len(piece))
        shown.append(piece[:end][::-1] + piece[end + 1 :])
    return "".join(shown)
