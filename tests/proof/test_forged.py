"""Authentication-Results fields that a careless reader could take for ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.proof.authres import build, is_forged
from milter.proof.proof import AuthResult, Method, Proof, Result

OURS = "gw.b.example"


@pytest.mark.parametrize(
    "value",
    [
        b" gw.b.example/1; dkim=pass",
        b" ; gw.b.example; dkim=pass",
        b' "gw\\.b.example"; dkim=pass',
        b" (gw.b.example; dkim=pass",
        b" (a \\) b) gw.b.example; dkim=pass",
        b" gw.b\x00.example; dkim=pass",
        " gw.b\u200b.example; dkim=pass".encode(),
        b" mx gw.b.example; dkim=pass",
        b" (" + b"(" * 500 + b")" * 501 + b"gw.b.example; dkim=pass",
    ],
)
def test_however_our_name_is_dressed_it_is_forged(value: bytes) -> None:
    assert is_forged(value, OURS)


@pytest.mark.parametrize(
    "value",
    [
        b" mx.example; dkim=pass header.d=gw.b.example",
        b" mx.example; spf=pass (gw.b.example: allowed)",
        b" xgw.b.example; none",
        b" none",
    ],
)
def test_a_field_of_another_that_names_us_in_its_results_stays(value: bytes) -> None:
    assert not is_forged(value, OURS)


def test_without_a_name_of_ours_nothing_is_forged() -> None:
    assert not is_forged(b" ; dkim=pass", "")


@given(st.text(max_size=60), st.text(max_size=400), st.text(max_size=60))
def test_nothing_breaks_out_of_its_place(authserv_id: str, reason: str, selector: str) -> None:
    one = AuthResult(Method.DKIM, Result.FAIL, Domain("a.example"), selector, reason)
    lines = build(authserv_id, Proof(None, (one, one))).split(b"\r\n\t")

    assert 3 == len(lines)
    assert all(len(line) < 998 and line.isascii() and b"\n" not in line for line in lines)
    assert 2 == b"".join(lines).count(b";")
    assert not any(byte in b"".join(lines) for byte in b"()\\<>\r\n\0")


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_our_field_is_known_again_after_any_comment(comment: bytes, rest: bytes) -> None:
    inside = bytes(byte for byte in comment if byte not in b'();\\"')

    assert is_forged(b" (" + inside + b") " + build(OURS, None) + rest.replace(b"\n", b""), OURS)
