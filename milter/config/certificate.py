"""Is this a certificate that we can show? Reads it with its key from files, when the configuration is read.

Raises ValueError with the sentence for the operator.
"""

import ssl


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
        which = f"{certificate} or {key}" if key else certificate
        raise ValueError(f"{which}: {error.strerror}") from None
    return context
