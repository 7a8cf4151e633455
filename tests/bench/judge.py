"""What does judging a mail cost? CPU milliseconds by kind of mail: `make bench-judge`.

    python -m tests.bench.judge [--rounds N] [DIR ...]

The mails are made here with a fixed seed, so that they are the same everywhere: four sizes, each without a
claim, with a claim that nobody signed, and with a claim and a DKIM signature of a test key; then all of 20 to
60 KB together, in the same three kinds. Process time of one process, DNS from its cache, after one round to
warm up. Directories are measured as further rows, and their mails of 20 to 60 KB once more: as they are, and
as if each said that it is from the Assurance Maladie. Their words are many, those of the mails made here few.

The rows of real-like mails are those of tests/mails of 8 to 60 KB, apart by whether the judge sees a claim.
They are judged cold: what was remembered of senders' lines, names, hosts and styles is forgotten before each
mail, so that no mail profits from having been seen; in the gateway, mails of one sender do profit. The other
rows are judged warm: their second round meets lines, styles and hosts of the first.
"""

import argparse
import asyncio
import base64
import functools
import gc
import quopri
import random
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from milter.cli.mails import Place, find_mails
from milter.config import load, shipped
from milter.judge import Judge, build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.workers.forked import COLLECT_AFTER
from tests.dns_server import DnsServer

VARIANTS = 25
_SIZES, _SMALLEST, _LARGEST = "20 to 60 KB", 20 * 1024, 60 * 1024
_MAILS, _SMALLEST_WRITTEN = Path(__file__).parents[1] / "mails", 8 * 1024
# As in newsletters and letters; a few name a card, an account or a number, as real ones do.
_SENTENCES = """\
La rentrée approche et notre équipe prépare déjà le programme de l'automne
Retrouvez-nous samedi matin au marché couvert pour une dégustation des produits de la région
Le prochain numéro de notre revue paraîtra au début du mois, avec un dossier sur les jardins
Nous remercions tous les bénévoles qui ont rendu cette belle fête possible
L'atelier de reliure est complet, mais une seconde séance sera ouverte si vous êtes nombreux
Les travaux de la rue des Tilleuls dureront trois semaines et la circulation sera déviée
Profitez de vingt pour cent de remise sur toute la collection d'été jusqu'à dimanche soir
La bibliothèque sera fermée lundi en raison de l'inventaire annuel
Votre commande est partie de notre entrepôt et arrivera entre mardi et jeudi
Consultez le programme complet sur notre site et réservez vos places en ligne
Pour vous désinscrire de cette lettre, suivez le lien au bas de la page
Le conseil municipal se réunira jeudi à vingt heures dans la salle des fêtes
Nous vous proposons de déplacer la réunion à la semaine prochaine, si cela vous convient
Les photos de la sortie sont en ligne dans l'album partagé de la famille
Merci de me confirmer votre présence avant vendredi afin que je réserve la table
Le rapport annuel et les comptes de l'association seront présentés à l'assemblée générale
La carte du restaurant change avec les saisons et les arrivages du port
Un concert gratuit aura lieu dans le parc, sous réserve d'une météo clémente
J'ai relu le document et j'ai quelques remarques de forme, rien de grave
La navette part toutes les vingt minutes devant la gare et s'arrête au centre commercial
Nos horaires d'ouverture restent les mêmes pendant les vacances, sauf le mardi
Découvrez la recette du mois, une tarte aux prunes facile à préparer en famille
Votre colis vous attend au point relais, muni de votre code de retrait
La facture de ce mois est disponible dans votre espace client
""".splitlines()
_NAMES = ("Lucie", "Hugo", "Amélie", "Karim", "Solène", "Théo", "Inès", "Maël", "Odile", "Yanis")
_CLAIM = (
    "Votre caisse d'Assurance Maladie vous informe qu'un remboursement de 214,70 euros vous attend. "
    "Veuillez renseigner votre RIB sur https://remboursement.example/ameli pour le recevoir. "
    "Cordialement, L'Assurance Maladie"
)
_CLAIMING = (
    'From: "Votre Assurance Maladie" <info@dossier.example>\n'
    "Subject: Votre CPAM vous informe : un remboursement vous attend"
)
_AUTHOR_AND_SUBJECT = re.compile(rb"^(?:From|Subject):.*\n(?:[ \t].*\n)*", re.MULTILINE | re.IGNORECASE)
_SELECTOR, _DOMAIN = b"bench", b"info.ameli.fr"


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("directories", nargs="*", type=Path)
    options = parser.parse_args()
    private, public = _key()
    name = f"{_SELECTOR.decode()}._domainkey.{_DOMAIN.decode()}"
    with DnsServer(records={name: {"TXT": [f"v=DKIM1; k=rsa; p={public}"]}}) as server:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([server.address]))
        memos = _memos()
        # As a worker of the gateway (workers.forked): all that was loaded is out of reach of the collector.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        print(f"{'mails':<44}{'number':>7}{'KB':>7}{'p50':>9}{'p99':>9}{'max':>9}   CPU ms")
        for title, mails in (*_with_sums(list(_made(private))), *_found(options.directories)):
            _row(title, mails, _measure(judge, mails, options.rounds))
        for title, mails in _written(judge):
            _row(title, mails, _measure(judge, mails, options.rounds, forget=memos))


