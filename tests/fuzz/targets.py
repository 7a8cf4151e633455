"""What must hold whatever a sender writes? One function for each reader of his bytes.

Each takes any bytes, calls one reader, and asserts what its caller relies on: nothing raises, what comes out
is bounded, no NUL and no half of a surrogate pair comes out. The time of each is limited by `watched`.
The tests of this folder drive them with hypothesis, `make fuzz` with atheris.
"""
# ruff: noqa: E501  tables, as many words a line as fit

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from milter.action.fields import FieldEdits, apply, finding_fields, forged, tag_subject
from milter.ask.find import find_asks
from milter.ask.hosts import carried, follow
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.ask.numbers import find_numbers
from milter.brand.brand import Brand
from milter.brand.load import load_brands
from milter.campaign.sketch import KEPT, packed, unpacked
from milter.campaign.traits import hosts_of, nearest, traits_of
from milter.claim.claim import Claim
from milter.claim.read import ClaimReader, read_claim
from milter.claim.words import load_claim_words
from milter.claim.writing.tongue import is_foreign, is_of_another_script
from milter.config.language import LANGUAGES
from milter.config.load import load, shipped
from milter.errors import PeerError, Reply
from milter.intake import milter_wire as wire
from milter.intake.client import Client, Identity, plain_address
from milter.intake.commands import Refuse, read_command, read_mail, read_rcpt
from milter.intake.milter_mail import Limits, MailInParts
from milter.intake.milter_replies import frame
from milter.intake.milter_session import MilterSession
from milter.intake.reception import Reception
from milter.judge import Judge
from milter.look.far import build_lookout
from milter.mail.address import read_addresses
from milter.mail.coding.charset import decode_text
from milter.mail.coding.encoded_word import decode_words, parameters
from milter.mail.coding.transfer import decode_base64, decode_quoted_printable, decode_uu
from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.page.html import read_html, read_page
from milter.mail.read import read
from milter.mail.reading import Form, Link, LinkKind, Mailbox, Reading
from milter.mail.structure.attached import numbers_of, read_calendar
from milter.mail.structure.cms import is_entity, unwrap
from milter.mail.structure.mime import walk
from milter.mail.style.color import read_color
from milter.mail.style.css import read_style
from milter.mail.style.stylesheet import read_sheet
from milter.mail.sweep import looks_like_markup, sweep
from milter.mail.target import shown_hosts
from milter.mail.text.bidi import displayed_order
from milter.mail.text.disguise import letters
from milter.mail.text.folding import fold, phrase, words
from milter.mail.text.letters import plain
from milter.mail.text.quoting import has_quote_head, split_quoted
from milter.mail.text.spaced_letters import join_spaced
from milter.mail.urls import links_in_text
from milter.proof import authres
from milter.proof.arc import Chain, read_chain, verify_chain
from milter.proof.dkim import SignedMail, canonical_body, read_signatures, verify
from milter.proof.dmarc import read_record
from milter.proof.proof import Proof
from milter.proof.signature import read_key
from milter.proof.statement import read_statement, trusted_statements
from milter.verdict.reason import reason
from tests.fuzz.file_targets import FILE_TARGETS
from tests.fuzz.watch import fit

_CONFIG = Path(__file__).resolve().parents[2] / "config"
# Before the content of a signed message, and before that of a compressed one.
_SIGNED_IN_PIECES = bytes.fromhex(
    "308006092a864886f70d010702a08030800201013100308006092a864886f70d010701a0802480"
)
_COMPRESSED = bytes.fromhex(
    "3080060b2a864886f70d0109100109a08030800201003000308006092a864886f70d010701a0802480"
)
_CHARSETS = (
    "utf-8",
    "utf-7",
    "utf-16",
    "utf-32",
    "cp037",
    "ibm01147",
    "hz",
    "iso-2022-jp",
    "iso-2022-kr",
    "gb18030",
    "koi8-r",
    "x",
    "idna",
)

_CONTROLS = {*map(chr, range(32)), "\x7f"} - {*"\t\r\n\f"}

Target = Callable[[bytes], None]


@cache
def _brand() -> Brand:
    return load_brands(_CONFIG / "brands")[0]


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(_CONFIG / "asks")


@cache
def _readers() -> tuple[ClaimReader, ...]:
    common = load_claim_words(_CONFIG / "claim.toml")
    return tuple(ClaimReader(brand, common) for brand in load_brands(_CONFIG / "brands"))


@cache
def _judge() -> Judge:
    async def prove(*_: object) -> Proof:
        return Proof(None, (), frozenset())

    # OCR is another program's, and a second each time.
    config = load(shipped(), to_serve=False).judge.model_copy(update={"vision": "off"})
    return Judge(build_lookout(config), prove)


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


def _text(data: bytes) -> str:
    return decode_text(data)[0]


def _header(data: bytes) -> None:
    message = Message(data)
    assert message.body_start + len(message.body) == len(data)
    end = 0
    for field in message.fields:
        assert end <= field.start < field.end <= message.body_start
        assert field.raw == data[field.start : field.end]
        assert field.key.isascii()
        end = field.end


