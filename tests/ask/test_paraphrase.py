"""What is wanted in words that no phrase of the lexicon has? By what is learnt of tests/sentences."""

from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.ask.find import find_asks
from milter.ask.lexicon import load_lexicon
from milter.ask.paraphrase import Paraphrases, passage_terms, words_said
from milter.ask.sentence import sentences
from milter.ask.text import find_demands, find_paraphrased
from milter.brand.promise import AskKind
from milter.config.load import shipped
from milter.errors import ConfigError
from milter.mail.reading import Reading
from tests.ask.shipped import brand, lexicon, reading
from tests.texts import read_texts

(READ,) = lexicon().paraphrases


def kinds(mail: Reading, *, paraphrased: bool = True) -> list[str]:
    """The kinds that the mail asks for."""
    return [ask.kind.value for ask in find_asks(mail, lexicon(), brand(), paraphrased=paraphrased)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("nir", "La colonne du NIR est vide pour vos trois salariés, il me la faut avant ce soir."),
        ("bank_details", "La case IBAN est restée vide dans votre dossier, et le virement attend."),
        ("nir", "Pour chacun des passagers transportés en août : nom, jour de la course, numéro d'assuré."),
        ("medical", "Une copie des ordonnances du mois, noms visibles, nous rendrait service."),
        ("call_back", "Je vous attends au bout du fil avant 16 h : 02 61 91 27 50."),
    ],
)
def test_what_is_wanted_is_heard_where_no_phrase_has_it(kind: str, text: str) -> None:
    assert AskKind(kind) not in {demand.kind for demand in find_demands(text, lexicon())}
    assert kind in READ.kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Votre RIB est déjà enregistré, vous n'avez aucun document à nous fournir.",
        "Les escrocs avaient demandé le numéro de sa carte bancaire à ma mère.",
        "Nous avons bien reçu votre attestation de carte Vitale, merci beaucoup.",
        "La réunion du mercredi 4 est reportée, nous avons réservé la petite salle.",
        "Ils ont changé leur IBAN l'an dernier, notre comptable l'a confirmé.",
        "Please note that the meeting has been moved to the small room upstairs.",
        "# # # # # # # #",
        "RIB, svp !",
        "",
    ],
)
def test_what_is_only_named_is_not_wanted(text: str) -> None:
    assert READ.kinds(text) == []


def test_a_thing_and_what_is_to_become_of_it_may_stand_in_two_sentences() -> None:
    text = "Le virement nous est revenu avec la mention compte clos.\n\nQuel est le nouveau ?"
    found = list(READ.find(list(sentences(text, lexicon().dangling)), frozenset(AskKind)))

    assert "bank_details" in {kind for kind, _, _ in found}
    assert any("\n" not in passage.text and passage.last > passage.first for _, passage, _ in found)


def test_numbers_and_addresses_are_alike() -> None:
    (said,) = words_said(["Écrivez à a.b@c.example ou sur www.caisse-12.example/x?y, poste 12, au 3646."])

    assert said == ["ecrivez", "a", "mail", "ou", "sur", "url", "poste", "#", "au", "#"]
    assert passage_terms(said, "Et ça ?") - passage_terms(said, "Et ça.") == {"?"}


def test_words_that_are_alike_are_so_by_their_pieces_and_a_passage_by_how_it_begins() -> None:
    (one,), (two,), (long,) = words_said(["Déposez", "Dépôt", "a" * 1000])
    pieces = passage_terms([one], "") & passage_terms([two], "")

    assert pieces == {"~<dep", "~depo"}
    assert passage_terms([long], "") == {long, f"^{long}", "~<aaa", "~aaaa", "~aaa>"}
    assert {"^sans", "^sans votre"} <= passage_terms(["sans", "votre", "rib"], "")


def test_it_is_heard_where_the_lexicon_finds_nothing_that_does_harm() -> None:
    """And never in a subject, which names what the letter is about."""
    said = "La case IBAN est restée vide dans votre dossier, et le virement attend."

    assert kinds(reading(said)) == ["bank_details"]
    assert kinds(reading(said), paraphrased=False) == []
    assert kinds(reading(f"{said}\nEnvoyez-nous votre mot de passe et votre numéro fiscal.")) == [
        "credentials",
        "fiscal_number",
        "reply",
    ]
    assert kinds(reading(subject=said)) == []
    assert kinds(reading(attached=said)) == ["bank_details"]


