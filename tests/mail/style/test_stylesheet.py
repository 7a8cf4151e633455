# ruff: noqa: E501  one line a trick
"""Is a style sheet read as mail programs read it? Where they differ, what it hides is read either way."""

from urllib.parse import quote

import pytest

from milter.mail.dom import parse_html
from milter.mail.page.html import read_html
from milter.mail.style.media import Holds, media_hold
from milter.mail.style.selectors import nested, scoped
from milter.mail.style.sheets import sheets_of
from milter.mail.style.stylesheet import read_sheet

_HIDE = ".b{display:none}"
# Sheets that hide nothing in any program that follows the standard, though a rule in them looks so.
HIDES_NOTHING = [
    ".a{.b{display:none}}", "@media print{.a{.c{x:y}}.b{display:none}}", f"x;{_HIDE}", f"}}{_HIDE}", f"a({_HIDE}", f"a[{_HIDE}",
    f"@media handheld{{{_HIDE}}}", f"@media screen and foo{{{_HIDE}}}", f"@media screen and(min-width:1px){{{_HIDE}}}",
    f"@media (min-width:100em){{{_HIDE}}}", f"@media (min-width:1px)(min-width:1px){{{_HIDE}}}", f"@media not all{{{_HIDE}}}",
    ".x::before{content:'}'}@media print{.y::after{content:'}'}.b{display:none}}", ".a{x:'}.b{display:none}'}",
    f".a{{b:url(it's}}{_HIDE})}}", f".a::before{{content:'/*'}}@media print{{.c{{x:y}}/*'}}*/{_HIDE}}}",
    ".c:foo,.b{display:none}", ".c::x,.b{display:none}", ".1x,.b{display:none}", "a\\{.b{display:none}", f"@scope(.c){{{_HIDE}}}",
    f"@import 'data:text/css,p{{}}' print;@media print{{{_HIDE}}}",
]  # fmt: skip
# Sheets that hide it in some programs, and in others do not.
HIDES_SOMEWHERE = [
    "p{.b{display:none}}", "p{& .b{display:none}}", "i{p &{display:none}}", ".b{&i{display:none}}", "p{>.b{display:none}}", "p{color:red;.b{display:none}}",
    ".b{@media screen{display:none}}", "@media screen{p{.b{display:none}}}", f"@layer x{{{_HIDE}}}", f"@supports (display:block){{{_HIDE}}}",
    "@supports (display:block){.b{font-size:0}}", "@layer{.b{visibility:hidden}}", "@layer{.b{color:#fff}}", f"@scope(p){{{_HIDE}}}", "@scope (.b){:scope{display:none}}",
    f"@import url('data:text/css,{_HIDE}');", f"@import 'data:text/css,{quote(_HIDE)}'", "@import url(data:text/css;base64,LmJ7ZGlzcGxheTpub25lfQ);",
    "p,div{.b,.c{display:none}}", "p{[x=';'],.b{display:none}}",
]  # fmt: skip
# What is hidden for everybody, whatever stands round it.
HIDES = [
    ".b{display:none;.c{}}", ".b{.c{}display:none}", ".b{display:none", ".b{display:none;a:(x", f"@import url(https://x.example/?a:1;b);{_HIDE}", f"@charset ';{{';{_HIDE}",
    f"@media screen{{.c{{.d{{}}}}{_HIDE}}}", f"@media not print{{{_HIDE}}}", f"@media (min-width:0) and (max-width:9999px){{{_HIDE}}}", f".a[x='{{']{{}}{_HIDE}", f".a{{x:(}})}}{_HIDE}",
]  # fmt: skip
# Text that is shown to some, at least.
SHOWS = [
    "p{&::before{content:'Votre '}}", "@scope(div){p::before{content:'Votre '}}", "li::marker{content:'Votre '}", "@layer{p::before{content:'Votre '}}",
    "@import 'data:text/css,p::before{content:\"Votre \"}';", "@media screen{.q{}}p::before{content:'Votre '}",
]  # fmt: skip


@pytest.mark.parametrize("sheet", HIDES_NOTHING)
def test_what_no_browser_takes_for_a_rule_hides_nothing(sheet: str) -> None:
    assert "vu" in read_html(f"<style>{sheet}</style><p class=b>vu").text


@pytest.mark.parametrize("sheet", HIDES_SOMEWHERE)
def test_what_not_all_programs_follow_is_out_of_the_word_and_behind_the_text(sheet: str) -> None:
    assert "Ameli\nsel" == read_html(f"<style>{sheet}</style><p>A<i class=b>sel</i>meli").text


@pytest.mark.parametrize("sheet", HIDES)
def test_what_all_follow_is_hidden(sheet: str) -> None:
    assert "Ameli" == read_html(f"<style>{sheet}</style><p>A<i class=b>sel</i>meli").text


@pytest.mark.parametrize("sheet", SHOWS)
def test_what_a_sheet_makes_is_text(sheet: str) -> None:
    text = read_html(f"<style>{sheet}</style><div><p>a<li>carte").text

    assert " ".join(text.split()) in ("Votre a carte", "a Votre carte")


