"""Do the options go together? What each of them may be by itself, it says in `options`. Pure."""

from collections.abc import Iterator
from itertools import combinations

from milter.config.address import HostPort
from milter.config.milter_socket import parse_socket
from milter.config.options import Config
from milter.config.problem import Problem


def disagreements(config: Config) -> list[Problem]:
    """Options that ask for nothing, or for what cannot be, beside the others."""
    return [
        *_listeners(config),
        *_proxies(config),
        *_provider(config),
        *_digest(config),
        *_tls(config),
        *_milter(config),
        *_next_hop(config),
    ]


def _listeners(config: Config) -> Iterator[Problem]:
    smtp = config.smtp
    if not (smtp.listen or smtp.proxy_listen or config.milter.listen):
        yield Problem(("smtp", "listen"), "must not be empty, unless [milter] listens")
    listeners = [(("smtp", "listen"), text, HostPort.parse(text)) for text in smtp.listen]
    listeners += [(("smtp", "proxy_listen"), text, HostPort.parse(text)) for text in smtp.proxy_listen]
    listeners += [(("milter", "listen"), text, address) for text, address in _milter_ports(config)]
    listeners += [(("review", "listen"), text, HostPort.parse(text)) for text in config.review.listen]
    listeners += [(("metrics", "listen"), text, HostPort.parse(text)) for text in config.metrics.listen]
    for (_, _, one), (key, text, other) in combinations(listeners, 2):
        if one.overlaps(other):
            yield Problem(key, f"two listeners on one address: {one} and {text}")
    if smtp.proxy_listen and not smtp.trusted_proxies:
        yield Problem(("smtp", "proxy_listen"), "nobody may connect there, for trusted_proxies is empty")


def _milter_ports(config: Config) -> Iterator[tuple[str, HostPort]]:
    for text in config.milter.listen:
        address = parse_socket(text)
        if isinstance(address, HostPort):
            yield text, address


def _proxies(config: Config) -> Iterator[Problem]:
    review = config.review
    groups = (*review.admin_groups, *review.reviewer_groups, *review.viewer_groups)
    if review.proxy_user_header and not review.trusted_proxies:
        yield Problem(("review", "proxy_user_header"), "is believed of nobody, for trusted_proxies is empty")
    if review.proxy_groups_header and not (review.proxy_user_header and groups):
        yield Problem(("review", "proxy_groups_header"), "needs proxy_user_header and groups with a role")
    if groups and not review.proxy_groups_header:
        yield Problem(("review", "proxy_groups_header"), "is empty, so that nobody says who is in a group")


def _digest(config: Config) -> Iterator[Problem]:
    digest = config.digest
    if digest.is_on and digest.requests and not config.digest_url:
        yield Problem(("digest", "url"), "must say where recipients ask, unless [review] url does")
    if digest.is_on and not (digest.daily or digest.weekly):
        yield Problem(("digest", "daily"), "and weekly are empty, so that no digest is ever sent")


def _provider(config: Config) -> Iterator[Problem]:
    oidc = config.oidc
    roles = (*oidc.admins, *oidc.reviewers, *oidc.viewers)
    if not oidc.issuer:
        if not oidc.passwords:
            yield Problem(("oidc", "passwords"), "nobody could log in: there is no issuer")
        return
    if not oidc.client_id:
        yield Problem(("oidc", "client_id"), "must not be empty, where there is an issuer")
    if not config.review.url:
        yield Problem(("oidc", "issuer"), "needs [review] url, for people to come back to")
    if not roles:
        yield Problem(("oidc", "admins"), "nobody would come in: name who is admin, reviewer or viewer")


def _tls(config: Config) -> Iterator[Problem]:
    for section, wanted in (("smtp", config.smtp), ("review", config.review)):
        if wanted.key and not wanted.certificate:
            yield Problem((section, "key"), "needs a certificate")
    if config.smtp.require_tls and not (config.smtp.certificate or config.smtp.key):
        yield Problem(("smtp", "require_tls"), "needs a certificate")


def _milter(config: Config) -> Iterator[Problem]:
    if config.milter.listen and config.milter.quarantine == "store" and config.next_hop.maildir:
        yield Problem(
            ("next_hop", "url"),
            "mail that came by the milter would be released into a Maildir that nobody reads; name an "
            "entrance of your mail server, as in smtp://127.0.0.1:10031 (README, As a milter)",
        )


def _next_hop(config: Config) -> Iterator[Problem]:
    hop = config.next_hop
    listeners = [HostPort.parse(text) for text in (*config.smtp.listen, *config.smtp.proxy_listen)]
    for option, url in [("url", hop.url), *(("fallback", url) for url in hop.fallback)]:
        scheme, _, rest = url.partition(":")
        if scheme in {"smtp", "lmtp"}:
            server = HostPort.parse(rest[2:].removesuffix("/"), 25 if scheme == "smtp" else 24)
            if any(server.overlaps(listener) for listener in listeners):
                sentence = f"{server} is where this gateway listens: mail would go in circles"
                yield Problem(("next_hop", option), sentence)
    if hop.fallback and hop.maildir:
        yield Problem(("next_hop", "fallback"), "would never be tried: a Maildir is always there")
    if hop.tls != "required" or not hop.tls_verify:
        for option in ("tls_name", "tls_ca"):
            if getattr(hop, option):
                sentence = (
                    'asks for nothing: only tls = "required" with tls_verify = true looks at certificates'
                )
                yield Problem(("next_hop", option), sentence)
