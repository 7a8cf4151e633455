import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.text.quoting import has_quote_head, reply_heads, split_quoted
from tests.mail.text.heads import FRAUD, HEADS, NO_HEADS, OWN


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_everything_below_a_head_is_quoted(head: str) -> None:
    own, quoted = split_quoted(OWN + head + FRAUD)
    # A line that programs put above the head may stay.
    assert OWN == own[: len(OWN)]
    assert "Ameli" not in own
    assert quoted.endswith(FRAUD)
    assert OWN + head + FRAUD == own + quoted
    assert has_quote_head(OWN + head + FRAUD)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_a_head_in_a_head_is_quoted_with_it(head: str) -> None:
    nested = "-----Message d'origine-----\nDe : Paul\n" + head + FRAUD
    assert (OWN, nested) == split_quoted(OWN + nested)


@pytest.mark.parametrize("text", NO_HEADS.values(), ids=NO_HEADS.keys())
def test_what_only_begins_like_a_head_is_the_senders_own(text: str) -> None:
    assert (OWN + text, "") == split_quoted(OWN + text)
    assert not has_quote_head(OWN + text)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Complétez la fiche :\n> https://fiche.example/a\nMerci.", ""),
        ("Complétez la fiche :\n>> www.fiche.example\nMerci.", ""),
        ("> https://fiche.example/a", "> https://fiche.example/a"),
        ("Non.\n> Votre fiche : https://fiche.example/a", "> Votre fiche : https://fiche.example/a"),
        (
            "Le 3 janvier 2022 à 10:12, Paul a écrit :\n> https://fiche.example/a\nVu.",
            "> https://fiche.example/a",
        ),
    ],
)
def test_an_arrow_before_a_link_is_no_mark_of_a_quotation(text: str, quoted: str) -> None:
    assert quoted == split_quoted(text)[1]


def test_answers_between_quoted_lines_stay_the_senders_own() -> None:
    own, quoted = split_quoted(
        "Le 3 janvier 2022 à 10:12, Ameli a écrit :\n> Votre carte\nNon.\n> expire\nMerci."
    )
    assert "Le 3 janvier 2022 à 10:12, Ameli a écrit :\nNon.\nMerci." == own
    assert "> Votre carte\n> expire" == quoted


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
                *HEADS.values(),
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


def test_the_head_above_lines_of_a_quotation_stands_in_what_is_his_own() -> None:
    head = "Le ven. 20 nov. 2026 à 16:02, Luc\n<luc@mairie.example> a écrit :"
    own, quoted = split_quoted(f"Voir PJ.\n\n{head}\n> Bonjour")

    assert quoted == "> Bonjour"
    assert reply_heads(own) == [head]
    assert reply_heads("Voir PJ.") == []
