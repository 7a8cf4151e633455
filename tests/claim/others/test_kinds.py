"""Of records, lists and notes to friends the learnt wording knows little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.lines import Line, Lines, Phrases
from milter.claim.read import ClaimReader
from milter.claim.speaking.fields import Fields
from milter.claim.speaking.meaning import Meaning
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

NAMES = Phrases(BRAND.words.names)
FIELDS = Fields(BRAND.words, COMMON, NAMES)
READER = ClaimReader(BRAND, COMMON)

RECORD = "Nouvelle réponse.\nRégime : CPAM 29\nMédecin : Dr Cam\nFichier : attestation.pdf\nVoir la réponse"
JOBS = "Technicien\nCPAM du Cher\nhttps://emplois.example/1\n\nConseiller\nCPAM du Loiret\nhttps://emplois.example/2"
NOTE = "Je suis à la CPAM, ils demandent ton RIB, tu peux me l'envoyer ?"


def reading(
    text: str, name: str = "Nadia Ferrand", subject: str = "Bonjour", links: tuple[Link, ...] = ()
) -> Reading:
    return Reading(subject, (Mailbox(name, "nadia.ferrand@boite.example"),), (), text, links=links)


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (RECORD, True),
        # Two fields are a letter with a reference.
        (RECORD.replace("Médecin : ", ""), False),
        (RECORD.replace("Voir la réponse", "mot " * 40), False),
        # What somebody wrote into it may be longer, but not of the organisation.
        (f"{RECORD}\nCommentaire : {'mot ' * 40}", True),
        (f"{RECORD}\nCommentaire : {'mot ' * 40} CPAM", False),
        (RECORD.replace("Voir la réponse", "Votre carte Vitale expire"), False),
        (RECORD.replace("Voir la réponse", "Votre remboursement attend"), False),
        (RECORD.replace("Voir la réponse", "Remboursement classé"), True),
        # Who speaks to his reader fills in no field.
        (RECORD.replace("Médecin : Dr Cam", "Médecin : le vôtre, que vous avez choisi"), False),
        (RECORD.replace("Médecin : Dr Cam", "Médecin : Cam. Il attend une réponse"), False),
        (RECORD.replace("Médecin : Dr Cam", "https://a.example/b"), False),
        ("", False),
    ],
)
def test_a_record_is_fields_and_hardly_a_word_beside_them(text: str, *, record: bool) -> None:
    assert record is READER.kinds.is_a_record(reading(text))
    assert record is FIELDS.are_all(Lines(()).of(text))


def test_the_fields_of_a_record_speak_for_nobody() -> None:
    record = reading(f"{RECORD}\nN° de sécurité sociale : 1 84\nService : ameli.fr", "Formulaires")

    assert READER.read(record) is None
    letter = READER.read(reading("Régime :\nCPAM 29\nVous avez une réponse.", "Formulaires"))
    assert letter is not None


@pytest.mark.parametrize(
    ("above", "heads"),
    [("Bonjour Kevin,", False), ("Dossier 12", True), ("Entretien :", True)],
)
def test_a_name_below_the_greeting_that_heads_a_field_is_no_letterhead(above: str, *, heads: bool) -> None:
    text = f"{above}\nCPAM de l'Allier\nPoste : agent d'accueil\nEntretien vidéo avant dimanche.\nÀ bientôt"
    claim = READER.read(reading(text, "Entretiens"))

    assert heads is (claim is not None and any(e.where == "letterhead" for e in claim.evidence))


def test_a_subject_that_repeats_a_field_speaks_of_nobody() -> None:
    meaning = Meaning(BRAND.words, NAMES, FIELDS)
    text = "Un évènement a été modifié.\nTitre : point CPAM\nQuand : mercredi"

    assert meaning.line_in(reading(text, subject="Modifié : point CPAM, mer. 2 déc.")) is None
    assert meaning.line_in(reading(text, subject="La CPAM vous écrit")) == "La CPAM vous écrit"
    assert meaning.line_in(reading("Bonjour", subject="Modifié : point CPAM")) == "Modifié : point CPAM"


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        (JOBS, True),
        (JOBS.replace("https://emplois.example/1", "9h30").replace("https://emplois.example/2", "10h"), True),
        (
            JOBS.replace("https://emplois.example/1", "36 46").replace(
                "https://emplois.example/2", "01 02 03 04 05"
            ),
            True,
        ),
        # One of a kind is none.
        (JOBS.replace("https://emplois.example/1", "9h30"), False),
        (JOBS.replace("\n\n", "\n"), False),
        (f"{JOBS}\n\nVotre CPAM attend : https://emplois.example/3", False),
        (f"{JOBS}\n\n{'mot ' * 40}", False),
        # News of what is the reader's there.
        (JOBS.replace("Technicien", "Carte Vitale"), False),
        (JOBS.replace("Technicien", "Expirée"), False),
        (JOBS.replace("Technicien", "Remboursement en attente"), False),
        (JOBS.replace("Technicien", "Technicien prestations"), True),
        (JOBS.replace("Technicien", "Votre dossier"), False),
        ("Offres :\nAccueil - CPAM 35\nConseil - CPAM 22\nGestion - CPAM 56", True),
        ("Offres :\nAccueil - CPAM 35\nConseil - CPAM 35\nGestion - CPAM 35", False),
        ("Assurance Maladie\nCPAM de Paris\nDossier 12", False),
        ("9h\nMme Roy\n\n10h\nM. Prat", False),
        ("\n" * 200 + JOBS, False),
        ("", False),
    ],
)
def test_a_list_is_blocks_alike_or_names_in_a_row(text: str, *, is_list: bool) -> None:
    assert is_list is READER.kinds.is_a_list(reading(text))


def test_an_item_is_no_letterhead_nor_is_the_subject_that_names_it() -> None:
    jobs = reading(JOBS, "Offres", "CPAM du Cher : technicien")

    assert READER.read(jobs) is None
    assert READER.read(reading(JOBS.replace("\n\n", "\n"), "Offres", "CPAM du Cher : technicien")) is not None


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        (NOTE, True),
        ("Salut, la CPAM nous presse. Dépose le fichier et envoie le mot de passe.", True),
        # "Il dépose".
        ("La CPAM nous presse, Marc dépose le fichier et envoie le mot de passe.", False),
        (f"{NOTE} Merci de votre réponse.", False),
        (f"{NOTE} {'mot ' * 120}", False),
        ("La CPAM demande un RIB et une carte, merci.", False),
        ("tu", False),
        ("", False),
    ],
)
def test_a_note_to_a_friend_is_short_and_says_tu(text: str, *, familiar: bool) -> None:
    assert familiar is READER.kinds.is_familiar(reading(text))


@pytest.mark.parametrize(
    ("target", "familiar"),
    [
        ("https://www.ameli.fr/", True),
        ("https://fichiers.boite.example/depot", True),
        ("https://maj-droits.example/rib", False),
    ],
)
def test_a_note_to_a_friend_leads_to_nobody_else(target: str, *, familiar: bool) -> None:
    links = (Link(target, "ici", LinkKind.ANCHOR),)

    assert familiar is READER.kinds.is_familiar(reading(NOTE, links=links))


def test_who_does_not_say_who_he_is_is_no_friend() -> None:
    nobody = Reading("Dossier", (Mailbox("Service dossier", "contact@dossier.example"),), (), NOTE)

    assert not READER.kinds.is_familiar(nobody)


@given(st.text(alphabet="CPAM du\n: .!tu9h0https:/\u00e9", max_size=400) | st.text(max_size=400))
def test_any_text_is_of_a_kind_or_none(text: str) -> None:
    any_text = reading(text)
    kinds = READER.kinds
    assert kinds.is_a_record(any_text) in {True, False}
    assert kinds.is_a_list(any_text) in {True, False}
    assert kinds.is_familiar(any_text) in {True, False}
    assert set(FIELDS.without([Line.of(line) for line in text.split("\n")])) <= set(
        map(Line.of, text.split("\n"))
    )


def test_a_greeting_that_names_it_is_no_head_of_a_field() -> None:
    lines = Lines(()).of("Chers assurés de la CPAM\nDossier : 12\nCPAM du Cher\nPoste : accueil\nÀ bientôt")

    assert [line.text for line in FIELDS.without(lines)] == [
        line.text for line in lines if line.text != "CPAM du Cher"
    ]


def test_of_two_fields_below_each_other_the_first_heads_none_for_the_reader() -> None:
    lines = Lines(()).of("Bonjour\nVotre CPAM\nDossier : 12\nMerci de répondre")

    assert FIELDS.without(lines) == lines
