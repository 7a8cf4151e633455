"""What somebody filled in is his letter, where it leads away in the brand's name, and nobody's else."""

import pytest

from milter.claim.claim import Basis
from milter.claim.read import ClaimReader
from milter.mail.reading import Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

READER = ClaimReader(BRAND, COMMON)
SHOP = Mailbox("Bricolia", "bonjour@bricolia.example")
WELCOME = (
    "Merci d'avoir créé un compte chez Bricolia. Suivez vos commandes dès maintenant.\nL'équipe Bricolia"
)
LURE = "Votre carte Vitale expire, voir https://vitale-maj.example/v"
COPY = "Votre message a bien été transmis à nos services. En voici la copie :"


def filled_in(text: str, author: Mailbox = SHOP) -> bool:
    claim = READER.read(Reading("Bienvenue", (author,), (), text))
    return claim is not None and claim.basis is Basis.FILLED_IN


@pytest.mark.parametrize(
    "text",
    [
        f"Bonjour {LURE} ,\n{WELCOME}",
        f"Cher/Chère {LURE}\n{WELCOME}",
        f"Nom : {LURE}\n{WELCOME}",
        f"Bonjour Votre carte Vitale est bloquée, appelez le 08 99 23 41 55 !\n{WELCOME}",
        f"{COPY}\nNom : Assurance Maladie\nMessage : Vos droits : droits.example/a\n\nLa mairie",
        f"Bonjour CPAM Var,\n{COPY}\nNom : CPAM Var\nVotre message :\nVos droits : 0899 00 23 14.\n\nGarage",
    ],
)
def test_a_lure_in_a_name_or_message_is_the_letter(text: str) -> None:
    assert filled_in(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Bonjour Marie,\n{WELCOME}",
        # Nobody leads away.
        f"Bonjour Votre carte Vitale expire bientôt\n{WELCOME}",
        f"Bonjour Votre carte Vitale expire, voir https://www.ameli.fr/\n{WELCOME}",
        f"Bonjour Votre carte Vitale expire, voir https://bricolia.example/\n{WELCOME}",
        f"Bonjour Votre carte Vitale expire, appelez le 36 46\n{WELCOME}",
        # It is about something else.
        f"Bonjour Votre commande est prête, voir https://colis.example/v\n{WELCOME}",
        # What he got, and warns of.
        f"« Bonjour {LURE} »\n{WELCOME}",
        f"Attention au phishing.\nBonjour {LURE}\n{WELCOME}",
        # The rest is about it, too, or there is none.
        f"Bonjour {LURE}\nVotre pharmacie met votre carte Vitale à jour.\n{WELCOME}",
        f"Bonjour {LURE}\nBricolia",
        # So people write.
        f"Bonjour je vous envoie le lien carte Vitale https://vitale-maj.example/v\n{WELCOME}",
        # He who asks says who he is.
        f"{COPY}\nNom : Marie Lefort\nMessage : carte Vitale : https://vitale-maj.example ?\n\nLa mairie",
        f"{COPY}\nNom : Assurance Maladie\nMessage : Pouvez-vous me rappeler ?\n\nLa mairie de Saint-Aubin",
        f"{COPY}\nNom : CPAM du Var\nMessage : Un devis de stores ? 04 90 00 00 00\n\nLa mairie",
        f"{COPY}\nNom : Assurance Maladie\nMessage : Rappelez-nous\n\nvoir https://mairie-infos.example",
    ],
)
def test_all_else_is_nobodys(text: str) -> None:
    assert not filled_in(text)


def test_a_person_may_forget_the_comma() -> None:
    author = Mailbox("Lucie Faure", "lucie.faure@boite.example")

    assert not filled_in(
        f"Bonjour {LURE}\nVoilà ce que tu cherchais hier soir, bises à tous.\nLucie Faure", author
    )


def test_however_long_the_form_it_is_read_once() -> None:
    for line in ("bonjour ", "nom : ", "nom :\n", "message :\n", "nom : ameli x\nmessage : \n", "\n \n"):
        filled_in(line * (100_000 // len(line)))
