import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.urls import links_in_text


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("voir https://www.ameli.fr/x, merci", ("https://www.ameli.fr/x",)),
        ("<https://a.example/b?c=d>.", ("https://a.example/b?c=d",)),
        ("hxxps://bad.fr/a", ("https://bad.fr/a",)),
        ("http : //bad.fr/a", ("http://bad.fr/a",)),
        ("www . bad . fr", ("www.bad.fr",)),
        ("bad[.]fr et mal(point)fr", ("bad.fr", "mal.fr")),
        ("ameli-vital . fr/go", ("ameli-vital.fr/go",)),
        ("Allez sur ameli-vital.fr/x ou bit.ly/abc.", ("ameli-vital.fr/x", "bit.ly/abc")),
        ("Voir www.ameli.fr. Ou rien", ("www.ameli.fr",)),
        ("M.Dupont, fichier.docx, 12.50, jean.dupont@x.fr, fin.Ensuite", ()),
        ("https://a.fr/?u=http://b.fr/x", ("https://a.fr/?u=http://b.fr/x",)),
        ("http://1.2.3.4/x", ("http://1.2.3.4/x",)),
    ],
)
def test_written_addresses_are_found_and_mended(text: str, links: tuple[str, ...]) -> None:
    assert links == links_in_text(text)


@given(
    st.lists(
        st.sampled_from(
            ["http", ":", "//", "www", ".", " ", "fr", "[.]", "(point)", "ameli", "/", "@", "\n", "é"]
        )
    )
)
def test_no_text_raises(pieces: list[str]) -> None:
    assert len(links_in_text("".join(pieces))) <= 1000