@pytest.mark.parametrize(
    "element",
    [
        "<style media=print>{}</style>", "<style type=text/x>{}</style>", "<template><style>{}</style></template>", "<math><style>{}</style></math>",
        "<style title=one></style><style title=two>{}</style>",
    ],
)  # fmt: skip
def test_an_element_that_is_no_sheet_here_hides_nothing(element: str) -> None:
    assert "vu" in read_html(f"{element.format(_HIDE)}<p class=b>vu").text


def test_what_is_imported_for_paper_is_on_no_screen() -> None:
    page = f"<style>@import 'data:text/css,{_HIDE}' print;</style><p>A<i class=b>vu</i>meli"

    assert "Avumeli" == read_html(page).text


def test_a_sheet_in_an_address_is_read() -> None:
    page = f"<link rel=StyleSheet href='data:text/css,{quote(_HIDE)}'><p>A<i class=b>sel</i>meli"

    assert "Ameli\nsel" == read_html(page).text


@pytest.mark.parametrize(
    "page",
    [
        "<style>p::marker{content:'Votre '}</style><p>carte", "<style>@counter-style lower-roman{symbols:'Votre'}</style><li>carte", "<style>@font-face{src:url(data:font/woff2,x)}</style>carte",
        "<style>.b{" + "a:b;" * 1100 + "display:none}</style>carte", "<style>@import 'data:text/css,@import \"data:text/css,p{}\"';</style>carte",
        "<style>p{}@import 'data:text/css,p{}';</style>carte", "<style>@scope(p) to (i){b{opacity:0}}</style>carte", "<style>p{a:((((((x))))))}</style>carte",
        f"<style>{'p,' * 20}p{{{'i,' * 20}i{{opacity:0}}}}</style>carte",
    ],
)  # fmt: skip
def test_what_adds_or_hides_words_in_a_way_that_is_not_followed_is_noted(page: str) -> None:
    assert {"style"} == read_html(page).unreadable


@pytest.mark.parametrize(
    "page",
    ["<style>q{quotes:'«' '»'}ul{list-style:'– '}</style>", "<style>@font-face{src:url(https://x.example/a.woff)}</style>", "<style>a{b:url(it's.png)}</style>"],
)  # fmt: skip
def test_what_adds_no_word_is_not_noted(page: str) -> None:
    assert frozenset() == read_html(f"{page}<p>carte").unreadable


def test_a_ground_that_is_not_the_same_for_all_hides_no_letters() -> None:
    page = "<style>@media (max-width:600px){.b{background:#fff}}</style><table bgcolor=black><td>"
    salt = "<style>@media (max-width:600px){.b{background:#fff}}</style>A<i class=b style='color:#fff'>sel</i>meli"

    for color in ("#fff", "#000"):
        assert "vu" in read_html(f"{page}<p class=b style='color:{color}'>vu").text
    assert "Ameli" == read_html(salt).text


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ("", Holds.ALWAYS), ("screen", Holds.ALWAYS), ("print, screen", Holds.ALWAYS), ("not print", Holds.ALWAYS), ("only screen and (min-width:1px)", Holds.ALWAYS),
        ("print", Holds.NEVER), ("embossed", Holds.NEVER), ("screen and (min-width:9999px)", Holds.NEVER), ("(max-width:600px)", Holds.PERHAPS),
        ("(min-width:9999px) or (min-width:1px)", Holds.PERHAPS), ("not print and (color)", Holds.PERHAPS), ("(prefers-color-scheme:dark)", Holds.PERHAPS),
    ],
)  # fmt: skip
def test_for_whom_a_list_of_media_holds(queries: str, expected: Holds) -> None:
    assert expected is media_hold(queries)


@pytest.mark.parametrize(
    ("selector", "outer", "expected"),
    [
        (".b", ".a", ".a .b"), ("> .b", ".a", ".a> .b"), ("&.b", ".a i", ".a i.b"), (".c &", ".a", ".c :is(.a)"), ("&i", ".a", "i:is(.a)"), ("& + &", ".a", ":is(.a) + :is(.a)"),
    ],
)  # fmt: skip
def test_what_a_rule_in_a_rule_meets(selector: str, outer: str, expected: str) -> None:
    assert expected == nested(selector, outer)


def test_a_rule_in_a_scope_meets_its_root_and_what_is_in_it() -> None:
    page = parse_html("<i></i><p class=a><i></i><b></b></p><p class='a b'></p>")

    assert ["i"] == [one.tag for one in page.select(scoped("i", ".a"))]
    assert ["p"] == [one.tag for one in page.select(scoped(".b", ".a"))]
    assert "i:is(.a,:is(.a) *)::before" == scoped("i::before", ".a")


def test_blocks_in_each_other_make_no_more_rules_than_are_followed() -> None:
    inner = "b," * 199 + "b{opacity:0}"
    sheet = "a," * 199 + "a{" + inner * 100 + "}"

    assert len(read_sheet(sheet).rules) <= 2200
    assert {"style"} == sheets_of(parse_html(f"<style>{sheet}</style>")).unreadable
