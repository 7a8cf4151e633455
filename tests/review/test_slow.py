"""Whoever sends slowly keeps nobody else waiting: the page does not wait for ever (W27)."""

import asyncio
import socket
from pathlib import Path

import pytest

from milter.config import ReviewConfig
from milter.review import guard, server
from milter.review.app import build_app
from milter.review.review import Review
from tests.quarantine.conftest import Place

pytestmark = pytest.mark.threat("W27")
HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


async def test_a_request_whose_head_does_not_come_is_given_up(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with server.served(build_app(review), [listener], ReviewConfig()):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert await reader.readuntil(b"</html>")
            monkeypatch.setattr(server, "_SECONDS", 0.2)
            # Half of the head of a second request.
            writer.write(HEAD)
            assert b"" == (await asyncio.wait_for(reader.read(), 60)).strip()
            writer.close()
            for first in (b"", HEAD):
                reader, writer = await asyncio.open_connection(*listener.getsockname())
                writer.write(first)
                assert b"" == await asyncio.wait_for(reader.read(), 60)
                writer.close()


async def test_a_form_that_does_not_come_is_given_up(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with server.served(build_app(review), [listener], ReviewConfig()):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(HEAD + b"Content-Length: 99\r\n")
            writer.write(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=")
            answer = await asyncio.wait_for(reader.read(), 60)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"frame-ancestors" in answer
            writer.close()
