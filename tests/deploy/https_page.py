"""Does the review page of the compose file answer by https? `python https_page.py CERTIFICATE`."""

import http.client
import socket
import ssl
import sys

_NAME, _PORT = "mail.town-hall.example", 10081


class _AtAnAddress(http.client.HTTPSConnection):
    """A browser that finds the name at an address of the network of the containers."""

    def connect(self) -> None:
        plain = socket.create_connection((socket.gethostbyname("gateway"), _PORT), timeout=60)
        self.sock = ssl.create_default_context(cafile=sys.argv[1]).wrap_socket(plain, server_hostname=_NAME)


if __name__ == "__main__":
    page = _AtAnAddress(_NAME, _PORT)
    page.request("GET", "/login")
    answer = page.getresponse()
    sys.exit(0 if answer.status == http.client.OK and b"<form" in answer.read() else f"{answer.status}")
