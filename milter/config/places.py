"""Are the places there that the operator named? Looks at the file system, changes nothing on it."""

import grp
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

from milter.config.certificate import server_context
from milter.config.milter_socket import UnixPath, parse_socket
from milter.config.options import Config, NextHopConfig
from milter.config.problem import Problem, user


def place_problems(config: Config, *, to_serve: bool) -> list[Problem]:
    """What is wrong with the places in a resolved configuration; only those of data, unless `to_serve`."""
    problems = list(_data(config))
    if to_serve:
        problems += [
            *_tls(config),
            *_provider(config),
            *_milter(config),
            *_written(config),
            *_next_hop(config.next_hop),
        ]
    return problems


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


def _tls(config: Config) -> Iterator[Problem]:
    for section, wanted in (("smtp", config.smtp), ("review", config.review)):
        if wanted.certificate:
            try:
                server_context(wanted.certificate, wanted.key)
            except ValueError as error:
                yield Problem((section, "certificate"), str(error))


def _provider(config: Config) -> Iterator[Problem]:
    if config.oidc.issuer:
        for option in ("client_secret_file", "ca"):
            if (path := getattr(config.oidc, option)) and not os.access(path, os.R_OK):
                yield Problem(("oidc", option), f"{path}: cannot be read")


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


def _next_hop(hop: NextHopConfig) -> Iterator[Problem]:
    for option, url in [("url", hop.url), *(("fallback", url) for url in hop.fallback)]:
        scheme, _, path = url.partition(":")
        if scheme == "lmtp+unix" and not Path(path).parent.is_dir():
            yield Problem(("next_hop", option), f"{Path(path).parent}: no such directory")
    if hop.ca_file and hop.tls == "required" and hop.tls_verify:
        try:
            ssl.create_default_context(cafile=str(hop.ca_file))
        except OSError as error:
            sentence = f"{hop.ca_file}: no certificates can be read: {error.strerror}"
            yield Problem(("next_hop", "tls_ca"), sentence)


def _written(config: Config) -> Iterator[Problem]:
    state = config.state.directory
    above = list(_writable(("state", "directory"), state, is_directory=True))
    yield from above
    for key, path, is_directory in (
        (("quarantine", "path"), None if config.quarantine.url else config.quarantine.path, False),
        (("next_hop", "url"), config.next_hop.maildir, True),
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
                yield Problem(key, f"{path}: may not be written by {user()}")
            return
        above = next(parent for parent in path.parents if parent.exists())
    except OSError as error:
        yield Problem(key, f"{path}: {error.strerror}")
        return
    if not above.is_dir():
        yield Problem(key, f"{path}: {above} is not a directory")
    elif not os.access(above, os.W_OK | os.X_OK):
        yield Problem(key, f"{path}: cannot be made, {above} may not be written by {user()}")