def test_of_a_passage_in_another_language_nothing_is_told() -> None:
    said = "La case IBAN est restée vide dans votre dossier, et le virement attend."

    assert READ.kinds(said)
    assert READ.kinds(f"{said}{' zorglub' * 20}") == []


def test_what_others_are_quoted_to_want_is_not_wanted() -> None:
    said = "La case IBAN est restée vide dans votre dossier, et le virement attend."

    assert kinds(reading(f"Voici un exemple de message frauduleux : « {said} »")) == []


def test_what_is_to_be_done_on_the_organisation_s_own_site_is_none_of_his_wishes() -> None:
    said = "La case IBAN est restée vide dans votre dossier, le virement attend : {}"

    assert "bank_details" in kinds(reading(said.format("www.caisse-iban.example")))
    assert kinds(reading(said.format("www.ameli.fr"))) == []


def test_a_call_is_one_to_a_number_that_is_not_the_organisation_s() -> None:
    said = "Je vous attends au bout du fil avant 16 h : {}."

    assert "call_back" in kinds(reading(said.format("02 61 91 27 50")))
    assert "call_back" not in kinds(reading(said.format("36 46")))


def test_what_is_learnt_is_not_needed_and_is_checked(tmp_path: Path) -> None:
    """Whoever has asks of his own from before it goes on without."""
    directory = copytree(Path(shipped()).parent / "asks", tmp_path / "asks")
    learnt = directory / "learnt/fr.toml"
    learnt.write_text("wanting = 1\n", "utf-8")

    with pytest.raises(ConfigError) as raised:
        load_lexicon(directory)
    assert any(f"{learnt}: naming: missing" in one for one in raised.value.problems)

    learnt.unlink()
    assert load_lexicon(directory).paraphrases == ()


def test_each_text_learnt_from_says_what_it_wants_or_names() -> None:
    texts = list(read_texts())
    known = {kind.value for kind in AskKind}

    assert {text.wants for text in texts} == {True, False}
    assert not any(text.wants and not text.kinds for text in texts)
    assert frozenset[str]().union(*(text.kinds or () for text in texts)) == known


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_nothing_written_raises(text: str) -> None:
    assert isinstance(READ, Paraphrases)
    assert set(READ.kinds(text)) <= set(AskKind)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            "Choisissez votre créneau : https://rdv.irsa-examens.example",
            "Le jour venu, apportez votre carte Vitale, vos ordonnances et vos lunettes.",
        ),
        (
            "Choisissez la date de livraison : https://suivi.orthosud.example/c/22",
            "À la livraison, prévoyez votre carte Vitale et le chèque de caution.",
        ),
        (
            "Notre prestataire paie a été piraté (n° de sécu et RIB des agents).",
            "Changez votre mot de passe sur le portail agent : https://portail.example et celui d'ameli.",
        ),
    ],
)
def test_what_a_sentence_only_names_is_not_wanted_by_another(first: str, then: str) -> None:
    found = READ.find(list(sentences(f"{first}\n\n{then}", lexicon().dangling)), frozenset(AskKind))

    assert AskKind.NIR not in {kind for kind, *_ in found}
    # Read as one sentence it would be.
    assert AskKind.NIR in READ.kinds(f"{first} {then}")


def test_what_one_of_two_sentences_only_names_may_be_wanted_by_the_other() -> None:
    told = "Le salarié nous a communiqué son relevé bancaire, les IJ lui seront versées en direct."
    system = "Suite au changement de système de paie de la CPAM"
    wanted = f"{system}, les coordonnées bancaires des assurés sont toutes à refournir."
    found = READ.find(list(sentences(f"{told}\n\n{wanted}", lexicon().dangling)), frozenset(AskKind))

    assert READ.kinds(told) == READ.kinds(wanted) == []
    assert AskKind.BANK_DETAILS in {kind for kind, *_ in found}


@pytest.mark.parametrize(
    ("then", "heard"),
    [("", True), (" C'est une arnaque.", False), ("\n\nMerci.\n\n{} C'est une arnaque.", True)],
)
def test_what_is_said_of_a_wish_is_said_of_no_other_like_it(then: str, *, heard: bool) -> None:
    wish = "Un conseiller attend votre appel pour régler la situation avec vous."
    found = find_paraphrased(wish + then.format(wish), lexicon(), set(AskKind))

    assert heard is any(demand.kind is AskKind.CALL_BACK for demand in found)
