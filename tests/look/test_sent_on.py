"""A letter of an impostor that a third party forwards, or encloses, with a note of his own."""

import dataclasses
import re
import time

import pytest

from milter.attachment.budget import Budget
from milter.attachment.open import merged, open_files
from milter.brand.promise import AskKind
from milter.claim.claim import SENT_ON, SURE_IMPOSTORS, Basis, Claim
from milter.look.looker import Looker
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.attachment.made import mail
from tests.cases import read_cases

URL = "https://fraude.example/v"
URGING = "Bonjour,\n\nMerci de suivre les instructions du document.\n\nClaire Martin"
BARE = (
    "Voici.",
    "Courrier joint.",
    "Bonne réception\n\nClaire Martin",
    "Bonjour,\n\nVeuillez trouver le document ci-joint.\n\nCordialement\nClaire Martin",
)
HANDED_ON = "Arrivé ce matin à l'accueil."
_HOST = re.compile(r"(?<=//)[\w.-]+")


def test_a_letter_sent_on_that_is_an_impostor_s_and_leads_away_is_forged(looker: Looker) -> None:
    """Whoever sends it on in good faith was taken in; one that leads home may be the organisation's."""
    case = next(case for case in read_cases() if case.name == "nested_message_rfc822_carrying_the_fraud")
    reading = read(Message(case.raw))
    away = looker.claim(dataclasses.replace(reading, links=(), quoted=reading.quoted + f"\n{URL}"))
    home = looker.claim(
        dataclasses.replace(reading, links=(), quoted=_HOST.sub("www.ameli.fr", reading.quoted))
    )

    assert away is not None
    assert home is not None
    assert away.basis is Basis.FORGED
    assert home.basis is Basis.FORWARDED


def test_a_letter_passed_on_is_told_of_only_where_it_is_an_impostor_s_and_leads_away(looker: Looker) -> None:
    """Its sender says nothing of it; the same leading home may be the organisation's."""
    case = next(case for case in read_cases() if case.name == "nested_message_rfc822_carrying_the_fraud")
    reading = dataclasses.replace(
        read(Message(case.raw)),
        subject="Courrier",
        text="Je vous transmets ce que j'ai reçu pour vous.",
        links=(),
    )
    away = dataclasses.replace(reading, quoted=reading.quoted + f"\n{URL}")
    home = dataclasses.replace(reading, quoted=_HOST.sub("www.ameli.fr", reading.quoted))

    seen = looker.look(away, looker.claim(away)).claim

    assert seen is not None
    assert seen.basis is Basis.PASSED_ON
    assert seen.manner in SURE_IMPOSTORS
    assert looker.look(home, looker.claim(home)).claim is None


def test_the_link_that_is_only_written_in_a_letter_sent_on_is_what_it_wants(looker: Looker) -> None:
    letter = (
        "De : Assurance Maladie <assurance-maladie@info.ameli.fr>\n\nVos droits sont fermés. Rouvrir : {}"
    )
    reading = dataclasses.replace(
        read(Message(mail("Relais <relais@postier.example>", "Message en attente", ""))),
        quoted=letter.format("http://droits-rouverts.example"),
    )
    seen = looker.look(reading, looker.claim(reading))

    assert seen.claim is not None
    assert {ask.kind for ask in seen.asks} == {AskKind.LINK}


@pytest.mark.parametrize("note", [URGING, "", *BARE])
def test_a_file_that_a_person_sends_without_a_word_or_tells_his_reader_to_obey_is_forged(
    looker: Looker, note: str
) -> None:
    """He stands between the reader and it; but an impostor's letter, which leads away, is his."""
    claim = _seen(looker, _enclosing(note))

    assert claim is not None
    assert claim.basis is Basis.FORGED_FILE
    assert all(e.where == "wording" or e.where.startswith("file, ") for e in claim.evidence)


@pytest.mark.parametrize("note", [HANDED_ON, "Merci de traiter ce que j'ai reçu.\n\nClaire Martin"])
def test_a_file_that_a_person_hands_on_is_told_of(looker: Looker, note: str) -> None:
    claim = _seen(looker, _enclosing(note))

    assert claim is not None
    assert claim.basis is Basis.PASSED_ON_FILE


