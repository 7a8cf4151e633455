"""Are mistakes in config/asks/ told, all at once, with their place?"""

import shutil
from pathlib import Path

import pytest

from milter.ask.lexicon import load_lexicon
from milter.brand.promise import AskKind
from milter.errors import ConfigError
from tests.ask.shipped import CONFIG, lexicon


@pytest.fixture
def asks(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    return Path(shutil.copytree(CONFIG / "asks", tmp_path / "asks"))


def _spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def _problems(asks: Path) -> str:
    with pytest.raises(ConfigError) as raised:
        load_lexicon(asks)
    return "\n".join(raised.value.problems)


def test_the_shipped_files_are_in_order_and_know_eight_languages() -> None:
    known = {language.code for language in lexicon().languages}

    assert {"ar", "de", "en", "es", "fr", "it", "pt", "tr"} == known


def test_french_asks_for_every_kind() -> None:
    french = next(language for language in lexicon().languages if language.code == "fr")

    assert set(AskKind) == {thing.kind for thing in french.things}


def test_every_problem_of_every_file_is_told_at_once(asks: Path) -> None:
    _spoil(asks / "fr.toml", 'kind = "nir"', 'kind = "nirr"')
    _spoil(asks / "en.toml", 'language = "en"', 'language = "en"\nlangage = "en"')
    _spoil(asks / "tariffs.toml", 'class = "free"', 'class = "cheap"')
    _spoil(asks / "links.toml", '"cnil.fr"', '"cnil"')

    problems = _problems(asks)

    assert all(name in problems for name in ("fr.toml", "en.toml", "tariffs.toml", "links.toml"))
    assert all(word in problems for word in ("langage", "'cnil' is not a domain"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"veuillez", "veuiller"', '"(veuillez", "veuiller"', "a bracket is not closed"),
        ('"veuillez", "veuiller"', '"veuillez)", "veuiller"', "a closing bracket too many"),
        ('"veuillez", "veuiller"', '"veuillez <99>", "veuiller"', "a gap over 12 words"),
        ('"veuillez", "veuiller"', '"veuillez {verbe}", "veuiller"', "unknown sign"),
        ('"veuillez", "veuiller"', '"(veuillez|)", "veuiller"', "an empty alternative"),
        ('"veuillez", "veuiller"', '"(veuillez)?", "veuiller"', "empty phrase"),
        ('"veuillez", "veuiller"', '"*", "veuiller"', "cannot read"),
        ('"(rib|ribs)",', '"{thing}",', "needs one word that is always there"),
        ('"(rib|ribs)",', '"<2> rib",', "may not begin with a gap"),
        ('"envoy.er"', '"envoy.err"', "no conjugation called 'err'"),
        ("purposes = [", "purpose = [", "frames: missing or unknown"),
        ('verbs = ["copy"]', 'verbs = ["copies"]', "no such group of verbs: copies"),
    ],
)
def test_a_phrase_that_cannot_be_read_is_told(asks: Path, before: str, after: str, told: str) -> None:
    _spoil(asks / "fr.toml", before, after)

    problems = _problems(asks)

    assert "fr.toml" in problems
    assert told in problems


def test_an_empty_or_missing_directory_is_told(tmp_path: Path) -> None:
    problems = _problems(tmp_path / "nowhere")

    assert "no language file" in problems
    assert "links.toml" in problems


def test_broken_toml_is_told_with_its_line(asks: Path) -> None:
    (asks / "pt.toml").write_text("language = \n", "utf-8")

    assert "pt.toml: Invalid value (at line 1" in _problems(asks)
