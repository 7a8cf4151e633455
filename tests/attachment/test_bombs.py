"""D11 to D20: each is opened by a real child within its limits, or it is the child that dies of it."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from milter.child.limits import address_space, no_more_than
from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.child.process import End
from milter.config.load import load, shipped
from milter.look.far import Means, build_lookout
from milter.look.looker import build_looker
from milter.mail.message import Message
from tests.attachment.bombs import BOMBS
from tests.attachment.made import mail
from tests.cli.command import reports, run
from tests.vectors.exhaustion import pdf_drawing

# What must be noted, for those that say too much; the others are read in full, or hold nothing to read.
NOTED = {
    "D11 zip of zeros": {"ratio"},
    "D12 zip in zip": {"files"},
    "D13 overlapping entries": {"ratio"},
    "D14 nothing but names": {"files"},
    "D14 two directories": {"files"},
    "D16 pdf flate": {"size"},
    "D17 pdf kids cycle": {"pdf"},
    "D17 pdf many pages": {"pages"},
    "D18 docx billion laughs": {"xml"},
    "D18 docx outside entity": {"xml"},
    "D18 docx deep elements": {"ratio"},
    "D19 png 2,500 megapixels": {"size"},
    "D20 gzip of zeros": {"ratio"},
    "D20 zstd": {"archive"},
    "D20 brotli": {"archive"},
    "D20 html in gzip": {"ratio"},
}
# What a page takes too much memory for: the library ends the child.
FATAL = {"D16 pdf flate of flate"}
# More than a loaded machine needs; the limit of the product is 5 s.
ENOUGH = 120.0


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    origin = Origin(Means(build_looker(load(shipped(), to_serve=False).judge), has_vision=False))
    pool = Pool("milter.look.inside:begin", origin, children=1)
    yield pool
    pool.close()
    origin.close()


@pytest.mark.parametrize("name", sorted(BOMBS.keys() - FATAL))
def test_a_bomb_is_bounded_and_noted(name: str, pool: Pool) -> None:
    make, file_name = BOMBS[name]
    raw = mail(
        "Assurance Maladie <a@b.example>", "x", "Voir.\n", (file_name, "application/octet-stream", make())
    )
    outcome = asyncio.run(pool.ask(raw, ENOUGH, {"large": False}))

    assert End.DONE == outcome.end, outcome.why
    assert NOTED.get(name, set()) <= set(outcome.value["unreadable"])


def test_what_a_file_holds_of_the_machine_does_not_come_out(pool: Pool) -> None:
    make, file_name = BOMBS["D18 docx outside entity"]
    raw = mail(
        "Assurance Maladie <a@b.example>", "x", "Voir.\n", (file_name, "application/octet-stream", make())
    )
    outcome = asyncio.run(pool.ask(raw, ENOUGH, {"large": False}))

    assert "root:" not in str(outcome.value)


def test_a_bomb_that_the_child_does_not_survive_is_evidence() -> None:
    config = load(shipped(), to_serve=False).judge
    lookout = build_lookout(config, seconds=0.01)
    raw = mail(
        "Assurance Maladie <a@b.example>",
        "x",
        "Voir.\n",
        ("a.zip", "application/zip", BOMBS["D12 zip in zip"][0]()),
    )
    sight = asyncio.run(lookout.look(Message(raw)))
    lookout.close()

    assert sight.claim is not None
    assert "time" in sight.unreadable


@pytest.mark.parametrize(
    "make",
    [
        *(BOMBS[name][0] for name in FATAL),
        # A page that takes much more memory than its octets.
        lambda: pdf_drawing(b"BT /F1 9 Tf (carte) Tj ET ", 600_000),
    ],
)
def test_what_takes_too_much_memory_is_not_read_to_its_end(make: Callable[[], bytes]) -> None:
    raw = mail("Assurance Maladie <a@b.example>", "x", "Voir.\n", ("a.pdf", "application/pdf", make()))
    # By a command of its own: a child of this process begins with all that earlier tests have let go of, and
    # needs no more of the machine for the page.
    (verdict,) = reports(run("judge", "--json", "-", standard_input=raw).stdout)

    # A machine under load ends it for its time.
    assert verdict["unreadable"] in (["died"], ["time"])


def test_the_limit_of_memory_ends_with_what_it_is_for() -> None:
    with pytest.raises(MemoryError), no_more_than(address_space() + 2**20):
        bytearray(2**26)
    bytearray(2**26)
