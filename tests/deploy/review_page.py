"""What does the review page of this machine list? `python review_page.py NAME PASSWORD`: its rows."""

import http.client
import re
import sys
import urllib.parse

_HOST = "localhost:10081"


def ask(method: str, path: str, cookie: str = "", form: str = "") -> http.client.HTTPResponse:
    """One request, as a browser of this machine sends it."""
    connection = http.client.HTTPConnection("127.0.0.1", 10081, timeout=60)
    fields = {"Host": _HOST, "Cookie": cookie}
    if form:
        fields |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{_HOST}"}
    connection.request(method, path, form or None, fields)
    return connection.getresponse()


def rows(name: str, password: str) -> str:
    """The list of all mails, page by page."""
    form = urllib.parse.urlencode({"name": name, "password": password})
    cookie = ask("POST", "/login", form=form).headers["Set-Cookie"].partition(";")[0]
    shown, path = "", "/mails?state=all"
    while path:
        page = ask("GET", path, cookie).read().decode()
        shown += page.partition("<tbody>")[2].partition("</tbody>")[0]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    return shown


if __name__ == "__main__":
    sys.stdout.write(rows(*sys.argv[1:]))
