"""The catalogue of THREATS M and E, generated: any HTML as payload, hidden by one trick a vector."""
# ruff: noqa: E501  one line a trick, as in the catalogue

import base64
import binascii
from dataclasses import dataclass

MARKER = "MARQUEUR-AMELI"
PAYLOAD = (
    b"<html><body><p>MARQUEUR-AMELI renouvelez votre carte vitale</p>"
    b'<a href="http://x.invalid/">http://x.invalid/</a></body></html>'
)
TOP = b"From: x@evil.example\r\nTo: v@b.example\r\nSubject: bonjour\r\nMIME-Version: 1.0\r\n"
MULTI = b"Content-Type: multipart/mixed; boundary=B1\r\n"
FIRST = b"--B1\r\nContent-Type: text/plain\r\n\r\nbonjour\r\n"
HTML = b"Content-Type: text/html\r\n"
CTE = b"Content-Transfer-Encoding: base64\r\n"


def mail(part: bytes, *, top: bytes = MULTI, end: bytes = b"--B1--\r\n", first: bytes = FIRST) -> bytes:
    """The template: a harmless part, then the one with the trick."""
    return TOP + top + b"\r\n" + first + part + end


def _uu(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return b"begin 644 a.html\r\n" + b"\r\n".join(lines) + b"\r\n`\r\nend\r\n"


@dataclass(frozen=True)
class _Catalogue:
    payload: bytes

    @property
    def _coded(self) -> bytes:
        return base64.encodebytes(self.payload).replace(b"\n", b"\r\n")

    def _cte(self, field: bytes, kind: bytes = HTML) -> bytes:
        return mail(b"--B1\r\n" + kind + field + b"\r\n" + self._coded)

    def _between(self, mark: bytes) -> bytes:
        return mail(
            b"--B1\r\nContent-Type: text/html"
            + mark
            + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + self._coded
        )

    def _top(self, field: bytes) -> bytes:
        return mail(b"--B1\r\n" + HTML + CTE + b"\r\n" + self._coded, top=field)

    def _boundary(self, parameter: bytes, mark: bytes = b"B1") -> bytes:
        part = b"--" + mark + b"\r\n" + HTML + CTE + b"\r\n" + self._coded
        first = b"--" + mark + b"\r\nContent-Type: text/plain\r\n\r\nbonjour\r\n"
        top = b"Content-Type: multipart/mixed" + parameter + b"\r\n"
        return mail(part, top=top, first=first, end=b"--" + mark + b"--\r\n")

    @property
    def _part(self) -> bytes:
        return HTML + CTE + b"\r\n" + self._coded

    @property
    def _inner(self) -> bytes:
        return b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" + self._part

    def _transfer_fields(self) -> list[bytes]:
        qp = b"Content-Transfer-Encoding: quoted-printable\r\n"
        values = [
            b": quoted-printable, base64", b': "base64", quoted-printable', None, None, b" : base64", b"\0: base64", b": bASe64",
            b": \0base64", b": bas\0e64", b": base64\0", b": bas\r\n e64", b"\r\n : base64", b":\r\n base64", b": bas(x)e64",
            b": (base64)", b"(: )base64", b": base64(quoted-printable",
        ]  # fmt: skip
        found = [
            self._cte(CTE + qp),
            self._cte(qp + CTE),
            self._cte(b"Content-Transfer-Encoding: xxxxxxx\r\n" + CTE),
        ]
        found += [self._cte(b"Content-Transfer-Encoding" + (value or b"") + b"\r\n") for value in values]
        found[5], found[6] = self._cte(b" " + CTE), self._cte(b"\0" + CTE)
        found.append(self._cte(b"Content-Transfe(r-Encoding: base64\r\n"))
        twice = b"Content-Transfer-Encoding:base64"
        last = (twice, b"base64base64", b"base64-", b"=?US-ASCII?Q?base64?=", b"ba=?US-ASCII?Q?se64?=")
        return found + [self._cte(b"Content-Transfer-Encoding: " + value + b"\r\n") for value in last]

    def _type_fields(self) -> list[bytes]:
        plain = b"Content-Type: text/plain\r\n"
        return [
            self._top(plain + MULTI), self._top(MULTI + plain), self._top(b"Content-Type: text/plain, multipart/mixed; boundary=B1\r\n"),
            self._top(b"Content-Type: multipart/mixedmultipart/mixed; boundary=B1\r\n"),
            self._top(b"Content-Type: multipar\0t/mixed; boundary=B1\r\n"), self._top(b" " + MULTI),
            mail(b"--B1\r\n: text/html\r\n" + CTE + b"\r\n" + self._coded),
        ]  # fmt: skip

    def _boundaries(self) -> list[bytes]:
        plain = [
            b"; boundary=B1; boundary=B2", b"; boundary=B2; boundary=B1", b"; boundary=B2, boundary=B1",
            b"; boundary*0=B; boundary*1=1", b"; boundary=B2; boundary*0=B; boundary*1=1", b"; boundary*=us-ascii'en'B%31",
            b"; boundary==?US-ASCII?Q?B1?=", b"; boundary=B=?us-ascii?Q?1?=", b"; boundary=B(x)1", b"; boundary=B1 x",
            b'; boundary=" B1"', b"; boundary=\0B1", b'; boundary="B1"xx',
        ]  # fmt: skip
        rest = [
            b'; boundary="B1',
            b"; boundary=\r\n B1",
            b"; boundary=B\r\n 1",
            b"; boundary =B1",
            b" boundary=B1",
            b"",
        ]
        return [*map(self._boundary, plain), self._boundary(b"; boundary=", b""), *map(self._boundary, rest)]

    def _separators(self) -> list[bytes]:
        def marked(mark: bytes, end: bytes = b"--B1--\r\n") -> bytes:
            return mail(mark + self._part, end=end)

        return [
            marked(b" --B1\r\n"), marked(b"--B1 \r\n"), marked(b"--B1\r\n", b""), marked(b"--B1x\r\n"), marked(b"\r--B1\r\n"),
            marked(b"--B1\r\r\n"), mail(FIRST, first=self._part), mail(b"--B1--\r\n" + self._part, end=b""),
            mail(b"--B1\r\n" + self._inner % (b"B1", b"B1"), end=b"--B1--\r\n--B1--\r\n"), mail(b"--B1\r\n" + self._inner % (b"B2", b"B2")),
            mail(b"--B1\r\nContent-Type: multipart/mixed\r\n\r\n--B2\r\n" + self._part + b"--B2--\r\n"),
        ]  # fmt: skip

    def _empty_lines(self) -> list[bytes]:
        head = b"--B1\r\n" + HTML.rstrip() + b"\r\n" + CTE.rstrip()
        return [
            mail(b"--B1\r\n\r\n" + self._part), mail(b"--B1\r\n" + HTML + b"\r\n" + CTE + b"\r\n" + self._coded),
            mail(head + b"\r" + self._coded), mail(head + b"\n" + self._coded), mail(head + self._coded),
            mail(b"--B1\r\n" + HTML + b"a line of text\r\n" + CTE + b"\r\n" + self._coded),
            mail(b"--B1\r\nContent-Type: text/html; x=(\r\n" + CTE + b" )\r\n\r\n" + self._coded),
        ]  # fmt: skip

    def _types(self) -> list[bytes]:
        def typed(field: bytes, body: bytes = self._coded, cte: bytes = CTE) -> bytes:
            return mail(b"--B1\r\n" + field + cte + b"\r\n" + body)

        inner = base64.encodebytes(b"Subject: y\r\nContent-Type: text/html\r\n\r\n" + self.payload)
        alternative = b"Content-Type: multipart/alternative; boundary=B1\r\n"
        return [
            typed(b'Content-Type: application/octet-stream; name="a.shtml"\r\n'), typed(b""),
            typed(b"Content-Type: text/plain\r\n", self.payload + b"\r\n", b""), typed(b"Content-Type: message/rfc822\r\n", inner),
            typed(b"Content-Type: message/partial; id=x; number=1; total=1\r\n", b"Subject: y\r\n" + self._part, b""),
            typed(b'Content-Type: message/external-body; access-type=URL; URL="http://x.invalid/"\r\n', self.payload + b"\r\n", b""),
            mail(b"--B1\r\n" + self._part, top=alternative),
            self._top(b"Content-Type: multipart/related; start=\"<a>\"; boundary=B1\r\n"),
            typed(b"Content-Type: text/plain\r\n", _uu(self.payload), b""),
        ]  # fmt: skip

    def structures(self) -> list[bytes]:
        marks = [b"\r", b"\n", b"\n\r", b"\r\r\n", b"\r\n\n", b"\r\x13", b"\r "]
        between = [*map(self._between, marks), self._between(b"\r\n#Content-ID: 3\r\n")]
        return [
            *self._transfer_fields(), *self._type_fields(), *between, *self._boundaries(), *self._separators(), *self._empty_lines(), *self._types(),
        ]  # fmt: skip

    def _grouped(self, size: int, mark: bytes) -> bytes:
        plain = base64.b64encode(self.payload)
        return mark.join(plain[at : at + size] for at in range(0, len(plain), size))

    def _padded_groups(self, size: int) -> bytes:
        return b"".join(
            base64.b64encode(self.payload[at : at + size]) for at in range(0, len(self.payload), size)
        )

    def _quoted(self, mark: bytes) -> bytes:
        """Every 20 letters a soft break, spelled the given way."""
        return mark.join(
            self.payload.replace(b"=", b"=3D")[at : at + 20] for at in range(0, len(self.payload), 20)
        )

    def encodings(self) -> list[bytes]:
        unpadded = base64.b64encode(self.payload[: len(self.payload) - len(self.payload) % 3 - 1]).rstrip(
            b"="
        )
        coded = [
            self._grouped(6, b"\r\n"), self._grouped(7, b"."), self._grouped(7, b"-"), self._grouped(7, b"#"), self._grouped(1, b" "),
            self._grouped(4, b"="), self._grouped(60, b"=\r\n"), self._padded_groups(1), self._padded_groups(2), unpadded,
        ]  # fmt: skip
        letters = b"".join(b"=%02x" % byte for byte in self.payload)
        printable = [
            self._quoted(b"=\t\r\n"), self._quoted(b"=\r"), self._quoted(b"=\n"), self.payload.replace(b'="', b'=="'), self.payload.replace(b"<p>", b"<p>\x12"),
            self.payload.replace(b"<p>", b"<p>\xaa"), self.payload.replace(b"A", b"=4=\r\n1"), letters, self._quoted(b"") + b" " * 10_000,
            self.payload.replace(b">", b">\r\n"),
        ]  # fmt: skip
        qp = b"Content-Transfer-Encoding: quoted-printable\r\n"
        return [mail(b"--B1\r\n" + HTML + CTE + b"\r\n" + one + b"\r\n") for one in coded] + [
            mail(b"--B1\r\n" + HTML + qp + b"\r\n" + one + b"\r\n") for one in printable
        ]


def structures(payload: bytes = PAYLOAD) -> list[bytes]:
    """M1 to M88, in order."""
    return _Catalogue(payload).structures()


def encodings(payload: bytes = PAYLOAD) -> list[bytes]:
    """E1 to E20, in order."""
    return _Catalogue(payload).encodings()
