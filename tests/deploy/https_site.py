"""Does the review page answer by https, and to whom? Run in the place where a guide was followed:

python https_site.py CERTIFICATE NAME ADDRESS PORT           the login page answers
python https_site.py CERTIFICATE NAME ADDRESS PORT USER:PW   a web server in front asks who it is
"""

import base64
import http.client
import socket
import ssl
import sys


class Site(http.client.HTTPSConnection):
    """A browser that finds the name at an address, and believes one certificate."""

    def __init__(self, certificate: str, name: str, address: str, port: str) -> None:
        super().__init__(name, int(port), timeout=60)
        self._address = socket.gethostbyname(address), int(port)
        self._trust = ssl.create_default_context(cafile=certificate)

    def connect(self) -> None:
        plain = socket.create_connection(self._address, timeout=60)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)

    def get(self, path: str, **fields: str) -> tuple[int, str]:
        """The status and what is shown."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self.request("GET", path, headers=named | {"Connection": "close"})
        answer = self.getresponse()
        return answer.status, answer.read().decode()


def main(certificate: str, name: str, address: str, port: str, who: str = "") -> None:
    """Ask, and raise AssertionError where the answer is another one."""
    site = Site(certificate, name, address, port)
    if not who:
        status, page = site.get("/login")
        assert status == http.client.OK, page
        assert 'name="password"' in page, page
        return
    login = "Basic " + base64.b64encode(who.encode()).decode()
    assert site.get("/mails", X_Remote_User="zoe")[0] == http.client.UNAUTHORIZED
    status, page = site.get("/mails", Authorization=login, X_Remote_User="rosa")
    assert status == http.client.OK, page
    assert who.partition(":")[0] in page, page
    assert "rosa" not in page, page
    # Recipients of a digest have no account there; nobody else comes in that way.
    assert site.get("/static/style.css")[0] == http.client.OK
    status, page = site.get("/ask/1-x", X_Remote_User="zoe")
    assert status == http.client.NOT_FOUND, page
    for path in ("/static/../mails", "/ask/%2e%2e/mails", "/ask", "/static"):
        assert site.get(path, X_Remote_User="zoe")[0] == http.client.UNAUTHORIZED, path


if __name__ == "__main__":
    main(*sys.argv[1:])
