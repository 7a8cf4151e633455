"""Is this a certificate that we can show? Reads it with its key from files, when the configuration is read.

Raises ValueError with the sentence for the operator.
"""

import ssl
from pathlib import Path

from milter.config.problem import user


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """What a TLS server needs; the key may stand in the file of the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # RFC 8996: older versions are no longer to be used.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # Nobody is there to type a password.
        context.load_cert_chain(certificate, key or None, password=lambda: "")
    except ssl.SSLError:
        missing = f", with that in {key}" if key else ", followed by its key"
        raise ValueError(f"{certificate}: is no certificate in PEM{missing} (without a password)") from None
    except OSError as error:
        raise ValueError(_unread(certificate, key) or f"{certificate}: {error.strerror}") from None
    return context


def _unread(*files: str) -> str:
    """Which of the files cannot be read, by whom, and why: the library names none."""
    for file in filter(None, files):
        try:
            Path(file).open("rb").close()
        except OSError as error:
            closed = f"cannot be read by {user()}: " if isinstance(error, PermissionError) else ""
            return f"{file}: {closed}{error.strerror}"
    return ""
