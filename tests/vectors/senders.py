"""THREATS A: header blocks in which two programs see two senders, and envelopes that do not fit them."""
# ruff: noqa: E501  one line a trick, as in the catalogue

from tests.sign import sign
from tests.vectors.lure import FRAUD, LETTER, UNNAMED, plain_mail

_SUBJECT = b"Subject: Votre dossier\r\n"


def _text(value: str) -> bytes:
    return value.encode()


SENDERS: dict[str, bytes] = {
    "A1": b"From: <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    "A2": b"From: <admin@ameli.fr>\r\nFrom: <x@evil.example>\r\n",
    "A3": b" From: <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    "A4": b"From: <x@evil.example>\r\nFrom : <admin@ameli.fr>\r\n",
    "A5": b"From\r\n : <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    "A6": b"From\r\n : <x@evil.example>\r\nSender: <admin@ameli.fr>\r\n",
    "A7": b"From\r\n : <x@evil.example>\r\nResent-From: <admin@ameli.fr>\r\n",
    "A8": b"Sender: <admin@ameli.fr>\r\n",
    "A9": b"   From: <x@evil.example>\r\nFrom:\r\nResent-From: <admin@ameli.fr>\r\n",
    "A10": b"From: <x@evil.example>, <admin@ameli.fr>\r\n",
    "A11": b"From: <x@evil.example>, <y@evil.example>\r\nSender: <admin@ameli.fr>\r\n",
    "A12": b"From: =?utf-8?B?PGFkbWluQGFtZWxpLmZyPg==?=,<x@evil.example>\r\n",
    "A13": b"From: =?utf-8?B?YWRtaW5AYW1lbGkuZnI=?=\r\n",
    "A14": b"From: <@evil.example,@any.com:admin@ameli.fr>\r\n",
    "A15": b"From: <admin@ameli.fr>\\,<x@evil.example>\r\n",
    "A16": b"From: admin@ameli.fr,<x@evil.example>\r\n",
    "A17": b"From: <x@evil.example>admin@ameli.fr\r\n",
    "A18": _text("From: admin@ameli.fr\u2000\r\n"),
    "A19": _text("From: \u202erf.ilema@\u202d@evil.example\r\n"),
    "A20": _text("From: admin@\u202erf.ilema\u202d\r\n"),
    "A21": b"From: admin\xff@ameli.fr\r\n",
    "A22": b"From: <admin@ameli.fr\x00.evil.example>\r\n",
    "A23": b"From: <admin@ameli.fr}evil.example>\r\n",
    "A24": b"From:(comm\r\n ent),<@gmail.com:@b.com:admin@ameli.fr>(comm\r\n ent)\r\n",
    "A25": b" FrOM: <x@evil.example>\r\nFROM: <admin@ameli.fr>\r\n",
    "A26": b"From: Ameli <info@xn--meli-43d.fr>\r\n",
    "A27": b'From: "ne-pas-repondre@assurance-maladie.fr" <x@evil.example>\r\n',
    "A28": b"From: =?utf-8?q?Assurance_Maladie_=3Cnoreply=40ameli=2Efr=3E?= <x@evil.example>\r\n",
    "A29": b"From: =?utf-8?q?A=E2=80=8Bssurance_M=D0=B0l=D0=B0die?= <x@evil.example>\r\n",
    "A30": _text("From: \U0001d400\U0001d426\U0001d41e\U0001d425\U0001d422 <x@evil.example>\r\n"),
    "A31": b"From: A.m.e.l.i. | C P A M <x@evil.example>\r\n",
    "A32": b"From: x@evil.example (ameli@assurance-maladie.fr)\r\n",
    "A33": b"From: CPAM:ameli@assurance-maladie.fr;, <x@evil.example>\r\n",
    "A34": b'From: "admin@ameli.fr"@evil.example\r\n',
    "A35": b"From: admin@ameli.fr@evil.example\r\n",
    "A36": b"From: Ameli <x@evil.example\r\n",
    "A37": b"From: =?utf-8?B?YQ0KQmNjOiBldmlsQHg=?= <x@evil.example>\r\n",
    "A38": b"From: =?utf-8?Q?Am?= =?utf-8?Q?eli?= <x@evil.example>\r\n",
    "A39": b"From: =?iso-8859-1?Q?Ameli?==?utf-8?B?IGNhcnRlIFZpdGFsZQ==?= <x@evil.example>\r\n",
    "A40": b"From: =?utf-8?B?QW1lbGk?= <x@evil.example>\r\n",
    "A41": b"From: =?x-unknown?Q?Ameli?= <x@evil.example>\r\n",
    "A42": b"From: =?utf-7?Q?+AEEAbQBlAGwAaQ-?= <x@evil.example>\r\n",
    "A43": b"From: Ameli\x0b\x0c <x@evil.example>\r\n",
    "A44": b"From: " + b"(" * 2000 + b")" * 2000 + b" x@evil.example\r\n",
    "A45": b"From: Ameli <x@notexist.ameli.fr>\r\n",
    "A46": b"From: Ameli <x@ameli.fr.evil.example>\r\n",
    "A47": b"From: x@evil.example\r\nReply-To: Ameli <contact@ameli.fr>\r\n",
    "A48": b"From: Ameli <x@evil.example>\r\nAuthentication-Results: gw.b.example; dmarc=pass header.from=ameli.fr\r\n",
    "A49": b"From: <admin@ameli.fr>\r\nDKIM-Signature: v=1; a=rsa-sha256; d=ameli.fr(.evil.example; s=s; h=from; bh=x; b=y\r\n",
    "A50": b"From: <admin@ameli.fr>\r\nDKIM-Signature: v=1; a=rsa-sha256; d=ameli.fr; s=evil.example.\x00.any; h=from; bh=x; b=y\r\n",
    "A53": b"From: <admin@ameli.fr>\r\nARC-Seal: i=1; a=rsa-sha256; cv=none; d=evil.example; s=s; b=eA==\r\n"
    b"ARC-Authentication-Results: i=1; evil.example; dkim=pass header.d=ameli.fr; dmarc=pass header.from=ameli.fr\r\n",
    "A54": b"X-Vigimel-Finding: unrelated\r\nX-Gateway-Verdict: clean\r\nX-Spam: no\r\nFrom: Ameli <x@evil.example>\r\n",
}
# No view of their author says that he is the brand: what is left to find is the voice of the text.
NAMELESS = frozenset({"A37", "A44"})

