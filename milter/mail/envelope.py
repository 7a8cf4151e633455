"""Who brought the mail, and for whom? What SMTP says about a mail apart from its content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """An addr-spec without angle brackets (empty for `<>`), and ESMTP parameters as the client wrote them."""

    address: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """One SMTP transaction (RFC 5321 section 2.3.1).

    `reverse_path` is the addr-spec without angle brackets, empty for `<>`. `mail_parameters` are the
    ESMTP parameters of MAIL as the client wrote them, `rcpt_parameters` those of RCPT, for each of the
    forward-paths in their order; empty where nobody knows them. `esmtp` is True after EHLO. `client_port`
    is 0 and `login` (the SASL name) empty where they are not known.
    """

    client_address: str
    helo: str
    reverse_path: str
    forward_paths: tuple[str, ...]
    client_name: str = ""
    mail_parameters: tuple[str, ...] = ()
    rcpt_parameters: tuple[tuple[str, ...], ...] = ()
    esmtp: bool = True
    tls: bool = False
    client_port: int = 0
    login: str = ""
