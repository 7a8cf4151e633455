"""Connections counted in memory that processes share."""

from hypothesis import given, settings
from hypothesis import strategies as st

from milter.intake.board import ROWS, Board

ADDRESSES = st.one_of(st.ip_addresses().map(str), st.text(max_size=40))


def test_a_client_is_counted_in_all_processes_together() -> None:
    board = Board()
    one, other = board.row(0), board.row(1)
    one.enter("192.0.2.1")
    place = other.enter("192.0.2.1")

    assert (2, 2) == (place.of_client, one.total)


def test_no_process_is_overlooked_whatever_its_number() -> None:
    board = Board()
    board.row(0).enter("192.0.2.1")
    last = board.row(ROWS - 1)

    assert (2, 1) == (last.enter("192.0.2.1").of_client, board.column(0)[0])
    assert 2 == board.row(0).total


def test_a_place_is_given_back_once() -> None:
    row = Board().row(3)
    place, _ = row.enter("192.0.2.1"), row.enter("192.0.2.1")
    place.leave()
    place.leave()

    assert 1 == row.total


def test_the_addresses_of_an_ipv6_network_are_one_client() -> None:
    board = Board()
    row = board.row(0)
    row.enter("2001:db8::1")

    assert 2 == row.enter("2001:db8::ffff:1").of_client
    assert board.cell("2001:db8::1") == board.cell("2001:db8::2")


def test_what_a_dead_process_has_counted_is_wiped_and_nothing_else() -> None:
    board = Board()
    board.row(0).enter("192.0.2.1")
    board.row(1).enter("192.0.2.1")
    board.wipe(0)

    assert 1 == board.row(2).total


def test_only_who_accepts_and_has_fewer_goes_first() -> None:
    board = Board()
    one, other = board.row(0), board.row(1)
    one.begin()
    one.enter("192.0.2.1")
    assert not one.is_ahead

    other.begin()
    assert one.is_ahead
    assert not other.is_ahead

    other.end()
    assert not one.is_ahead


@settings(deadline=None)
@given(clients=st.lists(ADDRESSES, max_size=30))
def test_whatever_an_address_looks_like_all_comes_back_to_nothing(clients: list[str]) -> None:
    row = Board().row(0)
    places = [row.enter(client) for client in clients]
    assert len(clients) == row.total
    for place in places:
        place.leave()

    assert {0} == {row.total, *(place.of_client for place in places)}
