# ruff: noqa: E501  one line a trick
"""Is the text that styles make read where it is shown?"""

import pytest

from milter.mail.glimpse import look
from milter.mail.message import Message
from milter.mail.page.html import read_html
from milter.mail.style.css import NOTHING, read_style
from tests.fuzz.watch import watched

_LI = "<ul><li>carte</li></ul>"
# Each shows `Votre carte`.
SHOWS = [
    "<style>li{list-style-type:'Votre '}</style>" + _LI, "<style>ul{list-style:'Votre ' inside}</style>" + _LI, "<ul style='list-style-type:\"Votre \"'><li>carte</ul>",
    "<style>p{display:list-item;list-style:'Votre '}</style><p>carte", "<style>ul{--a:'Votre ';list-style:var(--a)}</style>" + _LI,
    "<style>@counter-style x{system:cyclic;symbols:'Votre'}ul{list-style:x}</style>" + _LI, "<style>@counter-style X{symbols:Votre;suffix:' '}li{list-style-type:x}</style>" + _LI,
    "<style>@counter-style x{prefix:'Votre';symbols:'' ''}li{list-style:inside x}</style>" + _LI, "<style>@counter-style x{additive-symbols:1 'Votre'}li{list-style:x}</style>" + _LI,
    "<style>@counter-style x{symbols:'Votre '}p::before{content:counter(n, x)}</style><p>carte", "<style>@media screen{@counter-style x{symbols:'Votre'}}ul{list-style:x}</style>" + _LI,
    "<style>q{quotes:'Votre ' ''}</style><q>carte</q>", "<style>body{quotes:'Votre ' ''}</style><q>carte</q>", "<p style='quotes:\"Votre \" \"\"'><q>carte</q>",
    "<style>q{quotes:'' ' carte'}</style><q>Votre</q>", "<style>p{quotes:'Votre ' ''}p::before{content:open-quote}</style><p>carte",
    "<style>:root{--a:'Votre '}p::before{content:var(--a)}</style><p>carte", "<style>p::before{--A:'Votre ';content:var( --a )}</style><p>carte",
    "<style>p{--a:'Vo';--b:'tre '}p::before{content:var(--a) var(--b)}</style><p>carte", "<style>p{--b:var(--a);--a:'Votre '}p::before{content:var(--b)}</style><p>carte",
    "<style>p::before{content:var(--c, 'Votre ')}</style><p>carte", "<style>p::before{content:var(--a)}</style><p style='--a:\"Votre \"'>carte",
    "<style>p{--a:attr(title)}p::before{content:var(--a)}</style><p title='Votre '>carte",
]  # fmt: skip
# None of these says a word.
SHOWS_NOTHING = [
    "<style>li{list-style:'– '}q{quotes:'«' '»'}</style>", "<style>ol{list-style-type:lower-alpha}ul{list-style:square inside url(mot.png)}</style>",
    "<style>@counter-style x{symbols:'Votre'}</style>", "<style>:root{--font:'Open Sans';--x:var(--y)}p{font-family:var(--font)}</style>",
    "<style>li:hover{list-style:'Votre '}</style>", "<style>@media print{li{list-style:'Votre '}}</style>", "<style>@counter-style x{symbols:'Votre'}</style><style>ul{list-style:y}</style>", "<style>@counter-style x{symbols:'→'}ul{list-style:x}</style>",
]  # fmt: skip


def _message(page: str) -> Message:
    return Message(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page.encode())


@pytest.mark.parametrize("page", SHOWS)
def test_words_that_a_style_writes_are_read_where_they_are_shown(page: str) -> None:
    reading = read_html(page)

    assert "Votre carte" == " ".join(reading.text.split())
    assert frozenset() == reading.unreadable


@pytest.mark.parametrize("page", SHOWS)
def test_the_first_look_does_not_promise_to_know_them(page: str) -> None:
    assert not look(_message(page)).sure


@pytest.mark.parametrize("page", SHOWS_NOTHING)
def test_styles_without_a_word_write_none(page: str) -> None:
    reading = read_html(page + "<ul><li><q>carte</q>")

    assert "carte" == reading.text.strip()
    assert frozenset() == reading.unreadable


@pytest.mark.parametrize("page", SHOWS_NOTHING[:5])
def test_the_first_look_is_enough_for_most_styles(page: str) -> None:
    assert look(_message(page + "<ul><li><q>carte</q>")).sure


def test_each_line_of_a_list_has_its_mark() -> None:
    page = "<style>@counter-style x{symbols:'un' 'deux';prefix:'no. '}ol{list-style:x}</style><ol><li>a<li>b<li>c"

    assert ["no. un a", "no. deux b", "no. un c"] == read_html(page).text.split("\n")


def test_more_lists_in_each_other_than_are_searched_for_their_lines_are_noted() -> None:
    page = "<style>ul{list-style:'mot '}</style>" + "<ul>" * 480 + "<li>carte" * 30

    assert {"style"} == read_html(page).unreadable


def test_a_style_of_its_own_speaks_before_that_of_the_sheet() -> None:
    page = "<style>li{list-style:'non '}</style><ul><li style='list-style:\"Votre \"'>carte"

    assert "Votre carte" in read_html(page).text


def test_usual_styles_of_lists_say_nothing() -> None:
    for style in (
        "list-style:none",
        "list-style: disc outside",
        "list-style-type:lower-roman !important",
        "list-style:url('a.png')",
    ):
        assert NOTHING == read_style(style)


@pytest.mark.parametrize(
    "sheet",
    [
        "".join(f"*{{--a{n}:{f'var(--a{n + 1})' * 40}}}" for n in range(300)) + "*::before{content:var(--a0)}",
        "".join(f"*{{--a:'{n} mot'}}" for n in range(1500)) + "*::before{content:var(--a)}", "*{--a:'mot' var(--a) var(--a)}*::before{content:var(--a)}",
        "*{list-style:'" + "mot " * 900 + "'}", "*{quotes:'mot ' 'mot '}" * 1500, "".join(f"@counter-style a{n}{{symbols:mot}}" for n in range(1900)) + "*{list-style:a7}",
        "*{" + "--a:'mot';" * 400 + "}",
    ],
)  # fmt: skip
def test_styles_that_say_much_of_many_elements_cost_no_more_than_others(sheet: str) -> None:
    with watched():
        assert len(read_html(f"<style>{sheet}</style>" + "<ul><li>a<q>b</q>" * 500).text) < 1_000_000