def _row(title: str, mails: Sequence[bytes], costs: Sequence[float]) -> None:
    size = statistics.median(map(len, mails)) / 1024
    p99 = sorted(costs)[min(len(costs) - 1, int(len(costs) * 0.99))]
    figures = f"{size:>7.1f}{statistics.median(costs):>9.2f}{p99:>9.2f}{max(costs):>9.2f}"
    print(f"{title:<44}{len(mails):>7}{figures}", flush=True)


def _measure(
    judge: Judge, mails: Sequence[bytes], rounds: int, forget: Sequence[Callable[[], None]] = ()
) -> list[float]:
    """The cost of each mail in each round but the first; one loop for all, as in the gateway."""

    async def measure() -> list[float]:
        costs = []
        for number in range(rounds + 1):
            for raw in mails:
                for memo in forget:
                    memo()
                began = time.process_time()
                await judge.judge(Message(raw), None)
                if number:
                    costs.append((time.process_time() - began) * 1000)
        return costs

    return asyncio.run(measure())


def _memos() -> list[Callable[[], None]]:
    """What empties each bounded memo of the product; those without a bound hold no word of a sender."""
    found: list[Callable[[], None]] = []
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and one.cache_parameters()["maxsize"]:
            module = getattr(one, "__module__", None) or ""
            if module.startswith("milter."):
                found.append(one.cache_clear)
    return found


def _written(judge: Judge) -> Iterator[tuple[str, list[bytes]]]:
    """The mails of tests/mails that are as large as letters with markup, by whether they claim anything."""
    mails = [path.read_bytes() for path in sorted(_MAILS.glob("*/message.eml"))]
    parted: dict[bool, list[bytes]] = {False: [], True: []}
    with asyncio.Runner() as runner:
        for raw in mails:
            if _SMALLEST_WRITTEN <= len(raw) <= _LARGEST:
                parted[runner.run(judge.judge(Message(raw), None)).claim is not None].append(raw)
    for claims, title in ((False, "no claim"), (True, "with a claim")):
        if parted[claims]:
            yield f"tests/mails of 8 to 60 KB, cold, {title}", parted[claims]


def _made(private: bytes) -> Iterator[tuple[str, list[bytes]]]:
    for title, make in (
        ("plain text, 3 KB", _plain),
        ("text and HTML, 15 KB", _multipart),
        ("newsletter, 25 KB", _newsletter),
        ("newsletter, 50 KB", _long_newsletter),
    ):
        randoms = [random.Random(f"{title} {number}") for number in range(VARIANTS)]
        yield (
            f"{title}, no claim",
            [_mail(make, rng, "Club du livre <club@livres.example>") for rng in randoms],
        )
        claims = [
            _mail(make, rng, "Assurance Maladie <info@remboursement.example>", _CLAIM) for rng in randoms
        ]
        yield f"{title}, claim without proof", claims
        official = "L'Assurance Maladie <assurance-maladie@info.ameli.fr>"
        signed = [_signed(_mail(make, rng, official, _CLAIM), private) for rng in randoms]
        yield f"{title}, claim and DKIM", signed


