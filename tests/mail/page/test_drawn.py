"""Is a code found that is drawn in cells or block characters, and is nothing else taken for one?"""

import time
from collections.abc import Callable
from html import escape
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.attachment.budget import Budget
from milter.attachment.open import merged, open_files
from milter.mail.message import Message
from milter.mail.page.drawn import Rows, drawings, has_drawings
from milter.mail.read import read
from milter.mail.reading import LinkKind
from milter.mail.structure.mime import walk
from tests.attachment.made import qr
from tests.fuzz.watch import fit, watched

ADDRESS = "https://x.invalid/carte"
DARK, LIGHT = "#000", "#fff"


def modules(address: str = ADDRESS) -> Rows:
    """The modules of a code."""
    picture = qr(address, scale=1).convert("L")
    pixels = picture.tobytes()
    return [
        [one < 128 for one in pixels[at : at + picture.width]] for at in range(0, len(pixels), picture.width)
    ]


def table(rows: Rows, cell: str = "<td bgcolor={}></td>", within: str = "<table>{}</table>") -> str:
    """The rows as a table."""
    drawn = ("<tr>" + "".join(cell.format(DARK if one else LIGHT) for one in row) + "</tr>" for row in rows)
    return within.format("".join(drawn))


def boxes(rows: Rows) -> str:
    """The rows as boxes in boxes."""
    cells = {True: "<span class=d></span>", False: "<span></span>"}
    drawn = "".join("<div>" + "".join(cells[one] for one in row) + "</div>" for row in rows)
    return f"<style>.d{{background:#123}}</style><div>{drawn}</div>"


def spans(rows: Rows) -> str:
    """The rows as a table whose cells are as wide as they are of one colour."""
    drawn = ""
    for row in rows:
        runs = [(dark, len(list(run))) for dark, run in groupby(row)]
        cells = (f"<td colspan={width} bgcolor={DARK if dark else LIGHT}>&nbsp;</td>" for dark, width in runs)
        drawn += f"<tr>{''.join(cells)}</tr>"
    return f"<table><tbody>{drawn}</tbody></table>"


def halves(rows: Rows) -> str:
    """The rows in signs of two each."""
    signs = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    rows = [*rows, [False] * len(rows[0])] if len(rows) % 2 else rows
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(signs[one] for one in zip(*pair, strict=True)).rstrip() for pair in pairs)


def wide(rows: Rows, dark: str = "██", light: str = "  ") -> str:
    """The rows in signs of their own."""
    return "\n".join("".join(dark if one else light for one in row) for row in rows)


def message(body: str, kind: str = "html") -> Message:
    """A mail with that text."""
    return Message(f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n".encode() + body.encode())


def led_to(mail: Message) -> set[str]:
    """Where the codes in it lead."""
    reading = read(mail)
    found = merged(reading, open_files(mail, reading, Budget(time.monotonic() + 60)))
    return {link.target for link in found.links if link.kind is LinkKind.QR}


@pytest.mark.parametrize(
    "drawn",
    [
        table,
        lambda rows: table(rows, "<td style='width:5px;background:{}'></td>"),
        lambda rows: table(rows, within="<table><tbody>{}</tbody></table>"),
        boxes,
        spans,
        lambda rows: f"<pre>{halves(rows)}</pre>",
        lambda rows: halves(rows).replace(" ", "&nbsp;").replace("\n", "<br>"),
        lambda rows: f"<pre>{wide(rows).replace('█', '&#9608;')}</pre>",
    ],
)
def test_a_code_that_is_drawn_in_a_page_is_read(drawn: Callable[[Rows], str]) -> None:
    assert {ADDRESS} == led_to(message("<p>Bonjour</p>" + drawn(modules()) + "<p>Suite</p>"))


@pytest.mark.parametrize(
    "drawn",
    [halves, wide, lambda rows: wide(rows, "⬛", "⬜"), lambda rows: wide(rows, "  ", "██")],
)
def test_a_code_that_is_drawn_in_a_text_is_read(drawn: Callable[[Rows], str]) -> None:
    assert {ADDRESS} == led_to(message("Bonjour,\n\n" + drawn(modules()) + "\n\nSuite\n", "plain"))


def test_the_first_codes_of_a_mail_are_read() -> None:
    codes = "".join(table(modules(f"https://x{number}.invalid/")) for number in range(4))
    assert {"https://x0.invalid/", "https://x1.invalid/"} == led_to(message(codes))


@pytest.mark.parametrize(
    "body",
    [
        "<table>" + "<tr><td bgcolor=#000>12<td>34" * 300 + "</table>",
        table([[False] * 30] * 30),
        table([[True] * 20] * 60),
        table([[True, False] * 6] * 60),
        "<ul>" + "<li><b>a</b><i>b</i>" * 300 + "</ul>",
        "<p>" + "█████ 50 %<br>" * 40,
        "<p>" + "▀" * 60 + "<br>texte</p>",
    ],
)
def test_tables_and_bars_are_no_codes(body: str) -> None:
    assert [] == list(drawings(walk(message(body))))


def test_most_mail_costs_a_look_at_its_octets() -> None:
    assert not has_drawings(walk(message("<table>" + "<tr><td>a<td>b" * 100 + "</table>")))
    assert not has_drawings(walk(message("« Bonjour » – ça va ? █", "plain")))
    assert has_drawings(walk(message(table(modules()))))
    assert has_drawings(walk(message(halves(modules()), "plain")))


@pytest.mark.parametrize(
    "body",
    [
        "<table>" * 9000,
        "<div>" * 400 + "<div></div>" * 15_000,
        ("<div>" + "<div><i></i></div>" * 25) * 350,
        "<table>" + ("<tr>" + "<td colspan=999>" * 180) * 180,
        "<td colspan=99999999999>" * 5000,
        "█" * 400_000,
        "█ \n" * 200_000,
        escape("<" * 300_000) + "█" * 300,
        "<" * 500_000 + "█" * 300,
        "<br " * 200_000 + "█" * 300,
    ],
)
def test_what_looks_large_is_left_in_time(body: str) -> None:
    with watched():
        for rows in drawings(walk(message(body))):
            assert len(rows) <= 400
            assert max(map(len, rows)) <= 400


@given(st.text(st.sampled_from("▀▄█ \n\u00a0⬛⬜■x<&#9608;br>"), max_size=3000))
def test_any_signs_are_read(text: str) -> None:
    for kind in ("plain", "html"):
        for rows in drawings(walk(message(text * 3, kind))):
            assert 1 == len({len(row) for row in rows})
    fit(text, 3000)
