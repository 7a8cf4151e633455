"""What is doubtful in a brand's facts is said; a second brand is judged by the same engine."""

import ast
import datetime
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from milter.brand.age import too_old
from milter.brand.brand import Brand, Fact, Sureness
from milter.brand.check import Doubt, check
from milter.brand.load import load_brand, load_brands
from milter.config import shipped
from milter.mail.domain import Domain
from tests.cli.command import reports, run
from tests.conftest import ROOT

IMPOTS = shipped().parent / "brands" / "examples" / "impots.toml"
BRAND = load_brands(shipped().parent / "brands")[0]
TODAY = datetime.date(2026, 11, 28)


def fact(value: str, read: datetime.date = TODAY, sure: Sureness = Sureness.A) -> Fact:
    return Fact(value, "a source", read, sure)


def doubts(brand: Brand, *others: Brand) -> set[tuple[Doubt, str]]:
    return {(one.doubt, one.value) for one in check(brand, others, TODAY)}


def test_nothing_is_wrong_with_the_brands_that_are_shipped() -> None:
    example = load_brand(IMPOTS)
    found = [*check(BRAND, (BRAND, example), TODAY), *check(example, (BRAND, example), TODAY)]

    assert [] == [one for one in found if one.doubt.is_wrong or one.doubt is Doubt.OVERLAP]
    assert {"impots"} == {
        key
        for key, b in (("impots", example), ("am", BRAND))
        if any(one.doubt is Doubt.NO_PROMISE for one in check(b, (), TODAY))
    }


def test_what_contradicts_itself_is_wrong() -> None:
    own = BRAND.domains[0].domain
    brand = replace(
        BRAND,
        neighbours=(own, Domain("sub." + own.name)),
        addresses=(fact("service@elsewhere.example"),),
        numbers=(fact("3646"), fact("3646"), fact("1234", TODAY + datetime.timedelta(days=1))),
    )

    assert {
        (Doubt.CONFLICT, own.name),
        (Doubt.CONFLICT, "sub." + own.name),
        (Doubt.UNKNOWN_DOMAIN, "service@elsewhere.example"),
        (Doubt.TWICE, "3646"),
        (Doubt.FUTURE, "1234"),
    } == doubts(brand)


def test_a_fact_older_than_its_limit_is_named_and_the_oldest_first() -> None:
    days = BRAND.fresh_days
    old = [fact(str(n), TODAY - datetime.timedelta(days=days + n)) for n in range(3)]
    brand = replace(BRAND, numbers=tuple(old), addresses=(), domains=())

    assert ["2", "1"] == [one.fact.value for one in too_old(brand, TODAY)]
    assert {(Doubt.TOO_OLD, "1"), (Doubt.TOO_OLD, "2")} == doubts(brand)


def test_two_brands_that_own_the_same_are_told_so() -> None:
    other = replace(
        BRAND, key="other", words=BRAND.words.model_copy(update={"names": ("ameli",)}), addresses=()
    )
    found = {one.beside for one in check(other, (BRAND,), TODAY) if one.doubt is Doubt.OVERLAP}

    assert {BRAND.key} == found
    assert (Doubt.OVERLAP, "ameli") in doubts(other, BRAND)
    assert (Doubt.OVERLAP, "3646") in doubts(other, BRAND)


def test_the_command_says_what_is_wrong_in_either_language(tmp_path: Path) -> None:
    text = IMPOTS.read_text("utf-8").replace('value = "economie.gouv.fr"', 'value = "impots.gouv.fr"')
    (tmp_path / "wrong.toml").write_text(text, "utf-8")
    for language, said in (("fr", "à la fois"), ("en", "is both")):
        config = tmp_path / f"{language}.cfg"
        config.write_text(f'[policy]\nlanguage = "{language}"\n')
        done = run("brand", "check", tmp_path / "wrong.toml", "--config", config)
        assert 1 == done.returncode
        assert "impots: impots.gouv.fr" in done.stdout
        assert said in done.stdout
    lines = reports(run("brand", "check", tmp_path / "wrong.toml", "--json").stdout)
    assert {"conflict"} == {line["doubt"] for line in lines if line["wrong"]}
    assert 0 == run("brand", "check").returncode


def test_a_new_brand_is_a_file_that_loads_and_is_never_written_over(tmp_path: Path) -> None:
    assert 0 == run("brand", "new", 'Mairie de "Saint-Élan"', "--to", tmp_path).returncode
    made = tmp_path / "mairie-de-saint-elan.toml"
    brand = load_brand(made)
    assert ("mairie-de-saint-elan", "Mairie de Saint-Élan") == (brand.key, brand.name)
    assert (Doubt.WEAK, "mairie-de-saint-elan.example") in doubts(brand)
    again = run("brand", "new", "Mairie de Saint-Élan", "--to", tmp_path)
    assert (1, True) == (again.returncode, str(made) in again.stderr)
    assert 1 == run("brand", "new", "!!", "--to", tmp_path).returncode
    assert 1 == run("brand", "new", "x", "--to", tmp_path / "nowhere").returncode


