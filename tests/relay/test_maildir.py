import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.mail.envelope import Path as SmtpPath
from milter.relay.maildir import MaildirNextHop
from milter.relay.next_hop import Session
from tests.small_disk import small_disk

MAIL = b"Subject: \xe9\r\n\r\n.\r\nbare\n\r\0\r\n"


async def deliver(path: Path, *chunks: bytes, to: tuple[str, ...] = ("c@d.example",)) -> Reply:
    session: Session = await MaildirNextHop(path).open(None)
    await session.mail("a@b.example", ["SIZE=10", "BODY=8BITMIME"])
    for forward_path in to:
        assert (await session.rcpt(forward_path)).is_success
    reply = await session.data(chunks)
    await session.close()
    return reply


def files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()]


async def test_a_mail_lies_in_new_with_its_envelope_on_top(tmp_path: Path) -> None:
    reply = await deliver(tmp_path / "box", MAIL[:5], MAIL[5:], to=("c@d.example", "é@d.example"))
    assert reply.is_success
    (file,) = files(tmp_path)
    assert tmp_path / "box" / "new" == file.parent
    head = "Return-Path: <a@b.example>\r\nDelivered-To: c@d.example\r\nDelivered-To: é@d.example\r\n"
    assert head.encode() + MAIL == file.read_bytes()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert 0o700 == stat.S_IMODE(file.parent.stat().st_mode)


async def test_two_mails_of_one_session_are_two_files(tmp_path: Path) -> None:
    session = await MaildirNextHop(tmp_path).open(None)
    for reverse_path in ("a@b.example", ""):
        await session.mail(reverse_path)
        await session.rcpt("c@d.example")
        await session.data([MAIL])
    tops = sorted(file.read_bytes().splitlines()[0] for file in files(tmp_path))
    assert [b"Return-Path: <>", b"Return-Path: <a@b.example>"] == tops


async def test_a_session_begins_with_its_answers_to_mail_and_rcpt(tmp_path: Path) -> None:
    client = Envelope("192.0.2.1", "client.example", "a@b.example", ())
    begun = MaildirNextHop(tmp_path).begin(client, SmtpPath("a@b.example"), SmtpPath("c@d.example"))
    session, *replies = await begun

    assert [250, 250] == [reply and reply.code for reply in replies]
    assert (await session.data([MAIL])).is_success
    assert 1 == len(files(tmp_path))


async def test_names_are_unique(tmp_path: Path) -> None:
    await asyncio.gather(*(deliver(tmp_path, MAIL) for _ in range(50)))
    assert 50 == len(files(tmp_path / "new"))
    assert [] == files(tmp_path / "tmp")


@pytest.mark.parametrize("path", ["a\r\nX: y@b", "a b@c", "<a@b>", "a\0@b"])
async def test_a_hostile_path_never_reaches_the_header(tmp_path: Path, path: str) -> None:
    session = await MaildirNextHop(tmp_path).open(None)
    assert 553 == (await session.mail(path)).code
    assert 553 == (await session.rcpt(path)).code
    assert 501 == (await session.mail("", ["a b"])).code
    assert 501 == (await session.rcpt("a@b.example", ["a b"])).code


@pytest.fixture
def full_soon(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB."""
    with small_disk(tmp_path, "256k") as path:
        yield path


async def test_a_full_disk_means_try_later_and_leaves_nothing_behind(full_soon: Path) -> None:
    assert (await deliver(full_soon, MAIL)).is_success
    with pytest.raises(TryLater, match="No space left"):
        await deliver(full_soon, b"a" * 300_000)
    assert 1 == len(files(full_soon))
    assert (await deliver(full_soon, MAIL)).is_success


async def test_a_directory_that_cannot_be_made_means_try_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TryLater, match="file"):
        await MaildirNextHop(tmp_path / "file" / "box").open(None)


async def test_a_directory_that_went_away_means_try_later(tmp_path: Path) -> None:
    session = await MaildirNextHop(tmp_path).open(None)
    (tmp_path / "new").rmdir()
    await session.mail("")
    await session.rcpt("c@d.example")
    with pytest.raises(TryLater):
        await session.data([MAIL])
    assert [] == files(tmp_path)
