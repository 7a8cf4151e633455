"""What is remembered of a sentence is the same as what is read in it."""

from milter.ask.parser import Parser
from milter.brand.promise import AskKind
from tests.ask.shipped import lexicon

ALL = frozenset(AskKind)
RIB = "Veuillez nous envoyer votre RIB."
SEND_IT = "Transmettez-le vite."


def _parser() -> Parser:
    return Parser(lexicon().languages, lexicon().spellings)


def test_a_sentence_that_is_read_again_asks_for_the_same() -> None:
    parser = _parser()
    first = parser.read(RIB, ALL, follows=False)
    assert AskKind.BANK_DETAILS in first["fr"].kinds
    assert parser.read(RIB, ALL, follows=False) is first


def test_a_thing_that_was_not_wanted_is_named_when_it_is() -> None:
    parser = _parser()
    assert not parser.read(RIB, frozenset({AskKind.NIR}), follows=False)["fr"].named
    assert parser.read(RIB, ALL, follows=False)["fr"].named


def test_a_sentence_takes_up_what_stood_before_it_wherever_else_it_was_said() -> None:
    parser = _parser()
    wanted = frozenset({AskKind.NIR})
    assert not parser.read(SEND_IT, wanted, follows=False)["fr"].pending
    assert parser.read(SEND_IT, wanted, follows=True)["fr"].pending


def test_a_sentence_over_the_limit_is_read_and_not_kept() -> None:
    parser = _parser()
    long = f"{RIB} {'mot ' * 250}"
    first = parser.read(long, ALL, follows=False)
    assert AskKind.BANK_DETAILS in first["fr"].kinds
    again = parser.read(long, ALL, follows=False)
    assert again is not first
    assert again == first
