"""THREATS M and E through the whole judge."""

import pytest

from milter.verdict.verdict import Finding
from tests.mail.vectors import encodings, mail, structures
from tests.vectors.conftest import Judged
from tests.vectors.lure import FRAUD, LETTER

CAUGHT = {Finding.SUSPECT, Finding.IMPERSONATION}


def both(payload: bytes) -> dict[str, bytes]:
    """M1 to M88 and E1 to E20."""
    numbered = {f"M{number}": raw for number, raw in enumerate(structures(payload), 1)}
    return numbered | {f"E{number}": raw for number, raw in enumerate(encodings(payload), 1)}


def test_the_clean_twins_are_judged_right(judged: Judged) -> None:
    found = [
        judged(mail(b"--B1\r\nContent-Type: text/html\r\n\r\n" + body.html.encode() + b"\r\n")).finding
        for body in (FRAUD, LETTER)
    ]

    assert [Finding.IMPERSONATION, Finding.UNRELATED] == found


FRAUDS = both(FRAUD.html.encode())
LETTERS = both(LETTER.html.encode())


@pytest.mark.parametrize("name", FRAUDS)
def test_no_trick_of_structure_or_encoding_lets_a_fraud_pass(name: str, judged: Judged) -> None:
    assert judged(FRAUDS[name]).finding in CAUGHT


@pytest.mark.parametrize("name", LETTERS)
def test_the_same_structures_around_an_honest_letter_pass(name: str, judged: Judged) -> None:
    assert Finding.UNRELATED == judged(LETTERS[name]).finding
