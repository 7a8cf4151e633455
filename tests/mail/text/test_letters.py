"""The letters of a text in whatever script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.text.letters import NOT_LATIN, plain, says_more_than_latin, without_addresses


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Số  an sinh\nxã hội", "so an sinh xa hoi"),
        ("Больничная КАССА", "больничная касса"),
        ("Carte Vitale", "carte vitale"),
        ("银行卡", "银行卡"),
    ],
)
def test_accents_and_case_are_left_out_and_the_script_stays(text: str, meant: str) -> None:
    assert meant == plain(text)


def test_addresses_are_of_no_language() -> None:
    said = without_addresses("请登录：https://a.example/b 谢谢 x.y@b.example www.c.example/d")

    assert said.split() == ["请登录：", "谢谢"]


def test_letters_of_latin_scripts_are_told_from_others() -> None:
    assert not NOT_LATIN.search("Přihláška ßœ Thẻ ạ 12 – « »")
    assert ["Привет", "您"] == NOT_LATIN.findall("Привет, Ana! 您")


@pytest.mark.parametrize(
    "line", ["CPAM सेवा", "Ameli சேவை", "法国 CPAM 服务处", "СРАМ dе Раris", "Caisse à côté", ""]
)
def test_an_office_beside_the_name_says_no_more(line: str) -> None:
    assert not says_more_than_latin(line)


def test_a_sentence_in_other_letters_says_more() -> None:
    assert says_more_than_latin("本周六下午学校请志愿者讲解如何向 CPAM 申请 Carte Vitale")


@given(st.text(max_size=300))
def test_whatever_is_written_is_read(text: str) -> None:
    assert plain(plain(text)) == plain(plain(plain(text)))
    assert "\n" not in plain(text)
    assert len(without_addresses(text)) <= len(text)