ENVELOPES: tuple[str, ...] = (
    "any@notexist.ameli.fr", "(any@ameli.fr", "any@ameli.fr(.evil.example", "any@ameli.fr'@a.evil.example",
    "@ameli.fr,@any.com:'any@evil.example", "", '"a b"@c.d', "a@[127.0.0.1]", "é@c.d",
)  # fmt: skip


def senders(*, named: bool = True) -> dict[str, bytes]:
    """A1 to A54: a fraud in the brand's voice, or, not `named`, one whose text says nobody's name."""
    body = FRAUD if named else UNNAMED
    unsigned = {name: plain_mail(block + _SUBJECT, body) for name, block in SENDERS.items()}
    return unsigned | {"A51": _appended_to_a_signed_start(), "A52": _subject_above_the_signed_one()}


def _appended_to_a_signed_start() -> bytes:
    """A51: l= ends before a part that was added, and the Content-Type that makes it seen was not signed."""
    head = b"From: <admin@ameli.fr>\r\nTo: v@b.example\r\nSubject: Information\r\n"
    signed = sign(
        head + b"\r\nBonjour,\r\nbonne lecture.\r\n",
        "ameli.fr",
        "vectors",
        length=True,
        headers=["From", "Subject"],
    )
    fields, _, start = signed.partition(b"\r\n\r\n")
    added = b"--BAD\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + FRAUD.text.encode() + b"--BAD--\r\n"
    return fields + b"\r\nContent-Type: multipart/mixed; boundary=BAD\r\n\r\n" + start + added


def _subject_above_the_signed_one() -> bytes:
    """A52: the signature is over the lower Subject, the reader is shown the upper one."""
    signed = sign(
        plain_mail(b"From: <admin@ameli.fr>\r\nSubject: Information\r\n", FRAUD), "ameli.fr", "vectors"
    )
    return b"Subject: Votre carte est suspendue\r\n" + signed


def controls() -> dict[str, bytes]:
    """Mails in the same unusual spellings, from senders who are nobody else."""
    letter = {
        "comment": b"From: Lucie Martin (le club) <lucie@club-lecture.example>\r\n",
        "group": b"From: Le bureau:lucie@club-lecture.example,hugo@club-lecture.example;\r\n",
        "route": b"From: Lucie <@relais.example:lucie@club-lecture.example>\r\n",
        "quoted local part": b'From: "lucie martin"@club-lecture.example\r\n',
        "no display name": b"From: lucie@club-lecture.example\r\n",
        "split encoded word": b"From: =?utf-8?Q?Am=C3=A9?= =?utf-8?Q?lie?= <amelie@club-lecture.example>\r\n",
        "folded": b"From: =?iso-8859-1?Q?Am=E9lie_Martin?=\r\n <amelie@club-lecture.example>\r\n",
        "two authors": b"From: lucie@club-lecture.example, hugo@club-lecture.example\r\nSender: lucie@club-lecture.example\r\n",
    }
    made = {name: plain_mail(block + _SUBJECT, LETTER) for name, block in letter.items()}
    made["official, signed"] = sign(
        plain_mail(b"From: L'Assurance Maladie <assurance-maladie@info.ameli.fr>\r\n" + _SUBJECT, FRAUD),
        "info.ameli.fr",
        "vectors",
    )
    made["list that quotes"] = _text_mail(
        b"From: Hugo <hugo@listes-toubib.example>\r\nList-Id: <medecins.listes-toubib.example>\r\n",
        "Bonjour à tous,\r\n\r\nquelqu'un a-t-il reçu ceci ? C'est un faux, je l'ai signalé.\r\n\r\nLe 3 mai, Inès a écrit :\r\n"
        "> Ameli : votre carte Vitale expire, commandez-la sur http://x.invalid/\r\n> Cordialement, l'Assurance Maladie\r\n",
    )
    made["doctor"] = _text_mail(
        b"From: Cabinet du Dr Sureau <accueil@cabinet-sureau.example>\r\n",
        "Bonjour,\r\n\r\nvotre rendez-vous est mardi à 9 h. Merci d'apporter votre carte Vitale et votre ordonnance.\r\n\r\nLe secrétariat\r\n",
    )
    made["employee's own address"] = _text_mail(
        b"From: =?utf-8?Q?Ma=C3=ABl?= Tanguy <mael.tanguy@courriel-libre.example>\r\n",
        "Salut,\r\n\r\non se voit samedi au marché ? J'apporte les photos.\r\n\r\n--\r\nMaël Tanguy\r\nConseiller, CPAM du Finistère\r\n",
    )
    return made


def _text_mail(block: bytes, text: str) -> bytes:
    header = (
        block + _SUBJECT + b"To: v@b.example\r\nDate: Tue, 3 Feb 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    )
    return (
        header
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + text.encode()
    )
