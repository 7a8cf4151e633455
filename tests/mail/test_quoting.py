import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.quoting import has_quote_head, split_quoted

OWN = "Bonjour,\nc'est vrai ?\n"
FRAUD = "Votre carte vitale expire.\nCliquez ici.\n"

FORWARDS = [
    "---------- Forwarded message ---------\nDe : Ameli <x@evil.example>\n",
    "-----Message d'origine-----\nDe : Ameli\n",
    "-----Message d\u2019origine-----\nDe\u00a0: Ameli\n",
    "-----Original Message-----\nFrom: Ameli\n",
    "-------- Message transféré --------\nSujet : x\n",
    "Début du message réexpédié :\n\nDe: Ameli\n",
    "Begin forwarded message:\n\nFrom: Ameli\n",
    "De : Ameli <x@evil.example>\nEnvoyé : lundi 3 janvier 2022 10:12\nÀ : Jean\nObjet : Votre carte\n\n",
    "From: Ameli\nSent: Monday\nTo: Jean\nSubject: card\n\n",
    "De : Ameli\nDate : lundi\nÀ : Jean\n\n",
    "Le lun. 3 janv. 2022 à 10:12, Ameli <x@evil.example> a écrit :\n\n",
    "Le lun. 3 janv. 2022 à 10:12, Assurance Maladie\n<x@evil.example> a écrit :\n\n",
    "On Mon, Jan 3, 2022 at 10:12 AM Ameli <x@evil.example> wrote:\n\n",
]


@pytest.mark.parametrize("head", FORWARDS)
def test_everything_below_a_head_is_quoted(head: str) -> None:
    own, quoted = split_quoted(OWN + head + FRAUD)
    assert OWN == own
    assert head + FRAUD == quoted
    assert has_quote_head(OWN + head + FRAUD)


def test_answers_between_quoted_lines_stay_the_senders_own() -> None:
    own, quoted = split_quoted(
        "Le 3 janvier 2022 à 10:12, Ameli a écrit :\n> Votre carte\nNon.\n> expire\nMerci."
    )
    assert "Le 3 janvier 2022 à 10:12, Ameli a écrit :\nNon.\nMerci." == own
    assert "> Votre carte\n> expire" == quoted


def test_a_text_without_quotation_is_all_own() -> None:
    text = "De : toi à moi\nLe reste est clair - - - 3 > 2\n"
    assert (text, "") == split_quoted(text)
    assert not has_quote_head(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "De :",
                "Envoyé :",
                "Objet :",
                "\n",
                ">",
                "---",
                "Message d'origine",
                "Le ",
                "a écrit :",
                "x ",
                " ",
            ]
        )
    )
)
def test_no_word_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    own, quoted = split_quoted(text)
    assert sorted(text.split()) == sorted(f"{own}\n{quoted}".split())
