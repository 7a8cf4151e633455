"""Authentication-Results: what we write, and what we recognise as forged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.proof.authres import build, is_forged
from milter.proof.proof import AuthResult, Method, Proof, Result


def test_every_result_is_written_with_its_property() -> None:
    """RFC 8601 section 2.2, folded."""
    proof = Proof(
        Domain("ameli.fr"),
        (
            AuthResult(Method.DKIM, Result.POLICY, Domain("ameli.fr"), "s1", 'l= "short" (x)'),
            AuthResult(Method.SPF, Result.PASS, Domain("evil.example")),
            AuthResult(Method.DMARC, Result.FAIL, Domain("ameli.fr"), reason="p=reject"),
        ),
    )

    assert (
        b"gw.b.example;\r\n"
        b'\tdkim=policy reason="l= short x" header.d=ameli.fr header.s=s1;\r\n'
        b"\tspf=pass smtp.mailfrom=evil.example;\r\n"
        b'\tdmarc=fail reason="p=reject" header.from=ameli.fr'
    ) == build("gw.b.example", proof)


def test_nothing_tested_is_none() -> None:
    """RFC 8601 section 2.2."""
    assert build("gw.b.example", None) == b"gw.b.example;\r\n\tnone"


@pytest.mark.parametrize(
    ("forged", "value"),
    [
        (True, b" gw.b.example; dkim=pass"),
        (True, b" GW.B.Example. ; dkim=pass"),
        (True, b' "gw.b.example"; dkim=pass'),
        (True, b" (a (nested) comment) gw.b.example 1; dkim=pass"),
        (True, b"\r\n\tgw.b.example"),
        (False, b" mx.provider.example; dkim=pass"),
        (False, b" gw.b.example.evil.example; dkim=pass"),
        (False, b""),
    ],
)
def test_a_field_with_our_name_is_forged(forged: bool, value: bytes) -> None:
    """In every way the name may be written."""
    assert forged is is_forged(value, "gw.b.example")


@given(st.binary(max_size=5000))
def test_no_value_raises(value: bytes) -> None:
    """A sender's bytes."""
    is_forged(value, "gw.b.example")


def test_a_value_full_of_brackets_is_read_in_little_time() -> None:
    """Nested comments cost a pass each, so the length is limited."""
    assert not is_forged(b"(" * 100_000 + b")" * 100_000, "gw.b.example")
