"""A real identity provider of the tests' own: Glewlwyd, Debian's, on loopback. https://glewlwyd.tld

Chosen for being Debian's, small, in C and so nobody's cousin here, and strict: it asks for PKCE, names itself
in its answer (RFC 9207), and gives claims of ours at its userinfo endpoint alone.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.end_to_end.postfix import free_port
from tests.serving import eventually

PROGRAM = shutil.which("glewlwyd")
SECRET, WORD = "shared between the two", "front of the house"
# Debian's own tables, with an account admin whose password is password.
_TABLES = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
_CONFIG = """\
port={port}
bind_address="127.0.0.1"
external_url="{url}"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="{here}/log"
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
static_files_path="{here}/www"
static_files_mime_types=({{extension=".html" mime_type="text/html"}})
database={{type="sqlite3" path="{here}/db"}}
"""
# Debian's own needs a dozen packages of scripts; what it does is this.
_LOGIN_PAGE = """\
<!doctype html><title>Glewlwyd</title>
<form><input id="who"><input id="word" type="password"><button>Enter</button></form>
<script>
document.forms[0].onsubmit = async event => {
  event.preventDefault();
  const asked = new URLSearchParams(location.search);
  const send = (method, path, values) => fetch("/api/auth/" + path, {
    method, headers: {"Content-Type": "application/json"}, body: JSON.stringify(values)});
  await send("POST", "", {username: who.value, password: word.value});
  await send("PUT", "grant/" + asked.get("client_id"), {scope: "openid"});
  location = asked.get("callback_url") + "&g_continue";
};
</script>
"""
_NOT_WANTED = ("token", "none", "password", "client", "refresh", "device")
_PLUGIN = {
    "jwt-type": "rsa",
    "jwt-key-size": "256",
    "access-token-duration": 3600,
    "refresh-token-duration": 3600,
    "code-duration": 600,
    "allow-non-oidc": False,
    "auth-type-code-enabled": True,
    "auth-type-id-token-enabled": True,
    **{f"auth-type-{one}-enabled": False for one in _NOT_WANTED},
    "auth-type-code-revoke-replayed": True,
    "refresh-token-one-use": "never",
    "refresh-token-rolling": False,
    "jwks-show": True,
    "pkce-allowed": True,
    "pkce-required": True,
    "pkce-method-plain-allowed": False,
    "oauth-as-iss-id": True,
    "subject-type": "public",
    "claims": [
        {"name": "groups", "user-property": "groups", "type": "string", "mandatory": True},
        {"name": "preferred_username", "user-property": "username", "type": "string", "mandatory": True},
    ],
}


@dataclass(frozen=True)
class Op:
    """The provider. `process` is it."""

    url: str
    process: "subprocess.Popen[bytes]"

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"{self.url}/api/oidc"


@contextmanager
def provider(directory: Path, back: str, people: dict[str, list[str]]) -> Iterator[Op]:
    """Start it, for people of these groups; the gateway is its client, at whose address they come back."""
    assert PROGRAM
    directory.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with sqlite3.connect(directory / "db") as database:
        database.executescript(_TABLES.read_text())
    (directory / "www").mkdir()
    (directory / "www" / "login.html").write_text(_LOGIN_PAGE)
    config = directory / "conf"
    config.write_text(_CONFIG.format(port=port, url=url, here=directory))
    with subprocess.Popen([PROGRAM, f"--config-file={config}"], stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: _answers(url))
            _set_up(url, back, people)
            yield Op(url, process)
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/config").is_success
    except httpx.HTTPError:
        return False


def _set_up(url: str, back: str, people: dict[str, list[str]]) -> None:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with httpx.Client(base_url=f"{url}/api", timeout=60) as admin:
        _send(admin, "POST", "/auth/", {"username": "admin", "password": "password"})
        module = admin.get("/mod/user/database").json()
        module["parameters"]["data-format"]["groups"] = {"multiple": True, "read": True, "write": True}
        _send(admin, "PUT", "/mod/user/database", module)
        _send(admin, "PUT", "/mod/user/database/reset")
        parameters = {**_PLUGIN, "iss": f"{url}/api/oidc", "key": private.decode(), "cert": public.decode()}
        plugin = {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": parameters}
        _send(admin, "POST", "/mod/plugin/", plugin)
        client = {
            "client_id": "vigimel",
            "confidential": True,
            "client_secret": SECRET,
            "password": SECRET,
            "token_endpoint_auth_method": ["client_secret_basic"],
            "redirect_uri": [back],
            "authorization_type": ["code"],
            "enabled": True,
        }
        _send(admin, "POST", "/client/", client)
        for name, groups in people.items():
            user = {
                "username": name,
                "password": WORD,
                "groups": groups,
                "scope": ["openid"],
                "enabled": True,
            }
            _send(admin, "POST", "/user/", user)


def _send(client: httpx.Client, method: str, path: str, values: object = None) -> None:
    answer = client.request(method, path, json=values)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
