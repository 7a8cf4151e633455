"""What is drawn."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from milter.review.charts import Bar, Column, bars, columns

_SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 what we drew ourselves


COUNTS = st.integers(min_value=0, max_value=10**12)


@given(st.lists(st.tuples(st.text(), COUNTS), max_size=5))
def test_whatever_a_label_holds_it_is_one_text_of_a_drawing(rows: list[tuple[str, int]]) -> None:
    drawn = parsed(bars([Bar(label, mails) for label, mails in rows], "x", "fr"))
    assert {"svg", "defs", "text", "rect"} >= {one.tag.removeprefix(_SVG) for one in drawn.iter()}
    assert not any({"style", "href"} & {*one.attrib} for one in drawn.iter())


def test_markup_in_a_label_is_words() -> None:
    drawn = bars([Bar("<script>alert(1)</script>", 1)], "x", "en")
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_bar_is_as_long_as_its_share_and_what_is_there_is_seen() -> None:
    drawn = parsed(bars([Bar("a", 10_000), Bar("b", 5_000), Bar("c", 1), Bar("d", 0)], "x", "en"))
    widths = [float(one.get("width", "")) for one in drawn.iter(f"{_SVG}rect") if one.get("class") == "bar"]
    assert [360, 180, 2, 0] == widths


def test_columns_stand_on_each_other() -> None:
    times = [Column("1", {}), Column("2", {"suspect": 1, "impersonation": 3})]
    drawn = parsed(columns(times, ("impersonation", "suspect"), "x", "en"))
    boxes = [
        (one.get("class"), float(one.get("y", "")), float(one.get("height", "")))
        for one in drawn.iter(f"{_SVG}rect")
    ]
    assert [("bar impersonation", 42, 78), ("bar suspect", 16, 26)] == boxes[2:]


def test_nothing_is_drawn_of_nothing() -> None:
    assert "rect" not in bars([], "x", "fr")
    assert "rect" not in columns([], ("suspect",), "x", "fr")