FRAUD = """\
From: "Direction Générale des Finances Publiques" <remboursement@tax-refund.example>
To: someone@town-hall.example
Subject: Remboursement d'impôt
Date: Tue, 3 Feb 2026 10:00:00 +0100
Message-ID: <1@tax-refund.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour,

Après le dernier calcul de votre dossier fiscal, vous avez droit à un remboursement d'impôt de 312,40 euros.
Pour le recevoir, renseignez votre numéro de carte bancaire et votre RIB : https://tax-refund.example/formulaire

La Direction générale des Finances publiques
"""
HEADER = """\
From: {author}
To: a@town-hall.example
Subject: {subject}
Date: Tue, 3 Feb 2026 10:00:00 +0100
Message-ID: <2@x.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

"""
ACCOUNTANT = """\
Bonjour,

La campagne de déclaration des impôts est ouverte sur impots.gouv.fr.
Pensez à nous envoyer vos justificatifs avant le 20 mai.

Cabinet Lorme, expert-comptable
"""
PRESS = """\
Chers lecteurs,

De faux courriels imitent la DGFiP et promettent un remboursement, prévient le ministère.
Notre enquête en page 4, et l'agenda des marchés de Noël en page 7.

La rédaction du Courrier du Val
"""
FRIEND = """\
Salut, as-tu reçu ton avis d'imposition ? Le mien est dans mon espace particulier. À demain, Lucie
"""
HONEST = [
    HEADER.format(author="Cabinet Lorme <contact@lorme-conseil.example>", subject="Déclaration") + ACCOUNTANT,
    HEADER.format(author="Le Courrier du Val <lettre@courrier-du-val.example>", subject="Alerte") + PRESS,
    HEADER.format(author="Lucie Ferrand <lucie@firm.example>", subject="Taxe foncière") + FRIEND,
]


@pytest.fixture
def two_brands(tmp_path: Path) -> Path:
    """A configuration that protects both."""
    brands = tmp_path / "brands"
    brands.mkdir()
    for path in (IMPOTS, IMPOTS.parent.parent / "assurance-maladie.toml"):
        (brands / path.name).write_text(path.read_text("utf-8"), "utf-8")
    config = tmp_path / "vigimel.toml"
    config.write_text('[dns]\nnameservers = ["127.0.0.1:9"]\ntimeout = 0.2\n[judge]\nbrands = "brands"\n')
    return config


def judged(config: Path, *mails: str) -> list[dict[str, object]]:
    directory = config.parent / "mails"
    directory.mkdir(exist_ok=True)
    for number, mail in enumerate(mails):
        (directory / f"{number}.eml").write_bytes(mail.replace("\n", "\r\n").encode())
    return [*reports(run("judge", "--json", directory, "--config", config).stdout)]


def test_a_second_brand_is_protected_by_its_file_alone(two_brands: Path) -> None:
    (fraud,) = judged(two_brands, FRAUD)

    assert ("impersonation", "impots", "2026-11-28") == (
        fraud["finding"],
        fraud["brand"],
        fraud["brand_version"],
    )
    assert "numéro de carte bancaire" in str(fraud["reason"])
    assert "DGFiP" in str(fraud["reason"])


def test_honest_mail_about_the_second_brand_is_left_alone(two_brands: Path) -> None:
    found = judged(two_brands, *HONEST)

    assert ["pass"] * 3 == [one["action"] for one in found]


def test_as_shipped_the_second_brand_is_off() -> None:
    assert ["assurance-maladie"] == [brand.key for brand in load_brands(shipped().parent / "brands")]


def test_no_word_of_a_brand_stands_in_the_code() -> None:
    """Docstrings and comments may give an example; what the engine compares is data."""
    said = re.compile(r"\b(ameli|cpam|vitale|3646|36 46|cnam|espace sante|dgfip|impots)\b")
    found = [
        f"{path}:{node.lineno}: {text[:60]}"
        for path in sorted((ROOT / "milter").rglob("*.py"))
        for node in _strings(ast.parse(path.read_text("utf-8")))
        if said.search(text := _plain(node.value))
    ]

    assert [] == found


def _strings(tree: ast.Module) -> list[ast.Constant]:
    places = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, places) and node.body and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [one for one in constants if isinstance(one.value, str | bytes) and id(one) not in told]


def _plain(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
