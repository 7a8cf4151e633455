"""Whose voice is a file: the sender's own, or somebody's whose paper he sends?"""

from dataclasses import replace

import pytest

from milter.claim.claim import Basis, Strength
from milter.claim.others.footing import Footings
from milter.claim.read import ClaimReader
from milter.claim.words import load_claim_words
from milter.config.load import shipped
from milter.mail.reading import Attachment, Mailbox, Reading
from tests.claim.shipped import BRAND

LETTER = (
    "L'Assurance Maladie\nMadame, Monsieur,\nVotre carte Vitale expire le 15 mars.\nVotre Assurance Maladie"
)
FOOTINGS = Footings(load_claim_words(shipped().parent / "claim.toml"))
READER = ClaimReader(BRAND, load_claim_words(shipped().parent / "claim.toml"))


def mail(
    text: str, attached: str = LETTER, author: str = "Service <a@b.example>", quoted: str = ""
) -> Reading:
    name, _, address = author.rpartition(" ")
    box = Mailbox(name, address.strip("<>"))
    return Reading(
        subject="Document", authors=(box,), reply_to=(), text=text, attached=attached, quoted=quoted
    )


@pytest.mark.parametrize(
    "text", ["", "Bonjour", "Veuillez trouver ci-joint votre document.", "Voir PJ. Cordialement"]
)
def test_a_file_behind_which_nobody_stands_is_the_senders_voice(text: str) -> None:
    claim = READER.read(mail(text))

    assert claim is not None
    assert claim.basis is Basis.ENCLOSED
    assert claim.strength is Strength.STRONG
    assert all(e.where.startswith("file, ") for e in claim.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, ci-joint mon attestation.",
        "Voici le courrier que j'ai reçu hier, en pièce jointe.",
        "Ci-joint l'attestation de ma fille.",
        "Est-ce une arnaque ? Voir la pièce jointe.",
        "Compte rendu du conseil. " * 60 + "Voir pièce jointe.",
    ],
)
def test_whoever_says_whose_paper_it_is_lends_it_no_voice(text: str) -> None:
    assert READER.read(mail(text)) is None


def test_a_sender_who_says_his_name_stands_behind_what_he_sends() -> None:
    author = "Claire Fontaine <claire.fontaine@perso.example>"

    assert READER.read(mail("Ci-joint le document.\nClaire Fontaine", author=author)) is None
    assert READER.read(mail("Ci-joint le document.", LETTER + "\nMme FONTAINE Claire", author=author)) is None


@pytest.mark.parametrize(
    ("author", "nobody"),
    [
        ("Correspondance <corr@doc-expedition.example>", True),
        ("Affichage <a@distribution-courrier.example>", True),
        ("Fontaine <f@doc-expedition.example>", False),
        ("Claire Correspondance <corr@doc-expedition.example>", False),
        ("Correspondance <corr@grandlarge.example>", False),
    ],
)
def test_who_is_called_by_what_is_sent_is_no_person(author: str, *, nobody: bool) -> None:
    claim = READER.read(mail("Veuillez trouver votre courrier.", author=author))

    assert nobody == (claim is not None and claim.basis is Basis.ENCLOSED)


def test_a_file_speaks_where_the_note_only_tells_less_than_it_does() -> None:
    note = "Le détail de votre forfait se trouve dans la lettre ci-jointe de votre caisse."
    claim = READER.read(mail(note))
    assert claim is not None
    assert claim.basis is Basis.ENCLOSED


def test_a_file_below_a_quotation_was_sent_by_another() -> None:
    assert READER.read(mail("", quoted="De : B\nObjet : C\nVoir la pièce jointe.")) is None


@pytest.mark.parametrize(
    ("talk", "his"),
    [
        ("> Le lot menuiserie sera réceptionné mardi.", True),
        ("> Envoyez-moi le courrier de la CPAM.", False),
        ("> Cela sent l'arnaque, montre-moi cela.", False),
    ],
)
def test_a_file_below_a_talk_of_other_things_is_the_senders(talk: str, *, his: bool) -> None:
    claim = READER.read(mail("Voir PJ.", quoted=talk))

    assert his is (claim is not None and claim.basis is Basis.ENCLOSED)


def test_legal_notices_below_a_cover_note_say_nothing() -> None:
    notice = "Ce message est confidentiel, et toute utilisation en est interdite. " * 40
    long = mail(f"Bonjour,\n\n{'Veuillez regarder. ' * 30}Voir PJ.\n\n{notice}")

    assert READER.read(long) is None
    assert READER.read(FOOTINGS.marked(long)) is not None


def test_mon_espace_sante_is_a_name_and_no_possession() -> None:
    assert READER.read(mail("Mon espace santé : document ci-joint")) is not None


def test_a_poster_has_no_news_for_its_reader() -> None:
    poster = "L'Assurance Maladie\nvous invite à une journée de prévention\nL'Assurance Maladie"
    claim = READER.read(mail("Affiche ci-jointe", poster))

    assert claim is None or claim.strength is Strength.LIKELY


@pytest.mark.parametrize(
    ("files", "strength"),
    [
        ([("releve.svg", "image/svg+xml")], Strength.STRONG),
        ([("Releve.HTM", "application/octet-stream")], Strength.STRONG),
        ([("affiche.pdf", "application/pdf")], Strength.LIKELY),
        ([("a.html", "text/html"), ("b.pdf", "application/pdf")], Strength.LIKELY),
        ([], Strength.LIKELY),
    ],
)
def test_a_page_that_speaks_as_the_organisation_does_so_beyond_doubt(
    files: list[tuple[str, str]], strength: Strength
) -> None:
    """Posters and attestations are sent on by many, and never as pages of a browser."""
    poster = "L'Assurance Maladie - compte ameli\nVotre relevé est verrouillé. Identifiez-vous pour le lire."
    attachments = tuple(Attachment(name, content_type, 900) for name, content_type in files)

    claim = READER.read(replace(mail("Voir PJ.", poster), attachments=attachments))

    assert claim is not None
    assert claim.strength is strength
