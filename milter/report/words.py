"""In which words does a report speak? French and English. Pure."""

from collections.abc import Mapping

from milter.speech.words import speaker

_FR = {
    "Report": "Rapport Vigimel",
    "waiting now": "en attente",
    "What came": "Ce qui est arrivé",
    "finding": "constat",
    "mails": "messages",
    "before": "avant",
    "trend": "évolution",
    "nothing": "rien",
    "no mail": "aucun message",
    "Held back": "Retenu",
    "what": "quoi",
    "held": "retenus",
    "of them released": "dont remis",
    "of them confirmed as fraud": "dont fraudes confirmées",
    "false positives, as far as anybody looked": "faux positifs, pour ce qui a été relu",
    "Waiting for a decision": "En attente d'une décision",
    "no.": "n°",
    "received": "reçu",
    "from": "de",
    "subject": "sujet",
    "to": "à",
    "and others; all on the review page": "et d'autres ; tous sur la page de revue",
    "New campaigns": "Nouvelles campagnes",
    "waiting": "en attente",
    "first seen": "vu d'abord",
    "Recipients ask for": "Demandé par des destinataires",
    "asked": "demandé",
    "Released": "Remis",
    "when": "quand",
    "by": "par",
    "command line": "ligne de commande",
    "How it was claimed": "Comment la marque a été imitée",
    "likeness": "imitation",
    "What was wanted": "Ce qui était demandé",
    "ask": "demande",
    "Who sent it": "D'où cela venait",
    "author's domain": "domaine de l'auteur",
    "Who was aimed at": "Qui était visé",
    "recipient": "destinataire",
    "Official mail": "Courrier officiel",
    "domain": "domaine",
    "proven": "prouvés",
    "from unlisted addresses": "adresse non publiée",
    "note": "remarque",
    "does not prove itself any more": "ne se prouve plus",
    "Facts to look up again": "Faits à vérifier à nouveau",
    "organisation": "organisme",
    "fact": "fait",
    "last read": "lu le",
    "Review page": "Page de revue",
    "new": "nouveau",
    "(no subject)": "(sans sujet)",
    ": ": "\N{NO-BREAK SPACE}: ",
    "observing": "Observation seulement : rien n'est retenu, ce qui le serait est marqué et remis.",
    "requests of recipients": "demandes de destinataires",
    "1 requests of recipients": "demande d'un destinataire",
    "tagged": "marqués",
    "1 tagged": "marqué",
    "waits for answer": "Quelqu'un attend votre réponse.",
    "Tagged, not held": "Marqués, non retenus",
    "and others; all in the trace": "et d'autres ; tous sous Trace, sur la page de revue",
    "envelope sender": "expéditeur d'enveloppe",
    "sending server": "serveur d'envoi",
    "This mail presents itself as {name}. It does not come from there.": (
        "Ce message se fait passer pour {name}. Il n'en vient pas."
    ),
    "The text of this mail brings {name} to mind. It does not come from there.": (
        "Le texte de ce message évoque {name}. Il n'en vient pas."
    ),
    "It leads to:": "Il mène à :",
    "no verdict": "sans verdict",
    "mail": "message",
    "unrelated": "sans rapport",
    "genuine": "authentique",
    "genuine_unlisted": "authentique, adresse non publiée",
    "mention": "mention",
    "suspect": "suspect",
    "impersonation": "usurpation",
    "undecided": "indécis",
    "allowed": "admis par une règle",
}
_EN = {
    "Report": "Vigimel report",
    "1 requests of recipients": "request of a recipient",
    "1 tagged": "tagged",
    "waits for answer": "Somebody waits for your answer.",
    "observing": "Observing only: nothing is held; mail that would be held is tagged and delivered.",
    "and others; all in the trace": "and others; all under Trace, on the review page",
    "genuine_unlisted": "genuine, unlisted address",
    "allowed": "allowed by a rule",
}
_TEXTS: Mapping[str, Mapping[str, str]] = {"fr": _FR, "en": _EN}


def say(language: str, sentence: str) -> str:
    """The sentence, or the word of the code, in this language; as it stands where nothing is known of it."""
    return _TEXTS[language].get(sentence) or speaker(language)(sentence)


def counted(language: str, number: int, sentence: str) -> str:
    """So many of them; of one the words may be others."""
    return f"{number} {say(language, f'1 {sentence}' if number == 1 else sentence)}"
