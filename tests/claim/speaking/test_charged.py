"""Does a third party say that the organisation charged him, wants what he asks for, or told him something?"""

import pytest

from milter.claim.claim import Basis
from milter.claim.lines import Lines
from milter.claim.speaking.charged import Charged
from milter.claim.speaking.sentences import Sentences
from tests.claim.shipped import BRAND, COMMON

CHARGED = Charged(BRAND.words, COMMON, Sentences(BRAND.words))
LINES = Lines(BRAND.words.homonyms)


def said(text: str) -> Basis | None:
    found = CHARGED.said(LINES.of(text))
    return None if found is None else found[0]


@pytest.mark.parametrize(
    "text",
    [
        "Nous sommes chargés par la CPAM de votre dossier.",
        "L'Assurance Maladie nous a chargés de vous contacter.",
        "La CPAM de l'Hérault nous a confié la collecte des attestations.",
        "La Caisse primaire d'assurance maladie me charge de retrouver les héritiers.",
        "La Caisse primaire écrit. La Caisse accepte 40 % et nous a mandatés pour les recevoir.",
        "L'Assurance Maladie a chargé les communes de recenser les habitants.",
        "L'Assurance Maladie vous a payé deux fois.\nElle nous charge d'encaisser la différence.",
        "Votre dossier m'a été confié par l'Assurance Maladie.",
        "La CPAM n'assure plus les mises à jour. Elle en a confié la charge aux mairies.",
        "La Sécurité sociale a retrouvé 900 €. C'est à notre office qu'ils confient le versement.",
        "La caisse nous a viré la somme en nous chargeant de la répartir.\nLa CPAM paie.",
        "Je suis saisi par le service fraude de la CPAM.",
        "Nous avons reçu mission de l'Assurance Maladie de migrer tous les postes.",
        "Je suis le conseil de la Caisse primaire d'assurance maladie.",
        "Conseil habituel de la Caisse primaire d'assurance maladie, je vous soumets son offre.",
        "C'est la caisse primaire de Tours qui finance l'aide et qui nous charge de la verser.",
        "La CPAM nous a donné mandat pour trouver une solution.",
        "L'Assurance Maladie a désigné l'ISFP comme opérateur pour votre région.",
        "Nous sommes le relais de l'Assurance Maladie.\nÀ sa demande, nous vérifions votre identité.",
        "La CPAM n'imprime plus ces cartes, elle les fait délivrer par des assisteurs, dont nous sommes.",
    ],
)
def test_whom_it_charged_acts_for_it(text: str) -> None:
    assert said(text) is Basis.CHARGED


@pytest.mark.parametrize(
    "text",
    [
        "La CPAM de l'Aveyron exige une signature en ligne.",
        "La CPAM me demande une copie de votre carte.",
        "La CPAM, qui demande une copie de votre carte, attend.",
        "La CPAM a rejeté la facture. C'est la caisse qui demande une copie de votre carte.",
        "L'Assurance Maladie finance dix séances.\nPour le versement, elle vous demande de vous identifier.",
        "Sur instruction de l'Assurance Maladie nous recouvrons la somme.",
        "Le médecin-conseil réclame vos ordonnances.",
        "La CPAM n'accepte plus l'attestation de l'employeur seule.",
        "La CPAM nous autorise à vous demander une photo de la carte.",
        "Contrôle de résidence demandé par l'Assurance Maladie",
        "La CPAM a bloqué vos trajets. Elle veut que le patient confirme lui-même.",
        "J'ai eu la Sécurité sociale ce matin. Ils sont pressés. Ils exigent une réponse avant lundi.",
        "La CPAM a relu votre dossier. Elle souhaite savoir si vous travaillez encore.",
        "L'Assurance Maladie verse une prime.\nLa caisse a un guichet et exige que chacun dépose son RIB.",
        "La CPAM nous a répondu qu'il fallait passer par notre intermédiaire.",
        "La CPAM vient de nous écrire. Elle pose une condition : recevoir vos identifiants.",
        "Expéditeur : Assurance Maladie.\nL'expéditeur nous donne consigne de détruire la carte.",
        "La Caisse primaire conditionne la gratuité à un enregistrement.",
        "Just heard back from CPAM Périgueux. They want the card to be prepaid.",
        "La CPAM s'appuie sur les experts-comptables pour constituer son fichier.",
        "La commune agit avec l'Assurance Maladie.\nCelle-ci attend des mairies qu'elles les complètent.",
        "L'Assurance Maladie a retenu notre centre et nous demande d'inscrire les retardataires.",
        "A CPAM pediu à nossa associação para contactar os trabalhadores.",
        "La caisse a un doute sur votre dossier.\nOn me demande de vous réclamer une copie.",
    ],
)
def test_what_it_wants_may_be_said_of_it_or_of_them(text: str) -> None:
    assert said(text) is Basis.DEMANDED


