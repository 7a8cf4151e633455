"""Which colour does a style name?

Pure. Never raises.
"""

import re

from milter.mail.remembered import remembered

Color = tuple[int, int, int]
TRANSPARENT: Color = (-1, -1, -1)
# A picture or gradient: the colour under the text is not known.
PICTURE: Color = (-2, -2, -2)
WHITE: Color = (255, 255, 255)

_hex = re.compile(r"#([0-9a-f]{3,8})\b")
_rgb = re.compile(
    r"(rgb|hsl)a?\(\s*([\d.]+)(%?)[,\s]+([\d.]+)%?[,\s]+([\d.]+)%?\s*(?:[,/]\s*([\d.]+)(%?)\s*)?\)"
)
_names = {
    "white": WHITE, "black": (0, 0, 0), "red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "navy": (0, 0, 128), "orange": (255, 165, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
    "azure": (240, 255, 255), "mintcream": (245, 255, 250), "seashell": (255, 245, 238),
    "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211), "transparent": TRANSPARENT,
}  # fmt: skip


@remembered(512, longest=100)
def read_color(value: str) -> Color | None:
    """The first colour in the value, None where there is none we know."""
    if found := _hex.search(value):
        digits = found[1]
        if len(digits) in (4, 8) and int(digits[len(digits) * 3 // 4 :], 16) == 0:
            return TRANSPARENT
        parts = [c * 2 for c in digits[:3]] if len(digits) < 5 else [digits[0:2], digits[2:4], digits[4:6]]
        return (int(parts[0] or "0", 16), int(parts[1] or "0", 16), int(parts[2] or "0", 16))
    if found := _rgb.search(value):
        return _rgb_color(found)
    return next((_names[word] for word in value.split() if word in _names), None)


def is_color(value: str) -> bool:
    """True where the value is one colour that we know, and nothing else."""
    return (
        value in _names
        or bool(_rgb.fullmatch(value))
        or (bool(_hex.fullmatch(value)) and len(value) in (4, 5, 7, 9))
    )


def _rgb_color(found: re.Match[str]) -> Color | None:
    try:
        first, second, third = float(found[2]), float(found[4]), float(found[5])
        alpha = float(found[6]) / (100 if found[7] else 1) if found[6] else 1.0
    except ValueError:
        return None
    if alpha <= 0.05:
        return TRANSPARENT
    if found[1] == "hsl":
        return WHITE if third >= 97 else (0, 0, 0) if third <= 3 else None
    scale = 2.55 if found[3] else 1.0
    return (min(255, round(first * scale)), min(255, round(second * scale)), min(255, round(third * scale)))
