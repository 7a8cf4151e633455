"""Has the process that children are forked from loaded what they need? An update may replace it meanwhile."""

import io
import re
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from milter.serve.reader import TARGETS
from tests.cases import MAILS
from tests.conftest import ROOT

LOOK = """\
import sys
from pathlib import Path
from milter.config import load
from milter.config.paths import shipped
from milter.look.far import Means
from milter.look.inside import begin
from milter.look.looker import build_looker

means = Means(build_looker(load(shipped(), to_serve=False).judge), has_vision=False)
before = set(sys.modules)
work = begin(means)
for path in map(Path, sys.argv[1:]):
    work({"seconds": 600, "large": False}, path.read_bytes(), lambda _: None)
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - sys.stdlib_module_names))
"""
OF_EACH_KIND = (
    "attached_pdf_letter_with_qr_code_asks_card_shipping_payment",
    "docx_attachment_with_fraud_letter_and_external_link",
    "encrypted_zip_with_the_password_in_the_text",
    "clickable_ics_pdf_only_pdf_attached_contains_lure_body_polit",
)


def with_picture(form: str) -> bytes:
    """A mail of nothing but a picture."""
    octets = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(octets, form)
    mail = EmailMessage()
    mail["From"] = "Votre Assurance Maladie <a@client.example>"
    mail.set_content("Votre CPAM")
    mail.add_attachment(octets.getvalue(), "image", form.lower(), filename=f"a.{form.lower()}")
    return mail.as_bytes()


def test_a_child_loads_no_code_but_python_s_own_once_it_is_forked(tmp_path: Path) -> None:
    paths = [MAILS / name / "message.eml" for name in OF_EACH_KIND]
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        paths.append(tmp_path / form)
        paths[-1].write_bytes(with_picture(form))
    command = [sys.executable, "-c", LOOK, *map(str, paths)]

    assert "\n" == subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_what_the_reader_loads_is_there(target: str) -> None:
    module, _, name = target.partition(":")

    assert re.search(rf"^def {name}\(", (ROOT / f"{module.replace('.', '/')}.py").read_text(), re.MULTILINE)


def test_whatever_is_asked_of_the_reader_it_has_loaded() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "milter").rglob("*.py")]
    asked = {found for source in sources for found in re.findall(r'"(milter[\w.]+:begin)"', source)}

    assert {*TARGETS, "milter.look.inside:begin"} == asked
