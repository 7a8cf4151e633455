"""What must hold whatever a sender attaches? As targets.py, for the readers of files.

The product runs these in a child that may be killed; here they run without it, so that what raises is seen.
Each takes the bytes as the file itself, and as damage to a whole one.
"""

import contextlib
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from milter.ask.ask import Ask
from milter.attachment.budget import Budget
from milter.attachment.open import merged, open_files
from milter.brand.brand import Brand
from milter.brand.load import load_brands
from milter.brand.promise import AskKind
from milter.child.wire import BrokenFrameError, decode, encode
from milter.claim.claim import Claim, Evidence, Likeness, Strength
from milter.config.language import LANGUAGES
from milter.look.sight import Sight, from_json, to_json
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Reading
from milter.proof.proof import Proof
from milter.verdict.reason import reason
from milter.verdict.weigh import weigh
from tests.attachment.made import encoded, qr, zipped
from tests.fuzz.watch import fit
from tests.vectors.exhaustion import file_mail
from tests.vectors.files import docx_of, pdf_of

_CONFIG = Path(__file__).resolve().parents[2] / "config"
_PAGE = b"BT /F1 12 Tf (Assurance Maladie) Tj ET"
_DOCUMENT = b"<w:document xmlns:w='w'><w:p><w:t>Assurance Maladie</w:t></w:p></w:document>"
_SECONDS = 3.0
_ODD = (
    b"Infinity",
    b"NaN",
    b"1e999",
    b"-1",
    b"9" * 400,
    b"null",
    b"true",
    b'"x"',
    b"[]",
    b"{}",
    b'"\\ud800"',
    b"[[[",
    b"]",
    b"",
)

_EVIDENCE = re.compile(rb'("evidence": ?)\[(?:\[[^]]*\])*\]')

Target = Callable[[bytes], None]


@cache
def _whole() -> dict[str, bytes]:
    """One good file of each kind."""
    return {
        "pdf": pdf_of(_PAGE, "[]"),
        "zip": zipped({"a.html": b"<a href='http://x.invalid/'>Ameli</a>", "b.zip": zipped({"c.txt": b"d"})}),
        "docx": docx_of(_DOCUMENT),
        "png": encoded(qr("http://x.invalid/")),
    }


def _damaged(whole: bytes, data: bytes) -> bytes:
    """The file with bytes of `data` at places that `data` says; what is left over is put in the middle."""
    changed = bytearray(whole)
    for at in range(0, min(len(data), 60) - 2, 3):
        changed[int.from_bytes(data[at : at + 2], "big") % len(changed)] = data[at + 2]
    middle = len(changed) // 2
    return bytes(changed[:middle] + data[60:] + changed[middle:])


def _opened(name: str, content: bytes) -> None:
    message = Message(file_mail(name, content))
    reading = read(message)
    after = merged(reading, open_files(message, reading, Budget(time.monotonic() + _SECONDS)))
    for text in (after.text, after.attached, after.quoted):
        fit(text, 8 * 1024 * 1024)
    assert len(after.links) <= 2000


def _target(kind: str) -> Target:
    def target(data: bytes) -> None:
        _opened(f"a.{kind}", data)
        _opened(f"a.{kind}", _damaged(_whole()[kind], data))

    return target


@cache
def _signs() -> tuple[bytes, ...]:
    return (
        b"%PDF-1.4\n",
        b"PK\3\4",
        b"\x1f\x8b\x08\0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"<svg>",
        b"BM",
        b"{\\rtf1 ",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x78\x9f\x3e\x22LZFu",
        b"",
    )


def _any_file(data: bytes) -> None:
    """A file that begins as some kind does, under a name that does not say which."""
    _opened("a.bin", _signs()[data[0] % len(_signs())] + data[1:] if data else b"")


@cache
def _brands() -> tuple[Brand, ...]:
    return load_brands(_CONFIG / "brands")


@cache
def _values() -> tuple[bytes, ...]:
    """A sight as a child tells it, taken apart at each value."""
    evidence = (Evidence("From", "Ameli", "ameli", Likeness.DISPLAY_NAME, 8),)
    claim = Claim(_brands()[0], Likeness.DISPLAY_NAME, Strength.STRONG, evidence)
    sight = Sight(claim, (Ask(AskKind.LINK, "cliquez", "text"),), frozenset({"size"}), frozenset({"type"}))
    return tuple(re.split(rb"([][{}:,])", encode(to_json(sight))))


def _told(data: bytes) -> None:
    """What a child says that was taken over: anything, or some values of a sight in place of others."""
    values = list(_values())
    for at in range(0, min(len(data), 20) - 1, 2):
        values[data[at] % len(values)] = _ODD[data[at + 1] % len(_ODD)]
    whole = b"".join(values)
    for payload in (data, whole, _EVIDENCE.sub(rb"\1[]", whole)):
        with contextlib.suppress(ValueError, BrokenFrameError):
            _say(from_json(decode(payload), _brands()))


def _say(sight: Sight) -> None:
    """What is done with a sight: it is weighed, and the reason said."""
    if sight.claim is not None:
        verdict = weigh(sight.claim, Proof(), sight.asks, Reading("", (), (), ""))
        for language in LANGUAGES:
            fit(reason(verdict, language), 5000)


FILE_TARGETS: dict[str, Target] = {
    **{kind: _target(kind) for kind in ("pdf", "zip", "docx", "png")},
    "any_file": _any_file,
    "told": _told,
}
