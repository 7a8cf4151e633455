"""Why is a result what it is? In English, as it is stored and sent on, and in French. Pure."""

import re
from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why a result is no pass, or why a pass does not count; `{}` stands for a number or a name."""

    french: str

    def __new__(cls, english: str, french: str) -> Self:
        """The English is the value."""
        reason = str.__new__(cls, english)
        reason._value_ = english
        reason.french = french
        return reason

    DNS_AWAY = "DNS is away", "le DNS ne répond pas"
    # DKIM: the signature.
    TOO_MANY = "too many, {} left out", "trop de signatures, {} non lues"
    TOO_LONG = "longer than {} octets", "signature de plus de {} octets"
    MALFORMED = "malformed signature", "signature mal formée"
    NO_NAMES = "d= or s= is not a domain name", "d= ou s= n'est pas un nom de domaine"
    SHA1 = "rsa-sha1", "rsa-sha1"
    EXPIRED = "expired", "signature périmée"
    IN_FUTURE = "signed in the future", "signature datée dans l'avenir"
    # What it covers.
    BODY_TOO_LARGE = "body too large to verify", "corps trop grand pour être vérifié"
    BODY_TOO_SHORT = "l= is longer than the body", "l= dépasse la longueur du corps"
    BODY_CHANGED = "body was changed", "le corps a été modifié"
    HEADER_CHANGED = "header was changed", "l'en-tête a été modifié"
    TWO_READINGS = "header can be read in two ways", "l'en-tête peut se lire de deux façons"
    END_UNSIGNED = "l= leaves the end of the body unsigned", "l= laisse la fin du corps sans signature"
    UNSIGNED = "{} is not signed", "le champ {} n'est pas signé"
    ONE_MORE = "{} stands there more often than signed", "le champ {} figure plus de fois qu'il n'est signé"
    # Its key.
    NO_KEY = "no key", "pas de clé"
    NO_USABLE_KEY = "no usable key", "pas de clé utilisable"
    KEY_TOO_SHORT = "key of {} bits", "clé de {} bits"
    KEY_NOT_FOR_SHA256 = "key is not for sha256", "clé qui n'est pas faite pour sha256"
    KEY_IN_TESTING = "key is in testing", "clé à l'essai"
    KEY_NOT_FOR_SUBDOMAINS = "key is not for subdomains", "clé qui ne vaut pas pour les sous-domaines"
    # SPF and DMARC.
    NOTHING_TO_TEST = "nothing to test", "rien à vérifier"
    WITHOUT_SPF = "{}, SPF was not tested", "{}, SPF non vérifié"
    # ARC.
    TOO_MANY_SETS = "too many sets", "trop d'étapes"
    MALFORMED_CHAIN = "malformed chain", "chaîne mal formée"
    BROKEN_SEAL = "seal {} does not hold", "le sceau n° {} n'est pas valable"
    NOT_TRUSTED = "sealer is not trusted", "le serveur qui l'a scellé n'est pas de confiance"


_WRITTEN = {reason: re.compile(re.escape(reason).replace(r"\{\}", "(.+)")) for reason in Reason}


def in_words(reason: str, language: str) -> str:
    """A reason as it was stored, in this language; one that is none of ours (a DMARC policy) as it stands."""
    if language == "en":
        return reason
    for known, written in _WRITTEN.items():
        if found := written.fullmatch(reason):
            return known.french.format(*found.groups())
    return reason