def _with_sums(rows: list[tuple[str, list[bytes]]]) -> Iterator[tuple[str, list[bytes]]]:
    """The rows, and what the aims are stated for."""
    yield from rows
    for kind in ("no claim", "claim without proof", "claim and DKIM"):
        yield f"{_SIZES}, {kind}", _of_size(mail for name, mails in rows if kind in name for mail in mails)


def _of_size(mails: Iterable[bytes]) -> list[bytes]:
    return [mail for mail in mails if _SMALLEST <= len(mail) <= _LARGEST]


def _found(directories: Sequence[Path]) -> Iterator[tuple[str, list[bytes]]]:
    for directory in directories:
        mails = [place.read() for place in find_mails([str(directory)]) if isinstance(place, Place)]
        if mails:
            yield directory.name, mails
        if some := _of_size(mails):
            yield f"{directory.name}, {_SIZES}", some
            yield f"{directory.name}, {_SIZES}, claiming", list(map(_claiming, some))


def _claiming(raw: bytes) -> bytes:
    """The mail with an author and a subject that claim, without its own."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return f"{_CLAIMING}\n".encode() + _AUTHOR_AND_SUBJECT.sub(b"", head) + b"\n\n" + body


def _mail(
    make: Callable[[random.Random, str], tuple[str, bytes]], rng: random.Random, author: str, claim: str = ""
) -> bytes:
    content_type, body = make(rng, claim)
    head = (
        f"From: {author}\r\nTo: lecteur@mairie.example\r\nSubject: {_sentence(rng)}\r\n"
        f"Date: Tue, 3 Feb 2026 10:00:00 +0100\r\nMessage-ID: <{rng.random()}@bench.example>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n"
    )
    return head.encode() + body


def _plain(rng: random.Random, claim: str) -> tuple[str, bytes]:
    text = _text(rng, 2800) + claim
    return "text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit\r\n\r\n" + _crlf(text.encode())


def _multipart(rng: random.Random, claim: str) -> tuple[str, bytes]:
    return _alternative(_text(rng, 4500) + claim, _html(rng, 4500, claim, styled=False))


def _newsletter(rng: random.Random, claim: str) -> tuple[str, bytes]:
    return _alternative(_text(rng, 3500) + claim, _html(rng, 6000, claim, styled=True))


def _long_newsletter(rng: random.Random, claim: str) -> tuple[str, bytes]:
    return _alternative(_text(rng, 7000) + claim, _html(rng, 12000, claim, styled=True))


def _alternative(text: str, html: str) -> tuple[str, bytes]:
    parts = b"".join(
        f"\r\n--=_bench\r\nContent-Type: text/{kind}; charset=utf-8\r\n".encode()
        + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + _crlf(quopri.encodestring(content.encode()))
        for kind, content in (("plain", text), ("html", html))
    )
    return 'multipart/alternative; boundary="=_bench"', parts + b"\r\n--=_bench--\r\n"


def _html(rng: random.Random, size: int, claim: str, *, styled: bool) -> str:
    style = ' style="font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#333333;"'
    cells = "".join(
        f'<tr><td{style if styled else ""}><img src="https://img.example/{rng.random()}.png" alt="photo">'
        f'<a href="https://club.example/{rng.random()}">{_sentence(rng)}</a> {_sentence(rng)}</td></tr>\n'
        for _ in range(size // 130)
    )
    css = "<style>.hide{display:none} @media screen{.col{width:100%}}</style>" if styled else ""
    return f"<html><head>{css}</head><body><table>{cells}</table><p>{claim}</p></body></html>"


def _text(rng: random.Random, size: int) -> str:
    text = ""
    while len(text) < size:
        text += _sentence(rng) + (".\n\n" if rng.random() < 0.2 else ". ")
    return text


def _sentence(rng: random.Random) -> str:
    """One of the sentences, with a name, so that no two mails are the same."""
    return f"{rng.choice(_SENTENCES)} ({rng.choice(_NAMES)} {rng.randint(1, 999)})"


def _crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _signed(raw: bytes, private: bytes) -> bytes:
    fields = [b"from", b"to", b"subject", b"date", b"mime-version", b"content-type"]
    signature = dkim.sign(
        raw,
        _SELECTOR,
        _DOMAIN,
        private,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=fields,
    )
    return bytes(signature) + raw


def _key() -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, base64.b64encode(public).decode()


if __name__ == "__main__":
    main()