@pytest.mark.parametrize(
    "note",
    [
        "Tu crois que c'est vrai ?\n\nClaire",
        "Merci de regarder ce mail suspect.\n\nClaire Martin",
        "Pour info.\n\nClaire Martin",
    ],
)
def test_a_file_that_a_person_doubts_or_only_shows_is_his_paper(looker: Looker, note: str) -> None:
    assert _seen(looker, _enclosing(note)) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Envoyez une photo de votre carte bancaire.", True),
        ("Envoyez une photo de votre carte Vitale.", False),
    ],
)
def test_a_file_that_wants_what_no_letter_on_paper_does_need_lead_nowhere(
    looker: Looker, line: str, *, told: bool
) -> None:
    reading = _enclosing("Voici.")
    reading = dataclasses.replace(reading, links=(), attached=f"{reading.attached}\n{line}")

    assert told is (_seen(looker, reading) is not None)


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        ("> Le lot menuiserie sera réceptionné mardi, pouvez-vous envoyer votre RIB ?", True),
        ("> Envoyez-moi le courrier de la CPAM.", False),
        ("> Cela sent l'arnaque, montre-moi cela.", False),
    ],
)
@pytest.mark.parametrize("subject", ["Document", "Re: Document", "TR: Document"])
def test_an_answer_in_a_talk_of_other_things_hides_no_file(
    looker: Looker, subject: str, talk: str, *, told: bool
) -> None:
    """Whoever has got into a mailbox answers what he finds there; what he found is not what he wants."""
    note = "Le courrier joint.\n\nLe 20 nov. 2026 à 16:02, Luc <luc@mairie.example> a écrit :\n"
    reading = dataclasses.replace(_enclosing(note), subject=subject, quoted=talk)

    sight = looker.look(reading, looker.claim(reading))

    assert told is (sight.claim is not None and sight.claim.basis is Basis.FORGED_FILE)
    assert not any(ask.where == "quoted text" for ask in sight.asks)


@pytest.mark.parametrize(
    ("talk", "told"), [("> Merci de traiter ceci.", True), ("> C'est vrai ? Merci de regarder.", False)]
)
def test_who_says_nothing_himself_sends_a_file_on_with_what_is_quoted(
    looker: Looker, talk: str, *, told: bool
) -> None:
    assert told is (_seen(looker, dataclasses.replace(_enclosing(""), quoted=talk)) is not None)


def test_a_legal_notice_below_a_note_neither_doubts_nor_makes_it_long(looker: Looker) -> None:
    """ "Merci de le signaler à l'expéditeur" is said of every mail of the firm."""
    notice = "Ce message est confidentiel. Si vous l'avez reçu à tort, merci de le signaler ? " * 20
    reading = _enclosing(f"{URGING}\n\n{notice}")

    assert _seen(looker, looker.as_meant(reading)) is not None
    assert _seen(looker, reading) is None


def test_a_file_that_leads_home_is_the_paper_of_who_encloses_it(looker: Looker) -> None:
    """So is a letter of the organisation that an employer hands on."""
    enclosed = _enclosing(URGING)
    home = tuple(link._replace(target="https://www.ameli.fr/") for link in enclosed.links)

    assert _seen(looker, dataclasses.replace(enclosed, links=home)) is None


def test_a_file_without_a_link_that_wants_secrets_is_told_of(looker: Looker) -> None:
    enclosed = dataclasses.replace(_enclosing(HANDED_ON), links=())
    secrets = "Répondez avec votre numéro de carte bancaire et le code reçu par SMS."

    claim = _seen(looker, dataclasses.replace(enclosed, attached=f"{enclosed.attached}\n{secrets}"))

    assert _seen(looker, enclosed) is None
    assert claim is not None
    assert claim.basis is Basis.PASSED_ON_FILE


def test_a_letter_that_its_own_sender_sends_on_is_read_as_his(looker: Looker) -> None:
    """Who says his name in it is no impostor; of who only forwards it that says nothing."""
    own = Mailbox("Optique des Halles", "contact@optique-des-halles.example")
    news = "Votre carte Vitale arrive à expiration. Sans mise à jour, vos remboursements seront suspendus."
    head, url = f"De : {{}} <{own.address}>", "https://optique-des-halles.example/rdv"
    letter = f"{head}\n\n{news}\nMettre à jour : {url}\n\n{{}}"
    note = read(Message(mail(f"x <{own.address}>", "Votre carte", "Merci de le faire avant vendredi.")))

    own_words = letter.format(own.display_name, own.display_name)
    his = looker.claim(dataclasses.replace(note, authors=(own,), quoted=own_words))
    nobodys = looker.claim(dataclasses.replace(note, quoted=letter.format("x", "L'Assurance Maladie")))

    assert his is None or his.basis not in SENT_ON
    assert nobodys is not None
    assert nobodys.basis in SENT_ON