def _addresses(data: bytes) -> None:
    found = read_addresses(Message(b"From: " + data + b"\r\nReply-To: " + data[::-1]))
    assert len(found.authors) <= 1000
    for box in (*found.authors, *found.reply_to):
        fit(box.display_name + box.address)
        _ = box.domain, box.local_part


def _structure(data: bytes) -> None:
    structure = walk(Message(data))
    assert len(structure.parts) <= 1000
    for part in structure.parts[:50]:
        fit(part.name)
        assert len(part.decoded()) <= len(part.raw) * 2 + 1
        assert part.size >= 0


def _parts(data: bytes) -> None:
    _structure(
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + data.replace(b"\xff", b"\r\n--B\r\n")
    )


def _reading(data: bytes) -> None:
    reading = read(Message(data))
    for text in (reading.text, reading.quoted, reading.hidden, reading.attached):
        fit(text)
        assert "\0" not in text
    assert len(reading.links) <= 1000
    assert len(reading.attachments) <= 200
    _ = reading.author, [link.host for link in reading.links]


def _transfer(data: bytes) -> None:
    assert len(decode_base64(data)[0]) <= len(data)
    assert len(decode_quoted_printable(data)) <= len(data)
    assert sum(len(content) for _, content in decode_uu(data)) <= len(data)
    assert sum(map(len, sweep(data))) <= 64 * len(data) + 64
    looks_like_markup(data)


def _cms(data: bytes) -> None:
    for content in (data, _SIGNED_IN_PIECES + data, _COMPRESSED + data):
        found = unwrap(content, 65536)
        assert found is None or len(found[0]) <= 65536
    is_entity(data)


def _charset(data: bytes) -> None:
    for name in (_CHARSETS[data[0] % len(_CHARSETS)] if data else "", data[:40].decode("latin-1")):
        text, _odd = decode_text(data, name)
        fit(text, 2 * len(data) + 2)
        assert not _CONTROLS & set(text)
    for name in ("utf-7", "utf-16", "utf-32", "cp037", "cp500"):
        spelt = data.decode("latin-1").encode(name)
        assert not _CONTROLS & set(decode_text(spelt, name)[0])


def _encoded_words(data: bytes) -> None:
    spelt = data.decode("latin-1").encode("utf-7")
    for value in (
        data,
        b"=?utf-8?Q?" + data + b"?=",
        b"=?utf-7?Q?" + spelt + b"?=",
        b"=?" + data.replace(b" ", b"?="),
    ):
        text = decode_words(value)
        fit(text)
        assert not (_CONTROLS | {"\r", "\n"}) & set(text)


def _parameters(data: bytes) -> None:
    for value in parameters(b"text/plain; " + data).values():
        fit(value.text)


def _html(data: bytes) -> None:
    found = read_html(_text(data))
    for text in (found.text, found.quoted, found.hidden, found.title):
        fit(text, 8 * len(data) + 1000)


def _page(data: bytes) -> None:
    # As a page, and as a script of one.
    for source in (_text(data), f"<script>{_text(data)}</script>"):
        found = read_page(source)
        for text in (found.text, found.hidden, found.title, *(link.target for link in found.links)):
            fit(text, 40 * len(data) + 4000)


def _css(data: bytes) -> None:
    text = _text(data)
    read_style(text)
    read_color(text)
    assert len(read_sheet(text).rules) <= 2200


def _urls(data: bytes) -> None:
    text = _text(data)
    for link in (*links_in_text(text), text):
        follow(link, _lexicon().links.wrappers)
        carried(link)
        _ = Link(link, "", LinkKind.ANCHOR).host
    shown_hosts(text)
    Domain.parse(text)


def _quoting(data: bytes) -> None:
    text = _text(data)
    own, quoted = split_quoted(text)
    assert len(own) + len(quoted) <= len(text) + 2
    has_quote_head(text)


def _looks(data: bytes) -> None:
    text = _text(data)
    fit(displayed_order(text), len(text))
    fit(mask(text), len(text))
    folded = fold(text)
    words(folded)
    for one in (phrase(text), letters(text), join_spaced(folded), read_calendar(text)):
        fit(one, 20 * len(text) + 20)
    assert len(numbers_of(text)) <= 20


