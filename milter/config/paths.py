"""Where are the places that the operator named? Relative paths made absolute; nothing is looked at."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from milter.config.milter_socket import absolute
from milter.config.options import Config, JudgeConfig, NextHopConfig, OidcConfig, ReviewConfig, SmtpConfig


def shipped() -> Path:
    """config/vigimel.toml of this checkout or of the installed package."""
    return Path(str(files("milter") / "shipped" / "vigimel.toml")).resolve()


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
