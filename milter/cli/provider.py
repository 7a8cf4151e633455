"""Does the identity provider answer as one? A check of `vigimel doctor`; none raises or changes anything."""

from milter.cli.surroundings import Check, Checked, State, Texts
from milter.config import Config
from milter.errors import ConfigError
from milter.review.elsewhere import Elsewhere
from milter.review.oidc import Away

TEXTS = {
    "fr": {
        "provider": "fournisseur d'identité",
        "provider_none": "aucun ([oidc] issuer est vide)",
        "provider_ok": "{name} répond ; y inscrire pour {client} l'adresse de retour {back}",
        "provider_away": "{why} ; personne ne se connecte par lui ([oidc] issuer, ca)",
    },
    "en": {
        "provider": "identity provider",
        "provider_none": "none ([oidc] issuer is empty)",
        "provider_ok": "{name} answers; there, the redirect address of {client} must be {back}",
        "provider_away": "{why}; nobody logs in by it ([oidc] issuer, ca)",
    },
}


async def _provider(config: Config, text: Texts) -> Checked:
    try:
        # The key seals logins, and none begins here.
        elsewhere = Elsewhere.of(config, b"")
        if elsewhere is None:
            return State.OK, text["provider_none"]
        await elsewhere.provider.check()
    except (Away, ConfigError) as error:
        return State.WRONG, text["provider_away"].format(why=error)
    client, back = config.oidc.client_id, elsewhere.provider.back
    return State.OK, text["provider_ok"].format(name=elsewhere.name, client=client, back=back)


CHECKS: dict[str, Check] = {"provider": _provider}
