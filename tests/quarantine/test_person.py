"""What is kept of a person is found and forgotten, and nothing of anybody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from milter.precedent.rule import Seen
from milter.precedent.rules import Rules
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.person import erase, known
from milter.quarantine.release import release
from milter.quarantine.store import Store
from milter.quarantine.told import Telling, ToldMails
from milter.trace.find import Sought, Traces
from milter.trace.writer import write_rows
from tests.cli.command import reports, run
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, hop, mail
from tests.trace.rows import row

WHO = "Jeanne.O'Neil+a_b%c@town-hall.example"
LIKE = "jeanne.o'neil+axbyc@town-hall.example"


def to(*paths: str, sender: str = "a@b.example") -> object:
    return replace(MAIL.envelope, forward_paths=paths, reverse_path=sender)


@pytest.mark.threat("P5")
async def test_a_person_is_found_and_forgotten_and_nobody_else(store: Store, place: Place) -> None:
    marker = bytes(range(256))
    mails = [
        mail(envelope=to(WHO.lower(), "c@d.example"), raw=marker),
        mail(envelope=to("c@d.example", sender=WHO.upper())),
        mail(author_address=WHO),
        mail(envelope=to(LIKE)),
        mail(envelope=to(f"x{WHO}")),
        mail(envelope=to(WHO), subject="just being released"),
    ]
    ids = [await store.hold(one) for one in mails]
    await store.begin_release(ids[5], "token")
    rows = [row(recipients=(WHO,)), row(reverse_path=WHO.lower()), row(recipients=(LIKE,)), row()]
    await store.transactions.write(partial(write_rows, rows))

    found = await known(store.transactions, WHO.swapcase())
    assert [ids[0], ids[1], ids[2], ids[5]] == [one.id for one in found.held]
    assert 2 == len(found.traced)

    gone = await erase(store.transactions, WHO, "ada")
    assert [ids[0], ids[1], ids[2]] == [one.id for one in gone.held]
    left = await known(store.transactions, WHO)
    assert ([ids[5]], ()) == ([one.id for one in left.held], left.traced)
    assert MAIL.raw == await store.raw(ids[3])
    assert State.RELEASING == left.held[0].state
    assert 2 == len(await Traces(store.transactions).find(Sought(), 10))
    if isinstance(place, Path):
        assert not any(marker in file.read_bytes() for file in place.parent.iterdir())
    [line] = await Journal(store.transactions).newest()
    assert ("ada", Deed.ERASED, "mails 3, trace 2, rules 0, copies 0, requests 0") == (
        line.who,
        line.deed,
        line.detail,
    )


@pytest.mark.threat("P5")
async def test_where_staff_wrote_an_address_it_is_found_and_forgotten_too(
    store: Store, tmp_path: Path
) -> None:
    partner = "Partner@Firm.Example"
    rules = Rules(store.transactions)
    seen = Seen(partner.lower(), frozenset({"firm.example"}), "b", "voice", frozenset(), frozenset())
    until = datetime.now(UTC) + timedelta(days=1)
    for one in (seen, replace(seen, address=f"x{partner.lower()}")):
        await rules.add(one, 1, reason="partner", owner="ada", until=until)
    copied = await store.hold(MAIL)
    for path in (partner, "ada@town-hall.example"):
        await release(store, hop(f"maildir:{tmp_path}/next"), copied, (path,), rest_waits=True)
        await Journal(store.transactions).note("ada", Deed.SENT, copied, f"to {path}: 250")
    emptied = await store.hold(mail(envelope=to(partner)))
    told = Telling(emptied, partner, "", until)
    await ToldMails(store.transactions).claim("daily", partner, [told], datetime.now(UTC))
    await store.delete(emptied)

    found = await known(store.transactions, partner.lower())
    assert ([1], [copied], 1) == ([*found.rules], [one.id for one in found.copies], found.noted)
    assert ((), ((1,), ())) == (found.held, found.asked)

    await erase(store.transactions, partner, "ada")
    left = await known(store.transactions, partner)
    assert ((), (), ((), ()), 1) == (left.rules, left.copies, left.asked, left.noted)
    kept = await store.get(copied)
    assert kept is not None
    assert ("ada@town-hall.example",) == kept.delivered
    assert MAIL.raw == await store.raw(copied)
    assert [2] == [rule.id for rule in await rules.all()]
    [line, *_] = await Journal(store.transactions).newest()
    assert "mails 0, trace 0, rules 1, copies 1, requests 1" == line.detail


@pytest.mark.threat("P5")
@pytest.mark.parametrize("address", ["", "@", "%", "é@d.example", '"', "\\", "\ud800", "x" * 10_000])
async def test_no_address_finds_what_is_not_its_own(store: Store, address: str) -> None:
    await store.hold(MAIL)
    found = await known(store.transactions, address)
    assert ((), ()) == (found.held, found.traced)


@pytest.mark.threat("P5")
async def test_the_command_shows_first_and_erases_when_told(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    await store.hold(MAIL)
    await store.close()
    config = tmp_path / "vigimel.toml"
    config.write_text('[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n')
    command = ("quarantine", "person", "C@d.example", "--config", config)
    shown, erased, again = run(*command), run(*command, "--erase", "--json"), run(*command)
    assert "1 mail(s) of the quarantine and 0 row(s)" in shown.stdout
    assert "held" in shown.stdout
    [told] = reports(erased.stdout)
    assert (True, [1]) == (told["erased"], [one["id"] for one in told["held"]])
    assert (0, 0, 1) == (shown.returncode, erased.returncode, again.returncode)

    journal = run("audit", "show", "--json", "--config", config).stdout
    noted = [(line["deed"], line["detail"]) for line in reports(journal)]
    counts = "trace 0, rules 0, copies 0, requests 0"
    assert [
        ("looked up an address", f"mails 1, {counts}"),
        ("erased what names an address", f"mails 1, {counts}"),
        ("looked up an address", f"mails 0, {counts}"),
    ] == noted
    assert "C@d.example" not in journal
