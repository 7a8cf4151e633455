"""Which mails stand in these files and directories?"""

import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.cli.mails import Place, Unreadable, _slices, find_mails
from tests.cli.command import FRAUD, ORDINARY


def names(*paths: Path) -> list[str]:
    return [place.name for place in find_mails(map(str, paths))]


def contents(*paths: Path) -> list[bytes]:
    return [place.read() for place in find_mails(map(str, paths)) if isinstance(place, Place)]


def test_a_directory_is_read_to_its_depth_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.eml", "b/1", "a.eml", "c/d/e.eml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(ORDINARY)

    expected = [str(tmp_path / name) for name in ("a.eml", "b/1", "b/2.eml", "c/d/e.eml")]
    assert expected == names(tmp_path)


def test_what_stands_beside_mails_is_no_mail_unless_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text("why = 'x'")
    (tmp_path / ".hidden.eml").write_bytes(ORDINARY)
    (tmp_path / "message.eml").write_bytes(ORDINARY)

    assert [str(tmp_path / "message.eml")] == names(tmp_path)
    assert [str(tmp_path / "case.toml")] == names(tmp_path / "case.toml")


def test_a_link_to_a_directory_above_does_not_go_round_for_ever(tmp_path: Path) -> None:
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "message.eml").write_bytes(ORDINARY)

    assert [str(tmp_path / "message.eml")] == names(tmp_path)


def test_a_maildir_gives_new_and_cur_and_its_folders_and_not_tmp(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(ORDINARY)
    box.add_folder("Sent").add(FRAUD)
    (tmp_path / "box" / "tmp" / "half").write_bytes(b"From: half")
    (tmp_path / "box" / "cur" / "1700000000.1.host:2,S").write_bytes(ORDINARY)
    (tmp_path / "box" / "dovecot-uidlist").write_text("3 V1 N2")

    assert [FRAUD, ORDINARY, ORDINARY] == contents(tmp_path)


def test_an_mbox_is_taken_apart_and_its_quoted_from_lines_are_restored(tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    path.write_bytes(
        b"From a@b.example Tue Feb  3 10:00:00 2026\nSubject: 1\n\n>From here\n>>From there\n"
        b"From this line on\n\n"
        b"From c@d.example Tue Feb  3 10:00:01 2026\nSubject: 2\n\nbody\n\nFrom nowhere special\n\n"
    )

    assert [f"{path}#1", f"{path}#2"] == names(path)
    assert [
        b"Subject: 1\r\n\r\nFrom here\r\n>From there\r\nFrom this line on\r\n",
        b"Subject: 2\r\n\r\nbody\r\n\r\nFrom nowhere special\r\n",
    ] == contents(path)


def test_an_mbox_written_by_python_comes_back_as_it_was(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for raw in (FRAUD, ORDINARY):
        box.add(raw.replace(b"\r\n", b"\n"))
    box.close()

    assert [FRAUD, ORDINARY] == contents(tmp_path / "box")


def test_a_mail_called_eml_is_one_mail_even_with_a_from_line(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(b"From a@b.example Tue Feb  3 10:00:00 2026\n" + ORDINARY)

    assert [str(path)] == names(path)


def test_a_file_with_lf_only_is_read_as_smtp_carries_it(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(FRAUD.replace(b"\r\n", b"\n"))

    assert [FRAUD] == contents(path)


def test_bytes_with_crlf_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(b"Subject: a\r\nX: lone\nY: cr\r\r\n\r\n\xff\0")

    assert [b"Subject: a\r\nX: lone\nY: cr\r\r\n\r\n\xff\0"] == contents(path)


@pytest.mark.parametrize("path", ["/no/such/file", "/dev/null/x", "/dev/null", "a\0b"])
def test_what_cannot_be_looked_at_is_a_sentence(path: str) -> None:
    (found,) = find_mails([path])

    assert isinstance(found, Unreadable)
    assert found.why


def test_an_empty_file_is_an_empty_mail(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert [b""] == contents(tmp_path)


@given(st.lists(st.sampled_from([b"From a@b Tue Feb  3 10:00:00 2026\n", b"\n", b"x\n", b"From x\n", b"y"])))
def test_slices_never_overlap_and_stay_inside(lines: list[bytes]) -> None:
    content = b"".join(lines)
    end = 0
    for start, length in _slices(content.splitlines(keepends=True)):
        assert end <= start <= start + length <= len(content)
        end = start + length
