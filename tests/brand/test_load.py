"""Brand files: what is known, and every problem at once."""

from pathlib import Path

import pytest

from milter.brand.load import load_brands
from milter.brand.promise import AskKind
from milter.errors import ConfigError
from milter.mail.domain import Domain

CONFIG = Path(__file__).resolve().parents[2] / "config"
BRAND = load_brands(CONFIG / "brands")[0]


def test_the_shipped_brand_owns_its_domains_and_all_below_them() -> None:
    """A tracking host below an owned domain is home; a lookalike is not."""
    owned = [
        BRAND.owns(Domain(name))
        for name in ("ameli.fr", "statsndm.info.ameli.fr", "ameli.com", "notameli.fr")
    ]

    assert [True, True, False, False] == owned


def test_a_genuine_outsider_is_known_but_not_owned() -> None:
    """It must not be called a lookalike, and it can prove nothing."""
    partner = Domain("solidarite.ameli-cpam21.fr")

    assert (True, False) == (BRAND.knows(partner), BRAND.owns(partner))


@pytest.mark.parametrize("kind", list(AskKind))
def test_every_kind_of_ask_breaks_a_published_promise(kind: AskKind) -> None:
    """A verdict can always name the promise, with source and date."""
    promise = BRAND.promise_against(kind)

    assert promise is not None
    assert promise.source


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (AskKind.PAYMENT, " votre carte vitale"),
        (AskKind.LINK, " un remboursement"),
        (AskKind.FORM, " refund"),
    ],
)
def test_a_promise_about_something_is_broken_by_who_speaks_of_it(kind: AskKind, words: str) -> None:
    """Who wants a debt paid breaks no promise that the card is free."""
    special, general = BRAND.promise_against(kind, words), BRAND.promise_against(kind, " votre dossier")

    assert special is not None
    assert general is not None
    assert special.about
    assert not general.about


def test_every_problem_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    """The operator mends them in one go."""
    (tmp_path / "one.toml").write_text('key = "One!"\nname = ""\nsurprise = 1\n')
    (tmp_path / "two.toml").write_text("not toml at all")

    with pytest.raises(ConfigError) as caught:
        load_brands(tmp_path)

    problems = "\n".join(caught.value.problems)
    for part in ("one.toml: key", "one.toml: name:", "one.toml: surprise", "one.toml: words", "two.toml"):
        assert part in problems


def test_a_directory_without_a_brand_is_refused(tmp_path: Path) -> None:
    """A gateway that protects nobody is a mistake."""
    with pytest.raises(ConfigError):
        load_brands(tmp_path)
