"""The mails of the threat catalogue, section W: each tries to do something to who reviews it."""

_HEAD = "From: {name} <info@ameli-compte.example>\r\nTo: someone@town-hall.example\r\nSubject: {subject}\r\n"
_TEXT = (
    "Votre Assurance Maladie vous informe. Renseignez votre RIB et votre carte bancaire.\r\n"
    "L'Assurance Maladie\r\n"
)
_SCRIPT = "<script>alert(1)</script>"


def _mail(
    name: str = '"Votre Assurance Maladie"', subject: str = "Votre remboursement", *more: str, body: str = ""
) -> bytes:
    head = _HEAD.format(name=name, subject=subject) + "".join(f"{line}\r\n" for line in more)
    if not any(line.lower().startswith("content-type") for line in more):
        head += "Content-Type: text/html; charset=utf-8\r\n"
    return (head + "\r\n" + _TEXT + body + "\r\n").encode("utf-8", "surrogateescape")


def _file(disposition: str, content_type: str = "application/pdf") -> bytes:
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{_TEXT}\r\n--b\r\nContent-Type: {content_type}\r\n"
        f"Content-Disposition: {disposition}\r\n\r\nx\r\n--b--\r\n"
    )
    head = _HEAD.format(name='"Votre Assurance Maladie"', subject="Fichier")
    return f"{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{body}".encode()


MAILS: dict[str, bytes] = {
    "w1 name": _mail(
        "\"Votre Assurance Maladie><a style='font-size:200pt;position:fixed' onmouseover=alert(1)>\""
    ),
    "w2 subject": _mail(subject=_SCRIPT),
    "w3 message-id": _mail('"Votre Assurance Maladie"', "x", f"Message-ID: <{_SCRIPT}@x>"),
    "w4 file name": _file('attachment; filename="<img src=x onerror=alert(1)>.pdf"'),
    "w5 file name, encoded": _file("attachment; filename*=utf-8''%22%3E%3Csvg%20onload%3Dalert(1)%3E"),
    "w6 type": _file("attachment", f'"{_SCRIPT}/x'),
    "w7 encoded words": _mail(
        "=?utf-8?b?Vm90cmUgQXNzdXJhbmNlIE1hbGFkaWU8c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+?=",
        "=?utf-8?b?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==?=",
    ),
    "w8 links": _mail(body='http://x"onmouseover=alert(1)// javascript:alert(1) [a](javascript:alert(1))'),
    "w9 svg": _mail(body="<svg><animate attributeName=href values=javascript:alert(1)></svg>"),
    "w10 import": _mail(body="<style>@import url(//x.invalid)</style>"),
    "w11 css": _mail(body="<p style='background:url(//x.invalid);color:var(--u)'>x</p>"),
    "w12 pictures": _mail(
        body="<img src=http://x.invalid/p.gif><link rel=prefetch href=//x.invalid><video poster=//x.invalid>"
        "<input type=image src=//x.invalid><img srcset='//x.invalid 2x'><img src=cid:x>"
    ),
    "w13 ends": _mail(
        subject="</textarea></title></style></script><!--]]>{{7*7}}${7*7}<%= 7*7 %>{%raw%}",
        body="</pre></mark></textarea></title></style></script><!--]]>{{7*7}}",
    ),
    "w14 escapes": _mail(subject="\x1b]8;;http://x\x07\x1b[2J", body="\x1b[2J"),
    "w15 bidi": _mail('"Votre Assurance Maladie \u202egpj.exe"', "\u202e\u200b\u2066dossier\u2069"),
    "w16 formula": _mail('"=HYPERLINK(Votre Assurance Maladie)"', '=HYPERLINK("http://x.invalid","Ameli")'),
    "w16 command": _mail("\"+cmd|' /C calc'!A0 Votre Assurance Maladie\"", "@SUM(1+1)*cmd|' /C calc'!A0"),
    "w18 file path": _file('attachment; filename="../../etc/passwd\\"; x=\\"' + "a" * 300 + '"'),
    "w18 device": _file('attachment; filename="C:\\\\x\\\\CON."', "application/octet-stream"),
    "w18 field": _file("attachment; filename*=utf-8''a%0D%0ASet-Cookie:%20x=1%00.pdf"),
}


def fetching(host: str) -> bytes:
    """W31: a mail whose every link, picture and form is of this host, which hears who asks."""
    urls = (
        f"<a href=http://{host}/a>http://{host}/b</a><img src=http://{host}/c><iframe src=http://{host}/d></iframe>"
        f"<form action=http://{host}/e><input name=RIB></form><link rel=stylesheet href=http://{host}/f>"
        f"<object data=http://{host}/g></object><meta http-equiv=refresh content='0;url=http://{host}/h'>"
    )
    more = f"List-Unsubscribe: <http://{host}/i>", f"Disposition-Notification-To: x@{host.partition(':')[0]}"
    return _mail('"Votre Assurance Maladie"', f"http://{host}/j", *more, body=urls)
