import base64
from urllib.parse import quote

import pytest

from milter.mail.dom import parse_html
from milter.mail.page.html import read_html, read_page
from milter.mail.page.scripts import Written, written_by
from milter.mail.reading import LinkKind
from tests.fuzz.watch import watched

PAGE = "<h1>Dossier nº 7</h1><p>Une rose rouge attend à l'été.</p><form><input type=password></form>"
CODED = base64.b64encode(PAGE.encode()).decode()
HEX = PAGE.encode().hex()
CODES = ",".join(str(ord(one)) for one in PAGE)
CODES_HEX = ", ".join(hex(ord(one)) for one in PAGE)
ESCAPED = "".join(f"\\x{ord(one):02x}" if ord(one) < 256 else one for one in PAGE)
UNICODE = "".join(f"\\u{ord(one):04x}" for one in PAGE)
PERCENT = quote(PAGE, safe="")
OLD = "".join(f"%u{ord(one):04x}" for one in PAGE)
LATIN = quote(PAGE.encode("latin-1"), safe="")
HALF = len(CODED) // 8 * 4

# One script a way to write the same page.
SCRIPTS = (
    f"document.write(`{PAGE}`)",
    f'document.write(atob("{CODED}"))',
    f"var d='{CODED}';document.body.innerHTML=decodeURIComponent(escape(atob(d)))",
    f"document.write(unescape('{PERCENT}'))",
    f"document.write(unescape('{OLD}'))",
    f"document.write(unescape('{LATIN}'))",
    f'document.write("{ESCAPED}")',
    f'document.write("{UNICODE}")',
    f"document.write(String.fromCharCode({CODES}))",
    f"var c=[{CODES_HEX}];for(var i in c)h+=String.fromCharCode(c[i])",
    f"document.write(atob('{CODED[:HALF]}' + '{CODED[HALF:]}'))",
    "document.write(['<h1>Dossier nº 7</h1><p>Une ro', 'se rouge attend'].join(''))",
    f"var a='{CODED[:HALF]}';\nvar b='{CODED[HALF:]}';\nx.innerHTML=atob(a.concat(b))",
    f"document.write('{CODED[::-1]}'.split('').reverse().map(atob))",
    f"h=hex('{HEX}')",
    f"document.write(atob(atob('{base64.b64encode(CODED.encode()).decode()}')))",
    f"document.write(atob('{base64.b64encode(PERCENT.encode()).decode()}'))",
    f"// l'avis\nvar s = \"it's\";document.write(atob('{CODED}'))",
)


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_what_a_script_writes_is_read(script: str) -> None:
    assert "Une rose rouge attend" in read_page(f"<html><body><script>{script}</script></body></html>").text


def test_so_is_what_an_event_writes() -> None:
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" onload="document.write(atob('{CODED}'))"></svg>"""

    assert "Une rose rouge attend" in read_page(svg).text


def test_a_page_that_a_written_page_writes_is_read() -> None:
    inner = f"<script>document.write(atob('{CODED}'))</script>"
    outer = base64.b64encode(inner.encode()).decode()

    assert "Une rose rouge attend" in read_page(f"<script>document.write(atob('{outer}'))</script>").text


def test_its_form_is_one_of_the_page() -> None:
    (form,) = read_page(f"<script>document.write(atob('{CODED}'))</script>").forms

    assert "password" in form.words


@pytest.mark.parametrize(
    "script",
    [
        "location.href='https://x.example/a?b=1'",
        'window.location.replace("https:\\/\\/x.example/a?b=1")',
        f"var u=atob('{base64.b64encode(b'https://x.example/a?b=1').decode()}');location=u",
        "top.location='https:'+'//x.exam'+'ple/a?b=1'",
        "window.open(decodeURIComponent('https%3A%2F%2Fx.example%2Fa%3Fb%3D1'))",
    ],
)
def test_where_a_script_leads_is_a_link(script: str) -> None:
    (link,) = read_page(f"<script>{script}</script>").links

    assert ("https://x.example/a?b=1", LinkKind.REFRESH) == (link.target, link.kind)


def test_the_arguments_beside_an_address_are_no_part_of_it() -> None:
    (link,) = read_page("<script>window.open('https://x.example','_blank')</script>").links

    assert "https://x.example" == link.target


def test_what_is_written_in_parts_is_read_once() -> None:
    page = read_page("<script>document.write('<p>une rose</p>' + '<p>rouge</p>')</script>")

    assert "une rose\nrouge" == page.text


def test_what_it_only_fetches_is_none() -> None:
    assert () == read_page("<p>x</p><script>fetch('https://stats.example/collect')</script>").links


def test_in_a_mail_no_script_runs() -> None:
    assert "rose" not in read_html(f"<p>vu</p><script>document.write(atob('{CODED}'))</script>").text


def test_a_page_that_only_scripts_know_is_not_read() -> None:
    assert {"scripts"} == read_page("<script>eval(d(k,'8f2q0z'))</script>").unreadable
    assert frozenset() == read_page(f"<script>eval(d(k))</script><p>{'mot ' * 20}</p>").unreadable
    assert frozenset() == read_page(f"<script>document.write(`{PAGE}`)</script>").unreadable
    assert frozenset() == read_page("<p>vu</p>").unreadable


def test_names_and_sentences_are_not_decoded() -> None:
    page = "<script>var a='assurancemaladieassurancemaladie', b='une phrase sans rien';</script>"

    assert Written() == written_by(parse_html(page))


@pytest.mark.parametrize(
    "script",
    [
        '"\\' * 100_000,
        "'\"`" * 80_000,
        "1," * 120_000,
        "'a'+" * 60_000,
        "`" + "\\`" * 120_000,
        "'%3c" + "%3c" * 80_000,
        "'" + "A" * 250_000,
        "<a" * 120_000,
        "'" + "<a " * 80_000,
        " " * 250_000 + "1,",
    ],
)
def test_no_script_takes_long(script: str) -> None:
    with watched():
        read_page(f"<script>{script}</script>")
