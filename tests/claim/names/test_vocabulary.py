"""Ordinary words take little room, and are found as in a set."""

from hypothesis import given
from hypothesis import strategies as st

from milter.claim.names.vocabulary import ManyWords, ordinary_words

_SHORT = st.text("ab c", max_size=6)


@given(st.frozensets(_SHORT), _SHORT)
def test_a_word_is_among_many_as_it_is_in_a_set(words: frozenset[str], word: str) -> None:
    assert (word in words) == (word in ManyWords(words))


@given(st.text(max_size=8))
def test_nothing_but_a_word_is_an_ordinary_word(text: str) -> None:
    assert text.isascii() or text not in ordinary_words()


def test_the_words_of_the_list_are_ordinary() -> None:
    assert "maison" in ordinary_words()
    assert "maiso" not in ordinary_words()
    assert "mai\nson" not in ordinary_words()
