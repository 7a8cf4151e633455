"""Are the places there that the operator named? Paths made absolute, then looked at.

Touches the file system, changes nothing on it.
"""

import grp
import os
import ssl
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from milter.config.address import HostPort
from milter.config.certificate import server_context
from milter.config.milter_socket import UnixPath, absolute, parse_socket
from milter.config.options import Config, JudgeConfig, NextHopConfig, OidcConfig, ReviewConfig, SmtpConfig


def shipped() -> Path:
    """config/vigimel.toml of this checkout or of the installed package."""
    return Path(str(files("milter") / "shipped" / "vigimel.toml")).resolve()


class Problem(NamedTuple):
    """One thing wrong: the key it is about, as parts, and the sentence for the operator."""

    key: tuple[str, ...]
    sentence: str


def resolve(config: Config, directory: Path) -> Config:
    """The same with absolute paths: what is read starts at the config file, what is written at `state`."""
    state = (directory / config.state.directory).resolve()
    return config.model_copy(
        update={
            "state": config.state.model_copy(update={"directory": state}),
            "judge": config.judge.model_copy(update=dict(_judge_paths(config.judge, directory))),
            "quarantine": config.quarantine.model_copy(
                update={"path": (state / config.quarantine.path).resolve()}
            ),
            "next_hop": _absolute_hop(config.next_hop, directory, state),
            "review": config.review.model_copy(update=dict(_tls_paths(config.review, directory))),
            "oidc": config.oidc.model_copy(update=dict(_oidc_paths(config.oidc, directory))),
            "smtp": config.smtp.model_copy(update=dict(_tls_paths(config.smtp, directory))),
            "milter": config.milter.model_copy(
                update={"listen": tuple(absolute(text, state) for text in config.milter.listen)}
            ),
        }
    )


def _judge_paths(judge: JudgeConfig, directory: Path) -> Iterator[tuple[str, Path]]:
    """What is not set comes from the shipped files, so that an update brings the facts of today."""
    for option in (name for name, field in JudgeConfig.model_fields.items() if field.annotation is Path):
        start = directory if option in judge.model_fields_set else shipped().parent
        yield option, (start / getattr(judge, option)).resolve()


def _tls_paths(section: SmtpConfig | ReviewConfig, directory: Path) -> Iterator[tuple[str, str]]:
    for option in ("certificate", "key"):
        if path := getattr(section, option):
            yield option, str((directory / path).resolve())


def _oidc_paths(oidc: OidcConfig, directory: Path) -> Iterator[tuple[str, str]]:
    for option in ("client_secret_file", "ca"):
        if path := getattr(oidc, option):
            yield option, str((directory / path).resolve())


def place_problems(config: Config, *, to_serve: bool) -> list[Problem]:
    """What is wrong with the places in a resolved configuration."""
    problems = list(_data(config))
    if to_serve:
        problems += [
            *_listeners(config),
            *_tls(config),
            *_proxies(config),
            *_provider(config),
            *_digest(config),
            *_milter(config),
            *_written(config),
            *_next_hop(config),
        ]
    return problems


def _absolute_hop(hop: NextHopConfig, directory: Path, state: Path) -> NextHopConfig:
    return hop.model_copy(
        update={
            "url": _absolute_url(hop.url, state),
            "fallback": tuple(_absolute_url(url, state) for url in hop.fallback),
            "tls_ca": hop.tls_ca and str((directory / hop.tls_ca).resolve()),
        }
    )


def _absolute_url(url: str, state: Path) -> str:
    scheme, _, path = url.partition(":")
    return f"{scheme}:{(state / path).resolve()}" if scheme in {"maildir", "lmtp+unix"} else url


def _data(config: Config) -> Iterator[Problem]:
    for option, directory in (("brands", config.judge.brands), ("asks", config.judge.asks)):
        key = ("judge", option)
        try:
            if not any(directory.glob("*.toml")):
                missing = "no .toml file in it" if directory.is_dir() else "no such directory"
                yield Problem(key, f"{directory}: {missing}")
            elif not os.access(directory, os.R_OK | os.X_OK):
                yield Problem(key, f"{directory}: may not be read")
        except OSError as error:
            yield Problem(key, f"{directory}: {error.strerror}")
    if not os.access(config.judge.claim, os.R_OK):
        yield Problem(("judge", "claim"), f"{config.judge.claim}: cannot be read")


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
    for option in ("client_secret_file", "ca"):
        if (path := getattr(oidc, option)) and not os.access(path, os.R_OK):
            yield Problem(("oidc", option), f"{path}: cannot be read")