def _enclosing(note: str) -> Reading:
    """A person's mail, with the letter of a fraud in a file."""
    case = next(case for case in read_cases() if case.name == "nested_message_rfc822_carrying_the_fraud")
    letter = _HOST.sub("www.ameli.fr", read(Message(case.raw)).quoted)
    return dataclasses.replace(
        read(Message(mail("Claire Martin <claire@voisine.example>", "Document", note))),
        authors=(Mailbox("Claire Martin", "claire@voisine.example"),),
        attached=letter,
        links=(Link(URL, "Mettre à jour", LinkKind.DOCUMENT),),
    )


def _seen(looker: Looker, reading: Reading) -> Claim | None:
    return looker.look(reading, looker.claim(reading)).claim


PAGE = """<title>ameli</title><h2>ameli</h2><p>Mon attestation de droits</p><form action="{}">
<input placeholder="Numéro de sécurité sociale"><input placeholder="{}"><button>Valider</button></form>"""
NOTARY = "Veuillez trouver ci-joint le document demandé.\nÉtude de Maître Vasseur, notaire"


@pytest.mark.parametrize(
    ("page", "held"),
    [
        (PAGE.format("https://fraude.example/p", "Numéro de carte bancaire et CVV"), True),
        (PAGE.format("https://www.ameli.fr/p", "Numéro de carte bancaire et CVV"), False),
        (PAGE.format("https://fraude.example/p", "Date de naissance"), False),
        (PAGE.format("https://fraude.example/p", "Mot de passe"), True),
        (PAGE.format("", "Mot de passe"), True),
        (PAGE.format("https://www.ameli.fr/p", "Mot de passe"), False),
        (
            PAGE.replace("ameli", "Vasseur").format("https://fraude.example/p", "Numéro de carte et CVV"),
            False,
        ),
    ],
    ids=["lure", "leads home", "no secret", "one secret", "a script takes it", "saved", "his own name"],
)
def test_a_page_in_its_name_that_sends_secrets_elsewhere_is_forged_whoever_sends_it(
    looker: Looker, page: str, *, held: bool
) -> None:
    """Whatever its wording: nobody sends on a page that wants the card, as others do papers."""
    file = ("attestation.html", "text/html", page.encode())
    message = Message(mail("Étude Vasseur <etude@vasseur.example>", "Attestation", NOTARY, file))
    reading = merged(read(message), open_files(message, read(message), Budget(time.monotonic() + 60)))

    claim = looker.look(reading, looker.claim(reading)).claim

    assert held is (claim is not None and claim.basis is Basis.FORGED_FILE)


def _with_card(name: str, note: str) -> Reading:
    """What somebody writes who hands on a contact."""
    fields = "From: Isabelle Carpentier <i@fleurs.example>\nSubject: contact utile\n"
    fields += "Content-Type: multipart/mixed; boundary=B\n\n"
    text = "--B\n\nCoucou, voici le contact.\n\nIsabelle\n"
    head = "--B\nContent-Type: text/vcard; charset=utf-8\nContent-Disposition: attachment\n\n"
    card = f"BEGIN:VCARD\nFN:{name}\nTEL:+33970000000\nNOTE:{note}\nEND:VCARD\n--B--\n"
    return read(Message(f"{fields}{text}{head}{card}".encode()))


def test_a_card_of_the_organisation_that_wants_the_bank_card_is_forged_whoever_hands_it_on(
    looker: Looker,
) -> None:
    reading = _with_card("CPAM conseiller remboursements", "Rappelez avec votre carte bancaire.")
    seen = looker.look(reading, looker.claim(reading))

    assert seen.claim is not None
    assert seen.claim.basis is Basis.FORGED_FILE
    assert AskKind.CARD in {ask.kind for ask in seen.asks}


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("CPAM conseiller remboursements", "Joignable de 8 h à 17 h."),
        ("CPAM conseiller remboursements", "Nous ne demandons jamais votre carte bancaire."),
        ("Dr Anne Aubert", "Conventionnée CPAM. Apportez votre carte Vitale et votre carte bancaire."),
    ],
)
def test_a_card_that_wants_none_or_is_of_somebody_else_is_not(looker: Looker, name: str, note: str) -> None:
    reading = _with_card(name, note)

    assert looker.look(reading, looker.claim(reading)).claim is None
