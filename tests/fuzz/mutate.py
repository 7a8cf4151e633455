"""What do mails look like that somebody broke, on purpose or not? Mutations that know what a mail is made of.

Pure: the same seeds and the same number give the same mail.
"""
# ruff: noqa: E501  tables, as many words a line as fit

import base64
import random
import re
from collections.abc import Callable, Sequence

_MAX = 512 * 1024
_LINE = re.compile(rb"[^\r\n]*(?:\r?\n|\r|$)")
_FIELD = re.compile(rb"(?m)^[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n")
_BOUNDARY = re.compile(rb'(?i)boundary="?([^\s";]+)')
_WORD = re.compile(rb"[A-Za-z]{3,}")
_TAG = re.compile(rb"<[^<>]{0,200}>")
_CODED = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40,}={0,2}\r?\n)+")

TOKENS = [
    b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n\r", b"\t", b"\x0b", b"\x0c", b"\x85", b"\xff", b"\xc0\xbc", b"\xed\xa0\x80",
    b"=", b"==", b"=\r\n", b"=3D", b"=?", b"?=", b"=?utf-8?B?", b"=?utf-8?Q?=00?=", b"=?x?q?=E9?=", b"--", b"\r\n--", b"--\r\n", b";", b",", b":",
    b'"', b"'", b"(", b")", b"<", b">", b"<>", b"@", b"\\", b"&#0;", b"&#x110000;", b"&shy;", b"<!--", b"-->", b"<![CDATA[", b"<style>", b"</style>",
    b"<script>", b"<svg><a href=", b"<base href=//x>", b"<form action=", b"<template>", b"<textarea>", b"<plaintext>", b"<table><tr><td>", b"</p>",
    b"<div style='display:none'>", b"<p style=\"content:'", b"url(", b"/*", b"*/", b"{", b"}", b"http://", b"https://[", b"http://xn--", b"hxxp://x[.]y",
    b"javascript:", b"data:text/html;base64,", b"tel:+33", b"36 46", b"0899 00 00 00", b"ameli.fr", b"Assurance Maladie", b"carte Vitale", b"CPAM",
    b"begin 644 a\r\n", b"%PDF-1.4\n", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG\r\n\x1a\n", b"BEGIN:VCALENDAR\r\n", b"> ", b"Le 3 mai, X a ecrit :\r\n",
    "\u202e".encode(), "\u200b".encode(), "\ufeff".encode(), "\u00ad".encode(), "а".encode(), "ａ".encode(), "\U0001d400".encode(), "e\u0301".encode(),
    "\u2028".encode(), "\ufdfa".encode(), "ı".encode(), "ß".encode(), "\U000e0041".encode(), b"Z\xcc\xa0\xcc\xa1" * 40,
]  # fmt: skip
_FIELDS = [
    b"Content-Type: multipart/mixed; boundary=B\r\n", b"Content-Type: multipart/alternative; boundary=\"=_b\"\r\n", b"Content-Type: text/html\r\n",
    b"Content-Type: text/plain; charset=utf-7\r\n", b"Content-Type: message/rfc822\r\n", b"Content-Type: application/zip; name=a.zip\r\n",
    b"Content-Type: text/calendar\r\n", b"Content-Type: message/partial; number=1\r\n", b"Content-Type: image/svg+xml\r\n", b"Content-Type\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"From: Ameli <x@evil.example>\r\n", b"From: a@b, c@d (e (f)) <g@h>\r\n", b" From: x@y\r\n", b"Sender: admin@ameli.fr\r\n", b"Subject:\r\n",
    b"Reply-To: =?utf-8?B?YW1lbGk=?= <a@b.example>\r\n", b"DKIM-Signature: v=1; a=rsa-sha256; d=ameli.fr; s=s; h=from; bh=AA==; b=AA==\r\n",
    b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/simple; d=info.ameli.fr; s=x; l=1; h=from:from; bh=x; b=y; t=9; x=1\r\n",
    b"Authentication-Results: x; dkim=pass header.d=ameli.fr\r\n", b"ARC-Seal: i=1; cv=none; d=x; s=y; b=z\r\n", b"X: " + b"a" * 2000 + b"\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%41; filename*1=\"b\"\r\n", b"List-Id: <a.b.example>\r\n", b"Date: never\r\n",
]  # fmt: skip
_CHARSETS = [
    b"utf-8", b"utf-7", b"utf-16", b"utf-32", b"iso-2022-jp", b"hz", b"cp037", b"idna", b"punycode", b"hex", b"x-unknown",
    b"iso-8859-1", b"windows-1252", b"gb18030", b"utf-8\0", b"undefined", b"koi8-r", b"utf-16le", b"unicode_escape",
]  # fmt: skip

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """One of the seeds after one to eight mutations, at most 512 KB."""
    rng = random.Random(f"{seed} {number}")
    mail = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 5, 8))):
        mail = rng.choice(MUTATIONS)(rng, mail, seeds)[:_MAX]
    return mail