def _made(data: bytes) -> Reading:
    """A reading with these words everywhere."""
    text = _text(data)
    half = text[: len(text) // 2]
    box = Mailbox(text[:200], text[-100:].strip().lower())
    return Reading(
        subject=half[:500], authors=(box,), reply_to=(box,), text=f"{text}\ncarte Vitale", quoted=half, hidden=half,
        attached=half, title=half[:100], image_names=(half[:50],), forms=(Form(half[:100], text[:500]),),
        links=tuple(Link(text[-300:], half[:100], kind) for kind in LinkKind),
    )  # fmt: skip


def _claims(data: bytes) -> None:
    claim = read_claim(_made(data), _readers())
    assert claim is None or isinstance(claim, Claim)


def _asks(data: bytes) -> None:
    for ask in find_asks(_made(data), _lexicon(), _brand(), include_quoted=True):
        fit(ask.quote, 1000)
    find_numbers(_text(data), _lexicon().tariffs)


def _foreign(data: bytes) -> None:
    """What is read of letters in languages that nobody told."""
    text = _text(data)
    fit(plain(text), 20 * len(text) + 20)
    assert is_of_another_script(text) in (True, False)
    assert is_foreign(text) in (True, False)
    for _, line in _lexicon().stems.named_in(text):
        assert line in text
    said = f"Здравствуйте, вашу карту Vitale надо обновить, номер карты банка\n{text[:200]}\nСлужба CPAM"
    claim = read_claim(replace(_made(data), text=said, quoted="", links=()), _readers())
    assert claim is None or isinstance(claim, Claim)


def _signatures(data: bytes) -> None:
    message = Message(b"DKIM-Signature: v=1; a=rsa-sha256; d=ameli.fr; " + data)
    found = read_signatures(message, Domain.parse("ameli.fr"))
    assert len(found) <= 6
    verify(SignedMail(message), found, {})
    read_key(data)
    read_record("ameli.fr", [data])
    for relaxed in (False, True):
        assert len(canonical_body(data, relaxed=relaxed)) <= len(data) * 2 + 2


def _sealed(data: bytes) -> None:
    message = Message(data)
    chain = read_chain(message)
    if isinstance(chain, Chain):
        verify_chain(chain, SignedMail(message), {})
    for statement in (read_statement(data), *trusted_statements(message, frozenset({"gw.test"}))):
        assert statement is None or statement.authserv_id


def _fields(data: bytes) -> None:
    message = Message(data)
    authres.is_forged(data, "gw.test")
    removed = forged(message, "gw.test")
    edits = FieldEdits(removed=removed, added=finding_fields("suspect", _text(data)[:500]))
    kept = b"".join(apply(data, edits))
    assert len(kept) >= len(data) - sum(len(field.raw) for field in removed)
    tag_subject(message, "[?]")


def _refusal(call: Callable[[], object]) -> int:
    """The code that it is refused with; 500 where it is not."""
    try:
        call()
    except Refuse as refused:
        return refused.answer.code
    return 500


def _commands(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for call in (
        lambda: read_command(data), lambda: read_command(data + b"\r\n"), lambda: read_mail(f"FROM:{text}", esmtp=True, max_size=9),
        lambda: read_rcpt(f"TO:<{text}>", esmtp=True, smtputf8=True),
    ):  # fmt: skip
        assert _refusal(call) in range(500, 600)
    named = Identity(Client("127.0.0.1"), may_name=True)
    for name in (named.xclient, named.xforward):
        assert _refusal(partial(name, text)) in (500, 501)
        assert not named.client.address or named.client.address == plain_address(named.client.address)
    for normalize in (False, True):
        reception = Reception(1 << 20, normalize=normalize)
        if reception.feed(data + b"\r\n.\r\n") is not None:
            mail = reception.mail()
            assert isinstance(mail, Reply) or not (b"\0" in mail or mail.count(b"\n") != mail.count(b"\r\n"))


def _milter(data: bytes) -> None:
    """Each line is the code of a command and its data, in frames; then the same octets as they are."""
    frames, session = wire.FrameReader(), MilterSession()
    mail = MailInParts.begun(wire.MailFrom(data, (data,)), wire.Macros(b"M", data), Limits(1 << 16, 1 << 18))
    try:
        for line in data.split(b"\r\n"):
            frames.feed(frame(line[:1], line[1:]))
            while (command := frames.next_command()) is not None:
                session.receive(command)
                if isinstance(command, wire.HeaderField):
                    mail.add_field(command)
        frames.feed(data)
        frames.next_command()
    except PeerError:
        pass
    mail.add_field(wire.HeaderField(b"Subject", data))
    mail.end_header()
    taken = mail.take()
    assert isinstance(taken, Reply) or len(taken) <= 2 * len(data) + 100


def _verdict(data: bytes) -> None:
    verdict = _runner().run(
        _judge().judge(Message(data), Envelope("192.0.2.1", "x.example", _text(data[:50]), ()))
    )
    for language in LANGUAGES:
        fit(reason(verdict, language), 5000)


def _copies(data: bytes) -> None:
    traits = traits_of(data, (_text(data[:100]),))
    assert len(traits.sketch) <= KEPT
    assert len(traits.links) <= 40
    for link in traits.links:
        fit(link, 200)
    assert len(hosts_of(traits.links)) <= len(traits.links)
    assert unpacked(packed(traits.sketch)) == traits.sketch
    assert nearest(traits.sketch, [(1, traits.sketch)]) == 1


TARGETS: dict[str, Target] = {
    **FILE_TARGETS,
    **{
    function.__name__.lstrip("_"): function
    for function in (
        _header, _addresses, _structure, _parts, _reading, _transfer, _cms, _charset, _encoded_words, _parameters, _html, _page, _css,
        _urls, _quoting, _looks, _claims, _asks, _foreign, _signatures, _sealed, _fields,
        _commands, _milter, _verdict, _copies,
    )
    },
}  # fmt: skip
