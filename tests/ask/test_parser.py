"""What is remembered of a sentence is the same as what is read in it."""

from milter.ask.canonical import canonical, joined
from milter.ask.grammar import asked
from milter.ask.parser import Parser
from milter.brand.promise import AskKind
from milter.mail.text.folding import fold
from tests.ask.shipped import lexicon
from tests.ask.test_text import rows

ALL = frozenset(AskKind)
RIB = fold("Veuillez nous envoyer votre RIB.")
SEND_IT = fold("Transmettez-le vite.")


def _parser() -> Parser:
    return lexicon().parser


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


def test_names_and_numbers_that_the_lexicon_does_not_know_change_nothing() -> None:
    parser = _parser()
    one, other = (f"madame {name}, veuillez nous envoyer votre rib" for name in ("quincampoix 12", "xqz 7"))
    assert parser.read(one, ALL, follows=False) is parser.read(other, ALL, follows=False)


def test_what_the_lexicon_does_not_know_is_not_looked_for_in_any_sentence() -> None:
    """Every word of a phrase is known, and every small one: else it would be put aside before it is read."""
    french = next(one for one in lexicon().languages if one.code == "fr")
    for _, sentence in rows():
        read = _parser().read(joined(fold(sentence)), ALL, follows=True)["fr"]
        assert read == asked(canonical(sentence, lexicon().spellings), french)
