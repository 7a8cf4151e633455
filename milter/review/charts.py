"""How is a count drawn? As SVG inside the page, coloured by classes alone: it allows no style. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import drawsvg
from babel.numbers import format_decimal
from markupsafe import Markup

from milter.speech.show import one_line

# Units of the drawing, about a pixel each on a telephone.
_WIDTH = 360
_ROW, _BAR = 34, 10
_HEIGHT, _FOOT = 120, 18
# Letters that have room beside the number.
_LONGEST = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """A line with its number; `kind` is the finding that gives it a colour."""

    label: str
    mails: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A time, and how many mails of each finding."""

    label: str
    mails: Mapping[str, int]

    @property
    def total(self) -> int:
        """Of all findings."""
        return sum(self.mails.values())


def bars(rows: Sequence[Bar], title: str, language: str) -> Markup:
    """One bar below each label, the longest as wide as the picture."""
    drawing = _drawing(len(rows) * _ROW, title)
    most = max((row.mails for row in rows), default=0) or 1
    for number, row in enumerate(rows):
        top = number * _ROW
        drawing.append(drawsvg.Text(_short(row.label), 13, 0, top + 14, class_="label"))
        mails = format_decimal(row.mails, locale=language)
        drawing.append(drawsvg.Text(mails, 13, _WIDTH, top + 14, class_="number", text_anchor="end"))
        width = _least(row.mails, _WIDTH * row.mails / most)
        drawing.append(drawsvg.Rectangle(0, top + 19, _WIDTH, _BAR, class_="track", rx=2))
        drawing.append(drawsvg.Rectangle(0, top + 19, width, _BAR, class_=f"bar {row.kind}".strip(), rx=2))
    return _markup(drawing)


def columns(times: Sequence[Column], kinds: Sequence[str], title: str, language: str) -> Markup:
    """One column for each time, the findings above each other; the first and the last are named."""
    drawing = _drawing(_HEIGHT + _FOOT, title)
    most = max((time.total for time in times), default=0) or 1
    each = _WIDTH / max(1, len(times))
    for number, time in enumerate(times):
        foot = float(_HEIGHT)
        for kind in kinds:
            mails = time.mails.get(kind, 0)
            height = _least(mails, (_HEIGHT - 16) * mails / most)
            foot -= height
            box = number * each + each * 0.1, foot, each * 0.8, height
            drawing.append(drawsvg.Rectangle(*(round(side, 2) for side in box), class_=f"bar {kind}"))
    drawing.append(drawsvg.Line(0, _HEIGHT, _WIDTH, _HEIGHT, class_="axis"))
    most_of_all = format_decimal(max((time.total for time in times), default=0), locale=language)
    drawing.append(drawsvg.Text(most_of_all, 12, _WIDTH, 11, class_="number", text_anchor="end"))
    if times:
        drawing.append(drawsvg.Text(_short(times[0].label), 12, 0, _HEIGHT + 14, class_="label"))
        last = drawsvg.Text(
            _short(times[-1].label), 12, _WIDTH, _HEIGHT + 14, class_="label", text_anchor="end"
        )
        drawing.append(last)
    return _markup(drawing)


def _drawing(height: int, title: str) -> drawsvg.Drawing:
    return drawsvg.Drawing(_WIDTH, max(1, height), class_="chart", role="img", aria_label=title)


def _least(mails: int, length: float) -> float:
    """What is there is seen, however much more there is of something else."""
    return round(max(2.0, length), 2) if mails else 0


def _short(label: str) -> str:
    line = one_line(label)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _markup(drawing: drawsvg.Drawing) -> Markup:
    # drawsvg escapes all text; the labels are the only words that are not ours.
    return Markup(drawing.as_svg(header="", skip_js=True, skip_css=True))  # noqa: S704
