"""What does a whole mail want? Text, links, forms, numbers and attachments together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.ask.ask import PROGRAM, wants_access, wants_harm
from milter.ask.find import find_asks
from milter.brand.promise import AskKind
from milter.mail.reading import Attachment, Form, Link, LinkKind, Reading
from tests.ask.shipped import brand, kinds, lexicon, reading

AWAY = "https://dossier-sante.example/x"
GATEWAY = "https://eur01.safelinks.protection.outlook.com/"
HOME = "https://statsndm.info.ameli.fr/m/abc"


def _link(target: str, shown: str, kind: LinkKind = LinkKind.ANCHOR) -> Link:
    return Link(target, shown, kind)


def _quotes(mail: Reading) -> list[str]:
    return [ask.quote for ask in find_asks(mail, lexicon(), brand())]


def test_an_ask_carries_the_sentence_and_the_place() -> None:
    (ask,) = find_asks(reading("Bonjour.\nVeuillez nous  envoyer votre RIB."), lexicon(), brand())

    assert AskKind.BANK_DETAILS is ask.kind
    assert "Veuillez nous envoyer votre RIB." == ask.quote
    assert "text" == ask.where


def test_a_quote_is_at_most_300_characters() -> None:
    (ask,) = find_asks(reading("Merci de nous envoyer votre RIB " + "vite " * 100), lexicon(), brand())

    assert 300 == len(ask.quote)


def test_asks_come_in_the_order_of_their_kinds() -> None:
    assert ["nir", "bank_details"] == kinds(reading("Envoyez votre RIB et votre numéro de sécurité sociale."))


def test_the_genuine_information_of_payment_asks_for_nothing() -> None:
    text = (
        "Bonjour,\nVous avez reçu un nouveau message de l'Assurance Maladie.\n"
        f"Pour le consulter, cliquez ici : {HOME}\nAvec toute notre attention,\nL'Assurance Maladie"
    )

    assert [] == kinds(reading(text, links=(_link(HOME, HOME, LinkKind.TEXT),)))


@pytest.mark.parametrize(
    "link",
    [
        _link(AWAY, "Accéder à mon compte"),
        _link(AWAY, "ici"),
        _link(AWAY, ""),
        _link(AWAY, AWAY, LinkKind.TEXT),
        _link("ameli-remboursement-fr.com/rib", "ameli-remboursement-fr.com/rib", LinkKind.TEXT),
        _link(AWAY, "https://www.ameli.fr"),
        _link("https://www.ameli.fr@vol.example/", "Mon compte"),
        _link("https://203.0.113.7/ameli.fr", "Mon compte"),
        _link("https://xn--meli-43d.fr/", "Mon compte"),
        _link("data:text/html;base64,PGI+", "Mon compte"),
        _link("javascript:location='https://vol.example'", "Mon compte"),
        _link("//vol.example/x", "Mon compte"),
        _link("ht\ttp://vol.example", "Mon compte"),
        _link("https:\\\\vol.example\\x", "Mon compte"),
        _link("https://ameli.fr.vol.example/", "Mon compte"),
        _link("https://vol.example/www.ameli.fr/", "Mon compte"),
        _link("https://bit.example/x", "Mon remboursement"),
        _link(AWAY, "", LinkKind.QR),
        _link(AWAY, "", LinkKind.REFRESH),
        _link(AWAY, "Payer", LinkKind.DOCUMENT),
        _link("https://www.google.com/url?q=https://vol.example/x", "Mon compte"),
        _link(f"{GATEWAY}?url=https%3A%2F%2Fvol.example", "Mon compte"),
        _link(f"{GATEWAY}?url=https://ameli.fr&url=https://vol.example", "Mon compte"),
        _link("https://www.ameli.fr/sortie?url=https%3A%2F%2Fvol.example%2Frib", "Mon compte"),
        _link("https://www.ameli.fr/r?u=https%253A%252F%252Fvol.example", "Mon compte"),
        _link("https://www.service-public.gouv.fr/go#https://vol.example/x", "Mon compte"),
        _link("https://www.bing.com/ck/a?u=a1aHR0cHM6Ly92b2wuZXhhbXBsZS8", "Mon compte"),
        _link("https://l.facebook.com/l.php?u=https%3A%2F%2Fvol.example", "Mon compte"),
        _link("https://urldefense.com/v3/__https://vol.example/x__;!!a", "Mon compte"),
        _link("https://www-ameli-fr.translate.goog/assure", "Mon compte"),
        _link("http://0313.0.0.7/", "Mon compte"),
        _link("https://www.ameli.fr.web.app/", "ameli.fr"),
    ],
    ids=str,
)
def test_a_link_that_leads_away_is_asked_for(link: Link) -> None:
    assert ["link"] == kinds(reading("Bonjour", links=(link,)))


@pytest.mark.parametrize(
    "link",
    [
        _link(HOME, "cliquez ici"),
        _link("https://assure.ameli.fr", "Accéder à mon compte"),
        _link("https://www.monespacesante.fr/", "Mon espace santé"),
        _link("https://solidarite.ameli-cpam21.fr/", "Notre site"),
        _link("https://www.cybermalveillance.gouv.fr/", "cliquez ici"),
        _link(AWAY, "Se désabonner"),
        _link(AWAY, "Voir ce message dans votre navigateur"),
        _link(AWAY, "Politique de confidentialité"),
        _link("https://www.facebook.com/ameli", ""),
        _link(AWAY, "", LinkKind.IMAGE),
        _link("mailto:x@vol.example", "Écrire"),
        _link("#haut", "cliquez ici"),
        _link("cid:logo", "Mon compte"),
        _link(f"{GATEWAY}?url=https%3A%2F%2Fassure.ameli.fr", "Mon compte"),
        _link("https://urldefense.com/v3/__https://assure.ameli.fr/x__;!!a", "Mon compte"),
        _link("https://urldefense.proofpoint.com/v2/url?u=https-3A__assure.ameli.fr_x&d=Dw", "Mon compte"),
        _link("https://statsndm.info.ameli.fr/r?url=https%3A%2F%2Fwww.monespacesante.fr", "cliquez ici"),
    ],
    ids=str,
)
def test_a_link_that_leads_home_or_stands_in_every_newsletter_is_not(link: Link) -> None:
    assert [] == kinds(reading("Bonjour", links=(link,)))


def test_each_link_of_a_rewriter_is_followed_to_where_it_leads() -> None:
    rewriter = "https://urldefense.proofpoint.com/v2/url?u=http-3A__"
    links = (_link(f"{rewriter}lettre.example_x&d=Dw", ""), _link(f"{rewriter}10.0.0.7_x&d=Dw", "Lettre"))

    assert ["Lettre"] == _quotes(reading("Bonjour", links=links))


def test_an_address_told_as_over_the_telephone_is_a_link() -> None:
    assert "link" in kinds(reading("Tapez mon-dossier-sante point fr dans votre navigateur."))
    assert [] == kinds(reading("Retrouvez-nous sur ameli point fr."))


def test_a_number_split_over_cells_is_read() -> None:
    assert "call_back" in kinds(reading("Appelez sans attendre ce numéro :\n01\n42\n00\n00\n00"))


def test_the_titles_of_a_newsletter_of_articles_are_no_ask() -> None:
    titles = (f"Article {number} de la semaine" for number in range(12))
    links = tuple(_link(f"https://journal.example/{title}", title) for title in titles)

    assert [] == kinds(reading("La lettre du mardi", links=links))


def test_a_lie_about_the_target_is_named_as_such() -> None:
    (ask,) = find_asks(reading(links=(_link(AWAY, "www.ameli.fr"),)), lexicon(), brand())

    assert "link text" == ask.where


def test_a_click_is_asked_for_where_no_link_can_be_read() -> None:
    assert ["link"] == kinds(reading("Cliquez sur le bouton ci-dessous."))


@pytest.mark.parametrize(
    "text",
    [
        "Appelez le 08 99 10 20 30.",
        "Merci de rappeler votre conseiller au 0899.10.20.30",
        "Rappelez-nous au +33 (0)1 42 00 00 00",
        "Contactez-nous au 00 33 1 42 00 00 00.",
        "Votre conseiller est joignable au O8 99 1O 20 30",
        "Appelez-nous au numéro suivant :\n\n01 42 00 00 00",
        "Composez le zéro huit, quatre-vingt-dix-neuf, dix, vingt, trente.",
        "Appelez le 36 47 pour débloquer votre dossier.",
        "appelé nous, appelez au 0 8 9 9 1 0 2 0 3 0",
        "Veuillez téléphoner au ０８９９１０２０３０.",
        "Merci de nous rappeler au 09 70 00 00 00.",
        "Un appel au 08 99 00 00 00 suffit pour débloquer votre dossier.",
        "Pour annuler l'opération, composez le 01 80 00 00 00.",
        "Tél. pour débloquer votre compte : 0 899 102 030",
        "En cas d'erreur, veuillez joindre le service fraude au 01 89 00 00 00.",
        "Écrivez-moi sur WhatsApp au 06 39 98 12 34.",
        "Merci de contacter le service des remboursements au 0 826 000 000.",
        "Pour toute opposition, un seul numéro : 08 92 00 00 00.",
        "Votre gestionnaire attend votre appel au 01 86 00 00 00.",
        "Contactez sans attendre votre conseiller : 01 83 00 00 00",
        "Service client : 08 99 10 20 30",
        "Votre interlocuteur est joignable au 06 39 98 12 34.",
        "téléphone nous vite au 07 56 00 00 00",
        "Vous pouvez nous joindre du lundi au vendredi au 09 75 18 00 00.",
        "Rappelez ce numéro : 01 84 00 00 00.",
        "Prenez contact avec notre cellule au 09 80 00 00 00.",
        "Appelez dès réception le + 33 1 84 00 00 00",
        "Appelez immédiatement le 01 80 88 00 00.",
        "Pour toute question, contactez le 08 20 00 00 00.",
        "Rappelez Mme Durand au 06 44 60 12 34 avant midi.",
    ],
)
def test_a_call_to_another_number_is_asked_for(text: str) -> None:
    assert "call_back" in kinds(reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "Appelez le 36 46.",
        "Contactez-nous au 3646 (service gratuit + prix appel).",
        "Ne rappelez pas le 08 99 10 20 30.",
        "Dr Martin\nTél : 01 42 00 00 00",
        "Appelez-nous quand vous voulez.",
        "Votre rendez-vous du 01/02/2026 à 10 h 30 est confirmé.",
        "Numéro de dossier 0899102030",
        "Les fraudeurs font rappeler le 08 99 10 20 30.",
        "Si vous avez communiqué votre RIB, contactez votre banque.",
        "Un conseiller peut vous appeler depuis le 01 78 85 70 03.",
        "Vous pouvez nous joindre au 36 46.",
    ],
)
def test_the_published_number_and_a_plain_signature_are_no_call_back(text: str) -> None:
    assert "call_back" not in kinds(reading(text))


@pytest.mark.parametrize(("number", "asked"), [("06 44 60 12 34", ["call_back"]), ("36 46", []), ("", [])])
def test_what_the_subject_wants_called_is_the_number_in_the_letter(number: str, asked: list[str]) -> None:
    text = f"Bonjour,\n\nVotre dossier est bloqué.\nNous en parlerons.\n\nSophie\n{number}"

    assert asked == kinds(reading(text, subject="Appelez-moi vite"))


def test_a_table_to_fill_in_is_read_with_the_sentence_above_it() -> None:
    cells = "Nom\nN° de Sécurité sociale\nBanque\nIBAN\nTéléphone"
    asked = kinds(reading(f"Merci de compléter le tableau ci-dessous et de nous le renvoyer signé.\n{cells}"))

    assert {"nir", "bank_details"} <= set(asked)
    assert [] == kinds(reading(f"Le tableau ci-dessous montre les colonnes du fichier.\n{cells}"))


def test_a_link_that_dials_a_costly_number_is_a_call_back() -> None:
    assert ["call_back"] == kinds(reading(links=(_link("tel:+33899102030", "Appeler"),)))
    assert [] == kinds(reading(links=(_link("tel:3646", "36 46"),)))
    assert [] == kinds(reading(links=(_link("tel:+33142000000", "01 42 00 00 00"),)))


def test_a_link_that_begins_a_mail_asks_for_what_its_text_names() -> None:
    """RFC 6068; the links by which newsletters are cancelled have a subject only."""
    filled = "mailto:x@y.example?subject=Oui&BODY=Mon%20num%C3%A9ro%20de%20s%C3%A9cu%20%3A%0AMon%20IBAN%20%3A"

    assert ["nir", "bank_details", "reply"] == kinds(reading(links=(_link(filled, "Je confirme"),)))
    assert [] == kinds(reading(links=(_link("mailto:x@y.example?subject=unsubscribe", "Adieu"),)))
    assert [] == kinds(reading(links=(_link("mailto:x@y.example", "Nous écrire"),)))


def test_a_form_in_the_mail_asks_for_what_its_labels_name() -> None:
    form = Form("https://vol.example/p.php", "Nom\nNuméro de sécurité sociale\nIBAN\nValider")

    assert ["nir", "bank_details", "form"] == kinds(reading(forms=(form,)))


def test_an_attachment_is_asked_for_only_where_there_is_one() -> None:
    text = "Veuillez ouvrir le document joint."

    assert [] == kinds(reading(text))
    assert ["attachment"] == kinds(reading(text, attachments=(Attachment("x.pdf", "application/pdf", 9),)))


def test_a_form_at_home_is_no_ask() -> None:
    """Where each link leads home, and nothing else is there that could hold one."""
    text = "Pour être rappelé, remplissez le formulaire en ligne."
    home = _link("https://www.ameli.fr/drome", "en ligne")
    away = _link("https://vol.example/", "en ligne")
    file = Attachment("x.pdf", "application/pdf", 9)

    assert [] == kinds(reading(text, links=(home,)))
    assert "form" in kinds(reading(text))
    assert "form" in kinds(reading(text, links=(home, away)))
    assert "form" in kinds(reading(text, links=(home,), attachments=(file,)))
    assert "form" in kinds(reading(text, links=(home,), forms=(Form("", "Nom"),)))


def test_an_attached_text_and_the_subject_are_read_too() -> None:
    (ask,) = find_asks(reading(attached="Renseignez votre RIB :"), lexicon(), brand())
    assert "attachment" == ask.where

    (ask,) = find_asks(reading(subject="Action requise : confirmez votre RIB"), lexicon(), brand())
    assert "subject" == ask.where


def test_quoted_text_is_read_only_on_request() -> None:
    forwarded = reading("Est-ce une arnaque ?", quoted="Veuillez nous envoyer votre RIB.")

    assert [] == kinds(forwarded)
    assert ["bank_details"] == kinds(forwarded, include_quoted=True)


_WORDS = "veuillez |votre rib| ne |jamais |cliquez ici |merci de |089910|0,99 €|____|#nir.0 |~m.give |{thing}"
_SIGNS = ["«", "»", '"', ": ", "\n", "- ", "€", "http://", "@", "%", "\\", "é", "\u202e", "\x00", " | "]
_PIECES = st.sampled_from([*_WORDS.split("|"), *_SIGNS])
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


@given(text=_TEXTS, target=_TEXTS, shown=_TEXTS, kind=st.sampled_from(LinkKind))
@settings(max_examples=200, deadline=None)
def test_nothing_that_a_sender_writes_raises(text: str, target: str, shown: str, kind: LinkKind) -> None:
    of = reading(
        text,
        subject=shown[:100],
        quoted=text,
        attached=shown,
        links=tuple(Link(head + target, shown, kind) for head in ("", "tel:", "mailto:?body=")),
        forms=(Form(target, shown),),
        attachments=(Attachment(shown, target, 1),),
    )

    asks = find_asks(of, lexicon(), brand(), include_quoted=True)

    assert len(asks) == len({ask.kind for ask in asks})
    assert all(len(ask.quote) <= 300 for ask in asks)


@pytest.mark.parametrize(
    "piece",
    [
        "veuillez ",
        "0 8 9 9 ",
        "0899102030",
        "«",
        '"rib" ',
        ": ",
        "\n",
        "- rib :\n",
        "_",
        ".",
        "a@",
        "€1",
        "zero ",
    ],
)
def test_a_megabyte_of_the_same_is_read_to_an_end(piece: str) -> None:
    asks = find_asks(reading(piece * (1_000_000 // len(piece))), lexicon(), brand())

    assert len(asks) <= len(AskKind)


def test_of_a_qr_code_it_is_said_where_it_leads() -> None:
    links = (_link(AWAY, "QR", LinkKind.QR),)
    (ask,) = find_asks(reading("Bonjour", links=links), lexicon(), brand())

    assert (AWAY, "qr") == (ask.quote, ask.where)


@pytest.mark.parametrize(
    ("target", "is_program"),
    [
        ("https://maj.example/dl/FSV_1.40_fix.exe", True),
        ("https://maj.example/appli-vitale.APK?v=3#a", True),
        ("https://maj.example/dl/guide.pdf", False),
        ("https://maj.example/?file=guide.exe", False),
        ("https://maj.exe", False),
        ("https://ameli.fr/dl/carte.apk", False),
    ],
)
def test_a_link_to_a_program_away_from_home_is_harm(target: str, *, is_program: bool) -> None:
    newsletter = tuple(_link(f"https://p{number}.example/", "Lire la suite") for number in range(30))
    asks = find_asks(
        reading("Bonjour", links=(*newsletter, _link(target, "le correctif"))), lexicon(), brand()
    )

    assert is_program is any(ask.where == PROGRAM and ask.quote == "le correctif" for ask in asks)
    assert is_program is (wants_harm(asks) and wants_access(asks))
