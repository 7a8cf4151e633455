"""Why a result is what it is, in the language of who reads it."""

import re
from pathlib import Path

import pytest

from milter.proof.reason import Reason, in_words

# What is called the same in French.
SAME = {Reason.SHA1}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_french(reason: Reason) -> None:
    values = ["7"] * reason.count("{}")
    stored = reason.format(*values)

    assert (reason in SAME) is (reason == reason.french)
    assert reason.french.format(*values) == in_words(stored, "fr")
    assert stored == in_words(stored, "en")


@pytest.mark.parametrize(
    ("stored", "french"),
    [
        ("content-type is not signed", "le champ content-type n'est pas signé"),
        ("key of 512 bits", "clé de 512 bits"),
        ("p=reject, t=y, SPF was not tested", "p=reject, t=y, SPF non vérifié"),
        ("p=reject, t=y", "p=reject, t=y"),
        ("", ""),
    ],
)
def test_what_stands_in_a_reason_stays_as_it_is(stored: str, french: str) -> None:
    assert french == in_words(stored, "fr")


def test_no_reason_is_written_that_has_no_french(checkout: Path) -> None:
    given = r"(?:\breason=|Result\.[A-Z]+, |_unreadable\(|return )"
    bare = re.compile(given + r'f?"(?:\{[\w.]+\}|[a-z=]+) [a-z]+')
    written = {path.name: bare.findall(path.read_text()) for path in (checkout / "milter/proof").glob("*.py")}
    assert {} == {name: found for name, found in written.items() if found and name != "reason.py"}
