# ruff: noqa: E501  one line a trick
"""What of several styles holds? Where two of them disagree, and it is not sure which, nothing may be lost."""

import pytest

from milter.mail.dom import Element
from milter.mail.page.html import read_html
from milter.mail.style.color import Color
from milter.mail.style.looks import Looks

# Each hides by one style what another shows again: by what is important, stronger, or further in.
SHOWN_AGAIN = [
    "<style>p{color:#fff}p{color:#000}</style><p>vu", "<style>p{color:#fff}</style><p style='color:#000'>vu",
    "<style>.a{color:#000}p{color:#fff}</style><p class=a>vu", "<style>p{color:#000!important}</style><p style='color:#fff'>vu",
    "<style>p{display:block!important}</style><p style='display:none'>vu", "<style>p{visibility:visible!important}</style><p style='visibility:hidden'>vu",
    "<style>p{font-size:14px!important}</style><p style='font-size:0'>vu", "<style>p{opacity:1!important}</style><p style='opacity:0'>vu",
    "<style>p{text-indent:0!important}</style><p style='text-indent:-9999px'>vu", "<style>p{position:static!important}</style><p style='position:absolute;left:-9999px'>vu",
    "<style>p{clip-path:none!important}</style><p style='clip-path:circle(0)'>vu", "<style>p{overflow:visible!important}</style><p style='overflow:hidden;height:0'>vu",
    "<style>@media (max-width:600px){p{display:block!important}}</style><p style='display:none'>vu", "<style>[hidden]{display:block}</style><p hidden>vu",
    "<style>p{opacity:0}p{opacity:1}</style><p>vu", "<style>#i{opacity:1}p{opacity:0}</style><p id=i>vu",
    "<div style='position:relative;left:-9999px'><div style='position:relative;left:9999px'>vu", "<div style='margin-left:-1000px'><p style='margin-left:1000px'>vu",
    "<div style='text-indent:-9999px'><p style='text-indent:0'>vu", "<div style='transform:translateX(-999px)'><div style='transform:translateX(999px)'>vu",
    "<style>b{transform:translateX(999px)}</style><div style='transform:translateX(-999px)'><b>vu",
    "<div style='transform:translateX(-999px) translateX(999px)'>vu", "<div style='margin-left:-1000px;padding-left:1000px'>vu",
    "<div style='overflow:hidden;height:0;padding-top:30px'>vu", "<div style='overflow:hidden;max-height:0;min-height:50px'>vu",
    "<div style='overflow:hidden;height:0'><div style='position:absolute'>vu",
]  # fmt: skip
# No browser takes these values, or it draws more than the colour of the letters.
NOT_HIDDEN = [
    "<p style='font-size:14px;font-size:0 x'>vu", "<p style='opacity:1;opacity:0 x'>vu", "<p style='color:#000;color:#fff x'>vu",
    "<p style='color:white black'>vu", "<p style='color:color-mix(in srgb,#fff,#000)'>vu", "<p style='color:#fff;text-shadow:0 0 2px #000'>vu",
    "<p style='color:transparent;text-shadow:0 0 0 #000'>vu", "<p style='color:#fff;-webkit-text-stroke:1px #000'>vu",
    "<p style='color:#fff;box-shadow:inset 0 0 0 99px #000'>vu", "<p style='color:transparent;-webkit-background-clip:text'>vu",
    "<p style='color:#fff;background:hsl(210,50%,30%)'>vu", "<p style='color:#fff;background:oklch(.3 .1 200)'>vu",
    "<p style='color:#fff;background:darkblue'>vu", "<p style='color:#fff;background-color:teal'>vu", "<p style='color:#fff;background:var(--x,#000)'>vu",
    "<table bgcolor=darkslateblue><td><font color=white>vu", "<style>div.g{background:#000}.g{background:#fff}</style><div class=g><p style='color:#fff'>vu",
    "<div style='font-size:0'><button>vu", "<div style='font-size:0'><select><option>vu", "<div style='font-size:0'><table><td>vu",
    "<p style='color:#fff'><mark>vu", "<p style='color:#fff'><button>vu", "<p style='font-size:1px;transform:scale(16)'>vu", "<p style='font-size:1px;zoom:16'>vu",
]  # fmt: skip
# Not every program knows these, and those that do hide it.
NOT_FOR_ALL = ["content-visibility:hidden", "scale:0", "translate:-9999px", "display:var(--x)"]
# What a style of no account says beside one that hides.
STILL_HIDDEN = [
    "<i style='display:none;display:bogus'>sel</i>", "<style>i{width:100%!important}</style><i style='display:none;width:0'>sel</i>",
    "<style>i{display:block}</style><i style='display:none'>sel</i>", "<style>.x{display:none}i{margin-left:9px}</style><i class=x>sel</i>",
    "<style>i{color:#000}</style><i style='color:#fff'>sel</i>", "<style>@media print{i{display:block!important}}</style><i style='display:none'>sel</i>",
    "<style>.x{display:none!important}</style><i class=x style='display:none;padding:0'>sel</i>",
    "<style>i{color:#fff!important}</style><i>sel</i>", "<i style='overflow:hidden;height:0;padding:0 0px'>sel</i>",
]  # fmt: skip


@pytest.mark.parametrize("source", [*SHOWN_AGAIN, *NOT_HIDDEN])
def test_what_another_style_may_show_again_is_in_the_text(source: str) -> None:
    assert "vu" in read_html(source).text


@pytest.mark.parametrize("style", NOT_FOR_ALL)
def test_what_only_some_programs_hide_is_out_of_the_word_and_behind_the_text(style: str) -> None:
    assert "Ameli\nsel" == read_html(f"<p>A<i style='{style}'>sel</i>meli").text


@pytest.mark.parametrize("salt", STILL_HIDDEN)
def test_what_nothing_shows_again_is_hidden(salt: str) -> None:
    assert "Ameli" == read_html(f"<p>A{salt}meli</p>").text


def test_rules_that_only_undo_cost_nothing_where_nothing_is_hidden() -> None:
    many = "".join(f"p{{width:{number}px!important;height:auto}}" for number in range(1500))
    page = f"<style>{many}</style>" + "<p>Bonjour</p>" * 1500

    assert not read_html(page).unreadable
    assert not read_html(page + "<i style='display:none'>sel</i>").unreadable


def test_a_style_that_is_not_read_to_its_end_is_noted() -> None:
    found = [read_html(f"<p style='{'a:b;' * many}display:none'>vu").unreadable for many in (1000, 1100)]

    assert [frozenset(), {"style"}] == found


def test_the_ground_of_each_element_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Element] = []
    own_ground = Looks._own_ground

    def note(looks: Looks, element: Element) -> tuple[Color | None, bool]:
        asked.append(element)
        return own_ground(looks, element)

    monkeypatch.setattr(Looks, "_own_ground", note)
    read_html("<style>*{color:#fff}</style>" + "<div><i style='color:#fffffe'>x" * 400)

    assert 800 <= len(asked) <= 2 * 800
    assert len(set(asked)) == len(asked)