def _place(rng: random.Random, mail: bytes) -> int:
    """Anywhere, but as often in the header as in the body."""
    end = mail.find(b"\r\n\r\n")
    return rng.randint(0, end if end > 0 and rng.random() < 0.5 else len(mail))


def _span(rng: random.Random, mail: bytes, most: int = 4096) -> tuple[int, int]:
    start = _place(rng, mail)
    return start, min(len(mail), start + int(most ** rng.random()))


def _one(rng: random.Random, pattern: re.Pattern[bytes], mail: bytes) -> tuple[int, int]:
    """Where one of the first thousand finds stands; the end of the mail where there is none."""
    found = [one.span() for one, _ in zip(pattern.finditer(mail), range(1000), strict=False)]
    return rng.choice(found) if found else (len(mail), len(mail))


def _truncate(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    return mail[: _place(rng, mail)]


def _delete(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, mail)
    return mail[:start] + mail[end:]


def _repeat(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, mail)
    return mail[:end] + mail[start:end] * rng.choice((1, 2, 10, 100, 1000)) + mail[end:]


def _splice(rng: random.Random, mail: bytes, seeds: Sequence[bytes]) -> bytes:
    other = rng.choice(seeds)
    return mail[: _place(rng, mail)] + other[_place(rng, other) :]


def _insert_part_of_another(rng: random.Random, mail: bytes, seeds: Sequence[bytes]) -> bytes:
    other, at = rng.choice(seeds), _place(rng, mail)
    start, end = _span(rng, other)
    return mail[:at] + other[start:end] + mail[at:]


def _flip(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(mail)
    for _again in range(rng.choice((1, 3, 20, 200)) if changed else 0):
        changed[min(_place(rng, mail), len(changed) - 1)] = rng.randrange(256)
    return bytes(changed)


def _insert_token(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(rng, mail)
    return mail[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 2, 30, 3000)) + mail[at:]


def _replace_token(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    old, new = rng.choice(TOKENS), rng.choice(TOKENS)
    return mail.replace(old, new, rng.choice((1, -1)))


def _insert_bytes(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(rng, mail)
    return mail[:at] + rng.randbytes(rng.choice((1, 10, 200, 5000))) + mail[at:]


def _between_letters(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """The same token between all letters of one word, everywhere."""
    start, end = _one(rng, _WORD, mail)
    word, token = mail[start:end], rng.choice(TOKENS)
    broken = token.join(word[at : at + 1] for at in range(len(word)))
    return mail.replace(word, broken, 50) if word else mail


def _swap_lines(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    lines = _LINE.findall(mail)
    for _again in range(rng.choice((1, 5))):
        one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _swap_fields(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    (start, end), (first, last) = sorted((_one(rng, _FIELD, mail), _one(rng, _FIELD, mail)))
    if end > first:
        return mail[:start] + mail[end:]
    return mail[:start] + mail[first:last] + mail[end:first] + mail[start:end] + mail[last:]


def _add_field(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    at, _end = _one(rng, _FIELD, mail)
    return mail[:at] + rng.choice(_FIELDS) * rng.choice((1, 1, 2, 1500)) + mail[at:]


def _break_field(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """A blank or a control before or after the name, or a fold in the value."""
    start, end = _one(rng, _FIELD, mail)
    colon = mail.find(b":", start, end)
    at = rng.choice((start, colon, colon + 1, rng.randint(start, end)))
    return mail[:at] + rng.choice((b" ", b"\t", b"\0", b"\r\n ", b"\r\n", b"\r", b"\n", b"\xff")) + mail[at:]


def _edit_boundary(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _one(rng, _BOUNDARY, mail)
    value = mail[start:end].partition(b"=")[2].strip(b'"')
    if not value:
        return mail
    new = rng.choice((
        value + b"x", value + b" ", value[:-1], value + b"--", b"--" + value, value[:1], b"", b'"' + value, value * 100,
        value + b"; boundary=x", value.swapcase(), b"=?us-ascii?q?" + value + b"?=", value + b"\0",
    ))  # fmt: skip
    return mail.replace(value, new, rng.choice((1, 2, -1)))


def _edit_charset(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    new = b"charset=" + rng.choice(_CHARSETS)
    return re.sub(rb'(?i)charset="?[\w-]*"?', lambda _: new, mail, count=rng.choice((0, 1)))


def _corrupt_coded(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    """Base64 with holes, of other bytes, or said to be something else."""
    start, end = _one(rng, _CODED, mail)
    coded = mail[start:end]
    kind = rng.randrange(4)
    if kind == 0:
        coded = bytes(rng.choice(b"=-.# \r\n") if rng.random() < 0.05 else byte for byte in coded)
    elif kind == 1:
        coded = base64.encodebytes(rng.randbytes(len(coded)))
    elif kind == 2:
        coded = coded.replace(b"\n", rng.choice((b"", b"=\n", b"\n\n")))
    else:
        coded = b"".join(b"=%02X" % byte for byte in coded[:20000])
    return mail[:start] + coded + mail[end:]


def _edit_tag(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _one(rng, _TAG, mail)
    tag = mail[start:end]
    new = rng.choice((
        tag[:-1], tag * 50, tag + b" ", tag.replace(b'"', b""), tag.replace(b"=", b"=\0"), tag.upper(), b"", b"<" + tag,
        tag.replace(b">", b" hidden>"), tag.replace(b">", b" style='font-size:0;color:#fff;position:absolute'>"),
    ))  # fmt: skip
    return mail[:start] + new + mail[end:]


def _nest(rng: random.Random, mail: bytes, seeds: Sequence[bytes]) -> bytes:
    """The mail as a part of another mail, many times over."""
    for depth in range(rng.choice((1, 3, 60))):
        mark = b"N%d" % depth
        mail = (
            b"From: x@evil.example\r\nContent-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark
            + rng.choice((b"\r\nContent-Type: message/rfc822\r\n\r\n", b"\r\n"))
            + mail + b"\r\n--" + mark + b"--\r\n"
        )  # fmt: skip
    return mail if rng.random() < 0.8 else mail + rng.choice(seeds)


def _line_ends(rng: random.Random, mail: bytes, _: Sequence[bytes]) -> bytes:
    return mail.replace(
        b"\r\n", rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b" \r\n", b"")), rng.choice((-1, -1, 3))
    )


MUTATIONS: tuple[Mutation, ...] = (
    _truncate, _delete, _repeat, _splice, _insert_part_of_another, _flip, _insert_token, _insert_token, _replace_token, _insert_bytes,
    _between_letters, _swap_lines, _swap_fields, _add_field, _add_field, _break_field, _edit_boundary, _edit_charset, _corrupt_coded,
    _edit_tag, _nest, _line_ends,
)  # fmt: skip