def _tls(config: Config) -> Iterator[Problem]:
    for section, wanted in (("smtp", config.smtp), ("review", config.review)):
        if wanted.certificate:
            try:
                server_context(wanted.certificate, wanted.key)
            except ValueError as error:
                yield Problem((section, "certificate"), str(error))
        elif wanted.key:
            yield Problem((section, "key"), "needs a certificate")
    if config.smtp.require_tls and not (config.smtp.certificate or config.smtp.key):
        yield Problem(("smtp", "require_tls"), "needs a certificate")


def _milter_ports(config: Config) -> Iterator[tuple[str, HostPort]]:
    for text in config.milter.listen:
        address = parse_socket(text)
        if isinstance(address, HostPort):
            yield text, address


def _milter(config: Config) -> Iterator[Problem]:
    key = ("milter", "listen")
    paths = [a.path for a in map(parse_socket, config.milter.listen) if isinstance(a, UnixPath)]
    for path in paths:
        if not os.access(path.parent, os.W_OK | os.X_OK):
            yield Problem(key, f"{path}: {path.parent} is no directory that may be written")
        elif path.exists() and not path.is_socket():
            yield Problem(key, f"{path}: is there already and is no socket")
        elif paths.count(path) > 1:
            yield Problem(key, f"two listeners on one address: {path}")
    if group := config.milter.socket_group:
        try:
            grp.getgrnam(group)
        except KeyError:
            yield Problem(("milter", "socket_group"), f"no such group: {group}")
    if config.milter.listen and config.milter.quarantine == "store" and _maildir(config):
        yield Problem(
            ("next_hop", "url"),
            "mail that came by the milter would be released into a Maildir that nobody reads; name an "
            "entrance of your mail server, as in smtp://127.0.0.1:10031 (README, As a milter)",
        )


def _next_hop(config: Config) -> Iterator[Problem]:
    hop = config.next_hop
    listeners = [HostPort.parse(text) for text in (*config.smtp.listen, *config.smtp.proxy_listen)]
    yield from _server(("next_hop", "url"), hop.url, listeners)
    for url in hop.fallback:
        yield from _server(("next_hop", "fallback"), url, listeners)
    if hop.fallback and _maildir(config):
        yield Problem(("next_hop", "fallback"), "would never be tried: a Maildir is always there")
    yield from _certificates(hop)


def _server(key: tuple[str, str], url: str, listeners: list[HostPort]) -> Iterator[Problem]:
    scheme, _, rest = url.partition(":")
    if scheme == "lmtp+unix":
        if not Path(rest).parent.is_dir():
            yield Problem(key, f"{Path(rest).parent}: no such directory")
    elif scheme != "maildir":
        hop = HostPort.parse(rest[2:].removesuffix("/"), 25 if scheme == "smtp" else 24)
        if any(hop.overlaps(listener) for listener in listeners):
            yield Problem(key, f"{hop} is where this gateway listens: mail would go in circles")


def _certificates(hop: NextHopConfig) -> Iterator[Problem]:
    if hop.tls != "required" or not hop.tls_verify:
        for option in ("tls_name", "tls_ca"):
            if getattr(hop, option):
                sentence = (
                    'asks for nothing: only tls = "required" with tls_verify = true looks at certificates'
                )
                yield Problem(("next_hop", option), sentence)
    elif hop.ca_file:
        try:
            ssl.create_default_context(cafile=str(hop.ca_file))
        except OSError as error:
            yield Problem(
                ("next_hop", "tls_ca"), f"{hop.ca_file}: no certificates can be read: {error.strerror}"
            )


def _maildir(config: Config) -> Path | None:
    scheme, _, rest = config.next_hop.url.partition(":")
    return Path(rest) if scheme == "maildir" else None


def _written(config: Config) -> Iterator[Problem]:
    state = config.state.directory
    above = list(_writable(("state", "directory"), state, is_directory=True))
    yield from above
    for key, path, is_directory in (
        (("quarantine", "path"), None if config.quarantine.url else config.quarantine.path, False),
        (("next_hop", "url"), _maildir(config), True),
    ):
        # What is wrong with the directory is said once.
        if path and not (above and path.is_relative_to(state)):
            yield from _writable(key, path, is_directory=is_directory)


def _writable(key: tuple[str, ...], path: Path, *, is_directory: bool) -> Iterator[Problem]:
    """What keeps us from making or writing the directory or file."""
    try:
        if path.exists():
            if path.is_dir() is not is_directory:
                yield Problem(key, f"{path}: is {'not a directory' if is_directory else 'a directory'}")
            elif not os.access(path, os.W_OK | (os.X_OK if is_directory else os.R_OK)):
                yield Problem(key, f"{path}: may not be written")
            return
        above = next(parent for parent in path.parents if parent.exists())
    except OSError as error:
        yield Problem(key, f"{path}: {error.strerror}")
        return
    if not above.is_dir():
        yield Problem(key, f"{path}: {above} is not a directory")
    elif not os.access(above, os.W_OK | os.X_OK):
        yield Problem(key, f"{path}: cannot be made, {above} may not be written")
