"""How a letter is worded is a second opinion on a claim, and knows when it has none."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.claim.claim import SURE_IMPOSTORS, Basis, Claim, Evidence, Likeness, Manner, Strength
from milter.claim.others.forward import letter_in
from milter.claim.words import Opinion
from milter.claim.writing.manner import Manners
from milter.claim.writing.wording import Worded, Wording, load_wordings, sender, words_of
from milter.errors import ConfigError
from milter.mail.reading import Mailbox, Reading
from milter.mail.text.terms import terms_of
from tests.claim.shipped import BRAND, COMMON, CONFIG

WORDINGS = load_wordings(CONFIG / "wording")
SHIPPED = WORDINGS[BRAND.key]
MANNERS = Manners(WORDINGS, COMMON.wording)

IMPOSTOR = """Bonjour,
Suite à une vérification de votre dossier, un remboursement de 214,60 euros reste en attente. Afin de
débloquer ce versement, veuillez confirmer vos informations bancaires sous 48 heures. Passé ce délai, vos
droits seront suspendus."""
OTHERS = """Bonjour Claire,
je te renvoie l'attestation de la mutuelle pour ton dossier. Tu peux me dire si la secrétaire du cabinet l'a
bien reçue ? Je passe à la pharmacie ce soir si tu veux, et je prends ton ordonnance. À demain, Paul"""
LIKELY, HARDLY = 80, 20
LIMIT = 100


def read(text: str, subject: str = "Votre dossier") -> Reading:
    """A mail of this text."""
    return Reading(subject=subject, authors=(Mailbox("", "x@evil.example"),), reply_to=(), text=text)


def percent(reading: Reading) -> int:
    """How the shipped wording finds it; the text must be long enough."""
    worded = SHIPPED.read(reading)
    assert worded is not None
    return worded.percent


def alone(manners: Manners, text: str) -> Claim | None:
    """The claim that this text makes by its manner alone."""
    worded = manners.worded(read(text), BRAND)
    assert worded is not None
    return manners.alone(worded, BRAND)


def opinion(**bounds: int) -> Opinion:
    """Where none is given, no wording is an impostor's or another's."""
    never = dict.fromkeys(set(Opinion.model_fields) - {"other", "surely_other"}, 101)
    return Opinion(**{**never, "other": -1, "surely_other": -1, **bounds})


def claim(*, strength: Strength = Strength.WEAK, basis: Basis = Basis.SHOWN) -> Claim:
    """A claim by the voice of the text."""
    trace = Evidence("named", "CPAM", "cpam", Likeness.VOICE, 60)
    return Claim(BRAND, Likeness.VOICE, strength, (trace,), basis=basis)


def test_letters_are_told_apart_by_their_wording() -> None:
    """Neither of the two says the name of the organisation."""
    impostor, others = SHIPPED.read(read(IMPOSTOR)), SHIPPED.read(read(OTHERS))

    assert impostor is not None
    assert others is not None
    assert impostor.percent > LIKELY
    assert others.percent < HARDLY
    assert "dossier" not in others.terms


def test_the_terms_that_are_named_speak_for_the_side_it_is_on() -> None:
    """An admin reads why, not what speaks against it."""
    known = Wording({"voici": (9000, 1000), "non": (-100, 1000)}, 0).read(read("voici non " * 10, ""))
    assert known is not None
    assert (known.terms[0], known.percent > LIKELY) == ("voici", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Votre dossier est incomplet",
        "Der Vorstand trifft sich am Dienstag im Rathaus und bespricht den Haushalt der Gemeinde.",
        "您的社会保险账户 " * 20,
    ],
)
def test_too_few_words_or_another_language_give_no_opinion(text: str) -> None:
    """Neither for nor against anybody."""
    assert SHIPPED.read(read(text, "")) is None


def test_a_number_is_a_known_word_of_any_language() -> None:
    """Whether it says something or not: else a letter of little French and many numbers has no wording."""
    wording = Wording({"kart": (900, 4000)}, 0)

    assert wording.read(read("kart " * 6 + "12 34 56 78 90 12", subject="")) is not None
    assert wording.read(read("kart " * 5 + "on iki elli alti uc yedi dort", subject="")) is None


def test_nothing_but_numbers_gives_no_opinion() -> None:
    """They are known, and none of them says anything."""
    assert Wording({"kart": (900, 4000)}, 0).read(read("12 34 56 78 90 12 " * 5, subject="")) is None


def test_numbers_are_one_word_and_every_two_words_are_a_term() -> None:
    """Amounts and dates differ from mail to mail."""
    text = words_of(read("214,60 euros le 12/03", "Réf. A9"))

    assert ["ref", "#", "#", "#", "euros", "le", "#", "#"] == text
    assert {"euros le", "# euros", "ref"} <= terms_of(text)


def test_the_words_that_a_sender_calls_himself_by_are_terms_of_their_own() -> None:
    """`Caisse` says more of him than of a text. Of his domain all but the end of it."""
    authors = (Mailbox("Service Prestations", "avis.soins2@droits-sante.example"), Mailbox("", "léa@x.test"))
    named = replace(read(IMPOSTOR), authors=authors)

    assert {"@service", "@prestations", "@avis", "@soins", "@droits", "@sante", "@lea", "@x"} == sender(named)


def test_who_the_sender_calls_himself_counts() -> None:
    """The same text of a body of the field, and of a school."""
    text = f"{OTHERS[:160]}\n{IMPOSTOR}"
    of_the_field = replace(read(text), authors=(Mailbox("Caisse - Remboursements", "x@evil.example"),))
    of_a_school = replace(read(text), authors=(Mailbox("École Jules Ferry", "x@evil.example"),))

    assert percent(of_the_field) > percent(of_a_school)


def test_an_endless_name_is_read_to_a_limit() -> None:
    """So are many names."""
    long = Mailbox("caisse " * 10_000, f"{'a.' * 10_000}@{'b.' * 10_000}example")

    assert len(sender(replace(read(IMPOSTOR), authors=(long,) * 10_000))) < LIMIT


def test_beside_a_note_the_file_is_the_letter() -> None:
    """And beside a letter it is a file."""
    note = replace(read("Voir PJ. M. Delattre", "courrier"), attached=IMPOSTOR)
    letter = replace(read(OTHERS), attached=IMPOSTOR)

    assert percent(note) > LIKELY
    assert percent(letter) == percent(read(OTHERS))


def test_names_that_only_tests_hold_are_no_words() -> None:
    """Frauds of tests lead to them, those of the world to others."""
    linked = replace(read("https://www.soins.example/test", ""), authors=(Mailbox("", "a@b.test.example"),))

    assert ["https", "www", "soins"] == words_of(linked)
    assert {"@a", "@b"} == sender(linked)


def test_a_mail_of_any_length_is_read_to_a_limit() -> None:
    """What stands beyond it changes nothing."""
    long = f"{IMPOSTOR}\n" * 200

    assert SHIPPED.read(read(long)) == SHIPPED.read(read(long + OTHERS * 1000))


def test_of_alternatives_that_tell_different_things_the_worse_is_the_wording() -> None:
    both = replace(read(f"{OTHERS}\n{IMPOSTOR}"), versions=(OTHERS, IMPOSTOR))

    worded = MANNERS.worded(both, BRAND)

    assert worded is not None
    assert worded == SHIPPED.read(read(IMPOSTOR))


def test_the_alternatives_round_a_letter_sent_on_are_no_wording_of_it() -> None:
    around = replace(read(OTHERS), versions=(OTHERS, IMPOSTOR))
    forwarded = letter_in(replace(around, quoted=OTHERS), Basis.PASSED_ON)
    enclosed = letter_in(replace(around, attached=OTHERS), Basis.PASSED_ON_FILE)

    assert MANNERS.worded(forwarded, BRAND) == MANNERS.worded(enclosed, BRAND)
    assert MANNERS.worded(forwarded, BRAND) == SHIPPED.read(read(OTHERS, ""))


def test_the_manner_goes_with_the_claim_and_is_shown() -> None:
    """As evidence that weighs nothing by itself."""
    told = MANNERS.of_claim(claim(), read(IMPOSTOR))

    assert Manner.SUREST_IMPOSTOR is told.manner
    assert ("wording", 0) == (told.evidence[-1].where, told.evidence[-1].weight)
    assert Manner.SURE_OTHER is MANNERS.of_claim(claim(), read(OTHERS)).manner
    assert Manner.NEITHER is MANNERS.of_claim(claim(), read("Bonjour")).manner


def test_of_who_says_that_it_charged_him_a_likely_wording_is_a_sure_one() -> None:
    """Honest notaries and insurers write of what they do, and not as its impostors."""
    worded = MANNERS.worded(read(IMPOSTOR), BRAND)
    assert worded is not None
    opinion = MANNERS.opinion.model_copy(
        update={"surest": 101, "sure": 101, "sure_charged": worded.percent, "impostor": worded.percent}
    )
    manners = replace(MANNERS, opinion=opinion)
    lower = replace(MANNERS, opinion=opinion.model_copy(update={"sure_charged": 101, "impostor": 101}))
    acting = replace(claim(), basis=Basis.CHARGED)

    assert Manner.SURE_IMPOSTOR is manners.of_claim(acting, read(IMPOSTOR)).manner
    assert Manner.IMPOSTOR is manners.of_claim(claim(), read(IMPOSTOR)).manner
    # What it wants secretaries and daughters tell, too.
    told = manners.of_claim(replace(acting, basis=Basis.DEMANDED), read(IMPOSTOR))
    assert Manner.IMPOSTOR is told.manner
    assert Manner.IMPOSTOR is lower.of_claim(acting, read(IMPOSTOR)).manner
    assert Manner.NEITHER is lower.of_claim(claim(), read(IMPOSTOR)).manner


def test_below_its_bound_to_speak_of_the_brand_changes_nothing() -> None:
    bound = MANNERS.opinion.spoken_of

    assert [True, False] == [MANNERS.is_less_than_likely(Worded(at, ())) for at in (bound - 1, bound)]


def test_the_text_beside_a_file_that_makes_the_claim_is_not_asked() -> None:
    """It is not the text that claims."""
    made = claim(basis=Basis.ENCLOSED)

    assert made == MANNERS.of_claim(made, read(IMPOSTOR))


def test_of_a_forwarded_letter_that_makes_the_claim_its_own_wording_is_asked() -> None:
    """Whoever sends it writes a word of his own above it."""
    sent_on = replace(read("A faire avant ce soir, merci.", "TR: courrier"), quoted=IMPOSTOR)

    assert MANNERS.of_claim(claim(basis=Basis.FORWARDED), sent_on).manner in SURE_IMPOSTORS
    assert MANNERS.of_claim(claim(), sent_on).manner is Manner.NEITHER


def test_of_a_file_that_makes_the_claim_its_own_wording_is_asked_whatever_stands_beside_it() -> None:
    beside = replace(read(OTHERS, "courrier"), attached=IMPOSTOR)

    assert MANNERS.of_claim(claim(basis=Basis.ENCLOSED), beside).manner in SURE_IMPOSTORS
    assert MANNERS.of_claim(claim(), beside).manner not in SURE_IMPOSTORS


def test_of_a_file_beside_a_note_it_is_asked() -> None:
    """Nothing else is to be read."""
    note = replace(read("Voir PJ.", "courrier"), attached=IMPOSTOR)

    assert MANNERS.of_claim(claim(basis=Basis.ENCLOSED), note).manner in SURE_IMPOSTORS


def test_the_manner_alone_is_a_claim_only_where_it_is_plain() -> None:
    """And of a brand whose impostors we have read."""
    claimed = alone(MANNERS, IMPOSTOR)

    assert claimed is not None
    assert claimed.basis is Basis.WORDED
    assert alone(MANNERS, OTHERS) is None
    assert Manners({}, COMMON.wording).worded(read(IMPOSTOR), BRAND) is None


def test_alone_it_takes_more_than_beside_another_sign() -> None:
    """What is plain enough for a second opinion is not plain enough for the only one."""
    never = Manners(WORDINGS, opinion(impostor=0))

    assert alone(never, IMPOSTOR) is None
    assert Manner.IMPOSTOR is never.of_claim(claim(), read(OTHERS)).manner


@pytest.mark.parametrize(
    ("secrets", "harm", "click", "strength"),
    [(0, 101, 101, Strength.WEAK), (0, 0, 101, Strength.LIKELY), (0, 0, 0, Strength.STRONG)],
)
def test_the_surer_the_manner_the_stronger_the_claim(
    secrets: int, harm: int, click: int, strength: Strength
) -> None:
    """And the less it need want."""
    bounds = opinion(impostor=0, alone=harm, alone_secrets=secrets, alone_click=click)
    claimed = alone(Manners(WORDINGS, bounds), IMPOSTOR)

    assert claimed is not None
    assert claimed.strength is strength


@given(st.text(max_size=400), st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_text_raises(text: str, subject: str) -> None:
    """Hostile mail is data."""
    worded = SHIPPED.read(read(text * 3, subject))

    assert worded is None or 0 <= worded.percent <= 100


def test_the_shipped_file_holds_no_name_of_a_person_or_mail_address() -> None:
    """It was learnt from mails: what stands in three of them, and no more than two words of it."""
    terms = tomllib.loads((CONFIG / "wording" / f"{BRAND.key}.toml").read_text("utf-8"))["terms"]

    assert all(len(term.split()) <= 2 and "@" not in term[1:] for term in terms)


def test_the_shipped_file_is_read_as_any_other_toml() -> None:
    """Not by tomllib, which takes five times as much memory."""
    table = tomllib.loads((CONFIG / "wording" / f"{BRAND.key}.toml").read_text("utf-8"))

    assert {term: tuple(numbers) for term, numbers in table["terms"].items()} == SHIPPED._terms
    assert table["bias"] / 1000 == SHIPPED._bias


@pytest.mark.parametrize(
    "line", ['"a b" = [-1, 2]', '"a b" =[-1,2] # rare', "'a b' = [\n-1, 2]", '"a\\u0020b" = [-1, +2]']
)
def test_terms_may_be_written_in_any_way_that_toml_allows(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(f'bias = 3\n[terms]\n"c" = [5, 4]\n{line}\n', "utf-8")

    assert {"a b": (-1, 2), "c": (5, 4)} == load_wordings(tmp_path)["x"]._terms


@pytest.mark.parametrize(
    "content",
    [
        "bias = 1",
        'bias = 1\n[terms]\n"a" = [1]',
        "bias = [",
        "bias = 1\nmore = 2\n[terms]\n",
        'bias = 1\n[terms]\n"a" = [1, 2]\n"a" = [1, 2]\n',
        'bias = 1\n[terms]\n"a" = [01, 2]\n',
        'bias = \n[terms]\n"a" = [1, 2]\n',
    ],
)
def test_a_broken_file_is_named(content: str, tmp_path: Path) -> None:
    """With its path, like any other data file."""
    (tmp_path / "x.toml").write_text(content, "utf-8")

    with pytest.raises(ConfigError) as error:
        load_wordings(tmp_path)
    assert "x.toml" in error.value.problems[0]


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('bias = "much"\nmore = 2\n', "utf-8")
    (tmp_path / "two.toml").write_text("not toml at all", "utf-8")

    with pytest.raises(ConfigError) as error:
        load_wordings(tmp_path)

    problems = "\n".join(error.value.problems)
    for part in ("one.toml: bias:", "one.toml: more:", "one.toml: terms:", "two.toml:"):
        assert part in problems


def test_no_directory_is_no_opinion(tmp_path: Path) -> None:
    """A brand may have none."""
    assert {} == load_wordings(tmp_path / "none")
