"""Ordinary words take little room, and are found as in a set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.names.vocabulary import ManyWords, Vocabulary, ordinary_words
from milter.mail.reading import Mailbox
from tests.claim.shipped import COMMON

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


@pytest.mark.parametrize(
    ("name", "address", "borrows"),
    [
        ("FranceConnect", "a@fc-identite.example", True),
        ("FranceConnect", "alerte@franceconnect-alerte.example", True),
        ("FranceConnect+", "alerte@franceconnectplus-id.example", True),
        ("Service-Public.fr", "a@mon-service-public-sante.example", True),
        ("FranceConnect", "a@gouv.fr.fc-identite.example", True),
        ("FranceConnect", "ne-pas-repondre@franceconnect.gouv.fr", False),
        ("Service-Public.fr", "lettre@dila.gouv.fr", False),
        ("FranceConnect", "alerte@franceconnect.example", True),
        ("Service-Public.fr", "lettre@info.service-public.fr", False),
        ("Service-Public.fr", "lettre@service-public.fr", False),
        ("Service-Public.fr", "lettre@xservice-public.fr", True),
        ("Journal du service public", "lettre@journal-sp.example", False),
        ("Paul Garnier", "paul@franceconnect-alerte.example", False),
    ],
)
def test_who_borrows_the_name_of_a_service_of_the_state(name: str, address: str, *, borrows: bool) -> None:
    box = Mailbox(name, address)

    assert borrows is Vocabulary(COMMON).borrows_a_name(box)