@pytest.mark.parametrize(
    "text",
    [
        "La caisse d'assurance maladie nous a signalé un rattachement illisible.",
        "La CPAM me bloque le paiement.",
        "La CPAM me réclame encore des papiers, je paie dès que je suis payé.",
        "Une dame de la Sécurité sociale a téléphoné au club.",
        "Nous avons été contactés par la C.P.A.M.",
        "Nous avons reçu de votre CPAM un ordre de virement.",
    ],
)
def test_what_he_heard_from_it_is_less(text: str) -> None:
    assert said(text) is Basis.HEARD_FROM


@pytest.mark.parametrize(
    "text",
    [
        "Gravelys, fabricant de titres pour l'Assurance Maladie",
        "IdentiSûr est le tiers de confiance de l'Assurance Maladie.",
        "Nexalis assure l'hébergement des comptes pour votre caisse primaire.",
        "Nous agissons pour le compte de la CPAM.",
        "Je coordonne la mission accès aux droits pour l'Assurance Maladie d'Ille-et-Vilaine.",
        "J'enquête pour la CPAM de la Charente sur un groupe qui revend ces produits.",
    ],
)
def test_who_works_for_it_acts_for_it(text: str) -> None:
    assert said(text) is Basis.ACTING_FOR


@pytest.mark.parametrize(
    "text",
    [
        "La CPAM me réclame mon RIB.",
        "J'ai rempli le dossier pour la CPAM.",
        "Je prépare un courrier pour la CPAM.",
        "Appel en cause de la CPAM, pièce à me retourner.",
        "To register with the CPAM you need a passport, and we require a copy.",
        "Joindre le refus de la CPAM et demande de prise en charge.",
        "Notification de la caisse primaire (demande à faire sous un mois).",
        "L'Assurance Maladie appelle 214 assurés ; elle nous demande combien nous pouvons en prendre.",
        "Aucun acte n'est pris en charge par l'Assurance Maladie.",
        "L'Assurance Maladie et nous vous souhaitons un bel automne.",
        "Elle veut un vélo. Il exige un reçu.",
        "Le capital décès de l'Assurance Maladie se demande à part, dans les 30 jours.",
        "La télétransmission avec la CPAM s'impose à tous les cabinets.",
        "La CPAM a bien reçu l'arrêt. Le salarié, qui veut un rappel, attend.",
        "La CPAM a répondu. Reste l'entreprise d'accueil, qui demande votre RIB.",
        "La CPAM est ouverte. Le marché aussi. Il fait beau. Elle veut un vélo.",
        "Nous ne sommes pas mandatés par l'Assurance Maladie.",
        "Votre imprimeur vous remercie de votre commande.",
        "La CPAM a ouvert deux guichets et nous en sommes heureux.",
        "CPAM de la Somme - Demande de compléments sur votre offre",
        "La députée écrit à la CPAM. Elle souhaite savoir quelles mesures sont envisagées.",
    ],
)
def test_what_others_say_is_no_charge(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize("whose", ["de ma part", "de notre part", "de mon côté"])
def test_what_it_wants_of_himself_is_not_wanted_of_the_reader(whose: str) -> None:
    assert said("La CPAM demande la déclaration d'accident de votre part.") is Basis.DEMANDED
    assert said(f"La CPAM demande la déclaration d'accident {whose}.") is not Basis.DEMANDED
